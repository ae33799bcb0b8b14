"""The shape of a plan file, as JSON Schema of each of its lines."""

from __future__ import annotations

from typing import Any

from runner.actions import ACTIONS
from runner.kinds import KINDS
from runner.kinds.users import FLAGS
from runner.planning.explain_schema import COST_SCHEMA, EXPLAIN_SCHEMA, PLACE
from runner.sources.words import OUTCOMES

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
