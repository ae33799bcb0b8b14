"""Modules that only the wiki knows, once it has described them."""

from __future__ import annotations

from typing import Any

import pytest

from runner.sources.beyond import extended
from runner.sources.described import described
from runner.sources.live import live_spec, modules_of
from runner.sources.parse import parse_source
from runner.sources.source import Module

RAW: dict[str, Any] = {
    "name": "linterrors",
    "prefix": "lnt",
    "group": "list",
    "generator": True,
    "description": "Pages with <kbd>errors</kbd>,\n\nby ''kind'' and [[mw:Help:Lint|category]].",
    "helpurls": ["https://www.mediawiki.org/wiki/Extension:Linter"],
    "parameters": [
        {"name": "categories", "type": ["a", "b"], "multi": True, "required": True, "description": "Which."},
        {"name": "titles", "type": "string", "multi": False},
        {"name": "namespace", "type": "namespace", "multi": True, "allspecifier": "*"},
        {"name": "pageid", "type": "integer", "min": 1, "max": 9},
        {"name": "expiry", "type": "expiry"},
        {"name": "secret", "type": "string", "sensitive": True},
        {"name": "info", "type": "string"},
        {"name": "show", "type": "boolean", "default": False},
        {"name": "limit", "type": "limit", "min": 1, "max": 500},
    ],
}
BASKET: dict[str, Any] = {
    "name": "basket", "prefix": "bt", "group": "list", "generator": True,
    "parameters": [{"name": "fruits", "type": ["apples", "pears"], "multi": True, "allspecifier": "*"}],
    "templatedparameters": [
        {"name": "{fruit}-quantity", "type": "integer", "required": True, "templatevars": {"fruit": "fruits"}},
        {"name": "{fruit}-secret", "type": "string", "sensitive": True, "templatevars": {"fruit": "fruits"}},
    ],
}  # fmt: skip
BELOW: dict[str, Any] = {"name": "below", "prefix": "b", "group": "prop", "generator": True, "parameters": []}
LIVE = {raw["name"]: live_spec(raw) for raw in (RAW, BELOW, BASKET)}
MODULES = extended(["linterrors", "below", "basket", "gone"])


def heads(value: object) -> tuple[list[Module], list[str]]:
    source, found = described(parse_source("pages", value, MODULES), LIVE)  # type: ignore[arg-type]
    return list(modules_of(source)), [one.message for one in found]


def test_what_the_wiki_says_of_it() -> None:
    spec = LIVE["linterrors"]
    assert spec.about == "Pages with errors, by kind and category."
    assert spec.page == "https://www.mediawiki.org/wiki/Extension:Linter"
    assert list(spec.parameters) == ["categories", "titles", "namespace", "pageid", "expiry", "info", "show"]
    assert spec.parameters["expiry"].type == "string"
    assert (spec.parameters["pageid"].minimum, spec.parameters["pageid"].maximum) == (1, 9)
    assert spec.parameters["titles"].about == "The wiki says nothing about it."
    assert (spec.paged, LIVE["below"].paged) == (True, False)


def test_what_was_written_becomes_what_is_sent() -> None:
    value = {"generator": "linterrors", "lntcategories": ["a", "b"], "lnttitles": "7", "pageid": "03", "show": False}
    ((module,), found) = heads(value)
    assert found == []
    assert module.params == {"categories": "a|b", "titles": "7", "pageid": "3"}
    assert not module.undescribed
    assert module.spec is LIVE["linterrors"]


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"lntsecret": "x"}, "no parameter `lntsecret`"),
        ({"pageid": "10"}, "the most is 9"),
        ({"pageid": "x"}, "whole number"),
        ({"lnttitles": ["A", "B"]}, "not a list"),
        ({"categories": ["a", "c"]}, "no value `c`"),
        ({"show": "yes"}, "true or false"),
        ({"lntcategories": "a", "categories": "b"}, "written twice"),
        ({"glntpageid": "1"}, "without the g"),
        ({"of": {"titles": ["A"]}}, "`of` feeds a property generator"),
    ],
)
def test_what_it_does_not_take(more: dict[str, Any], words: str) -> None:
    _, found = heads({"generator": "linterrors", "categories": "a", **more})
    assert len(found) == 1
    assert words in found[0]
    assert found[0].startswith("`linterrors`: ")


def test_a_templated_parameter_stands_once_for_each_value_of_another() -> None:
    both = {"apples-quantity": "3", "btpears-quantity": "4"}
    for fruits in (["apples", "pears"], "apples|pears", "*"):
        ((module,), found) = heads({"generator": "basket", "fruits": fruits, **both})
        assert found == []
        assert module.params == {
            "fruits": fruits if fruits == "*" else "apples|pears",
            "apples-quantity": "3",
            "pears-quantity": "4",
        }


@pytest.mark.parametrize(("given", "words"), [
    ({"fruits": ["apples"]}, "the wiki wants `apples-quantity`"),
    ({"fruits": "*", "apples-quantity": "3"}, "the wiki wants `pears-quantity`"),
    ({"fruits": ["apples"], "apples-quantity": "x"}, "`apples-quantity` must be a whole number"),
    ({"fruits": ["apples"], "apples-quantity": "3", "pears-quantity": "3"}, "no parameter `pears-quantity`"),
    ({"pears-quantity": "3"}, "no parameter `pears-quantity`"),
    ({"fruits": ["apples"], "apples-quantity": "3", "apples-secret": "x"}, "no parameter `apples-secret`"),
])  # fmt: skip
def test_a_templated_parameter_is_held_against_what_names_it(given: dict[str, Any], words: str) -> None:
    _, (found,) = heads({"generator": "basket", **given})
    assert words in found


def test_what_is_wrong_anywhere_in_a_source_is_told_at_once() -> None:
    inner = {"generator": "linterrors"}
    modules, found = heads({"generator": "below", "except": inner})
    assert found == ["`below`: it works on pages, and there is no `of`", "`linterrors`: the wiki wants `categories`"]
    assert [module.name for module in modules] == ["below", "linterrors"]


def test_one_that_the_wiki_lacks_stays_as_it_is() -> None:
    ((module,), found) = heads({"generator": "gone", "a": "1"})
    assert (found, module.undescribed) == ([], True)
