"""`plan --explain`: what every source and condition gave and dropped, held against the wiki's tables; cost; origin."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from runner.planning.seal import digest, seal_line
from tests.desk import Desk, someone
from tests.e2e.reading import lines_of, plan_file
from tests.faults.proxy import Proxy, proxied
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


def nodes(tree: Tree) -> list[Tree]:
    return [tree, *tree.get("inside", ())]


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
    assert found["titles (2)"]["problems"] == 1
    assert (old["items"], old["gives"]) == (old["gives"], old["items"])
    assert links["inside"][0]["gives"] == old["items"] - old["blocked"]


def test_a_limit_ends_the_judging(desk: Desk) -> None:
    steps = "- id: a\n  pages: {generator: allpages, namespace: 118, where: [{revisions: {min: 3}}], limit: 4}\n  purge: {}"
    (tree,) = explained(desk, steps)
    adds_up(tree)
    assert (tree["gives"], tree["limit"]) == (4, 4)
    assert tree["not_judged"] > 0
    assert tree["one_by_one"]["revisions"] < 40


@pytest.mark.parametrize("name", ["plan", "show"])
def test_it_can_be_read(desk: Desk, name: str) -> None:
    result = desk.wikimop("plan", desk.playbook(STEPS), "--explain", code=0)
    if name == "show":
        plan = desk.wikimop("plan", desk.playbook(STEPS), "--format", "json", code=0).json["plan"]
        result = desk.wikimop("show", plan, "--explain", code=0)
    assert "union.1: intersect: found 13" in result.out
    assert "- 1 by except; 12 left" in result.out
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


def test_the_requests_are_those_that_the_wiki_saw(desk: Desk, wiki: MediaWiki) -> None:
    steps = """
- {id: gone, pages: {generator: categorymembers, title: Category:Drafts, where: [{creation: {not_by: Vandal}}]}, delete: {}}
- {id: hide, revisions: {list: usercontribs, user: Vandal}, revisiondelete: {hide: [comment]}}
- {id: fresh, pages: {generator: allpages, prefix: Bulk}, purge: {}}
"""
    with proxied(wiki) as way:
        desk.use(way.api, "sysop")
        top = "stop_page: User:Mop/Stop\nnever_touch: {titles: [Main Page]}"
        plan = desk.wikimop("plan", desk.playbook(steps, top), "--explain", "--format", "json", code=0).json
        asked = since_login(way)
        assert plan["cost"]["planning"] == len(asked)
        assert plan["cost"]["planning"] == plan["cost"]["checks"] + sum(step["planning"] for step in plan["explain"])
        assert all(step["planning"] == step["requests"] + step["facts"]["requests"] for step in plan["explain"])
        way.forwarded.clear()
        desk.wikimop("apply", plan["plan"], "--yes", code=0)
        sent = [one for one in since_login(way) if one.get("meta") != "tokens"]
    writes = [one for one in sent if one["action"] != "query"]
    # A slow wiki is asked about fewer items at once.
    assert plan["cost"]["writing"] <= len(writes) <= plan["cost"]["writing"] + 4
    assert plan["cost"]["reading"] <= len(sent) - len(writes) <= plan["cost"]["reading"] + 12


def test_what_the_wiki_is_handed_costs_a_request_a_query(desk: Desk, wiki: MediaWiki) -> None:
    titles = [title.replace("_", " ") for (title,) in wiki.rows("SELECT page_title FROM page WHERE page_title LIKE 'Bulk/%'")]
    steps = f"""
- {{id: all, pages: {{generator: allpages, prefix: Article}}, purge: {{direct: true}}}}
- {{id: links, pages: {{generator: links, of: {{titles: {json.dumps(titles[:60])}}}}}, purge: {{direct: true}}}}
"""
    wiki.settings("$wgGroupPermissions['sysop']['apihighlimits'] = false;")
    with proxied(wiki) as way:
        desk.use(way.api, "sysop")
        top = "stop_page: User:Mop/Stop"
        plan = desk.wikimop("plan", desk.playbook(steps, top), "--explain", "--format", "json", code=0).json
        assert plan["cost"]["planning"] == len(since_login(way)) == plan["cost"]["checks"] + 2
        way.forwarded.clear()
        run = desk.wikimop("apply", plan["plan"], "--yes", "--format", "json", code=0).json["run"]
        sent = since_login(way)
    every, links = plan["explain"]
    assert every == {
        "step": "all", "source": "generator allpages, prefix: Article", "direct": True, "requests": 1, "facts": {"requests": 0},
        "planning": 1, "items": 1, "blocked": 0, "never_touch": 0, "writes": 1, "reads": 1,
    }  # fmt: skip
    assert (links["source"], links["items"]) == ("generator links, of: titles (60)", 2)
    writes = sum(one["action"] == "purge" for one in sent)
    # The wiki's own pages are fifty a request, and there are more than fifty articles.
    (articles,) = wiki.rows("SELECT count(*) FROM page WHERE page_namespace = 0 AND page_title LIKE 'Article%'")[0]
    assert plan["cost"]["writing"] == 3
    assert writes == 3 + (articles - 1) // 50
    assert plan["cost"]["reading"] == 3
    assert sum(one["action"] == "query" for one in sent) == writes
    assert len(desk.items(run)) >= articles


def since_login(way: Proxy) -> list[Mapping[str, str]]:
    """What was asked after it was known who asks, and of which wiki."""
    last = max(number for number, one in enumerate(way.forwarded) if "rights" in one.get("uiprop", ""))
    return list(way.forwarded[last + 1 :])


def test_what_takes_a_request_for_each_page_is_announced(desk: Desk, wiki: MediaWiki) -> None:
    (bulk,) = wiki.rows("SELECT count(*) FROM page WHERE page_title LIKE 'Bulk/%'")[0]
    steps = """
