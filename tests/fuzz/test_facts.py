"""Every fact that an item of a plan may have, in items of a forged plan that have nothing to do with it: shown, or refused."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runner.planning.schema import ITEM_SCHEMA
from tests.fuzz import conversation
from tests.fuzz.conversation import Desk
from tests.fuzz.test_plans import lines_of, original, renamed, survives

FACTS: Mapping[str, Any] = {
    name: schema for name, schema in ITEM_SCHEMA["properties"].items() if name not in ("kind", "step", "key", "blocked")
}
TEXTS = {"^[0-9a-f]{64}$": "0" * 64, FACTS["from"]["pattern"]: "of.union.1", FACTS["sized"]["pattern"]: "gaplimit"}

TOGETHER = {"reverts", "editor", "to_revid"}
"""Of these none stands alone."""


def least(schema: Mapping[str, Any]) -> Any:  # noqa: ANN401 - a JSON value
    """The least that a schema lets through."""
    if "const" in schema or "enum" in schema:
        return schema.get("const", schema.get("enum", [None])[0])
    kind = schema.get("type")
    kind = kind[0] if isinstance(kind, list) else kind
    if kind == "object":
        names = schema.get("required") or list(schema.get("properties", ()))[: schema.get("minProperties", 0)]
        return {name: least(schema["properties"][name]) for name in names}
    if kind == "array":
        parts = schema.get("prefixItems") or [schema["items"]] * schema.get("minItems", 0)
        return [least(part) for part in parts]
    return TEXTS[schema["pattern"]] if "pattern" in schema else {"string": "", "boolean": False}.get(str(kind), 1)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with conversation.desk(tmp_path_factory.mktemp("facts")) as around:
        yield around


def forged(desk: Desk, number: int, facts: list[str], *, blocked: bool) -> list[bytes]:
    """The plan with the least of these facts in all its items, or without them where they were."""
    header, items = copy.deepcopy(original(desk))
    for item in items:
        for name in facts:
            if item.pop(name, None) is None:
                item[name] = least(FACTS[name])
        if blocked:
            item["blocked"] = {"code": "x"}
    for step in header["steps"]:
        step["blocked"] = sum("blocked" in item for item in items if item["step"] == step["id"])
    return lines_of(renamed(header, number), items)


@pytest.mark.parametrize("name", FACTS)
def test_the_least_of_a_fact_is_one(name: str) -> None:
    jsonschema.validate(least(FACTS[name]), dict(FACTS[name]))


@pytest.mark.parametrize("name", FACTS)
def test_a_fact_that_does_not_belong(desk: Desk, name: str) -> None:
    """Blocked items are held to nothing but their schema."""
    number = list(FACTS).index(name)
    assert survives(desk, forged(desk, number, [name], blocked=True)) == (name not in TOGETHER)


@given(st.integers(1000, 9_999_999), st.lists(st.sampled_from(sorted(FACTS)), min_size=1, max_size=4, unique=True))
@settings(max_examples=60)
def test_facts_that_do_not_belong(desk: Desk, number: int, facts: list[str]) -> None:
    survives(desk, forged(desk, number, facts, blocked=False))
