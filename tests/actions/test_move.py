"""`move`, by answers of MediaWiki 1.39."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from runner.actions.action import Account, Evidence, LogEntry
from runner.actions.move import MOVE, Move, blocked, drift, forbidden, inverse, parse, probe, read, refused, request
from runner.model import Blocked, Item, Outcome, Policy, State
from tests.actions.surveys import Query, surveyed

PAGE = Item(step="s", key="page:12", pageid=12, ns=0, title="A", revid=345, seq=4, facts={"to": "B", "to_ns": 0})
PLAIN = replace(PAGE, facts={})
SYSOP = Account(name="Sysop", rights=frozenset({"move", "suppressredirect"}))
ANSWER = {"from": "A", "to": "B", "reason": "x", "redirectcreated": True, "moveoverredirect": False}

PAGES: Mapping[str, dict[str, Any]] = {
    "B": {"ns": 0, "title": "B", "missing": True, "contentmodel": "wikitext", "actions": {"move-target": [], "edit": []}},
    "There": {"pageid": 5, "ns": 0, "title": "There", "lastrevid": 6, "contentmodel": "wikitext"},
    "Back": {"pageid": 7, "ns": 0, "title": "Back", "lastrevid": 8, "redirect": True, "new": True},
    "Edited back": {"pageid": 9, "ns": 0, "title": "Edited back", "lastrevid": 10, "redirect": True},
    "Elsewhere": {"pageid": 11, "ns": 0, "title": "Elsewhere", "lastrevid": 12, "redirect": True, "new": True},
    "Special:Foo": {"ns": -1, "title": "Special:Foo", "special": True},
    "File:X.png": {"ns": 6, "title": "File:X.png", "missing": True, "contentmodel": "wikitext"},
    "File:Shared.png": {"ns": 6, "title": "File:Shared.png", "missing": True, "known": True},
    "Closed": {
        "ns": 0, "title": "Closed", "missing": True,
        "actions": {"move-target": [], "edit": [{"code": "titleprotected", "text": "Nobody makes it."}]},
    },
    "User:Bob/a.js": {"ns": 2, "title": "User:Bob/a.js", "missing": True, "contentmodel": "javascript"},
    "A": {"pageid": 12, "ns": 0, "title": "A", "lastrevid": 345},
}  # fmt: skip


def wiki(query: Query) -> dict[str, Any]:
    """What it says of the pages of the table."""
    asked = query["titles"].split("|")
    if "redirects" in query:
        return {"pages": [], "redirects": [{"from": one, "to": "A" if "ack" in one else "B"} for one in asked]}
    written = {one: one[1:] if one.startswith(":") else one[:1].upper() + one[1:].replace("_", " ") for one in asked}
    normalized = [{"fromencoded": False, "from": one, "to": to} for one, to in written.items() if one != to]
    pages = [PAGES.get(to, {"title": to, "invalid": True, "invalidreason": "no"}) for to in written.values()]
    return {"pages": pages, "normalized": normalized}


def aimed(to: str, item: Item = PLAIN, planned: tuple[Item, ...] = ()) -> Item:
    (found,), _ = surveyed(MOVE, {"to": to}, [item], wiki, planned)
    return found


@pytest.mark.parametrize("to", ["B", "b", ":B", "B "])
def test_a_target_is_frozen_as_the_wiki_writes_it(to: str) -> None:
    assert aimed(to).facts == {"to": "B", "to_ns": 0}


@pytest.mark.parametrize(("to", "code"), [
    ("There", "target_exists"), ("Elsewhere", "target_exists"), ("Edited back", "target_exists"), ("A", "same_title"),
    ("Special:Foo", "invalid_target"), ("B#part", "invalid_target"), ("B|C", "invalid_target"), ("<x>", "invalid_target"),
    ("File:X.png", "file_namespace"), ("Closed", "titleprotected"), ("${item.revid}", "invalid_target"),
])  # fmt: skip
def test_what_stands_in_the_way(to: str, code: str) -> None:
    found = aimed(to)
    refusal = blocked(parse({"to": to}), found, SYSOP)
    assert refusal is not None
    assert (refusal.code, bool(refusal.detail)) == (code, True)


def test_a_redirect_to_the_page_itself_makes_way() -> None:
    found = aimed("Back")
    assert found.facts == {"to": "Back", "to_ns": 0, "over": 7}
    assert blocked(Move(to="Back"), found, SYSOP) is None


def test_a_file_stays_a_file() -> None:
    file = replace(PLAIN, ns=6, title="File:Y.png")
    options = parse({"to": "x", "files": True})
    codes = {
        to: found.code if (found := blocked(options, aimed(to, file), SYSOP)) else None
        for to in ("File:X.png", "File:Shared.png", "B")
    }
    assert codes == {"File:X.png": None, "File:Shared.png": "target_exists", "B": "file_namespace"}
    refusal = blocked(Move(to="x"), aimed("File:X.png", file), SYSOP)
    assert refusal is not None
    assert refusal.code == "file"


def test_targets_are_asked_about_together() -> None:
    items = [replace(PLAIN, key=f"page:{number}", pageid=number, title=f"P{number}") for number in range(1, 51)]
    found, asked = surveyed(MOVE, {"to": "B"}, items, wiki)
    assert [len(query["titles"].split("|")) for query in asked] == [1]
    assert {item.facts["to"] for item in found} == {"B"}


def test_just_before_the_move_the_planned_target_counts() -> None:
    """An earlier step of the run has moved the page: what was reviewed is still where it goes."""
    planned = replace(PLAIN, facts={"to": "B", "to_ns": 0})
    now = replace(PLAIN, title="Moved meanwhile")
    (found,), _ = surveyed(MOVE, {"to": "${item.title}/old"}, [now], wiki, [planned])
    assert found.facts["to"] == "B"


def test_a_summary_per_item_is_frozen() -> None:
    (found,), _ = surveyed(MOVE, {"to": "B", "reason": "Was ${item.title}"}, [PLAIN], wiki)
    assert found.facts["reason"] == "Was A"


def test_a_request_names_the_page_by_its_id() -> None:
    options = parse({"to": "B", "noredirect": True, "tags": ["a", "b"], "watchlist": "watch"})
    assert request(options, [PAGE], "why (wikimop r1)") == {
        "action": "move", "fromid": "12", "to": "B", "watchlist": "watch", "noredirect": "1", "tags": "a|b",
        "reason": "why (wikimop r1)",
    }  # fmt: skip
    assert request(parse({"to": "B"}), [PAGE], "") == {"action": "move", "fromid": "12", "to": "B", "watchlist": "nochange"}


@pytest.mark.parametrize(("change", "options", "code"), [
    ({}, {}, ""), ({"moveoverredirect": True}, {}, ""), ({"redirectcreated": False}, {"noredirect": True}, ""),
    ({"from": "Z"}, {}, "not_effective"), ({"to": "Z"}, {}, "not_effective"), ({}, {"noredirect": True}, "not_effective"),
])  # fmt: skip
def test_success_is_this_page_at_that_title(change: dict[str, Any], options: dict[str, Any], code: str) -> None:
    (result,) = read(parse({"to": "B", **options}), [PAGE], {"move": {**ANSWER, **change}})
    assert isinstance(result, Outcome)
    assert (result.state, result.code) == (State.FAILED if code else State.DONE, code)


@pytest.mark.parametrize(("code", "state"), [
    ("selfmove", State.UNSURE), ("articleexists", State.UNSURE), ("redirectexists", State.UNSURE),
    ("missingtitle", State.UNSURE), ("nosuchpageid", State.UNSURE), ("permissiondenied", State.FAILED),
    ("protectedpage", State.FAILED), ("badtags", State.FAILED),
])  # fmt: skip
def test_what_may_have_been_us_is_looked_up(code: str, state: State) -> None:
    assert refused(Move(to="B"), [PAGE], code, "Text.") == (Outcome(seq=4, state=state, code=code, detail="Text."),)


@pytest.mark.parametrize(("change", "reason"), [
    ({}, None), ({"title": "Z"}, "moved"), ({"ns": 2}, "moved"), ({"revid": 346}, "edited"),
    ({"facts": {**PAGE.facts, "obstacle": {"code": "target_exists", "detail": ""}}}, "target"),
    ({"facts": {**PAGE.facts, "over": 7}}, "target"),
])  # fmt: skip
def test_drift(change: dict[str, Any], reason: str | None) -> None:
    assert drift(Move(to="B"), PAGE, replace(PAGE, **change)) == reason


@pytest.mark.parametrize(("options", "rights", "missing"), [
    ({}, {"edit"}, "move"), ({"noredirect": True}, {"move"}, "suppressredirect"),
])  # fmt: skip
def test_rights(options: dict[str, Any], rights: set[str], missing: str) -> None:
    found = blocked(parse({"to": "B", **options}), PAGE, Account(name="X", rights=frozenset(rights)))
    assert found is not None
    assert (found.code, missing in found.detail) == ("permission", True)


def test_what_the_wiki_says_of_the_page_blocks() -> None:
    refusals = [{"code": "protectedpage", "text": "It is protected."}]
    found = blocked(Move(to="B"), replace(PAGE, facts={**PAGE.facts, "refusals": refusals}), SYSOP)
    assert found == Blocked(code="protectedpage", detail="It is protected.")


@pytest.mark.parametrize(("change", "policy", "allowed"), [
    ({}, Policy(), True),
    ({"ns": 8}, Policy(), False),
    ({"ns": 8}, Policy(interface=True), True),
    ({"facts": {"to": "MediaWiki:X", "to_ns": 8}}, Policy(scripts=True), False),
    ({"facts": {"to": "B", "to_ns": 0, "contentmodel": "css"}}, Policy(interface=True), False),
    ({"facts": {"to": "User:Bob/a.js", "to_ns": 2, "to_contentmodel": "javascript"}}, Policy(), False),
    ({"facts": {"to": "User:Bob/a.js", "to_ns": 2, "to_contentmodel": "javascript"}}, Policy(scripts=True), True),
])  # fmt: skip
def test_both_ends_must_be_allowed(change: dict[str, Any], policy: Policy, allowed: bool) -> None:  # noqa: FBT001
    assert (forbidden(Move(to="B"), replace(PAGE, **change), policy) is None) == allowed
    assert aimed("User:Bob/a.js").facts["to_contentmodel"] == "javascript"


@pytest.mark.parametrize("action", ["move", "move_redir"])
def test_our_entry_is_found_whatever_the_page_is_called_now(action: str) -> None:
    entry = LogEntry(logid=9, pageid=12, action=action, user="Sysop", comment="", title="A")
    done = Outcome(seq=4, state=State.DONE, code="looked_up", logid=9)
    assert probe(Move(to="B"), PAGE, Evidence(entries=(entry,), current={})) == done
    assert probe(Move(to="B"), PAGE, Evidence(entries=(entry,), current={"page:12": PAGE})) == done


def test_moving_back() -> None:
    changed = {"title": "B", "ns": 0, "revid": 400}
    (back,) = inverse(Move(to="B"), PAGE, changed)  # type: ignore[misc]
    assert (back.action, back.options) == ("move", {"to": "${item.origin}", "noredirect": True})
    assert (back.expect, back.facts, back.restores) == ({"title": "B", "revid": 400}, {"origin": "A"}, {"title": "A", "ns": 0})
    assert [(ref.title, ref.pageid) for ref in back.refs] == [("B", 12)]
    # A redirect that had made way comes again.
    (over,) = inverse(Move(to="B"), replace(PAGE, facts={**PAGE.facts, "over": 7}), changed)  # type: ignore[misc]
    assert over.options == {"to": "${item.origin}"}
    unknown = inverse(Move(to="B"), PAGE, {"title": "B", "ns": 0})
    assert isinstance(unknown, Blocked)
    assert unknown.code == "changed_since"
