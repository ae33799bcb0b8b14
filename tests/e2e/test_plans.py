"""Plans: what they hold, what blocks an item, and that only the plan which was reviewed is applied."""

from __future__ import annotations

import hashlib
import json
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import jsonschema

from runner.planning.schema import plan_schema
from tests.desk import Desk, deletions, someone
from tests.e2e.reading import (
    Line,
    applied,
    blocked,
    carried_out,
    ends,
    existing,
    hidden_bits,
    lines_of,
    plan_file,
    planned,
    revisions,
    titles,
)  # fmt: skip
from tests.mediawiki import MediaWiki, seeds

FILE = """
- id: file
  pages: {titles: ['File:Unused.png']}
  delete: {}
"""
TWO = """
- id: bulk
  pages: {generator: allpages, prefix: Bulk/00}
  delete: {reason: Trying it}
- id: hide
  revisions: {list: usercontribs, user: Vandal}
  revisiondelete: {hide: [comment], reason: Vandalism}
"""


def test_what_an_ordinary_user_may_not_do_is_blocked(desk: Desk, wiki: MediaWiki) -> None:
    desk.use(wiki.api, "bob")
    items = planned(desk, TWO)
    assert set(blocked(items["bulk"]).values()) == {"permission"}
    assert set(blocked(items["hide"]).values()) == {"permission"}
    assert "'deleterevision'" in items["hide"][0]["blocked"]["detail"]
    run = carried_out(desk, TWO, code=1)
    assert (run["counts"]["skipped"], run["state"]) == (len(items["bulk"]) + len(items["hide"]), "finished")
    assert deletions(wiki) == []


def test_what_the_wiki_says_of_each_page_stands_in_the_plan(desk: Desk, wiki: MediaWiki) -> None:
    wiki.settings(
        "$wgRestrictionLevels[] = 'nobody'; $wgRestrictionTypes[] = 'delete';"
        "$wgGroupPermissions['bureaucrat']['nobody'] = $wgGrantPermissions['protect']['nobody'] = true;"
    )
    someone(wiki).protect("Bulk/001", "delete=nobody|edit=sysop")
    current = revisions(wiki, "Article 01")
    steps = f"""
- id: delete
  pages: {{titles: [History/Long, Protected page, Cascaded page, 'File:Unused.png', Bulk/001, Bulk/002]}}
  delete: {{}}
- id: file
  pages: {{titles: ['File:Unused.png']}}
  delete: {{files: true}}
- id: purge
  pages: {{titles: [Bulk/001, Bulk/002, Protected page]}}
  purge: {{}}
- id: hide
  revisions: {{revids: {current}}}
  revisiondelete: {{hide: [content]}}
- id: gone
  revisions: {{generator: revisions, of: {{titles: [Bulk/002, Bulk/003]}}}}
  revisiondelete: {{hide: [comment]}}
"""
    items = planned(desk, steps)
    assert blocked(items["delete"]) == {
        "History/Long": "bigdelete", "File:Unused.png": "file", "Bulk/001": "protectedpage",
    }  # fmt: skip
    by_title = {item["title"]: item for item in items["delete"]}
    assert by_title["Protected page"]["protection"] == ["edit=sysop", "move=sysop"]
    assert any("from Cascade page" in entry for entry in by_title["Cascaded page"]["protection"])
    assert blocked(items["file"]) == {}
    assert blocked(items["purge"]) == {"Bulk/002": "deleted_earlier", "Protected page": "deleted_earlier"}
    assert [item["key"] for item in items["hide"] if "blocked" in item] == [f"rev:{current[-1]}"]
    assert items["hide"][-1]["blocked"]["code"] == "current"
    assert blocked(items["gone"]) == {"Bulk/002": "deleted_earlier"}
    run = carried_out(desk, steps, code=1)
    assert {title for title, _ in deletions(wiki)} == {"Protected_page", "Cascaded_page", "Unused.png", "Bulk/002"}
    assert len(wiki.rows("SELECT 1 FROM page WHERE page_title IN ('History/Long', 'Bulk/001')")) == 2
    assert hidden_bits(wiki, current) == [1] * (len(current) - 1) + [0]
    assert run["counts"]["skipped"] == 7


