"""`where`, condition by condition, each held against what the wiki's own database says."""

from __future__ import annotations

from tests.desk import Desk, someone
from tests.e2e.reading import blocked, planned
from tests.mediawiki import MediaWiki

LAST = "(SELECT actor_name FROM revision JOIN actor ON actor_id = rev_actor WHERE rev_id = page_latest)"
LAST_AT = "(SELECT rev_timestamp FROM revision WHERE rev_id = page_latest)"
FIRST = "FROM revision JOIN actor ON actor_id = rev_actor WHERE rev_page = page_id ORDER BY rev_timestamp, rev_id LIMIT 1)"
COUNT = "(SELECT count(*) FROM revision WHERE rev_page = page_id)"
WATCHERS = "(SELECT count(*) FROM watchlist WHERE wl_namespace = page_namespace AND wl_title = page_title)"
LINKS_HERE = "(SELECT count(*) FROM pagelinks WHERE pl_namespace = page_namespace AND pl_title = page_title)"
USAGE = "(SELECT count(*) FROM imagelinks WHERE page_namespace = 6 AND il_to = page_title)"
PROTECTED = "EXISTS (SELECT 1 FROM page_restrictions WHERE pr_page = page_id) OR page_title GLOB 'Cascaded*'"
RESTRICTION = "EXISTS (SELECT 1 FROM page_restrictions WHERE pr_page = page_id AND pr_type ="


def in_category(name: str) -> str:
    return f"EXISTS (SELECT 1 FROM categorylinks WHERE cl_from = page_id AND cl_to = '{name}')"


def uses(namespace: int, name: str) -> str:
    return (
        "EXISTS (SELECT 1 FROM templatelinks JOIN linktarget ON lt_id = tl_target_id"
        f" WHERE tl_from = page_id AND lt_namespace = {namespace} AND lt_title = '{name}')"
    )


def links_to(namespace: int, name: str) -> str:
    return f"EXISTS (SELECT 1 FROM pagelinks WHERE pl_from = page_id AND pl_namespace = {namespace} AND pl_title = '{name}')"


def has_property(name: str) -> str:
    return f"EXISTS (SELECT 1 FROM page_props WHERE pp_page = page_id AND pp_propname = '{name}')"


NESTED = """[
  {namespace: 0},
  {not: {all: [{redirect: false}, {any: [{categories: {any: [Articles, Bulk]}}, {last_edit: {by: Admin}}]}]}},
  {any: [{links_here: {min: 1}}, {not: {size: {max: 27}}}]},
]""".replace("\n", "")
NESTED_SQL = f"""
  page_namespace = 0
  AND NOT (page_is_redirect = 0 AND ({in_category("Articles")} OR {in_category("Bulk")} OR {LAST} = 'Admin'))
  AND ({LINKS_HERE} >= 1 OR NOT page_len <= 27)"""

