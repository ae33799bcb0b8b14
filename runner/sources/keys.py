"""The keys of a source: which head it has, what else may stand beside it, and what a wrong key should have been."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from runner.errors import Finding
from runner.model import Kind
from runner.sources.catalogue import CATALOGUE, Modules, ModuleSpec
from runner.sources.nearest import did_you_mean, nearest
from runner.sources.schema import module_names, words_beside
from runner.sources.words import ALL_HEADS, HEADS, REFUSED, WORDS

Value = Mapping[str, Any]
NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]*", re.ASCII)
"""What modules and their parameters are called."""


def head_of(kind: Kind, value: Value) -> str | None:
    """The head of a source: of several, the one that the schema goes by; None where there is none."""
    return next((head for head in HEADS[kind] if head in value), None)


def module_of(kind: Kind, value: Value, modules: Modules = CATALOGUE) -> ModuleSpec | None:
    """The module that a source names, if it does and a source of this kind may; `modules` are those that there are."""
    head = head_of(kind, value)
    name = value.get(head) if head in {"generator", "list"} else None
    return modules[name] if head and isinstance(name, str) and name in module_names(kind, head, modules) else None


def parameters(kind: Kind, value: Value, modules: Modules = CATALOGUE) -> Iterator[tuple[str, str]]:
    """The keys of a source that are parameters of its module, each with the canonical name."""
    spec = module_of(kind, value, modules)
    for key in value if spec else ():
        name = spec.canonical(str(key)) if spec and key != head_of(kind, value) else None
        # a mapping is no value of a parameter: it is a word of ours, misspelt
        if name is not None and not (spec and spec.undescribed and isinstance(value[key], Mapping)):
            yield str(key), name


def check_keys(kind: Kind, value: Value, modules: Modules = CATALOGUE) -> list[Finding]:
    """No head, several heads, unknown keys, and both spellings of one parameter."""
    head = head_of(kind, value)
    if head is None:
        return _headless(kind, value)
    names = dict(parameters(kind, value, modules))
    if head in {"generator", "list"} and module_of(kind, value, modules) is None:
        return [_unknown_module(kind, value, head, modules)]
    known = {head, *names, *words_beside(kind, head, str(value[head]), modules)}
    return [unknown_key(kind, value, str(key), modules) for key in value if key not in known] + _twice(names)


def unknown_key(kind: Kind, value: Value, key: str, modules: Modules = CATALOGUE) -> Finding:
    """What to say of a key that does not belong into a source: why, where that is known, and what to write instead."""
    spec, head = module_of(kind, value, modules), head_of(kind, value)
    for explained in (_explain_word(kind, value, key, spec), explain_parameter(spec, key) if spec else None):
        if explained:
            return _finding(key, "unknown-key", *explained)
    about = f"{head} {spec.name}" if spec else f"a source with `{head}`" if head else f"a source of {kind}"
    choices = _choices(kind, value, spec)
    own = spec is not None and not spec.undescribed and nearest(key, choices) is None
    beyond = only_there(f"{spec.name}.{key.removeprefix(spec.prefix)}") if spec and own else ""
    hint = "; ".join(filter(None, [did_you_mean(key, choices), beyond]))
    return _finding(key, "unknown-key", f"there is no `{key}` in {about}", hint)


def only_there(entry: str) -> str:
    """A hint: how to name what an extension adds to a wiki."""
    return f"if only your wiki has it, say so at the top: `modules: [{entry}]`"


def _explain_word(kind: Kind, value: Value, key: str, spec: ModuleSpec | None) -> tuple[str, str] | None:
    head = head_of(kind, value)
    if key in ALL_HEADS:
        return _explain_head(kind, value, key, spec)
    if key == "of" and head:
        about = f"{head}: {value[head]}" if head == "generator" else head
        return f"`of` feeds a property generator, and `{about}` is none", "remove it"
    if key == "converttitles":
        return "`converttitles` is for titles that somebody wrote", "write it into the source that has `titles` or `file`"
    if key == "outcome":
        return "`outcome` stands beside `step` only", "write it into the source that has `step`"
    if key in WORDS["pages"] and key not in WORDS[kind]:
        return f"`{key}` is for `pages`", "remove it"
    return None


def _explain_head(kind: Kind, value: Value, key: str, spec: ModuleSpec | None) -> tuple[str, str]:
    head = head_of(kind, value)
    if key not in HEADS[kind] and kind == "revisions" and key in HEADS["pages"]:
        return f"`{key}` lists pages, not revisions", f"write `generator: revisions` with `of: {{{key}: ...}}`"
    if key not in HEADS[kind]:
        able = ", ".join(f"`{other}`" for other, heads in HEADS.items() if key in heads)
        return f"`{key}` is for {able}, not for `{kind}`", f"{kind} are found by {', '.join(HEADS[kind])}"
    both = f"a source has exactly one head; this one has `{head}` and `{key}`"
    if spec and key in spec.parameters:
        return both, f"the parameter of {spec.name} is written `{spec.prefix}{key}`"
    if spec and spec.undescribed:
        return both, f"remove it; if {spec.name} has such a parameter, write it with the module's prefix"
    return both, "remove one of them"


def explain_parameter(spec: ModuleSpec, key: str) -> tuple[str, str] | None:
    """Why a key can be no parameter of a module and what to write instead, where that is known."""
    bare = key.removeprefix("g").removeprefix(spec.prefix)
    if key.startswith("g" + spec.prefix) and bare in spec.parameters:
        return f"parameters are written without the g: not `{key}`", f"write `{spec.spelling(bare)}`"
    for name in (key, key.removeprefix(spec.prefix), bare):
        if name in REFUSED and name not in spec.parameters:
            return f"`{key}` has no place in a playbook", REFUSED[name]
    return None


def _choices(kind: Kind, value: Value, spec: ModuleSpec | None) -> list[str]:
    head = head_of(kind, value)
    if head is None:
        return [*HEADS[kind], *WORDS[kind]]
    if spec is None:
        return list(words_beside(kind, head))
    names = (spec.spelling(name) for name in spec.parameters)
    return [*names, *words_beside(kind, head, spec.name, {spec.name: spec})]


def _headless(kind: Kind, value: Value) -> list[Finding]:
    heads = ", ".join(f"`{head}`" for head in HEADS[kind])
    strange = [str(key) for key in value if key not in WORDS[kind]]
    if any(nearest(key, ALL_HEADS) for key in strange):
        return [unknown_key(kind, value, key) for key in strange]
    return [Finding(path=(), code="head", message=f"a source of {kind} needs one of {heads}", hint="add one of them")]


def _unknown_module(kind: Kind, value: Value, head: str, modules: Modules) -> Finding:
    names = module_names(kind, head, modules)
    if isinstance(value[head], str) and value[head] in modules:
        other = next((one for one in ("generator", "list") if value[head] in module_names(kind, one, modules)), None)
        there = f"for {kind} there is: {', '.join(names)}"
        there = there if names and kind != "pages" else f"see `wikimop generators {value[head]}`"
        hint = f"write `{other}: {value[head]}`" if other else there
        return _finding(head, "module", f"`{value[head]}` lists no {kind} by `{head}`", hint)
    name = str(value[head])
    own = kind == "pages" and nearest(name, names) is None and NAME.fullmatch(name)
    return _finding(head, "module", f"there is no {head} `{name}`", only_there(name) if own else did_you_mean(name, names))


def _twice(names: Mapping[str, str]) -> list[Finding]:
    first: dict[str, str] = {}
    found = []
    for key, name in names.items():
        if first.setdefault(name, key) != key:
            found.append(_finding(key, "twice", f"`{first[name]}` and `{key}` are one parameter", "remove one of them"))
    return found


def _finding(key: str, code: str, message: str, hint: str) -> Finding:
    return Finding(path=(key,), code=code, message=message, hint=hint)
