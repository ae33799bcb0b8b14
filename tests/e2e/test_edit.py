"""`edit` on the real wiki, judged by its own tables."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest

from tests.desk import Desk, someone
from tests.e2e.allowed import allow
from tests.e2e.reading import applied, blocked, carried_out, ends, plan_file, planned, revisions
from tests.e2e.stock import define_tag
from tests.mediawiki import Client, MediaWiki

REVISIONS = (
    "SELECT page_title, rev_id, rev_parent_id, rev_minor_edit, comment_text, actor_name FROM revision"
    " JOIN page ON page_id = rev_page JOIN actor ON actor_id = rev_actor"
    " JOIN revision_comment_temp ON revcomment_rev = rev_id JOIN comment ON comment_id = revcomment_comment_id"
    " WHERE rev_id > ? ORDER BY rev_id"
)


def newest(wiki: MediaWiki) -> int:
    """The newest revision's id."""
    return int(wiki.rows("SELECT max(rev_id) FROM revision")[0][0])


def made_since(wiki: MediaWiki, since: int) -> list[tuple[Any, ...]]:
    """The revisions since then: title, id, parent, minor, summary, user."""
    return wiki.rows(REVISIONS, since)


def test_texts_are_put_before_behind_and_in_place(desk: Desk, wiki: MediaWiki) -> None:
    reader = someone(wiki)
    titles = ["Article 22", "Draft:Idea 01", "Café société", "日本語のページ"]
    before = {title: reader.text(title) for title in titles}
    since = newest(wiki)
    steps = r"""
- id: tidy
  pages: {titles: [Article 22, 'Draft:Idea 01', 'Café société', '日本語のページ']}
  edit:
    prepend: "<!-- ${item.pageid} -->\n"
    replace:
      - {text: "'''", with: "''"}
      - {regex: '\[\[Category:(\w+)(?: \w+)?\]\]', with: '[[Category:\1|${item.name}]]'}
    append: "\n{{Seen|${item.title}|$${x}}}"
    summary: "Tidy ${item.name}"
"""
    items = planned(desk, steps)["tidy"]
    for item in items:
        old, shown = before[item["title"]] or "", item["diff"]
        assert item["old_sha256"] == hashlib.sha256(old.encode()).hexdigest()
        assert shown[0].startswith("@@ -1,")
        assert f"+<!-- {item['pageid']} -->" in shown
        assert f"+{{{{Seen|{item['title']}|${{x}}}}}}" in shown
        assert item["replacements"] == old.count("'''") + old.count("[[Category:")
    run = carried_out(desk, steps)
    assert set(ends(run).values()) == {("done", None)}
    for item, after in zip(items, run["items"], strict=True):
        text = reader.text(item["title"]) or ""
        assert hashlib.sha256(text.encode()).hexdigest() == item["new_sha256"]
        assert len(text.encode()) == item["new_length"]
        assert wiki.rows("SELECT page_latest FROM page WHERE page_id = ?", item["pageid"]) == [(after["newrevid"],)]
    assert reader.text("Article 22") == (
        f"<!-- {items[0]['pageid']} -->\n{{{{Infobox|name=Article 22}}}}\n''Article 22'' comes before [[Article 23]]. See"
        " [[Wanted 0]].\n[[Category:Articles|Article 22]]\nMore about it.\n{{Seen|Article 22|${x}}}"
    )
    rows = made_since(wiki, since)
    assert [(parent, minor, user) for _, _, parent, minor, _, user in rows] == [(item["revid"], 0, "Sysop") for item in items]
    assert rows[0][4] == f"Tidy Article 22 (wikimop {run['run']})"


