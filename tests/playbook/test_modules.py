"""`modules:` of a playbook: whatever stands there, and whatever a module that only the wiki has is given."""

from __future__ import annotations

import pytest

from runner.sources.source import Module
from tests.playbook.loading import codes, load, problems

BOOK = "playbook: 1\nname: x\nmodules: {modules}\nsteps:\n  - id: a\n    pages: {source}\n    purge: {{}}\n"
LINT = "{generator: linterrors, category: x}"


def book(modules: str, source: str = LINT) -> str:
    return BOOK.format(modules=modules, source=source)


@pytest.mark.parametrize(
    "modules",
    [
        "5", "null", "{a: b}", "[[a]]", "[{a: b}]", "[null]", "[true]", "linterrors", "''", "['']", "[.]", "[a.]", "[.a]",
        "[a.b.c]", "[a, [b]]", "'${vars.x}'", "['${vars.x}']", "[allpages]", "[limit]", "[*a]", "[a b]", '["a\\u202eb"]',
        "[linterrors, linterrors]", "[linterrors.category]", "[search.limit]", "[linterrors, allpages.colour]",
    ],
)  # fmt: skip
@pytest.mark.parametrize("source", [LINT, "{list: linterrors}", "{generator: [a]}", "{generator: {a: b}}", "{generator: }"])
def test_whatever_is_wrong_there_is_told(modules: str, source: str) -> None:
    found = problems(book(modules, source))
    assert found
    assert all(problem.message and problem.line for problem in found)


def test_a_scalar_is_kept_as_it_is_written() -> None:
    source = "{generator: linterrors, a: 1.50, b: 010, c: ~, d: 2026-01-31, e: [007, no, null], f: true, g: 'true', h: yes}"
    head = load(book("[linterrors]", source)).steps[0].source.head
    assert isinstance(head, Module)
    assert head.params == {}
    assert head.written == {
        "a": "1.50", "b": "010", "c": "~", "d": "2026-01-31", "e": ["007", "no", "null"], "f": True, "g": "true", "h": "yes",
    }  # fmt: skip


def test_variables_stand_for_names_and_values() -> None:
    text = book("['${vars.m}']", "{generator: '${vars.m}', deep: '${vars.d}', ids: '${vars.i}'}")
    text += "vars: {m: linterrors, d: true, i: [1, 02]}\n"
    head = load(text).steps[0].source.head
    assert isinstance(head, Module)
    assert (head.name, head.written) == ("linterrors", {"deep": True, "ids": ["1", "02"]})


def test_every_mistake_is_told_at_once() -> None:
    text = book("[linterrors, allpages, other]", "{generator: linterrors, limit: 0, exept: {titles: [A]}, a: }")
    assert codes(text) == ["modules", "minimum", "unknown-key", "empty"]
    # what is misspelt may be what an entry means, so that one alone is told
    assert codes(book("[linterrors]", "{generator: linterorrs}")) == ["module"]
    assert codes(book("[other]")) == ["module"]
