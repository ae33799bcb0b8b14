"""The pure parts of a plan: batches, guards, the run's mark, and the judging of items."""

from __future__ import annotations

from dataclasses import replace
from itertools import cycle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner.actions import ACTIONS
from runner.actions.action import Account
from runner.model import Blocked, Item, Policy, Ref
from runner.planning.batches import Queries, Writes, cost, form_batches
from runner.planning.guards import Untouchable, over_limit, read_untouchable, too_many_failures, unexpected, untouchable
from runner.planning.judge import Bench, judge, place
from runner.planning.stamp import mark, summary
from runner.sources.source import Expect

STAMP = {"on": True, "text": "(wikimop {run})", "place": "end"}
SYSOP = Account(name="Sysop", rights=frozenset({"delete", "purge"}))


def page(number: int, pageid: int | None = None) -> Item:
    return Item(step="s", key=f"page:{number}", pageid=pageid or number, ns=0, title=f"P{number}", revid=number, seq=number)


@given(pageids=st.lists(st.integers(1, 5), max_size=200), size=st.integers(1, 60), name=st.sampled_from(sorted(ACTIONS)))
def test_batches_hold_every_item_once_and_agree(pageids: list[int], size: int, name: str) -> None:
    action = ACTIONS[name]
    items = [page(number, pageid) for number, pageid in enumerate(pageids, 1)]
    batches = list(form_batches(action, items, size))
    assert sorted(item.seq for batch in batches for item in batch) == [item.seq for item in items]
    assert all(1 <= len(batch) <= (1 if action.single else size) for batch in batches)
    assert all(len({action.group(item) for item in batch}) == 1 for batch in batches)
    assert all([item.seq for item in batch] == sorted(item.seq for item in batch) for batch in batches)


@given(
    pageids=st.lists(st.integers(1, 5), max_size=200),
    size=st.integers(1, 60),
    name=st.sampled_from(sorted(ACTIONS)),
    cuts=st.lists(st.integers(1, 60), min_size=1),
)
def test_no_way_to_cut_windows_takes_fewer_requests(pageids: list[int], size: int, name: str, cuts: list[int]) -> None:
    action = ACTIONS[name]
    items = [page(number, pageid) for number, pageid in enumerate(pageids, 1)]
    writes = Writes(action, size)
    writes.add(items)
    sent, windows, left = 0, 0, items
    for most in cycle(cuts):
        if not left:
            break
        window, left = left[: min(most, size)], left[min(most, size) :]
        sent += len(list(form_batches(action, window, size)))
        windows += 1
    assert writes.least <= sent
    assert writes.items == len(items)
    assert action.single or writes.reads <= windows


def test_facts_are_read_by_windows_that_grow() -> None:
    delete = Writes(ACTIONS["delete"], 500, reads_a_window=1)
    delete.add([page(number) for number in range(1, 52)])
    assert (delete.least, delete.reads) == (51, 3 * 2)  # 10, 40 and 1, and the stop page before each
    delete.add([replace(page(number), blocked=Blocked(code="missing")) for number in range(60, 90)])
    assert (delete.items, delete.least, delete.reads) == (51, 51, 6)
    purge = Writes(ACTIONS["purge"], 50)
    purge.add([page(number) for number in range(1, 52)])
    assert (purge.least, purge.reads) == (2, 2)
    assert (Writes(ACTIONS["purge"], 50).least, Writes(ACTIONS["purge"], 50, reads_a_window=1).reads) == (0, 0)


def test_what_can_be_found_in_lists_only_costs_more_reads() -> None:
    """One for the pages, and one for each title; log entries one for each group of times, and one for the newest entry."""
    files = Writes(ACTIONS["revisiondelete"], 500)
    files.add([Item(step="s", key=f"filearchive:{n}", ns=6, title=f"File:{n % 3}.png", facts={}) for n in range(9)])
    assert (files.least, files.reads) == (3, 1 + 3)
    entries = Writes(ACTIONS["revisiondelete"], 500)
    times = ("2026-01-01T00:00:00Z", "2026-01-01T00:05:00Z", "2026-01-02T00:00:00Z")
    entries.add([Item(step="s", key=f"logging:{n}", facts={"timestamp": at}) for n, at in enumerate(times)])
    assert (entries.least, entries.reads) == (1, 1 + 2)


def test_a_query_that_the_wiki_is_handed_is_no_page_to_be_read_again() -> None:
    queries = Queries(reads_a_request=1)
    found = [Item(step="s", key=f"query:{n}", facts={"query": {"titles": "A"}}) for n in range(1, 4)]
    queries.add([*found[:2], replace(found[2], blocked=Blocked(code="permission"))])
    assert (queries.items, queries.least, queries.reads) == (2, 2, 2)
    assert Queries(reads_a_request=0).reads == 0