def test_a_missing_category_template_or_user_is_a_warning(desk: Desk) -> None:
    steps = """
- id: category
  pages: {generator: categorymembers, title: Category:No such}
  purge: {}
- id: template
  pages: {generator: embeddedin, title: Template:No such}
  purge: {}
- id: user
  revisions: {list: usercontribs, user: [Vandal, Nobody here]}
  revisiondelete: {hide: [comment]}
- id: address
  revisions: {list: usercontribs, user: 192.0.2.7}
  revisiondelete: {hide: [comment]}
- id: revisions
  revisions: {generator: allrevisions, user: Nobody else}
  revisiondelete: {hide: [comment]}
- id: links
  pages: {generator: backlinks, title: Wanted 1}
  purge: {}
"""
    (header, *_) = lines_of(plan_file(desk, steps))
    warnings = " | ".join(header["warnings"])
    for word in ("Category:No such", "Template:No such", "Nobody here", "Nobody else"):
        assert word in warnings
    for word in ("192.0.2.7", "Vandal"):
        assert word not in warnings
    assert "No such" in desk.wikimop("show", header["id"], code=0).out


def test_a_plan_file_fits_its_schema_and_is_the_same_twice(desk: Desk) -> None:
    schema = jsonschema.Draft202012Validator(plan_schema())
    one, two = lines_of(plan_file(desk, TWO, name="one.jsonl")), lines_of(plan_file(desk, TWO, name="two.jsonl"))
    for line in one:
        schema.validate(line)
    assert [line["kind"] for line in one] == ["plan", *["item"] * 34, "seal"]
    assert one[1:-1] == two[1:-1]
    assert {key for key in one[0] if one[0][key] != two[0][key]} == {"id", "created"}
    assert one[-1]["items"] == two[-1]["items"]
    text = (desk.folder / "one.jsonl").read_text(encoding="utf-8")
    assert hashlib.sha256(text.rpartition('{"kind":"seal"')[0].encode()).hexdigest() == one[-1]["sha256"]
    assert "lol" not in text  # what is to be hidden


def test_one_more_page_is_one_more_line(desk: Desk, wiki: MediaWiki) -> None:
    before = plan_file(desk, TWO, name="one.jsonl").read_text(encoding="utf-8").splitlines()[1:-1]
    someone(wiki).edit("Bulk/0099", "One more.")
    after = plan_file(desk, TWO, name="two.jsonl").read_text(encoding="utf-8").splitlines()[1:-1]
    assert len(set(after) - set(before)) == 1
    assert set(before) < set(after)


def _altered(lines: list[Line]) -> Iterator[tuple[str, list[Line]]]:
    """The same plan, altered in every way."""
    header, first, second, *rest = lines
    yield "changed", [header, {**first, "title": "Main Page"}, second, *rest]
    yield "removed", [header, second, *rest]
    yield "added", [header, {**first, "key": "page:1", "pageid": 1, "title": "Main Page"}, first, second, *rest]
    yield "moved", [header, second, first, *rest]
    yield "header", [{**header, "limits": {**header["limits"], "items": 10_000}}, first, second, *rest]
    yield "options", [{**header, "steps": [{**header["steps"][0], "options": {}}, *header["steps"][1:]]}, first, second, *rest]
    yield "cut", [header, first, second, *rest[:-1]]
    yield "twice", [*lines, *lines]
    # by somebody who knows how, under the id of a plan that was made here
    body = [json.dumps(line).encode() + b"\n" for line in (header, second, *rest[:-1])]
    yield "sealed anew", [
        header, second, *rest[:-1],
        {"kind": "seal", "items": len(body) - 1, "sha256": hashlib.sha256(b"".join(body)).hexdigest()},
    ]  # fmt: skip


