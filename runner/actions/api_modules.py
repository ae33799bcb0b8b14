"""A write module as the wiki itself describes it, and values held against that.

https://www.mediawiki.org/wiki/API:Parameter_information. A module that has an action of its own, or that changes credentials
or sessions, is never called; each has its reason here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from unicodedata import normalize

from runner.actions.expiry import HINT, expiry_problem
from runner.errors import Finding
from runner.multivalue import UNIT, join
from runner.sources.nearest import did_you_mean
from runner.sources.times import Ago, read_time

Value = str | bool | tuple[str, ...]
Given = tuple[tuple[str, Value], ...]
_NUMBER = re.compile(r"[+-]?[0-9]{1,18}")

_SESSION = "it changes the session that Wikimop itself works in"
_CREDENTIALS = "it changes how somebody logs in, which no playbook does"
REFUSED: Mapping[str, str] = {
    "login": _SESSION,
    "clientlogin": _SESSION,
    "logout": _SESSION,
    "createaccount": "it makes an account, whose password would have to stand in the playbook",
    "linkaccount": _CREDENTIALS,
    "unlinkaccount": _CREDENTIALS,
    "changeauthenticationdata": _CREDENTIALS,
    "removeauthenticationdata": _CREDENTIALS,
    "resetpassword": _CREDENTIALS,
    "validatepassword": "it takes a password, which no playbook holds",
    "oathvalidate": _CREDENTIALS,
    "webauthn": _CREDENTIALS,
    "centralauthtoken": _SESSION,
    "sessioncheck": _SESSION,
}
NOT_TAKEN: Mapping[str, str] = {
    "token": "Wikimop fetches it itself",
    "generator": "what it finds would not stand in the plan; name items with the source, and each by ${item.title}",
    "continue": "a request is about one item, and does not go on",
}
_NEVER_SENT = {
    "upload": "it takes a file, and a playbook sends none",
    "password": "a playbook holds no secrets",
}
_SUMMARIES = ("reason", "summary", "comment")


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """`values` are those of an `enum`, `every` is the word for all of them. A templated one (`{slot}-text`) has a name for
    each value of other parameters."""

    name: str
    kind: str
    multi: bool = False
    required: bool = False
    values: tuple[str, ...] = ()
    every: str = ""
    minimum: int | None = None
    maximum: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Module:
    """`token` is the kind of token that it needs ("" for none), `summary` the parameter that is its log summary, if any;
    `templates` are parameters whose names depend on the values of others: (parameter, ((variable, other parameter), …))."""

    name: str
    token: str
    summary: str
    watchlist: bool
    parameters: tuple[Parameter, ...]
    templates: tuple[tuple[Parameter, tuple[tuple[str, str], ...]], ...] = ()


def module_of(raw: Mapping[str, Any]) -> Module:
    """A module from its description."""
    parameters = tuple(_parameter(one) for one in raw["parameters"])
    texts = {one.name for one in parameters if one.kind in ("string", "text")}
    watchlist = any(one.name == "watchlist" and "nochange" in one.values for one in parameters)
    return Module(
        name=raw["name"],
        token=next((str(one["tokentype"]) for one in raw["parameters"] if one.get("tokentype")), ""),
        summary=next((name for name in _SUMMARIES if name in texts), ""),
        watchlist=watchlist,
        parameters=parameters,
        templates=tuple(
            (_parameter(one), tuple(sorted(one["templatevars"].items()))) for one in raw.get("templatedparameters", ())
        ),
    )


def _parameter(raw: Mapping[str, Any]) -> Parameter:
    listed = isinstance(raw["type"], list)
    return Parameter(
        name=raw["name"],
        kind="enum" if listed else raw["type"],
        multi=bool(raw.get("multi")),
        required=bool(raw.get("required")),
        values=tuple(map(str, raw["type"])) if listed else (),
        every=str(raw.get("allspecifier", "")),
        minimum=raw.get("min") if raw.get("enforcerange") or raw["type"] == "integer" else None,
        maximum=raw.get("max") if raw.get("enforcerange") else None,
    )


def problem_of_module(raw: Mapping[str, Any] | None, name: str) -> Finding | None:
    """Why the wiki's module of this name cannot be called."""
    if raw is None:
        return _finding("module", f"the wiki has no module `{name}`", "`wikimop doctor` tells which wiki it is")
    if not raw.get("writerights"):
        return _finding("module", f"`{name}` writes nothing", "what only reads belongs into a source")
    return None


