"""`move` on the real wiki, judged by its own tables."""

from __future__ import annotations

import pytest

from tests.desk import Desk, someone
from tests.e2e.allowed import allow
from tests.e2e.reading import applied, blocked, carried_out, ends, plan_file, planned
from tests.e2e.stock import define_tag
from tests.mediawiki import MediaWiki

TITLES = "SELECT page_id, page_namespace || ':' || page_title, page_is_redirect FROM page"
LOG = (
    "SELECT log_action, log_title, comment_text, log_params FROM logging JOIN comment ON comment_id = log_comment_id"
    " WHERE log_type = 'move' ORDER BY log_id"
)


def pages(wiki: MediaWiki) -> dict[str, tuple[int, int]]:
    """Every page by namespace and title: its id, and whether it is a redirect."""
    return {str(title): (int(number), int(redirect)) for number, title, redirect in wiki.rows(TITLES)}


def moves(wiki: MediaWiki) -> list[tuple[str, str, str]]:
    """The wiki's move log: action, old title, comment."""
    return [(str(action), str(title), str(comment)) for action, title, comment, _ in wiki.rows(LOG)]


def test_pages_go_where_the_plan_says(desk: Desk, wiki: MediaWiki) -> None:
    before = pages(wiki)
    steps = """
- id: archive
  pages: {titles: [Article 20, 'Draft:Idea 01', 'User:Alice/sandbox', 'Café société']}
  move: {to: "${item.namespace}:Archive/${item.name}", reason: "Kept: ${item.title}"}
"""
    items = planned(desk, steps)["archive"]
    assert [(item["to"], item["to_ns"], item["reason"]) for item in items] == [
        ("Archive/Article 20", 0, "Kept: Article 20"),
        ("Draft:Archive/Idea 01", 118, "Kept: Draft:Idea 01"),
        ("User:Archive/Alice/sandbox", 2, "Kept: User:Alice/sandbox"),
        ("Archive/Café société", 0, "Kept: Café société"),
    ]
    run = carried_out(desk, steps)
    assert set(ends(run).values()) == {("done", None)}
    after = pages(wiki)
    for old, new in (("0:Article_20", "0:Archive/Article_20"), ("118:Idea_01", "118:Archive/Idea_01")):
        assert after[new] == before[old]
        assert after[old][1] == 1  # the redirect that was left
        assert after[old][0] not in [number for number, _ in before.values()]
    assert moves(wiki)[0] == ("move", "Article_20", f"Kept: Article 20 (wikimop {run['run']})")
    text = desk.wikimop("plan", desk.playbook(steps.replace("Article 20", "Article 30")), code=0).out
    assert "Article 30 → Archive/Article 30" in text


def test_talk_pages_and_subpages_are_items_of_their_own(desk: Desk, wiki: MediaWiki) -> None:
    run = carried_out(desk, """
- id: all
  pages: {titles: ['Draft:Idea 01'], related: [talk, subpages]}
  move: {to: "${item.namespace}:Old/${item.name}", noredirect: true}
""")  # fmt: skip
    assert {item["title"]: item["to"] for item in run["items"]} == {
        "Draft:Idea 01": "Draft:Old/Idea 01",
        "Draft talk:Idea 01": "Draft talk:Old/Idea 01",
        "Draft:Idea 01/Notes": "Draft:Old/Idea 01/Notes",
    }
    there = pages(wiki)
    assert {"118:Old/Idea_01", "119:Old/Idea_01", "118:Old/Idea_01/Notes"} <= there.keys()
    assert not {"118:Idea_01", "119:Idea_01", "118:Idea_01/Notes"} & there.keys()
    assert len(moves(wiki)) == 3


def test_every_option_acts_on_the_wiki(desk: Desk, wiki: MediaWiki) -> None:
    define_tag(wiki, "moved")
    watched = "SELECT DISTINCT wl_title FROM watchlist WHERE wl_title GLOB 'W/*'"
    run = carried_out(desk, """
- id: tagged
  pages: {titles: [Article 20]}
  move: {to: "W/${item.name}", tags: [moved], watchlist: watch}
- id: quiet
  pages: {titles: [Article 21]}
  move: {to: "W/${item.name}", watchlist: nochange, noredirect: true}
""")  # fmt: skip
    assert {item["state"] for item in run["items"]} == {"done"}
    assert wiki.rows(watched) == [("W/Article_20",)]
    tagged = wiki.rows("SELECT log_title FROM logging JOIN change_tag ON ct_log_id = log_id WHERE log_type = 'move'")
    assert tagged == [("Article_20",)]
    assert ("0:Article_20" in pages(wiki), "0:Article_21" in pages(wiki)) == (True, False)


