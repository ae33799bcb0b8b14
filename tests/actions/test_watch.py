"""`watch`, by answers of MediaWiki 1.39."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from runner.actions.action import OVER, Again, Inverse
from runner.actions.watch import WATCH, drift, inverse, parse, read, request
from runner.model import Item, Outcome, State
from tests.actions.surveys import Query, surveyed

PAGE = Item(step="s", key="page:12", pageid=12, ns=0, title="A", revid=345, seq=1, facts={"watched": False})
TITLE = Item(step="s", key="title:New", ns=0, title="New", seq=2, facts={"watched": False})
UNTIL = "2030-01-31T00:00:00Z"


def wiki(query: Query) -> dict[str, Any]:
    if "titles" in query:
        return {"pages": [{"ns": 0, "title": "New", "missing": True, "watched": True, "watchlistexpiry": UNTIL}]}
    return {"pages": [{"pageid": 12, "ns": 0, "title": "A", "watched": False}]}


def test_pages_and_titles_are_asked_about_apart() -> None:
    found, asked = surveyed(WATCH, {}, [PAGE, TITLE], wiki)
    assert [item.facts["watched"] for item in found] == [False, UNTIL]
    assert [item.facts.get("unchanged", False) for item in found] == [False, True]
    assert [(query.get("pageids"), query.get("titles")) for query in asked] == [("12", None), (None, "New")]


def test_a_title_that_has_become_a_page() -> None:
    (found,), _ = surveyed(WATCH, {}, [TITLE], lambda _query: {"pages": [{"pageid": 7, "title": "New", "watched": False}]})
    assert drift(parse({}), TITLE, found) == "exists"


@pytest.mark.parametrize(("value", "before", "unchanged"), [
    ({}, True, True), ({}, UNTIL, True), ({}, False, False),
    ({"unwatch": True}, False, True), ({"unwatch": True}, True, False),
    ({"expiry": UNTIL}, UNTIL, True), ({"expiry": UNTIL}, True, False), ({"expiry": "infinite"}, True, True),
    ({"expiry": "infinite"}, UNTIL, False), ({"expiry": "1 month"}, UNTIL, False),
])  # fmt: skip
def test_what_needs_no_change(value: Mapping[str, Any], before: bool | str, unchanged: bool) -> None:  # noqa: FBT001
    page = {"pageid": 12, "title": "A", "watched": before is not False}
    page |= {"watchlistexpiry": before} if isinstance(before, str) else {}
    (found,), _ = surveyed(WATCH, value, [PAGE], lambda _query: {"pages": [page]})
    assert (found.facts["watched"], found.facts.get("unchanged", False)) == (before, unchanged)


def test_requests() -> None:
    assert request(parse({"expiry": "1 month"}), [PAGE, PAGE], "x") == {
        "action": "watch", "pageids": "12|12", "expiry": "1 month",
    }  # fmt: skip
    assert request(parse({"unwatch": True}), [TITLE], "") == {"action": "watch", "titles": "New", "unwatch": "1"}


def result(value: Mapping[str, Any], entry: Mapping[str, Any], item: Item = PAGE) -> Outcome | Again:
    (found,) = read(parse(value), [item], {"watch": [entry]})
    return found


@pytest.mark.parametrize(("value", "entry", "watched"), [
    ({}, {"watched": True}, True),
    ({"unwatch": True}, {"unwatched": True}, False),
    ({"expiry": UNTIL}, {"watched": True, "expiry": UNTIL}, UNTIL),
    ({"expiry": "1 month"}, {"watched": True, "expiry": "2026-12-24T12:42:58Z"}, "2026-12-24T12:42:58Z"),
    ({"expiry": "never"}, {"watched": True, "expiry": "infinity"}, True),
])  # fmt: skip
def test_successes(value: Mapping[str, Any], entry: Mapping[str, Any], watched: bool | str) -> None:  # noqa: FBT001
    found = result(value, {"title": "A", "ns": 0, **entry})
    assert found == Outcome(seq=1, state=State.DONE, facts={"watched": watched})


@pytest.mark.parametrize(("value", "entry", "code"), [
    ({}, {"watched": False, "errors": [{"code": "hookaborted", "text": "No."}]}, "hookaborted"),
    ({}, {"watchable": 0}, "not_effective"),
    ({"unwatch": True}, {"watched": True}, "not_effective"),
    ({"expiry": UNTIL}, {"watched": True, "expiry": "2027-05-24T12:42:58Z"}, "not_effective"),
    ({"expiry": UNTIL}, {"watched": True, "expiry": "infinity"}, "not_effective"),
])  # fmt: skip
def test_failures(value: Mapping[str, Any], entry: Mapping[str, Any], code: str) -> None:
    found = result(value, {"title": "A", "ns": 0, **entry})
    assert isinstance(found, Outcome)
    assert (found.state, found.code) == (State.FAILED, code)


def test_who_is_not_named_is_sent_again_and_who_is_gone_is_not() -> None:
    assert result({}, {"title": "B", "watched": True}) == Again(seq=1, code="no_entry")
    gone = result({}, {"pageid": 12, "missing": True})
    assert isinstance(gone, Outcome)
    assert (gone.state, gone.code) == (State.SKIPPED, "drift:gone")


def test_being_watched_meanwhile_is_no_drift_unless_it_was_before() -> None:
    watched = replace(PAGE, facts={"watched": True, "unchanged": True})
    assert drift(parse({}), PAGE, watched) is None
    assert drift(parse({}), watched, PAGE) == "watched"


@pytest.mark.parametrize(("before", "after", "options"), [
    (False, True, {"unwatch": True}), (True, False, {}), (UNTIL, False, {"expiry": UNTIL}),
    (True, UNTIL, {"expiry": "infinite"}), (UNTIL, True, {"expiry": UNTIL}),
])  # fmt: skip
def test_what_takes_it_back(before: bool | str, after: bool | str, options: Mapping[str, Any]) -> None:  # noqa: FBT001
    (back,) = inverse(parse({}), replace(PAGE, facts={"watched": before}), {"watched": after})
    assert (back.options, back.expect, back.restores) == (options, {"watched": after}, {"watched": before})


def test_watching_that_would_have_ended_is_not_begun_again() -> None:
    (back,) = inverse(parse({}), replace(PAGE, facts={"watched": UNTIL}), {"watched": True})
    end = datetime.fromisoformat(UNTIL)
    now, later = back.at(end - timedelta(seconds=1)), back.at(end)
    assert now is back
    assert isinstance(later, Inverse)
    assert (later.options, later.expect, later.restores) == ({"unwatch": True}, {"watched": True}, {"watched": False})
    (gone,) = inverse(parse({}), replace(PAGE, facts={"watched": UNTIL}), {"watched": False})
    assert gone.at(end) == OVER
