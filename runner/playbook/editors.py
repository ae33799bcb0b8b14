"""Two views of one schema: for the file as it is written, and for its values after rendering."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any

Schema = dict[str, Any]

VARIABLE = r"^\$\{vars\.[A-Za-z_][A-Za-z0-9_-]*\}$"
_USE = r"\$\{vars\."
_VARIABLE_PREFIX = r"^\$\{vars\."
_SCALARS = ("number", "boolean", "null")
_MAPS = ("properties", "patternProperties", "$defs")
_SCHEMAS = ("items", "additionalProperties", "then", "else")
_LISTS = ("allOf",)


def for_editors(schema: Schema, *, untouched: Collection[str] = ()) -> Schema:
    """The schema of what may be written: text may be any scalar, and any other value may be one `${vars.x}`.

    `untouched` are properties at the top where nothing is rendered.
    """
    properties = schema["properties"]
    kept = {name: properties[name] for name in untouched}
    return {**mapped(schema, _written), "properties": {**mapped(schema, _written)["properties"], **kept}}


def for_values(schema: Schema) -> Schema:
    """The schema of what may remain when every variable is rendered: what stood for a variable is refused.

    `$` in a pattern means the very end, as it does in JavaScript; in Python it would let a line break pass.
    """
    return dict(mapped(schema, _rendered))


def mapped(schema: Any, change: Callable[[Schema], Schema]) -> Any:  # noqa: ANN401  # a schema may be a boolean
    """The schema with every fragment changed, the innermost first; conditions (`if`, `not`) stay as they are."""
    if not isinstance(schema, Mapping):
        return schema
    parts: Schema = dict(schema)
    for key in _MAPS:
        if key in parts:
            parts[key] = {name: mapped(inner, change) for name, inner in parts[key].items()}
    for key in _SCHEMAS:
        if key in parts:
            parts[key] = mapped(parts[key], change)
    for key in _LISTS:
        if key in parts:
            parts[key] = [mapped(inner, change) for inner in parts[key]]
    return change(parts)


def _written(schema: Schema) -> Schema:
    kinds = _kinds(schema)
    if "if" in schema:
        return _proposing(schema)
    if "enum" not in schema and not kinds:
        return schema
    if "enum" in schema:
        rest = {key: value for key, value in schema.items() if key != "enum"}
        enum = {"if": {"not": {"type": "string", "pattern": VARIABLE}}, "then": {"enum": schema["enum"]}}
        return {"examples": schema["enum"], **rest, **enum}
    if "string" in kinds:
        pattern = {"pattern": f"{schema['pattern']}|{_USE}"} if "pattern" in schema else {}
        return {**schema, **pattern, "type": [*kinds, *(kind for kind in _SCALARS if kind not in kinds)]}
    if set(kinds) <= {"object", "null"}:
        return schema
    return {**schema, "type": [*kinds, "string"], "if": {"type": "string"}, "then": {"pattern": VARIABLE}}


def _proposing(schema: Schema) -> Schema:
    """With the values of its branches as examples of its own: an editor proposes nothing that stands in a branch."""
    branches = [schema[key] for key in ("then", "else") if isinstance(schema.get(key), Mapping)]
    found = [one for branch in branches for one in branch.get("examples", branch.get("enum", ()))]
    return {"examples": found, **schema} if found and "properties" not in schema else schema


def _kinds(schema: Schema) -> list[str]:
    kinds = schema.get("type", [])
    return [kinds] if isinstance(kinds, str) else list(kinds)


def _rendered(schema: Schema) -> Schema:
    condition, then = schema.get("if", {}), schema.get("then", {})
    rest = {key: value for key, value in schema.items() if key not in {"if", "then"}}
    if condition == {"type": "string"} and _is_variable(then):
        return {**rest, "type": [kind for kind in _kinds(schema) if kind != "string"]}
    if _is_variable(condition.get("not")) and "then" in schema:
        return {**rest, **then}
    pattern = schema.get("pattern", "")
    return {**schema, "pattern": pattern[:-1] + r"\Z"} if pattern.endswith("$") else schema


def _is_variable(schema: Any) -> bool:  # noqa: ANN401  # a schema may be a boolean
    return isinstance(schema, Mapping) and str(schema.get("pattern", "")).startswith(_VARIABLE_PREFIX)