def test_the_cost_of_a_plan() -> None:
    steps = [{"writes": 3, "reads": 1}, {"writes": 4, "reads": 2}]
    assert cost(9, 2, steps, 0.5) == {"planning": 9, "checks": 2, "writing": 7, "reading": 3, "seconds": 3.0}
    assert cost(9, 2, steps, 0.0)["seconds"] is None
    assert cost(9, 2, [], 0.5)["seconds"] is None


def test_the_mark_names_the_run() -> None:
    assert mark(STAMP, "r12345678") == "(wikimop r12345678)"
    assert mark({**STAMP, "on": False}, "r12345678") == ""


@pytest.mark.parametrize(("reason", "place_", "sent"), [
    ("Expired", "end", "Expired (wikimop r1)"), ("Expired", "start", "(wikimop r1) Expired"), ("", "end", "(wikimop r1)"),
    ("{run} $ {x}", "end", "{run} $ {x} (wikimop r1)"),
])  # fmt: skip
def test_the_mark_stands_at_its_place(reason: str, place_: str, sent: str) -> None:
    assert summary({**STAMP, "place": place_}, "r1", reason) == sent


def test_without_a_mark_the_reason_stands_alone() -> None:
    assert summary({**STAMP, "on": False}, "r1", "Expired") == "Expired"
    assert summary({**STAMP, "on": False}, "r1", "") == ""


def test_never_touch_knows_titles_and_namespaces() -> None:
    never = Untouchable(titles=frozenset({"Main Page"}), namespaces=frozenset({8}))
    assert never.matches(replace(page(1), title="Main Page"))
    assert never.matches(replace(page(1), ns=8))
    assert not never.matches(page(1))
    assert not Untouchable().matches(replace(page(1), ns=None))
    assert read_untouchable(never.told()) == never
    assert read_untouchable(None) == Untouchable()  # a plan of before that stood in its header


@pytest.mark.parametrize(("facts", "matched"), [
    ({"to": "Main Page", "to_ns": 0}, True), ({"to": "MediaWiki:X", "to_ns": 8}, True), ({"to": "Main", "to_ns": 0}, False),
    ({"parameters": {"titles": "A|Main_Page"}}, True), ({"parameters": {"titles": "\x1fA\x1fMain Page"}}, True),
    ({"parameters": {"user": "Bob", "to": "Main Page"}}, True), ({"parameters": {"text": "See Main Page"}}, False),
])  # fmt: skip
def test_never_touch_holds_for_whatever_an_item_names(facts: dict[str, object], *, matched: bool) -> None:
    never = Untouchable(titles=frozenset({"Main Page"}), namespaces=frozenset({8}))
    assert never.matches(replace(page(1), facts=facts)) is matched


def test_what_stops_a_plan() -> None:
    assert over_limit(10, 10) is None
    assert over_limit(10, None) is None
    assert over_limit(11, 10) == "limits.items: the plan holds 11 items, and 10 are allowed"
    assert unexpected("s", 5, None) is None
    assert unexpected("s", 5, Expect(min=5, max=5)) is None
    assert unexpected("s", 4, Expect(min=5)) == "expect: step s has 4 items, and at least 5 were expected"
    assert unexpected("s", 6, Expect(max=5)) == "expect: step s has 6 items, and at most 5 were expected"
    assert untouchable({}, 0) is None
    assert untouchable({"page:1": "Main Page"}, 1) == "never_touch: the plan holds Main Page"
    assert untouchable({"page:1": "A", "page:2": "B"}, 7) == "never_touch: the plan holds A, B and 5 more"


@pytest.mark.parametrize(("failed", "attempted", "count", "share", "stops"), [
    (3, 3, 3, None, False), (4, 4, 3, None, True), (0, 0, 0, None, False), (1, 1, 0, None, True),
    (19, 19, None, 0.05, False), (1, 20, None, 0.05, False), (2, 20, None, 0.05, True), (5, 100, None, 0.05, False),
    (6, 100, None, 0.05, True), (99, 100, None, None, False),
])  # fmt: skip
def test_failures(failed: int, attempted: int, count: int | None, share: float | None, *, stops: bool) -> None:
    assert bool(too_many_failures(failed, attempted, count=count, share=share)) is stops