def test_files_move_with_their_versions_only_when_that_is_said(desk: Desk, wiki: MediaWiki) -> None:
    steps = "- id: file\n  pages: {titles: ['File:Unused.png']}\n  move: {to: 'File:Used.png'}"
    assert blocked(planned(desk, steps)["file"]) == {"File:Unused.png": "file"}
    assert carried_out(desk, steps, code=1)["counts"]["skipped"] == 1
    assert wiki.rows("SELECT count(*) FROM image WHERE img_name = 'Used.png'") == [(0,)]
    run = carried_out(desk, steps.replace("'}", "', files: true}"))
    assert run["counts"]["done"] == 1
    assert wiki.rows("SELECT img_name FROM image WHERE img_name GLOB 'U*.png'") == [("Used.png",)]
    assert wiki.rows("SELECT count(*) FROM oldimage WHERE oi_name = 'Used.png'") == [(1,)]
    kinds = "- id: file\n  pages: {titles: ['File:Used.png']}\n  move: {to: 'File:Used.jpg', files: true}"
    assert ends(carried_out(desk, kinds, code=1)) == {"File:Used.png": ("failed", "filetypemismatch")}


def test_what_stands_in_the_way_is_told_in_the_plan(desk: Desk, wiki: MediaWiki) -> None:
    someone(wiki).protect("Nobody makes this", "create=sysop")
    codes = {
        "Article 21": "target_exists",
        "Old name 02": "target_exists",
        "Article 20": "same_title",
        "Special:Version": "invalid_target",
        "A#b": "invalid_target",
        "A[b": "invalid_target",
        "wikipedia:X": "invalid_target",
        "File:X.png": "file_namespace",
        "MediaWiki:Common.css": "not_allowed",
        "User:Bob/common.js": "not_allowed",
    }
    listed = "\n".join(
        f"- {{id: a{number}, pages: {{titles: [Article 20]}}, move: {{to: '{title}'}}}}" for number, title in enumerate(codes)
    )
    items = planned(desk, listed)
    assert {title: items[f"a{number}"][0]["blocked"]["code"] for number, title in enumerate(codes)} == codes
    desk.use(wiki.api, "bob")
    items = planned(desk, """
- {id: target, pages: {titles: [Article 20]}, move: {to: Nobody makes this}}
- {id: source, pages: {titles: [Protected page, Cascaded page]}, move: {to: "X/${item.title}"}}
- {id: quiet, pages: {titles: [Article 20]}, move: {to: B, noredirect: true}}
""")  # fmt: skip
    assert {step: blocked(rows) for step, rows in items.items()} == {
        "target": {"Article 20": "protectedpage"},
        "source": {"Protected page": "protectedpage", "Cascaded page": "cascadeprotected"},
        "quiet": {"Article 20": "permission"},
    }
    assert moves(wiki) == []


def test_two_pages_of_a_plan_never_get_one_title(desk: Desk, wiki: MediaWiki) -> None:
    steps = """
- {id: one, pages: {titles: [Article 20, Article 21]}, move: {to: Taken}}
- {id: two, pages: {titles: [Article 22]}, move: {to: "taken "}}
"""
    run = carried_out(desk, steps, code=1)
    assert ends(run) == {
        "Article 20": ("done", None),
        "Article 21": ("skipped", "blocked:same_target"),
        "Article 22": ("skipped", "blocked:same_target"),
    }
    assert len(moves(wiki)) == 1


def test_a_redirect_to_the_page_makes_way_and_no_other(desk: Desk, wiki: MediaWiki) -> None:
    """`Old name 02` leads to Article 02; nothing else may be overwritten."""
    before = pages(wiki)
    steps = """
- id: back
  pages: {titles: [Article 02, Article 04]}
  move: {to: "Old name ${item.revid}"}
"""
    ids = {title: wiki.rows("SELECT page_latest FROM page WHERE page_title = ?", title)[0][0] for title in ("Article_02",)}
    steps = steps.replace("${item.revid}", "02")
    items = planned(desk, steps)["back"]
    assert (items[0]["over"], items[1]["blocked"]["code"]) == (before["0:Old_name_02"][0], "target_exists")
    text = desk.wikimop("plan", desk.playbook(steps), code=0).out
    assert f"over the redirect, page {before['0:Old_name_02'][0]}" in text
    run = carried_out(desk, steps, code=1)
    assert ends(run)["Article 02"] == ("done", None)
    assert pages(wiki)["0:Old_name_02"] == before["0:Article_02"]
    assert [action for action, _, _ in moves(wiki)] == ["move_redir"]
    assert ids["Article_02"]


