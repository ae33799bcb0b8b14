"""Modules that only the wiki knows (`modules:`), once it has described them: what was written becomes what is sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from runner.errors import Finding
from runner.sources.catalogue import CATALOGUE, Modules, ModuleSpec
from runner.sources.keys import explain_parameter
from runner.sources.nearest import did_you_mean
from runner.sources.params import check_param, encode, split
from runner.sources.schema import words_beside
from runner.sources.source import Module, Source, rebuilt


def described(source: Source, live: Modules) -> tuple[Source, list[Finding]]:
    """The source with every such module as `live`, the wiki's own descriptions, has it, and everything that is wrong with
    them. One that the wiki lacks stays as it is (`check_live` tells)."""
    found: list[Finding] = []

    def change(one: Source) -> Source:
        if isinstance(one.head, Module) and one.head.undescribed and one.head.name in live:
            spec = live[one.head.name]
            spec = spec.expanded(_values(one.head, spec))
            head, wrong = _described(one.head, spec)
            found.extend([*wrong, *_of(one, spec)])
            one = replace(one, head=head)
        return rebuilt(one, lambda inner, _place: change(inner))

    return change(source), found


def _described(module: Module, spec: ModuleSpec) -> tuple[Module, list[Finding]]:
    found: list[Finding] = []
    given: dict[str, Any] = {}
    for key, value in module.written.items():
        name = spec.canonical(key)
        if name is None or name in given or name in module.params:
            found.append(_unknown(spec, key) if name is None else _finding(spec, f"`{key}` is written twice", "keep one"))
        else:
            given[name] = value
    wrong = {name: check_param(spec.parameters[name], value) for name, value in given.items()}
    found += [_finding(spec, one.message, one.hint) for findings in wrong.values() for one in findings]
    texts = {name: encode(spec.parameters[name], value) for name, value in given.items() if not wrong[name]}
    params = {**module.params, **{name: text for name, text in texts.items() if text is not None}}
    found += _missing(spec, {**params, **given}) if module.name not in CATALOGUE else []
    return replace(module, params=params, written={}, live=spec), found


def _values(module: Module, spec: ModuleSpec) -> dict[str, list[str]]:
    """The values that are given of each parameter, wrong ones too: templated ones are named for them."""
    given: dict[str, Any] = dict(module.params)
    given |= {name: value for key, value in module.written.items() if (name := spec.canonical(key))}
    return {name: list(map(str, value)) if isinstance(value, list) else split(str(value)) for name, value in given.items()}


def _unknown(spec: ModuleSpec, key: str) -> Finding:
    explained = explain_parameter(spec, key)
    if explained:
        return _finding(spec, *explained)
    words = words_beside("pages", "generator", spec.name, {spec.name: spec})
    choices = [*(spec.spelling(name) for name in spec.parameters), *words]
    return _finding(spec, f"the wiki knows no parameter `{key}`", did_you_mean(key, choices))


def _missing(spec: ModuleSpec, given: Mapping[str, object]) -> list[Finding]:
    return [
        _finding(spec, f"the wiki wants `{spec.spelling(name)}`", f"add `{spec.spelling(name)}`")
        for name, param in spec.parameters.items()
        if param.required and name not in given
    ]


def _of(source: Source, spec: ModuleSpec) -> list[Finding]:
    if spec.needs_of and source.of is None:
        return [_finding(spec, "it works on pages, and there is no `of`", "add `of:` with a source of pages")]
    if not spec.needs_of and source.of is not None:
        return [_finding(spec, "`of` feeds a property generator, and this is none", "remove it")]
    return []


def _finding(spec: ModuleSpec, message: str, hint: str = "") -> Finding:
    return Finding(path=(), code="module", message=f"`{spec.name}`: {message}", hint=hint)
