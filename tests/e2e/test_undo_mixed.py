"""`wikimop undo` of one run of many actions, some of them on the same pages: the wiki is as it was, by its own tables."""

from __future__ import annotations

from typing import Any

from tests.desk import Desk, someone
from tests.e2e.reading import carried_out
from tests.e2e.stock import define_tag
from tests.e2e.test_page_attributes import LANGUAGES
from tests.e2e.test_undo import undone
from tests.mediawiki import MediaWiki

# What an undo gives back, by name and not by id: protecting, moving and editing each add a revision.
TABLES = {
    "pages": "SELECT page_id, page_namespace, page_title, page_lang, page_content_model, page_len FROM page",
    "protection": "SELECT pr_page, pr_type, pr_level, pr_cascade, pr_expiry FROM page_restrictions",
    "titles": "SELECT pt_namespace, pt_title, pt_create_perm, pt_expiry FROM protected_titles",
    "watched": "SELECT wl_user, wl_namespace, wl_title FROM watchlist",
    "tags": "SELECT ct_rev_id, ct_log_id, ctd_name FROM change_tag JOIN change_tag_def ON ctd_id = ct_tag_id"
    " WHERE ctd_name IN ('checked', 'spam')",
    "hidden": "SELECT rev_id, rev_deleted FROM revision WHERE rev_deleted",
}
STEPS = """
- {id: back, pages: {titles: [Article 20, Article 21]}, rollback: {user: Vandal}}
- id: closed
  pages: {titles: [Article 20, Protected page, Cascade page]}
  protect: {protections: [edit=autoconfirmed, move=all]}
- {id: closed-again, pages: {titles: [Article 20]}, protect: {protections: [move=sysop], expiry: 1 month}}
- {id: no-title, pages: {titles: [Never made]}, protect: {protections: [create=sysop]}}
- {id: marks, revisions: {list: usercontribs, user: Vandal, limit: 5}, tag: {add: [checked], remove: [spam]}}
- {id: hidden, revisions: {list: usercontribs, user: Vandal, limit: 5}, revisiondelete: {hide: [comment]}}
- {id: german, pages: {titles: [Article 20, Article 22]}, setpagelanguage: {lang: de}}
- {id: plain, pages: {titles: [Article 22]}, changecontentmodel: {model: text}}
- {id: away, pages: {titles: [Article 22]}, move: {to: Away, noredirect: true}}
- {id: watched, pages: {titles: [Article 20, Article 21, Never made]}, watch: {}}
- {id: gone, pages: {titles: [Article 23]}, delete: {}}
"""


def state(wiki: MediaWiki) -> dict[str, list[Any]]:
    return {name: sorted(map(str, wiki.rows(query))) for name, query in TABLES.items()}


def test_a_mixed_run_is_taken_back(desk: Desk, wiki: MediaWiki) -> None:
    wiki.settings(LANGUAGES)
    for name in ("checked", "spam"):
        define_tag(wiki, name)
    vandal, other, sysop = (someone(wiki, name) for name in ("vandal", "admin", "sysop"))
    ids = [vandal.edit(title, f"Spoilt {n}.")["newrevid"] for title in ("Article 20", "Article 21") for n in range(3)]
    other.post(action="tag", revid=ids[-1], add="spam")
    other.post(action="tag", revid=ids[-2], add="checked")
    other.post(action="setpagelanguage", title="Article 22", lang="fr")
    other.protect("Article 20", "move=autoconfirmed", expiry="2030-01-01T00:00:00Z")
    vandal.edit("Article 20", "Spoilt after the protection.")
    sysop._send({"action": "watch", "titles": "Article 21", "token": sysop.token("watch")})
    wiki.run_jobs()
    before, texts = state(wiki), {title: other.text(title) for title in ("Article 20", "Article 21", "Article 22")}
    run = carried_out(desk, STEPS)
    assert {item["state"] for item in run["items"]} == {"done", "unchanged"}
    wiki.run_jobs()
    assert [name for name, rows in state(wiki).items() if rows != before[name]] == list(TABLES)
    back = undone(desk, run["run"])
    # What two steps did to a page is taken back by the first undo of them: the second finds it so.
    assert {(item["state"], item["code"]) for item in back["items"]} == {("done", None), ("unchanged", "no_change")}
    assert [item["title"] for item in back["items"] if item["state"] == "unchanged"] == ["Article 20"]
    wiki.run_jobs()
    assert state(wiki) == before
    assert {title: other.text(title) for title in texts} == texts
