"""`tag` and `patrol` on the real wiki, judged by its own tables."""

from __future__ import annotations

from tests.desk import Desk, someone
from tests.e2e.reading import applied, blocked, carried_out, plan_file, planned, revisions, settled
from tests.e2e.stock import define_tag
from tests.e2e.test_undo import undone
from tests.mediawiki import MediaWiki

TAGGED = (
    "SELECT {0}, ctd_name FROM change_tag JOIN change_tag_def ON ctd_id = ct_tag_id WHERE {0} IS NOT NULL"
    " AND ctd_name NOT GLOB 'mw-*' ORDER BY 1, 2"
)


def tagged(wiki: MediaWiki, what: str = "ct_rev_id") -> list[tuple[int, str]]:
    """Which revisions (or `ct_log_id`) bear which tags, without the software's."""
    return [(int(number), str(name)) for number, name in wiki.rows(TAGGED.format(what))]


def tag(source: str, options: str) -> str:
    return f"- id: a\n  {source}\n  tag: {{{options}}}"


def test_revisions_get_tags_and_lose_them(desk: Desk, wiki: MediaWiki) -> None:
    for name in ("checked", "spam", "meta"):
        define_tag(wiki, name)
    ids = revisions(wiki, "History/Long")[:3]
    run = carried_out(desk, tag(f"revisions: {{revids: {ids}}}", "add: [checked, spam], reason: Looked at, tags: [meta]"))
    assert {(item["state"], bool(item["logid"])) for item in run["items"]} == {("done", True)}
    assert tagged(wiki) == [(revid, name) for revid in ids for name in ("checked", "spam")]
    entries = wiki.rows(
        "SELECT log_id, comment_text FROM logging JOIN comment ON comment_id = log_comment_id WHERE log_type = 'tag' ORDER BY 1"
    )
    assert [str(comment) for _, comment in entries] == [f"Looked at (wikimop {run['run']})"] * 3
    assert [item["logid"] for item in run["items"]] == [logid for logid, _ in entries]
    settled(lambda: tagged(wiki, "ct_log_id") == [(logid, "meta") for logid, _ in entries])
    more = revisions(wiki, "History/Long")[:4]
    (items,) = planned(desk, tag(f"revisions: {{revids: {more}}}", "add: [checked], remove: [spam]")).values()
    assert [item["tagged"] for item in items] == [["checked", "spam"]] * 3 + [[]]
    carried_out(desk, tag(f"revisions: {{revids: {more}}}", "add: [checked], remove: [spam]"))
    assert tagged(wiki) == [(revid, "checked") for revid in more]
    again = carried_out(desk, tag(f"revisions: {{revids: {more}}}", "add: [checked]"))
    assert {(item["state"], item["code"]) for item in again["items"]} == {("unchanged", "no_change")}


def test_log_entries_get_tags(desk: Desk, wiki: MediaWiki) -> None:
    define_tag(wiki, "checked")
    other = someone(wiki)
    for title in ("Bulk/001", "Bulk/002"):
        other.delete(title)
    source = "log_entries: {list: logevents, type: delete}"
    run = carried_out(desk, tag(source, "add: [checked]"))
    logged = wiki.rows("SELECT log_id FROM logging WHERE log_type = 'delete' ORDER BY 1")
    assert (run["counts"]["done"], tagged(wiki, "ct_log_id")) == (2, [(logid, "checked") for (logid,) in logged])
    back = undone(desk, run["run"])
    assert ({item["state"] for item in back["items"]}, tagged(wiki, "ct_log_id")) == ({"done"}, [])


def test_a_tag_that_cannot_be_stops_the_plan(desk: Desk, wiki: MediaWiki) -> None:
    define_tag(wiki, "checked")
    (revid, *_) = revisions(wiki, "History/Long")
    source = f"revisions: {{revids: [{revid}]}}"
    for options, told in {
        "add: [chekced]": "no change tag `chekced` that may be set",
        "add: [mw-undo]": "no change tag `mw-undo` that may be set",
        "remove: [chekced]": "no change tag `chekced` that may be taken off",
        "remove: [mw-undo]": "no change tag `mw-undo` that may be taken off",
    }.items():
        refused = desk.wikimop("plan", desk.playbook(tag(source, options)), code=2)
        assert told in refused.err
    assert "did you mean `checked`" in desk.wikimop("plan", desk.playbook(tag(source, "add: [chekced]")), code=2).err.lower()
    wiki.settings("$wgGroupPermissions['user']['changetags'] = false;")
    (items,) = planned(desk, tag(source, "add: [checked]")).values()
    assert items[0]["blocked"] == {"code": "permission", "detail": "your account lacks the right 'changetags'"}


