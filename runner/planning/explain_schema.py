"""The shape of what a plan says of how it came about: of every source and condition, and of its cost in requests."""

from __future__ import annotations

from typing import Any

_COUNT = {"type": "integer", "minimum": 0}
_TEXT = {"type": "string"}

PLACE = {
    "description": "Where a source stands: `of.union.1` is the second member of the union in `of`.",
    "type": "string",
    # A playbook nests no deeper than this.
    "pattern": r"^(of|except|(union|intersect)\.[0-9]+)(\.(of|except|(union|intersect)\.[0-9]+)){0,50}$",
}

_ONE_BY_ONE = {
    "description": "What was asked about one thing at a time, and how many requests that took.",
    "type": "object",
    "additionalProperties": _COUNT,
}

_CONDITION = {
    "description": "A condition: `saw` is the sum of the others. One that cannot be known keeps its item, as a blocked one.",
    "type": "object",
    "required": ["condition", "saw", "kept", "dropped", "unknown"],
    "additionalProperties": False,
    "properties": {"condition": _TEXT, **dict.fromkeys(("saw", "kept", "dropped", "unknown"), _COUNT)},
}

# Of these a source says only what is not 0.
_LEFT_OUT = {
    "redirected": "So many of those found were found through a redirect.",
    "repeated": "Found more than once.",
    "excepted": "Left out by `except`.",
    "dropped": "Left out by `where`, by all its conditions.",
    "unknown": "Kept by `where`, though it could not be judged: blocked.",
    "not_judged": "Not judged by `where` any more: the limit was reached.",
    "related": "Taken along by `related`.",
    "problems": "Of what it gives: known by now to be impossible.",
}

_SOURCE = {
    "source": {"description": "Its head, with parameters, near to how it is written.", **_TEXT},
    "requests": {"description": "For it and the sources inside.", **_COUNT},
    "one_by_one": _ONE_BY_ONE,
    "found": {"description": "By its head.", **_COUNT},
    **{name: {"description": text, **_COUNT} for name, text in _LEFT_OUT.items()},
    "where": {"type": "array", "items": _CONDITION},
    "limit": _COUNT,
    "gives": {
        "description": "found - repeated - excepted - dropped - not_judged + related.",
        **_COUNT,
    },
}
_TOLD = ["source", "requests", "found", "gives"]

EXPLAIN_SCHEMA: dict[str, Any] = {
    "description": "How a step came about: its source, and in `inside` those that stand in it, each with its place.",
    "type": "object",
    "required": ["step", "source", "requests", "facts", "planning", "items", "blocked", "never_touch", "writes", "reads"],
    "additionalProperties": False,
    # Of a direct step nobody knows what its source gives.
    "if": {"required": ["direct"]},
    "then": {"properties": dict.fromkeys(("found", "gives", "where", "inside", *_LEFT_OUT), False)},
    "else": {"required": _TOLD},
    "properties": {
        "step": _TEXT,
        **_SOURCE,
        "direct": {"description": "The wiki itself finds the pages when the plan is applied.", "const": True},
        "inside": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["place", *_TOLD],
                "additionalProperties": False,
                "properties": {"place": PLACE, **_SOURCE},
            },
        },
        "facts": {
            "description": "The reading of the items' facts.",
            "type": "object",
            "required": ["requests"],
            "additionalProperties": False,
            "properties": {"requests": _COUNT, "one_by_one": _ONE_BY_ONE},
        },
        "planning": {"description": "Requests to plan the step: for its source, and for the facts.", **_COUNT},
        "items": {
            "description": "gives, less what is of one second with another archived revision; of a direct step its queries.",
            **_COUNT,
        },
        "blocked": _COUNT,
        "never_touch": {"description": "How many items `never_touch` names.", **_COUNT},
        "writes": {"description": "Requests to carry it out, at the least.", **_COUNT},
        "reads": {"description": "Requests for fresh facts before these, at the least.", **_COUNT},
    },
}

COST_SCHEMA: dict[str, Any] = {
    "description": "In requests; logging in is not counted.",
    "type": "object",
    "required": ["planning", "checks", "writing", "reading", "seconds"],
    "additionalProperties": False,
    "properties": {
        "planning": {"description": "Made this plan: the checks, and the `planning` of each step.", **_COUNT},
        "checks": {"description": "Asked before the steps: the wiki's modules, and names in the playbook.", **_COUNT},
        "writing": {"description": "To carry it out, at the least.", **_COUNT},
        "reading": {"description": "For fresh facts before the writes, at the least.", **_COUNT},
        "seconds": {
            "description": "How long the rate limit alone makes that last; null without one.",
            "type": ["number", "null"],
            "minimum": 0,
        },
    },
}
