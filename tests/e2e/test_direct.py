"""`purge: {direct: true}`: the wiki itself finds the pages. What is told of it before, meanwhile and after."""

from __future__ import annotations

import pytest

from tests.desk import Desk, someone
from tests.e2e.reading import applied, carried_out, ends, lines_of, plan_file, planned, sealed
from tests.e2e.test_purge import members, touched
from tests.mediawiki import MediaWiki

DRAFTS = "- id: all\n  pages: {generator: allpages, namespace: Draft}\n  purge: {direct: true}"
SMALL = "$wgGroupPermissions['sysop']['apihighlimits'] = false;"


def drafts(wiki: MediaWiki) -> dict[str, str]:
    """The drafts, and when each was touched."""
    return dict(wiki.rows("SELECT page_title, page_touched FROM page WHERE page_namespace = 118"))


def test_the_plan_says_what_it_does_not_know(desk: Desk, wiki: MediaWiki) -> None:
    before = drafts(wiki)
    path = plan_file(desk, DRAFTS)
    header, item, _ = lines_of(path)
    assert item["query"] == {"generator": "allpages", "gapnamespace": "118"}
    assert (item["key"], header["steps"][0]["items"]) == ("query:1", 1)
    assert header["warnings"] == ["step all: direct: the wiki itself finds the pages, and nobody sees beforehand which"]
    shown = desk.wikimop("show", path, code=0).out
    assert "all: purge what the wiki finds by 1 query" in shown
    assert "generator=allpages, gapnamespace=118" in shown
    assert "handed to the wiki itself" in desk.wikimop("show", path, "--explain", code=0).out
    asked = desk.wikimop("apply", path, code=3)
    assert "nobody said yes" in asked.err
    assert drafts(wiki) == before


def test_apply_needs_no_playbook_and_tells_of_each_page(desk: Desk, wiki: MediaWiki) -> None:
    wiki.settings(SMALL)
    path = plan_file(desk, DRAFTS.replace("Draft}", "0, prefix: Bulk/}"))
    (desk.folder / "playbook.yaml").unlink()
    before = dict(wiki.rows("SELECT page_title, page_touched FROM page WHERE page_title LIKE 'Bulk/%'"))
    run = applied(desk, path)
    assert run["counts"] == {**dict.fromkeys(run["counts"], 0), "done": 200}
    assert run["steps"][0]["counts"]["done"] == 200
    assert [item["title"] for item in run["items"]] == sorted(before)
    assert {item["key"] for item in run["items"]} == {f"title:{title}" for title in before}
    assert {item["state"] for item in run["items"]} == {"done"}
    after = dict(wiki.rows("SELECT page_title, page_touched FROM page WHERE page_title LIKE 'Bulk/%'"))
    assert all(after[title] > before[title] for title in before)
    log = (desk.folder / f".wikimop/runs/{run['run']}.jsonl").read_text(encoding="utf-8")
    assert log.count('"event":"batch_finished"') == 4  # 50 at a time
    assert desk.wikimop("show", run["run"], "--items", "--state", "done", code=0).out.count("title:Bulk/") == 200
    assert desk.wikimop("resume", run["run"], code=0).err.strip() == "There is nothing to finish."


def test_with_a_link_update(desk: Desk, wiki: MediaWiki) -> None:
    other = someone(wiki)
    other.edit("Template:Fresh", "[[Category:Before]]")
    other.edit("Uses it", "{{Fresh}}")
    wiki.run_jobs()
    other.edit("Template:Fresh", "[[Category:After]]")
    wiki.maintenance("sql", "--query", "DELETE FROM job")
    steps = "- id: a\n  pages: {generator: embeddedin, title: Template:Fresh}\n  purge: {direct: true, %s: true}"
    assert carried_out(desk, steps % "forcelinkupdate")["counts"]["done"] == 1
    assert (members(wiki, "Before"), members(wiki, "After") - {"Fresh"}) == (set(), {"Uses it"})
    assert carried_out(desk, steps % "forcerecursivelinkupdate")["counts"]["done"] == 1


