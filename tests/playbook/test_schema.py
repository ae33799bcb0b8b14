from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from runner.actions import ACTIONS
from runner.playbook.document import plain
from runner.playbook.load import read_document
from runner.playbook.schema import homes, playbook_schema
from tests.playbook.loading import GOOD, STEP, with_options

PUBLISHED = Draft202012Validator(playbook_schema())


def as_written(text: str) -> Any:  # noqa: ANN401  # a JSON value
    return plain(read_document(text.encode(), "f").root)


@pytest.mark.parametrize(
    "text",
    [
        GOOD,
        STEP,
        with_options("pages: {titles: [1984, null, true]}", "delete: {reason: 5, watchlist: '${vars.w}', files: '${vars.f}'}"),
        with_options("pages: {titles: '${vars.t}', limit: '${vars.n}', redirects: '${vars.r}'}", "purge:"),
        with_options("revisions: {revids: '${vars.ids}'}", "revisiondelete: {hide: '${vars.h}', suppress: no}"),
        with_options("pages: {generator: '${vars.g}', namespace: '${vars.n}'}", "purge: {}"),
        STEP + "limits: {items: '${vars.n}', concurrency: '${vars.c}', failures: '${vars.f}'}\n",
        STEP + "never_touch: {titles: '${vars.t}'}\nstamp: false\nrequest: {maxlag: null}\n",
    ],
)
def test_an_editor_takes_what_validate_takes(text: str) -> None:
    assert [error.message for error in PUBLISHED.iter_errors(as_written(text))] == []


@pytest.mark.parametrize(
    "text",
    [
        STEP + "limits: {items: many}\n",
        STEP + "limits: {items: 'about ${vars.n}'}\n",
        STEP + "playbook2: 1\n",
        STEP.replace("playbook: 1", "playbook: '${vars.x}'"),
        with_options("pages: {titles: [A]}", "delete: {watchlist: nochnage}"),
        with_options("pages: {titles: [A]}", "delete: {raeson: x}"),
        with_options("pages: {generator: categorymembers, titel: A}", "purge: {}"),
        with_options("pages: {generator: categorymember}", "purge: {}"),
        with_options("pages: {titles: [A], redirects: maybe}", "purge: {}"),
        STEP + "vars: {x: {typ: string}}\n",
    ],
)
def test_an_editor_sees_mistakes(text: str) -> None:
    assert list(PUBLISHED.iter_errors(as_written(text)))


def fragments(schema: Any) -> Iterator[dict[str, Any]]:  # noqa: ANN401  # any part of a schema
    """Every mapping in a schema."""
    if isinstance(schema, dict):
        yield schema
        for part in schema.values():
            yield from fragments(part)
    elif isinstance(schema, list):
        for part in schema:
            yield from fragments(part)


def test_every_choice_can_be_proposed() -> None:
    """Language servers propose the `enum` and the `examples` of a key, and nothing from below a condition."""
    choices = [one for one in fragments(playbook_schema()) if isinstance(one.get("then"), dict) and "enum" in one["then"]]
    assert len(choices) > 100
    assert all(set(one["examples"]) <= set(one["then"]["enum"]) for one in choices)


def test_everything_at_hand_is_described() -> None:
    schema = playbook_schema()
    places = [schema["properties"], schema["$defs"]["step"]["properties"]]
    places += [schema["properties"][name]["properties"] for name in ("request", "limits", "never_touch", "stamp")]
    for properties in places:
        for name, inner in properties.items():
            assert "description" in inner or "$ref" in inner, name


def test_actions_are_never_alternatives() -> None:
    step = playbook_schema()["$defs"]["step"]
    assert not {"oneOf", "anyOf"} & step.keys()
    assert set(ACTIONS) <= step["properties"].keys()


def test_homes() -> None:
    assert homes()["maxlag"] == ("`request:`",)
    assert homes()["reason"] == tuple(f"`{name}:`" for name in ACTIONS if "reason" in ACTIONS[name].schema["properties"])
    assert {"`delete:`", "`revisiondelete:`", "`undelete:`"} <= set(homes()["reason"])
    assert homes()["generator"] == ("`pages:`", "`deleted_pages:`", "`revisions:`", "`deleted_revisions:`")
    assert homes()["logids"] == ("`log_entries:`",)
    assert "a step" in homes()["when"]
