"""`wikimop undo` of one run of many actions, some of them on the same pages: the wiki is as it was, by its own tables."""

from __future__ import annotations

import time
from typing import Any

from tests.desk import Desk, someone
from tests.e2e.reading import carried_out, revisions
from tests.e2e.stock import define_tag
from tests.e2e.test_page_attributes import LANGUAGES
from tests.e2e.test_undo import TABLES as EVERYTHING
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


HELD = {
    "pages and texts": "SELECT page_id, page_namespace, page_title, content_sha1 FROM page"
    " JOIN slots ON slot_revision_id = page_latest JOIN content ON content_id = slot_content_id",
    "hidden": TABLES["hidden"],
    # Of page 0 is what MediaWiki leaves when a protected page is moved without a redirect.
    "protection": TABLES["protection"] + " WHERE pr_page",
    **{name: EVERYTHING[name] for name in ("archive", "image", "oldimage", "filearchive")},
}
REVISIONS = "SELECT rev_id, rev_page, rev_deleted, rev_timestamp, rev_comment_id, rev_actor FROM revision"
ADDED = (
    "SELECT page_title, comment_text FROM revision JOIN page ON page_id = rev_page"
    " JOIN revision_comment_temp ON revcomment_rev = rev_id JOIN comment ON comment_id = revcomment_comment_id"
    " WHERE rev_id > ? ORDER BY rev_id"
)


def test_deletes_hides_protections_moves_edits_and_files_are_taken_back(desk: Desk, wiki: MediaWiki) -> None:
    """Over what others had deleted and hidden before, and with two steps on one page."""
    desk.use(wiki.api, "admin")
    other = someone(wiki)
    other.edit("Draft:Idea 01", "From a life before.")
    other.delete("Draft:Idea 01")
    time.sleep(1.1)  # of one second everything is restored together
    other.edit("Draft:Idea 01", "Another life.")
    other.edit("Draft:Idea 01", "Another life, longer.")
    other.protect("Article 24", "edit=autoconfirmed|move=sysop", expiry="2030-01-01T00:00:00Z|infinite")
    ids = revisions(wiki, "History/Long")[:4]
    carried_out(desk, f"- id: a\n  revisions: {{revids: {ids[:2]}}}\n  revisiondelete: {{hide: [user]}}")
    wiki.run_jobs()
    before = {name: sorted(map(str, wiki.rows(query))) for name, query in HELD.items()}
    lived = set(wiki.rows(REVISIONS))
    newest = max(row[0] for row in lived)
    run = carried_out(
        desk,
        f"""
- {{id: closed, pages: {{titles: [Article 24, Article 25]}}, protect: {{protections: [edit=sysop], expiry: 1 week}}}}
- {{id: written, pages: {{titles: [Article 24, Article 26]}}, edit: {{append: " More."}}}}
- {{id: away, pages: {{titles: [Article 25]}}, move: {{to: "Elsewhere/${{item.name}}"}}}}
- {{id: hidden, revisions: {{revids: {ids}}}, revisiondelete: {{hide: [content, user]}}}}
- {{id: gone, pages: {{titles: ["Draft:Idea 01", "Draft:Idea 02"]}}, delete: {{}}}}
- {{id: versions, file_versions: {{titles: ["File:Blue square.png"]}}, delete: {{}}}}
""",
    )
    assert {item["state"] for item in run["items"]} == {"done"}
    wiki.run_jobs()
    during = {name: sorted(map(str, wiki.rows(query))) for name, query in HELD.items()}
    assert [name for name in HELD if during[name] == before[name]] == ["image"]
    back = undone(desk, run["run"])
    assert {item["state"] for item in back["items"]} == {"done"}
    wiki.run_jobs()
    after = {name: sorted(map(str, wiki.rows(query))) for name, query in HELD.items()}
    # The redirect that the move had left, and the undo had to delete.
    (redirect,) = set(after["archive"]) - set(before["archive"])
    assert "'Article_25', 0)" in redirect
    assert {**after, "archive": [row for row in after["archive"] if row != redirect]} == before
    assert lived - set(wiki.rows(REVISIONS)) == set()
    marks = {f"(wikimop {run['run']})": "run", f"(wikimop {back['run']})": "undo"}
    added = [(_name(title), _by(_name(comment), marks)) for title, comment in wiki.rows(ADDED, newest)]
    # Each of protect, move and edit has left a revision of its own, and so has what took it back; deletes and hides none.
    assert added == [
        ("Article_24", "run"),
        ("Article_25", "run"),
        ("Article_24", "run"),
        ("Article_26", "run"),
        ("Article_25", "run"),
        ("Article_25", "undo"),
        ("Article_26", "undo"),
        ("Article_24", "undo"),
        ("Article_25", "undo"),
        ("Article_24", "undo"),
    ]


def _by(comment: str, marks: dict[str, str]) -> str:
    (who,) = (name for mark, name in marks.items() if mark in comment)
    return who


def _name(raw: Any) -> str:  # noqa: ANN401 - text or bytes, as the database has it
    return raw.decode() if isinstance(raw, bytes) else str(raw)
