"""`rollback` on the real wiki, judged by its own tables."""

from __future__ import annotations

from tests.desk import Desk, someone
from tests.e2e.allowed import allow
from tests.e2e.reading import applied, blocked, carried_out, ends, plan_file, planned, revisions, settled
from tests.e2e.stock import define_tag
from tests.e2e.test_undo import undone
from tests.e2e.test_watch import watched
from tests.mediawiki import MediaWiki

PAGES = ("Article 20", "Article 21", "Article 22")


def spoil(wiki: MediaWiki, *titles: str, times: int = 2) -> dict[str, str | None]:
    """Bad edits on top of these pages; their texts before."""
    vandal = someone(wiki, "vandal")
    before = {title: vandal.text(title) for title in titles}
    for title in titles:
        for number in range(times):
            vandal.edit(title, f"Spoilt {number}.")
    return before


def texts(wiki: MediaWiki, *titles: str) -> dict[str, str | None]:
    client = someone(wiki)
    return {title: client.text(title) for title in titles}


def rollback(options: str = "user: Vandal", titles: tuple[str, ...] = PAGES) -> str:
    return f"- id: a\n  pages: {{titles: [{', '.join(titles)}]}}\n  rollback: {{{options}}}"


def last(wiki: MediaWiki, title: str) -> tuple[str, str, int]:
    """The editor, the summary and the bot mark (of the recent change) of a page's last revision, by the tables."""
    rows = wiki.rows(
        "SELECT actor_name, comment_text, rc_bot FROM page JOIN revision ON rev_id = page_latest"
        " JOIN actor ON actor_id = rev_actor JOIN revision_comment_temp ON revcomment_rev = rev_id"
        " JOIN comment ON comment_id = revcomment_comment_id JOIN recentchanges ON rc_this_oldid = rev_id"
        " WHERE page_namespace = 0 AND page_title = ?",
        title.replace(" ", "_"),
    )
    ((name, comment, bot),) = rows
    return str(name), str(comment), int(bot)


def test_the_last_edits_of_one_user_go(desk: Desk, wiki: MediaWiki) -> None:
    before = spoil(wiki, *PAGES)
    targets = {title: revisions(wiki, title)[-3] for title in PAGES}
    steps = rollback("user: vandal, summary: 'Back from $2 to $1'")
    items = planned(desk, steps)["a"]
    assert {item["title"]: (item["editor"], item["to_revid"]) for item in items} == {
        title: ("Vandal", targets[title]) for title in PAGES
    }
    assert "last edited by Vandal" in desk.wikimop("plan", desk.playbook(steps), code=0).out
    run = carried_out(desk, steps)
    assert texts(wiki, *PAGES) == before
    assert {item["newrevid"] for item in run["items"]} == {revisions(wiki, title)[-1] for title in PAGES}
    name, comment, bot = last(wiki, "Article 20")
    assert (name, bot) == ("Sysop", 0)
    assert comment.startswith("Back from Vandal to ")
    assert comment.endswith(f" (wikimop {run['run']})")


def test_marks_and_the_watchlist(desk: Desk, wiki: MediaWiki) -> None:
    spoil(wiki, *PAGES)
    carried_out(desk, rollback("user: Vandal, markbot: true", PAGES[:1]))
    assert last(wiki, "Article 20")[2] == 1
    marked = wiki.rows("SELECT rc_bot FROM recentchanges JOIN actor ON actor_id = rc_actor WHERE rc_title = 'Article_20'"
                       " AND actor_name = 'Vandal' AND rc_comment_id IS NOT NULL ORDER BY rc_id DESC LIMIT 2")  # fmt: skip
    assert marked == [(1,), (1,)]
    assert not {"0:Article_20", "0:Article_21"} & watched(wiki).keys()
    carried_out(desk, rollback("user: Vandal, watchlist: watch", PAGES[1:2]))
    assert {"0:Article_20", "0:Article_21"} & watched(wiki).keys() == {"0:Article_21"}
    wiki.settings("$wgGroupPermissions['sysop']['markbotedits'] = false;")
    items = planned(desk, rollback("user: Vandal, markbot: true", PAGES[2:]))["a"]
    assert items[0]["blocked"] == {"code": "permission", "detail": "your account lacks the right 'markbotedits'"}


def test_the_wiki_takes_tags_and_sets_none(wiki: MediaWiki) -> None:
    """So `rollback` takes none. Where this fails, the wiki has learned it, and so can the action."""
    define_tag(wiki, "cleanup")
    spoil(wiki, "Article 20")
    other = someone(wiki)
    named = {"title": "Article 20", "user": "Vandal", "tags": "cleanup"}
    revid = other._send({"action": "rollback", **named, "token": other.token("rollback")})["rollback"]["revid"]
    tags = "SELECT ctd_name FROM change_tag JOIN change_tag_def ON ctd_id = ct_tag_id WHERE ct_rev_id = ?"
    settled(lambda: wiki.rows(tags, revid) != [])
    assert [str(name) for (name,) in wiki.rows(tags, revid)] == ["mw-rollback"]


