"""Each of the 36 generators: the plan's pages are exactly those of a plain continuation of the same query by another client."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from runner.sources.catalogue import generators
from runner.sources.ordered import ORDERED
from tests.desk import Desk, someone
from tests.e2e.reading import Line, planned, titles
from tests.e2e.stock import DELETED, stock
from tests.e2e.test_sources import steps, unique
from tests.mediawiki import Client, MediaWiki, seeds

RED = "File:Red square.png"
GONE = "|".join((*DELETED, "Article 01"))
TWO = "Article 01|Cascade page"
# A source (without its braces) and the same question in the API's own words, without the letter g.
QUESTIONS: dict[str, tuple[str, dict[str, object]]] = {
    "allcategories": ("prefix: E", {"acprefix": "E"}),
    "alldeletedrevisions": ("prefix: Bulk, namespace: 0", {"adrprefix": "Bulk", "adrnamespace": 0, "adrgeneratetitles": True}),
    "allfileusages": ("dir: descending", {"afdir": "descending"}),
    "allimages": (
        "sort: timestamp, dir: descending, end: 2023-05-01T00:00:00Z",
        {"aisort": "timestamp", "aidir": "descending", "aiend": "2023-05-01T00:00:00Z"},
    ),
    "alllinks": ("prefix: Wanted", {"alprefix": "Wanted"}),
    "allpages": (
        "namespace: Draft, minsize: 40, dir: descending",
        {"apnamespace": 118, "apminsize": 40, "apdir": "descending"},
    ),
    "allredirects": ("prefix: Article", {"arprefix": "Article"}),
    "allrevisions": ("user: Carol, dir: newer", {"arvuser": "Carol", "arvdir": "newer"}),
    "alltransclusions": ("prefix: Old", {"atprefix": "Old"}),
    "backlinks": ("title: Article 05, redirect: true", {"bltitle": "Article 05", "blredirect": True}),
    "categories": ("of: {titles: [Article 01, Cascade page]}", {"titles": TWO}),
    "categorymembers": (
        "title: Category:Drafts, sort: timestamp, dir: desc",
        {"cmtitle": "Category:Drafts", "cmsort": "timestamp", "cmdir": "desc"},
    ),
    "deletedrevisions": (f"of: {{titles: [{', '.join(DELETED)}, Article 01]}}", {"titles": GONE}),
    "duplicatefiles": ("of: {titles: ['File:Red square.png']}", {"titles": RED}),
    "embeddedin": ("title: Template:Old", {"eititle": "Template:Old"}),
    "exturlusage": (
        "protocol: https, query: '*.example.org'",
        {"euprotocol": "https", "euquery": "*.example.org"},
    ),
    "fileusage": ("of: {titles: ['File:Red square.png']}", {"titles": RED}),
    "images": ("of: {titles: [Article 01, Cascade page]}", {"titles": TWO}),
    "imageusage": ("title: 'File:Red square.png'", {"iutitle": RED}),
    "iwbacklinks": ("prefix: wikipedia", {"iwblprefix": "wikipedia"}),
    "langbacklinks": ("lang: de, dir: descending", {"lbllang": "de", "lbldir": "descending"}),
    "links": ("of: {titles: [Article 01, Cascade page]}", {"titles": TWO}),
    "linkshere": ("of: {titles: [Article 01, Wanted 1]}", {"titles": "Article 01|Wanted 1"}),
    "pageswithprop": ("propname: noindex, dir: descending", {"pwppropname": "noindex", "pwpdir": "descending"}),
    "prefixsearch": ("search: Double red", {"pssearch": "Double red"}),
    "protectedtitles": ("level: sysop, dir: newer", {"ptlevel": "sysop", "ptdir": "newer"}),
    "querypage": ("page: Wantedpages", {"qppage": "Wantedpages"}),
    "random": ("namespace: Draft, limit: 12", {"rnnamespace": 118}),
    "recentchanges": ("user: Alice, dir: newer", {"rcuser": "Alice", "rcdir": "newer"}),
    "redirects": ("of: {titles: [Article 01, Old name 02]}", {"titles": "Article 01|Old name 02"}),
    "revisions": ("of: {titles: [Article 01]}, user: Vandal", {"titles": "Article 01", "rvuser": "Vandal"}),
    "search": (
        "search: draft, what: text, namespace: [118, 119]",
        {"srsearch": "draft", "srwhat": "text", "srnamespace": "118|119"},
    ),
    "templates": ("of: {titles: [Article 01, Cascade page]}", {"titles": TWO}),
    "transcludedin": ("of: {titles: ['Template:Old']}", {"titles": "Template:Old"}),
    "watchlist": ("dir: newer", {"wldir": "newer"}),
    "watchlistraw": ("namespace: 0, dir: descending", {"wrnamespace": 0, "wrdir": "descending"}),
}
PREFIXES = {
    "allcategories": "ac", "alldeletedrevisions": "adr", "allfileusages": "af", "allimages": "ai", "alllinks": "al",
    "allpages": "ap", "allredirects": "ar", "allrevisions": "arv", "alltransclusions": "at", "backlinks": "bl",
    "categories": "cl", "categorymembers": "cm", "deletedrevisions": "drv", "duplicatefiles": "df", "embeddedin": "ei",
    "exturlusage": "eu", "fileusage": "fu", "images": "im", "imageusage": "iu", "iwbacklinks": "iwbl",
    "langbacklinks": "lbl", "links": "pl", "linkshere": "lh", "pageswithprop": "pwp", "prefixsearch": "ps",
    "protectedtitles": "pt", "querypage": "qp", "random": "rn", "recentchanges": "rc", "redirects": "rd",
    "revisions": "rv", "search": "sr", "templates": "tl", "transcludedin": "ti", "watchlist": "wl", "watchlistraw": "wr",
}  # fmt: skip
LINKS = ("allfileusages", "alllinks", "allredirects", "alltransclusions")


@pytest.fixture(scope="module")
def stocked(mediawiki: MediaWiki) -> Iterator[MediaWiki]:
    """The wiki with something for every generator; plans change nothing, so that once is enough."""
    mediawiki.settings("")
    mediawiki.reset()
    stock(mediawiki)
    yield mediawiki
    mediawiki.reset()


@pytest.fixture
def reader(tmp_path: Path, stocked: MediaWiki) -> Desk:
    return Desk(tmp_path, stocked.api)


@pytest.fixture(scope="module")
def client(stocked: MediaWiki) -> Client:
    return someone(stocked, "sysop")


def names(items: list[Line]) -> list[str]:
    """Titles; of a page that is gone and known by its id alone, that."""
    return [str(item.get("title") or item["pageid"]) for item in items]


def generated(client: Client, name: str, page_size: int = 3) -> set[str]:
    """Every page that the wiki's own generator gives, continued plainly, a few pages at a time."""
    prefix, given = PREFIXES[name], QUESTIONS[name][1]
    bare = {key: value for key, value in given.items() if key == "titles"}
    own = {f"g{key}": value for key, value in given.items() if key != "titles"}
    answers = client.query(generator=name, **bare, **own, **{f"g{prefix}limit": page_size})
    pages = [page for answer in answers for page in answer.get("query", {}).get("pages", ()) if page.get("pageid") != 0]
    return {str(page.get("title", page.get("pageid"))) for page in pages}


