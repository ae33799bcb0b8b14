"""`mergehistory`, by answers of MediaWiki 1.39."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from runner.actions.action import Account, Evidence, LogEntry
from runner.actions.mergehistory import MERGEHISTORY, blocked, check, drift, forbidden, parse, probe, read, request
from runner.model import Item, Outcome, Policy, State
from tests.actions.surveys import Query, surveyed

PLAIN = Item(step="s", key="page:22", pageid=22, ns=0, title="A", revid=55, seq=1)
PAGE = replace(PLAIN, facts={"into": "Fresh", "into_ns": 0, "into_pageid": 430})
TARGET = {
    "pageid": 430, "ns": 0, "title": "Fresh", "contentmodel": "wikitext", "actions": {"edit": []},
    "revisions": [{"timestamp": "2026-11-24T12:00:00Z"}],
}  # fmt: skip
SYSOP = Account(name="Sysop", rights=frozenset({"mergehistory", "edit"}))
TO = parse({"to": "Fresh"})


def aimed(
    value: Mapping[str, Any], target: Mapping[str, Any] | None = TARGET, newest: str = "2024-03-02T12:11:00Z",
    planned: tuple[Item, ...] = (),
) -> tuple[Item, list[Query]]:  # fmt: skip
    def wiki(query: Query) -> dict[str, Any]:
        if "titles" in query:
            return {"pages": [target] if target else []}
        return {"pages": [{"pageid": 22, "title": "A", "revisions": [{"timestamp": newest}] if newest else []}]}

    (found,), asked = surveyed(MERGEHISTORY, value, [PLAIN], wiki, planned)
    return found, asked


def test_the_target_is_frozen_as_the_wiki_writes_it() -> None:
    found, asked = aimed({"to": "fresh"})
    assert found.facts == PAGE.facts
    assert len(asked) == 2
    found, asked = aimed({"to": "fresh", "timestamp": "2024-01-01T00:00:00Z"})
    assert asked[1]["rvstart"] == "2024-01-01T00:00:00Z"
    _, asked = aimed({"to": "fresh"}, planned=(PAGE,))
    assert len(asked) == 1


@pytest.mark.parametrize(("value", "target", "newest", "code"), [
    ({}, None, "2024-01-01T00:00:00Z", "invalid_target"),
    ({}, {"title": "[", "invalid": True}, "2024-01-01T00:00:00Z", "invalid_target"),
    ({}, {"title": "Special:X", "ns": -1, "special": True}, "2024-01-01T00:00:00Z", "invalid_target"),
    ({}, {"title": "Fresh", "ns": 0, "missing": True, "actions": {}}, "2024-01-01T00:00:00Z", "no_target"),
    ({}, {**TARGET, "actions": {"edit": [{"code": "protectedpage", "text": "No."}]}}, "2024-01-01T00:00:00Z", "protectedpage"),
    ({}, {**TARGET, "pageid": 22}, "2024-01-01T00:00:00Z", "same_title"),
    ({}, TARGET, "2026-11-24T12:00:01Z", "overlap"),
    ({"timestamp": "2024-01-01T00:00:00Z"}, TARGET, "", "no_revisions"),
    ({"reason": "x" * 399}, TARGET, "2024-01-01T00:00:00Z", "too_long"),
])  # fmt: skip
def test_what_stands_in_the_way(
    value: Mapping[str, Any], target: Mapping[str, Any] | None, newest: str, code: str
) -> None:  # fmt: skip
    found, _ = aimed({"to": "Fresh", **value}, target, newest)
    refusal = blocked(TO, found, SYSOP)
    assert refusal is not None
    assert (refusal.code, bool(refusal.detail)) == (code, True)


def test_a_request_names_both_pages_by_their_ids() -> None:
    options = parse({"to": "Fresh", "timestamp": "20240101000000"})
    assert request(options, [PAGE], "why") == {
        "action": "mergehistory", "fromid": "22", "toid": "430", "timestamp": "2024-01-01T00:00:00Z", "reason": "why",
    }  # fmt: skip


@pytest.mark.parametrize(("value", "facts"), [({}, {}), ({"timestamp": "20240101000000"}, {"revid": 55})])
def test_what_is_left_is_known_or_looked_for(value: Mapping[str, Any], facts: Mapping[str, int]) -> None:
    options = parse({"to": "Fresh", **value})
    answer = {"mergehistory": {"from": "A", "to": "Fresh", "timestamp": "2026-11-24T12:42:59Z", "reason": "x"}}
    assert read(options, [PAGE], answer) == (Outcome(seq=1, state=State.DONE, facts=facts),)
    params = {"dest_ns": 0, "dest_title": "Fresh", "mergepoint": "2024-03-02T12:11:00Z"}
    entry = LogEntry(logid=33, pageid=22, action="merge", user="Sysop", comment="", title="A", params=params)
    found = probe(options, PAGE, Evidence(entries=(entry,), current={}))
    assert found == Outcome(seq=1, state=State.DONE, code="looked_up", logid=33, facts=facts)
    (other,) = read(options, [PAGE], {"mergehistory": {"from": "A", "to": "Other"}})
    assert isinstance(other, Outcome)
    assert (other.state, other.code) == (State.FAILED, "not_effective")


def test_drift_of_the_target() -> None:
    assert drift(TO, PAGE, PAGE) is None
    assert drift(TO, PAGE, replace(PAGE, facts={**PAGE.facts, "into_pageid": 431})) == "target"
    assert drift(TO, PAGE, replace(PAGE, facts={"obstacle": {"code": "no_target", "detail": ""}})) == "target"
    assert drift(TO, PAGE, replace(PAGE, revid=56)) == "edited"


def test_both_pages_are_guarded() -> None:
    script = replace(PAGE, facts={**PAGE.facts, "into_contentmodel": "javascript"})
    interface = replace(PAGE, facts={**PAGE.facts, "into_ns": 8})
    assert [forbidden(TO, item, Policy()) is None for item in (PAGE, script, interface, replace(PAGE, ns=8))] == [
        True, False, False, False,
    ]  # fmt: skip


@pytest.mark.parametrize(("value", "codes"), [
    ({"to": "A|B"}, ["title"]), ({"to": "A", "timestamp": "now"}, ["timestamp"]), ({"to": 7}, []), ({"to": "A"}, []),
    ({"to": "A", "timestamp": "2024-01-01T00:00:00Z"}, []),
])  # fmt: skip
def test_what_the_schema_lets_through(value: Mapping[str, Any], codes: list[str]) -> None:
    assert [found.code for found in check(value)] == codes
