"""`protect`, by answers of MediaWiki 1.39."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from runner.actions.action import OVER, Account, Again, Evidence, Inverse, LogEntry
from runner.actions.protect import PROTECT, blocked, drift, inverse, probe, read, request
from runner.actions.protect_options import check, parse
from runner.actions.protection import Protection, own, texts, told
from runner.model import Blocked, Item, Outcome, State
from tests.actions.surveys import Query, surveyed

PAGE = Item(step="s", key="page:12", pageid=12, ns=0, title="A", revid=345, seq=4, facts={"protection": []})
TITLE = Item(step="s", key="title:New", ns=0, title="New", seq=5, facts={"protection": []})
SYSOP = Account(name="Sysop", rights=frozenset({"protect", "editprotected", "editsemiprotected"}))


def protected(*texts: str, item: Item = PAGE) -> Item:
    return replace(item, facts={**item.facts, "protection": list(texts)})


def test_a_protection_is_a_text_and_back() -> None:
    entries: list[Mapping[str, Any]] = [
        {"type": "edit", "level": "sysop", "expiry": "2030-01-01T00:00:00Z", "cascade": True},
        {"type": "move", "level": "autoconfirmed", "expiry": "infinity"},
        {"type": "edit", "level": "sysop", "expiry": "infinity", "source": "Main (Page)"},
    ]
    written = texts(map(told, entries))
    assert written == [
        "edit=sysop (from Main (Page))", "edit=sysop until 2030-01-01T00:00:00Z cascading", "move=autoconfirmed",
    ]  # fmt: skip
    assert own(protected(*written)) == [
        Protection(type="edit", level="sysop", expiry="2030-01-01T00:00:00Z", cascading=True),
        Protection(type="move", level="autoconfirmed"),
    ]
    with pytest.raises(ValueError, match="no protection"):
        own(protected("nonsense"))


@pytest.mark.parametrize(("value", "found"), [
    ({"protections": ["edit=sysop"]}, []),
    ({"protections": ["edit=sysop", "edit=all"]}, ["twice"]),
    ({"protections": ["create=sysop", "edit=sysop"]}, ["together"]),
    ({"protections": ["edit=sysop"], "expiry": "tomorrow"}, ["format"]),
    ({"protections": ["edit=sysop"], "expiry": {"edit": "1 month", "move": "1 month"}}, ["unknown-key"]),
    ({"protections": ["edit=all"], "cascade": True}, ["together"]),
    ({"protections": ["create=sysop"], "cascade": True}, ["together"]),
    ({"protections": ["move=sysop"], "cascade": True}, []),
    ({"protections": ["move=sysop"], "cascade": True, "others": "lift"}, ["together"]),
    ({"protections": "edit=sysop", "expiry": 7}, []),  # what the schema tells
    ({"expiry": {"edit": 7}}, []),
])  # fmt: skip
def test_what_the_schema_lets_through(value: Mapping[str, Any], found: list[str]) -> None:
    assert [one.code for one in check(value)] == found


def test_a_request_names_what_stays_as_well() -> None:
    item = protected("edit=sysop until 2030-01-01T00:00:00Z cascading", "move=sysop", "upload=sysop (from Other)")
    sent = request(parse({"protections": ["move=all"], "tags": ["a", "b"]}), [item], "why (wikimop r1)")
    assert sent == {
        "action": "protect", "pageid": "12", "protections": "move=all|edit=sysop", "expiry": "infinite|2030-01-01T00:00:00Z",
        "cascade": "1", "watchlist": "nochange", "reason": "why (wikimop r1)", "tags": "a|b",
    }  # fmt: skip
    sent = request(parse({"protections": ["move=all"], "others": "lift"}), [item], "")
    assert (sent["protections"], "cascade" in sent) == ("move=all", False)


@pytest.mark.parametrize(("options", "sent"), [
    ({}, "infinite|infinite"),
    ({"expiry": "1 month"}, "1 month|1 month"),
    ({"expiry": {"edit": "20300101000000"}}, "2030-01-01T00:00:00Z|infinite"),
    ({"expiry": "never"}, "infinite|infinite"),
])  # fmt: skip
def test_each_kind_has_its_end(options: Mapping[str, Any], sent: str) -> None:
    parsed = parse({"protections": ["edit=sysop", "move=sysop"], **options})
    assert request(parsed, [PAGE], "")["expiry"] == sent


@pytest.mark.parametrize(("options", "before", "cascade"), [
    ({}, "edit=sysop cascading", True),
    ({}, "edit=sysop", False),
    ({}, "edit=autoconfirmed cascading", False),
    ({"cascade": True}, "edit=sysop", True),
    ({"cascade": False}, "edit=sysop cascading", False),
])  # fmt: skip
def test_cascading_stays_where_the_level_does(options: Mapping[str, Any], before: str, cascade: bool) -> None:  # noqa: FBT001
    sent = request(parse({"protections": ["edit=sysop"], **options}), [protected(before)], "")
    assert ("cascade" in sent) is cascade


def test_a_title_is_named_by_itself() -> None:
    sent = request(parse({"protections": ["create=sysop"]}), [TITLE], "")
    assert (sent["title"], sent["protections"], "pageid" in sent) == ("New", "create=sysop", False)


def answer(*entries: dict[str, str], title: str = "A", **more: object) -> dict[str, Any]:
    return {"protect": {"title": title, "reason": "x", "protections": list(entries), **more}}


EDIT = {"edit": "sysop", "expiry": "infinite"}
MOVE = {"move": "", "expiry": "infinite"}


def test_what_is_set_is_read_from_the_answer() -> None:
    options = parse({"protections": ["edit=sysop", "move=all"]})
    assert read(options, [PAGE], answer(EDIT, MOVE)) == (
        Outcome(seq=4, state=State.DONE, facts={"protection": ["edit=sysop"]}),
    )
    (same,) = read(options, [protected("edit=sysop")], answer(EDIT, MOVE))
    assert isinstance(same, Outcome)
    assert (same.state, same.code) == (State.UNCHANGED, "no_change")


@pytest.mark.parametrize(("options", "told"), [
    ({}, answer(MOVE)),
    ({}, answer({**EDIT, "edit": "autoconfirmed"}, MOVE)),
    ({}, answer({**EDIT, "expiry": "2030-01-01T00:00:00Z"}, MOVE)),
    ({"expiry": "1 month"}, answer(EDIT, MOVE)),
    ({"expiry": "2031-01-01T00:00:00Z"}, answer({**EDIT, "expiry": "2030-01-01T00:00:00Z"}, MOVE)),
    ({"cascade": True}, answer(EDIT, MOVE)),
    ({}, answer(EDIT, MOVE, title="B")),
])  # fmt: skip
def test_what_is_not_as_asked_has_failed(options: Mapping[str, Any], told: Mapping[str, Any]) -> None:
    (result,) = read(parse({"protections": ["edit=sysop", "move=all"], **options}), [PAGE], told)
    assert isinstance(result, Outcome)
    assert (result.state, result.code) == (State.FAILED, "not_effective")


def test_an_end_that_was_counted_is_read() -> None:
    options = parse({"protections": ["edit=sysop"], "expiry": "1 month", "cascade": True})
    told = answer({"edit": "sysop", "expiry": "2026-12-24T12:42:56Z"}, cascade=True)
    (result,) = read(options, [PAGE], told)
    assert isinstance(result, Outcome)
    assert result.facts == {"protection": ["edit=sysop until 2026-12-24T12:42:56Z cascading"]}


SITE = {
    "general": {"time": "2026-11-24T12:00:00Z"},
    "restrictions": {
        "types": ["create", "edit", "move", "upload"], "levels": ["", "autoconfirmed", "sysop"], "cascadinglevels": ["sysop"],
    },
    "pages": [{"ns": 0, "title": "New", "missing": True, "protection": [], "actions": {"protect": []}}],
}  # fmt: skip


def known(value: Mapping[str, Any], item: Item = PAGE, answer: Mapping[str, Any] = SITE) -> Item:
    (found,), _ = surveyed(PROTECT, value, [item], lambda _query: answer)
    return found


@pytest.mark.parametrize(("value", "item", "code"), [
    ({"protections": ["edit=sysop"]}, PAGE, None),
    ({"protections": ["edti=sysop"]}, PAGE, "kind"),
    ({"protections": ["upload=sysop"]}, PAGE, "kind"),
    ({"protections": ["upload=sysop"]}, replace(PAGE, ns=6, title="File:A.png"), None),
    ({"protections": ["edit=bureaucrat"]}, PAGE, "level"),
    ({"protections": ["create=sysop"]}, PAGE, "exists"),
    ({"protections": ["create=sysop"]}, TITLE, None),
    ({"protections": ["edit=sysop"]}, TITLE, "missing"),
    ({"protections": ["edit=autoconfirmed"], "cascade": True}, PAGE, "cascade"),
    ({"protections": ["move=sysop"], "cascade": True}, PAGE, "cascade"),
    ({"protections": ["edit=sysop"], "expiry": "2026-11-24T11:59:59Z"}, PAGE, "past"),
    ({"protections": ["edit=all"], "expiry": "2026-11-24T11:59:59Z"}, PAGE, None),
])  # fmt: skip
def test_what_stands_in_the_way(value: Mapping[str, Any], item: Item, code: str | None) -> None:
    refusal = blocked(parse(value), known(value, item), SYSOP)
    assert (refusal.code if refusal else None) == code


def test_only_what_still_holds_counts() -> None:
    item = protected("edit=sysop until 2026-11-24T11:00:00Z", "move=sysop", "edit=sysop (from Other)")
    assert known({"protections": ["edit=all"]}, item).facts == {"protection": ["move=sysop"], "unchanged": True}


def test_a_title_that_has_become_a_page() -> None:
    page = {"pageid": 7, "ns": 0, "title": "New", "protection": [], "actions": {}}
    found = known({"protections": ["create=sysop"]}, TITLE, {**SITE, "pages": [page]})
    assert drift(parse({"protections": ["create=sysop"]}), TITLE, found) == "exists"


def test_what_the_account_may_not_do_to_a_title() -> None:
    errors = [{"code": "permissiondenied", "text": "You may not."}]
    page = {"ns": 0, "title": "New", "missing": True, "protection": [], "actions": {"protect": errors}}
    found = known({"protections": ["create=sysop"]}, TITLE, {**SITE, "pages": [page]})
    assert blocked(parse({"protections": ["create=sysop"]}), found, SYSOP) == Blocked(
        code="permissiondenied", detail="You may not."
    )


def test_pages_cost_one_question() -> None:
    items = [replace(PAGE, key=f"page:{n}", pageid=n, seq=n) for n in range(1, 51)]
    asked: list[Query]
    _, asked = surveyed(PROTECT, {"protections": ["edit=sysop"]}, items, lambda _query: SITE)
    assert len(asked) == 1


def test_nobody_locks_himself_out() -> None:
    rights = frozenset({"protect"})
    refusal = blocked(parse({"protections": ["edit=sysop"]}), PAGE, Account(name="X", rights=rights))
    assert refusal == Blocked(code="permission", detail="your account lacks the right 'editprotected'")
    assert blocked(parse({"protections": ["edit=all"]}), PAGE, Account(name="X", rights=rights)) is None


def entry(action: str = "protect", **more: Any) -> LogEntry:  # noqa: ANN401 - fields of a log entry
    fields = {"pageid": 12, "title": "A", **more}
    return LogEntry(logid=9, action=action, user="Sysop", comment="", **fields)


def test_the_log_tells_what_was_set() -> None:
    details = [{"type": "edit", "level": "sysop", "expiry": "infinite", "cascade": True}]
    options = parse({"protections": ["edit=sysop"]})
    found = probe(options, PAGE, Evidence(entries=(entry(params={"details": details}),), current={}))
    assert found == Outcome(seq=4, state=State.DONE, code="looked_up", logid=9, facts={"protection": ["edit=sysop cascading"]})
    lifted = probe(options, PAGE, Evidence(entries=(entry("unprotect"),), current={}))
    assert isinstance(lifted, Outcome)
    assert lifted.facts == {"protection": []}
    title = probe(options, TITLE, Evidence(entries=(entry(pageid=0, title="New"),), current={}))
    assert isinstance(title, Outcome)
    assert title.state is State.DONE
    assert isinstance(probe(options, TITLE, Evidence(entries=(entry(pageid=0),), current={TITLE.key: TITLE})), Again)


@pytest.mark.parametrize(("before", "after", "options"), [
    ([], ["edit=sysop"], {"protections": ["edit=all"], "others": "lift", "cascade": False}),
    (["edit=sysop"], ["edit=sysop cascading"], {"protections": ["edit=sysop"], "others": "lift", "cascade": False}),
    (["edit=sysop", "move=sysop until 2030-01-01T00:00:00Z"], ["move=sysop"],
     {"protections": ["edit=sysop", "move=sysop"], "expiry": {"move": "2030-01-01T00:00:00Z"}, "others": "lift",
      "cascade": False}),
    (["edit=sysop cascading"], [], {"protections": ["edit=sysop"], "cascade": True, "others": "lift"}),
])  # fmt: skip
def test_what_takes_it_back(before: list[str], after: list[str], options: Mapping[str, Any]) -> None:
    (back,) = inverse(parse({"protections": ["edit=sysop"]}), protected(*before), {"protection": after})
    assert (back.options, back.expect, back.restores) == (options, {"protection": after}, {"protection": before})
    assert back.refs[0].key == PAGE.key
    (title,) = inverse(parse({"protections": ["create=sysop"]}), TITLE, {"protection": ["create=sysop"]})
    assert title.refs[0].problem is not None


def test_what_would_have_ended_is_not_given_back() -> None:
    """Each kind at its own time."""
    before = ["edit=sysop until 2030-01-01T00:00:00Z", "move=sysop until 2031-01-01T00:00:00Z"]
    (back,) = inverse(parse({"protections": ["edit=sysop"]}), protected(*before), {"protection": ["edit=sysop"]})
    found = [back.at(datetime(year, 6, 1, tzinfo=UTC)) for year in (2029, 2030, 2031)]
    options = [one.options["protections"] for one in found if isinstance(one, Inverse)]
    assert options == [["edit=sysop", "move=sysop"], ["move=sysop", "edit=all"], ["edit=all"]]
    (lifted,) = inverse(parse({"protections": ["edit=all"]}), protected(before[0]), {"protection": []})
    assert lifted.at(datetime(2030, 6, 1, tzinfo=UTC)) == OVER