def test_drift(desk: Desk, wiki: MediaWiki) -> None:
    titles = [f"Bulk/{number:03}" for number in range(1, 8)]
    path = plan_file(desk, f"- id: a\n  pages: {{titles: [{', '.join(titles)}]}}\n  move: {{to: 'New/${{item.name}}'}}")
    other = someone(wiki)
    other.edit("Bulk/001", "Edited meanwhile.")
    other.move("Bulk/002", "Elsewhere")
    other.delete("Bulk/003")
    other.edit("New/Bulk/004", "Taken.")
    other.edit("New/Bulk/005", "#REDIRECT [[Bulk/005]]")
    other.protect("New/Bulk/006", "create=sysop")  # which this account may make all the same
    run = applied(desk, path, code=1)
    assert ends(run) == {
        "Bulk/001": ("skipped", "drift:edited"),
        "Bulk/002": ("skipped", "drift:moved"),
        "Bulk/003": ("skipped", "drift:gone"),
        "Bulk/004": ("skipped", "drift:target"),
        "Bulk/005": ("skipped", "drift:target"),
        "Bulk/006": ("done", None),
        "Bulk/007": ("done", None),
    }
    assert all(item["detail"] for item in run["items"] if item["state"] == "skipped")
    assert len(moves(wiki)) == 3  # one of them somebody else's


def test_later_steps_know_where_a_page_went(desk: Desk, wiki: MediaWiki) -> None:
    """Its new title and its new last revision are no drift: the run made them itself."""
    run = carried_out(desk, """
- {id: away, pages: {titles: [Bulk/001, Bulk/002, Bulk/003]}, move: {to: "Away/${item.title}"}}
- {id: edit, pages: {titles: [Bulk/001]}, edit: {append: "\\nMoved."}}
- {id: gone, pages: {titles: [Bulk/002]}, delete: {}}
- {id: further, pages: {titles: [Bulk/003]}, move: {to: "Further/${item.title}"}}
- {id: purge, pages: {titles: [Bulk/001]}, purge: {}}
""")  # fmt: skip
    assert {item["state"] for item in run["items"]} == {"done"}
    assert someone(wiki).text("Away/Bulk/001") == "Page 1 of many.\n[[Category:Bulk]]\nMoved."
    there = pages(wiki)
    assert ("0:Away/Bulk/002" in there, "0:Further/Bulk/003" in there) == (False, True)
    assert there["0:Bulk/003"][1] == there["0:Away/Bulk/003"][1] == 1


def test_somebody_elses_edit_after_our_move_is_drift(desk: Desk, wiki: MediaWiki) -> None:
    wiki.settings(_EDITS_AFTER_A_MOVE)
    run = carried_out(desk, """
- {id: away, pages: {titles: [Bulk/001]}, move: {to: "Away"}}
- {id: gone, pages: {titles: [Bulk/001]}, delete: {}}
""", code=1)  # fmt: skip
    assert [(item["step"], item["state"], item["code"]) for item in run["items"]] == [
        ("away", "done", None),
        ("gone", "skipped", "drift:edited"),
    ]
    assert "0:Away" in pages(wiki)


# Somebody who is quick: before the answer to the move has even left the wiki.
_EDITS_AFTER_A_MOVE = """
$wgHooks['PageMoveCompleting'][] = function ( $old, $new, $user, $pageid ) {
	$page = MediaWiki\\MediaWikiServices::getInstance()->getWikiPageFactory()->newFromID( $pageid );
	$page->loadPageData( WikiPage::READ_LATEST );
	$page->newPageUpdater( User::newFromName( 'Alice' ) )
		->setContent( 'main', new WikitextContent( 'Mine now.' ) )
		->saveRevision( CommentStoreComment::newUnsavedComment( 'quick' ) );
};
"""


