from __future__ import annotations

import re
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from runner.actions.schema import choice, flag
from runner.playbook.editors import for_editors, for_values

VARIABLE = "${vars.x}"


def top(schema: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": {"a": schema}}


@pytest.mark.parametrize(
    ("schema", "right", "wrong"),
    [
        ({"type": "integer", "minimum": 1}, [3, VARIABLE], ["3", 0, "x ${vars.x}"]),
        ({"type": "boolean"}, [True, VARIABLE], ["yes", 1]),
        ({"enum": ["a", "b"]}, ["a", VARIABLE], ["c", 1]),
        ({"type": "string", "minLength": 1}, ["a", VARIABLE, 5, True, None], ["", []]),
        ({"type": "array", "items": {"type": "string"}}, [["a"], [5], VARIABLE], ["a", {}]),
        ({"type": "array", "items": {"enum": ["a"]}}, [["a", VARIABLE]], [["b"]]),
        ({"type": ["integer", "string"], "pattern": "^[0-9]+%$"}, [5, "5%"], ["5"]),
        ({"type": "object"}, [{}], [VARIABLE]),
        (flag(""), [True, VARIABLE], ["yes", None]),
        (choice(["a"], ""), ["a", VARIABLE], ["b"]),
        ({"if": {"type": "object"}, "then": {}, "else": {"type": "boolean"}}, [{}, True, VARIABLE], ["yes"]),
    ],
)
def test_for_editors(schema: dict[str, Any], right: list[object], wrong: list[object]) -> None:
    validator = Draft202012Validator(for_editors(top(schema)))
    assert [value for value in right if not validator.is_valid({"a": value})] == []
    assert [value for value in wrong if validator.is_valid({"a": value})] == []


@pytest.mark.parametrize("schema", [{"type": "integer"}, {"enum": ["a"]}, flag(""), choice(["a"], "")])
def test_nothing_that_stood_for_a_variable_remains(schema: dict[str, Any]) -> None:
    for published in (schema, for_editors(top(schema))["properties"]["a"]):
        assert not Draft202012Validator(for_values(published)).is_valid(VARIABLE)


@pytest.mark.parametrize(
    ("schema", "proposed"),
    [
        ({"enum": ["a", "b"]}, ["a", "b"]),
        ({"enum": ["a", "b"], "examples": ["a"]}, ["a"]),
        (choice(["a", "b"], ""), ["a", "b"]),
        ({"if": {"type": "array"}, "then": {"type": "array", "items": {"enum": ["a"]}}, "else": {"enum": ["a"]}}, ["a"]),
    ],
)
def test_an_editor_finds_what_to_propose_beside_the_condition(schema: dict[str, Any], proposed: list[str]) -> None:
    """Language servers propose `enum` and `examples` of a key, and nothing that stands in one of its branches."""
    assert for_editors(top(schema))["properties"]["a"]["examples"] == proposed


def test_untouched_parts_stay() -> None:
    schema = {"properties": {"a": {"type": "integer"}, "b": {"type": "integer"}}}
    found = for_editors(schema, untouched=("a",))["properties"]
    assert found["a"] == {"type": "integer"}
    assert found["b"] != {"type": "integer"}


def test_the_end_of_a_pattern_is_the_very_end() -> None:
    pattern = for_values({"type": "string", "pattern": "^a$"})["pattern"]
    assert re.search(pattern, "a")
    assert not re.search(pattern, "a\n")
