"""Query modules that only the wiki has, named in `modules:`: found as the database has them, or refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.desk import Desk
from tests.e2e.reading import carried_out, ends, planned, titles
from tests.mediawiki import MediaWiki

EXTENSION = Path(__file__).with_name("query_modules.php").read_text(encoding="utf-8").removeprefix("<?php\n")
BOTH = "modules: [testpages, testbelow]"


@pytest.fixture
def extended(wiki: MediaWiki, desk: Desk) -> Desk:
    """A desk at a wiki with the extension."""
    wiki.settings(EXTENSION)
    return desk


def purge(source: str) -> str:
    return f"- id: one\n  pages: {source}\n  purge: {{}}"


def found(desk: Desk, source: str, top: str = "modules: [testpages]") -> list[str]:
    return titles(planned(desk, purge(source), top)["one"])


def like(wiki: MediaWiki, beginning: str, namespace: int = 0, more: str = "1") -> list[str]:
    sql = (
        "SELECT page_title FROM page JOIN revision ON rev_id = page_latest WHERE page_namespace = ?"
        f" AND page_title LIKE ? || '%' AND {more} ORDER BY page_id"
    )
    return [title.replace("_", " ") for (title,) in wiki.rows(sql, namespace, beginning.replace(" ", "_"))]


def test_every_page_that_it_generates(extended: Desk, wiki: MediaWiki) -> None:
    """Nine pages of results, of 7 each: the module gives no more at once."""
    assert sorted(found(extended, "{generator: testpages, tptitles: Article}")) == sorted(like(wiki, "Article"))
    assert len(like(wiki, "Article")) == 60


@pytest.mark.parametrize(
    ("parameters", "beginning", "namespace", "more"),
    [
        ("tptitles: Idea, namespace: Draft", "Idea", 118, "1"),
        ("tptitles: Idea, tpnamespace: draft", "Idea", 118, "1"),
        ("tptitles: Article, kind: article, even: true", "Article", 0, "page_id % 2 = 0"),
        (
            "tptitles: Article, bounds: [least, most], least-size: 100, tpmost-size: 300",
            "Article",
            0,
            "page_len BETWEEN 100 AND 300",
        ),
        (
            "tptitles: Article, bounds: least|most, least-size: 100, most-size: 300",
            "Article",
            0,
            "page_len BETWEEN 100 AND 300",
        ),
        ("tptitles: Article, even: false", "Article", 0, "1"),
        ("tptitles: Old name, kind: redirect, size: 1", "Old name", 0, "page_is_redirect = 1"),
        ("tptitles: Article, since: 2024-03-01T12:20:00Z", "Article", 0, "rev_timestamp >= '20240301122000'"),
        ("tptitles: Article, since: 9999 days ago", "Article", 0, "1"),
        ("tptitles: Article, since: now", "Article", 0, "0"),
        ("tptitles: '${vars.beginning}'", "100%", 0, "1"),
    ],
)
def test_its_parameters(extended: Desk, wiki: MediaWiki, parameters: str, beginning: str, namespace: int, more: str) -> None:
    pages = found(extended, f"{{generator: testpages, {parameters}}}", "vars: {beginning: 100%}\nmodules: [testpages]")
    assert sorted(title.removeprefix("Draft:") for title in pages) == sorted(like(wiki, beginning, namespace, more))
    assert bool(pages) == (more != "0")


def test_several_namespaces(extended: Desk, wiki: MediaWiki) -> None:
    pages = found(extended, "{generator: testpages, tptitles: I, namespace: [Draft, 119]}")
    assert len(pages) == len(like(wiki, "I", 118)) + len(like(wiki, "I", 119)) > 50


def test_a_text_counts_as_it_was_written(extended: Desk, wiki: MediaWiki) -> None:
    """`01` is not 1, and `1.10` is not 1.1: what type it has is not known when the playbook is read."""
    wiki_titles = like(wiki, "1")
    assert found(extended, "{generator: testpages, tptitles: 1}") == wiki_titles
    assert found(extended, "{generator: testpages, tptitles: 01}") == []
    assert found(extended, "{generator: testpages, tptitles: [1]}".replace("[1]", "1+1")) == ["1+1=2?"]


@pytest.mark.parametrize(
    ("source", "more"),
    [
        (
            "{titles: [Article 01, Article 02], except: {generator: testpages, tptitles: Article, even: true}}",
            "page_id IN (11)",
        ),
        (
            "{generator: linkshere, namespace: 0, show: ['!redirect'], of: {generator: testpages, tptitles: Article 02}}",
            "page_title = 'Article_01'",
        ),
        (
            "{intersect: [{titles: [Article 01, Article 02, Main Page]}, {generator: testpages, tptitles: Article}]}",
            "page_title IN ('Article_01', 'Article_02')",
        ),
        (
            "{union: [{titles: [Article 01]}, {generator: testpages, tptitles: Article 05}]}",
            "page_title IN ('Article_01', 'Article_05')",
        ),
        (
            "{generator: testpages, tptitles: Article, where: [title: {regex: '[12]1$'}]}",
            "page_title IN ('Article_11', 'Article_21')",
        ),
    ],
)
def test_wherever_a_source_of_pages_stands(extended: Desk, wiki: MediaWiki, source: str, more: str) -> None:
    assert sorted(found(extended, source)) == sorted(like(wiki, "Article", 0, more))


def test_in_revisions_it_stands_in_of(extended: Desk, wiki: MediaWiki) -> None:
    source = "{generator: revisions, user: Vandal, of: {generator: testpages, tptitles: Article 0}}"
    steps = f"- id: one\n  revisions: {source}\n  revisiondelete: {{hide: [comment]}}"
    pages = titles(planned(extended, steps, "modules: [testpages]")["one"])
    assert len(pages) == 18
    assert set(pages) == set(like(wiki, "Article 0"))


def test_a_list_goes_in_the_order_of_the_module(extended: Desk) -> None:
    assert found(extended, "{list: testpages, tptitles: Article, limit: 9}") == [f"Article {n}" for n in range(60, 51, -1)]


def test_a_property_generator(extended: Desk, wiki: MediaWiki) -> None:
    pages = found(extended, "{generator: testbelow, of: {titles: ['Draft:Idea 01', Main Page, Bulk]}}", "modules: [testbelow]")
    assert pages == ["Draft:Idea 01/Notes"]
    drafts = found(extended, "{generator: testbelow, of: {generator: testpages, tptitles: Idea, namespace: 118}}", BOTH)
    assert sorted(drafts) == [f"Draft:{title}" for title in like(wiki, "Idea", 118, "page_title LIKE '%/Notes'")]
    assert len(drafts) == 4


def test_a_property_generator_keeps_the_parents_of_each_item(extended: Desk, wiki: MediaWiki) -> None:
    """Of two parents one is deleted by the run, the other is not: what is below the other is skipped."""
    steps = """
