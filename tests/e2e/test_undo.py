"""`wikimop undo`: the wiki is as it was, by its own tables, and what could not be taken back is told."""

from __future__ import annotations

import time
from typing import Any

import pytest

from tests.desk import Desk, someone
from tests.e2e.reading import carried_out, hidden_bits, revisions
from tests.mediawiki import MediaWiki

TABLES = {
    "page": "SELECT page_namespace, page_title, page_id, page_latest FROM page",
    "revision": "SELECT rev_id, rev_page, rev_deleted, rev_timestamp, rev_comment_id, rev_actor FROM revision",
    "archive": "SELECT ar_rev_id, ar_namespace, ar_title, ar_deleted FROM archive",
    "image": "SELECT img_name, img_timestamp, img_sha1 FROM image",
    "oldimage": "SELECT oi_name, oi_archive_name, oi_timestamp, oi_sha1, oi_deleted FROM oldimage",
    "filearchive": "SELECT fa_name, fa_timestamp, fa_sha1, fa_deleted FROM filearchive",
    "protection": "SELECT pr_page, pr_type, pr_level, pr_cascade, pr_expiry FROM page_restrictions",
}


def state(wiki: MediaWiki) -> dict[str, list[Any]]:
    """Everything that an undo must give back."""
    return {name: sorted(map(str, wiki.rows(query))) for name, query in TABLES.items()}


def undone(desk: Desk, run: str, code: int = 0) -> dict[str, Any]:
    """The undo of a run, planned and applied: what `apply` printed, with the items."""
    plan = desk.wikimop("undo", run, "--format", "json", code=0).json["plan"]
    result: dict[str, Any] = desk.wikimop("apply", plan, "--yes", "--allow-suppress", "--format", "json", code=code).json
    return {**result, "items": desk.items(result["run"])}


def test_deletions_are_taken_back_and_nothing_else(desk: Desk, wiki: MediaWiki) -> None:
    other = someone(wiki)
    other.edit("Draft:Idea 01", "From a life before.")
    other.delete("Draft:Idea 01")
    time.sleep(1.1)  # of one second everything is restored together
    other.edit("Draft:Idea 01", "Another life.")
    other.edit("Draft:Idea 01", "Another life, longer.")
    other.delete("Draft:Idea 02")
    wiki.run_jobs()
    before = state(wiki)
    assert len(before["archive"]) > 3
    run = carried_out(desk, "- id: a\n  pages: {generator: categorymembers, title: Category:Drafts}\n  delete: {}\n"
                            "- id: b\n  pages: {titles: ['Draft:Idea 01']}\n  delete: {}")  # fmt: skip
    assert state(wiki) != before
    back = undone(desk, run["run"])
    assert {item["state"] for item in back["items"]} == {"done"}
    assert state(wiki) == before
    comments = wiki.rows(
        "SELECT comment_text FROM logging JOIN comment ON comment_id = log_comment_id WHERE log_action = 'restore'"
    )
    assert {str(comment) for (comment,) in comments} == {f"Undo of {run['run']} (wikimop {back['run']})"}
    assert len(comments) == len({item["title"] for item in back["items"]})  # each page in one request


def test_a_protection_that_the_deletion_took_is_told(desk: Desk, wiki: MediaWiki) -> None:
    """MediaWiki does not give it back with the page."""
    someone(wiki).protect("Draft:Idea 02", "move=sysop")
    run = carried_out(desk, "- {id: a, pages: {titles: ['Draft:Idea 01', 'Draft:Idea 02']}, delete: {}}")
    back = undone(desk, run["run"], code=1)
    ends = {item["title"]: (item["state"], item["code"]) for item in back["items"]}
    assert ends == {"Draft:Idea 01": ("done", None), "Draft:Idea 02": ("unsure", "differs")}
    told = {item["detail"] for item in back["items"] if item["code"] == "differs"}
    assert told == {"protection is None, not ['move=sysop']"}


def test_hides_are_taken_back_as_far_as_they_went(desk: Desk, wiki: MediaWiki) -> None:
    """Over earlier hides, of every type; a hidden file version is named by what the run knew of it."""
    desk.use(wiki.api, "admin")
    ids = revisions(wiki, "History/Long")[:6]
    other = someone(wiki)
    for title in ("Bulk/001", "Draft:Idea 02", "File:Unused.png"):
        other.delete(title)
    carried_out(desk, f"- id: a\n  revisions: {{revids: {ids[:2]}}}\n  revisiondelete: {{hide: [user]}}")
    suppressed = desk.playbook(
        f"- id: a\n  revisions: {{revids: {ids[2:4]}}}\n  revisiondelete: {{hide: [comment], suppress: yes}}"
    )
    desk.wikimop("run", suppressed, "--yes", "--allow-suppress", code=0)
    before, bits = state(wiki), hidden_bits(wiki, ids)
    logged = wiki.rows("SELECT log_id, log_deleted FROM logging ORDER BY 1")
    steps = f"""
- id: live
  revisions: {{revids: {ids}}}
  revisiondelete: {{hide: [content, comment, user]}}
- id: archived
  deleted_revisions: {{titles: [Bulk/001, "Draft:Idea 02"]}}
  revisiondelete: {{hide: [content, user]}}
- id: old
  file_versions: {{titles: ["File:Red square.png"]}}
  revisiondelete: {{hide: [content]}}
- id: files
  deleted_files: {{titles: ["File:Unused.png"]}}
  revisiondelete: {{hide: [content, comment], suppress: yes}}
- id: log
  log_entries: {{list: logevents, type: delete, end: 1 hour ago, where: [{{log_type: delete/delete}}]}}
  revisiondelete: {{hide: [content, comment]}}
"""
    plan = desk.wikimop("plan", desk.playbook(steps), "--allow-suppress", "--format", "json", code=0).json["plan"]
    run = desk.wikimop("apply", plan, "--yes", "--allow-suppress", "--format", "json", code=0).json
    assert run["counts"]["done"] == sum(run["counts"].values())
    assert set(hidden_bits(wiki, ids)) == {7, 15}
    back = undone(desk, run["run"])
    assert {item["state"] for item in back["items"]} == {"done"}
    assert (state(wiki), hidden_bits(wiki, ids)) == (before, bits)
    assert wiki.rows("SELECT log_id, log_deleted FROM logging ORDER BY 1")[: len(logged)] == logged
    assert bits[:4] == [4, 4, 10, 10]


