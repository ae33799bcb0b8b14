"""A source as data: which items a step works on. Built by `parse`, read by the plan."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from runner.model import Kind
from runner.where.conditions import All

Place = tuple[str | int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Titles:
    """`titles: [..]`, as written."""

    values: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PageIds:
    """`pageids: [..]`."""

    values: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RevIds:
    """`revids: [..]`: as pages, the pages that hold these revisions; as revisions, these revisions."""

    values: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LogIds:
    """`logids: [..]`: entries of the wiki's log."""

    values: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Owned:
    """`of:` alone: everything of this kind that belongs to the pages of another source."""


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """`file: PATH` or `{path, format, column, kind}`; the path is relative to the playbook's folder."""

    path: str
    format: Literal["lines", "csv", "jsonl"] = "lines"
    column: str | None = None
    kind: Literal["titles", "pageids", "revids", "logids"] = "titles"


@dataclass(frozen=True, slots=True, kw_only=True)
class FromStep:
    """`step: ID`: the items of an earlier step (for `pages`: the pages of its items)."""

    step: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Module:
    """A query module: `generator: NAME` or `list: NAME`.

    `params` maps the API's own names without prefix (`title`, `namespace`) to the strings that are sent; a list is already
    joined, a boolean that is false is left out.
    """

    name: str
    mode: Literal["generator", "list"]
    params: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Union:
    """`union: [..]`: what any of these sources finds, in their order."""

    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Intersect:
    """`intersect: [..]`: what all of these sources find, in the order of the first."""

    sources: tuple[Source, ...]


Head = Titles | PageIds | RevIds | LogIds | File | FromStep | Module | Owned | Union | Intersect


@dataclass(frozen=True, slots=True, kw_only=True)
class Expect:
    """`expect: {min, max}`: how many items are normal, both inclusive."""

    min: int | None = None
    max: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One head and what stands beside it; applied in the order head, redirects, except, where, limit, related.

    `of` is the page source that a property generator works on; `outcome` keeps only items whose parents in the step ended
    in one of these states (judged while the run goes); `related` adds pages to those found: talk, subpages, redirects.
    """

    kind: Kind
    head: Head
    of: Source | None = None
    excluded: Source | None = None
    where: All | None = None
    limit: int | None = None
    redirects: bool = False
    converttitles: bool = False
    outcome: tuple[str, ...] = ()
    expect: Expect | None = None
    related: tuple[str, ...] = ()


def inside(source: Source) -> Iterator[tuple[Place, Source]]:
    """The sources that stand in a source, each with the way to it."""
    if isinstance(source.head, Union | Intersect):
        word = "union" if isinstance(source.head, Union) else "intersect"
        yield from (((word, number), one) for number, one in enumerate(source.head.sources))
    for word, inner in (("of", source.of), ("except", source.excluded)):
        if inner is not None:
            yield (word,), inner


def rebuilt(source: Source, change: Callable[[Source, Place], Source]) -> Source:
    """The source with each source that stands in it changed; the way to it is told."""
    inner = {place: change(one, place) for place, one in inside(source)}
    head = source.head
    if isinstance(head, Union | Intersect):
        head = replace(head, sources=tuple(one for place, one in inner.items() if len(place) > 1))
    return replace(source, head=head, of=inner.get(("of",)), excluded=inner.get(("except",)))
