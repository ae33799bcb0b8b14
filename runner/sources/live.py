"""A source held against the wiki's own description of its modules: what that wiki lacks would widen the set."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from runner.errors import Finding
from runner.sources.catalogue import ModuleSpec, module_spec
from runner.sources.nearest import did_you_mean
from runner.sources.paraminfo import module_record
from runner.sources.params import split
from runner.sources.source import Module, Source, inside

# Parameters that name change tags: the wiki does not warn of a tag that it lacks, it finds nothing.
TAGS = frozenset({"tag"})


def modules_of(source: Source) -> Iterator[Module]:
    """Every module that the source asks, in the sources that stand in it as well."""
    if isinstance(source.head, Module):
        yield source.head
    for _, inner in inside(source):
        yield from modules_of(inner)


def live_spec(raw: Mapping[str, Any]) -> ModuleSpec:
    """A module as the wiki itself describes it."""
    return module_spec(raw["name"], module_record(raw))


def check_live(module: Module, spec: ModuleSpec | None, tags: frozenset[str] | None = None) -> list[Finding]:
    """What the wiki lacks of what is asked: the module, a parameter, a value, a tag. `spec` None: no such module;
    `tags` None: not asked for."""
    if spec is None:
        return [_finding("module", f"the wiki has no module `{module.name}`", "an extension may be missing there")]
    if module.mode == "generator" and not spec.generator:
        return [_finding("module", f"the wiki's module `{module.name}` is no generator")]
    return [found for name, text in module.params.items() for found in _parameter(module, spec, name, text, tags)]


def _parameter(module: Module, spec: ModuleSpec, name: str, text: str, tags: frozenset[str] | None) -> Iterator[Finding]:
    known = spec.parameters.get(name)
    if known is None:
        message = f"the wiki's module `{module.name}` has no parameter `{name}`"
        yield _finding("parameter", message, did_you_mean(name, spec.parameters))
        return
    values = split(text) if known.multi else [text]
    if known.type == "enum":
        for value in values:
            if value not in known.values and value != known.every:
                message = f"`{name}` of `{module.name}` cannot be `{value}` on this wiki"
                yield _finding("value", message, did_you_mean(value, known.values))
    if name in TAGS and tags is not None:
        for value in values:
            if value not in tags:
                yield _finding("tag", f"the wiki has no change tag `{value}`", did_you_mean(value, tags))


def _finding(code: str, message: str, hint: str = "") -> Finding:
    return Finding(path=(), code=code, message=message, hint=hint)
