"""`protect` on the real wiki, judged by its own tables."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

from tests.desk import Desk, someone
from tests.e2e.reading import applied, blocked, carried_out, ends, plan_file, planned, settled
from tests.e2e.stock import define_tag
from tests.e2e.test_undo import undone
from tests.mediawiki import MediaWiki

Row = tuple[str, str, int, str]


def protections(wiki: MediaWiki, title: str) -> list[Row]:
    """Kind, level, cascading and end of a page's protection, by the tables."""
    rows = wiki.rows(
        "SELECT pr_type, pr_level, pr_cascade, pr_expiry FROM page_restrictions JOIN page ON page_id = pr_page"
        " WHERE page_title = ? ORDER BY pr_type",
        title.replace(" ", "_"),
    )
    return [(str(kind), str(level), int(cascade), str(until)) for kind, level, cascade, until in rows]


def titles_protected(wiki: MediaWiki) -> list[tuple[str, str, str]]:
    """Titles that nobody may make: title, level, end."""
    rows = wiki.rows("SELECT pt_title, pt_create_perm, pt_expiry FROM protected_titles ORDER BY pt_title")
    return [(str(title), str(level), str(until)) for title, level, until in rows]


def log(wiki: MediaWiki) -> list[tuple[str, str, str]]:
    """The protection log since the seeding: action, title, comment."""
    rows = wiki.rows(
        "SELECT log_action, log_title, comment_text FROM logging JOIN comment ON comment_id = log_comment_id"
        " WHERE log_type = 'protect' AND comment_text <> 'important' ORDER BY log_id"
    )
    return [(str(action), str(title), str(comment)) for action, title, comment in rows]


def protect(options: str, titles: str = "[Article 20]") -> str:
    return f"- id: a\n  pages: {{titles: {titles}}}\n  protect: {{{options}}}"


def test_kinds_levels_and_ends(desk: Desk, wiki: MediaWiki) -> None:
    steps = protect("protections: [edit=sysop, move=autoconfirmed], expiry: {edit: 2030-01-31T00:00:00Z}, reason: Often spoilt")
    run = carried_out(desk, steps)
    assert [(item["state"], item["code"], bool(item["newrevid"])) for item in run["items"]] == [("done", None, True)]
    assert protections(wiki, "Article 20") == [
        ("edit", "sysop", 0, "20300131000000"), ("move", "autoconfirmed", 0, "infinity"),
    ]  # fmt: skip
    assert log(wiki) == [("protect", "Article_20", f"Often spoilt (wikimop {run['run']})")]
    again = carried_out(desk, steps)
    assert ends(again) == {"Article 20": ("unchanged", "no_change")}
    assert len(log(wiki)) == 1
    soon = carried_out(desk, protect("protections: [edit=autoconfirmed], expiry: 2 weeks"))
    assert soon["counts"]["done"] == 1
    (edit, move) = protections(wiki, "Article 20")
    assert (edit[:3], move) == (("edit", "autoconfirmed", 0), ("move", "autoconfirmed", 0, "infinity"))
    left = datetime.strptime(edit[3], "%Y%m%d%H%M%S").replace(tzinfo=UTC) - datetime.now(UTC)
    assert timedelta(days=13, hours=23) < left < timedelta(days=14, minutes=1)


def test_kinds_that_are_not_named_are_kept_or_lifted(desk: Desk, wiki: MediaWiki) -> None:
    """Protected page: both by sysops; Cascade page: the same, cascading."""
    assert protections(wiki, "Protected page") == [("edit", "sysop", 0, "infinity"), ("move", "sysop", 0, "infinity")]
    text = desk.wikimop("plan", desk.playbook(protect("protections: [move=all]", "[Cascade page]")), code=0).out
    assert "edit=sysop cascading, move=sysop" in text
    carried_out(desk, protect("protections: [move=all]", "[Cascade page, Protected page]"))
    assert protections(wiki, "Protected page") == [("edit", "sysop", 0, "infinity")]
    assert protections(wiki, "Cascade page") == [("edit", "sysop", 1, "infinity")]
    carried_out(desk, protect("protections: [move=sysop], others: lift", "[Cascade page, Protected page]"))
    for title in ("Protected page", "Cascade page"):
        assert protections(wiki, title) == [("move", "sysop", 0, "infinity")]
    carried_out(desk, protect("protections: [move=all]", "[Protected page]"))
    assert protections(wiki, "Protected page") == []
    assert log(wiki)[-1][:2] == ("unprotect", "Protected_page")


def test_cascading(desk: Desk, wiki: MediaWiki) -> None:
    assert carried_out(desk, protect("protections: [edit=sysop], cascade: true"))["counts"]["done"] == 1
    assert protections(wiki, "Article 20") == [("edit", "sysop", 1, "infinity")]
    assert ends(carried_out(desk, protect("protections: [edit=sysop]")))["Article 20"] == ("unchanged", "no_change")
    assert carried_out(desk, protect("protections: [edit=sysop], cascade: false"))["counts"]["done"] == 1
    assert protections(wiki, "Article 20") == [("edit", "sysop", 0, "infinity")]
    wrong = planned(desk, protect("protections: [edit=autoconfirmed], cascade: true"))["a"]
    assert blocked(wrong) == {"Article 20": "cascade"}
    bare = planned(desk, protect("protections: [move=sysop], cascade: true", "[Article 21]"))["a"]
    assert blocked(bare) == {"Article 21": "cascade"}


