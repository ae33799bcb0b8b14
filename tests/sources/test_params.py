from __future__ import annotations

from typing import Any

import pytest

from runner.multivalue import join
from runner.sources.catalogue import CATALOGUE, ParamSpec
from runner.sources.params import check_param, encode, split


def spec(path: str) -> ParamSpec:
    module, name = path.split(".")
    return CATALOGUE[module].parameters[name]


@pytest.mark.parametrize(
    ("path", "value", "sent"),
    [
        ("categorymembers.title", " Category:Drafts ", "Category:Drafts"),
        ("categorymembers.title", "Cafe\u0301", "Café"),
        ("categorymembers.pageid", 12, "12"),
        ("categorymembers.namespace", 118, "118"),
        ("categorymembers.namespace", [0, "User talk", "4"], "0|User talk|4"),
        ("categorymembers.namespace", "0|Draft:", "0|Draft"),
        ("categorymembers.namespace", "*", "*"),
        ("links.namespace", -2, "-2"),
        ("categorymembers.type", ["page", "file"], "page|file"),
        ("categorymembers.type", "page|file", "page|file"),
        ("categorymembers.start", "7 days ago", "7 days ago"),
        ("usercontribs.user", ["A|B", "C"], "\x1fA|B\x1fC"),
        ("usercontribs.user", "\x1fA|B\x1fC", "\x1fA|B\x1fC"),
        ("usercontribs.user", ["A|B"], "\x1fA|B"),
        ("usercontribs.userids", [1, 2], "1|2"),
        ("search.search", "a|b", "a|b"),
        ("backlinks.redirect", True, "1"),
        ("backlinks.redirect", False, None),
        ("protectedtitles.level", "templateeditor", "templateeditor"),
    ],
)
def test_sent(path: str, value: object, sent: str | None) -> None:
    assert check_param(spec(path), value) == []
    assert encode(spec(path), value) == sent


@pytest.mark.parametrize(
    ("path", "value", "code", "hint"),
    [
        ("categorymembers.title", "", "empty", "leave it out"),
        ("categorymembers.title", "Category:[x]", "title", ""),
        ("categorymembers.title", "Foo#Bar", "title", "without its section"),
        ("categorymembers.title", "é" * 128, "title", ""),
        ("categorymembers.title", ["A"], "list", ""),
        ("categorymembers.title", None, "empty", "leave it out"),
        ("categorymembers.title", True, "type", '"true"'),
        ("categorymembers.pageid", 0, "minimum", ""),
        ("categorymembers.pageid", "12a", "integer", ""),
        ("categorymembers.pageid", True, "integer", ""),
        ("categorymembers.sort", "timestmap", "enum", "`timestamp`"),
        ("categorymembers.sort", "Timestamp", "enum", "`timestamp`"),
        ("categorymembers.namespace", [], "empty", "leave it out"),
        ("categorymembers.namespace", -1, "namespace", ""),
        ("categorymembers.namespace", "", "empty", "leave it out"),
        ("allpages.namespace", "0|1", "namespace", "one namespace"),
        ("allpages.namespace", "*", "namespace", ""),
        ("categorymembers.start", "2026-01-31", "timestamp", "2026-01-31T00:00:00Z"),
        ("categorymembers.start", "2026-01-31 10:00:00", "timestamp", "2026-01-31T10:00:00Z"),
        ("categorymembers.start", "last week", "timestamp", "7 days ago"),
        ("backlinks.redirect", "yes", "boolean", ""),
        ("backlinks.redirect", "${vars.flag}", "boolean", ""),
        ("querypage.page", "Brokenredirects", "enum", "`BrokenRedirects`"),
        ("prefixsearch.offset", -1, "minimum", ""),
        ("allpages.prefix", " ", "empty", "leave it out"),
    ],
)
def test_refused(path: str, value: object, code: str, hint: str) -> None:
    found = check_param(spec(path), value)
    assert [one.code for one in found] == [code]
    assert all(hint in one.hint for one in found)


def test_every_wrong_value_of_a_list_is_told_at_its_place() -> None:
    found = check_param(spec("categorymembers.type"), ["page", "flie", "subcta"])
    assert [(one.path, one.hint) for one in found] == [((1,), "did you mean `file`?"), ((2,), "did you mean `subcat`?")]


@pytest.mark.parametrize("values", [["a"], ["a", "b"], ["a|b", "c"], ["a|b"], ["a b", "é"]])
def test_joined_values_split_again(values: list[str]) -> None:
    assert split(join(values)) == values


@pytest.mark.parametrize("value", [{}, {"a": 1}, [[1]], [{}], 1.5, [None], -1, "\x00", "\x1f", "|"])
@pytest.mark.parametrize("module", list(CATALOGUE))
def test_no_value_breaks_the_check(module: str, value: Any) -> None:  # noqa: ANN401 - anything that YAML holds
    for one in CATALOGUE[module].parameters.values():
        found = check_param(one, value)
        assert all(item.message for item in found)
        assert found or encode(one, value) is not None
