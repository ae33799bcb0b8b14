"""What each action does on a real wiki, judged by the wiki's database."""

from __future__ import annotations

from pathlib import Path

from tests.desk import Desk, deletions, someone
from tests.e2e.reading import blocked, carried_out, ends, hidden_bits, log_comments, planned, revisions, titles
from tests.mediawiki import ACCOUNTS, MediaWiki
from tests.mediawiki.install import png


def test_an_account_with_small_limits_sends_more_requests(desk: Desk, wiki: MediaWiki) -> None:
    wiki.settings("$wgGroupPermissions['sysop']['apihighlimits'] = false;")
    long = revisions(wiki, "History/Long")[:-1]
    before = dict(wiki.rows("SELECT page_title, page_touched FROM page WHERE page_title LIKE 'Bulk/%'"))
    run = carried_out(
        desk,
        """
- id: purge
  pages: {generator: categorymembers, title: Category:Bulk}
  purge: {}
- id: hide
  revisions: {generator: revisions, of: {titles: [Article 01, History/Long]}, except: {generator: revisions, of: {titles:
    [Article 01]}}}
  revisiondelete: {hide: [user, comment]}
- id: articles
  revisions: {list: usercontribs, user: Vandal}
  revisiondelete: {hide: [comment]}
""",
    )
    assert [step["counts"]["done"] for step in run["steps"]] == [200, len(long) + 1, 25]
    log = (desk.folder / f".wikimop/runs/{run['run']}.jsonl").read_text(encoding="utf-8")
    assert log.count('"event":"batch_finished"') == 4 + 2 + 15  # 50 at most, and one page a request where revisions are hidden
    after = dict(wiki.rows("SELECT page_title, page_touched FROM page WHERE page_title LIKE 'Bulk/%'"))
    assert all(after[title] > before[title] for title in before)
    assert set(hidden_bits(wiki, revisions(wiki, "History/Long"))) == {6}
    hides = wiki.rows("SELECT count(*) FROM logging WHERE log_type = 'delete' AND log_action = 'revision'")
    assert hides == [(2 + 15,)]


def test_link_updates_are_seen(desk: Desk, wiki: MediaWiki) -> None:
    other = someone(wiki)
    other.edit("Template:Fresh", "[[Category:Before]]")
    other.edit("Uses it", "{{Fresh}}")
    wiki.run_jobs()
    other.edit("Template:Fresh", "[[Category:After]]")  # the job that would tell the pages has not run
    assert _members(wiki, "Before") == {"Uses it"}
    steps = "- id: refresh\n  pages: {generator: embeddedin, title: Template:Fresh}\n  purge: {%s: true}"
    carried_out(desk, steps % "forcelinkupdate")
    assert (_members(wiki, "Before"), _members(wiki, "After") >= {"Uses it"}) == (set(), True)
    assert carried_out(desk, steps.replace("Fresh", "Infobox") % "forcerecursivelinkupdate")["counts"]["done"] == 60


def _members(wiki: MediaWiki, category: str) -> set[str]:
    rows = wiki.rows("SELECT page_title FROM categorylinks JOIN page ON page_id = cl_from WHERE cl_to = ?", category)
    return {str(title).replace("_", " ") for (title,) in rows if str(title) != "Fresh"}


def test_hiding_showing_and_suppressing(desk: Desk, wiki: MediaWiki) -> None:
    ids = revisions(wiki, "History/Long")[:4]
    hide = "- id: hide\n  revisions: {revids: %s}\n  revisiondelete: {%s}"
    carried_out(desk, hide % (ids, "hide: [content, comment, user]"))
    assert hidden_bits(wiki, ids) == [7] * 4
    carried_out(desk, hide % (ids[1:], "show: [content], hide: [comment]"))
    assert hidden_bits(wiki, ids) == [7, 6, 6, 6]
    suppress = desk.playbook(hide % (ids[2:], "hide: [comment], suppress: yes, reason: Private"))
    assert "--allow-suppress" in desk.wikimop("run", suppress, "--yes", code=2).err
    assert "'suppressrevision'" in desk.wikimop("plan", suppress, "--allow-suppress", code=0).out
    assert hidden_bits(wiki, ids) == [7, 6, 6, 6]
    desk.use(wiki.api, "admin")
    run = desk.wikimop("run", suppress, "--allow-suppress", "--yes", "--format", "json", code=0).json
    assert run["counts"]["done"] == 2
    assert hidden_bits(wiki, ids) == [7, 6, 14, 14]
    entries = wiki.rows("SELECT log_type FROM logging WHERE log_action = 'revision' ORDER BY log_id")
    assert [str(kind) for (kind,) in entries] == ["delete", "delete", "suppress"]
    desk.use(wiki.api, "sysop")
    items = planned(desk, hide % (ids, "show: [comment]"))["hide"]
    assert [item["key"] for item in items if "blocked" in item] == [f"rev:{revid}" for revid in ids[2:]]
    assert {item["blocked"]["code"] for item in items if "blocked" in item} == {"permission"}
    run = carried_out(desk, hide % (ids, "show: [comment]"), code=1)
    assert (run["counts"]["done"], run["counts"]["skipped"]) == (2, 2)
    assert hidden_bits(wiki, ids) == [5, 4, 14, 14]
    desk.use(wiki.api, "admin")
    lift = desk.playbook(hide % (ids[2:], "show: [comment, user], suppress: no"))
    assert desk.wikimop("run", lift, "--yes", "--format", "json", code=0).json["counts"]["done"] == 2
    assert hidden_bits(wiki, ids) == [5, 4, 0, 0]