def test_titles_without_a_page(desk: Desk, wiki: MediaWiki) -> None:
    steps = protect("protections: [create=sysop], expiry: 2030-01-31T00:00:00Z, reason: Spam", "[Never made, 'Draft:Nor this']")
    run = carried_out(desk, steps)
    assert ends(run) == {"Never made": ("done", None), "Draft:Nor this": ("done", None)}
    assert titles_protected(wiki) == [("Never_made", "sysop", "20300131000000"), ("Nor_this", "sysop", "20300131000000")]
    assert {comment for _, _, comment in log(wiki)} == {f"Spam (wikimop {run['run']})"}
    assert ends(carried_out(desk, steps))["Never made"] == ("unchanged", "no_change")
    assert ends(undone(desk, run["run"])) == {"Never made": ("done", None), "Draft:Nor this": ("done", None)}
    assert titles_protected(wiki) == []
    found = planned(desk, protect("protections: [create=sysop]", "[Article 20]") + "\n"
                          + protect("protections: [edit=sysop]", "[Never made]").replace("id: a", "id: b"))  # fmt: skip
    assert (blocked(found["a"]), blocked(found["b"])) == ({"Article 20": "exists"}, {"Never made": "missing"})


def test_what_cannot_be_set_is_told_in_the_plan(desk: Desk, wiki: MediaWiki) -> None:
    wrong = {
        "edti=sysop": "kind", "edit=nobody": "level", "upload=sysop": "kind", "edit=sysop": "past",
    }  # fmt: skip
    for number, (protection, code) in enumerate(wrong.items()):
        until = ", expiry: 2020-01-31T00:00:00Z" if code == "past" else ""
        items = planned(desk, protect(f"protections: ['{protection}']{until}").replace("id: a", f"id: s{number}"))[f"s{number}"]
        assert blocked(items) == {"Article 20": code}
    file = carried_out(desk, protect("protections: [upload=sysop]", "['File:Unused.png']"))
    assert file["counts"]["done"] == 1
    wiki.settings("$wgRestrictionLevels[] = 'bigdelete';")
    items = planned(desk, protect("protections: [edit=bigdelete]"))["a"]
    assert [item["blocked"] for item in items] == [{"code": "permission", "detail": "your account lacks the right 'bigdelete'"}]
    desk.use(wiki.api, "bob")
    items = planned(desk, protect("protections: [edit=sysop]"))["a"]
    assert "'protect'" in items[0]["blocked"]["detail"]


def test_tags_and_the_watchlist(desk: Desk, wiki: MediaWiki) -> None:
    define_tag(wiki, "locked")
    wiki.settings("$wgWatchlistExpiry = true;")
    watch = (
        "SELECT wl_title, we_expiry FROM watchlist LEFT JOIN watchlist_expiry ON we_item = wl_id"
        " WHERE wl_title = 'Article_20' AND wl_namespace = 0"
    )
    carried_out(desk, protect("protections: [edit=sysop], tags: [locked]"))
    assert wiki.rows(watch) == []
    tagged = (
        "SELECT log_type FROM change_tag JOIN change_tag_def ON ctd_id = ct_tag_id JOIN logging ON log_id = ct_log_id"
        " WHERE ctd_name = 'locked'"
    )
    settled(lambda: [str(kind) for (kind,) in wiki.rows(tagged)] == ["protect"])
    carried_out(desk, protect("protections: [move=sysop], watchlist: watch, watchlistexpiry: 1 month"))
    ((_, until),) = wiki.rows(watch)
    assert until is not None
    wiki.settings("")
    refused = desk.wikimop("plan", desk.playbook(protect("protections: [edit=all], watchlistexpiry: 1 month")), code=2)
    assert "has no parameter `watchlistexpiry`" in refused.err


def test_drift(desk: Desk, wiki: MediaWiki) -> None:
    plan = plan_file(desk, protect(
        "protections: [edit=sysop]", "[Article 20, Article 21, Article 22, Article 23]"
    ) + "\n" + protect("protections: [create=sysop]", "[Never made, Nor this]").replace("id: a", "id: b"))  # fmt: skip
    other = someone(wiki)
    other.protect("Article 20", "move=sysop")
    other.move("Article 21", "Article 21 moved")
    other.delete("Article 22")
    other.edit("Article 23", "Just an edit.")
    other.edit("Never made", "Somebody made it.")
    run = applied(desk, plan, code=1)
    assert {title: code for title, (_, code) in ends(run).items()} == {
        "Article 20": "drift:protection", "Article 21": "drift:moved", "Article 22": "drift:gone", "Article 23": None,
        "Never made": "drift:exists", "Nor this": None,
    }  # fmt: skip