- {id: born, pages: {generator: allpages, prefix: Bulk/, where: [{creation: {not_by: Vandal}}]}, purge: {}}
- {id: family, pages: {generator: allpages, prefix: Bulk/, related: [subpages]}, purge: {}}
- id: leaks
  revisions: {generator: revisions, user: Vandal, of: {generator: categorymembers, title: Category:Articles}}
  revisiondelete: {hide: [comment]}
"""
    told = desk.wikimop("plan", desk.playbook(steps, "never_touch: {namespaces: [8]}"), "--explain", "--format", "json", code=0)
    born, family, leaks = told.json["explain"]
    assert born["one_by_one"] == {"creation": bulk}
    (articles,) = wiki.rows("SELECT count(*) FROM categorylinks WHERE cl_to = 'Articles'")[0]
    assert leaks["one_by_one"] == {"revisions of pages": articles}
    assert leaks["requests"] == articles + 1
    warned = [line for line in told.err.splitlines() if line.startswith("warning: facts read one by one")]
    assert [(f"step={step}" in line, f"what={what}" in line) for (step, what), line in
            zip([("born", "creation"), ("family", "subpages")], warned, strict=True)] == [(True, True)] * 2  # fmt: skip
    assert family["one_by_one"]["subpages"] == bulk
    assert "total=100" in warned[0]


def test_archived_items_add_up(desk: Desk, wiki: MediaWiki) -> None:
    """Two archived revisions of one second are one item."""
    desk.wikimop("run", desk.playbook("- {id: a, pages: {titles: [Article 01, Article 02]}, delete: {}}"), "--yes", code=0)
    with sqlite3.connect(wiki.database) as connection:
        connection.execute(
            "UPDATE archive SET ar_timestamp = (SELECT max(ar_timestamp) FROM archive WHERE ar_title = 'Article_01')"
            " WHERE ar_title = 'Article_01'"
        )
    steps = "- id: a\n  deleted_revisions: {titles: [Article 01, Article 02]}\n  undelete: {}"
    (tree,) = explained(desk, steps)
    rows = wiki.rows("SELECT count(*), count(DISTINCT ar_title || ar_timestamp) FROM archive")
    assert [(tree["gives"], tree["items"])] == rows
    assert tree["gives"] > tree["items"]
    adds_up(tree)
    out = desk.wikimop("plan", desk.playbook(steps), "--explain", code=0).out
    assert f"  - {tree['gives'] - tree['items']} of the same second as another; {tree['items']} left" in out


def test_log_entries_far_apart_are_announced(desk: Desk, wiki: MediaWiki) -> None:
    for number in (1, 2, 3):
        someone(wiki, "sysop").delete(f"Article {number:02}")
        with sqlite3.connect(wiki.database) as connection:
            connection.execute(
                "UPDATE logging SET log_timestamp = ? WHERE log_id = (SELECT max(log_id) FROM logging)",
                [f"2024010{number}000000"],
            )
    steps = "- id: a\n  log_entries: {list: logevents, type: delete}\n  revisiondelete: {hide: [comment]}"
    told = desk.wikimop("plan", desk.playbook(steps), "--explain", "--format", "json", code=0).json
    (tree,) = told["explain"]
    assert tree["facts"] == {"requests": 3, "one_by_one": {"facts of a log entry": 3}}
    assert told["cost"]["reading"] == 1 + 3


def test_a_missing_fact_is_kept_and_counted(desk: Desk, wiki: MediaWiki) -> None:
    steps = "- id: a\n  pages: {titles: [Main Page, Nowhere, Article 01], where: [{size: {min: 1}}]}\n  purge: {}"
    (tree,) = explained(desk, steps)
    assert tree["where"] == [{"condition": "size: min 1", "saw": 3, "kept": 2, "dropped": 0, "unknown": 1}]
    assert (tree["unknown"], tree["problems"], tree["blocked"], tree["gives"]) == (1, 1, 1, 3)
    assert wiki.rows(
        "SELECT count(*) FROM page WHERE page_namespace = 0 AND page_title IN ('Main_Page', 'Nowhere', 'Article_01')"
    ) == [(2,)]


def test_what_a_step_hides_stands_in_no_plan_and_no_log(desk: Desk) -> None:
    secret = "Jane-Doe-of-Elm-Street"
    steps = f"""
