"""Pieces of the schema of a source: the parameters of its module, in both spellings."""

from __future__ import annotations

from typing import Any

from runner.marks import MARK
from runner.model import Kind
from runner.sources.catalogue import TAGS, ModuleSpec, ParamSpec
from runner.sources.explained import explain

Schema = dict[str, Any]

_SAMPLES = {"search": "old name", "page": "BrokenRedirects", "propname": "noindex"}
_TIMES = ["2026-01-31T00:00:00Z", "7 days ago", "now"]
# The value of a parameter that only the wiki knows: a text counts as it was written.
UNDESCRIBED: Schema = {"type": ["array", "boolean", "string"], "minItems": 1, "items": {"type": "string"}}


def parameters(spec: ModuleSpec) -> Schema:
    """Each parameter as a playbook writes it."""
    return {spec.spelling(one.name): _parameter(spec, one) for one in spec.parameters.values()}


def prefixed(kind: Kind, head: str, spec: ModuleSpec) -> Schema:
    """The long spelling of each parameter, which an editor does not offer."""
    where = f"#/$defs/{kind}/$defs/{head}-{spec.name}/properties"
    return {
        # beside a `$ref` editors overlook it
        spec.prefix + name: {"allOf": [{"$ref": f"{where}/{name}"}], "doNotSuggest": True}
        for name in spec.parameters
        if spec.spelling(name) == name
    }


def required(spec: ModuleSpec) -> Schema:
    """What is required, in either spelling."""
    found: list[Schema] = []
    for param in spec.parameters.values():
        if param.required:
            name = spec.spelling(param.name)
            then = {"required": [name], "properties": {name: {"examples": [_SAMPLES.get(name, "...")]}}}
            found.append({"if": {"not": {"required": [spec.prefix + param.name]}}, "then": then})
    return found[0] if len(found) == 1 else {"allOf": found} if found else {}


def _parameter(spec: ModuleSpec, param: ParamSpec) -> Schema:
    default = f" Default: {param.default}." if param.default else ""
    only = f" Only in MediaWiki {', '.join(param.versions)}." if param.versions else ""
    deprecated: Schema = {"deprecated": True} if param.deprecated else {}
    return {"description": explain(spec.name, param) + default + only, **deprecated, **_value(param)}


def _value(param: ParamSpec) -> Schema:
    if param.type == "undescribed":
        return UNDESCRIBED
    if param.type == "boolean":
        return {"type": "boolean"}
    if param.type == "timestamp":
        return {"type": "string", "examples": _TIMES}
    if param.type == "enum" and not param.open_:
        return _choice(param)
    return _list_of(param, _scalar(param))


def _scalar(param: ParamSpec) -> Schema:
    if param.type == "integer":
        bounds = {"minimum": param.minimum, "maximum": param.maximum}
        return {"type": "integer"} | {key: bound for key, bound in bounds.items() if bound is not None}
    if param.type == "namespace":
        examples = [0, "User talk", *([param.every] if param.every else [])]
        return {"type": ["integer", "string"], "examples": examples, MARK: "namespaces"}
    own = {MARK: "tags"} if param.name in TAGS else {}
    return {"type": "string"} | ({"examples": list(param.values)} if param.values else {}) | own


def _list_of(param: ParamSpec, one: Schema) -> Schema:
    if not param.multi:
        return one
    kinds = one["type"] if isinstance(one["type"], list) else [one["type"]]
    item = {key: value for key, value in one.items() if key not in ("examples", MARK)}
    return {**one, "type": ["array", *kinds], "minItems": 1, "items": item}


def _choice(param: ParamSpec) -> Schema:
    values = {"enum": [*param.values, *([param.every] if param.every else [])]}
    if not param.multi:
        return values
    several = {"type": "array", "minItems": 1, "items": values}
    # `a|b`, as the API writes it, is left to the check
    one = {"if": {"type": "string", "pattern": "\\|"}, "else": values}
    return {"examples": list(param.values), "if": {"type": "array"}, "then": several, "else": one}
