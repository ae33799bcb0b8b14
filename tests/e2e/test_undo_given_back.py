"""`wikimop undo` of deletions: what the wiki takes from a page with its deletion is set again."""

from __future__ import annotations

import time

from tests.desk import Desk, someone
from tests.e2e.reading import carried_out
from tests.e2e.test_page_attributes import LANGUAGES
from tests.e2e.test_undo import state, undone
from tests.mediawiki import MediaWiki


def test_what_the_deletion_took_with_the_page_is_given_back(desk: Desk, wiki: MediaWiki) -> None:
    """MediaWiki gives neither protection nor language back; what lasted until a time that is over stays away."""
    desk.use(wiki.api, "admin")
    wiki.settings(LANGUAGES)
    other = someone(wiki)
    other.protect("Draft:Idea 01", "edit=sysop|move=autoconfirmed", expiry="2030-01-01T00:00:00Z|infinite", cascade=1)
    other.post(action="setpagelanguage", title="Draft:Idea 01", lang="fr")
    other.protect("Draft:Idea 02", "move=sysop", expiry="20 seconds")
    before, languages = state(wiki), wiki.rows("SELECT page_id, page_lang FROM page ORDER BY 1")
    run = carried_out(desk, "- {id: a, pages: {titles: ['Draft:Idea 01', 'Draft:Idea 02', 'Draft:Idea 03']}, delete: {}}")
    time.sleep(20)
    back = undone(desk, run["run"], code=1)
    assert {item["code"] for item in back["items"] if item["title"] == "Draft:Idea 02"} == {None, "blocked:ended"}
    assert {item["state"] for item in back["items"] if item["title"] != "Draft:Idea 02"} == {"done"}
    after = state(wiki)
    assert len(set(before["protection"]) - set(after["protection"])) == 1
    assert not set(after["protection"]) - set(before["protection"])
    assert wiki.rows("SELECT page_id, page_lang FROM page ORDER BY 1") == languages


def test_what_may_not_be_given_back_is_told(desk: Desk, wiki: MediaWiki) -> None:
    """Somebody who may delete and restore, and neither protect nor set languages."""
    someone(wiki).protect("Draft:Idea 02", "move=sysop")
    wiki.settings("$wgGroupPermissions['sysop']['protect'] = false;")
    run = carried_out(desk, "- {id: a, pages: {titles: ['Draft:Idea 01', 'Draft:Idea 02']}, delete: {}}")
    back = undone(desk, run["run"], code=1)
    skipped = [(item["title"], item["code"]) for item in back["items"] if item["state"] != "done"]
    assert skipped == [("Draft:Idea 02", "blocked:permission")]
