"""Every parameter of `action=purge`, by what is so on the wiki afterwards."""

from __future__ import annotations

import pytest

from tests.desk import Desk, someone
from tests.e2e.reading import blocked, carried_out, ends, page_id, planned, revisions, titles
from tests.mediawiki import MediaWiki

NAMED = "- id: a\n  pages: {%s}\n  purge: {%s}"


def touched(wiki: MediaWiki, *names: str) -> dict[str, str]:
    """When each page of the main namespace was last purged or changed, by the database."""
    marks = ", ".join("?" * len(names))
    query = f"SELECT page_title, page_touched FROM page WHERE page_namespace = 0 AND page_title IN ({marks})"
    return dict(wiki.rows(query, *(name.replace(" ", "_") for name in names)))


def members(wiki: MediaWiki, category: str) -> set[str]:
    """What the links tables say."""
    rows = wiki.rows("SELECT page_title FROM categorylinks JOIN page ON page_id = cl_from WHERE cl_to = ?", category)
    return {str(title).replace("_", " ") for (title,) in rows}


@pytest.fixture
def stale(wiki: MediaWiki) -> MediaWiki:
    """`Uses it` stands in the wrong category: the job that would tell it has not run."""
    other = someone(wiki)
    other.edit("Template:Fresh", "[[Category:Before]]")
    other.edit("Uses it", "{{Fresh}}")
    wiki.run_jobs()
    other.edit("Template:Fresh", "[[Category:After]]")
    wiki.maintenance("sql", "--query", "DELETE FROM job")
    return wiki


def test_titles_page_ids_and_revision_ids(desk: Desk, wiki: MediaWiki) -> None:
    before = touched(wiki, "Article 01", "Article 02", "Article 03", "Article 04")
    for pages in (
        "titles: [Article 01]",
        f"pageids: [{page_id(wiki, 'Article 02')}]",
        f"revids: [{revisions(wiki, 'Article 03')[0]}]",
    ):
        assert carried_out(desk, NAMED % (pages, ""))["counts"]["done"] == 1
    after = touched(wiki, *(title.replace("_", " ") for title in before))
    assert [title for title in before if after[title] > before[title]] == ["Article_01", "Article_02", "Article_03"]


def test_without_a_link_update_the_tables_stay_as_they_are(desk: Desk, stale: MediaWiki) -> None:
    carried_out(desk, NAMED % ("titles: [Uses it]", ""))
    assert (members(stale, "Before"), members(stale, "After") - {"Fresh"}) == ({"Uses it"}, set())


def test_a_link_update(desk: Desk, stale: MediaWiki) -> None:
    carried_out(desk, NAMED % ("titles: [Uses it]", "forcelinkupdate: true"))
    assert (members(stale, "Before"), members(stale, "After") - {"Fresh"}) == (set(), {"Uses it"})


def test_a_link_update_of_all_that_use_a_template(desk: Desk, stale: MediaWiki) -> None:
    carried_out(desk, NAMED % ("titles: ['Template:Fresh']", "forcelinkupdate: true"))
    stale.run_jobs()
    assert members(stale, "Before") == {"Uses it"}
    carried_out(desk, NAMED % ("titles: ['Template:Fresh']", "forcerecursivelinkupdate: true"))
    stale.run_jobs()
    assert (members(stale, "Before"), members(stale, "After") - {"Fresh"}) == (set(), {"Uses it"})


def test_redirects_are_followed_only_where_that_is_said(desk: Desk, wiki: MediaWiki) -> None:
    before = touched(wiki, "Old name 01", "Article 01")
    assert titles(planned(desk, NAMED % ("titles: [Old name 01]", ""))["a"]) == ["Old name 01"]
    run = carried_out(desk, NAMED % ("titles: [Old name 01], redirects: true", ""))
    assert ends(run) == {"Article 01": ("done", None)}
    after = touched(wiki, "Old name 01", "Article 01")
    assert {title: after[title] > before[title] for title in before} == {"Old_name_01": False, "Article_01": True}


