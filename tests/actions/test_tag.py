"""`tag`, by answers of MediaWiki 1.39."""

from __future__ import annotations

from typing import Any

import pytest

from runner.actions.action import Again, Evidence, LogEntry, Result
from runner.actions.tag import TAG, Tag, drift, inverse, probe, read, request
from runner.model import Item, Outcome, State
from tests.actions.surveys import surveyed

REVISION = Item(
    step="s", key="rev:26", pageid=15, ns=0, title="A", revid=26, seq=1,
    facts={"hidden": [], "current": False, "timestamp": "2026-01-01T00:00:00Z", "tagged": ["spam"]},
)  # fmt: skip
ENTRY = Item(step="s", key="logging:22", ns=0, title="A", seq=2, facts={"hidden": [], "tagged": []})
OPTIONS = Tag(add=("checked",), remove=("spam",))


def test_of_the_tags_those_count_that_the_step_names() -> None:
    item = Item(step="s", key="rev:26", revid=26, facts={"tags": ["mw-undo", "spam"], "hidden": []})
    (found,), asked = surveyed(TAG, {"add": ["checked"], "remove": ["spam"]}, [item])
    assert (found.facts, asked) == ({"hidden": [], "tagged": ["spam"]}, [])
    (found,), _ = surveyed(TAG, {"remove": ["checked"]}, [item])
    assert found.facts == {"hidden": [], "tagged": [], "unchanged": True}


def test_requests() -> None:
    assert request(OPTIONS, [REVISION], "why") == {
        "action": "tag", "revid": "26", "add": "checked", "remove": "spam", "reason": "why",
    }  # fmt: skip
    assert request(Tag(add=("a", "b"), tags=("c",)), [ENTRY], "") == {
        "action": "tag", "logid": "22", "add": "a|b", "tags": "c",
    }  # fmt: skip


def result(entry: dict[str, Any] | None, item: Item = REVISION, options: Tag = OPTIONS) -> Result:
    (found,) = read(options, [item], {"tag": [] if entry is None else [entry]})
    return found


def test_each_item_has_an_entry() -> None:
    done = {"revid": 26, "status": "success", "actionlogid": 23, "added": ["checked"], "removed": ["spam"]}
    assert result(done) == Outcome(seq=1, state=State.DONE, logid=23, facts={"tagged": ["checked"]})
    logged = {"logid": 22, "status": "success", "actionlogid": 25, "added": ["checked"], "removed": []}
    assert result(logged, ENTRY) == Outcome(seq=2, state=State.DONE, logid=25, facts={"tagged": ["checked"]})


@pytest.mark.parametrize(("entry", "state", "code"), [
    (None, State.UNSURE, "no_entry"),
    ({"revid": 26, "status": "success", "noop": True}, State.UNCHANGED, "no_change"),
    ({"revid": 26, "status": "error", "code": "nosuchrevid", "text": "None."}, State.FAILED, "nosuchrevid"),
    ({"revid": 26, "status": "failure", "errors": [{"code": "tags-update-remove-not-allowed-one", "text": "No."}]},
     State.FAILED, "tags-update-remove-not-allowed-one"),
    ({"revid": 26, "status": "success", "actionlogid": 23, "added": ["checked"], "removed": []}, State.FAILED, "not_effective"),
])  # fmt: skip
def test_what_is_no_success(entry: dict[str, Any] | None, state: State, code: str) -> None:
    found = result(entry)
    assert isinstance(found, Outcome)
    assert (found.state, found.code) == (state, code)


def test_a_rate_limit_is_waited_for() -> None:
    assert result({"revid": 26, "status": "skipped"}) == Again(seq=1, code="ratelimited", wait=True)


def test_drift_is_about_these_tags() -> None:
    other = Item(step="s", key="rev:26", pageid=99, revid=26, facts={**REVISION.facts, "hidden": ["comment"]})
    assert drift(OPTIONS, REVISION, other) is None
    assert drift(OPTIONS, REVISION, Item(step="s", key="rev:26", facts={"tagged": []})) == "tags"


def test_the_log_tells_what_was_changed() -> None:
    params = {"revid": 26, "logid": False, "tagsAdded": ["checked"], "tagsRemoved": ["spam"]}
    entry = LogEntry(logid=9, pageid=15, action="update", user="Sysop", comment="", params=params)
    found = probe(OPTIONS, REVISION, Evidence(entries=(entry,), current={}))
    assert found == Outcome(seq=1, state=State.DONE, code="looked_up", logid=9, facts={"tagged": ["checked"]})
    assert isinstance(probe(OPTIONS, ENTRY, Evidence(entries=(entry,), current={ENTRY.key: ENTRY})), Again)


def test_only_what_was_changed_is_taken_back() -> None:
    (back,) = inverse(OPTIONS, REVISION, {"tagged": ["checked"]})
    assert (back.options, back.expect, back.restores) == (
        {"add": ["spam"], "remove": ["checked"]}, {"tagged": ["checked"]}, {"tagged": ["spam"]},
    )  # fmt: skip
    (back,) = inverse(OPTIONS, ENTRY, {"tagged": ["checked"]})
    assert (back.options, back.restores, back.refs[0].key) == ({"remove": ["checked"]}, {"tagged": []}, "logging:22")