- id: above
  pages: {titles: ['Draft:Idea 01', 'Draft:Idea 02', 'Draft:Idea 99']}
  delete: {reason: test}
- id: below
  pages: {generator: testbelow, of: {step: above, outcome: done}}
  delete: {reason: test}
"""
    assert [item["parents"] for item in planned(extended, steps, "modules: [testbelow]")["below"]] == [
        [["above", f"page:{page}"]] for page in ids(wiki, "Idea_01", "Idea_02")
    ]
    wiki.settings(EXTENSION + "\n" + KEEP_SECOND)
    run = carried_out(extended, steps, "modules: [testbelow]", code=1)
    assert ends(run)["Draft:Idea 01/Notes"] == ("done", None)
    assert ends(run)["Draft:Idea 02"][0] == "failed"
    assert ends(run)["Draft:Idea 02/Notes"] == ("skipped", "outcome")


KEEP_SECOND = """
$wgHooks['ArticleDelete'][] = static function ( $page, $user, &$reason, &$error ) {
	$error = 'kept';
	return $page->getTitle()->getText() !== 'Idea 02';
};
"""


def ids(wiki: MediaWiki, *names: str) -> list[int]:
    sql = "SELECT page_id FROM page WHERE page_namespace = 118 AND page_title = ?"
    return [page for name in names for (page,) in wiki.rows(sql, name)]


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("{generator: testpages, kind: all}", "`testpages`: the wiki wants `tptitles`"),
        ("{generator: testpages, tptitles: A, knid: all}", "`testpages`: the wiki knows no parameter `knid`"),
        ("{generator: testpages, tptitles: A, limt: 4}", "did you mean `limit`?"),
        ("{generator: testpages, tptitles: A, kind: redirects}", "`kind` has no value `redirects`"),
        ("{generator: testpages, tptitles: A, kind: [all]}", "`kind` takes one value, not a list"),
        ("{generator: testpages, tptitles: [A]}", "`titles` takes one value, not a list"),
        ("{generator: testpages, tptitles: ''}", "`titles` is empty"),
        ("{generator: testpages, tptitles: true}", "`titles` must be text"),
        ("{generator: testpages, tptitles: A, size: big}", "`size` must be a whole number, not `big`"),
        ("{generator: testpages, tptitles: A, size: -1}", "`size` is -1; the least is 0"),
        ("{generator: testpages, tptitles: A, size: 1001}", "`size` is 1001; the most is 1000"),
        ("{generator: testpages, tptitles: A, size: 1.0}", "`size` must be a whole number, not `1.0`"),
        ("{generator: testpages, tptitles: A, even: yes}", "`even` must be true or false, not `yes`"),
        ("{generator: testpages, tptitles: A, bounds: [least], least-size: big}", "`least-size` must be a whole number"),
        ("{generator: testpages, tptitles: A, bounds: [least], most-size: 9}", "the wiki knows no parameter `most-size`"),
        ("{generator: testpages, tptitles: A, bounds: [least]}", "the wiki wants `least-size`"),
        ("{generator: testpages, tptitles: A, since: yesterday}", "`since` is no time: `yesterday`"),
        ("{generator: testpages, tptitles: A, namespace: 2300}", "the wiki has no namespace 2300"),
        ("{generator: testpages, tptitles: A, namespace: [0, Drafft]}", "the wiki has no namespace `Drafft`"),
        ("{generator: testpages, tptitles: A, namespace: -1}", "`namespace` takes no namespace below 0"),
        ("{generator: testpages, tptitles: A, size: 1, tpsize: 2}", "`tpsize` is written twice"),
        ("{generator: testpages, tptitles: A, tplimit: 5}", "`tplimit` has no place in a playbook"),
        ("{generator: testpages, tptitles: A, tpcontinue: x}", "`tpcontinue` has no place in a playbook"),
        ("{generator: testpages, gtptitles: A}", "written without the g: not `gtptitles`"),
        ("{generator: testpages, tptitles: A, of: {titles: [A]}}", "`of` feeds a property generator"),
        ("{generator: testbelow}", "it works on pages, and there is no `of`"),
        ("{generator: testbelow, of: {titles: [A]}, any: 1}", "`testbelow`: the wiki knows no parameter `any`"),
        ("{list: testbelow}", "it works on pages, and there is no `of`"),
        ("{generator: testnumbers}", "the wiki's module `testnumbers` is no generator"),
        ("{generator: testnothing}", "the wiki has no module `testnothing`"),
        ("{titles: [A], except: {generator: testpages, tptitles: A, kind: none}}", "`kind` has no value `none`"),
        ("{union: [{titles: [A]}, {generator: linkshere, of: {generator: testpages}}]}", "the wiki wants `tptitles`"),
    ],
)
def test_what_the_wiki_lacks_is_refused_and_nothing_planned(extended: Desk, source: str, words: str) -> None:
    name = source.partition("test")[2].partition(",")[0].partition("}")[0]
    playbook = extended.playbook(purge(source), f"modules: [test{name}]")
    extended.wikimop("validate", playbook, code=0)
    refused = extended.wikimop("plan", playbook, code=2)
    assert words in refused.err
    assert "step one" in refused.err
    assert extended.wikimop("runs", code=0).out == ""


def test_a_list_that_is_none_of_pages(extended: Desk) -> None:
    playbook = extended.playbook(purge("{list: testnumbers}"), "modules: [testnumbers]")
    refused = extended.wikimop("plan", playbook, code=2)
    assert "what the wiki's module `testnumbers` lists are not pages by their titles" in refused.err
    assert extended.wikimop("runs", code=0).out == ""


def test_all_that_is_wrong_with_a_step_is_told_at_once(extended: Desk) -> None:
    source = "{generator: testpages, kind: none, size: 9999, colour: red}"
    refused = extended.wikimop("plan", extended.playbook(purge(source), "modules: [testpages]"), code=2)
    for word in ("no value `none`", "the most is 1000", "no parameter `colour`", "wants `tptitles`"):
        assert word in refused.err


def test_a_wiki_without_the_extension(desk: Desk) -> None:
    playbook = desk.playbook(purge("{generator: testpages, tptitles: A}"), "modules: [testpages]")
    assert "the wiki has no module `testpages`" in desk.wikimop("plan", playbook, code=2).err


OF_ALLPAGES = "modules: [allpages.colour, allpages.filterlanglinks]"


def test_what_an_extension_adds_to_a_module_of_core(extended: Desk, wiki: MediaWiki) -> None:
    source = "{generator: allpages, prefix: Article, colour: red, filterlanglinks: some}"
    assert found(extended, source, OF_ALLPAGES) == like(wiki, "Article")
    assert found(extended, source.replace("colour", "apcolour"), OF_ALLPAGES) == like(wiki, "Article")


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("{generator: allpages, colour: green, filterlanglinks: some}", "`colour` has no value `green`"),
        ("{generator: allpages, colour: red, filterlanglinks: few}", "`filterlanglinks` has no value `few`"),
    ],
)
def test_a_value_that_neither_core_nor_the_wiki_has(extended: Desk, source: str, words: str) -> None:
    assert words in extended.wikimop("plan", extended.playbook(purge(source), OF_ALLPAGES), code=2).err


def test_a_wiki_where_nothing_is_added(desk: Desk) -> None:
    playbook = desk.playbook(purge("{generator: allpages, colour: red, filterlanglinks: withlanglinks}"), OF_ALLPAGES)
    assert "the wiki knows no parameter `colour`" in desk.wikimop("plan", playbook, code=2).err
