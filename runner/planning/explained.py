"""The shape of what `plan --explain` prints: a tree for each step, in the plan's header."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import jsonschema

DEEPEST = 50
_COUNT = {"type": "integer", "minimum": 0}
_TEXT = {"type": "string"}

SOURCE_SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["source", "requests", "found", "gives"],
    "properties": {
        "source": _TEXT,
        "place": _TEXT,
        **dict.fromkeys(
            ("requests", "found", "gives", "repeated", "excepted", "dropped", "unknown", "related", "problems", "limit"), _COUNT
        ),
        **dict.fromkeys(("not_judged", "one_by_one"), _COUNT),
        "where": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["condition", "saw", "dropped", "unknown"],
                "properties": {"condition": _TEXT, "saw": _COUNT, "dropped": _COUNT, "unknown": _COUNT},
            },
        },
        "inside": {"type": "array", "items": {"type": "object", "required": ["place"]}},
    },
}
STEP_SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["step", "planning", "writes", "items", "blocked", "never_touch"],
    "properties": {"step": _TEXT, **dict.fromkeys(("planning", "writes", "items", "blocked", "never_touch"), _COUNT)},
}
_SOURCE = jsonschema.Draft202012Validator(SOURCE_SCHEMA)


def is_explained(trees: Iterable[Mapping[str, Any]]) -> bool:
    """Whether the sources of every step, and those inside them, are of this shape; not told by a schema, which would be
    followed as deep as somebody's plan goes."""
    level, depth = list(trees), 0
    while level and depth <= DEEPEST:
        if not all(map(_SOURCE.is_valid, level)):
            return False
        level = [one for tree in level for one in tree.get("inside", ())]
        depth += 1
    return not level