def test_only_what_was_changed_is_taken_back(desk: Desk, wiki: MediaWiki) -> None:
    for name in ("checked", "spam"):
        define_tag(wiki, name)
    one, two, three = revisions(wiki, "History/Long")[:3]
    other = someone(wiki)
    other.post(action="tag", revid=one, add="checked")
    other.post(action="tag", revid=two, add="spam")
    before = tagged(wiki)
    steps = tag(f"revisions: {{revids: [{one}, {two}, {three}]}}", "add: [checked], remove: [spam]")
    run = carried_out(desk, steps)
    assert tagged(wiki) == [(one, "checked"), (two, "checked"), (three, "checked")]
    back = undone(desk, run["run"])
    assert [(item["revid"], item["state"]) for item in back["items"]] == [(three, "done"), (two, "done")]
    assert tagged(wiki) == before


def test_tags_that_others_change_are_drift(desk: Desk, wiki: MediaWiki) -> None:
    for name in ("checked", "spam"):
        define_tag(wiki, name)
    one, two, three = revisions(wiki, "History/Long")[:3]
    plan = plan_file(desk, tag(f"revisions: {{revids: [{one}, {two}, {three}]}}", "add: [checked]"))
    other = someone(wiki)
    other.post(action="tag", revid=one, add="checked")
    other.post(action="tag", revid=two, add="spam")
    other.post(action="revisiondelete", type="revision", ids=three, hide="comment")
    run = applied(desk, plan, code=1)
    assert [item["code"] for item in run["items"]] == ["drift:tags", None, None]


def patrolled(wiki: MediaWiki, title: str) -> list[tuple[int, int]]:
    """Revisions of a page and whether they are patrolled (1 by hand, 2 by themselves), by the recent changes."""
    rows = wiki.rows(
        "SELECT rc_this_oldid, rc_patrolled FROM recentchanges WHERE rc_title = ? AND rc_namespace = 0 ORDER BY 1",
        title.replace(" ", "_"),
    )
    return [(int(revid), int(mark)) for revid, mark in rows]


def test_patrolling(desk: Desk, wiki: MediaWiki) -> None:
    define_tag(wiki, "checked")
    vandal = someone(wiki, "vandal")
    ids = [vandal.edit("Article 20", f"Text {number}.")["newrevid"] for number in range(3)]
    other = someone(wiki)
    token = other.token("patrol")
    other._send({"action": "patrol", "revid": ids[0], "token": token})
    steps = f"- id: a\n  revisions: {{revids: {ids}}}\n  patrol: {{tags: [checked]}}"
    run = carried_out(desk, steps)
    assert [(item["state"], item["code"]) for item in run["items"]] == [
        ("unchanged", "no_change"), ("done", None), ("done", None),
    ]  # fmt: skip
    assert [(revid, mark) for revid, mark in patrolled(wiki, "Article 20") if revid in ids] == [(revid, 1) for revid in ids]
    logged = wiki.rows("SELECT log_params FROM logging WHERE log_type = 'patrol' AND log_actor ="
                       " (SELECT actor_id FROM actor WHERE actor_name = 'Sysop')")  # fmt: skip
    assert len(logged) == 2
    settled(lambda: len(tagged(wiki, "ct_log_id")) == 2)
    told = undone(desk, run["run"], code=1)
    assert {item["code"] for item in told["items"]} == {"blocked:irreversible"}


def test_what_cannot_be_patrolled_is_told_in_the_plan(desk: Desk, wiki: MediaWiki) -> None:
    revid = someone(wiki, "vandal").edit("Article 20", "Text.")["newrevid"]
    old = revisions(wiki, "History/Long")[0]
    wiki.maintenance("sql", "--query", f"DELETE FROM recentchanges WHERE rc_this_oldid = {old}")
    steps = f"- id: a\n  revisions: {{revids: [{revid}, {old}]}}\n  patrol:"
    (items,) = planned(desk, steps).values()
    assert [item.get("blocked", {}).get("code") for item in items] == [None, "notpatrollable"]
    desk.use(wiki.api, "bob")
    (items,) = planned(desk, steps).values()
    assert {item["blocked"]["detail"] for item in items} == {"your account lacks the right 'patrol'"}
    assert blocked(items)


def test_patrolling_drifts(desk: Desk, wiki: MediaWiki) -> None:
    vandal = someone(wiki, "vandal")
    one = vandal.edit("Article 20", "Text.")["newrevid"]
    two = vandal.edit("Article 21", "Text.")["newrevid"]
    plan = plan_file(desk, f"- id: a\n  revisions: {{revids: [{one}, {two}]}}\n  patrol:")
    other = someone(wiki)
    other.delete("Article 20")
    other.move("Article 21", "Article 21 moved")
    run = applied(desk, plan, code=1)
    assert [(item["state"], item["code"]) for item in run["items"]] == [("skipped", "drift:gone"), ("done", None)]
