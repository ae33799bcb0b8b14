"""`plan --explain`: what every source and condition gave and dropped, held against the wiki's tables; cost; origin."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.desk import Desk
from tests.e2e.reading import lines_of, plan_file
from tests.mediawiki import MediaWiki

Tree = dict[str, Any]
STEPS = """
- id: old
  pages:
    union:
      - {generator: embeddedin, title: Template:Old, limit: 10}
      - intersect:
          - {generator: categorymembers, title: Category:Articles}
          - {list: usercontribs, user: Vandal}
        except: {titles: [Article 03]}
      - {titles: [Old name 01, Nowhere], redirects: true}
    where: [{redirect: false}, {last_edit: {by: [Vandal, Carol]}}]
    related: [talk]
  purge: {}
- id: links
  pages: {generator: linkshere, of: {step: old}, except: {generator: categorymembers, title: Category:Drafts}}
  purge: {}
"""


def explained(desk: Desk, steps: str, top: str = "") -> list[Tree]:
    trees: list[Tree] = desk.wikimop("plan", desk.playbook(steps, top), "--explain", "--format", "json", code=0).json["explain"]
    return trees


def nodes(tree: Tree) -> Iterator[Tree]:
    yield tree
    for inner in tree.get("inside", ()):
        yield from nodes(inner)


def adds_up(tree: Tree) -> None:
    """What was found is given, or left out for a reason that is told."""
    away = sum(tree.get(name, 0) for name in ("repeated", "excepted", "dropped", "not_judged"))
    assert tree["found"] - away + tree.get("related", 0) == tree["gives"], tree
    assert tree["gives"] - tree.get("related", 0) <= tree.get("limit", tree["gives"])
    assert sum(row["dropped"] for row in tree.get("where", ())) == tree.get("dropped", 0)


def test_the_numbers_are_those_of_the_wiki_and_add_up(desk: Desk, wiki: MediaWiki) -> None:
    old, links = explained(desk, STEPS)
    for tree in (*nodes(old), *nodes(links)):
        adds_up(tree)
    found = {tree["source"]: tree for tree in nodes(old)}
    edited = wiki.rows(
        "SELECT count(*), count(DISTINCT rev_page) FROM revision JOIN actor ON actor_id = rev_actor WHERE actor_name = 'Vandal'"
    )
    contributions = found["list usercontribs, user: Vandal"]
    assert [(contributions["found"], contributions["gives"])] == edited
    members = wiki.rows("SELECT count(*) FROM categorylinks WHERE cl_to = 'Articles'")
    assert [(found["generator categorymembers, title: Category:Articles"]["gives"],)] == members
    assert found["intersect"]["excepted"] == 1
    assert found["generator embeddedin, title: Template:Old"]["gives"] == 10
    assert found["titles"]["problems"] == 1
    assert (old["items"], old["gives"]) == (old["gives"], old["items"])
    assert links["inside"][0]["gives"] == old["items"] - old["blocked"]


def test_a_limit_ends_the_judging(desk: Desk) -> None:
    steps = "- id: a\n  pages: {generator: allpages, namespace: 118, where: [{revisions: {min: 3}}], limit: 4}\n  purge: {}"
    (tree,) = explained(desk, steps)
    adds_up(tree)
    assert (tree["gives"], tree["limit"]) == (4, 4)
    assert tree["not_judged"] > 0
    assert tree["one_by_one"] < 40


@pytest.mark.parametrize("name", ["plan", "show"])
def test_it_can_be_read(desk: Desk, name: str) -> None:
    result = desk.wikimop("plan", desk.playbook(STEPS), "--explain", code=0)
    if name == "show":
        plan = desk.wikimop("plan", desk.playbook(STEPS), "--format", "json", code=0).json["plan"]
        result = desk.wikimop("show", plan, "--explain", code=0)
    assert "union.1: intersect: found 13" in result.out
    assert "- 1 by except" in result.out
    assert "by where last_edit: by Vandal, Carol" in result.out


def test_the_cost_is_counted_and_told(desk: Desk, wiki: MediaWiki) -> None:
    steps = """
- {id: gone, pages: {generator: categorymembers, title: Category:Drafts}, delete: {}}
- {id: hide, revisions: {list: usercontribs, user: Vandal}, revisiondelete: {hide: [comment]}}
"""
    told = desk.wikimop("plan", desk.playbook(steps, "limits: {rate: 10/s}"), "--format", "json", code=0).json
    pages = wiki.rows(
        "SELECT count(DISTINCT rev_page) FROM revision JOIN actor ON actor_id = rev_actor WHERE actor_name = 'Vandal'"
    )[0][0]
    assert told["cost"]["writing"] == 40 + pages
    assert told["cost"]["seconds"] == round((40 + pages - 1) / 10, 1)
    run = desk.wikimop("apply", told["plan"], "--yes", "--format", "json", code=0).json["run"]
    log = (desk.folder / f".wikimop/runs/{run}.jsonl").read_text(encoding="utf-8")
    # The revisions of a page may fall into two windows of fresh facts.
    assert 0 <= log.count('"event":"batch_finished"') - told["cost"]["writing"] <= 2
    assert "explain" not in told


def test_items_name_their_origin(desk: Desk) -> None:
    _, *items, _ = lines_of(plan_file(desk, STEPS))
    by_title = {(item["step"], item["title"]): item for item in items}
    assert by_title["old", "Article 05"]["from"] == "union.0"
    assert by_title["old", "Article 02"]["from"] == "union.1"
    assert by_title["old", "Talk:Article 05"]["related"] == "talk of Article 05"
    assert by_title["links", "Article 12"]["parents"] == [["old", by_title["old", "Article 13"]["key"]]]
    through = "- id: a\n  pages: {titles: [old_name 02, Double redirect 1, Main Page], redirects: true}\n  purge: {}"
    _, *found, _ = lines_of(plan_file(desk, through, name="through.jsonl"))
    assert [item.get("through") for item in found] == ["Old name 02", "Double redirect 1", None]


def test_what_the_wiki_has_against_a_source_names_the_step(desk: Desk) -> None:
    steps = """
- {id: fine, pages: {titles: [Main Page]}, purge: {}}
- {id: asks, pages: {generator: categorymembers, title: Article 01}, purge: {}}
"""
    told = desk.wikimop("plan", desk.playbook(steps), code=2)
    assert f"{desk.folder}/playbook.yaml:6: step asks: the wiki refused the query" in told.err


def test_what_a_step_hides_is_not_explained(desk: Desk) -> None:
    """A comment, a user, a log entry's title: what was written to find them stands in no file of ours."""
    steps = """
- id: a
  revisions: {list: usercontribs, user: Vandal, where: [{comment: {contains: 555-01}}, {made: {by: Vandal}}]}
  revisiondelete: {hide: [comment, user]}
"""
    (tree,) = explained(desk, steps)
    assert tree["source"] == "list usercontribs, user"
    assert [row["condition"] for row in tree["where"]] == ["comment", "made"]
    kept = b"".join(path.read_bytes() for path in (desk.folder / ".wikimop").rglob("*") if path.is_file())
    assert b"555-01" not in kept
    assert b"Vandal" not in kept