- {{id: known, pages: {{list: usercontribs, user: {secret}, where: [{{last_edit: {{by: {secret}}}}}]}}, purge: {{}}}}
- id: leaks
  revisions:
    list: usercontribs
    user: {secret}
    where: [{{user: {secret}}}, {{comment: {{contains: {secret}}}}}, {{text: {{contains: {secret}}}}}]
    except: {{list: usercontribs, user: {secret}, where: [{{made: {{by: {secret}}}}}]}}
  revisiondelete: {{hide: [content, comment, user], reason: x}}
"""
    result = desk.wikimop("plan", desk.playbook(steps), "--explain", "--out", "plan.jsonl", "-v", code=0)
    assert "list usercontribs, user: (withheld)" in result.out
    assert "there is no such user" in result.out
    written = (desk.folder / "plan.jsonl").read_text(encoding="utf-8") + result.out + result.err
    assert secret not in written
    for path in (desk.folder / ".wikimop").rglob("*"):
        assert not path.is_file() or secret.encode() not in path.read_bytes(), path


def test_what_hidden_log_entries_are_about_is_not_told_of_pages_either(desk: Desk) -> None:
    secret = "Jane-Doe-of-Elm-Street"
    steps = f"""
- {{id: log, log_entries: {{list: logevents, title: User:{secret}}}, revisiondelete: {{hide: [content], reason: x}}}}
- id: pages
  pages:
    union: [{{list: logevents, title: User:{secret}}}, {{list: allusers, prefix: {secret}}}]
    where: [{{title: {{contains: {secret}}}}}]
  purge: {{}}
