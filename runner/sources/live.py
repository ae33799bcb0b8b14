"""A source held against the wiki's own description of its modules: what that wiki lacks would widen the set."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, get_args

from runner.errors import Finding
from runner.sources.catalogue import CATALOGUE, TAGS, ModuleSpec, ParamSpec, ParamType
from runner.sources.nearest import did_you_mean
from runner.sources.paraminfo import enumeration, parameter
from runner.sources.params import split
from runner.sources.source import Module, Source, inside
from runner.sources.words import NEVER, REFUSED


def modules_of(source: Source) -> Iterator[Module]:
    """Every module that the source asks, in the sources that stand in it as well."""
    if isinstance(source.head, Module):
        yield source.head
    for _, inner in inside(source):
        yield from modules_of(inner)


def live_spec(raw: Mapping[str, Any]) -> ModuleSpec:
    """A module as the wiki itself describes it, from its part of an answer of `action=paraminfo`.

    Of what is recorded, too, the catalogue keeps what paraminfo does not tell: which texts are titles, and bounds.
    """
    known = CATALOGUE.get(raw["name"])
    refused = REFUSED if known else NEVER
    told = [each for each in raw["parameters"] if each["name"] not in refused and not each.get("sensitive")]
    return ModuleSpec(
        name=raw["name"],
        prefix=raw["prefix"],
        group=raw["group"],
        generator=bool(raw.get("generator")),
        parameters={each["name"]: _described(known, each) for each in told},
        templates=tuple(
            (_described(known, each), tuple(each["templatevars"].items()))
            for each in raw.get("templatedparameters", ())
            if not each.get("sensitive")
        ),
        paged=any(each["name"] == "limit" for each in raw["parameters"]),
        about="" if known else _about(raw),
        url=str(next(iter(raw.get("helpurls", ())), "")),
    )


def _described(module: ModuleSpec | None, raw: Mapping[str, Any]) -> ParamSpec:
    record = parameter(raw)
    spec = ParamSpec(
        name=raw["name"],
        # what else there is (expiry, text, raw, ...) is sent as a text
        type=record["type"] if record["type"] in get_args(ParamType) else "string",
        values=tuple(enumeration(raw)),
        multi=record.get("multi", False),
        required=record.get("required", False),
        minimum=record.get("min"),
        maximum=record.get("max"),
        default=record.get("default", ""),
        every=record.get("allspecifier", ""),
        extra=tuple(sorted(record.get("extranamespaces", ()))),
        deprecated=record.get("deprecated", False),
    )
    known = module.parameters.get(spec.name) if module else None
    if known is None:
        return replace(spec, about=_about(raw))
    kind = known.type if spec.type == "string" and known.type == "title" else spec.type
    return replace(spec, type=kind, minimum=known.minimum if spec.minimum is None else spec.minimum)


def _about(raw: Mapping[str, Any]) -> str:
    """What the wiki says of it, where it was asked with `helpformat=wikitext`."""
    text = re.sub(r"<[^<>]*>|\[\[(?:[^\[\]|]*\|)?|\]\]|'{2,}", "", str(raw.get("description", "")))
    # a text that the wiki lacks
    return " ".join(text.split()) if text.strip() and "\u29fc" not in text else "The wiki says nothing about it."


def check_live(module: Module, spec: ModuleSpec | None, tags: frozenset[str] | None = None) -> list[Finding]:
    """What the wiki lacks of what is asked: the module, a parameter, a value, a tag. `spec` None: no such module;
    `tags` None: not asked for."""
    if spec is None:
        return [_finding("module", f"the wiki has no module `{module.name}`", "an extension may be missing there")]
    if module.mode == "generator" and not spec.generator:
        hint = f"write `list: {module.name}`" if spec.group == "list" else ""
        return [_finding("module", f"the wiki's module `{module.name}` is no generator", hint)]
    if module.mode == "list" and spec.group != "list":
        hint = f"write `generator: {module.name}`" if spec.generator else ""
        return [_finding("module", f"the wiki's module `{module.name}` is no list", hint)]
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
