"""The options of `delete` on the real wiki, by its tables: what each does, and what is refused before anything is sent."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tests.desk import Desk, deletions, someone
from tests.e2e.reading import carried_out, nothing_happened
from tests.mediawiki import MediaWiki

WATCHED = (
    "SELECT we_expiry FROM watchlist JOIN user ON user_id = wl_user LEFT JOIN watchlist_expiry ON we_item = wl_id"
    " WHERE user_name = 'Sysop' AND wl_namespace = 0 AND wl_title = 'Bulk/001'"
)


def step(action: str, options: str) -> str:
    source = "deleted_pages" if action == "undelete" else "pages"
    return f"- id: a\n  {source}: {{titles: [Bulk/001]}}\n  {action}: {{{options}}}"


@pytest.mark.parametrize("action", ["delete", "undelete"])
def test_watching_ends_when_that_is_said(desk: Desk, wiki: MediaWiki, action: str) -> None:
    wiki.settings("$wgWatchlistExpiry = true;")
    if action == "undelete":
        someone(wiki).delete("Bulk/001")
    carried_out(desk, step(action, "watchlist: watch, watchlistexpiry: 1 month"))
    ((end,),) = wiki.rows(WATCHED)
    left = datetime.strptime(f"{end}+0000", "%Y%m%d%H%M%S%z") - datetime.now(UTC)
    assert timedelta(days=27) < left < timedelta(days=32)


@pytest.mark.parametrize("action", ["delete", "undelete"])
def test_a_wiki_without_an_end_of_watching_gets_nothing(desk: Desk, wiki: MediaWiki, action: str) -> None:
    if action == "undelete":
        someone(wiki).delete("Bulk/001")
    before = deletions(wiki)
    book = desk.playbook(step(action, "watchlist: watch, watchlistexpiry: 1 month"))
    for command in (("plan",), ("run", "--yes")):
        refused = desk.wikimop(*command, book, code=2)
        assert f"step a: the wiki's module `{action}` has no parameter `watchlistexpiry`" in refused.err
    assert desk.wikimop("runs", "--format", "json", code=0).out == ""
    assert (deletions(wiki), wiki.rows(WATCHED)) == (before, [])


@pytest.mark.parametrize(("watchlist", "before", "after"), [
    ("watch", False, True), ("unwatch", True, False), ("nochange", True, True), ("nochange", False, False),
])  # fmt: skip
def test_the_watchlist(desk: Desk, wiki: MediaWiki, watchlist: str, *, before: bool, after: bool) -> None:
    sysop = someone(wiki, "sysop")
    if before:
        sysop._send({"action": "watch", "titles": "Bulk/001", "token": sysop.token("watch")})
    assert wiki.rows(WATCHED) == [(None,)] * before
    carried_out(desk, step("delete", f"watchlist: {watchlist}"))
    assert wiki.rows(WATCHED) == [(None,)] * after


@pytest.mark.parametrize(("source", "action"), [
    ("pages: {titles: [Bulk/001]}", "delete: {tags: [nobody-knows-it]}"),
    ("revisions: {list: usercontribs, user: Vandal}", "revisiondelete: {hide: [comment], tags: [nobody-knows-it]}"),
    ("deleted_pages: {titles: [Bulk/001]}", "undelete: {tags: [nobody-knows-it]}"),
])  # fmt: skip
def test_a_tag_that_nobody_knows_sends_nothing(desk: Desk, wiki: MediaWiki, source: str, action: str) -> None:
    for command in (("plan",), ("run", "--yes")):
        refused = desk.wikimop(*command, desk.playbook(f"- id: a\n  {source}\n  {action}"), code=2)
        assert "the wiki has no change tag `nobody-knows-it`" in refused.err
        nothing_happened(desk, wiki, refused)
    assert wiki.rows("SELECT count(*) FROM revision WHERE rev_deleted > 0") == [(0,)]


def test_the_watchlist_as_the_user_prefers(desk: Desk, wiki: MediaWiki) -> None:
    sysop = someone(wiki, "sysop")
    for preferred, watched in (("0", []), ("1", [(None,)])):
        change = f"watchdeletion={preferred}"
        sysop._send({"action": "options", "change": change, "token": sysop.token("csrf")})
        carried_out(desk, step("delete", "watchlist: preferences"))
        assert wiki.rows(WATCHED) == watched
        someone(wiki).undelete("Bulk/001")


def test_the_reason_of_a_hiding_stands_in_the_log(desk: Desk, wiki: MediaWiki) -> None:
    run = carried_out(
        desk, "- id: a\n  revisions: {list: usercontribs, user: Vandal}\n  revisiondelete: {hide: [comment], reason: Vandalism}"
    )
    reasons = "SELECT comment_text FROM logging JOIN comment ON comment_id = log_comment_id WHERE log_action = 'revision'"
    assert {text for (text,) in wiki.rows(reasons)} == {f"Vandalism (wikimop {run['run']})"}
