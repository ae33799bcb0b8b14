"""`edit`, by answers of MediaWiki 1.39."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from runner.actions.action import Account, Again, Contribution, Evidence
from runner.actions.edit import EDIT, Edit, blocked, drift, forbidden, inverse, parse, probe, read, refused, request
from runner.actions.edit_survey import FITS, sha256
from runner.model import Blocked, Item, Outcome, Policy, State
from tests.actions.surveys import Query, surveyed

PAGE = Item(
    step="s", key="page:12", pageid=12, ns=0, title="A", revid=345, seq=4, content="new",
    facts={"length": 3, "old_sha256": sha256("old"), "new_sha256": sha256("new")},
)  # fmt: skip
PLAIN = replace(PAGE, facts={"length": 3}, content=None)
MADE = Item(step="s", key="title:N", ns=0, title="N", seq=5)
USER = Account(name="Sysop", rights=frozenset({"edit"}))
ANSWER = {"result": "Success", "pageid": 12, "title": "A", "contentmodel": "wikitext", "oldrevid": 345, "newrevid": 400}
# revision → page, parent, text
HISTORY: Mapping[int, tuple[int, int, str | None]] = {
    300: (12, 0, "first"), 344: (12, 300, "before"), 345: (12, 344, "old"), 346: (12, 345, "old"), 400: (13, 0, "other"),
    500: (14, 499, "x"), 499: (14, 0, None), 600: (15, 0, "only"), 700: (16, 0, "text ~~~~"), 701: (17, 0, "end\n"),
}  # fmt: skip


def wiki(query: Query) -> dict[str, Any]:
    """A history, and titles of which nothing is there but `There`."""
    if "titles" in query:
        pages = [{"title": one, "ns": 0, "contentmodel": "wikitext"} for one in query["titles"].split("|")]
        return {
            "pages": [one if one["title"] == "There" else {**one, "missing": True, "actions": {"edit": []}} for one in pages]
        }
    pages = []
    for revid in map(int, query["revids"].split("|")):
        page, parent, text = HISTORY[revid]
        slot = {"contentmodel": "wikitext", "content": text or "secret", **({} if text else {"texthidden": True})}
        size = {"size": len(text or "")}
        pages.append({"pageid": page, "revisions": [{"revid": revid, "parentid": parent, "slots": {"main": slot}, **size}]})
    return {"pages": pages}


def rewritten(value: dict[str, Any], item: Item = PLAIN, planned: tuple[Item, ...] = ()) -> Item:
    (found,), _ = surveyed(EDIT, value, [item], wiki, planned)
    return found


def obstacle(item: Item) -> str:
    return str(item.facts.get("obstacle", {}).get("code", ""))


@pytest.mark.parametrize(("value", "new"), [
    ({"append": "\n+"}, "old\n+"), ({"prepend": "+"}, "+old"), ({"text": "${item.title}"}, "A"),
    ({"append": "b", "prepend": "a", "replace": [{"text": "l", "with": "L"}]}, "aoLdb"),
    ({"append": " \n"}, "old"), ({"append": "e\u0301"}, "old\u00e9"), ({"append": "\r\n+"}, "old\n+"),
    ({"replace": [{"regex": "(.)l", "with": r"\1"}]}, "od"), ({"nulledit": True}, "old"), ({"revert": 345}, "before"),
    ({"revert": "${item.revid}"}, "before"),
])  # fmt: skip
def test_the_new_text(value: dict[str, Any], new: str) -> None:
    found = rewritten(value)
    assert (found.facts["old_sha256"], found.facts["new_sha256"]) == (sha256("old"), sha256(new))
    assert (found.content, obstacle(found)) == (None, "")
    assert found.facts.get("unchanged", False) == (new == "old" and "nulledit" not in value)
    # Just before the write, made again from the same revision.
    assert rewritten(value, PLAIN, (PLAIN,)).content == new


def test_what_a_reviewer_sees() -> None:
    found = rewritten({"replace": [{"text": "old", "with": "{{subst:x}}"}], "summary": "On ${item.name}"})
    assert {name: fact for name, fact in found.facts.items() if "sha256" not in name} == {
        "length": 3, "replacements": 1, "diff": ["@@ -1,1 +1,1 @@", "-old", "+{{subst:x}}"], "new_length": 11, "expands": True,
        "reason": "On A",
    }  # fmt: skip
    back = rewritten({"revert": 345}).facts
    assert (back["reverts"], back["to_revid"], back["new_length"]) == (345, 344, 6)
    assert "diff" not in back  # what is taken back may have to be hidden next


@pytest.mark.parametrize(("value", "change", "code"), [
    ({"append": "x"}, {"revid": 499, "pageid": 14}, "hidden"),
    ({"revert": 345}, {"revid": 346}, ""),
    ({"revert": 344}, {}, "not_last"),
    ({"revert": 400}, {}, "not_last"),
    ({"revert": 500}, {"revid": 500, "pageid": 14}, "hidden"),
    ({"revert": 600}, {"revid": 600, "pageid": 15}, "first"),
    ({"nulledit": True}, {"revid": 700, "pageid": 16}, "expands"),
    ({"nulledit": True}, {"revid": 701, "pageid": 17}, "expands"),
    ({"replace": [{"text": "old", "with": ""}]}, {}, "blank"),
    ({"replace": [{"text": "${item.namespace}", "with": "x"}]}, {}, "no_value"),
    ({"replace": [{"regex": "z*", "with": "x" * 2_000_000}]}, {}, "too_big"),
])  # fmt: skip
def test_what_cannot_be_made(value: dict[str, Any], change: dict[str, Any], code: str) -> None:
    found = rewritten(value, replace(PLAIN, **change))
    assert obstacle(found) == code
    refusal = blocked(parse(value), found, USER)
    assert (refusal.code if refusal else "") == code


def test_a_page_that_is_made() -> None:
    value = {"create": True, "text": "On ${item.title}."}
    found = rewritten(value, MADE)
    assert (found.facts["creates"], found.facts["diff"]) == (True, ["@@ -0,0 +1,1 @@", "+On N."])
    assert rewritten(value, MADE, (MADE,)).content == "On N."
    assert obstacle(rewritten(value, replace(MADE, key="title:There", title="There"))) == "exists"
    assert obstacle(rewritten({"create": True, "text": "${item.revid}"}, MADE)) == "no_value"
    refusal = blocked(parse(value), PAGE, USER)
    assert refusal is not None
    assert refusal.code == "exists"


def test_texts_are_asked_for_as_they_fit() -> None:
    history = {number: (number, 0, "x") for number in range(1, 131)}
    items = [
        Item(step="s", key=f"page:{n}", pageid=n, ns=0, title=f"P{n}", revid=n, facts={"length": FITS if n == 120 else 9})
        for n in history
    ]  # fmt: skip

    def answer(query: Query) -> dict[str, Any]:
        revids = map(int, query["revids"].split("|"))
        slots = {"main": {"content": "x", "contentmodel": "wikitext"}}
        return {"pages": [{"pageid": n, "revisions": [{"revid": n, "parentid": 0, "slots": slots}]} for n in revids]}

    found, asked = surveyed(EDIT, {"append": "y"}, items, answer)
    assert [len(query["revids"].split("|")) for query in asked] == [50, 50, 19, 1, 10]
    assert {item.facts["new_sha256"] for item in found} == {sha256("xy")}


def test_a_request_holds_just_the_reviewed_text() -> None:
    options = parse({"append": "x", "minor": True, "bot": True, "tags": ["a", "b"], "watchlist": "watch"})
    md5 = hashlib.md5(b"new").hexdigest()
    assert request(options, [PAGE], "why (wikimop r1)") == {
        "action": "edit", "pageid": "12", "baserevid": "345", "nocreate": "1", "text": "new", "md5": md5, "minor": "1",
        "bot": "1", "tags": "a|b", "watchlist": "watch", "summary": "why (wikimop r1)",
    }  # fmt: skip
    made = replace(MADE, content="new", facts={"new_sha256": sha256("new")})
    assert request(parse({"create": True, "text": "new"}), [made], "") == {
        "action": "edit", "title": "N", "createonly": "1", "text": "new", "md5": md5, "notminor": "1", "watchlist": "nochange",
    }  # fmt: skip


@pytest.mark.parametrize("content", [None, "", "other"])
def test_any_other_text_is_never_sent(content: str | None) -> None:
    with pytest.raises(ValueError, match="planned"):
        request(parse({"append": "x"}), [replace(PAGE, content=content)], "")


@pytest.mark.parametrize(("change", "state", "code"), [
    ({}, State.DONE, ""),
    ({"oldrevid": 350}, State.FAILED, "merged"),
    ({"newrevid": "400"}, State.UNSURE, "no_revision"),
    ({"newrevid": True}, State.UNSURE, "no_revision"),
    ({"title": "Z"}, State.UNSURE, "no_revision"),
    ({"nochange": True}, State.UNSURE, "nochange"),
    ({"result": "Failure", "captcha": {"type": "x"}}, State.FAILED, "captcha"),
    ({"result": "Failure", "code": "abusefilter-disallowed", "info": "Hit"}, State.FAILED, "abusefilter-disallowed"),
    ({"result": "Failure"}, State.FAILED, "stopped"),
])  # fmt: skip
def test_http_200_is_not_yet_an_edit(change: dict[str, Any], state: State, code: str) -> None:
    (result,) = read(Edit(append="x"), [PAGE], {"edit": {**ANSWER, **change}})
    assert isinstance(result, Outcome)
    assert (result.state, result.code) == (state, code)
    assert result.facts == ({"revid": 400, "pageid": 12} if state is State.DONE else {})


def test_a_null_edit_changes_nothing() -> None:
    (result,) = read(Edit(nulledit=True), [PAGE], {"edit": {**ANSWER, "nochange": True}})
    assert result == Outcome(seq=4, state=State.DONE)
    (result,) = read(Edit(nulledit=True), [PAGE], {"edit": ANSWER})
    assert isinstance(result, Outcome)
    assert (result.state, result.code) == (State.FAILED, "changed")


@pytest.mark.parametrize(("code", "state"), [
    ("editconflict", State.UNSURE), ("articleexists", State.UNSURE), ("missingtitle", State.UNSURE),
    ("pagedeleted", State.UNSURE), ("protectedpage", State.FAILED), ("badmd5", State.FAILED), ("spamdetected", State.FAILED),
    ("contenttoobig", State.FAILED),
])  # fmt: skip
def test_what_may_have_been_us_is_looked_up(code: str, state: State) -> None:
    assert refused(Edit(), [PAGE], code, "Text.") == (Outcome(seq=4, state=state, code=code, detail="Text."),)


@pytest.mark.parametrize(("change", "reason"), [
    ({}, None), ({"title": "Z"}, "moved"), ({"revid": 346}, "edited"),
    ({"facts": {**PAGE.facts, "old_sha256": "0"}}, "text"), ({"facts": {**PAGE.facts, "new_sha256": "0"}}, "text"),
    ({"facts": {**PAGE.facts, "obstacle": {"code": "hidden", "detail": ""}}}, "text"),
    ({"facts": {**PAGE.facts, "obstacle": {"code": "exists", "detail": ""}}}, "exists"),
])  # fmt: skip
def test_drift(change: dict[str, Any], reason: str | None) -> None:
    assert drift(Edit(), PAGE, replace(PAGE, **change)) == reason


def test_a_bot_needs_its_right() -> None:
    found = blocked(Edit(append="x", bot=True), PAGE, USER)
    assert found is not None
    assert (found.code, "'bot'" in found.detail) == ("permission", True)


@pytest.mark.parametrize(("change", "policy", "allowed"), [
    ({}, Policy(), True), ({"ns": 8}, Policy(), False), ({"ns": 8}, Policy(interface=True), True),
    ({"facts": {"contentmodel": "javascript"}}, Policy(interface=True), False),
    ({"facts": {"contentmodel": "css"}}, Policy(scripts=True), True),
    ({"facts": {"contentmodel": "json"}}, Policy(), True),
    ({"ns": 8, "facts": {"contentmodel": "javascript"}}, Policy(interface=True), False),
    ({"ns": 8, "facts": {"contentmodel": "javascript"}}, Policy(interface=True, scripts=True), True),
])  # fmt: skip
def test_what_acts_in_every_browser_must_be_allowed(change: dict[str, Any], policy: Policy, allowed: bool) -> None:  # noqa: FBT001
    assert (forbidden(Edit(), replace(PAGE, **change), policy) is None) == allowed


OURS = Contribution(revid=400, parentid=345, pageid=12, title="A", comment="")


@pytest.mark.parametrize(("item", "given", "state", "code"), [
    (PAGE, {}, State.DONE, "looked_up"),
    (PAGE, {"title": "Moved since"}, State.DONE, "looked_up"),
    (PAGE, {"parentid": 350}, State.UNSURE, "merged"),
    (MADE, {"parentid": 0, "pageid": 99, "title": "N"}, State.DONE, "looked_up"),
    (MADE, {"parentid": 7, "pageid": 99, "title": "N"}, State.UNSURE, "merged"),
])  # fmt: skip
def test_a_lost_edit_is_looked_for_in_the_history(item: Item, given: dict[str, Any], state: State, code: str) -> None:
    evidence = Evidence(entries=(), current={item.key: item}, contributions=(replace(OURS, **given),))
    result = probe(Edit(), item, evidence)
    assert isinstance(result, Outcome)
    assert (result.state, result.code) == (state, code)


def test_a_revision_of_another_page_is_no_evidence() -> None:
    evidence = Evidence(entries=(), current={"page:12": PAGE}, contributions=(replace(OURS, pageid=13),))
    assert probe(Edit(), PAGE, evidence) == Again(seq=4, code="not_edited")


def test_taking_an_edit_back() -> None:
    changed = {"revid": 400, "pageid": 12}
    (back,) = inverse(Edit(append="x"), PAGE, changed)  # type: ignore[misc]
    assert (back.action, back.options, back.facts) == ("edit", {"revert": "${item.origin}"}, {"origin": 400})
    assert (back.expect, back.restores) == ({"revid": 400}, {"length": 3})
    (gone,) = inverse(Edit(text="x", create=True), MADE, {"revid": 400, "pageid": 77})  # type: ignore[misc]
    assert (gone.action, gone.refs[0].pageid, gone.expect) == ("delete", 77, {"revid": 400})
    never = inverse(Edit(nulledit=True), PAGE, {})
    assert isinstance(never, Blocked)
    assert never.code == "irreversible"