def test_every_option_acts_on_the_wiki(desk: Desk, wiki: MediaWiki) -> None:
    define_tag(wiki, "cleanup")
    someone(wiki, "robot").post(action="options", change="minordefault=1|watchdefault=1")
    desk.use(wiki.api, "robot")
    since = newest(wiki)
    run = carried_out(desk, """
- {id: plain, pages: {titles: [Bulk/001]}, edit: {append: x}}
- {id: minor, pages: {titles: [Bulk/002]}, edit: {append: x, minor: true, bot: true, tags: [cleanup], watchlist: watch}}
""")  # fmt: skip
    assert run["counts"]["done"] == 2
    rows = made_since(wiki, since)
    assert [(title, minor) for title, _, _, minor, _, _ in rows] == [("Bulk/001", 0), ("Bulk/002", 1)]
    bots = wiki.rows("SELECT rc_title, rc_bot FROM recentchanges WHERE rc_this_oldid > ? ORDER BY rc_id", since)
    assert bots == [("Bulk/001", 0), ("Bulk/002", 1)]
    tagged = "SELECT ct_rev_id FROM change_tag JOIN change_tag_def ON ctd_id = ct_tag_id WHERE ctd_name = 'cleanup'"
    assert wiki.rows(tagged) == [(rows[1][1],)]
    assert wiki.rows("SELECT DISTINCT wl_title FROM watchlist WHERE wl_title GLOB 'Bulk/*'") == [("Bulk/002",)]
    desk.use(wiki.api, "sysop")
    items = planned(desk, "- {id: a, pages: {titles: [Bulk/003]}, edit: {append: x, bot: true}}")
    assert blocked(items["a"]) == {"Bulk/003": "permission"}


def test_where_nothing_changes_nothing_is_sent(desk: Desk, wiki: MediaWiki) -> None:
    since = newest(wiki)
    steps = "- id: a\n  pages: {titles: [Article 01, Article 02]}\n  edit: {replace: [{text: '{{Old}}', with: '{{New}}'}]}"
    items = planned(desk, steps)["a"]
    assert [item.get("unchanged", False) for item in items] == [False, True]
    assert "nothing to change" in desk.wikimop("plan", desk.playbook(steps), code=0).out
    run = carried_out(desk, steps)
    assert ends(run) == {"Article 01": ("done", None), "Article 02": ("unchanged", "no_change")}
    assert [title for title, *_ in made_since(wiki, since)] == ["Article_01"]
    path = plan_file(desk, steps)
    someone(wiki).edit("Article 02", "{{Old}}")
    assert ends(applied(desk, path, code=1))["Article 02"] == ("skipped", "drift:edited")


def test_null_edits_make_no_revision_and_refresh_the_links(desk: Desk, wiki: MediaWiki) -> None:
    other = someone(wiki)
    other.edit("Template:Fresh", "[[Category:Before]]")
    other.edit("Uses it", "{{Fresh}}")
    other.edit("Template:Fresh", "[[Category:After]]")  # the job that would tell the page has not run
    since = newest(wiki)
    run = carried_out(desk, "- {id: a, pages: {titles: [Uses it, Bulk/001]}, edit: {nulledit: true}}")
    assert set(ends(run).values()) == {("done", None)}
    assert made_since(wiki, since) == []
    found = wiki.rows("SELECT cl_to FROM categorylinks JOIN page ON page_id = cl_from WHERE page_title = 'Uses_it'")
    assert found == [("After",)]


def test_a_null_edit_that_would_change_something_is_blocked(desk: Desk, wiki: MediaWiki) -> None:
    """Texts that were imported as they are: saving them would sign them, or take their end away."""
    for title, text in (("Signed", "x ~~~~"), ("Ending", "x\n\n")):
        page = f"<page><title>{title}</title><ns>0</ns><revision><timestamp>2023-01-01T00:00:00Z</timestamp><contributor>"
        page += f"<username>Alice</username></contributor><model>wikitext</model><text xml:space='preserve'>{text}</text>"
        dump = (
            f"<mediawiki xmlns='http://www.mediawiki.org/xml/export-0.11/' version='0.11'>{page}</revision></page></mediawiki>"
        )
        wiki.maintenance("importDump", "--no-updates", input=dump)
    items = planned(desk, "- {id: a, pages: {titles: [Signed, Ending, Bulk/001]}, edit: {nulledit: true}}")["a"]
    assert blocked(items) == {"Signed": "expands", "Ending": "expands"}