@pytest.mark.parametrize(
    ("pages", "found"),
    [
        ("titles: [Article 01, Nope, 'A[b', Special:Version]", {"Article 01": "done", "Nope": "missing", "A[b": "invalid",
         "Special:Version": "special"}),
        ("titles: 'Article 01|Article 02'", {"Article 01": "done", "Article 02": "done"}),
        ("titles: [Old name 01], redirects: true", {"Article 01": "done"}),
        ("titles: [Old name 01]", {"Old name 01": "done"}),
        ("generator: links, of: {titles: [Old name 01, Article 59]}, namespace: 0, redirects: true",
         {"Article 02": "done", "Wanted 0": "missing", "Article 60": "done", "Wanted 2": "missing"}),
        ("generator: redirects, of: {titles: [Article 01]}", {"Old name 01": "done", "Double redirect 1": None}),
        ("generator: revisions, of: {titles: [Article 01, Article 02]}", {"Article 01": "done", "Article 02": "done"}),
        ("generator: revisions, of: {titles: [Article 01, Article 02]}, user: Bob", {"Article 02": "done"}),
        ("generator: categorymembers, title: Category:Nope", {}),
        ("generator: backlinks, title: Article 01, filterredir: redirects", {"Old name 01": "done"}),
    ],
)  # fmt: skip
def test_what_the_wiki_can_be_handed(desk: Desk, pages: str, found: dict[str, str | None]) -> None:
    run = carried_out(desk, f"- id: a\n  pages: {{{pages}}}\n  purge: {{direct: true}}", code=None)  # type: ignore[arg-type]
    told = {title: code.removeprefix("blocked:") if code else state for title, (state, code) in ends(run).items()}
    assert told == {title: how for title, how in found.items() if how}


def test_page_ids_and_revision_ids(desk: Desk, wiki: MediaWiki) -> None:
    ids = [pageid for (pageid,) in wiki.rows("SELECT page_id FROM page WHERE page_title LIKE 'Bulk/%' ORDER BY page_id")]
    wiki.settings(SMALL)
    run = carried_out(desk, f"- id: a\n  pages: {{pageids: {[*ids, 999999]}}}\n  purge: {{direct: true}}", code=1)
    assert (run["counts"]["done"], run["counts"]["skipped"]) == (200, 1)
    assert [item["key"] for item in run["items"] if item["state"] == "skipped"] == ["page:999999"]
    run = carried_out(desk, "- id: a\n  pages: {revids: [1, 999999]}\n  purge: {direct: true}", code=1)
    assert {(item["title"], item["state"]) for item in run["items"]} == {("Main Page", "done"), ("revision 999999", "skipped")}


def test_titles_are_converted(desk: Desk, wiki: MediaWiki) -> None:
    wiki.settings("$wgLanguageCode = 'zh';")
    someone(wiki).edit("头发", "A page.")
    steps = "- id: a\n  pages: {titles: [頭髮], converttitles: %s}\n  purge: {direct: true}"
    assert ends(carried_out(desk, steps % "false", code=1)) == {"頭髮": ("skipped", "blocked:missing")}
    assert ends(carried_out(desk, steps % "true")) == {"头发": ("done", None)}


def test_a_page_that_is_found_again_is_told_once(desk: Desk, wiki: MediaWiki) -> None:
    wiki.settings(SMALL)
    expected = {title for (title,) in wiki.rows("SELECT DISTINCT page_title FROM page WHERE page_namespace = 118")}
    run = carried_out(desk, "- id: a\n  pages: {generator: allrevisions, namespace: Draft}\n  purge: {direct: true}")
    assert sorted(item["title"] for item in run["items"]) == sorted(f"Draft:{title}".replace("_", " ") for title in expected)


def test_when_counts_the_pages_and_not_the_query(desk: Desk) -> None:
    steps = DRAFTS + "\n- id: %s\n  pages: {titles: [Article 01]}\n  when: steps.all.done %s\n  purge: {}"
    assert carried_out(desk, steps % ("more", "> 44"))["counts"]["skipped"] == 1
    assert carried_out(desk, steps % ("just", "== 44"))["counts"]["done"] == 45
    none = DRAFTS.replace("Draft}", "Help talk}")
    run = carried_out(desk, none)
    assert (sum(run["counts"].values()), run["items"]) == (0, [])


def test_a_rate_limit_costs_no_page(desk: Desk, wiki: MediaWiki) -> None:
    """What the wiki leaves out is purged by page id before it goes on."""
    desk.use(wiki.api, "bob")
    wiki.settings("$wgRateLimits['purge'] = $wgRateLimits['linkpurge'] = ['user' => [12, 2]];")
    before = drafts(wiki)
    run = carried_out(desk, DRAFTS.replace("true}", "true, forcelinkupdate: true}"))
    assert run["counts"] == {**dict.fromkeys(run["counts"], 0), "done": 44}
    assert all(drafts(wiki)[title] > before[title] for title in before)
    assert sum(item["pageid"] is not None for item in run["items"]) >= 20  # those that were asked for by id


@pytest.mark.parametrize(
    ("pages", "why"),
    [
        ("generator: allpages, namespace: 117", "117"),
        ("generator: categorymembers, title: Category:Drafts, namespace: Nonsense", "Nonsense"),
        ("generator: querypage, page: Nonsense", "Nonsense"),
        ("generator: watchlist", "notloggedin"),
    ],
)
def test_what_the_wiki_would_not_take_is_told_before_anything_is_purged(
    desk: Desk, wiki: MediaWiki, pages: str, why: str
) -> None:
    before = drafts(wiki)
    for name in ("WIKIMOP_USERNAME", "WIKIMOP_PASSWORD"):
        del desk.environment[name]
    result = desk.wikimop("plan", desk.playbook(f"- id: a\n  pages: {{{pages}}}\n  purge: {{direct: true}}"))
    assert result.code in (2, 4)
    assert why in result.err
    assert drafts(wiki) == before


