"""`wikimop undo` of runs of several steps on one page: it is taken back as a whole, from what the run left to what it found."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.desk import Desk, someone
from tests.e2e.reading import carried_out, lines_of, revisions
from tests.e2e.test_page_attributes import LANGUAGES
from tests.e2e.test_undo import undone
from tests.e2e.test_watch import EXPIRY
from tests.mediawiki import MediaWiki

TITLE = "History/Long"
HELD = {
    "pages and texts": "SELECT page_id, page_namespace, page_title, page_lang, page_content_model, content_sha1 FROM page"
    " JOIN slots ON slot_revision_id = page_latest JOIN content ON content_id = slot_content_id",
    "protection": "SELECT pr_page, pr_type, pr_level, pr_cascade, pr_expiry FROM page_restrictions WHERE pr_page",
}
REVISIONS = "SELECT rev_id, rev_page, rev_deleted, rev_timestamp, rev_comment_id, rev_actor FROM revision"
DELETE = "- {id: gone, pages: {titles: [History/Long]}, delete: {}}"
RUNS = {
    "moved": "- {id: a, pages: {titles: [History/Long]}, move: {to: Moved away}}\n" + DELETE,
    "moved without a redirect": "- {id: a, pages: {titles: [History/Long]}, move: {to: Moved away, noredirect: true}}\n"
    + DELETE,
    "edited": "- {id: a, pages: {titles: [History/Long]}, edit: {append: ' More.'}}\n" + DELETE,
    "protected": "- {id: a, pages: {titles: [History/Long]}, protect: {protections: [edit=sysop, move=sysop]}}\n" + DELETE,
    "hidden": "- {id: a, revisions: {revids: IDS}, revisiondelete: {hide: [content, comment]}}\n" + DELETE,
    "hidden and moved": "- {id: a, revisions: {revids: IDS}, revisiondelete: {hide: [content]}}\n"
    "- {id: b, pages: {titles: [History/Long]}, move: {to: Moved away}}\n" + DELETE,
    "all": "- {id: a, pages: {titles: [History/Long]}, edit: {append: ' More.'}}\n"
    "- {id: b, pages: {titles: [History/Long]}, protect: {protections: [edit=sysop], expiry: 1 month}}\n"
    "- {id: c, revisions: {revids: IDS}, revisiondelete: {hide: [comment]}}\n"
    "- {id: d, pages: {titles: [History/Long]}, setpagelanguage: {lang: de}}\n"
    "- {id: e, pages: {titles: [History/Long]}, move: {to: Moved away}}\n" + DELETE,
    "moved twice": "- {id: a, pages: {titles: [History/Long]}, move: {to: Moved away}}\n"
    "- {id: b, pages: {titles: [History/Long]}, move: {to: Moved on}}",
    "moved twice and deleted": "- {id: a, pages: {titles: [History/Long]}, move: {to: Moved away}}\n"
    "- {id: b, pages: {titles: [History/Long]}, move: {to: Moved on}}\n" + DELETE,
}


def held(wiki: MediaWiki) -> dict[str, list[str]]:
    """What an undo must give back of pages, by name and not by revision."""
    return {name: sorted(map(str, wiki.rows(query))) for name, query in HELD.items()}


@pytest.mark.parametrize("name", RUNS)
def test_a_page_of_several_steps_is_as_it_was(desk: Desk, wiki: MediaWiki, name: str) -> None:
    desk.use(wiki.api, "admin")
    wiki.settings(LANGUAGES)
    before, lived = held(wiki), set(map(str, wiki.rows(REVISIONS)))
    run = carried_out(desk, RUNS[name].replace("IDS", str(revisions(wiki, TITLE)[:3])))
    assert {item["state"] for item in run["items"]} == {"done"}
    wiki.run_jobs()
    assert held(wiki) != before
    back = undone(desk, run["run"])
    assert {item["state"] for item in back["items"]} <= {"done", "unchanged"}
    wiki.run_jobs()
    assert held(wiki) == before
    assert lived - set(map(str, wiki.rows(REVISIONS))) == set()


def test_what_the_run_left_is_restored_with_its_own_revisions(desk: Desk, wiki: MediaWiki) -> None:
    """The edit of the run is in the history again, and so is what took it back."""
    desk.use(wiki.api, "admin")
    ids = revisions(wiki, TITLE)
    run = carried_out(desk, RUNS["edited"])
    undone(desk, run["run"])
    back = revisions(wiki, TITLE)
    assert back[: len(ids)] == ids
    assert len(back) == len(ids) + 2


def test_what_cannot_be_restored_is_not_worked_on(desk: Desk, wiki: MediaWiki) -> None:
    desk.use(wiki.api, "admin")
    run = carried_out(desk, RUNS["edited"])
    someone(wiki).edit(TITLE, "Made anew.")
    items = _planned(desk, run["run"])
    assert {item["step"]: item["blocked"]["code"] for item in items} == {"undo-gone": "exists", "undo-a": "not_restored"}


def test_a_merged_history_that_was_deleted_is_restored_with_all_of_it(desk: Desk, wiki: MediaWiki) -> None:
    """The merging itself stays, and is told."""
    desk.use(wiki.api, "admin")
    other = someone(wiki)
    other.edit("Newest", "Newer than all.")
    run = carried_out(
        desk,
        "- {id: a, pages: {titles: [History/Long]}, mergehistory: {to: Newest}}\n"
        "- {id: gone, pages: {titles: [History/Long, Newest]}, delete: {}}",
    )
    assert {item["state"] for item in run["items"]} == {"done"}
    back = undone(desk, run["run"], code=1)
    ends = {(item["step"], item["state"], item["code"]) for item in back["items"]}
    assert ends == {("undo-gone", "done", None), ("undo-a", "skipped", "blocked:irreversible")}
    assert wiki.rows("SELECT count(*) FROM archive WHERE ar_title IN ('History/Long', 'Newest')") == [(0,)]


def test_what_failed_and_changed_something_is_told(desk: Desk, wiki: MediaWiki) -> None:
    wiki.settings(EXPIRY)
    steps = "- {id: a, pages: {titles: [Article 20]}, watch: {expiry: 2099-01-31T00:00:00Z}}"
    run = carried_out(desk, steps, code=1)
    (item,) = _planned(desk, run["run"])
    assert (item["title"], item["blocked"]["code"]) == ("Article 20", "not_as_wanted")


def test_what_somebody_took_out_of_the_page_before_the_deletion_stays_out(desk: Desk, wiki: MediaWiki) -> None:
    """Between plan and deletion: that stops nothing, and is not restored."""
    desk.use(wiki.api, "admin")
    plan = desk.wikimop("plan", desk.playbook(DELETE), "--format", "json", code=0).json["plan"]
    other, newest = someone(wiki), revisions(wiki, TITLE)[-3:]
    times = [str(wiki.rows("SELECT rev_timestamp FROM revision WHERE rev_id = ?", one)[0][0]) for one in newest]
    other.delete(TITLE)
    other.undelete(TITLE, timestamps="|".join(times))
    archive = "SELECT ar_rev_id FROM archive ORDER BY 1"
    before = wiki.rows(archive)
    run = desk.wikimop("apply", plan, "--yes", "--format", "json", code=0).json
    assert {item["state"] for item in undone(desk, run["run"])["items"]} == {"done"}
    assert revisions(wiki, TITLE) == newest
    assert wiki.rows(archive) == before


def test_a_last_revision_that_is_not_in_the_archive_any_more_is_told(desk: Desk, wiki: MediaWiki) -> None:
    """The others are restored all the same."""
    desk.use(wiki.api, "admin")
    ids = revisions(wiki, TITLE)
    run = carried_out(desk, DELETE)
    other = someone(wiki)
    other.undelete(TITLE, timestamps=str(wiki.rows("SELECT ar_timestamp FROM archive WHERE ar_rev_id = ?", ids[-1])[0][0]))
    other.move(TITLE, "Saved from it", noredirect=1)
    items = _planned(desk, run["run"])
    told = [item["blocked"] for item in items if "blocked" in item]
    assert told == [
        {"code": "missing", "detail": f"revision {ids[-1]}, its last, is not in the archive any more, while others are"}
    ]
    assert len(items) == len(ids)


def test_revisions_that_are_nowhere_any_more_are_told(desk: Desk, wiki: MediaWiki) -> None:
    """As after maintenance/deleteArchivedRevisions.php; those that were there before the run, and vanish as well, are not."""
    desk.use(wiki.api, "admin")
    other = someone(wiki)
    earlier = revisions(wiki, "Article 20")
    other.delete("Article 20")
    other.move(TITLE, "Article 20", noredirect=1)
    ids = revisions(wiki, "Article 20")
    run = carried_out(desk, DELETE.replace(TITLE, "Article 20"))
    gone = f"DELETE FROM archive WHERE ar_rev_id IN ({ids[0]}, {ids[2]}, {earlier[0]})"
    wiki.maintenance("sql", "--query", gone)
    header, *items, _ = lines_of(_undo_plan(desk, run["run"]))
    gone = f"Article 20: revision {ids[0]}, {ids[2]}, which others came after, is in no archive any more"
    assert header["warnings"] == [gone]
    restored = [revid for item in items for revid in item.get("revids", ())]
    assert sorted(restored) == [ids[1], *ids[3:]]


def _planned(desk: Desk, run: str) -> list[Any]:
    return lines_of(_undo_plan(desk, run))[1:-1]


def _undo_plan(desk: Desk, run: str) -> Path:
    plan = desk.folder / "undo.jsonl"
    desk.wikimop("undo", run, "--out", plan, code=0)
    return plan
