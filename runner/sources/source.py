"""A source as data: which items a step works on. Built by `parse`, read by the plan."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from runner.where.conditions import All

Kind = Literal["pages", "revisions"]


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
class File:
    """`file: PATH` or `{path, format, column, kind}`; the path is relative to the playbook's folder."""

    path: str
    format: Literal["lines", "csv", "jsonl"] = "lines"
    column: str | None = None
    kind: Literal["titles", "pageids", "revids"] = "titles"


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


Head = Titles | PageIds | RevIds | File | FromStep | Module


@dataclass(frozen=True, slots=True, kw_only=True)
class Expect:
    """`expect: {min, max}`: how many items are normal, both inclusive."""

    min: int | None = None
    max: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One head and what stands beside it; applied in the order head, redirects, except, where, limit.

    `of` is the page source that a property generator works on; `outcome` keeps only items whose parents in the step ended
    in one of these states (judged while the run goes); `line` is where it stands in the playbook, for messages.
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
