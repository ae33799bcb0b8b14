"""`block` and `unblock` with values; what comes of them on a wiki is in tests/e2e/test_blocks.py."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from runner.actions.action import Account, Evidence, Inverse, LogEntry
from runner.actions.block import BLOCK
from runner.actions.unblock import UNBLOCK
from runner.model import Blocked, Item, Outcome, State

EARLIER = {
    "expiry": "2027-01-31T00:00:00Z", "reason": "Old | reason", "flags": ["allowusertalk", "nocreate", "partial"],
    "pages": [{"id": 9, "title": "Main Page"}], "namespaces": [0, 118], "actions": ["move"],
}  # fmt: skip
ANNA = Item(step="a", key="user:Anna", title="User:Anna", facts={"userid": 5, "block": None}, seq=1)
BLOCKED = replace(ANNA, facts={"userid": 5, "block": EARLIER, "blockid": 3})
RESTORED = replace(ANNA, facts={**ANNA.facts, "restores": {"block": EARLIER}})
BEFORE = BLOCK.parse({"expiry": "as before", "reblock": True})
SYSOP = Account(name="Sysop", rights=frozenset({"block"}))


def on(item: Item, **block: object) -> Item:
    """The same user, blocked so."""
    return replace(
        item, facts={**item.facts, "block": {"expiry": "infinity", "reason": "x", "flags": [], **block}, "blockid": 8}
    )


def entry(**more: Any) -> LogEntry:  # noqa: ANN401 - parts of an entry
    return LogEntry(
        **{"logid": 7, "pageid": 0, "action": "block", "user": "Sysop", "comment": "x", "title": "User:Anna", **more}
    )


def test_what_is_said_is_sent_and_nothing_else() -> None:
    options = BLOCK.parse({"expiry": "1 week", "nocreate": True, "noemail": False, "reblock": True})
    assert BLOCK.request(options, [ANNA], "Spam (wikimop r1)") == {
        "action": "block", "user": "Anna", "expiry": "1 week", "nocreate": "1", "reblock": "1", "reason": "Spam (wikimop r1)",
    }  # fmt: skip


def test_an_earlier_block_is_set_again_as_it_was() -> None:
    """Its reason is what the user reads: it bears no mark, and stays one text whatever it holds."""
    assert BLOCK.request(BEFORE, [RESTORED], "Undo (wikimop r1)") == {
        "action": "block", "user": "Anna", "expiry": "2027-01-31T00:00:00Z", "reason": "Old | reason", "reblock": "1",
        "allowusertalk": "1", "nocreate": "1", "partial": "1", "pagerestrictions": "Main Page",
        "namespacerestrictions": "0|118", "actionrestrictions": "move",
    }  # fmt: skip
    assert not BLOCK.marked(BEFORE)
    assert BLOCK.marked(BLOCK.parse({"expiry": "1 week"}))


@pytest.mark.parametrize(
    ("value", "block", "wrong"),
    [
        ({"expiry": "1 week"}, {"expiry": "2026-12-01T00:00:00Z"}, ""),
        ({"expiry": "1 week"}, {}, "expiry"),
        ({"expiry": "never", "nocreate": True, "allowusertalk": True}, {"flags": ["nocreate"]}, "allowusertalk"),
        ({"expiry": "never"}, {"flags": ["noemail"]}, "noemail"),
        ({"expiry": "never", "anononly": True}, {}, ""),
        (
            {"expiry": "never", "partial": True, "pagerestrictions": ["A"], "namespacerestrictions": [0]},
            {"flags": ["partial"], "pages": [{"id": 1, "title": "A"}], "namespaces": [0, 1]},
            "namespacerestrictions",
        ),
    ],
)
def test_a_block_is_read_again(value: dict[str, Any], block: dict[str, Any], wrong: str) -> None:
    confirm, current = BLOCK.confirm, on(ANNA, **block)
    assert confirm is not None
    result = confirm(BLOCK.parse(value), ANNA, current)
    assert isinstance(result, Outcome)
    assert (result.state, result.code) == ((State.FAILED, "not_effective") if wrong else (State.DONE, ""))
    assert result.detail.endswith(wrong)
    assert result.facts == {"block": current.facts["block"], "blockid": 8}  # an undo has to know it, whatever it is


def test_of_an_address_the_other_flag_does_nothing() -> None:
    confirm, ip = BLOCK.confirm, replace(ANNA, title="User:192.0.2.7", facts={"address": "ip", "block": None})
    assert confirm is not None
    result = confirm(BLOCK.parse({"expiry": "never", "autoblock": True, "anononly": True}), ip, on(ip, flags=["anononly"]))
    assert isinstance(result, Outcome)
    assert result.state is State.DONE


def test_a_block_that_cannot_be_seen_is_not_done() -> None:
    confirm = BLOCK.confirm
    assert confirm is not None
    for current in (None, ANNA):
        result = confirm(BLOCK.parse({"expiry": "never"}), ANNA, current)
        assert isinstance(result, Outcome)
        assert (result.state, result.code) == (State.UNSURE, "no_block")


@pytest.mark.parametrize(
    ("value", "item", "rights", "code"),
    [
        ({"expiry": "never"}, ANNA, {"block"}, None),
        ({"expiry": "never"}, ANNA, set(), "permission"),
        ({"expiry": "never", "noemail": True}, ANNA, {"block"}, "permission"),
        ({"expiry": "never", "noemail": True}, ANNA, {"block", "blockemail"}, None),
        ({"expiry": "never", "watchuser": True}, ANNA, {"block"}, "permission"),
        ({"expiry": "never", "watchuser": True}, ANNA, {"block", "editmywatchlist"}, None),
        ({"expiry": "never"}, replace(ANNA, title="User:Sysop"), {"block"}, "self"),
        ({"expiry": "never"}, BLOCKED, {"block"}, "already_blocked"),
        ({"expiry": "never", "reblock": True}, BLOCKED, {"block"}, None),
        ({"expiry": "as before"}, ANNA, {"block"}, "nothing_to_restore"),
        ({"expiry": "as before"}, RESTORED, {"block"}, None),
    ],
)
def test_what_is_told_in_the_plan(value: dict[str, Any], item: Item, rights: set[str], code: str | None) -> None:
    blocked = BLOCK.blocked(BLOCK.parse(value), item, Account(name="Sysop", rights=frozenset(rights)))
    assert (blocked and blocked.code) == code


@pytest.mark.parametrize(
    ("current", "code"),
    [
        (BLOCKED, None),
        (None, "gone"),
        (ANNA, "block"),
        (replace(BLOCKED, facts={**BLOCKED.facts, "blockid": 4}), "block"),
        (replace(BLOCKED, facts={**BLOCKED.facts, "userid": 6}), "renamed"),
    ],
)
def test_drift(current: Item | None, code: str | None) -> None:
    for action, value in ((BLOCK, {"expiry": "never", "reblock": True}), (UNBLOCK, {})):
        assert action.drift(action.parse(value), BLOCKED, current) == code


def test_a_block_that_somebody_else_made_is_not_ours() -> None:
    probe = BLOCK.probe
    assert probe is not None
    options = BLOCK.parse({"expiry": "never", "nocreate": True})
    result = probe(options, ANNA, Evidence(entries=(), current={ANNA.key: on(ANNA)}))
    assert isinstance(result, Outcome)
    assert (result.state, result.code) == (State.SKIPPED, "drift:block")
    result = probe(options, ANNA, Evidence(entries=(), current={ANNA.key: on(ANNA, flags=["nocreate"])}))
    assert isinstance(result, Outcome)
    assert (result.state, result.code) == (State.UNCHANGED, "looked_up")


def test_what_we_blocked_and_somebody_changed_since_is_done_and_not_claimed() -> None:
    probe = BLOCK.probe
    assert probe is not None
    options = BLOCK.parse({"expiry": "never", "nocreate": True})
    for current, facts in ((on(ANNA), {}), (on(ANNA, flags=["nocreate"]), {"blockid"}), (ANNA, {})):
        result = probe(options, ANNA, Evidence(entries=(entry(),), current={ANNA.key: current}))
        assert isinstance(result, Outcome)
        assert (result.state, result.logid) == (State.DONE, 7)
        assert result.facts.keys() & {"blockid"} == set(facts)


def test_without_a_mark_its_own_reason_tells_our_entry() -> None:
    probe = BLOCK.probe
    assert probe is not None
    for comment, state in (("Old | reason", State.DONE), ("Another", None)):
        found = Evidence(entries=(entry(comment=comment, action="reblock"),), current={ANNA.key: RESTORED})
        result = probe(BEFORE, RESTORED, found)
        assert (result.state if isinstance(result, Outcome) else None) is state


@pytest.mark.parametrize(
    ("answer", "state"),
    [
        ({"id": 3, "user": "Anna", "userid": 5, "reason": ""}, State.DONE),
        ({"id": 4, "user": "Anna", "userid": 5, "reason": ""}, State.UNSURE),
        ({"id": 3, "user": "Bob", "userid": 6, "reason": ""}, State.UNSURE),
    ],
)
def test_the_block_that_was_lifted_is_the_one_that_was_seen(answer: dict[str, Any], state: State) -> None:
    options = UNBLOCK.parse({"reason": "Sorry", "tags": ["bot", "mop"]})
    assert UNBLOCK.request(options, [BLOCKED], "Sorry (wikimop r1)") == {
        "action": "unblock", "id": "3", "reason": "Sorry (wikimop r1)", "tags": "bot|mop",
    }  # fmt: skip
    (result,) = UNBLOCK.read(options, [BLOCKED], {"unblock": answer})
    assert isinstance(result, Outcome)
    assert result.state is state


def test_what_takes_a_block_back() -> None:
    changed = {"block": {"expiry": "infinity", "reason": "x", "flags": []}, "blockid": 8}
    assert BLOCK.inverse is not None
    found = BLOCK.inverse(BLOCK.parse({"expiry": "never"}), ANNA, changed)
    assert not isinstance(found, Blocked)
    (back,) = found
    assert (back.action, back.expect, back.restores) == ("unblock", changed, {"block": None})
    for inverse in (BLOCK.inverse(BEFORE, BLOCKED, changed), UNBLOCK.inverse and UNBLOCK.inverse(None, BLOCKED, changed)):
        assert isinstance(inverse, tuple)
        (again,) = inverse
        assert isinstance(again, Inverse)
        assert (again.action, again.options["expiry"], again.restores["block"]) == ("block", "as before", EARLIER)
        assert not again.signed


def test_a_block_from_a_page_that_is_gone_cannot_be_set_again() -> None:
    gone = replace(BLOCKED, facts={**BLOCKED.facts, "block": {**EARLIER, "pages": [{"id": 9}]}})
    for action, options in ((BLOCK, BEFORE), (UNBLOCK, UNBLOCK.parse({}))):
        assert action.inverse is not None
        blocked = action.inverse(options, gone, {})
        assert isinstance(blocked, Blocked)
        assert blocked.code == "irreversible"
