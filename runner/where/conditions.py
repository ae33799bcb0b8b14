"""Conditions as data. What each one means of an item's facts is in `judge`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import ClassVar, Literal

Way = Literal["glob", "regex", "contains"]


@dataclass(frozen=True, slots=True, kw_only=True)
class All:
    """Every one of these holds. A `where` is one of these, too: its list."""

    conditions: tuple[Condition, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Either:
    """`any:` at least one of these holds."""

    conditions: tuple[Condition, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Not:
    """The opposite."""

    condition: Condition


@dataclass(frozen=True, slots=True, kw_only=True)
class Namespace:
    """In one of these namespaces: numbers, once `fix` has looked the names up."""

    fact: ClassVar[str] = "namespace"
    values: tuple[int | str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pattern:
    """A text that matches: a glob fits the whole of it, a regular expression and `contains` any part."""

    fact: str
    way: Way
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Flag:
    """A fact that is true or false."""

    fact: str
    wanted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A number within bounds, both inclusive; None is no bound."""

    fact: str
    min: int | None = None
    max: int | None = None

    @property
    def enough(self) -> int:
        """The count from which on more makes no difference."""
        return max(self.min or 0, 0 if self.max is None else self.max + 1, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """A page's last or first edit: its age, as texts that `runner.sources.times` reads, and its user."""

    fact: str
    older_than: str | None = None
    newer_than: str | None = None
    by: tuple[str, ...] = ()
    not_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Protection:
    """`wanted`: protected at all, or not. `levels`: for each kind (`edit`, `move`) at one of these levels, or (true) at any,
    or (false) at none."""

    fact: ClassVar[str] = "protection"
    wanted: bool | None = None
    levels: tuple[tuple[str, bool | tuple[str, ...]], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Members:
    """A set that holds one of `any`, every one of `all`, and none of `none`. Titles are the wiki's own, once settled."""

    fact: str
    any: tuple[str, ...] = ()
    all: tuple[str, ...] = ()
    none: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Everything that the answer depends on."""
        return (*self.any, *self.all, *self.none)


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A text that is one of these."""

    fact: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Property:
    """A page property that is there; with `value`, that is this."""

    fact: ClassVar[str] = "page_property"
    name: str
    value: str | None = None


Leaf = Namespace | Pattern | Flag | Span | Edit | Protection | Members | Choice | Property
Condition = All | Either | Not | Leaf


def leaves(condition: Condition) -> Iterator[Leaf]:
    """The conditions on facts inside a condition."""
    if isinstance(condition, All | Either):
        for inner in condition.conditions:
            yield from leaves(inner)
    elif isinstance(condition, Not):
        yield from leaves(condition.condition)
    else:
        yield condition


def changed(condition: All, change: Callable[[Leaf], Leaf]) -> All:
    """The same condition with each of its leaves changed."""
    return All(conditions=tuple(_changed(inner, change) for inner in condition.conditions))


def _changed(condition: Condition, change: Callable[[Leaf], Leaf]) -> Condition:
    if isinstance(condition, All):
        return changed(condition, change)
    if isinstance(condition, Either):
        return Either(conditions=tuple(_changed(inner, change) for inner in condition.conditions))
    if isinstance(condition, Not):
        return Not(condition=_changed(condition.condition, change))
    return change(condition)
