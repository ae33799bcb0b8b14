"""A source held against a wiki's own `paraminfo`."""

from __future__ import annotations

from typing import Any

import pytest

from runner.sources.live import check_live, live_spec, modules_of
from runner.sources.parse import parse_source
from runner.sources.source import Module

RAW: dict[str, Any] = {
    "name": "querypage",
    "prefix": "qp",
    "group": "list",
    "generator": True,
    "parameters": [
        {"name": "page", "type": ["BrokenRedirects", "Unusedcategories"], "required": True, "multi": False},
        {"name": "limit", "type": "limit", "multi": False},
        {"name": "tag", "type": "string", "multi": False},
        {"name": "both", "type": ["a", "b"], "multi": True, "allspecifier": "*"},
    ],
}
SPEC = live_spec(RAW)


def asked(**params: str) -> Module:
    return Module(name="querypage", mode="generator", params=params)


@pytest.mark.parametrize("params", [{"page": "BrokenRedirects"}, {"both": "a|b"}, {"both": "*"}, {"tag": "known"}, {}])
def test_what_the_wiki_has(params: dict[str, str]) -> None:
    assert check_live(asked(**params), SPEC, frozenset({"known"})) == []


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({"page": "BrokenRedirect"}, "value"),
        ({"both": "a|c"}, "value"),
        ({"nosuch": "1"}, "parameter"),
        ({"tag": "unknown"}, "tag"),
    ],
)
def test_what_it_lacks(params: dict[str, str], code: str) -> None:
    (found,) = check_live(asked(**params), SPEC, frozenset({"known"}))
    assert found.code == code


def test_a_module_that_it_lacks_or_that_is_no_generator() -> None:
    assert [found.code for found in check_live(asked(), None)] == ["module"]
    plain = live_spec({**RAW, "generator": False})
    assert [found.code for found in check_live(asked(), plain)] == ["module"]


def test_every_module_of_a_source_is_found() -> None:
    value = {
        "generator": "linkshere",
        "of": {"generator": "categorymembers", "title": "Category:X"},
        "except": {"generator": "allpages", "prefix": "A"},
    }
    assert [module.name for module in modules_of(parse_source("pages", value))] == ["linkshere", "categorymembers", "allpages"]
