"""What `modules:` names, without any wiki."""

from __future__ import annotations

import pytest

from runner.sources.beyond import check_entry, extended
from runner.sources.catalogue import CATALOGUE
from runner.sources.check import check_source
from runner.sources.parse import parse_source
from runner.sources.source import Module


def test_a_module_takes_any_key_that_is_no_word_of_ours() -> None:
    modules = extended(["linterrors"])
    value = {"generator": "linterrors", "category": ["a", "b"], "lntpageid": "3", "deep": True, "limit": 4}
    assert check_source("pages", value, modules) == []
    head = parse_source("pages", value, modules).head
    assert head == Module(
        name="linterrors",
        mode="generator",
        written={"category": ["a", "b"], "lntpageid": "3", "deep": True},
    )
    assert isinstance(head, Module)
    assert head.undescribed
    assert set(modules) == {*CATALOGUE, "linterrors"}


def test_it_stands_wherever_a_source_of_pages_may() -> None:
    modules = extended(["linterrors"])
    inner = {"list": "linterrors", "a": "1"}
    value = {"union": [{"generator": "links", "of": inner, "except": inner}, {"intersect": [inner, {"titles": ["A"]}]}]}
    assert check_source("pages", value, modules) == []
    assert [one.code for one in check_source("pages", value)] == ["module"] * 3
    assert [one.code for one in check_source("revisions", inner, modules)] == ["module"]


def test_a_parameter_of_a_known_module() -> None:
    modules = extended(["search.qiprofile", "recentchanges.type"])
    value = {"generator": "search", "search": "x", "srqiprofile": "popular", "namespace": 0}
    assert check_source("pages", value, modules) == []
    head = parse_source("pages", value, modules).head
    assert head == Module(
        name="search", mode="generator", params={"search": "x", "namespace": "0"}, written={"qiprofile": "popular"}
    )
    assert [one.code for one in check_source("pages", value)] == ["unknown-key"]
    wanted = {"generator": "recentchanges", "type": ["new", "flow"]}
    assert check_source("pages", wanted, modules) == []
    assert [one.code for one in check_source("pages", wanted)] == ["enum"]


def test_what_is_named_leaves_the_rest_as_strict_as_it_was() -> None:
    modules = extended(["search.qiprofile", "linterrors"])
    for value in (
        {"generator": "search", "search": "x", "qiprofil": "y"},
        {"generator": "search", "qiprofile": "y"},
        {"generator": "lintererors"},
        {"generator": "linterrors", "continue": "x"},
        {"generator": "linterrors", "limit": 0},
        {"generator": "linterrors", "titles": ["A"]},
        {"generator": "linterrors", "exept": {"titles": ["A"]}},
    ):
        assert len(check_source("pages", value, modules)) == 1, value


@pytest.mark.parametrize(
    ("entry", "hint"),
    [
        ("allpages", "allpages.PARAMETER"),
        ("allpages.prefix", "remove it"),
        ("allpages.limit", "first N"),
        ("linterrors.category", "write `linterrors`"),
        ("linterors", "did you mean `linterrors`?"),
        ("other", "one of: allpages.colour, linterrors"),
        ("allpages.color", "`allpages.colour`"),
    ],
)
def test_an_entry_that_is_not_needed(entry: str, hint: str) -> None:
    found = check_entry(entry, {"linterrors", "allpages", "allpages.colour", "allpages.prefix"})
    assert found is not None
    assert hint in found.hint


def test_an_entry_that_is() -> None:
    assert check_entry("linterrors", {"linterrors"}) is None
    assert check_entry("allpages.filterredir", {"allpages.filterredir"}) is None
    assert check_entry("linterrors", None) is None