def test_files_are_taken_back(desk: Desk, wiki: MediaWiki) -> None:
    desk.use(wiki.api, "admin")
    before = state(wiki)
    steps = """
- id: old
  file_versions: {titles: ["File:Blue square.png"]}
  delete: {}
- id: whole
  pages: {titles: ["File:Red square.png", "File:Unused.png"]}
  delete: {files: true}
"""
    run = carried_out(desk, steps)
    back = undone(desk, run["run"])
    assert {item["state"] for item in back["items"]} == {"done"}
    after = state(wiki)
    # The page of a file gets a revision of its own when the file is restored.
    assert {name for name in TABLES if before[name] != after[name]} <= {"page", "revision"}
    assert not set(before["revision"]) - set(after["revision"])


def test_what_cannot_be_taken_back_is_told(desk: Desk, wiki: MediaWiki) -> None:
    steps = """
- {id: purged, pages: {titles: [Article 01]}, purge: {}}
- {id: deleted, pages: {titles: [Bulk/001, Bulk/002, Bulk/003, Nowhere]}, delete: {}}
- {id: hidden, revisions: {list: usercontribs, user: Vandal, limit: 2}, revisiondelete: {hide: [comment]}}
"""
    run = carried_out(desk, steps, code=1)
    other = someone(wiki)
    other.edit("Bulk/001", "Somebody made it anew.")
    other.undelete("Bulk/002")
    one = next(item["revid"] for item in run["items"] if item["step"] == "hidden")
    other.post(action="revisiondelete", type="revision", ids=one, hide="user", target="x")
    back = undone(desk, run["run"], code=1)
    ends = {item["title"] or item["key"]: (item["state"], item["code"]) for item in back["items"]}
    hidden = [ends.pop(item["title"]) for item in back["items"] if item["step"] == "undo-hidden"]
    assert ends == {
        "Article 01": ("skipped", "blocked:irreversible"),
        "Bulk/001": ("skipped", "blocked:exists"),
        "Bulk/002": ("skipped", "blocked:missing"),
        "Bulk/003": ("done", None),
    }
    assert sorted(hidden) == [("done", None), ("skipped", "blocked:changed_since")]


def test_an_undo_can_be_undone(desk: Desk, wiki: MediaWiki) -> None:
    run = carried_out(desk, "- id: a\n  pages: {titles: [Article 01, Article 02]}\n  delete: {}")
    gone = state(wiki)
    back = undone(desk, run["run"])
    again = undone(desk, back["run"])
    assert {item["state"] for item in again["items"]} == {"done"}
    assert state(wiki) == gone


def test_what_does_not_verify_is_not_done(desk: Desk, wiki: MediaWiki) -> None:
    """Somebody edits the restored page before the undo looks at it: a hook of the wiki stands in for him."""
    run = carried_out(desk, "- id: a\n  pages: {titles: [Bulk/001]}\n  delete: {}")
    wiki.settings(
        "$wgHooks['ArticleUndelete'][] = static function ( $title ) { $page = "
        "MediaWiki\\MediaWikiServices::getInstance()->getWikiPageFactory()->newFromTitle( $title );"
        " DeferredUpdates::addCallableUpdate( static function () use ( $page ) { $page->doUserEditContent("
        " ContentHandler::makeContent( 'quick', $page->getTitle() ),"
        " User::newSystemUser( 'Quick' ), 'x' ); }, DeferredUpdates::PRESEND ); };"
    )
    back = undone(desk, run["run"], code=1)
    assert [(item["state"], item["code"]) for item in back["items"]] == [("unsure", "differs")]
    assert "revid is" in back["items"][0]["detail"]


@pytest.mark.parametrize("name", ["r00000000", "p00000000"])
def test_a_run_that_there_is_not(desk: Desk, name: str) -> None:
    desk.wikimop("plan", desk.playbook("- id: a\n  pages: {titles: [Article 01]}\n  purge: {}"), code=0)
    assert "there is no run" in desk.wikimop("undo", name, code=2).err
