"""What is settled when a plan is made: ages by a clock, namespaces and titles by the wiki."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime

from runner.sources.times import fix_time
from runner.where.conditions import All, Edit, Leaf, Members, Namespace, changed


def fix_ages(condition: All, now: datetime) -> All:
    """The condition with every age as a time, `2026-01-31T00:00:00Z`; `now` must know its time zone."""

    def fixed(text: str | None) -> str | None:
        return text and fix_time(text, now)

    def change(leaf: Leaf) -> Leaf:
        if isinstance(leaf, Edit):
            return replace(leaf, older_than=fixed(leaf.older_than), newer_than=fixed(leaf.newer_than))
        return leaf

    return changed(condition, change)


def fix_numbers(condition: All, number: Callable[[int | str], int]) -> All:
    """The condition with every namespace as the number that `number` gives for it."""

    def change(leaf: Leaf) -> Leaf:
        if isinstance(leaf, Namespace):
            return replace(leaf, values=tuple(number(value) for value in leaf.values))
        return leaf

    return changed(condition, change)


def fix_titles(condition: All, titles: Mapping[tuple[str, str], str]) -> All:
    """The condition with every title as the wiki writes it; `titles` maps (fact, as written) to that."""

    def named(leaf: Members, names: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(titles.get((leaf.fact, name), name) for name in names))

    def change(leaf: Leaf) -> Leaf:
        if isinstance(leaf, Members):
            return replace(leaf, any=named(leaf, leaf.any), all=named(leaf, leaf.all), none=named(leaf, leaf.none))
        return leaf

    return changed(condition, change)
