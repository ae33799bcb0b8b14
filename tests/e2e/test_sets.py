"""Sets of sources and what belongs to pages, each against a result worked out from the wiki's own database."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.desk import Desk, deletions, someone
from tests.e2e.reading import Line, blocked, carried_out, ends, page_id, planned, titles
from tests.e2e.test_sources import steps
from tests.mediawiki import MediaWiki

Table = Callable[..., list[str]]


def table(wiki: MediaWiki) -> Table:
    """Asks the database for one column of texts, with spaces as in titles."""

    def ask(sql: str, *args: object) -> list[str]:
        return [str(text.decode() if isinstance(text, bytes) else text).replace("_", " ") for (text,) in wiki.rows(sql, *args)]

    return ask


MEMBERS = "SELECT page_title FROM page JOIN categorylinks ON cl_from = page_id WHERE page_namespace = 0 AND cl_to = '{0}'"
LINKING = (
    "SELECT page_title FROM page JOIN pagelinks ON pl_from = page_id"
    " WHERE page_namespace = 0 AND pl_namespace = 0 AND pl_title = '{0}'"
)
USING = (
    "SELECT page_title FROM page JOIN templatelinks ON tl_from = page_id JOIN linktarget ON lt_id = tl_target_id"
    " WHERE page_namespace = 0 AND lt_namespace = 10 AND lt_title = '{0}'"
)
TOUCHED = (
    "SELECT DISTINCT page_title FROM page JOIN revision ON rev_page = page_id JOIN actor ON actor_id = rev_actor"
    " WHERE page_namespace = 0 AND actor_name = '{0}'"
)
ARTICLES = "{generator: categorymembers, title: Category:Articles}"
TO_WANTED = "{generator: backlinks, title: Wanted 1}"
WITH_OLD = "{generator: embeddedin, title: Template:Old}"
OF_VANDAL = "{generator: allrevisions, user: Vandal, namespace: 0}"
# A source, and the pages that it must find: a statement of SQL, put together by hand.
OPERATIONS = {
    "union": (f"{{union: [{TO_WANTED}, {WITH_OLD}]}}", f"{LINKING.format('Wanted_1')} UNION {USING.format('Old')}"),
    "intersect": (f"{{intersect: [{TO_WANTED}, {WITH_OLD}]}}", f"{LINKING.format('Wanted_1')} INTERSECT {USING.format('Old')}"),
    "except": (
        f"{{generator: embeddedin, title: Template:Old, except: {TO_WANTED}}}",
        f"{USING.format('Old')} EXCEPT {LINKING.format('Wanted_1')}",
    ),
    "three": (
        f"{{intersect: [{ARTICLES}, {WITH_OLD}, {OF_VANDAL}]}}",
        f"{MEMBERS.format('Articles')} INTERSECT {USING.format('Old')} INTERSECT {TOUCHED.format('Vandal')}",
    ),
    "nested": (
        f"{{union: [{{intersect: [{ARTICLES}, {WITH_OLD}], except: {OF_VANDAL}}}, {{intersect: [{TO_WANTED}, {OF_VANDAL}]}}]}}",
        (
            f"SELECT * FROM ({MEMBERS.format('Articles')} INTERSECT {USING.format('Old')} EXCEPT {TOUCHED.format('Vandal')})"
            f" UNION SELECT * FROM ({LINKING.format('Wanted_1')} INTERSECT {TOUCHED.format('Vandal')})"
        ),
    ),
    "except-a-union": (
        f"{{generator: categorymembers, title: Category:Articles, except: {{union: [{TO_WANTED}, {WITH_OLD}]}}}}",
        f"{MEMBERS.format('Articles')} EXCEPT SELECT * FROM ({LINKING.format('Wanted_1')} UNION {USING.format('Old')})",
    ),
    "except-beside-a-set": (
        f"{{union: [{TO_WANTED}, {WITH_OLD}], except: {{intersect: [{ARTICLES}, {OF_VANDAL}]}}}}",
        (
            f"SELECT * FROM ({LINKING.format('Wanted_1')} UNION {USING.format('Old')})"
            f" EXCEPT SELECT * FROM ({MEMBERS.format('Articles')} INTERSECT {TOUCHED.format('Vandal')})"
        ),
    ),
    "a-set-as-of": (
        f"{{generator: links, namespace: 0, of: {{intersect: [{TO_WANTED}, {WITH_OLD}]}}}}",
        (
            "SELECT DISTINCT pl_title FROM pagelinks JOIN page ON page_id = pl_from WHERE pl_namespace = 0"
            f" AND page_namespace = 0 AND page_title IN ({LINKING.format('Wanted_1')} INTERSECT {USING.format('Old')})"
        ),
    ),
    "nothing-in-common": ("{intersect: [{titles: [Article 01]}, {titles: [Article 02]}]}", "SELECT 1 WHERE 0"),
    "with-itself": (f"{{intersect: [{WITH_OLD}, {WITH_OLD}], except: {{titles: [Article 01]}}}}",
                    f"{USING.format('Old')} EXCEPT SELECT 'Article_01'"),
}  # fmt: skip


def test_a_table_of_set_operations(desk: Desk, wiki: MediaWiki) -> None:
    items = planned(desk, steps({name: source for name, (source, _) in OPERATIONS.items()}))
    for name, (_, sql) in OPERATIONS.items():
        found = titles(items[name])
        assert len(found) == len(set(found)), name
        assert sorted(found) == sorted(table(wiki)(sql)), name
        assert found or name == "nothing-in-common", name


def test_sets_of_revisions(desk: Desk, wiki: MediaWiki) -> None:
    vandal, one = "{list: usercontribs, user: Vandal}", "{generator: revisions, of: {titles: [Article 01, Article 02]}}"
    sources = {
        "intersect": f"{{intersect: [{vandal}, {one}]}}",
        "union": f"{{union: [{vandal}, {one}], except: {{intersect: [{one}, {vandal}]}}}}",
    }
    items = planned(desk, steps(sources, kind="revisions", action="revisiondelete: {hide: [comment]}"))
    bad = "SELECT rev_id FROM revision JOIN actor ON actor_id = rev_actor WHERE actor_name = 'Vandal'"
    two = "SELECT rev_id FROM revision JOIN page ON page_id = rev_page WHERE page_title IN ('Article_01', 'Article_02')"
    two += " AND page_namespace = 0"
    ids = {name: sorted(item["revid"] for item in found) for name, found in items.items()}
    assert ids["intersect"] == [row[0] for row in wiki.rows(f"{bad} INTERSECT {two} ORDER BY 1")]
    difference = f"SELECT * FROM ({bad} UNION {two}) EXCEPT SELECT * FROM ({bad} INTERSECT {two}) ORDER BY 1"
    assert ids["union"] == [row[0] for row in wiki.rows(difference)]
    assert len(ids["intersect"]) == 4


def test_the_order_is_that_of_the_first_source_and_limit_comes_last(desk: Desk) -> None:
    two = "{titles: [Article 03, Article 01, Article 05]}"
    bulk = "{generator: allpages, prefix: Bulk, limit: 2}"
    items = planned(
        desk,
        steps(
            {
                "union": f"{{union: [{two}, {ARTICLES}], limit: 5, except: {{titles: [Article 02]}}}}",
                "intersect": f"{{intersect: [{two}, {ARTICLES}], limit: 2}}",
                "inner": f"{{union: [{bulk}, {{titles: [Old name 01], redirects: true}}, {two}]}}",
                "outer": "{union: [{titles: [Double redirect 1]}, {titles: [Old name 02]}], redirects: true}",
            }
        ),
    )
    assert titles(items["union"]) == ["Article 03", "Article 01", "Article 05", "Article 04", "Article 06"]
    assert titles(items["intersect"]) == ["Article 03", "Article 01"]
    assert titles(items["inner"]) == ["Bulk/001", "Bulk/002", "Article 01", "Article 03", "Article 05"]
    assert titles(items["outer"]) == ["Article 01", "Article 02"]


OUTCOMES = """
- id: purged
  pages: {titles: [Article 01, Article 02, Article 03]}
  purge: {}
