"""`wikimop undo` where others went on with what the run had deleted: what is theirs stays, and what cannot be told apart is
left alone and told."""

from __future__ import annotations

from typing import Any

from tests.desk import Desk, someone
from tests.e2e.reading import carried_out, lines_of, revisions
from tests.e2e.test_page_attributes import LANGUAGES
from tests.e2e.test_undo import state, undone
from tests.mediawiki import MediaWiki

GONE = "- {id: gone, pages: {titles: ['Draft:Idea 01']}, delete: {}}"
PROTECTED = "SELECT page_title, pr_type, pr_level FROM page_restrictions JOIN page ON page_id = pr_page ORDER BY 1, 2"


def planned(desk: Desk, run: str) -> list[Any]:
    """The lines of the plan of an undo."""
    plan = desk.folder / "undo.jsonl"
    desk.wikimop("undo", run, "--out", plan, code=0)
    return lines_of(plan)


def blocked(lines: list[Any]) -> set[tuple[str, str]]:
    return {(line["step"], line["blocked"]["code"]) for line in lines[1:-1] if "blocked" in line}


def test_each_step_has_an_id_of_its_own(desk: Desk, wiki: MediaWiki) -> None:
    """The second step that takes `gone` back is not that which takes `gone-2` back."""
    desk.use(wiki.api, "admin")
    other = someone(wiki)
    other.protect("Draft:Idea 01", "move=sysop")
    other.protect("Draft:Idea 03", "edit=autoconfirmed")
    before = wiki.rows(PROTECTED)
    more = "- {id: gone-2, pages: {titles: ['Draft:Idea 03']}, protect: {protections: [edit=sysop]}}\n"
    run = carried_out(desk, more + GONE)
    assert wiki.rows(PROTECTED) != before
    back = undone(desk, run["run"])
    assert {item["state"] for item in back["items"]} == {"done"}
    assert wiki.rows(PROTECTED) == before


def test_what_somebody_restored_keeps_their_protection_and_language(desk: Desk, wiki: MediaWiki) -> None:
    desk.use(wiki.api, "admin")
    wiki.settings(LANGUAGES)
    other = someone(wiki)
    other.protect("Draft:Idea 01", "move=autoconfirmed")
    other.post(action="setpagelanguage", title="Draft:Idea 01", lang="fr")
    run = carried_out(desk, GONE)
    other.undelete("Draft:Idea 01")
    other.protect("Draft:Idea 01", "edit=sysop|move=sysop")
    other.post(action="setpagelanguage", title="Draft:Idea 01", lang="de")
    before = state(wiki), wiki.rows("SELECT page_title, page_lang FROM page WHERE page_lang IS NOT NULL")
    lines = planned(desk, run["run"])
    codes = {("undo-gone", "missing"), ("undo-gone-2", "changed_since"), ("undo-gone-3", "changed_since")}
    assert blocked(lines) == codes
    undone(desk, run["run"], code=1)
    assert (state(wiki), wiki.rows("SELECT page_title, page_lang FROM page WHERE page_lang IS NOT NULL")) == before


def test_revisions_of_another_page_of_the_title_are_not_restored(desk: Desk, wiki: MediaWiki) -> None:
    """The archive goes by title: what is older than the last revision and was not there before may still be another's."""
    desk.use(wiki.api, "admin")
    other = someone(wiki)
    run = carried_out(desk, GONE)
    other.move("Article 20", "Draft:Idea 01", noredirect=1)
    other.delete("Draft:Idea 01")
    before = state(wiki)
    assert blocked(planned(desk, run["run"])) == {("undo-gone", "changed_since")}
    undone(desk, run["run"], code=1)
    assert state(wiki) == before


def test_a_history_that_was_trimmed_before_is_no_loss(desk: Desk, wiki: MediaWiki) -> None:
    """As after maintenance/deleteOldRevisions.php: there is a warning, and the undo succeeds."""
    desk.use(wiki.api, "admin")
    ids = revisions(wiki, "History/Long")
    gone = ", ".join(map(str, ids[:-1]))
    wiki.maintenance("sql", "--query", f"DELETE FROM revision WHERE rev_id IN ({gone})")
    run = carried_out(desk, "- {id: gone, pages: {titles: [History/Long]}, delete: {}}")
    lines = planned(desk, run["run"])
    assert blocked(lines) == set()
    told = f"History/Long: revision {ids[-2]}, which others came after, is in no archive any more"
    assert lines[0]["warnings"] == [told]
    assert {item["state"] for item in undone(desk, run["run"])["items"]} == {"done"}
    assert revisions(wiki, "History/Long") == ids[-1:]


def test_a_file_gets_its_protection_back(desk: Desk, wiki: MediaWiki) -> None:
    desk.use(wiki.api, "admin")
    someone(wiki).protect("File:Blue square.png", "edit=sysop|upload=sysop")
    before = wiki.rows(PROTECTED)
    run = carried_out(desk, "- {id: gone, pages: {titles: ['File:Blue square.png']}, delete: {files: true}}")
    assert len(wiki.rows(PROTECTED)) == len(before) - 2
    back = undone(desk, run["run"])
    assert {item["state"] for item in back["items"]} == {"done"}
    assert wiki.rows(PROTECTED) == before