def test_each_of_them_is_asked() -> None:
    assert set(QUESTIONS) == set(PREFIXES) == set(generators())


@pytest.mark.parametrize("name", [name for name in QUESTIONS if name != "random"])
def test_the_plan_holds_exactly_what_a_plain_continuation_gives(reader: Desk, client: Client, name: str) -> None:
    (items,) = planned(reader, steps({"all": f"{{generator: {name}, {QUESTIONS[name][0]}}}"})).values()
    found = names(items)
    assert len(found) == len(set(found)) > 0
    assert set(found) == generated(client, name)


def test_random_pages_are_different_pages_of_the_namespace(reader: Desk) -> None:
    (items,) = planned(reader, steps({"all": f"{{generator: random, {QUESTIONS['random'][0]}}}"})).values()
    assert len({item["pageid"] for item in items}) == len(items) == 12
    assert {item["ns"] for item in items} == {118}


def listed(client: Client, name: str) -> list[str]:
    """The module's pages in its own order, by its list form."""
    prefix = PREFIXES[name]
    prop = {f"{prefix}prop": "ids"} if name in (*LINKS, "watchlist") else {}
    given = {key: value for key, value in QUESTIONS[name][1].items() if key != "adrgeneratetitles"}
    found: list[str] = []
    for answer in client.query(list=name, **given, **prop, **{f"{prefix}limit": 2}):
        entries = answer.get("watchlistraw", answer.get("query", {}).get(name, ()))
        for entry in entries["results"] if name == "querypage" else entries:
            found += [
                _title(client, one) for one in (entry, *entry.get("redirlinks", ())) if one.get("pageid", 1) or "ns" in one
            ]
    return unique(found)


def _title(client: Client, entry: dict[str, object]) -> str:
    if "category" in entry:
        return f"Category:{entry['category']}"
    if "title" in entry:
        return str(entry["title"])
    return str(client.get(action="query", pageids=_id(entry))["query"]["pages"][0].get("title", _id(entry)))


def _id(entry: dict[str, object]) -> object:
    return entry.get("fromid") or entry["pageid"]


@pytest.mark.parametrize("name", sorted(ORDERED))
def test_a_limit_takes_the_first_in_the_order_of_the_module(reader: Desk, client: Client, name: str) -> None:
    expected = listed(client, name)
    most = len(expected)
    limits = {f"limit-{limit}": f"{{generator: {name}, {QUESTIONS[name][0]}, limit: {limit}}}" for limit in {1, 2, most}}
    items = planned(reader, steps(limits))
    for limit in {1, 2, most}:
        assert names(items[f"limit-{limit}"]) == expected[:limit]
    assert most > 1


