"""`watch` on the real wiki, judged by its own tables."""

from __future__ import annotations

from tests.desk import Desk, someone
from tests.e2e.reading import applied, blocked, carried_out, ends, plan_file, planned
from tests.e2e.test_undo import undone
from tests.mediawiki import MediaWiki

EXPIRY = "$wgWatchlistExpiry = true;"


def watched(wiki: MediaWiki, user: str = "Sysop") -> dict[str, str | None]:
    """What an account watches (subject pages that are not users'), and until when, by the tables."""
    rows = wiki.rows(
        "SELECT wl_namespace || ':' || wl_title, we_expiry FROM watchlist JOIN user ON user_id = wl_user"
        " LEFT JOIN watchlist_expiry ON we_item = wl_id WHERE user_name = ? AND wl_namespace % 2 = 0 AND wl_namespace <> 2",
        user,
    )
    return {str(title): str(until) if until else None for title, until in rows}


def watch(options: str, titles: str = "[Article 20, Article 21, Never written]") -> str:
    return f"- id: a\n  pages: {{titles: {titles}}}\n  watch: {{{options}}}"


def test_pages_come_onto_the_watchlist_and_off(desk: Desk, wiki: MediaWiki) -> None:
    run = carried_out(desk, watch(""))
    assert set(ends(run).values()) == {("done", None)}
    assert watched(wiki) == {"0:Article_20": None, "0:Article_21": None, "0:Never_written": None}
    log = (desk.folder / f".wikimop/runs/{run['run']}.jsonl").read_text(encoding="utf-8")
    assert log.count('"event":"batch_finished"') == 2  # what exists by id, what does not by title
    more = carried_out(desk, watch("", "[Article 20, Article 22]"))
    assert ends(more) == {"Article 20": ("unchanged", "no_change"), "Article 22": ("done", None)}
    carried_out(desk, watch("unwatch: true"))
    assert watched(wiki) == {"0:Article_22": None}


def test_many_pages_at_once(desk: Desk, wiki: MediaWiki) -> None:
    run = carried_out(desk, "- id: a\n  pages: {generator: categorymembers, title: Category:Bulk}\n  watch: {}")
    assert (run["counts"]["done"], len(watched(wiki))) == (200, 200)
    log = (desk.folder / f".wikimop/runs/{run['run']}.jsonl").read_text(encoding="utf-8")
    assert log.count('"event":"batch_finished"') == 1


def test_watching_until(desk: Desk, wiki: MediaWiki) -> None:
    told = desk.wikimop("plan", desk.playbook(watch("expiry: 1 month")), code=2)
    assert "has no parameter `expiry`" in told.err
    wiki.settings(EXPIRY + "$wgWatchlistExpiryMaxDuration = null;")
    carried_out(desk, watch("expiry: 2030-01-31T00:00:00Z"))
    assert set(watched(wiki).values()) == {"20300131000000"}
    assert set(ends(carried_out(desk, watch("expiry: 2030-01-31T00:00:00Z"))).values()) == {("unchanged", "no_change")}
    assert set(ends(carried_out(desk, watch(""))).values()) == {("unchanged", "no_change")}
    assert "watched until 2030-01-31T00:00:00Z" in desk.wikimop("plan", desk.playbook(watch("")), code=0).out
    carried_out(desk, watch("expiry: infinite", "[Article 20]"))
    carried_out(desk, watch("expiry: 3 days", "[Article 21]"))
    now = watched(wiki)
    assert (now["0:Article_20"], now["0:Never_written"]) == (None, "20300131000000")
    assert str(now["0:Article_21"]) < "2030"


def test_a_time_that_the_wiki_cuts_short_is_no_success(desk: Desk, wiki: MediaWiki) -> None:
    wiki.settings(EXPIRY)
    run = carried_out(desk, watch("expiry: 2099-01-31T00:00:00Z", "[Article 20]"), code=1)
    assert ends(run) == {"Article 20": ("failed", "not_effective")}


def test_what_cannot_be_watched(desk: Desk, wiki: MediaWiki) -> None:
    found = planned(desk, watch("", "['Special:Version', 'Bad[title', Article 20]"))["a"]
    assert blocked(found) == {"Special:Version": "special", "Bad[title": "invalid"}
    wiki.settings("foreach ( [ '*', 'user' ] as $group ) { $wgGroupPermissions[$group]['editmywatchlist'] = false; }")
    (item,) = planned(desk, watch("", "[Article 20]"))["a"]
    assert item["blocked"] == {"code": "permission", "detail": "your account lacks the right 'editmywatchlist'"}


def test_drift(desk: Desk, wiki: MediaWiki) -> None:
    sysop = someone(wiki, "sysop")
    sysop._send({"action": "watch", "titles": "Article 23", "token": sysop.token("watch")})
    plan = plan_file(desk, watch("", "[Article 20, Article 21, Article 22, Article 23, Never written, Nor this]"))
    other = someone(wiki)
    other.delete("Article 20")
    other.move("Article 21", "Article 21 moved")
    other.edit("Never written", "Somebody wrote it.")
    sysop._send({"action": "watch", "titles": "Article 22", "token": sysop.token("watch")})
    sysop._send({"action": "watch", "titles": "Article 23", "unwatch": "1", "token": sysop.token("watch")})
    run = applied(desk, plan, code=1)
    assert {title: code for title, (_, code) in ends(run).items()} == {
        "Article 20": "drift:gone", "Article 21": "drift:moved", "Article 22": None, "Article 23": "drift:watched",
        "Never written": "drift:exists", "Nor this": None,
    }  # fmt: skip


def test_only_what_was_not_watched_is_taken_back(desk: Desk, wiki: MediaWiki) -> None:
    wiki.settings(EXPIRY + "$wgWatchlistExpiryMaxDuration = null;")
    sysop = someone(wiki, "sysop")
    given = {"action": "watch", "token": sysop.token("watch")}
    sysop._send({**given, "titles": "Article 20"})
    sysop._send({**given, "titles": "Article 21|Never written", "expiry": "2031-01-31T00:00:00Z"})
    before = watched(wiki)
    titles = "[Article 20, Article 21, Article 22, Never written, Nor this]"
    run = carried_out(desk, watch("expiry: 2030-01-31T00:00:00Z", titles))
    assert set(watched(wiki).values()) == {"20300131000000"}
    back = undone(desk, run["run"])
    assert {item["state"] for item in back["items"]} == {"done"}
    assert watched(wiki) == before
    off = carried_out(desk, watch("unwatch: true", titles))
    assert watched(wiki) == {}
    assert off["counts"] == {**off["counts"], "done": 3, "unchanged": 2}
    undone(desk, off["run"])
    assert watched(wiki) == before