def test_an_altered_plan_is_refused(desk: Desk, wiki: MediaWiki) -> None:
    path = plan_file(desk, TWO)
    for what, lines in _altered(lines_of(path)):
        altered = desk.write("".join(json.dumps(line) + "\n" for line in lines), "altered.jsonl")
        error = desk.wikimop("apply", altered, "--yes", code=2).err
        assert any(word in error for word in ("altered", "seal", "not a line of a plan")), what
    assert (deletions(wiki), desk.wikimop("runs", "--format", "json").out) == ([], "")
    assert applied(desk, path)["counts"]["done"] == 34


def _sealed(lines: list[Line]) -> str:
    """The lines under a seal that fits, as anybody can make one."""
    body = "".join(json.dumps(line) + "\n" for line in lines)
    seal = {"kind": "seal", "items": len(lines) - 1, "sha256": hashlib.sha256(body.encode()).hexdigest()}
    return body + json.dumps(seal) + "\n"


def _impossible(header: Line, items: list[Line]) -> Iterator[tuple[str, list[Line]]]:
    """Plans that wikimop would never have written."""
    page, revision = items[0], items[-1]
    step = header["steps"][0]
    yield "twice", [header, page, *items]
    yield "condition", [{**header, "steps": [{**step, "when": "steps.bulk >"}, header["steps"][1]]}, *items]
    yield "options", [{**header, "steps": [{**step, "options": {"raeson": "x"}}, header["steps"][1]]}, *items]
    yield "action", [{**header, "steps": [{**step, "action": "protect"}, header["steps"][1]]}, *items]
    yield "same id", [{**header, "steps": [step, {**header["steps"][1], "id": "bulk"}]}, *items]
    yield "count", [header, *items[1:]]
    yield "request", [{**header, "request": {**header["request"], "maxlag": "5|"}}, *items]
    yield "stamp", [{**header, "stamp": {**header["stamp"], "text": ""}}, *items]
    yield "after", [{**header, "after": "rnothere1"}, *items]
    yield (
        "no page id",
        [header, {**{k: v for k, v in page.items() if k != "pageid"}, "key": f"title:{page['title']}"}, *items[1:]],
    )
    yield "another's key", [header, {**page, "key": "page:1"}, *items[1:]]
    yield "no facts", [header, *items[:-1], {k: v for k, v in revision.items() if k != "hidden"}]
    yield "no step", [header, *items[:-1], {**revision, "step": "other"}]


def test_an_impossible_plan_is_refused_whole(desk: Desk, wiki: MediaWiki) -> None:
    header, *items, _ = lines_of(plan_file(desk, TWO))
    other = Desk(_folder(desk, "other"), wiki.api)
    for what, lines in _impossible(header, items):
        path = other.write(_sealed(lines), f"{what}.jsonl")
        result = other.wikimop("apply", path, "--yes", code=2)
        assert "error:" in result.err, what
        assert "bug" not in result.err, what
        assert other.wikimop("runs", "--format", "json").out == "", what
        shutil.rmtree(other.folder / ".wikimop")  # or else the sealed one would be the plan of that id
    assert deletions(wiki) == []


ALTERATIONS = (
    "UPDATE items SET line = replace(line, 'Bulk/001', 'Main Page') WHERE seq = 1",
    "DELETE FROM items WHERE seq = 2",
    "UPDATE plans SET header = replace(header, 'Trying it', 'Hacked')",
    "UPDATE plans SET header = 'x'",
    "UPDATE items SET blocked = NULL WHERE blocked = 'file'",
    "UPDATE items SET pageid = 1, title = 'Main Page', key = 'page:1' WHERE seq = 1",
)


