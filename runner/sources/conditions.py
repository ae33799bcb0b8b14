"""The `where` of a source and of every source inside it, wherever that stands."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar

from runner.sources.source import Head, Source
from runner.where.conditions import All

T = TypeVar("T", Source, Head)


def inner_sources(source: Source) -> Iterator[tuple[str, Source]]:
    """The sources directly inside a source, each with the name of the field that holds it.

    It goes by the fields of the dataclasses, so that a new head or word with sources inside is never passed over.
    """
    for owner in (source, source.head):
        for one in fields(owner) if is_dataclass(owner) else ():
            value = getattr(owner, one.name)
            for inner in value if isinstance(value, tuple) else (value,):
                if isinstance(inner, Source):
                    yield one.name, inner


def all_sources(source: Source) -> Iterator[Source]:
    """A source and all inside it."""
    yield source
    for _, inner in inner_sources(source):
        yield from all_sources(inner)


def with_where(source: Source, change: Callable[[Source, All], All]) -> Source:
    """The source with each `where` in it changed; `change` is given the source that it stands in, too."""
    where = change(source, source.where) if source.where else None
    return replace(_inside(source, change), head=_inside(source.head, change), where=where)


def _inside(owner: T, change: Callable[[Source, All], All]) -> T:
    """A source or a head with the sources in its fields changed."""

    def inner(value: object) -> object:
        if isinstance(value, Source):
            return with_where(value, change)
        return tuple(map(inner, value)) if isinstance(value, tuple) else value

    given = {one.name: getattr(owner, one.name) for one in fields(owner)}
    new: dict[str, Any] = {name: inner(value) for name, value in given.items()}
    return replace(owner, **{name: value for name, value in new.items() if value != given[name]})
