"""Sources, each held against a plain continuation of the same query by another client."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterable

from tests.desk import Desk, someone
from tests.e2e.reading import Line, blocked, nothing_happened, page_id, planned, revisions, titles
from tests.mediawiki import Client, MediaWiki, seeds

# A step's source, and the same question in the API's own words.
GENERATORS: dict[str, tuple[str, dict[str, object]]] = {
    "categorymembers": (
        "{generator: categorymembers, title: Category:Drafts, namespace: Draft}",
        {"generator": "categorymembers", "gcmtitle": "Category:Drafts", "gcmnamespace": 118},
    ),
    "embeddedin": (
        "{generator: embeddedin, title: Template:Old, filterredir: nonredirects}",
        {"generator": "embeddedin", "geititle": "Template:Old", "geifilterredir": "nonredirects"},
    ),
    "allpages": (
        "{generator: allpages, prefix: Bulk/1}",
        {"generator": "allpages", "gapprefix": "Bulk/1"},
    ),
    "allpages-from": (
        "{generator: allpages, apfrom: Bulk/195, to: Bulk/200}",
        {"generator": "allpages", "gapfrom": "Bulk/195", "gapto": "Bulk/200"},
    ),
    "backlinks": (
        "{generator: backlinks, title: Article 05, redirect: true}",
        {"generator": "backlinks", "gbltitle": "Article 05", "gblredirect": True},
    ),
    "linkshere": (
        "{generator: linkshere, of: {titles: [Article 01, Article 02]}}",
        {"generator": "linkshere", "titles": "Article 01|Article 02"},
    ),
    "linkshere-of-missing": (
        "{generator: linkshere, of: {titles: [Wanted 1]}}",
        {"generator": "linkshere", "titles": "Wanted 1"},
    ),
    "links": (
        "{generator: links, of: {generator: categorymembers, title: Category:Articles, limit: 3}}",
        {"generator": "links", "titles": "|".join(seeds.ARTICLES[:3])},
    ),
    "links-nested": (
        "{generator: links, of: {generator: linkshere, of: {titles: [Wanted 1]}}}",
        {"generator": "links", "titles": "|".join(seeds.ARTICLES[1::7])},
    ),
    "templates": (
        "{generator: templates, of: {titles: [Article 01, Cascade page]}}",
        {"generator": "templates", "titles": "Article 01|Cascade page"},
    ),
    "redirects": (
        "{generator: redirects, of: {titles: [Article 01, Article 03, Old name 01]}}",
        {"generator": "redirects", "titles": "Article 01|Article 03|Old name 01"},
    ),
    "querypage": (
        "{generator: querypage, page: BrokenRedirects}",
        {"generator": "querypage", "gqppage": "BrokenRedirects"},
    ),
    "search": (
        "{generator: search, search: infobox, what: text}",
        {"generator": "search", "gsrsearch": "infobox", "gsrwhat": "text"},
    ),
    "prefixsearch": (
        "{generator: prefixsearch, search: 'Old name'}",
        {"generator": "prefixsearch", "gpssearch": "Old name"},
    ),
    "recentchanges": (
        "{generator: recentchanges, user: Vandal, type: [edit, new]}",
        {"generator": "recentchanges", "grcuser": "Vandal", "grctype": "edit|new"},
    ),
    "allrevisions": (
        "{generator: allrevisions, user: Vandal}",
        {"generator": "allrevisions", "garvuser": "Vandal"},
    ),
    "pageswithprop": (
        "{generator: pageswithprop, propname: hiddencat}",
        {"generator": "pageswithprop", "gpwppropname": "hiddencat"},
    ),
    "protectedtitles": ("{generator: protectedtitles}", {"generator": "protectedtitles"}),
    "categories": (
        "{generator: categories, of: {titles: ['Draft:Idea 01', Article 01]}}",
        {"generator": "categories", "titles": "Draft:Idea 01|Article 01"},
    ),
    "imageusage": (
        "{generator: imageusage, title: 'File:Red square.png'}",
        {"generator": "imageusage", "giutitle": "File:Red square.png"},
    ),
    "fileusage": (
        "{generator: fileusage, of: {titles: ['File:Red square.png']}}",
        {"generator": "fileusage", "titles": "File:Red square.png"},
    ),
    "transcludedin": (
        "{generator: transcludedin, of: {titles: [Template:Infobox]}}",
        {"generator": "transcludedin", "titles": "Template:Infobox"},
    ),
    "allcategories": (
        "{generator: allcategories, prefix: Empty}",
        {"generator": "allcategories", "gacprefix": "Empty"},
    ),
    "alllinks": (
        "{generator: alllinks, prefix: Wanted, unique: true}",
        {"generator": "alllinks", "galprefix": "Wanted", "galunique": True},
    ),
    "images": (
        "{generator: images, of: {titles: [Article 01, Article 50]}}",
        {"generator": "images", "titles": "Article 01|Article 50"},
    ),
}  # fmt: skip


def continued(client: Client, query: dict[str, object]) -> list[str]:
    """The titles of every page that a query gives, to its end."""
    answers = client.query(**query)
    return [page["title"] for answer in answers for page in answer.get("query", {}).get("pages", ())]


def steps(sources: dict[str, str], kind: str = "pages", action: str = "purge: {}") -> str:
    """A playbook of one step for each source."""
    return "\n".join(f"- id: {name}\n  {kind}: {source}\n  {action}" for name, source in sources.items())


def test_every_generator_finds_what_a_plain_query_finds(desk: Desk, wiki: MediaWiki) -> None:
    other = someone(wiki)
    other.protect("Never create", "create=sysop")
    other.edit("Category:Empty 01", "Hidden. __HIDDENCAT__")
    other.edit("Elsewhere", "[[Category:Empty 02]]")
    wiki.run_jobs()
    items = planned(desk, steps({name: source for name, (source, _) in GENERATORS.items()}))
    sysop = someone(wiki, "sysop")
    for name, (_, query) in GENERATORS.items():
        expected = continued(sysop, query)
        assert expected, name
        assert sorted(titles(items[name])) == sorted(set(expected)), name
    assert set(blocked(items["alllinks"]).values()) == {"missing"}
    assert len(items["recentchanges"]) < len(continued_list(sysop, "recentchanges", rcuser="Vandal", rctype="edit|new"))


def continued_list(client: Client, name: str, **query: object) -> list[Line]:
    """The entries of a list, to its end."""
    return [entry for answer in client.query(list=name, **query) for entry in answer["query"][name]]


def test_small_answers_are_continued_to_the_end(desk: Desk, wiki: MediaWiki) -> None:
    wiki.settings("$wgAPIMaxResultSize = 30000; $wgMiserMode = false;")
    source = "{generator: links, of: {generator: allpages, prefix: Article}}"
    items = planned(desk, steps({"members": "{generator: allpages, prefix: Bulk/}", "links": source}))
    assert titles(items["members"]) == list(seeds.BULK)
    pages = someone(wiki).query(generator="allpages", gapprefix="Article", gaplimit="max", prop="links", pllimit="max")
    found = {link["title"] for one in pages for page in one["query"]["pages"] for link in page.get("links", ())}
    assert set(titles(items["links"])) == found


def test_titles_are_read_as_the_wiki_reads_them(desk: Desk) -> None:
    decomposed = unicodedata.normalize("NFD", "Café société")
    assert decomposed != "Café société"
    given = [
        *seeds.AWKWARD, decomposed, "article_02", ":Article 03", " Article  04 ", "Talk:Article 01", "Never was",
        "A|B", "[bad]", "Special:RecentChanges", "Media:Red square.png", "mw:Help", "wikipedia:Foo", "Article 02",
        "project:about",
    ]  # fmt: skip
    (items,) = planned(desk, steps({"all": f"{{titles: {json.dumps(given, ensure_ascii=False)}}}"})).values()
    found = titles(items)
    assert len(found) == len(set(found))
    assert found[: len(seeds.AWKWARD)] == list(seeds.AWKWARD)
    assert {"Article 02", "Article 03", "Article 04", "Talk:Article 01", "Project:About"} <= set(found)
    assert blocked(items) == {
        "Never was": "missing", "A|B": "invalid", "[bad]": "invalid", "Special:RecentChanges": "special",
        "Media:Red square.png": "special", "mw:Help": "interwiki", "wikipedia:Foo": "interwiki",
    }  # fmt: skip
    assert all(item["blocked"]["detail"] for item in items if "blocked" in item)


def test_blocked_titles_are_said_and_skipped(desk: Desk) -> None:
    given = "- id: all\n  pages: {titles: [Article 01, Never was, '[bad]', Special:RecentChanges, 'mw:Help']}\n  purge: {}"
    run = desk.wikimop("run", desk.playbook(given), "--yes", "--format", "json", code=1).json
    assert {item["title"]: (item["state"], item["code"]) for item in desk.items(run["run"])} == {
        "Article 01": ("done", None),
        "Never was": ("skipped", "blocked:missing"),
        "[bad]": ("skipped", "blocked:invalid"),
        "Special:RecentChanges": ("skipped", "blocked:special"),
        "mw:Help": ("skipped", "blocked:interwiki"),
    }


def test_ids_and_files(desk: Desk, wiki: MediaWiki) -> None:
    one, two = page_id(wiki, "Article 01"), page_id(wiki, "Article 02")
    first, *_, last = revisions(wiki, "Article 02")
    desk.write(f"\ufeff# mine\nArticle 01\n\n  Café société  \n{unicodedata.normalize('NFD', 'Café société')}\n", "lines.txt")
    desk.write('title,page\n"A, b; c: (d) @ e!",7\n"The ""quoted"" page",8\nArticle 02,\n', "pages.csv")
    desk.write(f'{{"id": {one}}}\n\n{{"id": "{two}"}}\n{{"id": 999999}}\n', "ids.jsonl")
    desk.write(f"{first}\n{last}\n", "revids.txt")
    items = planned(
        desk,
        steps(
            {
                "pageids": f"{{pageids: [{two}, {one}, {two}, 999999]}}",
                "revids": f"{{revids: [{first}, {last}, 99999999]}}",
                "lines": "{file: lines.txt}",
                "csv": "{file: {path: pages.csv, format: csv, column: title}}",
                "jsonl": "{file: {path: ids.jsonl, format: jsonl, column: id, kind: pageids}}",
                "file-revids": "{file: {path: revids.txt, kind: revids}}",
            }
        ),
    )
    assert [item["key"] for item in items["pageids"]] == [f"page:{two}", f"page:{one}", "page:999999"]
    assert blocked(items["pageids"]) == {"page:999999": "missing"}
    assert titles(items["revids"]) == ["Article 02", "revision 99999999"]
    assert blocked(items["revids"]) == {"revision 99999999": "missing"}
    assert titles(items["lines"]) == ["Article 01", "Café société"]
    assert titles(items["csv"]) == ["A, b; c: (d) @ e!", 'The "quoted" page', "Article 02"]
    assert [item["key"] for item in items["jsonl"]] == [f"page:{one}", f"page:{two}", "page:999999"]
    assert titles(items["file-revids"]) == ["Article 02"]


def test_a_broken_file_is_told_with_its_line(desk: Desk, wiki: MediaWiki) -> None:
    desk.write("id\n12\ntwelve\n", "ids.csv")
    source = "{file: {path: ids.csv, format: csv, column: id, kind: pageids}}"
    result = desk.wikimop("run", desk.playbook(steps({"ids": source})), "--yes", code=2)
    assert "ids.csv:3" in result.err
    nothing_happened(desk, wiki, result)


def test_except_limit_and_redirects(desk: Desk, wiki: MediaWiki) -> None:
    desk.write("Bulk/002\nbulk/004\n", "keep.txt")
    bulk = "generator: allpages, prefix: Bulk/00"
    nested = "{generator: categorymembers, title: Category:Bulk, except: {titles: [Bulk/001, Bulk/003]}}"
    newest = "generator: categorymembers, title: Category:Drafts, sort: timestamp, dir: desc, limit: 7"
    items = planned(
        desk,
        steps(
            {
                "titles": f"{{{bulk}, except: {{titles: [Bulk/001, bulk/003, Never was]}}}}",
                "file": f"{{{bulk}, except: {{file: keep.txt}}}}",
                "generator": f"{{{bulk}, except: {{generator: search, search: many, what: text, limit: 5}}}}",
                "nested": f"{{{bulk}, except: {nested}}}",
                "limited-after-except": f"{{{bulk}, limit: 2, except: {{titles: [Bulk/001]}}}}",
                "newest": f"{{{newest}}}",
                "newest-changes": "{generator: recentchanges, type: new, namespace: 118, limit: 5}",
                "random": "{generator: random, namespace: 0, limit: 12}",
                "redirects": "{titles: [Double redirect 1, Old name 02, Article 02, Broken redirect 01], redirects: true}",
                "not-followed": "{titles: [Old name 02]}",
                "worst": "{generator: querypage, page: Longpages, limit: 5}",
                "last-seen": "{generator: allrevisions, dir: older, namespace: 118, limit: 4}",
                "search": "{generator: search, search: draft, what: text, namespace: 118, limit: 6}",
            }
        ),
    )
    nine = [f"Bulk/00{number}" for number in range(1, 10)]
    assert titles(items["titles"]) == [title for title in nine if title not in {"Bulk/001", "Bulk/003"}]
    assert titles(items["file"]) == [title for title in nine if title not in {"Bulk/002", "Bulk/004"}]
    sysop = someone(wiki, "sysop")
    found = sysop.get(action="query", list="search", srsearch="many", srwhat="text", srlimit=5)["query"]["search"]
    many = [entry["title"] for entry in found]
    assert titles(items["generator"]) == [title for title in nine if title not in many]
    assert titles(items["nested"]) == ["Bulk/001", "Bulk/003"]
    assert titles(items["limited-after-except"]) == ["Bulk/002", "Bulk/003"]
    order = {"cmtitle": "Category:Drafts", "cmsort": "timestamp", "cmdir": "desc"}
    listed = [entry["title"] for entry in continued_list(sysop, "categorymembers", **order)]
    assert titles(items["newest"]) == listed[:7]
    assert listed[:7] != sorted(listed[:7])
    recent = continued_list(sysop, "recentchanges", rctype="new", rcnamespace=118)
    assert titles(items["newest-changes"]) == unique(entry["title"] for entry in recent)[:5]
    worst = sysop.get(action="query", list="querypage", qppage="Longpages", qplimit=5)["query"]["querypage"]["results"]
    assert titles(items["worst"]) == [entry["title"] for entry in worst]
    seen = continued_list(sysop, "allrevisions", arvdir="older", arvnamespace=118, arvlimit=50)
    assert titles(items["last-seen"]) == unique(entry["title"] for entry in seen)[:4]
    assert len(items["random"]) == len(set(titles(items["random"]))) == 12
    assert {item["ns"] for item in items["random"]} == {0}
    assert titles(items["redirects"]) == ["Article 01", "Article 02", "Gone 01"]
    assert blocked(items["redirects"]) == {"Gone 01": "missing"}
    assert (titles(items["not-followed"]), items["not-followed"][0]["redirect"]) == (["Old name 02"], True)
    found = continued_list(sysop, "search", srsearch="draft", srwhat="text", srnamespace=118)
    assert titles(items["search"]) == [entry["title"] for entry in found][:6]


def unique(values: Iterable[str]) -> list[str]:
    """Each value once, in the order of their first appearance."""
    return list(dict.fromkeys(values))


def test_steps_as_sources(desk: Desk) -> None:
    items = planned(
        desk,
        """
