"""What is wrong with a value, and what to write instead, by the rule of the schema that it breaks."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from runner.playbook.conform import Broken, kinds_of
from runner.playbook.wording import listed, quote, suggest

Told = tuple[str, str, str]
"""Code, message, hint."""

_KINDS = {
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "array": "a list",
    "object": "`key: value` lines",
    "null": "nothing",
}
_YES_NO = {"true": "yes", "false": "no", "yes": "true", "no": "false", "on": "true", "off": "false"}
_SHORT = 40


def tell_value(error: Broken, name: str) -> Told:
    tell = _TELL.get(error.rule)
    if tell is None:
        return "value", f"{name} is not right as it is", error.schema.get("description", "")
    return tell(error, name)


def _type(error: Broken, name: str) -> Told:
    kinds = kinds_of(error.wanted)
    if error.value is None:
        return "empty", f"{name} has no value", _write(error.schema, kinds) + ", or leave the key out"
    wanted = " or ".join(_KINDS[kind] for kind in kinds if kind != "null")
    given = "`key: value` lines" if isinstance(error.value, dict) else "a list"
    shown = given if isinstance(error.value, dict | list) else quote(error.value)
    return "type", f"{name} must be {wanted}, not {shown}", _type_hint(error, kinds)


def _type_hint(error: Broken, kinds: list[str]) -> str:
    text = str(error.value)
    if isinstance(error.value, dict | list):
        return _collection_hint(error, kinds)
    if "boolean" in kinds and text.lower() in _YES_NO:
        return f"Write `{_YES_NO[text.lower()]}`"
    if "integer" in kinds and text.isascii() and text.isdigit():
        return f"Write it without quotes: `{text}`"
    if "array" in kinds:
        return f"Write a list: `[{text}]`" if len(text) < _SHORT else "Write a list"
    return _keys_hint(error, kinds)


def _collection_hint(error: Broken, kinds: list[str]) -> str:
    if "string" in kinds and "object" not in kinds:
        return 'Text that begins with [ or { needs quotes: "[[Page]]"'
    return "Begin each entry with `- `" if "array" in kinds else _keys_hint(error, kinds)


def _keys_hint(error: Broken, kinds: list[str]) -> str:
    properties = error.schema.get("properties")
    return f"It takes {listed(properties)}" if "object" in kinds and properties else _write(error.schema, kinds)


def _write(schema: Mapping[str, Any], kinds: list[str]) -> str:
    if schema.get("examples"):
        return f"Write it like {examples(schema)}"
    kinds = [kind for kind in kinds if kind != "null"]
    return f"Write {' or '.join(_KINDS[kind] for kind in kinds)}"


def _enum(error: Broken, name: str) -> Told:
    choices = [str(choice) for choice in error.wanted]
    text = str(error.value).lower() if isinstance(error.value, bool) else str(error.value)
    other = _YES_NO.get(text.lower())
    hint = f"Write `{other}`" if other in choices else suggest(text, choices, what=f"{name} is one of")
    return "choice", f"{name} cannot be {_shown(error.value)}", hint


def _const(error: Broken, name: str) -> Told:
    right = inline(error.wanted)
    return "choice", f"{name} must be `{right}`, not {_shown(error.value)}", f"Write `{right}`"


def _pattern(error: Broken, name: str) -> Told:
    return "format", f"{_shown(error.value)} is not right for {name}", _write(error.schema, ["string"])


def _shown(value: object) -> str:
    if isinstance(value, dict | list):
        return "a list" if isinstance(value, list) else "`key: value` lines"
    return quote(value)


def examples(schema: Mapping[str, Any]) -> str:
    return listed((inline(example) for example in schema.get("examples", ())), "or")


def example(schema: Mapping[str, Any]) -> str:
    if "const" in schema:
        return inline(schema["const"])
    return inline(next(iter(schema.get("examples", ())), "..."))


def inline(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


_TELL: Mapping[str, Callable[[Broken, str], Told]] = {
    "type": _type,
    "enum": _enum,
    "const": _const,
    "pattern": _pattern,
    "not": lambda error, name: ("choice", f"{name} cannot be {_shown(error.value)}", _write(error.schema, ["string"])),
    "minimum": lambda error, name: (
        "range", f"{name} is {error.value}; the least is {error.wanted}", f"Write {error.wanted} or more"
    ),
    "maximum": lambda error, name: (
        "range", f"{name} is {error.value}; the most is {error.wanted}", f"Write {error.wanted} or less"
    ),
    "minLength": lambda error, name: ("empty", f"{name} is empty", _write(error.schema, ["string"])),
    "maxLength": lambda error, name: (
        "too-long",
        f"{name} has {len(error.value)} characters; at most {error.wanted} fit",
        "Shorten it",
    ),
    "minItems": lambda _error, name: ("empty", f"{name} is an empty list", "Add at least one entry"),
    "dependentRequired": lambda error, name: (
        "missing-key",
        f"{name} lacks {listed(key for keys in error.wanted.values() for key in keys if key not in error.value)}",
        "Add it",
    ),
    "maxProperties": lambda error, name: (
        "together", f"{name} says more than one thing", f"Keep one of {listed(error.schema['properties'], 'or')}"
    ),
    "uniqueItems": lambda _error, name: ("twice", f"{name} holds the same value twice", "Keep one"),
    "minProperties": lambda error, name: (
        "empty", f"{name} says nothing", _keys_hint(error, ["object"])
    ),
}  # fmt: skip
