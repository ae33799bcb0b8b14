"""A source as data: which items a step works on. Built by `parse`, read by the plan."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from runner.model import Kind
from runner.sources.catalogue import CATALOGUE, ModuleSpec
from runner.where.conditions import All
from runner.where.words import WITHHELD

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
class Names:
    """`names: [..]`: users, as written."""

    values: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Owned:
    """`of:` alone: everything of this kind that belongs to the pages of another source."""


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """`file: PATH` or `{path, format, column, kind}`; the path is relative to the playbook's folder."""

    path: str
    format: Literal["lines", "csv", "jsonl"] = "lines"
    column: str | None = None
    kind: Literal["titles", "pageids", "revids", "logids", "names"] = "titles"


@dataclass(frozen=True, slots=True, kw_only=True)
class FromStep:
    """`step: ID`: the items of an earlier step (for `pages`: the pages of its items)."""

    step: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Module:
    """A query module: `generator: NAME` or `list: NAME`.

    `params` maps the API's own names without prefix (`title`, `namespace`) to the strings that are sent; a list is already
    joined, a boolean that is false is left out. `written` holds what only the wiki's own description can tell how to send
    (`modules:`), as it is written, until `described` has made it `params`; `live` is then that description.
    """

    name: str
    mode: Literal["generator", "list"]
    params: Mapping[str, str] = field(default_factory=dict)
    written: Mapping[str, Any] = field(default_factory=dict)
    live: ModuleSpec | None = None

    @property
    def undescribed(self) -> bool:
        """Whether only the wiki can tell what it takes."""
        return self.live is None and (bool(self.written) or self.own)

    @property
    def own(self) -> bool:
        """Whether only the wiki has it: nothing is known of the shape of its answers."""
        return self.name not in CATALOGUE

    @property
    def spec(self) -> ModuleSpec:
        """What it takes. KeyError of a module that is undescribed."""
        return self.live or CATALOGUE[self.name]


@dataclass(frozen=True, slots=True, kw_only=True)
class Union:
    """`union: [..]`: what any of these sources finds, in their order."""

    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Intersect:
    """`intersect: [..]`: what all of these sources find, in the order of the first."""

    sources: tuple[Source, ...]


Head = Titles | PageIds | RevIds | LogIds | Names | File | FromStep | Module | Owned | Union | Intersect


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


def all_sources(source: Source) -> Iterator[Source]:
    """A source and all inside it."""
    yield source
    for _, inner in inside(source):
        yield from all_sources(inner)


def with_where(source: Source, change: Callable[[All], All]) -> Source:
    """The source with each `where` in it changed, wherever that stands."""
    changed = rebuilt(source, lambda inner, _place: with_where(inner, change))
    return replace(changed, where=change(source.where) if source.where else None)


OPEN: tuple[Kind, ...] = ("pages", "deleted_pages")
"""Kinds of which nothing can be hidden. Of any other, who made it, its summary, its text or its name may be the very thing
that a step hides, or what is hidden already."""
_PARAMETERS = frozenset({"user", "excludeuser", "userids", "userprefix", "iprange", "search", "query"})
_CONDITIONS = frozenset({"user", "comment", "text"})
# What log entries are about is their content; of users it is their names. So it is where these lists are read as pages.
_LOG = frozenset({"title", "prefix"})
_NAMES = frozenset({"name", "from", "to", "prefix", "users", "ip"})
_ABOUT_KIND: Mapping[Kind, frozenset[str]] = {"log_entries": _LOG, "users": _NAMES}
_ABOUT_MODULE = {"logevents": _LOG, "allusers": _NAMES | {"title"}, "blocks": _NAMES | {"title"}}


def telling(kind: Kind) -> frozenset[str]:
    """The conditions and the parameters that say what to look for in something that may be hidden."""
    return _PARAMETERS | _CONDITIONS | _ABOUT_KIND.get(kind, frozenset())


def unsaid(source: Source, *, discreet: bool) -> frozenset[str]:
    """The conditions and the parameters whose values are not told, with `discreet`."""
    return telling(source.kind) | _about(source) if discreet else frozenset()


def _about(source: Source) -> frozenset[str]:
    """A condition beside a set is one on all that its members find."""
    found = _ABOUT_KIND.get(source.kind, frozenset())
    if isinstance(source.head, Module):
        return found | _ABOUT_MODULE.get(source.head.name, frozenset())
    members = source.head.sources if isinstance(source.head, Union | Intersect) else ()
    return found.union(*map(_about, members))


def source_words(source: Source, *, discreet: bool = False) -> str:
    """A source's head in a line, near to how it is written: `generator categorymembers, title: Category:Drafts`. With
    `discreet` it does not say what to look for in something that may be hidden."""
    head = source.head
    if isinstance(head, Module):
        unsaid_names = unsaid(source, discreet=discreet)
        given = [f"{name}: {WITHHELD if name in unsaid_names else value}" for name, value in head.params.items()]
        return ", ".join([f"{head.mode} {head.name}", *given])
    if isinstance(head, Titles | PageIds | RevIds | LogIds | Names):
        return f"{_LISTED[type(head)]} ({len(head.values)})"
    if isinstance(head, File):
        return f"file {head.path}"
    if isinstance(head, FromStep):
        return f"step {head.step}" + (f", outcome: {', '.join(source.outcome)}" if source.outcome else "")
    return {Union: "union", Intersect: "intersect"}.get(type(head), "of")


_LISTED = {Titles: "titles", PageIds: "pageids", RevIds: "revids", LogIds: "logids", Names: "names"}