def test_what_the_wiki_writes_out_is_told(desk: Desk, wiki: MediaWiki) -> None:
    steps = "- {id: a, pages: {titles: [Bulk/001]}, edit: {append: ' {{subst:Unused}} ~~~~'}}"
    assert planned(desk, steps)["a"][0]["expands"] is True
    assert carried_out(desk, steps)["counts"]["done"] == 1
    assert "Nobody needs this. [[User:Sysop" in (someone(wiki).text("Bulk/001") or "")


def test_pages_are_made_only_when_that_is_said(desk: Desk, wiki: MediaWiki) -> None:
    since = newest(wiki)
    plain = "- {id: a, pages: {titles: [New page, Bulk/001]}, edit: {append: x}}"
    assert blocked(planned(desk, plain)["a"]) == {"New page": "missing"}
    steps = "- {id: a, pages: {titles: [New page, 'Draft:New', Bulk/001]}, edit: {create: true, text: 'On ${item.title}.'}}"
    items = planned(desk, steps)["a"]
    assert [item.get("creates", False) for item in items] == [True, True, False]
    assert items[0]["diff"] == ["@@ -0,0 +1,1 @@", "+On New page."]
    run = carried_out(desk, steps, code=1)
    assert ends(run) == {
        "New page": ("done", None),
        "Draft:New": ("done", None),
        "Bulk/001": ("skipped", "blocked:exists"),
    }
    rows = made_since(wiki, since)
    assert [(title, parent) for title, _, parent, *_ in rows] == [("New_page", 0), ("New", 0)]
    pageids = [row[0] for row in wiki.rows("SELECT page_id FROM page WHERE page_latest > ? ORDER BY page_id", since)]
    assert [item["pageid"] for item in run["items"]][:2] == pageids


def test_a_page_that_somebody_made_meanwhile_is_left_alone(desk: Desk, wiki: MediaWiki) -> None:
    steps = "- {id: a, pages: {titles: [New page, Other page]}, edit: {create: true, text: Ours}}"
    path = plan_file(desk, steps)
    other = someone(wiki)
    other.edit("New page", "Theirs")
    run = applied(desk, path, code=1)
    assert ends(run) == {"New page": ("skipped", "drift:exists"), "Other page": ("done", None)}
    assert other.text("New page") == "Theirs"


def test_what_cannot_be_edited_is_told_in_the_plan(desk: Desk, wiki: MediaWiki) -> None:
    someone(wiki).protect("Nobody makes this", "create=sysop")
    desk.use(wiki.api, "bob")
    items = planned(desk, """
- {id: edit, pages: {titles: [Protected page, Cascaded page, 'MediaWiki:Mainpage', Bulk/001]}, edit: {append: x}}
- {id: make, pages: {titles: [Nobody makes this, Anybody makes this]}, edit: {create: true, text: x}}
- {id: blank, pages: {titles: [Bulk/002]}, edit: {replace: [{regex: '(?s).*', with: ''}]}}
""")  # fmt: skip
    assert {step: blocked(rows) for step, rows in items.items()} == {
        "edit": {"Protected page": "protectedpage", "Cascaded page": "cascadeprotected", "MediaWiki:Mainpage": "missing"},
        "make": {"Nobody makes this": "protectedpage"},
        "blank": {"Bulk/002": "blank"},
    }