def test_limits_items_holds_while_the_wiki_finds_pages(desk: Desk, wiki: MediaWiki) -> None:
    before = drafts(wiki)
    book = desk.playbook(DRAFTS, "limits: {items: 10}")
    result = desk.wikimop("run", book, "--yes", "--format", "json", code=3)
    assert "limits.items: with what the wiki found there are 10 items, and 10 are allowed" in result.err
    assert (result.json["state"], result.json["counts"]["done"]) == ("stopped", 10)
    after = drafts(wiki)
    assert sum(after[title] > before[title] for title in before) == 10


def test_the_users_own_limit_holds_for_what_the_wiki_finds(desk: Desk, wiki: MediaWiki) -> None:
    """A plan that was made elsewhere knows no such limit; one that is made here takes it over."""
    foreign = plan_file(desk, DRAFTS, name="foreign.jsonl")
    auth = "{username: Sysop@mop, password: {env: MOP}}"
    own = f"wikis:\n  here: {{api: {wiki.api}, auth: {auth}, contact: a@example.org, limits: {{items: 10}}}}\n"
    desk.write(own, "config/wikimop/wikis.yaml")
    desk.environment["MOP"] = desk.environment.pop("WIKIMOP_PASSWORD")
    for name in ("WIKIMOP_API", "WIKIMOP_USERNAME"):
        del desk.environment[name]
    before = drafts(wiki)
    refused = desk.wikimop("apply", foreign, "--yes", code=3)
    assert "the configuration allows 10 items, and step all may find more" in refused.err
    assert drafts(wiki) == before
    here = plan_file(desk, DRAFTS, wiki="here")
    assert lines_of(here)[0]["limits"]["items"] == 10
    assert desk.wikimop("apply", here, "--yes", "--format", "json", code=3).json["counts"]["done"] == 10


def test_the_stop_page_stops_it(desk: Desk, wiki: MediaWiki) -> None:
    path = plan_file(desk, DRAFTS, "stop_page: User:Bob/Stop")
    someone(wiki).edit("User:Bob/Stop", "Stop!")
    before = drafts(wiki)
    stopped = desk.wikimop("apply", path, "--yes", "--format", "json", code=3)
    assert "stop_page" in stopped.err
    assert drafts(wiki) == before
    someone(wiki).edit("User:Bob/Stop", "")
    assert desk.wikimop("resume", "--format", "json", code=0).json["counts"]["done"] == 44


def test_an_undo_says_that_nothing_takes_it_back(desk: Desk) -> None:
    run = carried_out(desk, DRAFTS)
    path = desk.folder / "undo.jsonl"
    desk.wikimop("undo", run["run"], "--out", path, code=0)
    _, *items, _ = lines_of(path)
    assert {item["blocked"]["code"] for item in items} == {"irreversible"}
    assert len(items) == 44
    assert applied(desk, path, code=1)["counts"]["skipped"] == 44


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"query":{"generator":"allpages","gapnamespace":"118"}', '"query":{"generator":"allpages","action":"delete"}'),
        ('"query":{"generator":"allpages","gapnamespace":"118"}', '"query":{"generator":"allpages","token":"x"}'),
        ('"query":{"generator":"allpages","gapnamespace":"118"}', '"query":{}'),
        ('"sized":"gaplimit"', '"sized":"action"'),
        ('"key":"query:1"', '"key":"page:1"'),
        ('"direct":true', '"direct":false'),
        ('"never_touch":{"titles":[]', '"never_touch":{"titles":["Main Page"]'),
    ],
)
def test_a_forged_query_is_refused(desk: Desk, wiki: MediaWiki, old: str, new: str) -> None:
    path = plan_file(desk, DRAFTS)
    text = path.read_text(encoding="utf-8")
    assert old in text
    forged = sealed(desk.folder / "forged.jsonl", text.replace(old, new))
    before = drafts(wiki)
    desk.environment["WIKIMOP_STATE_DIR"] = str(desk.folder / "other")
    result = desk.wikimop("apply", forged, "--yes", code=2)
    assert result.err.count("error:") == 1
    assert drafts(wiki) == before


def test_planned_pages_and_found_ones_stand_in_their_order(desk: Desk, wiki: MediaWiki) -> None:
    first = "- id: first\n  pages: {titles: [Article 01]}\n  purge: {}"
    last = first.replace("first", "last").replace("01", "02")
    run = carried_out(desk, f"{first}\n{DRAFTS}\n{last}")
    assert [item["step"] for item in run["items"]] == ["first", *["all"] * 44, "last"]
    assert touched(wiki, "Article 02")
    assert planned(desk, DRAFTS)["all"][0]["key"] == "query:1"