def test_every_ref_has_its_item_in_the_refs_order() -> None:
    refs = [Ref(title="P3", pageid=3), Ref(title="P1", ns=0, parents=(("a", "page:9"),)), Ref(title="P8", pageid=8)]
    placed = place(refs, [page(1), page(3)], "s")
    assert [item.key for item in placed] == ["page:3", "page:1", "page:8"]
    assert placed[1].parents == (("a", "page:9"),)
    assert placed[2].blocked == Blocked(code="missing", detail="it is gone")
    problem = Blocked(code="invalid", detail="no title")
    assert place([Ref(title="[", problem=problem)], [], "s")[0].blocked == problem


def test_a_revision_is_not_taken_for_another_of_its_page() -> None:
    other = Item(step="s", key="rev:5", pageid=1, ns=0, title="P1", revid=5, facts={"hidden": []})
    (item,) = place([Ref(kind="revisions", title="P1", revid=6)], [other], "s")
    assert item.key == "rev:6"
    assert item.blocked is not None


def test_items_are_judged() -> None:
    delete = ACTIONS["delete"]
    options = delete.parse({})
    refused = replace(page(1), facts={"length": 3, "refusals": [{"code": "protectedpage", "text": "No."}]})
    judged = judge(refused, delete, options, Bench(account=SYSOP))
    assert judged.blocked == Blocked(code="protectedpage", detail="No.")
    assert judged.facts == {"length": 3}
    assert judge(page(1), delete, options, Bench(account=SYSOP)).blocked is None
    again = judge(page(1), ACTIONS["purge"], ACTIONS["purge"].parse({}), Bench(account=SYSOP, deleted_by={1: "drafts"}))
    assert again.blocked == Blocked(code="deleted_earlier", detail="step drafts deletes the page first")
    missing = replace(page(1), blocked=Blocked(code="missing"))
    assert judge(missing, delete, options, Bench(account=SYSOP, deleted_by={1: "drafts"})).blocked == Blocked(code="missing")
    purge = judge(page(1), ACTIONS["purge"], ACTIONS["purge"].parse({}), Bench(account=replace(SYSOP, writes=False)))
    assert purge.blocked == Blocked(code="permission", detail="your account lacks the right 'writeapi'")


def test_a_page_that_is_to_be_made_is_no_mistake() -> None:
    missing = Blocked(code="missing", detail="the page does not exist")
    refs = [
        Ref(title="New", ns=0, problem=missing), Ref(title="[", problem=Blocked(code="invalid")),
        Ref(title="P9", ns=0, pageid=9, problem=missing), Ref(title="there is no revision 7", problem=missing),
    ]  # fmt: skip
    assert [item.blocked is None for item in place(refs, [], "s", creates=True)] == [True, False, False, False]
    assert [item.blocked is None for item in place(refs, [], "s")] == [False] * 4
    # Silence of the wiki about a page is never taken for one that is to be made.
    assert place([Ref(title="Said nothing of", ns=0)], [], "s", creates=True)[0].blocked is not None


EDIT = ACTIONS["edit"]
EDITOR = Account(name="Sysop", rights=frozenset({"edit"}))


@pytest.mark.parametrize(("item", "bench", "code"), [
    (page(1), Bench(account=EDITOR), ""),
    (page(1), Bench(account=EDITOR, edited_by={1: "before"}), "edited_earlier"),
    (page(1), Bench(account=EDITOR, edited_by={2: "before"}), ""),
    (replace(page(1), ns=8), Bench(account=EDITOR), "not_allowed"),
    (replace(page(1), ns=8), Bench(account=EDITOR, policy=Policy(interface=True)), ""),
    (replace(page(1), facts={"reason": "x" * 50}), Bench(account=EDITOR, room=49), "too_long"),
    (replace(page(1), facts={"reason": "x" * 50}), Bench(account=EDITOR, room=50), ""),
    (replace(page(1), facts={"obstacle": {"code": "hidden", "detail": "no"}}), Bench(account=EDITOR), "hidden"),
])  # fmt: skip
def test_what_is_held_against_an_edit(item: Item, bench: Bench, code: str) -> None:
    judged = judge(replace(item, content="text"), EDIT, EDIT.parse({"append": "x"}), bench)
    assert (judged.blocked.code if judged.blocked else "") == code
    assert judged.content is None
    assert "obstacle" not in judged.facts


def test_a_blocked_item_does_not_keep_what_would_have_been_written() -> None:
    item = replace(page(1), facts={"length": 3, "diff": ["+x"], "new_length": 4})
    judged = judge(item, EDIT, EDIT.parse({"append": "x"}), Bench(account=SYSOP))
    assert (judged.blocked is not None, judged.facts) == (True, {"length": 3})
