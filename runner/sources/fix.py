"""What is settled when a plan is made: relative times by a clock, namespaces by the wiki's own list."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime

from runner.errors import Finding
from runner.sources.catalogue import ParamSpec
from runner.sources.namespaces import EVERYWHERE, SEARCHES
from runner.sources.nearest import did_you_mean
from runner.sources.order import check_order
from runner.sources.params import split
from runner.sources.source import Module, Place, Source, inside, rebuilt
from runner.sources.times import fix_time

Change = Callable[[Place, ParamSpec, str], str]
MAIN = "(main)"  # how the wiki's own pages call the namespace without a name


def fix_times(source: Source, now: datetime) -> Source:
    """The source with every time absolute, as `2026-01-31T00:00:00Z`; `now` must know its time zone."""
    return _changed(source, "timestamp", lambda _path, _spec, text: fix_time(text, now))


def check_times(source: Source, path: Place = ()) -> list[Finding]:
    """`start` and `end` against `dir`, once `fix_times` has made every two times comparable."""
    found = _order(source.head, path)
    for place, inner in inside(source):
        found += check_times(inner, (*path, *place))
    return found


def fix_namespaces(source: Source, namespaces: Mapping[str, int]) -> tuple[Source, list[Finding]]:
    """The source with every namespace as a number, and a finding for each that the wiki lacks or that a text overrules.

    `namespaces` holds every name and alias (https://www.mediawiki.org/wiki/API:Siteinfo). A namespace that is lacking
    stays as it is: never send it, the wiki would only warn and answer for all namespaces. Paths name parameters
    without prefix.
    """
    numbers = {folded(name): number for name, number in {MAIN: 0, **namespaces}.items()}
    found: list[Finding] = []

    def change(path: Place, spec: ParamSpec, text: str) -> str:
        return "|".join(dict.fromkeys(one if one == spec.every else number(path, one) for one in split(text)))

    def number(path: Place, text: str) -> str:
        known = int(text) in numbers.values() if _is_number(text) else folded(text) in numbers
        if not known:
            found.append(_lacking(path, text, namespaces))
            return text
        return text if _is_number(text) else str(numbers[folded(text)])

    changed = _changed(source, "namespace", change)
    return changed, [*found, *_overruled(changed, numbers)]


def _overruled(source: Source, numbers: Mapping[str, int], path: Place = ()) -> Iterator[Finding]:
    if isinstance(source.head, Module) and source.head.name in SEARCHES:
        yield from _overruled_search(source.head, numbers, (*path, "search"))
    for place, inner in inside(source):
        yield from _overruled(inner, numbers, (*path, *place))


def _overruled_search(module: Module, numbers: Mapping[str, int], path: Place) -> Iterator[Finding]:
    """The wiki goes by what a text begins with, so the two must mean the same: less than was asked for is too little where it
    stands in `except`."""
    start, colon, _ = module.params.get("search", "").partition(":")
    everywhere = module.name == "search" and folded(start) == EVERYWHERE
    number = numbers.get(folded(start))
    if "namespace" not in module.params or not colon or (number is None and not everywhere):
        return
    if set(split(module.params["namespace"])) != {"*" if everywhere else str(number)}:
        message = f"`search` begins with `{start}:`, and the wiki goes by that and not by `namespace`"
        yield Finding(path=path, code="namespace", message=message, hint="keep one of the two")


def _order(head: object, path: Place) -> list[Finding]:
    found = check_order(head.spec, head.params) if isinstance(head, Module) else []
    return [replace(one, path=(*path, *one.path)) for one in found]


def _changed(source: Source, kind: str, change: Change, path: Place = ()) -> Source:
    if isinstance(source.head, Module):
        source = replace(source, head=_changed_module(source.head, kind, change, path))
    return rebuilt(source, lambda inner, place: _changed(inner, kind, change, (*path, *place)))


def _changed_module(module: Module, kind: str, change: Change, path: Place) -> Module:
    specs = module.spec.parameters
    params = {
        name: change((*path, name), specs[name], text) if specs[name].type == kind else text
        for name, text in module.params.items()
    }
    return replace(module, params=params)


def _lacking(path: Place, text: str, namespaces: Mapping[str, int]) -> Finding:
    if _is_number(text):
        known = ", ".join(str(number) for number in sorted(set(namespaces.values())))
        hint = f"it has: {known}"
        return Finding(path=path, code="namespace", message=f"the wiki has no namespace {text}", hint=hint)
    hint = did_you_mean(text, [MAIN, *(name for name in namespaces if name)])
    return Finding(path=path, code="namespace", message=f"the wiki has no namespace `{text}`", hint=hint)


def _is_number(text: str) -> bool:
    return text.isascii() and text.removeprefix("-").isdecimal()


def folded(name: str) -> str:
    """The name of a namespace as names are compared."""
    return " ".join(name.replace("_", " ").split()).casefold()
