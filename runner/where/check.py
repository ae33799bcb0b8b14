"""What is wrong with a `where` beyond its schema, and the condition that a right one is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from runner.errors import Finding
from runner.model import Kind
from runner.where.catalogue import CONDITIONS, NESTING
from runner.where.conditions import All, Condition, Either, Not
from runner.where.shape import finding


def check_where(kind: Kind, value: object) -> list[Finding]:
    """Every mistake of a rendered `where`; paths go from its value down. Any value may be given, valid or not."""
    found = []
    for index, one in enumerate(value if isinstance(value, list) else []):
        found += [replace(inner, path=(index, *inner.path)) for inner in _check(kind, one)]
    return found


def parse_where(value: Sequence[Mapping[str, Any]]) -> All:
    """The condition that a right value describes."""
    return All(conditions=tuple(_parse(one) for one in value))


def _parse(value: Mapping[str, Any]) -> Condition:
    ((name, inner),) = value.items()
    if name == "not":
        return Not(condition=_parse(inner))
    if name in NESTING:
        conditions = tuple(_parse(one) for one in inner)
        return Either(conditions=conditions) if name == "any" else All(conditions=conditions)
    # A condition of one name is written in the same way of every kind of items.
    shape = next(specs[name].shape for specs in CONDITIONS.values() if name in specs)
    return shape.parse(name, inner)


def _check(kind: Kind, value: object) -> list[Finding]:
    if not isinstance(value, Mapping):
        return []
    if len(value) > 1 and all(str(name) in (*CONDITIONS[kind], *NESTING) for name in value):
        names = " and ".join(f"`{name}`" for name in value)
        return [finding((), "together", f"one condition holds {names}", "begin each condition with `- ` of its own")]
    return [one for name, inner in value.items() for one in _check_one(kind, str(name), inner)]


def _check_one(kind: Kind, name: str, value: object) -> list[Finding]:
    if name == "not":
        found = _check(kind, value)
    elif name in NESTING:
        found = check_where(kind, value)
    elif name in CONDITIONS[kind]:
        found = CONDITIONS[kind][name].shape.check(value)
    else:
        return _elsewhere(kind, name)
    return [replace(one, path=(name, *one.path)) for one in found]


def _elsewhere(kind: Kind, name: str) -> list[Finding]:
    """A condition of another kind of source; anything else is told by the schema, with the nearest right word."""
    others = [other.replace("_", " ") for other, specs in CONDITIONS.items() if name in specs]
    if not others:
        return []
    hint = "for their last edit there is `last_edit`" if name == "user" and kind == "pages" else "remove it"
    message = f"`{name}` is a condition on {' and '.join(others)}, and these are {kind.replace('_', ' ')}"
    return [finding((name,), "unknown-key", message, hint)]
