"""What only a playbook's wiki has, an extension's, as `modules:` names it: the catalogue cannot know it.

`NAME` is a query module, `NAME.PARAMETER` a parameter of a module of the catalogue, or values of it. What they take is
told by the wiki itself when the plan is made (`described`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace

from runner.errors import Finding
from runner.sources.catalogue import CATALOGUE, Modules, ModuleSpec, undescribed
from runner.sources.nearest import did_you_mean
from runner.sources.words import REFUSED


def extended(entries: Iterable[str]) -> Modules:
    """The catalogue with what the entries name."""
    modules = dict(CATALOGUE)
    for entry in entries:
        name, _, parameter = entry.partition(".")
        if parameter and name in CATALOGUE:
            modules[name] = _opened(modules[name], parameter)
        elif name not in CATALOGUE:
            modules[name] = _only_named(name)
    return dict(sorted(modules.items()))


def _only_named(name: str) -> ModuleSpec:
    about = "A module that only the wiki has: it tells when the plan is made what it takes."
    return ModuleSpec(name=name, prefix="", group="list", generator=True, parameters={}, about=about, undescribed=True)


def _opened(spec: ModuleSpec, parameter: str) -> ModuleSpec:
    known = spec.parameters.get(parameter)
    if parameter in REFUSED or (known and known.type != "enum"):
        return spec
    return replace(spec, parameters={**spec.parameters, parameter: undescribed(parameter)})


def check_entry(entry: str, used: Collection[str] | None) -> Finding | None:
    """What is wrong with an entry; `used` is all that sources use, as entries would name it, None if that cannot be told."""
    told = _needless(entry)
    if told is None and used is not None and entry not in used:
        new = sorted(one for one in used if _needless(one) is None)
        told = f"no source uses `{entry}`", did_you_mean(entry, new) or "remove it"
    return Finding(path=(), code="modules", message=told[0], hint=told[1]) if told else None


def _needless(entry: str) -> tuple[str, str] | None:
    name, _, parameter = entry.partition(".")
    spec = CATALOGUE.get(name)
    if spec is None:
        return (f"nothing is known of `{name}`, so all of it is the wiki's", f"write `{name}`") if parameter else None
    if not parameter:
        return f"`{name}` is known to Wikimop", f"remove it; what only your wiki has of it is named `{name}.PARAMETER`"
    if parameter in REFUSED:
        return f"`{parameter}` has no place in a playbook", REFUSED[parameter]
    known = spec.parameters.get(parameter)
    return (f"`{parameter}` of `{name}` is known to Wikimop", "remove it") if known and known.type != "enum" else None
