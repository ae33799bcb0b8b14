"""`wikimop undo` of blocks: the wiki's table of blocks is as it was, down to the reason and the second of the expiry."""

from __future__ import annotations

import time
from typing import Any

import pytest

from tests.desk import Desk, someone
from tests.e2e.reading import carried_out, ends
from tests.e2e.test_undo import undone
from tests.mediawiki import MediaWiki

# All but who made it and when, and the number of a block that was lifted meanwhile.
BLOCKS = (
    "SELECT ipb_address, ipb_user, ipb_auto, ipb_anon_only, ipb_create_account, ipb_enable_autoblock, ipb_expiry,"
    " ipb_range_start, ipb_range_end, ipb_deleted, ipb_block_email, ipb_allow_usertalk, ipb_sitewide, comment_text"
    " FROM ipblocks JOIN comment ON comment_id = ipb_reason_id ORDER BY ipb_address"
)
RESTRICTIONS = (
    "SELECT ipb_address, ir_type, ir_value FROM ipblocks_restrictions JOIN ipblocks ON ipb_id = ir_ipb_id ORDER BY 1, 2, 3"
)
SETTINGS = "$wgEnableEmail = true; $wgEnableUserEmail = true; $wgEnablePartialActionBlocks = true;"


def state(wiki: MediaWiki) -> list[Any]:
    return [wiki.rows(BLOCKS), wiki.rows(RESTRICTIONS)]


@pytest.fixture
def several(desk: Desk, wiki: MediaWiki) -> Desk:
    """Blocks of every sort, by somebody else."""
    wiki.settings(SETTINGS)
    admin = someone(wiki)
    admin.block("Vandal", expiry="1 week", reason="Spam (wikimop r0000000a)", nocreate=1, noemail=1)
    admin.block(
        "Bob", expiry="infinite", reason="a | b, “c” 'd'", partial=1, allowusertalk=1, pagerestrictions="Main Page|Article 01",
        namespacerestrictions="0|118", actionrestrictions="move|upload",
    )  # fmt: skip
    admin.block("192.0.2.7", expiry="36 hours", anononly=1, allowusertalk=1)
    admin.block("10.1.2.0/24", expiry="2030-01-31T12:34:56Z", reason="Open proxy", nocreate=1)
    admin.block("2001:db8::/40", expiry="never", reason="x" * 400)
    return desk


def test_new_blocks_are_lifted_and_others_left_alone(several: Desk, wiki: MediaWiki) -> None:
    before = state(wiki)
    run = carried_out(several, "- id: a\n  users: {list: allusers}\n  block: {expiry: 1 week, autoblock: true}", code=1)
    assert run["counts"]["done"] == 5
    assert state(wiki) != before
    back = undone(several, run["run"])
    assert {item["state"] for item in back["items"]} == {"done"}
    assert state(wiki) == before


def test_replaced_blocks_are_put_back(several: Desk, wiki: MediaWiki) -> None:
    before = state(wiki)
    run = carried_out(several, "- id: a\n  users: {list: blocks}\n  block: {expiry: 1 month, reblock: true, reason: All}")
    assert run["counts"]["done"] == 5
    assert wiki.rows(RESTRICTIONS) == []
    back = undone(several, run["run"])
    assert {(item["state"], item["code"]) for item in back["items"]} == {("done", None)}
    assert state(wiki) == before
    # what is put back says just what it said: the log tells who did it
    reasons = wiki.rows(
        "SELECT comment_text, actor_name FROM logging JOIN comment ON comment_id = log_comment_id"
        " JOIN actor ON actor_id = log_actor WHERE log_type = 'block' ORDER BY log_id DESC LIMIT 5"
    )
    assert sorted(str(reason) for reason, _ in reasons) == sorted(str(row[-1]) for row in before[0])
    assert {str(name) for _, name in reasons} == {"Sysop"}


def test_lifted_blocks_are_set_again(several: Desk, wiki: MediaWiki) -> None:
    before = state(wiki)
    run = carried_out(several, "- id: a\n  users: {list: blocks}\n  unblock: {reason: Amnesty}")
    assert state(wiki) == [[], []]
    back = undone(several, run["run"])
    assert {(item["state"], item["code"]) for item in back["items"]} == {("done", None)}
    assert state(wiki) == before
    again = undone(several, back["run"])
    assert {(item["state"], item["code"]) for item in again["items"]} == {("done", None)}
    assert state(wiki) == [[], []]


def test_several_steps_on_one_user_are_taken_back_one_after_the_other(several: Desk, wiki: MediaWiki) -> None:
    before = state(wiki)
    steps = """
- {id: free, users: {list: blocks}, unblock: {}}
- {id: anew, users: {step: free}, block: {expiry: 1 day, reblock: true}}
- {id: longer, users: {step: free}, block: {expiry: infinite, reblock: true, nocreate: true}}
"""
    run = carried_out(several, steps)
    assert run["counts"]["done"] == 15
    back = undone(several, run["run"])
    assert {item["state"] for item in back["items"]} <= {"done", "unchanged"}
    assert state(wiki) == before


def test_what_cannot_be_taken_back_is_told(several: Desk, wiki: MediaWiki) -> None:
    admin = someone(wiki)
    admin.edit("Fleeting", "Soon gone.")
    admin.block("Carol", expiry="infinite", partial=1, allowusertalk=1, pagerestrictions="Fleeting")
    admin.delete("Fleeting")
    admin.block("Robot", expiry="15 seconds")
    admin.block("203.0.113.9", expiry="15 seconds")
    steps = """
- {id: lift, users: {names: [Carol, Vandal, Robot, 192.0.2.7]}, unblock: {}}
- {id: set, users: {names: [Alice, 198.51.100.1]}, block: {expiry: 1 week}}
- {id: longer, users: {names: [203.0.113.9]}, block: {expiry: 1 week, reblock: true}}
"""
    run = carried_out(several, steps)
    admin.block("Vandal", expiry="1 hour", reason="Mine")
    admin.unblock("Alice")
    admin.block("198.51.100.1", expiry="2 weeks", reblock=1)
    time.sleep(15)  # the blocks on Robot and 203.0.113.9 would have ended by now
    back = undone(several, run["run"], code=1)
    assert ends(back) == {
        "User:Carol": ("skipped", "blocked:irreversible"), "User:Vandal": ("skipped", "blocked:changed_since"),
        "User:Robot": ("skipped", "blocked:ended"), "User:192.0.2.7": ("done", None), "User:203.0.113.9": ("done", None),
        "User:Alice": ("skipped", "blocked:not_blocked"), "User:198.51.100.1": ("skipped", "blocked:changed_since"),
    }  # fmt: skip
    assert wiki.rows("SELECT count(*) FROM ipblocks WHERE ipb_address IN ('Robot', '203.0.113.9')") == [(0,)]


def test_what_somebody_changes_before_the_undo_is_carried_out(several: Desk, wiki: MediaWiki) -> None:
    run = carried_out(several, "- id: a\n  users: {names: [Vandal]}\n  unblock: {}")
    plan = several.wikimop("undo", run["run"], "--format", "json", code=0).json["plan"]
    someone(wiki).block("Vandal", expiry="1 hour", reason="Mine")
    result = several.wikimop("apply", plan, "--yes", "--format", "json", code=1).json
    assert ends({"items": several.items(result["run"])}) == {"User:Vandal": ("skipped", "drift:block")}
    assert wiki.rows("SELECT count(*) FROM ipblocks WHERE ipb_address = 'Vandal' AND ipb_create_account = 0") == [(1,)]
