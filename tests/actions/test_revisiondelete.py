"""`revisiondelete`, by answers of MediaWiki 1.39: the top `status` is always Success, and each item is judged by itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from runner.actions.action import Account, Again, Evidence
from runner.actions.revisiondelete import (
    RevisionDelete,
    blocked,
    confirm,
    drift,
    effect,
    log,
    parse,
    probe,
    read,
    request,
    wanted,
)
from runner.actions.revisiondelete_schema import check
from runner.model import Item, Outcome, State

HIDE = RevisionDelete(hide=("content", "comment"))


def revision(number: int, *hidden: str, current: bool = False) -> Item:
    return Item(
        step="s", key=f"rev:{number}", pageid=10, ns=0, title="Sandbox/00010", revid=number, seq=number,
        facts={"hidden": list(hidden), "current": current, "timestamp": "2026-09-22T08:48:59Z"},
    )  # fmt: skip


def entry(number: int, **more: object) -> dict[str, Any]:
    flags = {"userhidden": False, "commenthidden": True, "texthidden": True}
    return {"status": "Success", "id": number, "timestamp": "2026-09-22T08:48:59Z", **flags, "userid": 4, "user": "Bob", **more}


def outcomes(options: RevisionDelete, *entries: Mapping[str, Any]) -> list[tuple[State, str]]:
    answer = {"revisiondelete": {"status": "Success", "target": "Sandbox/00010", "items": list(entries)}}
    results = read(options, [revision(29), revision(30)], answer)
    assert all(isinstance(result, Outcome) for result in results)
    return [(result.state, result.code) for result in results if isinstance(result, Outcome)]


def test_hidden_as_wanted() -> None:
    assert outcomes(HIDE, entry(30), entry(29)) == [(State.DONE, "")] * 2


def test_success_of_the_whole_is_none_of_the_items() -> None:
    current = {"code": "revdelete-hide-current", "text": "This is the current revision. It cannot be hidden."}
    missing = {"code": "revdelete-modify-missing", "text": "It is missing from the database!"}
    found = outcomes(
        HIDE,
        entry(29, errors=[current], texthidden=False, commenthidden=False),
        {"status": "Fail", "id": 30, "errors": [missing]},
    )
    assert found == [(State.FAILED, "revdelete-hide-current"), (State.FAILED, "revdelete-modify-missing")]


def test_no_change_is_unchanged() -> None:
    warning = {"code": "revdelete-no-change", "text": "Already had the requested visibility settings."}
    assert outcomes(HIDE, entry(29, warnings=[warning]), entry(30)) == [
        (State.UNCHANGED, "revdelete-no-change"),
        (State.DONE, ""),
    ]


def test_success_without_effect_is_a_failure() -> None:
    assert outcomes(HIDE, entry(29, texthidden=False), entry(30))[0] == (State.FAILED, "not_effective")
    show = RevisionDelete(show=("comment",))
    assert outcomes(show, entry(29), entry(30, commenthidden=False)) == [(State.FAILED, "not_effective"), (State.DONE, "")]


def test_what_is_not_mentioned_is_looked_up() -> None:
    assert outcomes(HIDE, entry(29)) == [(State.DONE, ""), (State.UNSURE, "no_entry")]


def test_a_request() -> None:
    options = parse({"hide": ["content"], "show": ["user"], "suppress": "no", "reason": "r", "tags": ["t"]})
    assert request(options, [revision(29), revision(30)], "r (wikimop r1)") == {
        "action": "revisiondelete", "type": "revision", "target": "Sandbox/00010", "ids": "29|30", "suppress": "no",
        "hide": "content", "show": "user", "tags": "t", "reason": "r (wikimop r1)",
    }  # fmt: skip


@pytest.mark.parametrize(("options", "hidden", "after"), [
    (HIDE, [], {"content", "comment"}),
    (HIDE, ["user"], {"content", "comment", "user"}),
    (RevisionDelete(show=("user",)), ["user"], set()),
    (RevisionDelete(show=("user",)), ["user", "suppressed"], set()),
    (RevisionDelete(hide=("user",), suppress="yes"), [], {"user", "suppressed"}),
    (RevisionDelete(hide=("user",), suppress="nochange"), ["content", "suppressed"], {"content", "user", "suppressed"}),
    (RevisionDelete(hide=("user",), suppress="no"), ["content", "suppressed"], {"content", "user"}),
])  # fmt: skip
def test_what_will_be_hidden(options: RevisionDelete, hidden: list[str], after: set[str]) -> None:
    assert wanted(options, hidden) == after
    assert effect(options, revision(29, *hidden)) == {"hidden": sorted(after)}


def test_drift() -> None:
    planned = revision(29)
    assert drift(HIDE, planned, revision(29)) is None
    assert drift(HIDE, planned, revision(29, "user")) == "visibility"
    assert drift(HIDE, planned, replace(revision(29), pageid=11)) == "moved"
    assert drift(HIDE, planned, revision(29, current=True)) == "current"
    assert drift(RevisionDelete(hide=("comment",)), planned, revision(29, current=True)) is None


def test_what_can_never_be_done() -> None:
    plain = Account(name="Sysop", rights=frozenset({"deleterevision"}))
    overseer = Account(name="Admin", rights=frozenset({"deleterevision", "suppressrevision"}))
    assert blocked(HIDE, revision(29), plain) is None
    for options, item in (
        (RevisionDelete(hide=("user",), suppress="yes"), revision(29)),
        (HIDE, revision(29, "user", "suppressed")),
    ):
        found = blocked(options, item, plain)
        assert found is not None
        assert "suppressrevision" in found.detail
        assert blocked(options, item, overseer) is None
    found = blocked(HIDE, revision(29, current=True), plain)
    assert found is not None
    assert found.code == "current"


def test_hidden_by_somebody_meanwhile_is_unchanged_and_not_ours() -> None:
    now = {"rev:29": revision(29, "comment", "content")}
    result = probe(HIDE, revision(29), Evidence(entries=(), current=now))
    assert isinstance(result, Outcome)
    assert (result.state, result.code, result.logid) == (State.UNCHANGED, "looked_up", None)
    assert isinstance(probe(HIDE, revision(29), Evidence(entries=(), current={"rev:29": revision(29, "user")})), Again)


@pytest.mark.parametrize("suppress", ["yes", "no", "nochange"])
def test_both_logs_are_looked_into(suppress: str) -> None:
    """What was suppressed before stands in the suppression log, whatever is asked for now."""
    assert "letype" not in log(RevisionDelete(hide=("user",), suppress=suppress))


def test_a_contradiction_is_found() -> None:
    assert [finding.path for finding in check({"hide": ["content"], "show": ["comment", "content"]})] == [("show", 1)]
    assert check({"hide": ["content"], "show": ["comment"]}) == []
    assert [finding.code for finding in check({"reason": "x"})] == ["required"]


@pytest.mark.parametrize(("suppress", "before", "after", "state"), [
    ("yes", [], ["user", "suppressed"], State.DONE), ("yes", [], ["user"], State.FAILED),
    ("no", ["suppressed"], ["user"], State.DONE), ("no", ["suppressed"], ["user", "suppressed"], State.FAILED),
])  # fmt: skip
def test_whether_it_is_suppressed_is_read_again(suppress: str, before: list[str], after: list[str], state: State) -> None:
    options = RevisionDelete(hide=("user",), suppress=suppress)
    result = confirm(options, revision(29, *before), revision(29, *after))
    assert isinstance(result, Outcome)
    assert result.state is state
    gone = confirm(options, revision(29), None)
    assert isinstance(gone, Outcome)
    assert gone.state is State.UNSURE


@pytest.mark.parametrize(("rights", "state", "code"), [
    ({"suppressionlog"}, State.UNCHANGED, "looked_up"), (set(), State.UNSURE, "unseen_log"),
])  # fmt: skip
def test_a_log_that_cannot_be_seen_proves_nothing(rights: set[str], state: State, code: str) -> None:
    options = RevisionDelete(hide=("user",), suppress="yes")
    now = {"rev:29": revision(29, "suppressed", "user")}
    result = probe(options, revision(29), Evidence(entries=(), current=now, rights=frozenset(rights)))
    assert isinstance(result, Outcome)
    assert (result.state, result.code) == (state, code)
