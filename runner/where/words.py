"""A condition as a reader of a plan sees it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from runner.where.conditions import (
    All,
    Choice,
    Condition,
    Edit,
    Either,
    Flag,
    Leaf,
    Members,
    Namespace,
    Not,
    Pattern,
    Property,
    Protection,
    Span,
)  # fmt: skip

WITHHELD = "(withheld)"


def words(condition: Condition, unsaid: frozenset[str] = frozenset()) -> str:
    """One line, near to how it is written: `last_edit: older_than 2026-01-01T00:00:00Z`. The values of the conditions `unsaid`
    are withheld; with `user` among them, users wherever they stand."""
    if isinstance(condition, All | Either):
        joint = " or " if isinstance(condition, Either) else " and "
        return f"({joint.join(words(inner, unsaid) for inner in condition.conditions)})"
    if isinstance(condition, Not):
        return f"not {words(condition.condition, unsaid)}"
    if condition.fact in unsaid:
        return f"{condition.fact}: {WITHHELD}"
    if isinstance(condition, Edit) and "user" in unsaid:
        condition = replace(condition, by=condition.by and (WITHHELD,), not_by=condition.not_by and (WITHHELD,))
    return f"{condition.fact}: {_WORDS[type(condition)](condition)}"


def _listed(values: Any) -> str:  # noqa: ANN401 - texts and numbers
    return ", ".join(map(str, values))


def _parts(condition: Edit | Members, *names: str) -> str:
    given = ((name, getattr(condition, name)) for name in names)
    return "; ".join(f"{name} {_listed(value) if isinstance(value, tuple) else value}" for name, value in given if value)


def _span(condition: Span) -> str:
    if condition.min == condition.max:
        return str(condition.min)
    given = ((name, getattr(condition, name)) for name in ("min", "max"))
    return ", ".join(f"{name} {value}" for name, value in given if value is not None)


def _protection(condition: Protection) -> str:
    if condition.wanted is not None:
        return _bool(condition.wanted)
    return "; ".join(f"{kind} {_bool(one) if isinstance(one, bool) else _listed(one)}" for kind, one in condition.levels)


def _bool(value: bool) -> str:  # noqa: FBT001 - as YAML writes it
    return "true" if value else "false"


_WORDS: Mapping[type[Leaf], Callable[[Any], str]] = {
    Namespace: lambda condition: _listed(condition.values),
    Pattern: lambda condition: f"{condition.way} {condition.text}",
    Flag: lambda condition: _bool(condition.wanted),
    Span: _span,
    Edit: lambda condition: _parts(condition, "older_than", "newer_than", "by", "not_by"),
    Protection: _protection,
    Members: lambda condition: _parts(condition, "any", "all", "none"),
    Choice: lambda condition: _listed(condition.values),
    Property: lambda condition: condition.name + (f" = {condition.value}" if condition.value is not None else ""),
}