def test_what_has_no_list_form_has_a_limit_all_the_same(reader: Desk, client: Client) -> None:
    others = sorted(set(QUESTIONS) - ORDERED - {"random"})
    items = planned(reader, steps({name: f"{{generator: {name}, {QUESTIONS[name][0]}, limit: 1}}" for name in others}))
    assert len(others) == 11
    for name in others:
        assert len(items[name]) == 1
        assert set(titles(items[name])) <= generated(client, name)


def test_unique_links_are_the_pages_linked_to(reader: Desk, client: Client) -> None:
    sources = {name: f"{{generator: {name}, unique: true}}" for name in LINKS}
    limited = {f"{name}-2": f"{{generator: {name}, unique: true, limit: 2}}" for name in LINKS}
    items = planned(reader, steps({**sources, **limited}))
    for name in LINKS:
        prefix = PREFIXES[name]
        answers = client.query(list=name, **{f"{prefix}unique": True, f"{prefix}limit": 2})
        expected = [entry["title"] for answer in answers for entry in answer["query"][name]]
        assert set(titles(items[name])) == set(expected)
        assert titles(items[f"{name}-2"]) == expected[:2]


def test_an_empty_watchlist_is_an_empty_plan(reader: Desk) -> None:
    source = "generator: watchlistraw, namespace: Help"
    assert planned(reader, steps({"all": f"{{{source}}}", "limited": f"{{{source}, limit: 3}}"})) == {"all": [], "limited": []}


def test_of_goes_to_any_depth(reader: Desk, client: Client) -> None:
    """Each property generator on what another one found, held against the wiki's generator on the same titles."""
    bases = {
        "categories": "{generator: linkshere, of: {titles: [Wanted 1]}}",
        "deletedrevisions": "{union: [{titles: [Bulk/190, Bulk/191]}, {generator: links, of: {titles: [Article 03]}}]}",
        "duplicatefiles": "{generator: images, of: {generator: redirects, of: {titles: [Article 01]}, redirects: true}}",
        "fileusage": "{generator: images, of: {generator: links, of: {titles: [Main Page]}}}",
        "images": "{generator: links, of: {generator: links, of: {titles: [Main Page]}}}",
        "links": "{generator: categorymembers, title: Category:Articles, limit: 20}",
        "linkshere": "{generator: links, of: {generator: links, of: {titles: [Article 01, Article 02]}}}",
        "redirects": "{generator: links, of: {generator: categorymembers, title: Category:Articles}}",
        "revisions": "{generator: links, of: {titles: [Article 03, Article 04]}}",
        "templates": "{generator: linkshere, of: {titles: [Wanted 2]}, except: {titles: [Article 03]}}",
        "transcludedin": "{generator: templates, of: {generator: links, of: {titles: [Main Page]}}}",
    }
    sources = {name: f"{{generator: {name}, of: {base}}}" for name, base in bases.items()}
    items = planned(reader, steps({**sources, **{f"{name}-of": base for name, base in bases.items()}}))
    for name in bases:
        base = titles(items[f"{name}-of"])
        size = {} if name == "revisions" else {f"g{PREFIXES[name]}limit": 7}
        answers = client.query(generator=name, titles="|".join(base), **size)
        expected = {page["title"] for answer in answers for page in answer.get("query", {}).get("pages", ())}
        # the plain query of revisions takes what does not exist for a page as well
        found = set(titles(items[name]))
        assert found == expected if name != "revisions" else found == {title for title in expected if client.exists(title)}, (
            name
        )
        assert found, name


def test_awkward_titles_go_through_sets_and_properties(reader: Desk) -> None:
    awkward = "{generator: categorymembers, title: Category:Awkward, namespace: 0}"
    pages = ", ".join(f'"{title}"' for title in ("Cafe\u0301 socie\u0301te\u0301", "مقالة تجريبية", "AT&T R&D"))
    given = f'{pages}, "A|B"'
    items = planned(
        reader,
        steps(
            {
                "intersect": f"{{intersect: [{{titles: [{given}]}}, {awkward}]}}",
                "union": f"{{union: [{awkward}, {{titles: [{given}]}}]}}",
                "except": f"{{union: [{awkward}], except: {{titles: [{pages}]}}}}",
                "categories": f"{{generator: categories, of: {awkward}}}",
            }
        ),
    )
    three = ["Café société", "مقالة تجريبية", "AT&T R&D"]
    assert titles(items["intersect"]) == three
    assert set(titles(items["union"])) == {*seeds.AWKWARD, "A|B"}
    assert set(titles(items["except"])) == set(seeds.AWKWARD) - set(three)
    assert titles(items["categories"]) == ["Category:Awkward"]
