"""The shape of a plan file: its schema, and the check that `apply` makes of every line it did not write itself."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import jsonschema
import orjson

from runner.actions import ACTIONS
from runner.actions.schema import VARIABLE
from runner.actions.texts import strange
from runner.errors import UsageError
from runner.kinds import KINDS
from runner.kinds.kind import KindSpec
from runner.kinds.users import FLAGS
from runner.model import ref_of
from runner.planning.explain_schema import COST_SCHEMA, EXPLAIN_SCHEMA, PLACE
from runner.planning.lines import read_item
from runner.sources.words import OUTCOMES

LONGEST_REASON = 300  # it quotes what is wrong, which may be very long
_COUNT = {"type": "integer", "minimum": 0}
_TEXT = {"type": "string"}
_FLAG = {"type": "boolean"}
_TEXTS = {"type": "array", "items": _TEXT}
_MAYBE_TEXT = {"type": ["string", "null"]}

_OUTCOMES = {"type": "array", "items": {"enum": list(OUTCOMES)}}


_BLOCK = {
    "type": ["object", "null"],
    "required": ["expiry", "reason", "flags"],
    "additionalProperties": False,
    "properties": {
        "expiry": _TEXT,
        "reason": _TEXT,
        "flags": {"type": "array", "items": {"enum": list(FLAGS)}},
        "pages": {
            "type": "array",
            "items": {"type": "object", "required": ["id"], "properties": {"id": {"type": "integer"}, "title": _TEXT}},
        },
        "namespaces": {"type": "array", "items": {"type": "integer"}},
        "actions": _TEXTS,
    },
}

_STEP = {
    "type": "object",
    "required": ["id", "action", "options", "items", "blocked"],
    "properties": {
        "id": {"type": "string", "pattern": "^[a-z0-9][a-z0-9_-]*$"},
        "name": _TEXT,
        "source": {"enum": list(KINDS)},
        "action": {"enum": sorted(ACTIONS)},
        "options": {"type": "object"},
        "when": _MAYBE_TEXT,
        "outcome": _OUTCOMES,
        "items": _COUNT,
        "blocked": _COUNT,
    },
}

_REQUEST = {
    "type": "object",
    "required": ["maxlag", "assert", "errorlang"],
    "additionalProperties": False,
    "properties": {
        "maxlag": {"type": ["integer", "null"], "minimum": 1},
        "assert": {"enum": ["anon", "user", "bot", None]},
        "assertuser": _TEXT,
        "uselang": _TEXT,
        "variant": _TEXT,
        "errorformat": {"enum": ["plaintext", "wikitext", "html", "raw", "none"]},
        "errorlang": _TEXT,
        "errorsuselocal": _FLAG,
        "servedby": _FLAG,
        "curtimestamp": _FLAG,
        "responselanginfo": _FLAG,
        "smaxage": _COUNT,
        "maxage": _COUNT,
        "requestid": {"type": "string", "pattern": "^[A-Za-z0-9._:-]{1,60}$"},
    },
}

HEADER_SCHEMA: dict[str, Any] = {
    "title": "The first line of a plan",
    "type": "object",
    "required": [
        "kind", "version", "id", "playbook", "wiki", "user", "created", "steps", "limits", "request", "stamp", "after",
        "later", "guards", "warnings",
    ],
    "properties": {
        "kind": {"const": "plan"},
        "version": {"const": 1},
        "id": {"type": "string", "pattern": "^p[0-9a-z]{8}$"},
        "playbook": {
            "type": "object",
            "required": ["name", "path", "sha256", "commit"],
            "properties": {"name": _TEXT, "path": _TEXT, "sha256": _TEXT, "commit": _MAYBE_TEXT},
        },
        "wiki": {
            "type": "object",
            "required": ["api", "sitename", "generator"],
            "properties": {"api": _TEXT, "sitename": _TEXT, "generator": _TEXT},
        },
        "newest_logid": {**_COUNT, "description": "The wiki's newest log entry before the plan was made."},
        "user": _TEXT,
        "created": {"type": "string", "format": "date-time", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$"},
        "vars": {"type": "object"},
        "steps": {"type": "array", "minItems": 1, "items": _STEP},
        "limits": {
            "type": "object",
            "required": ["items", "failures", "failure_share", "rate", "concurrency", "duration"],
            "properties": {
                "items": {"type": ["integer", "null"], "minimum": 0},
                "failures": {"type": ["integer", "null"], "minimum": 0},
                "failure_share": {"type": ["number", "null"], "minimum": 0},
                "rate": {"type": ["number", "null"], "exclusiveMinimum": 0},
                "concurrency": {"type": "integer", "minimum": 1, "maximum": 8},
                "duration": {"type": ["number", "null"], "exclusiveMinimum": 0},
            },
        },
        "request": _REQUEST,
        "stamp": {
            "type": "object",
            "required": ["on", "text", "place"],
            "properties": {
                "on": {"type": "boolean"},
                "text": {"type": "string", "pattern": r"\{run\}"},
                "place": {"enum": ["start", "end"]},
            },
        },
        "stop_page": _MAYBE_TEXT,
        "never_touch": {
            "type": "object",
            "required": ["titles", "namespaces"],
            "properties": {"titles": _TEXTS, "namespaces": {"type": "array", "items": {"type": "integer"}}},
        },
        "cost": COST_SCHEMA,
        "explain": {"type": "array", "items": EXPLAIN_SCHEMA},
        "undoes": {"type": "string", "pattern": "^r[0-9a-z]{8}$"},
        "after": _MAYBE_TEXT,
        "later": _TEXTS,
        "guards": _TEXTS,
        "warnings": _TEXTS,
    },
}  # fmt: skip

_QUERY_KEY = "query:[0-9]+"
_PAGE_SET = {
    "description": "What the wiki itself finds the pages of a direct step by.",
    "type": "object",
    "minProperties": 1,
    "additionalProperties": False,
    "properties": dict.fromkeys(("generator", "titles", "pageids", "revids", "redirects", "converttitles"), _TEXT),
    "patternProperties": {"^g[a-z0-9]+$": _TEXT},
}

ITEM_SCHEMA: dict[str, Any] = {
    "title": "An item of a plan",
    "type": "object",
    "required": ["kind", "step", "key"],
    "properties": {
        "kind": {"const": "item"},
        "step": _TEXT,
        "key": {"type": "string", "pattern": f"^({'|'.join(spec.key for spec in KINDS.values())}|{_QUERY_KEY})$"},
        "pageid": {"type": "integer"},
        "ns": {"type": "integer"},
        "title": _TEXT,
        "revid": {"type": "integer"},
        "redirect": {"type": "boolean"},
        "length": _COUNT,
        "protection": _TEXTS,
        "timestamp": _TEXT,
        "current": {"type": "boolean"},
        "revids": {"type": "array", "items": {"type": "integer"}},
        "revisions": _COUNT,
        "newest": _COUNT,
        "files": _COUNT,
        "exists": {"type": "boolean"},
        "archivename": _TEXT,
        "archived": {"type": "array", "items": {"type": "integer"}},
        "archived_files": {"type": "array", "items": {"type": "integer"}},
        "file": _TEXT,
        "log": _TEXT,
        "tags": _TEXTS,
        "hidden": {"type": "array", "items": {"enum": ["content", "comment", "user", "suppressed"]}},
        "never_touch": {"const": True},
        "related": _TEXT,
        "through": _TEXT,
        "from": PLACE,
        "userid": {"type": "integer"},
        "address": {"enum": ["ip", "range"]},
        "block": _BLOCK,
        "blockid": {"type": "integer"},
        "restores": {"type": "object", "properties": {"block": _BLOCK}},
        "query": _PAGE_SET,
        "sized": {"type": "string", "pattern": "^g[a-z]+limit$"},
        "contentmodel": _TEXT,
        "to": _TEXT,
        "to_ns": {"type": "integer"},
        "reason": _TEXT,
        "unchanged": {"const": True},
        "origin": {"type": ["string", "integer"]},
        **{name: fact for action in ACTIONS.values() for name, fact in action.adds.items()},
        "wants": {
            "type": "array",
            "minItems": 1,
            "items": {
                "type": "array",
                "minItems": 1,
                "items": {
                    "type": "array",
                    "prefixItems": [_TEXT, {"type": "array", "items": {"enum": list(OUTCOMES)}}],
                    "minItems": 2,
                    "maxItems": 2,
                },
            },
        },
        "parents": {"type": "array", "items": {"type": "array", "items": _TEXT, "minItems": 2, "maxItems": 2}},
        "blocked": {
            "type": "object",
            "required": ["code"],
            "properties": {"code": _TEXT, "detail": _TEXT},
            "additionalProperties": False,
        },
    },
    # What is shown of one is shown with the other.
    "dependentRequired": {"reverts": ["to_revid"], "editor": ["to_revid"]},
    "additionalProperties": False,
}

SEAL_SCHEMA: dict[str, Any] = {
    "title": "The last line of a plan",
    "type": "object",
    "required": ["kind", "items", "sha256"],
    "properties": {"kind": {"const": "seal"}, "items": _COUNT, "sha256": {"type": "string", "pattern": "^[0-9a-f]{64}$"}},
}


def plan_schema() -> dict[str, Any]:
    """The schema of each line of a plan file, by its `kind`."""
    kinds = {"plan": HEADER_SCHEMA, "item": ITEM_SCHEMA, "seal": SEAL_SCHEMA}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A line of a wikimop plan",
        "type": "object",
        "required": ["kind"],
        "properties": {"kind": {"enum": list(kinds)}},
        "allOf": [{"if": {"properties": {"kind": {"const": kind}}}, "then": schema} for kind, schema in kinds.items()],
    }


def check_header(header: Mapping[str, Any], path: str) -> None:
    """Raise `UsageError` for a header that this version would not have written."""
    _check(header, HEADER_SCHEMA, f"{path}:1")
    if len({step["id"] for step in header["steps"]}) < len(header["steps"]):
        raise UsageError(f"{path}:1: two steps have one id")
    direct = next((step["id"] for step in header["steps"] if step["options"].get("direct") is True), None)
    if direct and any(header.get("never_touch", {}).values()):
        raise UsageError(f"{path}:1: step {direct}: never_touch cannot be held against pages that only the wiki knows")
    for step in header["steps"]:
        _check_step(step, f"{path}:1: step {step['id']}")


def _check_step(step: Mapping[str, Any], where: str) -> None:
    action, options = ACTIONS[step["action"]], step["options"]
    _check(options, dict(action.schema), where)
    if any(isinstance(value, str) and re.match(VARIABLE, value) for value in options.values()):
        raise UsageError(f"{where}: a variable stands where its value belongs")
    source = step.get("source", "pages")
    if source not in action.takes:
        raise UsageError(f"{where}: `{action.name}` does not work on {source}")
    for found in action.check(options):
        raise UsageError(f"{where}: {found.message}", hint=found.hint)
    for text in _texts([value for name, value in options.items() if name in action.per_item]):
        for written in strange(text):
            raise UsageError(f"{where}: `{written}` names nothing of an item")


def _texts(value: Any) -> Iterator[str]:  # noqa: ANN401 - a JSON value
    if isinstance(value, str):
        yield value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _texts(inner)


_ITEM = jsonschema.Draft202012Validator(ITEM_SCHEMA)


def check_item(value: Mapping[str, Any], steps: Mapping[str, Any], where: str) -> None:
    """Raise `UsageError` for an item line that this version would not have written."""
    error = next(_ITEM.iter_errors(value), None)
    if error is not None:
        raise UsageError(f"{where}: not an item of a plan: {error.message[:LONGEST_REASON]}")
    if value["step"] not in steps:
        raise UsageError(f"{where}: the item's step does not fit the plan")
    direct = steps[value["step"]]["options"].get("direct") is True
    if "blocked" not in value and not (direct == ("query" in value) == value["key"].startswith("query:")):
        raise UsageError(f"{where}: the item and its step do not agree on who finds the pages")
    if "blocked" in value or direct:
        return
    # Without these facts nothing can be compared with what the wiki says at the time.
    step = steps[value["step"]]
    spec = KINDS[step.get("source", "pages")]
    if not _needed(spec, step, value) <= value.keys():
        raise UsageError(f"{where}: the item lacks what is needed to act on it")
    item = read_item(orjson.dumps(value), 0)
    if item.kind != spec.name or ref_of(item).key != item.key:
        raise UsageError(f"{where}: the item's key does not fit what it says")


def _needed(spec: KindSpec, step: Mapping[str, Any], value: Mapping[str, Any]) -> frozenset[str]:
    action = ACTIONS[step["action"]]
    if value["key"].startswith("title:") and action.creates(action.parse(step["options"])):
        return (spec.needed | action.needs) - {"pageid", "revid"}
    return spec.needed | action.needs


def _check(value: object, schema: dict[str, Any], where: str) -> None:
    error = next(jsonschema.Draft202012Validator(schema).iter_errors(value), None)
    if error is not None:
        raise UsageError(f"{where}: not a plan that this wikimop can apply: {error.message[:LONGEST_REASON]}")
