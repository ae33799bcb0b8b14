"""`wikimop schema --wiki` and `wikimop generators --wiki`: what a wiki has, held against its own answers and database."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from runner.playbook.document import plain
from runner.playbook.load import read_document
from tests.desk import Desk, someone
from tests.e2e.test_own_modules import EXTENSION
from tests.mediawiki import MediaWiki

ROOT = Path(__file__).parents[2]
TAGGING = "$wgGrantPermissions['protect']['managechangetags'] = $wgGrantPermissions['protect']['deletechangetags'] = true;"


@pytest.fixture
def schema(desk: Desk, wiki: MediaWiki) -> Any:  # noqa: ANN401 - a JSON value
    """The schema of a wiki with an extension and a tag of its own."""
    wiki.settings(f"{EXTENSION}\n{TAGGING}")
    someone(wiki).post(action="managetags", operation="create", tag="cleanup", reason="test")
    return desk.wikimop("schema", "--wiki", wiki.api, code=0).json


def wrong(schema: Any, text: str) -> list[str]:  # noqa: ANN401 - a JSON value
    """The places that the schema finds fault with."""
    value = plain(read_document(text.encode(), "f").root)
    return sorted(error.json_path for error in Draft202012Validator(schema).iter_errors(value))


def step(source: str, action: str = "purge: {}", top: str = "") -> str:
    return f"playbook: 1\nname: x\n{top}\nsteps:\n  - id: a\n    {source}\n    {action}\n"


def test_it_is_a_schema_under_which_every_playbook_is_valid(schema: Any) -> None:  # noqa: ANN401
    Draft202012Validator.check_schema(schema)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["title"] == "Wikimop playbook for Wikimop test wiki"
    assert "x-wiki" not in json.dumps(schema)
    for path in (ROOT / "playbooks").glob("*.yaml"):
        assert wrong(schema, path.read_text(encoding="utf-8")) == [], path


@pytest.mark.parametrize(
    ("text", "places"),
    [
        (step("pages: {generator: allpages, namespace: 118}"), []),
        (step("pages: {generator: allpages, namespace: draft_talk}"), []),
        (step("pages: {generator: allpages, namespace: 2300}"), ["$.steps[0].pages.namespace"]),
        (step("pages: {generator: allpages, apnamespace: 2300}"), ["$.steps[0].pages.apnamespace"]),
        (step("pages: {generator: search, search: x, namespace: [0, 2300]}"), ["$.steps[0].pages.namespace[1]"]),
        (step("pages: {generator: search, search: x, namespace: ['${vars.n}', '*']}"), []),
        (step("pages: {generator: search, search: x, namespace: '${vars.n}'}"), []),
        (step("pages: {generator: search, search: x, sort: last_edit_asc}"), ["$.steps[0].pages.sort"]),
        (step("pages: {generator: allpages, where: [namespace: 2300]}"), ["$.steps[0].pages.where[0].namespace"]),
        (step("pages: {titles: [A]}", top="never_touch: {namespaces: [8, Help, '${vars.n}']}"), []),
        (step("pages: {titles: [A]}", top="never_touch: {namespaces: '${vars.n}'}"), []),
        (step("pages: {titles: [A]}", top="never_touch: {namespaces: [8, 2300]}"), ["$.never_touch.namespaces[1]"]),
        (step("pages: {titles: [A]}", "delete: {tags: ['${vars.t}', 'x ${vars.y}', cleanup]}"), []),
        (step("pages: {titles: [A]}", "delete: {tags: '${vars.t}'}"), []),
        (step("pages: {generator: allpages, colour: red, filterlanglinks: some}"), []),
        (step("pages: {generator: allpages, apcolour: '${vars.c}'}"), []),
        (step("pages: {generator: allpages, colour: green}"), ["$.steps[0].pages.colour"]),
        (step("pages: {generator: testpages, tptitles: A, kind: redirect, size: 1000, even: '${vars.e}'}"), []),
        (step("pages: {generator: testpages, tptitles: A, kind: redirects}"), ["$.steps[0].pages.kind"]),
        (step("pages: {generator: testpages, tptitles: A, tpsize: 1001}"), ["$.steps[0].pages.tpsize"]),
        (step("pages: {generator: testpages, tptitles: A, colour: red}"), ["$.steps[0].pages"]),
        (step("pages: {generator: testpages}"), ["$.steps[0].pages"]),
        (step("pages: {generator: testbelow}"), ["$.steps[0].pages"]),
        (step("pages: {generator: testbelow, of: {list: testpages, tptitles: A}}"), []),
        (step("pages: {generator: testnumbers}"), ["$.steps[0].pages.generator"]),
        (step("pages: {titles: [A]}", top="modules: [testpages, 'allpages.colour', '${vars.m}']"), []),
        (step("pages: {titles: [A]}", top="modules: '${vars.m}'"), []),
    ],
)
def test_what_the_wiki_has_and_what_it_lacks(schema: Any, text: str, places: list[str]) -> None:  # noqa: ANN401
    assert wrong(schema, text) == places


def test_what_an_editor_proposes(schema: Any, wiki: MediaWiki) -> None:  # noqa: ANN401
    pages, where = schema["$defs"]["pages"]["$defs"], schema["$defs"]["revisions_condition"]["properties"]
    options = schema["$defs"]["step"]["properties"]
    namespaces = pages["generator-categorymembers"]["properties"]["namespace"]["examples"]
    assert {"(main)", "User talk", "Project", "Draft", 0, 3, 4, 118, "*"} <= set(namespaces)
    assert not {-1, -2, "Special", "*"} & set(
        schema["properties"]["never_touch"]["properties"]["namespaces"]["items"]["examples"]
    )
    tags = {name.decode() if isinstance(name, bytes) else name for (name,) in wiki.rows("SELECT ctd_name FROM change_tag_def")}
    assert tags <= set(where["tags"]["properties"]["any"]["examples"])
    assert {"mw-rollback", "cleanup"} <= set(where["tags"]["properties"]["all"]["items"]["examples"])
    assert pages["generator-recentchanges"]["properties"]["tag"]["examples"] == where["tags"]["properties"]["any"]["examples"]
    assert options["delete"]["properties"]["tags"]["items"]["examples"] == ["cleanup"]
    assert "wikitext" in where["content_model"]["examples"]
    assert where["protection"]["then"]["properties"]["edit"]["examples"] == ["autoconfirmed", "sysop", True]
    assert set(schema["properties"]["modules"]["items"]["examples"]) == {
        "testpages", "testbelow", "testnumbers", "allpages.colour", "allpages.filterlanglinks",
    }  # fmt: skip
    kind = pages["generator-testpages"]["properties"]["kind"]
    assert kind["examples"] == ["all", "article", "redirect"]
    assert kind["description"] == "Which kind of pages to list: all, or one. Default: all."


def test_without_a_wiki_nothing_is_asked(desk: Desk) -> None:
    committed = (ROOT / "schemas" / "playbook.schema.json").read_text(encoding="utf-8")
    desk.environment["WIKIMOP_API"] = "http://127.0.0.1:9/api.php"  # nobody answers there
    assert json.loads(desk.wikimop("schema", code=0).out) == json.loads(committed)
    assert len(desk.wikimop("generators", "--format", "json", code=0).lines) > 36


def test_a_wiki_that_is_not_there_or_has_no_name(desk: Desk) -> None:
    assert "no wiki named nowhere" in desk.wikimop("schema", "--wiki", "nowhere", code=2).err
    away = desk.wikimop("schema", "--wiki", "http://127.0.0.1:9/api.php", code=4)
    assert away.out == ""


def test_without_an_account(desk: Desk, wiki: MediaWiki) -> None:
    wiki.settings(EXTENSION)
    for name in ("WIKIMOP_USERNAME", "WIKIMOP_PASSWORD"):
        del desk.environment[name]
    found = desk.wikimop("schema", "--wiki", wiki.api, code=0).json
    assert "testpages" in found["properties"]["modules"]["items"]["examples"]


def test_a_wiki_that_this_account_may_not_read(desk: Desk, wiki: MediaWiki) -> None:
    wiki.settings("$wgGroupPermissions['*']['read'] = false;")
    for name in ("WIKIMOP_USERNAME", "WIKIMOP_PASSWORD"):
        del desk.environment[name]
    refused = desk.wikimop("schema", "--wiki", wiki.api, code=4)
    assert "You need read permission" in refused.err
    assert "hint: no credentials were given" in refused.err


def test_the_generators_of_a_wiki(desk: Desk, wiki: MediaWiki) -> None:
    wiki.settings(EXTENSION)
    rows = {row["name"]: row for row in desk.wikimop("generators", "--wiki", wiki.api, "--format", "json", code=0).lines}
    assert (rows["testpages"]["head"], rows["testpages"]["kinds"], rows["testpages"]["of"]) == ("generator", ["pages"], False)
    assert (rows["testnumbers"]["head"], rows["testnumbers"]["kinds"]) == ("list", ["pages"])
    assert rows["testbelow"]["of"] is True
    told = desk.wikimop("generators", "testpages", "--wiki", wiki.api, code=0).out
    for line in (
        "  tptitles: string; required",
        "  size: integer; at least 0; at most 1000; default 0",
        "  kind: one of all, article, redirect; default all",
        "      Which kind of pages to list: all, or one.",
        "Only this wiki has it: name it in the playbook, `modules: [testpages]`.",
        "    generator: testpages",
    ):
        assert line in told.splitlines()
    colours = desk.wikimop("generators", "allpages", "--wiki", wiki.api, "--format", "json", code=0).json
    assert {"red", "blue"} == {value for one in colours["parameters"] if one["name"] == "colour" for value in one["values"]}
    assert any("modules: [allpages.filterlanglinks, allpages.colour]" in note for note in colours["notes"])


@pytest.mark.parametrize(("name", "hint"), [("testpages", "--wiki"), ("allpagse", "allpages")])
def test_a_generator_that_is_not_known(bare_desk: Desk, name: str, hint: str) -> None:
    assert hint in bare_desk.wikimop("generators", name, code=2).err
