"""Whether a condition holds of an item's facts: true, false, or unknown. What is unknown never counts as either.

Facts are a mapping by the names of the conditions; one that is absent is unknown:
`namespace` and the numbers as integers, `title`, `comment`, `text`, `user`, `content_model`, `file_type`, `log_type` and
`archive_name` and `name` as texts, flags as booleans, `last_edit`, `creation`, `made`, `block` and `registered` as {timestamp,
user}, `protection` as (kind, level) pairs, `page_property` as {name: value}, `categories`, `templates`, `links_to`, `tags` and
`groups` as sets (of what was asked about).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from runner.where import patterns
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

Facts = Mapping[str, Any]
Verdict = bool | None


def judge(condition: Condition, facts: Facts) -> Verdict:
    """The answer, by Kleene's three-valued logic: `false and unknown` is false, `true or unknown` is true."""
    if isinstance(condition, All):
        return _every(judge(inner, facts) for inner in condition.conditions)
    if isinstance(condition, Either):
        return _negated(_every(_negated(judge(inner, facts)) for inner in condition.conditions))
    if isinstance(condition, Not):
        return _negated(judge(condition.condition, facts))
    return _JUDGES[type(condition)](condition, facts[condition.fact]) if condition.fact in facts else None


def unknown(condition: Condition, facts: Facts) -> Iterator[str]:
    """The facts that would be needed to tell."""
    if judge(condition, facts) is not None:
        return
    if isinstance(condition, All | Either):
        for inner in condition.conditions:
            yield from unknown(inner, facts)
    elif isinstance(condition, Not):
        yield from unknown(condition.condition, facts)
    else:
        yield condition.fact


def _every(verdicts: Iterable[Verdict]) -> Verdict:
    found = set(verdicts)
    return False if False in found else None if None in found else True


def _negated(verdict: Verdict) -> Verdict:
    return None if verdict is None else not verdict


def _edit(condition: Edit, fact: Mapping[str, str]) -> Verdict:
    """Each part is judged by itself: a hidden user leaves the time known."""
    verdicts: list[Verdict] = []
    if condition.older_than:
        verdicts.append(fact["timestamp"] < condition.older_than if "timestamp" in fact else None)
    if condition.newer_than:
        verdicts.append(fact["timestamp"] > condition.newer_than if "timestamp" in fact else None)
    if condition.by:
        verdicts.append(fact["user"] in condition.by if "user" in fact else None)
    if condition.not_by:
        verdicts.append(fact["user"] not in condition.not_by if "user" in fact else None)
    return _every(verdicts)


def _protection(condition: Protection, fact: Iterable[tuple[str, str]]) -> Verdict:
    entries = set(fact)
    if condition.wanted is not None:
        return condition.wanted == bool(entries)
    return all(_protected(entries, kind, level) for kind, level in condition.levels)


def _protected(entries: set[tuple[str, str]], kind: str, level: bool | tuple[str, ...]) -> bool:  # noqa: FBT001 - any or none
    levels = {one for name, one in entries if name == kind}
    return bool(levels) == level if isinstance(level, bool) else bool(levels & set(level))


def _members(condition: Members, fact: Iterable[str]) -> Verdict:
    has = set(fact)
    some = not condition.any or bool(has & set(condition.any))
    return some and set(condition.all) <= has and not has & set(condition.none)


def _span(condition: Span, fact: int) -> Verdict:
    return (condition.min is None or fact >= condition.min) and (condition.max is None or fact <= condition.max)


def _choice(condition: Choice, fact: str) -> Verdict:
    return fact in condition.values or any(fact.startswith(start) for start in _beginnings(condition))


def _beginnings(condition: Choice) -> Iterator[str]:
    """`image/*` is every image; `delete/*`, or `delete` alone, every action of this log."""
    if condition.fact in ("file_type", "log_type"):
        yield from (value[:-1] for value in condition.values if value.endswith("/*"))
    if condition.fact == "log_type":
        yield from (f"{value}/" for value in condition.values if "/" not in value)


def _property(condition: Property, fact: Mapping[str, str]) -> Verdict:
    return condition.name in fact and condition.value in {None, fact[condition.name]}


_JUDGES: Mapping[type[Leaf], Callable[[Any, Any], Verdict]] = {
    Namespace: lambda condition, fact: fact in condition.values,
    Pattern: patterns.matches,
    Flag: lambda condition, fact: fact == condition.wanted,
    Span: _span,
    Edit: _edit,
    Protection: _protection,
    Members: _members,
    Choice: _choice,
    Property: _property,
}