# The conditions, as a flow sequence, and which pages they mean in SQL. They are asked of every page of the wiki.
PAGES: dict[str, tuple[str, str]] = {
    "namespace-number": ("[{namespace: 118}]", "page_namespace = 118"),
    "namespace-names": ("[{namespace: [draft_talk, Category, 0]}]", "page_namespace IN (0, 14, 119)"),
    "title-glob": ("[{title: {glob: 'Draft:Idea ?[13]'}}]", "page_namespace = 118 AND page_title GLOB 'Idea_?[13]'"),
    "title-underscores": ("[{title: {glob: 'Old_name_0*'}}]", "page_namespace = 0 AND page_title GLOB 'Old_name_0*'"),
    "title-glob-rtl": ("[{title: {glob: 'مقالة*'}}]", "page_title GLOB 'مقالة*'"),
    "title-glob-hebrew": ("[{title: {glob: '* ניסיון (?)'}}]", "page_title GLOB '*_ניסיון_(?)'"),
    "title-glob-long": ("[{title: {glob: 'نننن*'}}]", "page_title GLOB 'نننن*'"),
    "title-regex": (r"[{title: {regex: '^Article [0-5]\d$'}}]", "page_namespace = 0 AND page_title GLOB 'Article_[0-5][0-9]'"),
    "title-regex-any-case": ("[{title: {regex: '(?i)caf. SOC'}}]", "page_title GLOB 'Caf?_soc*'"),
    "title-contains": ("[{title: {contains: '1+1=2?'}}]", "page_title = '1+1=2?'"),
    "redirect": ("[{redirect: true}]", "page_is_redirect = 1"),
    "no-redirect": ("[{redirect: false}]", "page_is_redirect = 0"),
    "exists": ("[{exists: true}]", "1"),
    "size": ("[{size: {min: 30, max: 60}}]", "page_len BETWEEN 30 AND 60"),
    "size-exactly": ("[{size: 37}]", "page_len = 37"),
    "last-edit-by": ("[{last_edit: {by: [vandal, Carol]}}]", f"{LAST} IN ('Vandal', 'Carol')"),
    "last-edit-not-by": ("[{last_edit: {not_by: Robot}}]", f"{LAST} <> 'Robot'"),
    "last-edit-older": ("[{last_edit: {older_than: '2023-02-01T00:00:00Z'}}]", f"{LAST_AT} < '20230201000000'"),
    "last-edit-newer": (
        "[{last_edit: {newer_than: 20230201000000, older_than: 180 days, by: Alice}}]",
        f"{LAST_AT} > '20230201000000' AND {LAST_AT} < strftime('%Y%m%d%H%M%S', 'now', '-180 days') AND {LAST} = 'Alice'",
    ),
    "last-edit-recent": ("[{last_edit: {newer_than: 1 day}}]", f"{LAST_AT} > strftime('%Y%m%d%H%M%S', 'now', '-1 day')"),
    "protected": ("[{protection: true}]", PROTECTED),
    "unprotected": ("[{protection: false}]", f"NOT ({PROTECTED})"),
    "protected-how": (
        "[{protection: {edit: sysop, move: [sysop, autoconfirmed]}}]",
        f"{RESTRICTION} 'edit' AND pr_level = 'sysop') AND {RESTRICTION} 'move')",
    ),
    "protected-against-moves-only": (
        "[{protection: {move: true, edit: false}}]",
        f"{RESTRICTION} 'move') AND NOT {RESTRICTION} 'edit')",
    ),
    "watchers": ("[{watchers: {min: 1}}]", f"{WATCHERS} >= 1"),
    "watchers-none": ("[{watchers: 0}]", f"{WATCHERS} = 0"),
    "content-model": ("[{content_model: [css, json]}]", "page_content_model IN ('css', 'json')"),
    "property": ("[{page_property: noindex}]", has_property("noindex")),
    "property-value": ("[{page_property: {displaytitle: hidden things}}]", "page_title = 'Hidden_things'"),
    "category": ("[{categories: {any: [drafts]}}]", in_category("Drafts")),
    "category-all-none": (
        "[{categories: {all: ['category:drafts'], none: [Category:Expired_drafts]}}]",
        f"{in_category('Drafts')} AND NOT {in_category('Expired_drafts')}",
    ),
    "category-with-a-colon": ("[{categories: {any: ['Help: me']}}]", in_category("Help:_me")),
    "templates": (
        "[{templates: {all: [infobox], none: ['Template:Old']}}]",
        f"{uses(10, 'Infobox')} AND NOT {uses(10, 'Old')}",
    ),
    "templates-of-other-namespaces": ("[{templates: {any: [':cascaded page']}}]", uses(0, "Cascaded_page")),
    "links": (
        "[{links_to: {any: [wanted_1, 'Article 05', 'מקום']}}]",
        f"{links_to(0, 'Wanted_1')} OR {links_to(0, 'Article_05')} OR {links_to(0, 'מקום')}",
    ),
    "links-none": ("[{links_to: {none: [Article 05]}}]", f"NOT {links_to(0, 'Article_05')}"),
    "orphans": ("[{links_here: 0}]", f"{LINKS_HERE} = 0"),
    "links-here": ("[{links_here: {min: 2, max: 3}}]", f"{LINKS_HERE} BETWEEN 2 AND 3"),
    "links-here-many": ("[{links_here: {min: 3}}]", f"{LINKS_HERE} >= 3"),
    "file-size": ("[{namespace: File}, {file_size: {max: 78}}]", "page_title IN ('Blue_square.png', 'Unused.png')"),
    "file-type": ("[{namespace: 6}, {file_type: 'image/*'}, {not: {file_type: image/gif}}]", "page_namespace = 6"),
    "file-usage": ("[{namespace: 6}, {usage: {min: 1}}]", f"page_namespace = 6 AND {USAGE} >= 1"),
    "creation": (
        "[{namespace: Draft}, {creation: {by: Alice, older_than: '2023-01-01T00:00:00Z'}}]",
        f"page_namespace = 118 AND (SELECT actor_name {FIRST} = 'Alice' AND (SELECT rev_timestamp {FIRST} < '20230101000000'",
    ),
    "creation-not-by": (
        "[{title: {regex: '^(Article|Buy|Vandal)'}}, {creation: {not_by: alice}}]",
        "page_title IN ('Buy_cheap_things', 'Vandal_was_here')",
    ),
    "revisions": ("[{namespace: 118}, {revisions: {min: 3, max: 4}}]", f"page_namespace = 118 AND {COUNT} BETWEEN 3 AND 4"),
    "revisions-many": ("[{title: {glob: 'History/*'}}, {revisions: {min: 80}}]", f"{COUNT} >= 80"),
    "revisions-exactly": ("[{title: {glob: 'History/*'}}, {revisions: 80}]", f"{COUNT} = 80"),
    "any": (
        "[{any: [{namespace: 118}, {redirect: true}, {title: {contains: 'Bulk/00'}}]}]",
        "page_namespace = 118 OR page_is_redirect = 1 OR page_title GLOB 'Bulk/00*'",
    ),
    "not": ("[{not: {any: [{namespace: 0}, {namespace: 118}]}}]", "page_namespace NOT IN (0, 118)"),
    "nested": (NESTED, NESTED_SQL),
    "costly-only-where-it-matters": (
        "[{any: [{namespace: 0}, {all: [{namespace: 118}, {revisions: 2}]}]}]",
        f"page_namespace = 0 OR page_namespace = 118 AND {COUNT} = 2",
    ),
}  # fmt: skip

