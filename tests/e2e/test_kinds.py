"""Items that are no pages: what each source finds is held against the wiki's own tables, and so is what is done with it."""

# ruff: noqa: ISC004 - pairs of texts, most of them long
from __future__ import annotations

from typing import Any

import pytest

from tests.desk import Desk, someone
from tests.e2e.reading import blocked, carried_out, planned, titles
from tests.mediawiki import MediaWiki

GONE = ("Bulk/001", "Bulk/002", "Draft:Idea 04", "Article 01")


@pytest.fixture
def archived(desk: Desk, wiki: MediaWiki) -> Desk:
    """Some pages and a file are deleted, and one of them is there again; the desk is that of somebody who may suppress."""
    other = someone(wiki)
    for title in (*GONE, "File:Unused.png"):
        other.delete(title, reason=f"Gone: {title}")
    other.edit("Bulk/002", "Written anew.")
    desk.use(wiki.api, "admin")
    return desk


def keys(desk: Desk, source: str) -> list[str]:
    """The keys of what a source finds, in order; every source is planned with an action that takes it."""
    kind = source.partition(":")[0]
    action = "undelete: {files: true}" if kind in ("deleted_pages", "deleted_files") else "revisiondelete: {hide: [comment]}"
    (items,) = planned(desk, f"- id: a\n  {source}\n  {action}").values()
    return [item["key"] for item in items]


def texts(wiki: MediaWiki, query: str) -> list[str]:
    return [row[0].decode() if isinstance(row[0], bytes) else str(row[0]) for row in wiki.rows(query)]


NAMESPACE = "CASE ar_namespace WHEN 118 THEN 'Draft:' WHEN 6 THEN 'File:' ELSE '' END"
TITLE = f"{NAMESPACE} || replace(ar_title, '_', ' ')"
ARCHIVE = f"SELECT DISTINCT 'archive:' || ar_timestamp || ':' || {TITLE} FROM archive JOIN actor ON actor_id = ar_actor"
COMMENT = "JOIN comment ON comment_id = ar_comment_id"
FILES = "SELECT 'filearchive:' || fa_id FROM filearchive"
OLD = "SELECT 'oldimage:' || oi_timestamp || ':File:' || replace(oi_name, '_', ' ') FROM oldimage"
LOG = "SELECT 'logging:' || log_id FROM logging JOIN actor ON actor_id = log_actor"