def test_drift(desk: Desk, wiki: MediaWiki) -> None:
    path = plan_file(desk, "- id: a\n  pages: {generator: allpages, prefix: Bulk/00}\n  edit: {append: ' More.'}")
    other = someone(wiki)
    other.edit("Bulk/001", "Somebody else's.")
    other.move("Bulk/002", "Elsewhere")
    other.delete("Bulk/003")
    other.protect("Bulk/004", "edit=sysop")  # a new last revision, with the same text
    run = applied(desk, path, code=1)
    assert ends(run) == {
        "Bulk/001": ("skipped", "drift:edited"),
        "Bulk/002": ("skipped", "drift:moved"),
        "Bulk/003": ("skipped", "drift:gone"),
        "Bulk/004": ("skipped", "drift:edited"),
        **{f"Bulk/{number:03}": ("done", None) for number in range(5, 10)},
    }
    assert other.text("Bulk/001") == "Somebody else's."


def test_what_an_earlier_step_edits_cannot_be_planned_twice(desk: Desk, wiki: MediaWiki) -> None:
    steps = """
- {id: one, pages: {titles: [Article 01, Article 02]}, edit: {replace: [{text: '{{Old}}', with: '{{New}}'}]}}
- {id: two, pages: {titles: [Article 01, Article 02]}, edit: {append: '!'}}
- {id: three, pages: {titles: [Article 01]}, edit: {append: '?'}, fresh: true}
"""
    items = planned(desk, steps)
    assert blocked(items["two"]) == {"Article 01": "edited_earlier"}  # the first step leaves Article 02 as it is
    result = desk.wikimop("run", desk.playbook(steps), "--yes", code=1)
    assert "finished" in result.out
    reader = someone(wiki)
    assert "{{New}}" in (text := reader.text("Article 01") or "")
    assert text.endswith("?")
    assert (reader.text("Article 02") or "").endswith("!")


_EXPECTED = "$status->value = EditPage::AS_HOOK_ERROR_EXPECTED; $status->statusData = "
STOPPED = {
    "filter": (f"{_EXPECTED}[ 'code' => 'abusefilter-disallowed', 'info' => 'Hit a filter' ];", "abusefilter-disallowed"),
    "captcha": (f"{_EXPECTED}[ 'captcha' => [ 'type' => 'simple', 'question' => '1+1' ] ];", "captcha"),
    "fatal": ("$status->fatal( 'spam-blacklisted-link', 'x' );", "spam-blacklisted-link"),
}


@pytest.mark.parametrize("way", STOPPED)
def test_what_a_filter_stops_has_failed(desk: Desk, wiki: MediaWiki, way: str) -> None:
    """The first two are answered with HTTP 200 and without any error."""
    php, code = STOPPED[way]
    hook = "$wgHooks['EditFilterMergedContent'][] = function ( $context, $content, $status )"
    wiki.settings(f"{hook} {{ if ( strpos( $content->getText(), 'STOP' ) !== false ) {{ {php} return false; }} }};")
    since = newest(wiki)
    run = carried_out(
        desk,
        "- {id: a, pages: {titles: [Bulk/001, Bulk/002]}, edit: {replace: [{text: 'Page 1', with: STOP}], append: .}}",
        code=1,
    )
    assert ends(run) == {"Bulk/001": ("failed", code), "Bulk/002": ("done", None)}
    assert [title for title, *_ in made_since(wiki, since)] == ["Bulk/002"]


def test_spam_and_size_are_failures_with_their_code(desk: Desk, wiki: MediaWiki) -> None:
    wiki.settings("$wgSpamRegex = [ '/buy-cheap/' ]; $wgMaxArticleSize = 1;")
    run = carried_out(desk, f"""
- {{id: spam, pages: {{titles: [Bulk/001]}}, edit: {{append: ' buy-cheap'}}}}
- {{id: big, pages: {{titles: [Bulk/002]}}, edit: {{append: '{"x" * 1100}'}}}}
""", code=1)  # fmt: skip
    assert ends(run) == {"Bulk/001": ("failed", "spamprotectionmatch"), "Bulk/002": ("failed", "contenttoobig")}