def test_what_cannot_be_rolled_back_is_told_in_the_plan(desk: Desk, wiki: MediaWiki) -> None:
    spoil(wiki, "Article 20", "Article 22", "Article 23", "Never before")
    other = someone(wiki)
    other.protect("Article 22", "edit=sysop")  # its null revision is ours
    good = revisions(wiki, "Article 23")[-3]
    other.post(action="revisiondelete", type="revision", ids=good, hide="content")
    other.edit("MediaWiki:Sidebar", "* a")
    spoil(wiki, "Article 24")
    other.post(action="revisiondelete", type="revision", ids=revisions(wiki, "Article 24")[-1], hide="user")
    titles = ("Article 20", "Article 21", "Article 22", "Article 23", "Article 24", "Never before", "Nowhere")
    items = planned(desk, rollback(titles=titles))["a"]
    assert blocked(items) == {
        "Article 21": "other_editor", "Article 22": "other_editor", "Article 23": "notvisiblerev", "Article 24": "hidden",
        "Never before": "onlyauthor", "Nowhere": "missing",
    }  # fmt: skip
    desk.use(wiki.api, "bob")
    (item,) = planned(desk, rollback(titles=("Article 20",)))["a"]
    assert item["blocked"]["detail"] == "your account lacks the right 'rollback'"


def test_the_interface_is_not_written_by_the_way(desk: Desk, wiki: MediaWiki) -> None:
    other = someone(wiki)
    other.edit("MediaWiki:Sidebar", "* a")
    someone(wiki, "sysop").edit("MediaWiki:Sidebar", "* b")
    steps = rollback("user: Sysop", ("MediaWiki:Sidebar",))
    desk.use(wiki.api, "admin")
    assert blocked(planned(desk, steps)["a"]) == {"MediaWiki:Sidebar": "not_allowed"}
    allow(desk, wiki.api, "namespaces: [MediaWiki]", "admin")
    assert carried_out(desk, steps, "wiki: allowing")["counts"]["done"] == 1


def test_drift(desk: Desk, wiki: MediaWiki) -> None:
    titles = (*PAGES, "Article 23", "Article 24")
    spoil(wiki, *titles)
    plan = plan_file(desk, rollback(titles=titles))
    someone(wiki, "vandal").edit("Article 20", "Spoilt once more.")
    other = someone(wiki)
    other.edit("Article 21", "Somebody was quicker.")
    other.move("Article 22", "Article 22 moved")
    other.delete("Article 23")
    good = revisions(wiki, "Article 24")[-3]
    other.post(action="revisiondelete", type="revision", ids=good, hide="user")
    run = applied(desk, plan, code=1)
    assert {title: code for title, (_, code) in ends(run).items()} == {
        "Article 20": "drift:edited", "Article 21": "drift:edited", "Article 22": "drift:moved", "Article 23": "drift:gone",
        "Article 24": "drift:history",
    }  # fmt: skip


def test_a_rollback_is_taken_back(desk: Desk, wiki: MediaWiki) -> None:
    spoil(wiki, *PAGES)
    spoilt = texts(wiki, *PAGES)
    run = carried_out(desk, rollback())
    someone(wiki).edit("Article 22", "Edited since.")
    back = undone(desk, run["run"], code=1)
    assert {title: code for title, (_, code) in ends(back).items()} == {
        "Article 20": None, "Article 21": None, "Article 22": "blocked:not_last",
    }  # fmt: skip
    assert texts(wiki, *PAGES[:2]) == {title: spoilt[title] for title in PAGES[:2]}


def test_what_follows_on_a_page_sees_no_drift(desk: Desk, wiki: MediaWiki) -> None:
    spoil(wiki, *PAGES)
    names = ", ".join(PAGES)
    more = f"- id: b\n  pages: {{titles: [{names}]}}\n  protect: {{protections: [edit=sysop]}}\n"
    run = carried_out(desk, f"{rollback()}\n{more}- id: c\n  pages: {{titles: [{names}]}}\n  delete: {{}}")
    assert [step["counts"]["done"] for step in run["steps"]] == [3, 3, 3]
    spoil(wiki, "Article 23")
    late = "- id: first\n  pages: {titles: [Article 23]}\n  protect: {protections: [edit=sysop]}\n"
    told = carried_out(desk, late + rollback(titles=("Article 23",)), code=1)
    assert [item["code"] for item in told["items"]] == [None, "drift:history"]
