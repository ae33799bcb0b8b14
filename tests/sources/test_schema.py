from __future__ import annotations

from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator, ValidationError

from runner.model import Kind
from runner.sources.catalogue import CATALOGUE, generators
from runner.sources.check import check_source
from runner.sources.examples import EXAMPLES
from runner.sources.parse import parse_source
from runner.sources.schema import source_definitions
from runner.sources.source import Module

DEFINITIONS = source_definitions()
KINDS: tuple[Kind, ...] = ("pages", "revisions")


class Loader(yaml.SafeLoader):
    """Without dates, as a playbook is read."""


Loader.add_constructor("tag:yaml.org,2002:timestamp", lambda _loader, node: node.value)


def properties(error: ValidationError) -> set[str]:
    assert isinstance(error.schema, dict)
    return set(error.schema["properties"])


def errors(kind: Kind, value: object) -> list[ValidationError]:
    schema = {"$ref": f"#/$defs/{kind}", "$defs": DEFINITIONS}
    return list(Draft202012Validator(schema).iter_errors(value))


def said(kind: Kind, value: object) -> list[tuple[Any, ...]]:
    return [(error.validator, *error.path) for error in errors(kind, value)]


def test_is_a_schema() -> None:
    for kind in KINDS:
        Draft202012Validator.check_schema(DEFINITIONS[kind])


@pytest.mark.parametrize("name", list(CATALOGUE))
def test_every_module_has_an_example_that_is_right_in_every_way(name: str) -> None:
    value = yaml.load(EXAMPLES[name].source, Loader)
    kind = EXAMPLES[name].kind
    assert errors(kind, value) == []
    assert check_source(kind, value) == []
    head = parse_source(kind, value).head
    assert isinstance(head, Module)
    assert head.name == name
    assert head.params or CATALOGUE[name].needs_of or name == "random"


@pytest.mark.parametrize("name", list(CATALOGUE))
def test_every_property_is_described(name: str) -> None:
    kind = EXAMPLES[name].kind
    head = "generator" if CATALOGUE[name].generator else "list"
    branch = DEFINITIONS[kind]["$defs"][f"{head}-{name}"]
    for parameter in CATALOGUE[name].parameters.values():
        assert branch["properties"][CATALOGUE[name].spelling(parameter.name)]["description"].endswith(".")


def test_a_misspelt_parameter_is_told_with_those_of_its_module() -> None:
    (error,) = errors("pages", {"generator": "categorymembers", "titel": "Category:A"})
    assert error.validator == "additionalProperties"
    assert {"title", "cmtitle", "limit", "except"} <= properties(error)
    assert "of" not in properties(error)


def test_a_misspelt_head_is_told_with_the_heads() -> None:
    (error,) = errors("pages", {"titels": ["A"], "limit": 3})
    assert error.validator == "additionalProperties"
    assert {"titles", "generator", "step"} <= properties(error)


def test_a_misspelt_generator_is_one_error_with_all_of_them() -> None:
    (error,) = errors("pages", {"generator": "catmembers", "title": "Category:A"})
    assert (error.validator, error.validator_value) == ("enum", list(generators()))


@pytest.mark.parametrize(
    ("kind", "value", "told"),
    [
        ("pages", {"generator": "categorymembers", "title": "A", "type": "flie"}, [("enum", "type")]),
        ("pages", {"generator": "categorymembers", "title": "A", "type": ["page", "flie"]}, [("enum", "type", 1)]),
        ("pages", {"generator": "categorymembers", "title": "A", "cmtype": "flie"}, [("enum", "cmtype")]),
        ("pages", {"generator": "backlinks", "title": "A", "redirect": "yes"}, [("type", "redirect")]),
        ("pages", {"generator": "backlinks", "pageid": 0}, [("minimum", "pageid")]),
        ("pages", {"generator": "search"}, [("required",)]),
        ("pages", {"generator": "search", "srsearch": "x"}, []),
        ("pages", {"generator": "links"}, [("required",)]),
        ("pages", {"generator": "random"}, [("required",)]),
        ("pages", {"generator": "allpages", "continue": "x"}, [("additionalProperties",)]),
        ("pages", {"generator": "links", "pltitles": ["A"], "of": {"titels": ["A"]}}, [("additionalProperties", "of")]),
        ("pages", {"titles": ["A"], "pageids": [1]}, [("additionalProperties",)]),
        ("pages", {"titles": [1984]}, [("type", "titles", 0)]),
        ("pages", {"titles": []}, [("minItems", "titles")]),
        ("pages", {"revids": [0]}, [("minimum", "revids", 0)]),
        ("pages", {"step": "a", "outcome": "don"}, [("enum", "outcome")]),
        ("pages", {"step": "a", "outcome": ["done", "failed"]}, []),
        ("pages", {"titles": ["A"], "outcome": "done"}, [("additionalProperties",)]),
        ("pages", {"titles": ["A"], "limit": 0}, [("minimum", "limit")]),
        ("pages", {"titles": ["A"], "expect": {"min": -1}}, [("minimum", "expect", "min")]),
        ("pages", {"titles": ["A"], "except": {"file": {"path": "a", "kind": "x"}}}, [("enum", "except", "file", "kind")]),
        ("pages", {"limit": 3}, [("required",)]),
        ("pages", {}, [("required",)]),
        ("pages", [], [("type",)]),
        ("revisions", {"list": "usercontribs", "user": "V"}, []),
        ("revisions", {"list": "usercontrib"}, [("enum", "list")]),
        ("revisions", {"generator": "allpages"}, [("enum", "generator")]),
        ("revisions", {"generator": "revisions"}, [("required",)]),
        ("revisions", {"generator": "revisions", "of": {"titles": ["A"]}, "user": "V"}, []),
        ("revisions", {"generator": "allrevisions", "redirects": True}, [("additionalProperties",)]),
        ("revisions", {"file": {"path": "a", "kind": "titles"}}, [("enum", "file", "kind")]),
        ("revisions", {"revids": 12}, []),
        ("pages", {"union": [{"titles": ["A"]}, {"titles": ["A"], "limit": 0}]}, [("minimum", "union", 1, "limit")]),
        ("pages", {"union": []}, [("minItems", "union")]),
        ("pages", {"titles": ["A"], "related": "tlak"}, [("enum", "related")]),
        ("pages", {"titles": ["A"], "related": ["talk", "redirects"]}, []),
        ("revisions", {"intersect": [{"revids": [1]}, {"titles": ["A"]}]}, [("additionalProperties", "intersect", 1)]),
    ],
)
def test_one_mistake_is_one_error(kind: Kind, value: object, told: list[tuple[Any, ...]]) -> None:
    assert said(kind, value) == told
