"""The schema of a playbook (JSON Schema, Draft 2020-12), assembled from the fragments beside the code that reads them.

https://json-schema.org/draft/2020-12. What a schema cannot say is in `check`.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from runner.actions import ACTIONS
from runner.marks import MARK
from runner.playbook.editors import for_editors, mapped
from runner.playbook.request import REQUEST
from runner.playbook.settings import LIMITS, NEVER_TOUCH, STAMP, STOP_PAGE, Schema
from runner.playbook.variables import TYPES
from runner.playbook.when import MAX_LENGTH
from runner.sources.catalogue import CATALOGUE, Modules
from runner.sources.offered import Offered, proposing
from runner.sources.schema import source_definitions
from runner.sources.words import HEADS, WORDS

DIALECT = "https://json-schema.org/draft/2020-12/schema"
SLUG = "^[a-z0-9][a-z0-9_-]{0,62}$"
STEP_WORDS = ("id", "name", "when", "fresh")

_VALUE: Schema = {
    "type": ["string", "number", "boolean", "array"],
    "items": {"type": ["string", "number", "boolean"]},
    "examples": ["some text"],
}
VARS: Schema = {
    "title": "Variables",
    "description": "Values that texts refer to as ${vars.NAME}; --var NAME=VALUE overrides one.",
    "type": "object",
    "propertyNames": {"pattern": "^[A-Za-z_][A-Za-z0-9_-]*$", "examples": ["reason", "max_age"]},
    "additionalProperties": {
        "description": "A value, a list of values, or {type, default, description}; without a default it is required.",
        "type": ["string", "number", "boolean", "null", "array", "object"],
        "items": _VALUE["items"],
        "additionalProperties": False,
        "properties": {
            "type": {"description": "What it holds; a value given by --var must fit.", "enum": list(TYPES)},
            "default": {
                "description": "Its value where --var gives none.",
                **_VALUE,
                "type": [*_VALUE["type"], "null"],
            },
            "description": {"description": "What it is for.", "type": "string"},
        },
    },
}


MODULES: Schema = {
    "title": "Modules",
    "description": "Query modules that only the wiki has, an extension's; MODULE.PARAMETER of a module that is known.",
    "type": "array",
    "minItems": 1,
    "uniqueItems": True,
    "items": {
        "type": "string",
        "pattern": r"^[A-Za-z][A-Za-z0-9_-]*(\.[A-Za-z][A-Za-z0-9_-]*)?$",
        "examples": ["linterrors", "search.qiprofile"],
    },
    MARK: "modules",
    "examples": [["linterrors"]],
}


def playbook_schema(offered: Offered | None = None) -> Schema:
    """The schema as it is published: for playbooks as they are written, `${vars.x}` included. With what a wiki has it is
    tailored to that wiki: it proposes its names, and takes its modules by its own parameters and values."""
    schema = assembled_schema(offered.modules) if offered else assembled_schema()
    schema = mapped(schema, lambda one: proposing(one, offered))
    title = {"title": f"Wikimop playbook for {offered.name}"} if offered else {}
    return {**for_editors(schema, untouched=("playbook", "vars", "steps")), **title}


def assembled_schema(modules: Modules = CATALOGUE) -> Schema:
    """The fragments put together, for playbooks whose variables are rendered already; `modules` are those that they may
    name."""
    return {
        "$schema": DIALECT,
        "title": "Wikimop playbook",
        "description": "Which pages or revisions of a MediaWiki to find, and what to do with them.",
        "type": "object",
        "required": ["playbook", "name", "steps"],
        "additionalProperties": False,
        "properties": _top(),
        "$defs": {**source_definitions(modules), "step": _step()},
    }


def _top() -> Schema:
    return {
        "playbook": {"title": "Format", "description": "The version of the format.", "const": 1},
        "name": {
            "title": "Name",
            "description": "Names the runs of this playbook in logs.",
            "type": "string",
            "pattern": SLUG,
            "examples": ["expired-drafts"],
        },
        "description": {"title": "Description", "description": "What this playbook is for.", "type": "string"},
        "wiki": {
            "title": "Wiki",
            "description": "A name from the configuration, or the address of an api.php.",
            "type": "string",
            "pattern": r"^(https?://[^\s/]+/\S*|[A-Za-z0-9][A-Za-z0-9._-]*)$",
            "examples": ["example", "https://wiki.example.org/w/api.php"],
        },
        "vars": VARS,
        "modules": MODULES,
        "request": REQUEST,
        "limits": LIMITS,
        "never_touch": NEVER_TOUCH,
        "stop_page": STOP_PAGE,
        "stamp": STAMP,
        "steps": {
            "title": "Steps",
            "description": "What to do, in this order.",
            "type": "array",
            "minItems": 1,
            "items": {"$ref": "#/$defs/step"},
        },
    }


def _step() -> Schema:
    return {
        "title": "Step",
        "description": "One source, which says what to work on, and one action.",
        "type": "object",
        "required": ["id"],
        "additionalProperties": False,
        "properties": {
            "id": {
                "description": "How other steps and the log call this step.",
                "type": "string",
                "pattern": SLUG,
                "examples": ["drafts"],
            },
            "name": {"description": "A title for people.", "type": "string"},
            "when": {
                "description": "The step runs only if this holds of the counts of earlier steps.",
                "type": "string",
                "minLength": 1,
                "maxLength": MAX_LENGTH,
                "examples": ["steps.drafts.done > 0"],
            },
            "fresh": {
                "description": "Begins a stage: planned only when everything above has been carried out.",
                "type": "boolean",
            },
            **{kind: {"$ref": f"#/$defs/{kind}"} for kind in HEADS},
            **{name: dict(action.schema) for name, action in ACTIONS.items()},
        },
    }


@cache
def homes() -> Mapping[str, tuple[str, ...]]:
    """Where each key belongs, for hints: `maxlag` → (`request`,)."""
    top, step = _top(), _step()["properties"]
    found: dict[str, list[str]] = {}
    for owner in ("request", "limits", "never_touch", "stamp"):
        for key in top[owner]["properties"]:
            found.setdefault(key, []).append(f"`{owner}:`")
    for action in ACTIONS:
        for key in step[action].get("properties", {}):
            found.setdefault(key, []).append(f"`{action}:`")
    for kind in HEADS:
        for key in (*HEADS[kind], *WORDS[kind]):
            found.setdefault(key, []).append(f"`{kind}:`")
    for key in step:
        found.setdefault(key, []).append("a step")
    for key in top:
        found.setdefault(key, []).append("the top of the playbook")
    return {key: tuple(owners) for key, owners in found.items()}