def test_files_are_deleted_only_when_that_is_said(desk: Desk, wiki: MediaWiki) -> None:
    steps = "- id: file\n  pages: {titles: ['File:Unused.png', 'File talk:Unused.png']}\n  delete: {}"
    someone(wiki).edit("File talk:Unused.png", "A remark.")
    run = carried_out(desk, steps, code=1)
    assert ends(run) == {"File:Unused.png": ("skipped", "blocked:file"), "File talk:Unused.png": ("done", None)}
    assert wiki.rows("SELECT count(*) FROM image WHERE img_name = 'Unused.png'") == [(1,)]
    run = carried_out(desk, steps.replace("delete: {}", "delete: {files: true, reason: Away}"), code=1)
    assert ends(run)["File:Unused.png"] == ("done", None)
    assert wiki.rows("SELECT count(*) FROM image WHERE img_name = 'Unused.png'") == [(0,)]
    assert wiki.rows("SELECT count(*) FROM filearchive WHERE fa_name = 'Unused.png'") == [(2,)]
    (logid,) = [item["logid"] for item in run["items"] if item["state"] == "done"]
    assert wiki.rows("SELECT log_action, log_title FROM logging WHERE log_id = ?", logid) == [("delete", "Unused.png")]


def test_a_wiki_in_another_language(desk: Desk, wiki: MediaWiki, tmp_path: Path) -> None:
    (tmp_path / "images").mkdir()
    (tmp_path / "images/Copy.png").write_bytes(png((200, 0, 0), 16))
    wiki.maintenance("importImages", "--user", "Alice", str(tmp_path / "images"))
    wiki.settings("$wgLanguageCode = 'de'; $wgMetaNamespace = 'Projekt';")
    items = planned(
        desk,
        """
- id: copies
  pages: {generator: duplicatefiles, of: {titles: ['File:Red square.png']}}
  purge: {}
- id: names
  pages: {titles: ['Template:Old', 'Vorlage:Infobox', 'Kategorie:Drafts', 'category:Bulk', 'Datei:Unused.png', 'Projekt:About']}
  purge: {}
- id: members
  pages: {generator: allpages, namespace: Vorlage}
  purge: {}
- id: members-too
  pages: {generator: allpages, namespace: Template}
  purge: {}
- id: categories
  pages: {generator: allcategories, prefix: Empty, limit: 3}
  purge: {}
""",
        "request: {errorlang: de}",
    )
    assert titles(items["copies"]) == ["Datei:Copy.png"]
    assert blocked(items["copies"]) == {}
    assert titles(items["names"]) == [
        "Vorlage:Old", "Vorlage:Infobox", "Kategorie:Drafts", "Kategorie:Bulk", "Datei:Unused.png", "Projekt:About",
    ]  # fmt: skip
    assert titles(items["members"]) == titles(items["members-too"]) != []
    run = carried_out(
        desk,
        "- id: one\n  pages: {titles: ['Template:Unused', 'Bulk/001']}\n  delete: {reason: Weg}\n"
        "- id: two\n  pages: {titles: ['Special:Version']}\n  purge: {}",
        code=1,
    )
    assert run["counts"]["done"] == 2
    assert log_comments(wiki)["Unused"] == f"Weg (wikimop {run['run']})"


def test_a_page_with_a_talk_page_takes_only_itself(desk: Desk, wiki: MediaWiki) -> None:
    run = carried_out(desk, "- id: one\n  pages: {titles: [Article 20]}\n  delete: {reason: Gone}")
    assert run["counts"]["done"] == 1
    assert [title for title, _ in deletions(wiki)] == ["Article_20"]
    assert wiki.rows("SELECT count(*) FROM page WHERE page_title = 'Article_20' AND page_namespace = 1") == [(1,)]
    users = "SELECT actor_name FROM logging JOIN actor ON actor_id = log_actor WHERE log_action = 'delete'"
    assert wiki.rows(users) == [(ACCOUNTS["sysop"].username,)]
