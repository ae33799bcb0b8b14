"""An undo of a deletion that nobody heard of goes by what was there just before it, as one that was answered does."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.desk import Desk, someone
from tests.e2e.reading import revisions
from tests.e2e.test_page_attributes import LANGUAGES
from tests.e2e.test_undo import undone
from tests.faults.broken import cut_after
from tests.faults.conftest import impatient
from tests.faults.proxy import Proxy
from tests.faults.test_meanwhile_edits import killed
from tests.mediawiki import MediaWiki

TITLE = "History/Long"
GONE = "- {id: gone, pages: {titles: [History/Long]}, delete: {}}"
HELD = (
    "SELECT page_id, page_lang, pr_type, pr_level FROM page LEFT JOIN page_restrictions ON pr_page = page_id"
    " WHERE page_title = 'History/Long'"
)
ARCHIVE = "SELECT ar_rev_id FROM archive ORDER BY 1"


@pytest.mark.parametrize("how", ["killed", "lost"])
def test_it_restores_what_went_and_no_more(tmp_path: Path, proxy: Proxy, wiki: MediaWiki, how: str) -> None:
    """The page had a language and a protection, and somebody took revisions out of it between plan and deletion."""
    mop = impatient(Desk(tmp_path, proxy.api, "admin"), proxy, "30s")
    wiki.settings(LANGUAGES)
    other = someone(wiki)
    other.protect(TITLE, "edit=sysop")
    other.post(action="setpagelanguage", title=TITLE, lang="fr")
    plan = mop.wikimop("plan", mop.playbook(GONE), "--format", "json", code=0).json["plan"]
    newest = revisions(wiki, TITLE)[-3:]
    times = [str(wiki.rows("SELECT rev_timestamp FROM revision WHERE rev_id = ?", one)[0][0]) for one in newest]
    other.delete(TITLE)
    other.undelete(TITLE, timestamps="|".join(times))
    assert revisions(wiki, TITLE) == newest
    archived = wiki.rows(ARCHIVE)
    if how == "killed":
        killed(mop, proxy, plan, after=True, action="delete")
        run = mop.wikimop("resume", "--format", "json", code=0).json
    else:
        proxy.rule(cut_after, 1, action="delete")
        run = mop.wikimop("apply", plan, "--yes", "--format", "json", code=0).json
    (item,) = mop.items(run["run"])
    assert (item["state"], item["code"]) == ("done", "looked_up")
    assert {item["state"] for item in undone(mop, run["run"])["items"]} == {"done"}
    assert wiki.rows(ARCHIVE) == archived
    assert revisions(wiki, TITLE)[:3] == newest


def test_a_language_that_went_unheard_is_set_again(tmp_path: Path, proxy: Proxy, wiki: MediaWiki) -> None:
    mop = impatient(Desk(tmp_path, proxy.api, "admin"), proxy, "30s")
    wiki.settings(LANGUAGES)
    other = someone(wiki)
    other.protect(TITLE, "edit=sysop")
    other.post(action="setpagelanguage", title=TITLE, lang="fr")
    before = wiki.rows(HELD)
    plan = mop.wikimop("plan", mop.playbook(GONE), "--format", "json", code=0).json["plan"]
    killed(mop, proxy, plan, after=True, action="delete")
    run = mop.wikimop("resume", "--format", "json", code=0).json
    assert wiki.rows(HELD) == []
    assert {item["state"] for item in undone(mop, run["run"])["items"]} == {"done"}
    assert wiki.rows(HELD) == before