# What the playbook says, and what it means in SQL.
SOURCES: dict[str, tuple[str, str]] = {
    "all-deleted-pages": (
        "deleted_pages: {generator: alldeletedrevisions}", f"SELECT DISTINCT 'deleted:' || {TITLE} FROM archive"
    ),
    "deleted-pages-where": (
        "deleted_pages: {generator: alldeletedrevisions, where: [{exists: false}, {revisions: {min: 2}}]}",
        f"SELECT 'deleted:' || {TITLE} FROM archive WHERE NOT EXISTS (SELECT 1 FROM page WHERE page_namespace = ar_namespace"
        " AND page_title = ar_title) GROUP BY ar_namespace, ar_title HAVING count(*) >= 2",
    ),
    "all-archived": ("deleted_revisions: {generator: alldeletedrevisions}", ARCHIVE),
    "archived-of-titles": (
        "deleted_revisions: {titles: ['Draft:Idea 04', Bulk/001, Bulk/001]}",
        f"{ARCHIVE} WHERE ar_title IN ('Idea_04', 'Bulk/001')"
    ),
    "archived-of-pages": (
        "deleted_revisions: {generator: deletedrevisions, of: {titles: [Article 01, Draft:Idea 04]}, user: Alice}",
        f"{ARCHIVE} WHERE ar_title IN ('Article_01', 'Idea_04') AND actor_name = 'Alice'",
    ),
    "archived-by-when": (
        "deleted_revisions: {generator: alldeletedrevisions,"
        " where: [{made: {older_than: '2022-01-01T00:00:00Z', by: [Bob, Admin]}}]}",
        f"{ARCHIVE} WHERE ar_timestamp < '20220101000000' AND actor_name IN ('Bob', 'Admin')",
    ),
    "archived-by-comment": (
        "deleted_revisions: {generator: alldeletedrevisions, where: [{comment: {regex: '^step [1-3]$'}}, {size: {max: 90}}]}",
        f"{ARCHIVE} {COMMENT} WHERE comment_text GLOB 'step [1-3]' AND ar_len <= 90",
    ),
    "archived-in-common": (
        "deleted_revisions: {intersect: [{titles: [Article 01, Bulk/001]}, {generator: alldeletedrevisions, user: Alice}]}",
        f"{ARCHIVE} WHERE ar_title IN ('Article_01', 'Bulk/001') AND actor_name = 'Alice'",
    ),
    "archived-but-for": (
        "deleted_revisions: {generator: alldeletedrevisions, except: {titles: ['Draft:Idea 04']}}",
        f"{ARCHIVE} WHERE ar_title <> 'Idea_04'",
    ),
    "old-versions": ("file_versions: {of: {generator: allimages}}", f"{OLD} ORDER BY oi_name DESC"),
    "old-versions-by-whom": (
        "file_versions: {titles: ['File:Red square.png', 'File:Blue square.png'],"
        " where: [{made: {by: Alice, older_than: 1 year}},"
        " {comment: {contains: version 1}}, {file_type: image/png}, {archive_name: {glob: '*!Red*'}}]}",
        f"{OLD} WHERE oi_name = 'Red_square.png'",
    ),
    "deleted-files": ("deleted_files: {list: filearchive, prefix: Unu}", FILES),
    "deleted-files-of-titles": (
        "deleted_files: {titles: ['File:Unused.png'],"
        " where: [{made: {older_than: '2023-03-15T00:00:00Z'}}, {file_size: {min: 1}}]}",
        f"{FILES} WHERE fa_timestamp < '20230315000000'",
    ),
    "log": ("log_entries: {list: logevents, type: delete, user: Admin}", f"{LOG} WHERE log_type = 'delete'"),
    "log-of-title": (
        "log_entries: {list: logevents, title: Bulk/001,"
        " where: [{log_type: [delete/delete, move/move]}, {comment: {contains: Gone}}]}",
        f"{LOG} WHERE log_title = 'Bulk/001' AND log_type = 'delete'",
    ),
    "log-by-when": (
        "log_entries: {list: logevents, where: [{made: {newer_than: 1 hour, by: Admin}}, {namespace: Draft}]}",
        f"{LOG} WHERE log_namespace = 118",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", SOURCES)
def test_what_a_source_finds_is_what_the_tables_hold(archived: Desk, wiki: MediaWiki, name: str) -> None:
    source, query = SOURCES[name]
    found, expected = keys(archived, source), texts(wiki, query)
    assert sorted(found) == sorted(expected)
    assert expected, "the query must find something"
    assert len(set(found)) == len(found)


def test_ids_and_files_of_them(archived: Desk, wiki: MediaWiki) -> None:
    (one, two), (entry,) = (
        [row[0] for row in wiki.rows("SELECT ar_rev_id FROM archive WHERE ar_title = 'Idea_04' ORDER BY 1 LIMIT 2")],
        [row[0] for row in wiki.rows("SELECT log_id FROM logging WHERE log_title = 'Bulk/001' AND log_type = 'delete'")],
    )
    archived.write(f"{one}\n{two}\n", "revisions.txt")
    archived.write(f'{{"id": {entry}}}\n', "log.jsonl")
    by_id = keys(archived, f"deleted_revisions: {{revids: [{one}, {two}]}}")
    assert by_id == keys(archived, "deleted_revisions: {file: {path: revisions.txt, kind: revids}}")
    assert len(by_id) == 2
    assert keys(archived, f"log_entries: {{logids: {entry}}}") == [f"logging:{entry}"]
    assert keys(archived, "log_entries: {file: {path: log.jsonl, format: jsonl, column: id}}") == [f"logging:{entry}"]


def test_what_is_not_there_is_told(archived: Desk) -> None:
    steps = """
- id: pages
  deleted_pages: {titles: [Never written, Bulk/001, Bulk/002, Main Page, "Bad[title"]}
  undelete: {}
- id: revisions
  deleted_revisions: {titles: [Never written, Main Page]}
  revisiondelete: {hide: [comment]}
- id: ids
  deleted_revisions: {revids: [99999]}
  revisiondelete: {hide: [comment]}
- id: versions
  file_versions: {titles: [Main Page, "File:No such.png"]}
  delete: {}
- id: files
  deleted_files: {titles: ["File:Red square.png"]}
  undelete: {}
- id: log
  log_entries: {logids: [99999]}
  revisiondelete: {hide: [comment]}
- id: file-page
  deleted_pages: {titles: ["File:Unused.png"]}
  undelete: {}
"""
    found = planned(archived, steps)
    assert blocked(found["pages"]) == {
        "Never written": "missing", "Main Page": "missing", "Bad[title": "invalid", "Bulk/002": "exists",
    }  # fmt: skip
    assert blocked(found["revisions"]) == {"Never written": "missing", "Main Page": "missing"}
    assert [list(blocked(found[step]).values()) for step in ("ids", "versions", "files", "log", "file-page")] == [
        ["missing"], ["missing", "missing"], ["missing"], ["missing"], ["file"],
    ]  # fmt: skip


def test_revisions_of_one_second_go_together_or_not_at_all(desk: Desk, wiki: MediaWiki) -> None:
    other = someone(wiki)
    other.edit("Twice", "one")
    other.edit("Twice", "two")
    other.edit("Twice", "three")
    one, two, three = [row[0] for row in wiki.rows(
        "SELECT rev_id FROM revision JOIN page ON page_id = rev_page WHERE page_title = 'Twice' ORDER BY rev_id"
    )]  # fmt: skip
    wiki.maintenance("sql", "--query", f"UPDATE revision SET rev_timestamp = '20250101000000' WHERE rev_id IN ({one}, {two})")
    other.delete("Twice")
    hide = "- id: a\n  deleted_revisions: {%s}\n  revisiondelete: {hide: [comment]}"
    (items,) = planned(desk, hide % f"revids: [{one}, {three}]").values()
    assert [item["blocked"]["code"] for item in items if "blocked" in item] == ["same_second"]
    run = carried_out(desk, hide % f"revids: [{three}, {one}, {two}]")
    assert [item["state"] for item in run["items"]] == ["done", "done"]
    assert [row[0] for row in wiki.rows("SELECT ar_deleted FROM archive WHERE ar_title = 'Twice'")] == [2, 2, 2]
    # The log names a time once, whatever it stands for.
    assert len(wiki.rows("SELECT 1 FROM logging WHERE log_action = 'revision' AND log_title = 'Twice'")) == 1


HIDES: dict[str, tuple[str, str]] = {
    "archive": (
        "deleted_revisions: {titles: ['Draft:Idea 04']}", "SELECT ar_deleted FROM archive WHERE ar_title = 'Idea_04'"
    ),
    "oldimage": (
        "file_versions: {titles: ['File:Red square.png']}", "SELECT oi_deleted FROM oldimage WHERE oi_name GLOB 'Red*'",
    ),
    "filearchive": ("deleted_files: {titles: ['File:Unused.png']}", "SELECT fa_deleted FROM filearchive"),
    "logging": (
        "log_entries: {list: logevents, type: delete, title: Bulk/001}",
        "SELECT log_deleted FROM logging WHERE log_title = 'Bulk/001' AND log_action = 'delete'",
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", HIDES)
def test_hiding_by_every_type(archived: Desk, wiki: MediaWiki, kind: str) -> None:
    source, query = HIDES[kind]

    def bits() -> set[Any]:
        return {row[0] for row in wiki.rows(query)}

    steps = f"- id: a\n  {source}\n  revisiondelete: {{%s, reason: Private}}"
    assert bits() == {0}
    run = carried_out(archived, steps % "hide: [comment, user]")
    assert {item["state"] for item in run["items"]} == {"done"}
    assert bits() == {6}
    again = carried_out(archived, steps % "hide: [user]")
    assert {(item["state"], item["code"]) for item in again["items"]} == {("unchanged", "revdelete-no-change")}
    assert {item["state"] for item in carried_out(archived, steps % "show: [user], hide: [content]")["items"]} == {"done"}
    assert bits() == {3}
    marks = texts(wiki, "SELECT comment_text FROM logging JOIN comment ON comment_id = log_comment_id"
                        " WHERE log_action IN ('revision', 'event') ORDER BY log_id")  # fmt: skip
    assert marks[0] == f"Private (wikimop {run['run']})"


def test_what_a_hidden_log_entry_is_about_is_nowhere(archived: Desk) -> None:
    run = carried_out(
        archived, "- id: a\n  log_entries: {list: logevents, title: Bulk/001}\n  revisiondelete: {hide: [content], reason: x}"
    )
    assert run["counts"]["done"] == 1
    kept = b"".join(path.read_bytes() for path in (archived.folder / ".wikimop").rglob("*") if path.is_file())
    assert b"Bulk/001" not in kept


def test_old_versions_are_deleted_and_restored(desk: Desk, wiki: MediaWiki) -> None:
    desk.use(wiki.api, "admin")
    run = carried_out(
        desk, "- id: a\n  file_versions: {titles: ['File:Red square.png', Main Page]}\n  delete: {reason: Old}", code=1
    )
    assert [item["state"] for item in run["items"]] == ["done", "skipped"]
    (logid,) = [item["logid"] for item in run["items"] if item["logid"]]
    assert wiki.rows("SELECT log_title FROM logging WHERE log_id = ?", logid)[0][0] == "Red_square.png"
    assert wiki.rows("SELECT 1 FROM oldimage WHERE oi_name = 'Red_square.png'") == []
    assert len(wiki.rows("SELECT 1 FROM page WHERE page_title IN ('Red_square.png', 'Main_Page')")) == 2
    back = "- id: a\n  deleted_files: {titles: ['File:Red square.png']}\n  undelete: {%s}"
    assert list(blocked(planned(desk, back % "")["a"]).values()) == ["exists"]
    assert carried_out(desk, back % "existing: true")["counts"]["done"] == 1
    assert len(wiki.rows("SELECT 1 FROM oldimage WHERE oi_name = 'Red_square.png'")) == 1


def test_undeleting_pages_revisions_and_files(archived: Desk, wiki: MediaWiki) -> None:
    ids = [row[0] for row in wiki.rows("SELECT ar_rev_id FROM archive WHERE ar_title = 'Idea_04' ORDER BY 1")]
    run = carried_out(
        archived,
        f"""
- id: pages
  deleted_pages: {{titles: [Bulk/001, Article 01]}}
  undelete: {{reason: Back}}
- id: revisions
  deleted_revisions: {{revids: {ids[:3]}}}
  undelete: {{reason: In part}}
- id: file
  deleted_pages: {{titles: ["File:Unused.png"]}}
  undelete: {{files: true}}
""",
    )
    assert [step["counts"]["done"] for step in run["steps"]] == [2, 3, 1]
    assert [row[0] for row in wiki.rows("SELECT ar_rev_id FROM archive WHERE ar_title = 'Idea_04' ORDER BY 1")] == ids[3:]
    live = "SELECT rev_id FROM revision JOIN page ON page_id = rev_page WHERE page_title = 'Idea_04' AND page_namespace = 118"
    assert sorted(row[0] for row in wiki.rows(live)) == ids[:3]
    assert wiki.rows("SELECT count(*) FROM archive WHERE ar_title IN ('Bulk/001', 'Article_01', 'Unused.png')") == [(0,)]
    assert wiki.rows("SELECT count(*) FROM filearchive") == [(0,)]
    restored = (
        "SELECT log_title, comment_text FROM logging JOIN comment ON comment_id = log_comment_id WHERE log_action = 'restore'"
    )
    entries = wiki.rows(f"{restored} ORDER BY log_id")
    assert [str(title) for title, _ in entries] == ["Bulk/001", "Article_01", "Idea_04", "Unused.png"]
    assert str(entries[0][1]) == f"Back (wikimop {run['run']})"


def test_undeleting_drifts(archived: Desk, wiki: MediaWiki) -> None:
    plan = archived.folder / "plan.jsonl"
    steps = """
- id: pages
  deleted_pages: {titles: [Bulk/001, Article 01]}
  undelete: {}
- id: revisions
  deleted_revisions: {titles: ["Draft:Idea 04"], limit: 1}
  undelete: {}
"""
    archived.wikimop("plan", archived.playbook(steps), "--out", plan, code=0)
    other = someone(wiki)
    other.edit("Bulk/001", "Somebody was quicker.")
    other.undelete("Article 01")
    other.undelete("Draft:Idea 04")
    result = archived.wikimop("apply", plan, "--yes", "--format", "json", code=1).json
    codes = {item["title"]: item["code"] for item in archived.items(result["run"])}
    assert codes == {"Bulk/001": "drift:exists", "Article 01": "drift:gone", "Draft:Idea 04": "drift:gone"}
    assert wiki.rows("SELECT count(*) FROM archive WHERE ar_title = 'Bulk/001'") == [(1,)]


def test_deleted_pages_of_an_earlier_stage(desk: Desk, wiki: MediaWiki) -> None:
    steps = """
- id: away
  pages: {titles: [Bulk/003, Bulk/004]}
  delete: {}
- id: back
  fresh: true
  deleted_pages: {step: away, outcome: done}
  undelete: {}
"""
    done = desk.wikimop("run", desk.playbook(steps), "--yes", code=0)
    assert "back: undelete  2 done" in done.out
    assert wiki.rows("SELECT count(*) FROM page WHERE page_title IN ('Bulk/003', 'Bulk/004')") == [(2,)]
    told = desk.wikimop("validate", desk.playbook(steps.replace("  fresh: true\n", "")), code=2)
    assert "fresh: true" in told.out


def test_pages_of_lists(archived: Desk, wiki: MediaWiki) -> None:
    other = someone(wiki)
    other.block("Vandal", reason="x")
    other.edit("User:Vandal", "I was here.")
    found = planned(
        archived,
        """
- {id: edited, pages: {list: usercontribs, user: Vandal}, purge: {}}
- {id: logged, pages: {list: logevents, type: delete}, purge: {}}
- {id: blocked, pages: {list: blocks}, purge: {}}
- {id: users, pages: {list: allusers, prefix: Bob}, purge: {}}
""",
    )
    edited = (
        "SELECT DISTINCT replace(page_title, '_', ' ') FROM revision JOIN actor ON actor_id = rev_actor"
        " JOIN page ON page_id = rev_page WHERE actor_name = 'Vandal'"
    )
    assert sorted(titles(found["edited"])) == sorted(texts(wiki, edited))
    assert sorted(titles(found["logged"])) == sorted([*GONE, "File:Unused.png"])
    assert (titles(found["blocked"]), titles(found["users"])) == (["User:Vandal"], ["User:Bob"])