REVISION = "(SELECT actor_name FROM actor WHERE actor_id = rev_actor)"
COMMENT = (
    "(SELECT comment_text FROM comment LEFT JOIN revision_comment_temp ON revcomment_rev = rev_id"
    " WHERE comment_id = coalesce(revcomment_comment_id, rev_comment_id))"
)
TAG = (
    "EXISTS (SELECT 1 FROM change_tag JOIN change_tag_def ON ctd_id = ct_tag_id"
    " WHERE ct_rev_id = rev_id AND ctd_name = '{name}')"
)
CHANGE = "(rev_len - coalesce((SELECT p.rev_len FROM revision p WHERE p.rev_id = revision.rev_parent_id), 0))"
TEXT = (
    "(SELECT old_text FROM text JOIN content ON content_address = 'tt:' || old_id"
    " JOIN slots ON slot_content_id = content_id WHERE slot_revision_id = rev_id)"
)
ON_PAGE = "EXISTS (SELECT 1 FROM page WHERE page_id = rev_page AND"
REVISIONS: dict[str, tuple[str, str]] = {
    "user": ("[{user: [vandal, Carol]}]", f"{REVISION} IN ('Vandal', 'Carol')"),
    "comment": (r"[{comment: {regex: 'call 555-\d+$'}}]", f"{COMMENT} GLOB '* call 555-*'"),
    "comment-glob": ("[{comment: {glob: 'lol ?? *'}}]", f"{COMMENT} GLOB 'lol ?? *'"),
    "comment-contains": ("[{comment: {contains: reverted}}, {minor: false}]", "0"),
    "minor": ("[{minor: true}]", "rev_minor_edit = 1"),
    "tag": ("[{tags: {any: [mw-blank, checked]}}]", f"{TAG.format(name='mw-blank')} OR {TAG.format(name='checked')}"),
    "tags": (
        "[{tags: {all: [checked], none: [mw-blank]}}]",
        f"{TAG.format(name='checked')} AND NOT {TAG.format(name='mw-blank')}",
    ),
    "size": ("[{size: {min: 100}}]", "rev_len >= 100"),
    "grew": ("[{size_change: {min: 20}}]", f"{CHANGE} >= 20"),
    "shrank": ("[{size_change: {max: -1}}]", f"{CHANGE} < 0"),
    "text": (r"[{text: {regex: 'HAHA \d 1'}}]", f"{TEXT} GLOB '*HAHA [0-9] 1*'"),
    "text-not": ("[{user: Vandal}, {not: {text: {contains: HAHA}}}]", f"{REVISION} = 'Vandal' AND {TEXT} NOT GLOB '*HAHA*'"),
    "page-of-it": (
        "[{namespace: 0}, {last_edit: {by: Vandal}}, {user: Alice}, {redirect: false}, {categories: {any: [Articles]}}]",
        f"{REVISION} = 'Alice' AND {ON_PAGE} {LAST} = 'Vandal' AND {in_category('Articles')})",
    ),
    "creation-of-its-page": (
        "[{user: Vandal}, {creation: {by: Vandal}}]",
        f"{REVISION} = 'Vandal' AND {ON_PAGE} (SELECT actor_name {FIRST} = 'Vandal')",
    ),
}  # fmt: skip


