"""What others do while an answer to one of the smaller changes of a page is missing, and requests that land late."""

from __future__ import annotations

import pytest

from tests.desk import Desk, someone
from tests.e2e.stock import define_tag
from tests.e2e.test_page_attributes import LANGUAGES
from tests.e2e.test_protect import protections
from tests.e2e.test_undo import undone
from tests.faults.broken import cut_after, cut_before
from tests.faults.proxy import Exchange, Proxy
from tests.faults.recipes import spoilt
from tests.faults.test_meanwhile import run, then
from tests.mediawiki import MediaWiki

PROTECT = "- id: a\n  pages: {titles: [Bulk/001]}\n  protect: {protections: [edit=sysop], reason: Broken}"
LANGUAGE = "- id: a\n  pages: {titles: [Bulk/001]}\n  setpagelanguage: {lang: de, reason: Broken}"
MODEL = "- id: a\n  pages: {titles: [Bulk/001]}\n  changecontentmodel: {model: text, summary: Broken}"
ROLLBACK = "- id: a\n  pages: {titles: [Bulk/001]}\n  rollback: {user: Vandal, summary: Broken}"
REVISIONS = "SELECT count(*) - 3 FROM revision JOIN page ON page_id = rev_page WHERE page_title = 'Bulk/001'"


def test_protected_by_us_and_otherwise_by_somebody(mop: Desk, proxy: Proxy, wiki: MediaWiki) -> None:
    """What the run set is told by the log, not by how the page is protected by now: so the undo keeps off."""
    other = someone(wiki)
    proxy.rule(then(cut_after, lambda: other.protect("Bulk/001", "move=sysop")), 1, action="protect")
    result = mop.wikimop("run", mop.playbook(PROTECT), "--yes", "--format", "json", code=0).json
    assert [(item["state"], item["code"]) for item in mop.items(result["run"])] == [("done", "looked_up")]
    back = undone(mop, result["run"], code=1)
    assert [item["code"] for item in back["items"]] == ["blocked:changed_since"]
    assert protections(wiki, "Bulk/001") == [("move", "sysop", 0, "infinity")]


def test_protected_by_us_and_taken_back(mop: Desk, proxy: Proxy, wiki: MediaWiki) -> None:
    """The earlier protection is known, and so is ours, though no answer told of it."""
    someone(wiki).protect("Bulk/001", "edit=autoconfirmed|move=sysop", expiry="2030-01-01T00:00:00Z|infinite")
    before = protections(wiki, "Bulk/001")
    proxy.rule(cut_after, 1, action="protect")
    result = mop.wikimop("run", mop.playbook(PROTECT), "--yes", "--format", "json", code=0).json
    assert protections(wiki, "Bulk/001") == [("edit", "sysop", 0, "infinity"), ("move", "sysop", 0, "infinity")]
    back = undone(mop, result["run"])
    assert [item["state"] for item in back["items"]] == ["done"]
    assert protections(wiki, "Bulk/001") == before


def test_never_protected_by_us_but_by_somebody(mop: Desk, proxy: Proxy, wiki: MediaWiki) -> None:
    other = someone(wiki)
    proxy.rule(then(cut_before, lambda: other.protect("Bulk/001", "edit=sysop")), 1, action="protect")
    assert run(mop, PROTECT, code=1) == [("skipped", "drift:protection")]


def test_tagged_by_us_and_taken_off_by_somebody(mop: Desk, proxy: Proxy, wiki: MediaWiki) -> None:
    define_tag(wiki, "checked")
    revid = wiki.rows("SELECT page_latest FROM page WHERE page_title = 'Bulk/001'")[0][0]
    other = someone(wiki)
    proxy.rule(then(cut_after, lambda: other.post(action="tag", revid=revid, remove="checked")), 1, action="tag")
    steps = f"- id: a\n  revisions: {{revids: [{revid}]}}\n  tag: {{add: [checked]}}"
    assert run(mop, steps) == [("done", "looked_up")]
    assert wiki.rows(
        "SELECT count(*) FROM change_tag JOIN change_tag_def ON ctd_id = ct_tag_id WHERE ctd_name = 'checked'"
    ) == [(0,)]


def test_rolled_back_by_somebody_else(mop: Desk, proxy: Proxy, wiki: MediaWiki) -> None:
    spoilt("Bulk/001")(wiki)
    other = someone(wiki)
    proxy.rule(then(cut_before, lambda: other.edit("Bulk/001", "Restored by hand.")), 1, action="rollback")
    assert run(mop, ROLLBACK, code=1) == [("skipped", "drift:edited")]
    assert other.text("Bulk/001") == "Restored by hand."


@pytest.mark.parametrize(
    ("steps", "action", "query"),
    [
        (LANGUAGE, "setpagelanguage", "SELECT count(*) FROM logging WHERE log_type = 'pagelang'"),
        (MODEL, "changecontentmodel", "SELECT count(*) FROM logging WHERE log_type = 'contentmodel'"),
        (ROLLBACK, "rollback", REVISIONS),
    ],
    ids=["language", "model", "rollback"],
)  # fmt: skip
def test_landing_after_it_was_sent_again(mop: Desk, proxy: Proxy, wiki: MediaWiki, steps: str, action: str, query: str) -> None:
    """The first request arrives when the second is on its way: the wiki says that it is so already, and it was us."""
    wiki.settings(LANGUAGES)
    if action == "rollback":
        spoilt("Bulk/001")(wiki)
    kept: list[Exchange] = []

    def lost(exchange: Exchange) -> None:
        kept.append(exchange)
        exchange.cut()

    def second(exchange: Exchange) -> None:
        kept[0].forward()
        exchange.answer(exchange.forward())

    proxy.rule(lost, 1, action=action)
    proxy.rule(second, 2, action=action)
    assert run(mop, steps) == [("done", "looked_up")]
    assert wiki.rows(query) == [(1,)]