def test_titles_are_converted_only_where_that_is_said(desk: Desk, wiki: MediaWiki) -> None:
    wiki.settings("$wgLanguageCode = 'zh';")
    someone(wiki).edit("头发", "A page.")
    assert blocked(planned(desk, NAMED % ("titles: [頭髮]", ""))["a"]) == {"頭髮": "missing"}
    assert ends(carried_out(desk, NAMED % ("titles: [頭髮], converttitles: true", ""))) == {"头发": ("done", None)}


def test_what_is_no_page_is_told_of_each(desk: Desk) -> None:
    pages = "titles: [Article 01, Nope, 'A[b', Special:Version, 'wikipedia:Tea', 'Article 02#Top']"
    run = carried_out(desk, NAMED % (pages, "") + "\n" + NAMED.replace("a\n", "b\n", 1) % ("pageids: [999999]", ""), code=1)
    assert ends(run) == {
        "Article 01": ("done", None),
        "Nope": ("skipped", "blocked:missing"),
        "A[b": ("skipped", "blocked:invalid"),
        "Special:Version": ("skipped", "blocked:special"),
        "wikipedia:Tea": ("skipped", "blocked:interwiki"),
        "Article 02#Top": ("skipped", "blocked:invalid"),
        "": ("skipped", "blocked:missing"),
    }


def test_anybody_may_purge(desk: Desk, wiki: MediaWiki) -> None:
    for name in ("WIKIMOP_USERNAME", "WIKIMOP_PASSWORD"):
        del desk.environment[name]
    before = touched(wiki, "Article 01")
    assert ends(carried_out(desk, NAMED % ("titles: [Article 01]", "forcelinkupdate: true"))) == {"Article 01": ("done", None)}
    assert touched(wiki, "Article 01")["Article_01"] > before["Article_01"]


def test_the_right_of_the_site_is_not_asked_for(desk: Desk, wiki: MediaWiki) -> None:
    wiki.settings("foreach ( [ 'user', 'sysop' ] as $group ) { $wgGroupPermissions[$group]['purge'] = false; }")
    assert "purge: possible" in desk.wikimop("doctor", code=0).out
    assert ends(carried_out(desk, NAMED % ("titles: [Article 01]", ""))) == {"Article 01": ("done", None)}


def test_who_may_not_write_through_the_api_is_told_so(desk: Desk, wiki: MediaWiki) -> None:
    """1.39 asks for no right but this one, also for a login. Where no group has it, only the wiki can tell."""
    some = "foreach ( [ '*', 'user' ] as $group ) { $wgGroupPermissions[$group]['writeapi'] = false; }"
    wiki.settings(some)
    refused = desk.wikimop("plan", desk.playbook(NAMED % ("titles: [Article 01]", "")), code=4)
    assert "the wiki refused the login" in refused.err
    for name in ("WIKIMOP_USERNAME", "WIKIMOP_PASSWORD"):
        del desk.environment[name]
    (item,) = planned(desk, NAMED % ("titles: [Article 01]", ""))["a"]
    assert item["blocked"] == {"code": "permission", "detail": "your account lacks the right 'writeapi'"}
    assert "writeapi" in desk.wikimop("doctor", code=4).out
    wiki.settings("foreach ( $wgGroupPermissions as &$rights ) { unset( $rights['writeapi'] ); }")
    # No item has failed for that: the account as such may do nothing.
    run = carried_out(desk, NAMED % ("titles: [Article 01]", ""), code=4)
    assert (run["state"], ends(run)) == ("stopped", {"Article 01": ("pending", "not_sent")})


def test_a_rate_limit_costs_no_page(desk: Desk, wiki: MediaWiki) -> None:
    """Three pages in two seconds: the third waits its turn, and the sixth, as often as it takes."""
    desk.use(wiki.api, "bob")
    wiki.settings("$wgRateLimits['purge'] = ['user' => [3, 2]];")
    names = [f"Article {number:02}" for number in range(1, 26)]
    before = touched(wiki, *names)
    run = carried_out(desk, NAMED % (f"titles: [{', '.join(names)}]", ""))
    assert run["counts"]["done"] == 25
    after = touched(wiki, *names)
    assert all(after[title] > before[title] for title in before)
    log = (desk.folder / f".wikimop/runs/{run['run']}.jsonl").read_text(encoding="utf-8")
    assert log.count('"again":') >= 6