def test_a_kept_plan_that_was_altered_is_refused(desk: Desk, wiki: MediaWiki) -> None:
    plan = desk.wikimop("plan", desk.playbook(TWO + FILE), "--format", "json", code=0).json["plan"]
    for number, sql in enumerate(ALTERATIONS):
        state = desk.folder / f"state-{number}"
        shutil.copytree(desk.folder / ".wikimop", state)
        database = sqlite3.connect(state / "state.sqlite")
        with database:
            assert database.execute(sql).rowcount == 1, sql
        database.close()
        assert "altered" in desk.wikimop("apply", plan, "--yes", "--state-dir", state, code=2).err, sql
        assert desk.wikimop("runs", "--format", "json", "--state-dir", state).out == ""
    assert deletions(wiki) == []


def test_the_digest_that_was_reviewed(desk: Desk, wiki: MediaWiki) -> None:
    path = plan_file(desk, TWO)
    sealed = lines_of(path)[-1]["sha256"]
    wrong = desk.wikimop("apply", path, "--yes", "--sha256", "0" * 64, code=2)
    assert sealed in wrong.err
    assert deletions(wiki) == []
    whole = hashlib.sha256(path.read_bytes()).hexdigest()
    other = Desk(_folder(desk, "other"), wiki.api)
    assert "--sha256" in other.wikimop("apply", path, "--no-input", code=3).err
    run = other.wikimop("apply", path, "--no-input", "--sha256", whole, "--format", "json", code=0).json
    assert run["counts"]["done"] == 34
    assert "already applied" in desk.wikimop("apply", path, "--no-input", "--sha256", sealed, code=2).err


def _folder(desk: Desk, name: str) -> Path:
    (desk.folder / name).mkdir()
    return desk.folder / name


def test_a_plan_file_is_applied_once_wherever_it_goes(desk: Desk, wiki: MediaWiki) -> None:
    path = plan_file(desk, TWO)
    one, two = Desk(_folder(desk, "one"), wiki.api), Desk(_folder(desk, "two"), wiki.api)
    run = applied(one, path)
    assert (run["counts"]["done"], len(deletions(wiki))) == (34, 9)
    refused = two.wikimop("apply", path, "--yes", code=2)
    assert f"(wikimop {run['run']})" in refused.err
    assert two.wikimop("runs", "--format", "json", code=0).out == ""
    assert run["run"] in one.wikimop("apply", path, "--yes", code=2).err
    assert len(deletions(wiki)) == 9


def test_a_plan_is_applied_by_the_account_that_made_it_and_on_its_wiki(desk: Desk, wiki: MediaWiki) -> None:
    plan = desk.wikimop("plan", desk.playbook(TWO), "--format", "json", code=0).json["plan"]
    desk.use(wiki.api, "admin")
    assert "Sysop" in desk.wikimop("apply", plan, "--yes", code=2).err
    desk.use(wiki.api, "sysop")
    other = wiki.api.replace("127.0.0.1", "localhost")
    assert "is for" in desk.wikimop("apply", plan, "--yes", "--wiki", other, code=2).err
    assert (deletions(wiki), desk.wikimop("runs", "--format", "json").out) == ([], "")
    assert ends(applied(desk, plan))["Bulk/001"] == ("done", None)


def test_awkward_titles_are_deleted_each_by_its_id(desk: Desk, wiki: MediaWiki) -> None:
    steps = "- id: all\n  pages: {generator: categorymembers, title: Category:Awkward, namespace: 0}\n"
    steps += "  delete: {reason: 'ü & | \"x\"'}"
    items = planned(desk, steps)["all"]
    assert sorted(titles(items)) == sorted(seeds.AWKWARD)
    run = carried_out(desk, steps)
    assert run["counts"]["done"] == len(seeds.AWKWARD)
    assert not existing(wiki, "") & set(seeds.AWKWARD)
    assert {comment for _, comment in deletions(wiki)} == {f'ü & | "x" (wikimop {run["run"]})'}