- id: gone
  pages: {titles: [Article 02, Article 03, Article 04]}
  purge: {}
- id: either
  pages: {union: [{step: purged, outcome: done}, {step: gone, outcome: failed}]}
  purge: {}
- id: both
  pages: {intersect: [{step: purged, outcome: done}, {step: gone, outcome: [done, failed]}]}
  purge: {}
- id: not-both
  pages: {intersect: [{step: purged, outcome: done}, {step: gone, outcome: failed}]}
  purge: {}
- id: free
  pages: {union: [{step: gone, outcome: failed}, {titles: [Article 04, Article 05]}]}
  purge: {}
- id: links
  pages: {generator: redirects, of: {union: [{step: purged, outcome: failed}, {step: gone, outcome: done}]}}
  purge: {}
"""


def test_parents_and_outcomes_go_through_sets(desk: Desk, wiki: MediaWiki) -> None:
    items = planned(desk, OUTCOMES)
    key = {name: f"page:{page_id(wiki, name)}" for name in (f"Article 0{number}" for number in range(1, 6))}
    parents = {name: {item["title"]: item.get("parents", []) for item in found} for name, found in items.items()}
    assert parents["either"]["Article 01"] == [["purged", key["Article 01"]]]
    assert parents["either"]["Article 02"] == [["purged", key["Article 02"]], ["gone", key["Article 02"]]]
    assert parents["both"]["Article 03"] == parents["either"]["Article 03"]
    assert (parents["free"]["Article 04"], parents["free"]["Article 05"]) == ([["gone", key["Article 04"]]], [])
    assert parents["links"]["Old name 02"] == [["purged", key["Article 02"]], ["gone", key["Article 02"]]]
    run = carried_out(desk, OUTCOMES)
    names = [step["id"] for step in run["steps"]]
    by_step = {name: ends({"items": [item for item in run["items"] if item["step"] == name]}) for name in names}
    done, skipped = ("done", None), ("skipped", "outcome")
    assert by_step["either"] == {
        "Article 01": done, "Article 02": done, "Article 03": done, "Article 04": skipped
    }  # fmt: skip
    assert by_step["both"] == {"Article 02": done, "Article 03": done}
    assert by_step["not-both"] == {"Article 02": skipped, "Article 03": skipped}
    assert by_step["free"] == {"Article 02": skipped, "Article 03": skipped, "Article 04": done, "Article 05": done}
    assert by_step["links"] == {
        "Old name 01": skipped, "Old name 02": done, "Old name 03": done, "Old name 04": done
    }  # fmt: skip


def test_related_pages_are_items_of_their_own(desk: Desk, wiki: MediaWiki) -> None:
    someone(wiki).edit("Draft:Old idea", "#REDIRECT [[Draft:Idea 01]]")
    source = "titles: ['Draft:Idea 01', 'Draft:Idea 02', Talk:Article 01, Article 02, Never was, 'User:Alice']"
    items = planned(
        desk,
        steps(
            {
                "all": f"{{{source}, related: [talk, subpages, redirects]}}",
                "talk": f"{{{source}, related: talk}}",
                "itself": "{titles: [Article 01, Talk:Article 01, Old name 01], related: [redirects, talk]}",
                "limited": "{generator: allpages, namespace: Draft, limit: 1, related: [subpages]}",
                "left-out": "{titles: [Article 01], related: [talk, redirects], except: {titles: [Talk:Article 01]}}",
                "no-subpages": "{titles: [Template:Infobox, Category:Articles, 'File:Unused.png'], related: [subpages, talk]}",
            }
        ),
    )
    given = ["Draft:Idea 01", "Draft:Idea 02", "Talk:Article 01", "Article 02", "Never was", "User:Alice"]
    notes = ["Draft talk:Idea 01", "Draft:Idea 01/Notes", "Draft:Old idea", "Draft talk:Idea 02", "Draft:Idea 02/Notes"]
    assert titles(items["all"]) == [*given, *notes, "Talk:Article 02", "Old name 02", "User:Alice/sandbox"]
    assert blocked(items["all"]) == {"Never was": "missing"}
    assert [item.get("related") for item in items["all"]] == [
        *[None] * 6,
        "talk of Draft:Idea 01", "subpage of Draft:Idea 01", "redirect to Draft:Idea 01",
        "talk of Draft:Idea 02", "subpage of Draft:Idea 02",
        "talk of Article 02", "redirect to Article 02", "subpage of User:Alice",
    ]  # fmt: skip
    assert titles(items["talk"])[6:] == ["Draft talk:Idea 01", "Draft talk:Idea 02", "Talk:Article 02"]
    assert titles(items["itself"]) == ["Article 01", "Talk:Article 01", "Old name 01", "Double redirect 1"]
    assert titles(items["limited"]) == ["Draft:Idea 01", "Draft:Idea 01/Notes"]
    assert titles(items["left-out"]) == ["Article 01", "Old name 01"]
    assert titles(items["no-subpages"])[3:] == ["Template talk:Infobox"]
    assert all(item["pageid"] for item in items["all"] if "related" in item)


@pytest.mark.parametrize("inner", ["{step: first, related: talk}", "{union: [{step: first, related: talk, outcome: done}]}"])
def test_what_is_related_has_the_parents_of_what_it_belongs_to(desk: Desk, inner: str) -> None:
    first = "- id: first\n  pages: {titles: [Article 01]}\n  purge: {}\n"
    items = planned(desk, f"{first}- id: then\n  pages: {inner}\n  purge: {{}}\n")["then"]
    (key,) = {item["key"] for item in items if item["title"] == "Article 01"}
    assert {item["title"]: item["parents"] for item in items} == {
        "Article 01": [["first", key]], "Talk:Article 01": [["first", key]]
    }  # fmt: skip


def test_a_page_is_deleted_with_what_belongs_to_it(desk: Desk, wiki: MediaWiki) -> None:
    source = "{titles: ['Draft:Idea 01', Article 03], related: [talk, subpages, redirects]}"
    run = carried_out(desk, f"- id: a\n  pages: {source}\n  delete: {{reason: with all}}\n")
    gone = {title.replace("_", " ") for title, _ in deletions(wiki)}
    assert gone == {"Idea 01", "Idea 01/Notes", "Article 03", "Old name 03"}
    assert [item["title"] for item in run["items"] if item["state"] == "done"] == [
        "Draft:Idea 01", "Article 03", "Draft talk:Idea 01", "Draft:Idea 01/Notes", "Talk:Article 03", "Old name 03",
    ]  # fmt: skip
    related: list[Line] = [item for item in run["items"] if item["title"] == "Old name 03"]
    assert related[0]["logid"] > 0
