"""`rollback`, by answers of MediaWiki 1.39."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from runner.actions.action import Account, Again, Contribution, Evidence
from runner.actions.rollback import ROLLBACK, blocked, drift, forbidden, inverse, parse, probe, read, refused, request
from runner.model import Blocked, Item, Outcome, Policy, State
from tests.actions.surveys import Query, surveyed

PLAIN = Item(step="s", key="page:16", pageid=16, ns=0, title="A", revid=677, seq=1, facts={"length": 9})
PAGE = replace(PLAIN, facts={"length": 9, "editor": "Vandal", "to_revid": 30})
ANSWER = {"title": "A", "pageid": 16, "summary": "x", "revid": 678, "old_revid": 677, "last_revid": 30}
SYSOP = Account(name="Sysop", rights=frozenset({"rollback", "edit", "markbotedits"}))


def known(last: Mapping[str, Any], target: Mapping[str, Any] | None, user: str = "Vandal") -> tuple[Item, list[Query]]:
    def wiki(query: Query) -> dict[str, Any]:
        found = [last] if "rvexcludeuser" not in query else [target] if target else []
        return {"pages": [{"pageid": 16, "ns": 0, "title": "A", "revisions": found}]}

    (item,), asked = surveyed(ROLLBACK, {"user": user}, [PLAIN], wiki)
    return item, asked


@pytest.mark.parametrize("user", ["Vandal", "vandal", " Vandal "])
def test_the_last_editor_and_the_target_are_frozen(user: str) -> None:
    item, asked = known({"revid": 677, "user": "Vandal"}, {"revid": 30, "user": "Bob"}, user)
    assert item.facts == PAGE.facts
    assert asked[1]["rvexcludeuser"] == "Vandal"


@pytest.mark.parametrize(("last", "target", "code"), [
    ({"user": "Bob"}, {"revid": 30}, "other_editor"),
    ({"user": "Vandal", "userhidden": True}, {"revid": 30}, "hidden"),
    ({"userhidden": True}, {"revid": 30}, "hidden"),
    ({"user": "Vandal"}, None, "onlyauthor"),
    ({"user": "Vandal"}, {"revid": 30, "sha1hidden": True}, "notvisiblerev"),
    ({"user": "Vandal"}, {"revid": 30, "userhidden": True}, "notvisiblerev"),
])  # fmt: skip
def test_what_stands_in_the_way(last: Mapping[str, Any], target: Mapping[str, Any] | None, code: str) -> None:
    item, _ = known(last, target)
    refusal = blocked(parse({"user": "Vandal"}), item, SYSOP)
    assert refusal is not None
    assert refusal.code == code
    assert code != "hidden" or "Vandal" not in str(item)


def test_a_request_names_the_planned_editor() -> None:
    options = parse({"user": "vandal", "markbot": True, "watchlist": "watch", "watchlistexpiry": "1 month"})
    assert request(options, [PAGE], "why") == {
        "action": "rollback", "pageid": "16", "user": "Vandal", "watchlist": "watch", "markbot": "1", "summary": "why",
        "watchlistexpiry": "1 month",
    }  # fmt: skip


def test_the_new_revision_is_read() -> None:
    assert read(parse({"user": "Vandal"}), [PAGE], {"rollback": ANSWER}) == (
        Outcome(seq=1, state=State.DONE, facts={"revid": 678}),
    )


@pytest.mark.parametrize(("change", "state", "code"), [
    ({"revid": 0}, State.UNSURE, "no_revision"), ({"revid": 677}, State.UNSURE, "no_revision"),
    ({"pageid": 17}, State.UNSURE, "no_revision"), ({"old_revid": 676}, State.FAILED, "other_revision"),
    ({"last_revid": 29}, State.FAILED, "other_revision"),
])  # fmt: skip
def test_what_is_not_as_planned_is_no_success(change: Mapping[str, int], state: State, code: str) -> None:
    (result,) = read(parse({"user": "Vandal"}), [PAGE], {"rollback": {**ANSWER, **change}})
    assert isinstance(result, Outcome)
    assert (result.state, result.code) == (state, code)


def test_somebody_may_have_been_quicker() -> None:
    codes = ("alreadyrolled", "protectedpage")
    states = [refused(parse({"user": "X"}), [PAGE], code, "No.")[0] for code in codes]
    assert [one.state for one in states if isinstance(one, Outcome)] == [State.UNSURE, State.FAILED]


def test_drift() -> None:
    options = parse({"user": "Vandal"})
    assert drift(options, PAGE, replace(PAGE, revid=678)) == "edited"
    assert drift(options, PAGE, replace(PAGE, facts={"editor": "Vandal", "to_revid": 29})) == "history"
    assert drift(options, PAGE, replace(PAGE, title="B")) == "moved"


def test_marking_needs_a_right_of_its_own() -> None:
    options = parse({"user": "Vandal", "markbot": True})
    few = frozenset({"rollback", "edit"})
    assert blocked(options, PAGE, Account(name="X", rights=few)) == Blocked(
        code="permission", detail="your account lacks the right 'markbotedits'"
    )
    assert blocked(options, PAGE, Account(name="X", rights=few | {"bot"})) is None


def test_the_interface_is_guarded() -> None:
    options = parse({"user": "Vandal"})
    assert forbidden(options, replace(PAGE, ns=8), Policy()) is not None
    assert forbidden(options, replace(PAGE, facts={"contentmodel": "css"}), Policy()) is not None
    assert forbidden(options, replace(PAGE, ns=8), Policy(interface=True)) is None


def test_our_revision_tells() -> None:
    options = parse({"user": "Vandal"})

    def found(revid: int, parentid: int) -> Evidence:
        one = Contribution(revid=revid, parentid=parentid, pageid=16, title="A", comment="")
        return Evidence(entries=(), current={PAGE.key: PAGE}, contributions=(one,))

    done = probe(options, PAGE, found(678, 677))
    assert done == Outcome(seq=1, state=State.DONE, code="looked_up", facts={"revid": 678})
    other = probe(options, PAGE, found(679, 678))
    assert isinstance(other, Outcome)
    assert (other.state, other.code) == (State.UNSURE, "other_revision")
    assert isinstance(probe(options, PAGE, Evidence(entries=(), current={PAGE.key: PAGE})), Again)


def test_an_edit_takes_it_back() -> None:
    (back,) = inverse(parse({"user": "Vandal"}), PAGE, {"revid": 678})
    assert (back.action, back.options, back.facts) == ("edit", {"revert": "${item.origin}"}, {"origin": 678})
    assert (back.expect, back.restores) == ({"revid": 678}, {"length": 9})
