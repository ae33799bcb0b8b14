"""A source from its value in a playbook: valid by `schema` and `check`, and rendered."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from runner.model import Kind
from runner.sources.catalogue import CATALOGUE, Modules, ModuleSpec
from runner.sources.keys import Value, head_of, module_of, parameters
from runner.sources.params import clean, encode, split
from runner.sources.source import (
    Expect,
    File,
    FromStep,
    Head,
    Intersect,
    LogIds,
    Module,
    Names,
    Owned,
    PageIds,
    RevIds,
    Source,
    Titles,
    Union,
)
from runner.sources.words import FILE_KINDS, SETS
from runner.where.check import parse_where


def parse_source(kind: Kind, value: Value, modules: Modules = CATALOGUE) -> Source:
    """The source that a value describes, with the modules that it may name. What `check_source` finds fault with may raise
    anything."""
    of, excluded, expect = value.get("of"), value.get("except"), value.get("expect")
    return Source(
        kind=kind,
        head=_head(kind, value, modules),
        of=parse_source("pages", of, modules) if of is not None else None,
        excluded=parse_source(kind, excluded, modules) if excluded is not None else None,
        where=parse_where(value["where"]) if value.get("where") else None,
        limit=value.get("limit"),
        redirects=value.get("redirects", False),
        converttitles=value.get("converttitles", False),
        outcome=tuple(_listed(value.get("outcome", []))),
        expect=Expect(min=expect.get("min"), max=expect.get("max")) if expect else None,
        related=tuple(dict.fromkeys(_listed(value.get("related", [])))),
    )


def _head(kind: Kind, value: Value, modules: Modules) -> Head:
    spec, head = module_of(kind, value, modules), head_of(kind, value)
    if spec:
        return _module(kind, value, spec, modules)
    given = value[str(head)]
    if head == "titles":
        titles = split(given) if isinstance(given, str) else given
        return Titles(values=tuple(clean(title) for title in titles))
    if head == "names":
        return Names(values=tuple(clean(name) for name in _listed(given)))
    if head in SETS:
        sources = tuple(parse_source(kind, one, modules) for one in given)
        return Union(sources=sources) if head == "union" else Intersect(sources=sources)
    if head == "step":
        return FromStep(step=given)
    if head == "file":
        return _file(kind, given)
    if head == "of":
        return Owned()
    return _IDS[str(head)](tuple(_listed(given)))


_IDS: Mapping[str, Callable[[tuple[int, ...]], Head]] = {
    "pageids": lambda values: PageIds(values=values),
    "revids": lambda values: RevIds(values=values),
    "logids": lambda values: LogIds(values=values),
}


def _module(kind: Kind, value: Value, spec: ModuleSpec, modules: Modules) -> Module:
    given = {name: value[key] for key, name in parameters(kind, value, modules)}
    written = {name: one for name, one in given.items() if spec.parameter(name).type == "undescribed"}
    texts = {name: encode(spec.parameter(name), one) for name, one in given.items() if name not in written}
    params = {name: text for name, text in texts.items() if text is not None}
    return Module(name=spec.name, mode="list" if "list" in value else "generator", params=params, written=written)


def _file(kind: Kind, given: Any) -> File:  # noqa: ANN401 - a text or a mapping, as the schema has it
    long: Mapping[str, Any] = given if isinstance(given, Mapping) else {"path": given}
    return File(
        path=long["path"],
        format=long.get("format", "lines"),
        column=long.get("column"),
        kind=long.get("kind", FILE_KINDS[kind][0]),
    )


def _listed(value: Any) -> list[Any]:  # noqa: ANN401 - one value or several, as the schema has it
    return value if isinstance(value, list) else [value]
