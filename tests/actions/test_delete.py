"""`delete`, by answers of MediaWiki 1.39."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from runner.actions.action import Account, Evidence, LogEntry
from runner.actions.delete import DELETE, Delete, blocked, drift, parse, probe, read, refused, request
from runner.model import Item, Outcome, State

PAGE = Item(step="s", key="page:12", pageid=12, ns=0, title="Sandbox/00500", revid=345, seq=4)
SYSOP = Account(name="Sysop", rights=frozenset({"delete"}))


def outcome(answer: Mapping[str, Any]) -> Outcome:
    (result,) = read(Delete(), [PAGE], answer)
    assert isinstance(result, Outcome)
    return result


def test_a_log_entry_is_success() -> None:
    done = outcome({"delete": {"title": "Sandbox/00500", "reason": "recorded", "logid": 152}})
    assert done == Outcome(seq=4, state=State.DONE, logid=152)


@pytest.mark.parametrize("logid", [None, True, "152", 0, -1, 1.5, [152]])
def test_without_one_it_is_looked_up(logid: object) -> None:
    assert outcome({"delete": {"title": "Sandbox/00500", "reason": "x", "logid": logid}}).state is State.UNSURE


def test_a_large_page_is_queued() -> None:
    warning = {"code": "delete-scheduled", "text": "The page is scheduled for deletion.", "module": "delete"}
    answer = {"warnings": [warning], "delete": {"title": "History/Long", "reason": "scheduled", "scheduled": True}}
    assert outcome(answer).state is State.SCHEDULED


@pytest.mark.parametrize(("code", "state"), [
    ("missingtitle", State.UNSURE), ("nosuchpageid", State.UNSURE), ("cantdelete", State.UNSURE),
    ("permissiondenied", State.FAILED), ("bigdelete", State.FAILED), ("badtags", State.FAILED), ("blocked", State.FAILED),
])  # fmt: skip
def test_gone_may_have_been_us(code: str, state: State) -> None:
    (result,) = refused(Delete(), [PAGE], code, "Text.")
    assert result == Outcome(seq=4, state=state, code=code, detail="Text.")


def test_a_request_names_the_page_by_its_id_only() -> None:
    options = parse({"reason": "r", "tags": ["a", "b"], "watchlist": "watch", "watchlistexpiry": "1 month", "files": True})
    assert request(options, [PAGE], "r (wikimop r1)") == {
        "action": "delete", "pageid": "12", "watchlist": "watch", "reason": "r (wikimop r1)", "tags": "a|b",
        "watchlistexpiry": "1 month",
    }  # fmt: skip
    assert request(parse({}), [PAGE], "") == {"action": "delete", "pageid": "12", "watchlist": "nochange"}


@pytest.mark.parametrize(("change", "reason"), [
    ({}, None), ({"title": "Other"}, "moved"), ({"ns": 2}, "moved"), ({"revid": 346}, "edited"), ({"facts": {"x": 9}}, None),
])  # fmt: skip
def test_drift(change: dict[str, Any], reason: str | None) -> None:
    assert drift(Delete(), PAGE, replace(PAGE, **change)) == reason


def test_what_the_wiki_says_beforehand_blocks() -> None:
    protected = replace(PAGE, facts={"refusals": [{"code": "protectedpage", "text": "It is protected."}]})
    found = blocked(Delete(), protected, SYSOP)
    assert found is not None
    assert (found.code, found.detail) == ("protectedpage", "It is protected.")
    assert blocked(Delete(), PAGE, SYSOP) is None


def test_a_file_goes_only_if_it_is_meant() -> None:
    file = replace(PAGE, ns=6, title="File:X.png")
    assert (found := blocked(Delete(), file, SYSOP)) is not None
    assert found.code == "file"
    assert blocked(Delete(files=True), file, SYSOP) is None


def test_an_entry_of_another_kind_is_not_ours() -> None:
    restored = LogEntry(logid=9, pageid=12, action="restore", user="Sysop", comment="")
    result = probe(Delete(), PAGE, Evidence(entries=(restored,), current={}))
    assert result == Outcome(seq=4, state=State.SKIPPED, code="drift:gone", detail="gone, and not by this run")


def test_the_kinds_of_things_it_does() -> None:
    assert DELETE.single
    assert DELETE.removes
    assert DELETE.takes == {"pages", "file_versions"}
