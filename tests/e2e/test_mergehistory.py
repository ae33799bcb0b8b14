"""`mergehistory` on the real wiki, judged by its own tables."""

from __future__ import annotations

from tests.desk import Desk, someone
from tests.e2e.allowed import allow
from tests.e2e.reading import applied, blocked, carried_out, ends, page_id, plan_file, planned, revisions
from tests.e2e.test_undo import undone
from tests.mediawiki import MediaWiki


def merge(options: str, titles: str = "[Article 20]") -> str:
    return f"- id: a\n  pages: {{titles: {titles}}}\n  mergehistory: {{{options}}}"


def merges(wiki: MediaWiki) -> list[tuple[str, str]]:
    """The merge log: title, comment."""
    rows = wiki.rows(
        "SELECT log_title, comment_text FROM logging JOIN comment ON comment_id = log_comment_id"
        " WHERE log_type = 'merge' ORDER BY log_id"
    )
    return [(str(title), str(comment)) for title, comment in rows]


def test_a_whole_history_goes(desk: Desk, wiki: MediaWiki) -> None:
    someone(wiki).edit("Fresh", "New.")
    own, old = revisions(wiki, "Fresh"), revisions(wiki, "Article 20")
    run = carried_out(desk, merge("to: fresh, reason: One page"))
    assert ends(run) == {"Article 20": ("done", None)}
    assert revisions(wiki, "Fresh") == [*old, *own]
    (left,) = revisions(wiki, "Article 20")
    assert run["items"][0]["newrevid"] == left
    ((title, comment),) = merges(wiki)
    assert title == "Article_20"
    assert comment.endswith(f"One page (wikimop {run['run']})")
    told = undone(desk, run["run"], code=1)
    assert [item["code"] for item in told["items"]] == ["blocked:irreversible"]


def test_up_to_a_time(desk: Desk, wiki: MediaWiki) -> None:
    someone(wiki).edit("Fresh", "New.")
    old = revisions(wiki, "History/Long")
    (time,) = wiki.rows("SELECT rev_timestamp FROM revision WHERE rev_id = ?", old[2])[0]
    run = carried_out(desk, merge(f"to: Fresh, timestamp: '{time}'", "[History/Long]"))
    assert run["counts"]["done"] == 1
    assert revisions(wiki, "Fresh")[:-1] == old[:3]
    assert revisions(wiki, "History/Long") == old[3:]


def test_what_follows_on_the_redirect_sees_no_drift(desk: Desk, wiki: MediaWiki) -> None:
    someone(wiki).edit("Fresh", "New.")
    run = carried_out(desk, merge("to: Fresh") + "\n- {id: b, pages: {titles: [Article 20]}, delete: {}}")
    assert [item["state"] for item in run["items"]] == ["done", "done"]
    assert revisions(wiki, "Article 20") == []
    assert len(revisions(wiki, "Fresh")) > 1


def test_what_cannot_be_merged_is_told_in_the_plan(desk: Desk, wiki: MediaWiki) -> None:
    other = someone(wiki)
    other.edit("Fresh", "New.")
    for options, titles, codes in (
        ("to: Article 19", "[Article 20, Article 19]", {"Article 20": "overlap", "Article 19": "same_title"}),
        ("to: Nowhere", "[Article 20, Nowhere else]", {"Article 20": "no_target", "Nowhere else": "missing"}),
        ("to: 'Special:Version'", "[Article 20]", {"Article 20": "invalid_target"}),
        ("to: Fresh, timestamp: 2001-01-01T00:00:00Z", "[Article 20]", {"Article 20": "no_revisions"}),
        (f"to: Fresh, reason: {'x' * 395}", "[Article 20]", {"Article 20": "too_long"}),
        ("to: 'MediaWiki:Sidebar'", "[Article 20]", {"Article 20": "no_target"}),
    ):
        assert blocked(planned(desk, merge(options, titles))["a"]) == codes
    wiki.settings("$wgGroupPermissions['sysop']['editprotected'] = false;")
    assert blocked(planned(desk, merge("to: Protected page"))["a"]) == {"Article 20": "protectedpage"}
    desk.use(wiki.api, "bob")
    (item,) = planned(desk, merge("to: Fresh"))["a"]
    assert item["blocked"]["detail"] == "your account lacks the right 'mergehistory'"


def test_guards_see_the_target(desk: Desk, wiki: MediaWiki) -> None:
    other = someone(wiki)
    other.edit("Fresh", "New.")
    other.edit("MediaWiki:Fresh", "New.")
    desk.wikimop("plan", desk.playbook(merge("to: Fresh"), "never_touch: {titles: [Fresh]}"), code=3)
    desk.wikimop("plan", desk.playbook(merge("to: 'MediaWiki:Fresh'"), "never_touch: {namespaces: [8]}"), code=0)
    desk.use(wiki.api, "admin")
    assert blocked(planned(desk, merge("to: 'MediaWiki:Fresh'"))["a"]) == {"Article 20": "not_allowed"}
    allow(desk, wiki.api, "namespaces: [MediaWiki]", "admin")
    run = carried_out(desk, merge("to: 'MediaWiki:Fresh'"), "wiki: allowing")
    assert run["counts"]["done"] == 1


def test_drift(desk: Desk, wiki: MediaWiki) -> None:
    other = someone(wiki)
    other.edit("Fresh", "New.")
    plan = plan_file(desk, merge("to: Fresh", "[Article 20, Article 21, Article 22, Article 23]"))
    other.edit("Article 20", "Edited.")
    other.move("Article 21", "Article 21 moved")
    other.delete("Article 22")
    before = page_id(wiki, "Fresh")
    other.delete("Fresh")
    other.edit("Fresh", "Made anew.")
    assert page_id(wiki, "Fresh") != before
    run = applied(desk, plan, code=1)
    assert {title: code for title, (_, code) in ends(run).items()} == {
        "Article 20": "drift:edited", "Article 21": "drift:moved", "Article 22": "drift:gone", "Article 23": "drift:target",
    }  # fmt: skip