def test_protection_that_has_ended_is_none(desk: Desk, wiki: MediaWiki) -> None:
    """The wiki goes on telling of it until somebody protects a page."""
    someone(wiki).protect("Article 20", "edit=sysop|move=sysop", expiry="2030-01-01T00:00:00Z|infinite")
    wiki.maintenance(
        "sql", "--query", "UPDATE page_restrictions SET pr_expiry = '20200101000000' WHERE pr_expiry <> 'infinity'"
    )
    (item,) = planned(desk, protect("protections: [move=all]"))["a"]
    assert item["protection"] == ["move=sysop"]
    assert carried_out(desk, protect("protections: [move=all]"))["counts"]["done"] == 1
    assert protections(wiki, "Article 20") == []


def test_what_follows_on_a_page_sees_no_drift(desk: Desk, wiki: MediaWiki) -> None:
    """A null revision is the run's own; so a delete of the page goes on."""
    steps = protect("protections: [edit=sysop]") + "\n- {id: b, pages: {titles: [Article 20]}, delete: {}}"
    run = carried_out(desk, steps)
    assert [item["state"] for item in run["items"]] == ["done", "done"]
    assert wiki.rows("SELECT 1 FROM page WHERE page_title = 'Article_20' AND page_namespace = 0") == []


def test_what_an_earlier_step_changes_is_not_unchanged(desk: Desk, wiki: MediaWiki) -> None:
    """When the plan is made there is nothing to do for the second step; when its turn comes there is."""
    steps = protect("protections: [edit=all, move=all]", "[Protected page]") + "\n"
    steps += protect("protections: [edit=sysop, move=sysop]", "[Protected page]").replace("id: a", "id: b")
    run = carried_out(desk, steps)
    assert [item["state"] for item in run["items"]] == ["done", "done"]
    assert protections(wiki, "Protected page") == [("edit", "sysop", 0, "infinity"), ("move", "sysop", 0, "infinity")]


def test_a_protection_is_taken_back_as_it_was(desk: Desk, wiki: MediaWiki) -> None:
    before = someone(wiki)
    before.protect("Article 20", "edit=sysop|move=autoconfirmed", expiry="2030-01-01T00:00:00Z|infinite", cascade="1")
    state = {title: protections(wiki, title) for title in ("Article 20", "Article 21", "Protected page")}
    run = carried_out(desk, protect("protections: [edit=autoconfirmed, move=all]", "[Article 20, Article 21, Protected page]"))
    assert run["counts"]["done"] == 3
    back = undone(desk, run["run"])
    assert {item["state"] for item in back["items"]} == {"done"}
    assert {title: protections(wiki, title) for title in state} == state
    again = carried_out(desk, protect("protections: [edit=all]", "[Protected page]"))
    before.protect("Protected page", "edit=autoconfirmed")
    late = undone(desk, again["run"], code=1)
    assert [item["code"] for item in late["items"]] == ["blocked:changed_since"]


def test_cascading_that_was_added_is_taken_off(desk: Desk, wiki: MediaWiki) -> None:
    """The level is the same before and after."""
    someone(wiki).protect("Article 20", "edit=sysop")
    before = protections(wiki, "Article 20")
    run = carried_out(desk, protect("protections: [edit=sysop], cascade: true"))
    assert protections(wiki, "Article 20") == [("edit", "sysop", 1, "infinity")]
    assert ends(undone(desk, run["run"])) == {"Article 20": ("done", None)}
    assert protections(wiki, "Article 20") == before


def test_a_protection_that_would_have_ended_is_not_given_back(desk: Desk, wiki: MediaWiki) -> None:
    other = someone(wiki)
    for title in ("Article 20", "Article 21"):
        other.protect(title, "edit=autoconfirmed|move=sysop", expiry="15 seconds|infinite")
    steps = protect("protections: [edit=sysop, move=all]") + "\n"
    steps += protect("protections: [edit=all]", "[Article 21]").replace("id: a", "id: b")
    run = carried_out(desk, steps)
    assert [protections(wiki, title) for title in ("Article 20", "Article 21")] == [
        [("edit", "sysop", 0, "infinity")],
        [("move", "sysop", 0, "infinity")],
    ]
    time.sleep(15)
    back = undone(desk, run["run"])
    assert ends(back) == {"Article 20": ("done", None), "Article 21": ("unchanged", "no_change")}
    assert [protections(wiki, title) for title in ("Article 20", "Article 21")] == [[("move", "sysop", 0, "infinity")]] * 2


def test_a_success_that_is_none(desk: Desk, wiki: MediaWiki) -> None:
    """A hook of the wiki stops it, and the API answers as if nothing had happened."""
    wiki.settings("$wgHooks['ArticleProtect'][] = static function () { return false; };")
    run = carried_out(desk, protect("protections: [edit=sysop]"), code=1)
    assert ends(run) == {"Article 20": ("unsure", "no_revision")}
    assert protections(wiki, "Article 20") == []