"""
    result = desk.wikimop("plan", desk.playbook(steps), "--explain", "--out", "plan.jsonl", "-v", code=0)
    assert "union.0: list logevents, title: (withheld)" in result.out
    assert secret not in (desk.folder / "plan.jsonl").read_text(encoding="utf-8") + result.out + result.err
    for path in (desk.folder / ".wikimop").rglob("*"):
        assert not path.is_file() or secret.encode() not in path.read_bytes(), path


def test_an_undo_has_a_cost_of_its_own(desk: Desk) -> None:
    steps = "- id: a\n  pages: {generator: categorymembers, title: Category:Drafts}\n  delete: {}"
    run = desk.wikimop("run", desk.playbook(steps), "--yes", "--format", "json", code=0).json
    undo = desk.wikimop("undo", run["run"], "--format", "json", code=0).json
    # All revisions of a title, or of several in a batch, go into requests as `undelete` takes them.
    done = desk.wikimop("apply", undo["plan"], "--yes", "--format", "json", code=0).json
    log = (desk.folder / f".wikimop/runs/{done['run']}.jsonl").read_text(encoding="utf-8")
    assert log.count('"event":"batch_finished"') >= undo["cost"]["writing"] > 0
    assert undo["cost"]["writing"] == 40
    shown = desk.wikimop("show", undo["plan"], "--explain", code=0).out
    assert "categorymembers" not in shown
    assert "does not say how it came about" in shown


def test_explain_is_of_plans_and_one_object(desk: Desk) -> None:
    steps = "- id: a\n  pages: {titles: [Main Page]}\n  purge: {}"
    run = desk.wikimop("run", desk.playbook(steps), "--yes", "--format", "json", code=0).json
    told = desk.wikimop("show", run["run"], "--explain", code=2)
    assert f"wikimop show {run['plan']} --explain" in told.err
    desk.wikimop("show", run["plan"], "--explain", "--items", "--format", "json", code=2)
    both = desk.wikimop("show", run["plan"], "--explain", "--items", code=0).out
    assert "titles (1): found 1" in both
    shown = desk.wikimop("show", run["plan"], "--explain", "--format", "json", code=0).json
    assert shown["explain"][0]["gives"] == 1
    assert "explain" not in desk.wikimop("show", run["plan"], "--format", "json", code=0).json


def test_a_direct_step_that_tells_what_it_found_is_refused(desk: Desk) -> None:
    steps = "- id: a\n  pages: {generator: allpages, namespace: Draft}\n  purge: {direct: true}"
    header, *items, _ = lines_of(plan_file(desk, steps))
    (whole,) = header["explain"]
    told: list[Tree] = [{"found": 44, "gives": 44}, {"inside": []}, {"repeated": 1}]
    for more in told:
        path = resealed(desk, {**header, "explain": [{**whole, **more}]}, items)
        assert "not a plan that this wikimop can apply" in desk.wikimop("show", path, "--explain", code=2).err
    plain = {name: value for name, value in whole.items() if name != "direct"}
    path = resealed(desk, {**header, "explain": [plain]}, items)
    assert "'found' is a required property" in desk.wikimop("show", path, "--explain", code=2).err


@pytest.mark.parametrize("explain", [
    [{}], {}, [{"step": "a"}], "x", [[]],
    [{"place": "\x1b[2J", "source": "x", "requests": 1, "found": 1, "gives": 1}],
    [{"place": "of", "source": 1, "requests": 1, "found": 1, "gives": 1}],
])  # fmt: skip
def test_what_does_not_explain_is_refused(desk: Desk, explain: object) -> None:
    header, *items, _ = lines_of(plan_file(desk, "- id: a\n  pages: {titles: [Main Page]}\n  purge: {}"))
    (whole,) = header["explain"]
    nested = isinstance(explain, list) and explain and isinstance(explain[0], dict) and "place" in explain[0]
    path = resealed(desk, {**header, "explain": [{**whole, "inside": explain}] if nested else explain}, items)
    assert "not a plan that this wikimop can apply" in desk.wikimop("show", path, "--explain", code=2).err


def test_a_plan_of_an_earlier_wikimop_is_shown_and_applied(desk: Desk) -> None:
    header, *items, _ = lines_of(plan_file(desk, "- id: a\n  pages: {titles: [Main Page]}\n  purge: {}"))
    old = {name: value for name, value in header.items() if name not in ("cost", "explain")}
    path = resealed(desk, {**old, "id": "p00000000"}, items)
    assert "does not say how it came about" in desk.wikimop("show", path, "--explain", code=0).out
    assert desk.wikimop("show", path, "--explain", "--format", "json", code=0).json["explain"] is None
    desk.wikimop("apply", path, "--yes", code=0)


def resealed(desk: Desk, header: Tree, items: list[Tree]) -> Path:
    """A plan file as somebody may have written it, with a seal that fits."""
    lines = [json.dumps(one, separators=(",", ":"), ensure_ascii=False).encode() for one in (header, *items)]
    path = desk.folder / "altered.jsonl"
    path.write_bytes(b"".join(line + b"\n" for line in (*lines, seal_line(len(items), digest(lines)))))
    return path


def test_items_name_their_origin(desk: Desk) -> None:
    _, *items, _ = lines_of(plan_file(desk, STEPS))
    by_title = {(item["step"], item["title"]): item for item in items}
    assert by_title["old", "Article 05"]["from"] == "union.0"
    assert by_title["old", "Article 02"]["from"] == "union.1"
    assert by_title["old", "Talk:Article 05"]["related"] == "talk of Article 05"
    assert by_title["links", "Article 12"]["parents"] == [["old", by_title["old", "Article 13"]["key"]]]
    union, members = "union: [{titles: [Article 01]}, {titles: [Article 02]}]", "generator: allpages, prefix: Article"
    both = f"- id: a\n  pages: {{intersect: [{{{union}}}, {{{members}}}]}}\n  purge: {{}}"
    _, *found, _ = lines_of(plan_file(desk, both, name="both.jsonl"))
    assert [item["from"] for item in found] == ["intersect.0.union.0", "intersect.0.union.1"]
    through = "- id: a\n  pages: {titles: [old_name 02, Double redirect 1, Main Page], redirects: true}\n  purge: {}"
    _, *found, _ = lines_of(plan_file(desk, through, name="through.jsonl"))
    assert [item.get("through") for item in found] == ["Old name 02", "Double redirect 1", None]


@pytest.mark.parametrize(("source", "told"), [
    ("{generator: categorymembers, title: Article 01}", "the wiki refused the query"),
    ("{titles: [A], where: [{namespace: Nonesuch}]}", "where: the wiki has no namespace"),
    ("{titles: [A], where: [{content_model: nonesuch}]}", "where: the wiki has no content model"),
    ("{titles: [A], except: {titles: ['A<b>']}}", "except: `A<b>` leaves nothing out"),
    ("{generator: allpages, namespace: Nonesuch}", "the wiki has no namespace"),
])  # fmt: skip
def test_what_the_wiki_has_against_a_source_names_the_step(desk: Desk, source: str, told: str) -> None:
    steps = f"- {{id: fine, pages: {{titles: [Main Page]}}, purge: {{}}}}\n- {{id: asks, pages: {source}, purge: {{}}}}"
    error = desk.wikimop("plan", desk.playbook(steps), code=2).err
    assert f"{desk.folder}/playbook.yaml:6: step asks: {told}" in error
    assert error.count("step asks") == 1
