"""What is wrong with a source, beyond and including what its schema says: everything that needs no wiki."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import PurePosixPath, PureWindowsPath
from typing import Any

from runner.errors import Finding
from runner.model import Kind
from runner.sources.catalogue import CATALOGUE, Modules, ModuleSpec
from runner.sources.keys import Value, check_keys, head_of, module_of, parameters
from runner.sources.order import check_order
from runner.sources.params import check_param, encode
from runner.sources.rules import UNKNOWN, check_rules
from runner.sources.schema import NEED_LIMIT
from runner.sources.words import FILE_KINDS, HEADS, OUTCOMES, RELATED, SETS
from runner.where.check import check_where


def check_source(kind: Kind, value: object, modules: Modules = CATALOGUE, *, nested: bool = False) -> list[Finding]:
    """Every mistake of a rendered source; paths go from its value down. Any value may be given, valid or not. `modules` are
    those that it may name; `nested`: it stands in another source."""
    if not isinstance(value, Mapping):
        heads = ", ".join(HEADS[kind])
        return [_finding((), "type", f"a source of {kind} is a mapping", f"write one of these keys: {heads}")]
    found = check_keys(kind, value, modules)
    if nested and "expect" in value:
        hint = "write it at the top of the step's source"
        found.append(_finding(("expect",), "unknown-key", "`expect` counts the items of the whole step", hint))
    spec = module_of(kind, value, modules)
    if spec:
        found += _check_module(kind, value, spec, modules)
    for key, check in _CHECKS.items():
        if key in value and (key not in HEADS[kind] or key == head_of(kind, value)):
            found += check(kind, value[key])
    for key, inner in {"of": "pages", "except": kind}.items():
        found += [_inside(key, one) for one in check_source(inner, value[key], modules, nested=True)] if key in value else []
    return found + [one for key in SETS if key in value for one in _check_each(key, kind, value[key], modules)]


def _check_module(kind: Kind, value: Value, spec: ModuleSpec, modules: Modules) -> list[Finding]:
    keys = {name: key for key, name in parameters(kind, value, modules)}
    wrong = {name: check_param(spec.parameter(name), value[key]) for name, key in keys.items()}
    found = [_inside(keys[name], finding) for name, findings in wrong.items() for finding in findings]
    # what is there but wrong, or known to the wiki alone, counts as there, so that one mistake is told once
    unknown = {name for name in keys if wrong[name] or spec.parameter(name).type == "undescribed"}
    given = {name: encode(spec.parameter(name), value[key]) for name, key in keys.items() if name not in unknown}
    sent = {name: text for name, text in given.items() if text is not None}
    there = {**sent, **dict.fromkeys(unknown, UNKNOWN)}
    beside = [*check_rules(spec, there), *check_order(spec, sent)]
    found += [_renamed(keys, finding) for finding in beside]
    return found + _check_needs(value, spec)


def _check_needs(value: Value, spec: ModuleSpec) -> list[Finding]:
    found = []
    if spec.needs_of and "of" not in value:
        hint = "add `of:` with a source of pages, as `of: {titles: [Main Page]}`"
        found.append(_finding((), "required", f"{spec.name} needs `of`: the pages that it works on", hint))
    if spec.name in NEED_LIMIT and "limit" not in value:
        found.append(_finding((), "required", f"{spec.name} needs a `limit`", "it would run through the whole wiki"))
    return found


def _inside(key: str, finding: Finding) -> Finding:
    return Finding(path=(key, *finding.path), code=finding.code, message=finding.message, hint=finding.hint)


def _renamed(keys: Mapping[str, str], finding: Finding) -> Finding:
    path = tuple(keys.get(str(part), part) for part in finding.path)
    return Finding(path=path, code=finding.code, message=finding.message, hint=finding.hint)


def _check_titles(_kind: Kind, value: object) -> list[Finding]:
    # what is no title becomes a blocked item of the plan; here only what is no text
    titles = value if isinstance(value, list) else [value]
    if not titles:
        return [_finding(("titles",), "empty", "`titles` is an empty list", "give a title, or use another source")]
    return [
        _finding(_at("titles", value, index), "empty", "a title cannot be empty", "remove it")
        for index, title in enumerate(titles)
        if title is None or isinstance(title, (dict, list)) or not str(title).strip()
    ]


def _check_names(_kind: Kind, value: object) -> list[Finding]:
    names = value if isinstance(value, list) else [value]
    if not names:
        return [_finding(("names",), "empty", "`names` is an empty list", "give a name, or use another source")]
    return [one for index, name in enumerate(names) for one in _check_name(_at("names", value, index), name)]


def _check_name(at: tuple[str | int, ...], name: object) -> list[Finding]:
    if name is None or isinstance(name, (dict, list)) or not str(name).strip():
        return [_finding(at, "empty", "a name cannot be empty", "remove it")]
    text = str(name).strip()
    if text.casefold().startswith("user:"):
        return [_finding(at, "name", f"`{text}` is a page, not a user", f"write `{text[5:].strip()}`")]
    if wrong := next((char for char in "#|<>[]{}" if char in text), None):
        return [_finding(at, "name", f"`{text}` is no user name: none holds `{wrong}`", "write the name as the wiki shows it")]
    return []


def _check_ids(key: str) -> Callable[[Kind, object], list[Finding]]:
    def check(_kind: Kind, value: object) -> list[Finding]:
        ids = value if isinstance(value, list) else [value]
        if not ids:
            return [_finding((key,), "empty", f"`{key}` is an empty list", "give an id, or use another source")]
        return [
            _finding(_at(key, value, index), "minimum", f"`{one}` is no id", "ids are whole numbers from 1")
            for index, one in enumerate(ids)
            if not isinstance(one, int) or isinstance(one, bool) or one < 1
        ]

    return check


def _at(key: str, value: object, index: int) -> tuple[str | int, ...]:
    return (key, index) if isinstance(value, list) else (key,)


def _check_file(kind: Kind, value: object) -> list[Finding]:
    spec: Mapping[str, Any] = value if isinstance(value, Mapping) else {"path": value}
    at = ("file", "path") if isinstance(value, Mapping) else ("file",)
    form = spec.get("format", "lines")
    found = _check_path(at, spec.get("path"))
    if form != "lines" and not spec.get("column"):
        found.append(_finding(("file",), "required", f"a {form} file needs `column`", "name the column to read"))
    if form == "lines" and "column" in spec:
        hint = "add `format: csv` or `format: jsonl`, or remove it"
        found.append(_finding(("file", "column"), "needs", "`column` needs a format that has columns", hint))
    if spec.get("kind", FILE_KINDS[kind][0]) not in FILE_KINDS[kind]:
        able = " or ".join(f"`{one}`" for one in FILE_KINDS[kind])
        hint = f"write `kind: {FILE_KINDS[kind][0]}`"
        found.append(_finding(("file", "kind"), "enum", f"a file of {kind} lists {able}", hint))
    return found


def _check_path(at: tuple[str | int, ...], path: object) -> list[Finding]:
    hint = "put the file beside the playbook or in a folder below it"
    if not isinstance(path, str) or not path.strip() or "\0" in path:
        return [_finding(at, "empty", "`file` needs a path", hint)]
    if PurePosixPath(path).is_absolute() or PureWindowsPath(path).anchor or path.startswith("~"):
        return [_finding(at, "path", f"`{path}` is not relative to the playbook's folder", hint)]
    if ".." in PurePosixPath(path.replace("\\", "/")).parts:
        return [_finding(at, "path", f"`{path}` leads out of the playbook's folder", hint)]
    return []


def _check_limit(_kind: Kind, value: object) -> list[Finding]:
    if isinstance(value, int) and not isinstance(value, bool) and value >= 1:
        return []
    return [_finding(("limit",), "minimum", f"`limit` is `{value}`", "write a whole number from 1, or leave it out")]


def _check_expect(_kind: Kind, value: object) -> list[Finding]:
    least, most = (value.get("min"), value.get("max")) if isinstance(value, Mapping) else (None, None)
    if isinstance(least, int) and isinstance(most, int) and least > most:
        message = f"`expect` asks for at least {least} and at most {most}"
        return [_finding(("expect", "min"), "order", message, "swap them")]
    return []


def _check_outcome(_kind: Kind, value: object) -> list[Finding]:
    states = value if isinstance(value, list) else [value]
    return [
        _finding(_at("outcome", value, index), "enum", f"there is no outcome `{one}`", f"one of: {', '.join(OUTCOMES)}")
        for index, one in enumerate(states)
        if one not in OUTCOMES
    ]


def _check_related(_kind: Kind, value: object) -> list[Finding]:
    wanted = value if isinstance(value, list) else [value]
    return [
        _finding(_at("related", value, index), "enum", f"`related` knows no `{one}`", f"one of: {', '.join(RELATED)}")
        for index, one in enumerate(wanted)
        if one not in RELATED
    ]


def _check_each(key: str, kind: Kind, value: object, modules: Modules) -> list[Finding]:
    if not isinstance(value, list) or not value:
        hint = f"write `{key}: [{{titles: [A]}}, {{file: b.txt}}]`"
        return [_finding((key,), "type", f"`{key}` is a list of sources", hint)]
    found = [(index, one) for index, source in enumerate(value) for one in check_source(kind, source, modules, nested=True)]
    return [_inside(key, replace(one, path=(index, *one.path))) for index, one in found]


def _finding(path: tuple[str | int, ...], code: str, message: str, hint: str) -> Finding:
    return Finding(path=path, code=code, message=message, hint=hint)


_CHECKS: Mapping[str, Callable[[Kind, object], list[Finding]]] = {
    "titles": _check_titles,
    "names": _check_names,
    "pageids": _check_ids("pageids"),
    "revids": _check_ids("revids"),
    "logids": _check_ids("logids"),
    "file": _check_file,
    "limit": _check_limit,
    "expect": _check_expect,
    "outcome": _check_outcome,
    "where": lambda kind, value: [_inside("where", finding) for finding in check_where(kind, value)],
    "related": _check_related,
}