- id: first
  pages: {titles: [Article 02, Article 01, Never was, Talk:Article 01]}
  purge: {}
- id: again
  pages: {step: first}
  purge: {}
- id: skipped
  pages: {step: first, outcome: [done, skipped]}
  purge: {}
- id: links
  pages: {generator: linkshere, of: {step: first, outcome: done}}
  purge: {}
- id: edits
  revisions: {generator: revisions, of: {step: first}, user: Vandal}
  revisiondelete: {hide: [comment]}
- id: edited
  pages: {step: edits}
  purge: {}
""",
    )
    assert titles(items["again"]) == ["Article 02", "Article 01", "Talk:Article 01"]
    assert titles(items["skipped"]) == ["Article 02", "Article 01", "Never was", "Talk:Article 01"]
    assert items["again"][0]["parents"] == [["first", items["first"][0]["key"]]]
    by_title = {item["title"]: item["parents"] for item in items["links"]}
    assert by_title["Old name 01"] == [["first", items["first"][1]["key"]]]
    assert len(by_title) == len(items["links"])
    assert sorted(set(titles(items["edits"]))) == ["Article 01", "Article 02"]
    assert titles(items["edited"]) == unique(titles(items["edits"]))
    assert len(items["edited"][0]["parents"]) == 2


def test_revisions(desk: Desk, wiki: MediaWiki) -> None:
    sysop = someone(wiki, "sysop")
    long = revisions(wiki, seeds.LONG_HISTORY)
    span = "start: 2023-01-11T14:00:00Z, end: 2023-01-13T12:00:00Z, dir: newer, user: Carol"
    items = planned(
        desk,
        steps(
            {
                "revids": f"{{revids: [{long[3]}, {long[1]}, {long[3]}, 99999999]}}",
                "of": f"{{generator: revisions, of: {{titles: [History/Long, Article 02]}}, {span}}}",
                "of-all": "{generator: revisions, of: {generator: allpages, prefix: Article 0}}",
                "all": "{generator: allrevisions, user: Vandal, namespace: 0}",
                "contribs": "{list: usercontribs, user: [Vandal, Carol], namespace: [0, Draft talk]}",
                "limited": "{list: usercontribs, user: Vandal, limit: 3}",
                "minus": f"{{generator: revisions, of: {{titles: [History/Long]}}, except: {{revids: {long[2:]}}}}}",
                "newest-first": "{generator: revisions, of: {titles: [History/Long]}, limit: 2}",
            },
            kind="revisions",
            action="revisiondelete: {hide: [comment]}",
        ),
    )
    ids = {name: [item["revid"] for item in found] for name, found in items.items()}
    assert ids["revids"] == [long[3], long[1], 99999999]
    assert blocked(items["revids"]) == {"rev:99999999": "missing"}
    span_query = {"rvstart": "2023-01-11T14:00:00Z", "rvend": "2023-01-13T12:00:00Z", "rvdir": "newer", "rvuser": "Carol"}
    ours = [
        revision["revid"]
        for answer in sysop.query(titles=seeds.LONG_HISTORY, prop="revisions", rvlimit=5, rvprop="ids", **span_query)
        for revision in answer["query"]["pages"][0].get("revisions", ())
    ]
    assert (ids["of"], len(ours) > 5) == (ours, True)
    rows = wiki.rows(
        "SELECT rev_id FROM revision JOIN page ON page_id = rev_page WHERE page_namespace = 0 AND page_title LIKE 'Article_0_'"
    )
    assert sorted(ids["of-all"]) == sorted(row[0] for row in rows)
    listed = continued_list(sysop, "allrevisions", arvuser="Vandal", arvnamespace=0)
    assert sorted(ids["all"]) == sorted(revision["revid"] for page in listed for revision in page["revisions"])
    contribs = continued_list(sysop, "usercontribs", ucuser="Vandal|Carol", ucnamespace="0|119")
    assert ids["contribs"] == [entry["revid"] for entry in contribs]
    newest = continued_list(sysop, "usercontribs", ucuser="Vandal")
    assert ids["limited"] == [entry["revid"] for entry in newest][:3]
    assert sorted(ids["minus"]) == long[:2]
    assert ids["newest-first"] == long[:-3:-1]


def test_what_only_the_wiki_can_judge_fails_the_plan(desk: Desk, wiki: MediaWiki) -> None:
    wrong = {
        "{generator: categorymembers, title: Category:Drafts, namespace: 120}": "120",
        "{generator: allpages, namespace: Drafts}": "Drafts",
        "{generator: recentchanges, type: [edit], tag: no-such-tag, user: 'A#b'}": "",
        "{generator: querypage, page: NoSuchPage}": "NoSuchPage",
        "{generator: allpages, namespace: 0, except: {generator: allpages, namespace: 121}}": "121",
    }
    for source, word in wrong.items():
        result = desk.wikimop("run", desk.playbook(steps({"all": source})), "--yes", code=2)
        assert word in result.err, source
        nothing_happened(desk, wiki, result)
    never = desk.wikimop("plan", desk.playbook(steps({"all": "{titles: [A]}"}), "never_touch: {namespaces: [Nowhere]}"), code=2)
    assert "Nowhere" in never.err


def test_a_limit_goes_by_the_order_of_the_pages_also_where_an_answer_is_continued(desk: Desk, wiki: MediaWiki) -> None:
    admin = someone(wiki)
    admin.edit("Many links", "".join(f"[[L {number:04}]]" for number in range(520)))  # more than an answer holds
    admin.edit("Few links", "[[Q 1]] [[Q 2]]")
    wiki.run_jobs()
    desk.use(wiki.api, "bob")
    items = planned(desk, steps({"few": "{generator: links, of: {titles: [Few links, Many links]}, limit: 3}"}))
    assert titles(items["few"]) == ["Q 1", "Q 2", "L 0000"]