def check_given(module: Module, given: Given, differs: Sequence[str]) -> Iterator[Finding]:
    """Everything wrong with what is given, as far as that is the same for every item; `differs` names what is not."""
    known = {one.name: one for one in module.parameters} | dict(_expanded(module, given))
    for name, value in given:
        if name in NOT_TAKEN:
            yield _finding("refused", f"`{name}` of `{module.name}` is not taken: {NOT_TAKEN[name]}")
        elif name not in known:
            hint = did_you_mean(name, sorted(known.keys() - NOT_TAKEN.keys()))
            yield _finding("parameter", f"the wiki's module `{module.name}` has no parameter `{name}`", hint)
        elif name not in differs and (wrong := problem(known[name], value)):
            yield _finding("value", f"`{name}` of `{module.name}` {wrong[0]}", wrong[1])
    said = {*(name for name, _ in given), *NOT_TAKEN, module.summary}
    for name in (name for name, one in known.items() if one.required and name not in said):
        yield _finding("required", f"`{module.name}` needs `{name}`", f"add `{name}: …` to its parameters")


def _expanded(module: Module, given: Given) -> Iterator[tuple[str, Parameter]]:
    """Templated parameters by every name that what is given makes of them."""
    known = {one.name: one for one in module.parameters}
    told = {name: _each(value) for name, value in given if name in known}
    all_of = {name for name, each in told.items() if known[name].every and known[name].every in each}
    values = {name: known[name].values if name in all_of else each for name, each in told.items()}
    for parameter, variables in module.templates:
        names = [parameter.name]
        for variable, other in variables:
            names = [name.replace(f"{{{variable}}}", one) for name in names for one in values.get(other, ())]
        yield from ((name, parameter) for name in names)


def find(module: Module, given: Given, name: str) -> Parameter:
    """The parameter of a name that `check_given` had nothing against."""
    return dict([*((one.name, one) for one in module.parameters), *_expanded(module, given)])[name]


def problem(parameter: Parameter, value: Value) -> tuple[str, str] | None:
    """Why a value is not right, and what to write instead."""
    if parameter.kind in _NEVER_SENT:
        return f"is not taken: {_NEVER_SENT[parameter.kind]}", ""
    if parameter.kind == "boolean" or isinstance(value, bool):
        fits = parameter.kind == "boolean" and isinstance(value, bool)
        return None if fits else (f"must be {_WORDS.get(parameter.kind, 'text')}", "")
    if isinstance(value, tuple) and not parameter.multi:
        return "takes one value, not a list", ""
    texts = value if isinstance(value, tuple) else _each(value) if parameter.multi else (value,)
    return next((wrong for text in texts if (wrong := _wrong(parameter, text))), None)


_WORDS = {"boolean": "true or false", "integer": "a whole number", "limit": "a whole number"}


def _wrong(parameter: Parameter, text: str) -> tuple[str, str] | None:
    if parameter.kind == "enum" and text not in parameter.values and text != parameter.every:
        return f"cannot be `{text}` on this wiki", did_you_mean(text, parameter.values)
    if parameter.kind in ("integer", "limit", "namespace") and text != parameter.every:
        return _wrong_number(parameter, text)
    if parameter.kind == "timestamp" and (text != "now" and isinstance(read_time(text), Ago | None)):
        return f"is no time: `{text}`", "write 2026-01-31T00:00:00Z or 20260131000000"
    if parameter.kind == "expiry" and (told := expiry_problem(text)):
        return f"is no expiry: {told}", HINT
    return None


def _wrong_number(parameter: Parameter, text: str) -> tuple[str, str] | None:
    if not _NUMBER.fullmatch(text):
        hint = "write its number" if parameter.kind == "namespace" else ""
        return f"must be a whole number, not `{text}`", hint
    if parameter.minimum is not None and int(text) < parameter.minimum:
        return f"is {text}; the least is {parameter.minimum}", ""
    if parameter.maximum is not None and int(text) > parameter.maximum:
        return f"is {text}; the most is {parameter.maximum}", ""
    return None


def sent(value: Value) -> str | None:
    """A value as it is sent; None: it is left out, as everything false is."""
    if isinstance(value, bool):
        return "1" if value else None
    if isinstance(value, str):
        return normalize("NFC", value)
    return join(value)


def _each(value: Value) -> tuple[str, ...]:
    if isinstance(value, str):
        return tuple(value[1:].split(UNIT) if value.startswith(UNIT) else value.split("|"))
    return value if isinstance(value, tuple) else ()


def _finding(code: str, message: str, hint: str = "") -> Finding:
    return Finding(path=(), code=code, message=message, hint=hint)