def test_the_interface_and_code_need_the_users_own_word(desk: Desk, wiki: MediaWiki) -> None:
    rights = "foreach ( [ 'editinterface', 'editsitecss', 'editsitejs', 'edituserjs' ] as $right )"
    wiki.settings(f"{rights} {{ $wgGroupPermissions['sysop'][$right] = true; }}")
    other = someone(wiki)
    other.edit("MediaWiki:Mop-test", "A message.")
    other.edit("User:Admin/mop.js", "// code")
    steps = """
- {id: message, pages: {titles: ['MediaWiki:Mop-test']}, edit: {append: '!'}}
- {id: code, pages: {titles: ['User:Admin/mop.js']}, edit: {append: '//'}}
- {id: made, pages: {titles: ['MediaWiki:Mop.css']}, edit: {create: true, text: 'a {}'}}
- {id: plain, pages: {titles: [Bulk/001]}, edit: {append: '!'}}
"""
    wanted = {"suppress: false": (3, 1), "namespaces: [MediaWiki]": (2, 2), "scripts: true": (2, 2)}
    for allowed, (skipped, free) in wanted.items():
        allow(desk, wiki.api, allowed)
        items = [item for rows in planned(desk, steps).values() for item in rows]
        assert [item.get("blocked", {}).get("code") for item in items].count("not_allowed") == skipped
        assert sum("blocked" not in item for item in items) == free
    allow(desk, wiki.api, "namespaces: [MediaWiki], scripts: true")
    path = plan_file(desk, steps)
    allow(desk, wiki.api, "namespaces: [MediaWiki]")  # where it is applied it is not allowed any more
    run = applied(desk, path, code=1)
    assert {item["step"]: item["code"] for item in run["items"]} == {
        "message": None, "code": "blocked:not_allowed", "made": "blocked:not_allowed", "plain": None,
    }  # fmt: skip
    assert other.text("User:Admin/mop.js") == "// code"


def reverted(desk: Desk, wiki: MediaWiki, title: str, revert: object) -> tuple[dict[str, Any], Client]:
    steps = f"- {{id: a, pages: {{titles: ['{title}']}}, edit: {{revert: '{revert}', summary: Back}}}}"
    return planned(desk, steps)["a"][0], someone(wiki)


def test_a_revision_is_taken_back_only_while_its_text_is_the_last(desk: Desk, wiki: MediaWiki) -> None:
    first, second, *_ = ids = revisions(wiki, "Article 02")
    item, reader = reverted(desk, wiki, "Article 02", ids[-1])
    assert (item["reverts"], item["to_revid"], "diff" in item) == (ids[-1], ids[-2], False)
    assert "HAHA" not in str(item)  # what is taken back may have to be hidden next
    assert reverted(desk, wiki, "Article 02", second)[0]["blocked"]["code"] == "not_last"
    assert reverted(desk, wiki, "Article 02", first)[0]["blocked"]["code"] == "not_last"
    assert reverted(desk, wiki, "Bulk/001", revisions(wiki, "Bulk/001")[0])[0]["blocked"]["code"] == "first"
    assert reverted(desk, wiki, "Bulk/001", ids[-1])[0]["blocked"]["code"] == "not_last"
    before = reader.page("Article 02", "revisions", rvprop="content", rvslots="main", rvlimit=2)["revisions"][1]
    run = carried_out(desk, "- {id: a, pages: {titles: [Article 02]}, edit: {revert: '${item.revid}', summary: Back}}")
    assert run["counts"]["done"] == 1
    assert reader.text("Article 02") == before["slots"]["main"]["content"]