def disturb(wiki: MediaWiki) -> None:
    """What the seeds lack."""
    admin, bob = someone(wiki), someone(wiki, "bob")
    admin.edit("Hidden things", "__NOINDEX__{{DISPLAYTITLE:hidden things}} [[מקום]] [[Category:Help: me]]")
    admin.edit("User:Admin/style.css", "a { color: red }")
    admin.edit("Article 60", "", summary="blanked")
    wiki.maintenance("addChangeTag", "--tag", "checked", "--reason", "test")
    bob.edit("Article 59", "[[Article 58]] again", tags="checked", minor=True)
    bob.edit("Café société", "[[Café société|self]] [[Article 05]]", tags="checked")
    admin.protect("Bulk/003", "move=sysop")
    for client, title in ((admin, "Article 01|Bulk/001"), (bob, "Article 01|Draft:Idea 02|مقالة تجريبية")):
        client._send({"action": "watch", "titles": title, "token": client.token("watch")})
    wiki.run_jobs()


def everything(name: str, kind: str, where: str, action: str) -> str:
    source = f"{{file: {{path: all.txt, kind: {'pageids' if kind == 'pages' else 'revids'}}}, where: {where}}}"
    return f"- id: {name}\n  {kind}: {source}\n  {action}\n"


def ids(wiki: MediaWiki, table: str, condition: str) -> set[int]:
    column = {"page": "page_id", "revision": "rev_id"}[table]
    return {int(row[0]) for row in wiki.rows(f"SELECT {column} FROM {table} WHERE {condition}")}


def test_every_condition_on_pages_means_what_the_database_says(desk: Desk, wiki: MediaWiki) -> None:
    disturb(wiki)
    desk.write("".join(f"{number}\n" for number in sorted(ids(wiki, "page", "1"))), "all.txt")
    steps = "".join(everything(name, "pages", where, "purge: {}") for name, (where, _) in PAGES.items())
    items = planned(desk, steps)
    expected = {name: ids(wiki, "page", condition) for name, (_, condition) in PAGES.items()}
    assert [name for name, found in expected.items() if not found] == []
    assert {name: {item["pageid"] for item in items[name]} for name in PAGES} == expected
    assert {name: codes for name in PAGES if (codes := blocked(items[name]))} == {}


def test_every_condition_on_revisions_means_what_the_database_says(desk: Desk, wiki: MediaWiki) -> None:
    disturb(wiki)
    someone(wiki).edit("Article 59", "a few more words", summary="Reverted what was reverted", minor=True)
    desk.write("".join(f"{number}\n" for number in sorted(ids(wiki, "revision", "1"))), "all.txt")
    action = "revisiondelete: {hide: [comment]}"
    items = planned(desk, "".join(everything(name, "revisions", where, action) for name, (where, _) in REVISIONS.items()))
    expected = {name: ids(wiki, "revision", condition) for name, (_, condition) in REVISIONS.items()}
    assert [name for name, found in expected.items() if not found] == ["comment-contains"]
    assert {name: {item["revid"] for item in items[name]} for name in REVISIONS} == expected