def test_the_interface_and_code_need_the_users_own_word(desk: Desk, wiki: MediaWiki) -> None:
    wiki.settings("foreach ( [ 'editinterface', 'edituserjs' ] as $right ) { $wgGroupPermissions['sysop'][$right] = true; }")
    other = someone(wiki)
    other.edit("MediaWiki:Mop-test", "A message.")
    other.edit("User:Admin/mop.js", "// code")
    steps = """
- {id: from-interface, pages: {titles: ['MediaWiki:Mop-test']}, move: {to: "Project:Mop test"}}
- {id: to-interface, pages: {titles: [Article 20]}, move: {to: "MediaWiki:Mop-other"}}
- {id: code, pages: {titles: ['User:Admin/mop.js']}, move: {to: "User:Admin/other.js"}}
"""
    items = planned(desk, steps)
    assert [rows[0]["blocked"]["code"] for rows in items.values()] == ["not_allowed"] * 3
    allow(desk, wiki.api, "namespaces: [MediaWiki], scripts: true")
    path = plan_file(desk, steps, wiki="allowing")
    # The plan was made where it was allowed; where it is applied it is not.
    for allowed, states in (("suppress: false", ["skipped"] * 3), ("namespaces: [8], scripts: true", ["done"] * 3)):
        allow(desk, wiki.api, allowed)
        plan = (
            desk.wikimop("plan", desk.playbook(steps), "--format", "json", code=0).json["plan"] if states[0] == "done" else path
        )
        run = applied(desk, plan, code=0 if states[0] == "done" else 1)
        assert [item["state"] for item in run["items"]] == states


def test_never_touch_holds_for_targets_too(desk: Desk, wiki: MediaWiki) -> None:
    steps = "- {id: a, pages: {titles: [Article 20]}, move: {to: 'Draft:${item.title}'}}"
    for guard in ("namespaces: [Draft]", "titles: ['Draft:Article 20']"):
        book = desk.playbook(steps, f"never_touch: {{{guard}}}")
        result = desk.wikimop("run", book, "--yes", code=3)
        assert "never_touch" in result.err
    assert moves(wiki) == []


def test_a_title_that_looks_like_a_text_is_never_rendered(desk: Desk, wiki: MediaWiki) -> None:
    someone(wiki).edit("Tricky $(item.title) \\1", "x")
    run = carried_out(desk, """
- {id: a, pages: {generator: allpages, prefix: Tricky}, move: {to: "$${item.title} ${item.title}"}}
""", code=1)  # fmt: skip
    assert ends(run) == {"Tricky $(item.title) \\1": ("skipped", "blocked:invalid_target")}  # braces are in no title
    run = carried_out(desk, "- {id: a, pages: {generator: allpages, prefix: Tricky}, move: {to: 'X ${item.title}'}}")
    assert "0:X_Tricky_$(item.title)_\\1" in pages(wiki)


def test_a_summary_that_is_too_long_for_one_page_blocks_it(desk: Desk) -> None:
    reason = "x" * 440
    move = f"{{to: 'X/${{item.pageid}}', reason: '{reason} ${{item.title}}'}}"
    steps = f"- {{id: a, pages: {{titles: [Article 20, '{_LONG}']}}, move: {move}}}"
    assert blocked(planned(desk, steps)["a"]) == {_LONG: "too_long"}


_LONG = "L" + "o" * 252 + "ng"


@pytest.mark.parametrize("edit", [False, True], ids=["as-it-was", "edited-since"])
def test_moving_back(desk: Desk, wiki: MediaWiki, *, edit: bool) -> None:
    before = pages(wiki)
    run = carried_out(desk, """
- {id: away, pages: {titles: [Article 20, 'Draft:Idea 01']}, move: {to: "Away/${item.name}"}}
- {id: over, pages: {titles: [Article 02]}, move: {to: "Old name 02"}}
""")  # fmt: skip
    if edit:
        someone(wiki).edit("Away/Article 20", "Newer.")
        someone(wiki).edit("Article 02", "No redirect any more.")
    plan = desk.wikimop("undo", run["run"], "--format", "json", code=0).json["plan"]
    back = applied(desk, plan, code=1 if edit else 0)
    states = {item["to"]: (item["state"], item["code"]) for item in back["items"]}
    if edit:
        assert states == {
            "Article 20": ("skipped", "blocked:changed_since"),
            "Draft:Idea 01": ("done", None),
            "Article 02": ("skipped", "blocked:target_exists"),
        }
        return
    assert set(states.values()) == {("done", None)}
    after = pages(wiki)
    # A redirect that had to make way is there again, as another page.
    assert {title: page for title, page in after.items() if title != "0:Old_name_02"} == {
        title: page for title, page in before.items() if title != "0:Old_name_02"
    }
    assert after["0:Old_name_02"][1] == 1