def test_a_revision_whose_text_went_on_is_taken_back_all_the_same(desk: Desk, wiki: MediaWiki) -> None:
    """Protecting and moving a page make revisions, too, and change nothing of its text."""
    last, reader = revisions(wiki, "Article 02")[-1], someone(wiki)
    reader.protect("Article 02", "move=sysop")
    reader.move("Article 02", "Article two")
    item, _ = reverted(desk, wiki, "Article two", last)
    assert item["reverts"] == last
    reader.edit("Article two", "Somebody went on.")
    assert reverted(desk, wiki, "Article two", last)[0]["blocked"]["code"] == "not_last"


def test_hidden_texts_are_neither_read_nor_restored(desk: Desk, wiki: MediaWiki) -> None:
    ids = revisions(wiki, "Article 02")
    someone(wiki).post(action="revisiondelete", type="revision", ids=ids[-2], hide="content")
    item, _ = reverted(desk, wiki, "Article 02", ids[-1])
    assert item["blocked"]["code"] == "hidden"


def test_edits_are_taken_back_if_nobody_went_on(desk: Desk, wiki: MediaWiki) -> None:
    reader = someone(wiki)
    titles = ["Article 22", "Article 24", "Article 26", "Article 28", "New page", "Newer page"]
    before = {title: reader.text(title) for title in titles}
    run = carried_out(desk, """
- {id: edits, pages: {titles: [Article 22, Article 24, Article 26, Article 28]}, edit: {append: "\\n!"}}
- {id: made, pages: {titles: [New page, Newer page]}, edit: {create: true, text: x}}
- {id: away, pages: {titles: [Article 26]}, move: {to: Article twenty-six}}
- {id: nulls, pages: {titles: [Article 01]}, edit: {nulledit: true}}
""")  # fmt: skip
    reader.edit("Article 24", "Somebody went on.")
    reader.edit("Newer page", "Somebody went on.")
    plan = desk.wikimop("undo", run["run"], "--format", "json", code=0).json["plan"]
    back = applied(desk, plan, code=1)
    assert {(item["step"], item["title"]): (item["state"], item["code"]) for item in back["items"]} == {
        ("undo-nulls", "Article 01"): ("skipped", "blocked:irreversible"),
        ("undo-away", "Article twenty-six"): ("done", None),
        ("undo-made", "Newer page"): ("skipped", "blocked:changed_since"),
        ("undo-made", "New page"): ("done", None),
        ("undo-edits", "Article 28"): ("done", None),
        ("undo-edits", "Article 26"): ("done", None),  # the title that it has when its turn comes
        ("undo-edits", "Article 24"): ("skipped", "blocked:not_last"),
        ("undo-edits", "Article 22"): ("done", None),
    }
    kept = {"Article 24": "Somebody went on.", "Newer page": "Somebody went on."}
    assert {title: reader.text(title) for title in titles} == {**before, **kept}


def test_what_was_reviewed_is_what_runs(desk: Desk, wiki: MediaWiki) -> None:
    """A plan whose text was altered, and one whose options were, do nothing: the hashes do not agree."""
    steps = "- {id: a, pages: {titles: [Bulk/001]}, edit: {append: ' Reviewed.'}}"
    path = plan_file(desk, steps)
    lines = path.read_text(encoding="utf-8").splitlines()
    forged = lines[0].replace(" Reviewed.", " Forged.")
    assert forged != lines[0]
    total = hashlib.sha256("".join(f"{line}\n" for line in (forged, *lines[1:-1])).encode()).hexdigest()
    path.write_text("\n".join([forged, *lines[1:-1], f'{{"kind":"seal","items":1,"sha256":"{total}"}}', ""]), encoding="utf-8")
    (desk.folder / "elsewhere").mkdir()
    elsewhere = Desk(desk.folder / "elsewhere", wiki.api)
    run = elsewhere.wikimop("apply", path, "--yes", "--format", "json", code=1).json
    assert [(item["state"], item["code"]) for item in elsewhere.items(run["run"])] == [("skipped", "drift:text")]
    assert someone(wiki).text("Bulk/001") == "Page 1 of many.\n[[Category:Bulk]]"
