"""The schema of a condition (JSON Schema, Draft 2020-12), one for each kind of items."""

from __future__ import annotations

from typing import Any

from runner.model import Kind
from runner.where.catalogue import CONDITIONS

Schema = dict[str, Any]


def where_definitions() -> dict[str, Schema]:
    """`$defs` to refer to as `#/$defs/pages_condition`, `#/$defs/revisions_condition` and so on."""
    return {f"{kind}_condition": _condition(kind) for kind in CONDITIONS}


def where_schema(kind: Kind) -> Schema:
    """The value of `where:`."""
    return {
        "description": f"Only {kind.replace('_', ' ')} of which every one of these conditions holds.",
        "type": "array",
        "minItems": 1,
        "items": {"$ref": f"#/$defs/{kind}_condition"},
        "examples": [[{"redirect": False}]],
    }


def _condition(kind: Kind) -> Schema:
    inner: Schema = {"$ref": f"#/$defs/{kind}_condition"}
    several: Schema = {"type": "array", "minItems": 1, "items": inner, "examples": [[{"redirect": True}]]}
    return {
        "title": "Condition",
        "description": "One condition on a fact, or several under any, all or not.",
        "type": "object",
        "minProperties": 1,
        "maxProperties": 1,
        "additionalProperties": False,
        "properties": {
            **{name: {"description": spec.about, **spec.shape.schema} for name, spec in CONDITIONS[kind].items()},
            "any": {"description": "At least one of these conditions holds.", **several},
            "all": {"description": "Every one of these conditions holds.", **several},
            "not": {"description": "This condition does not hold.", **inner},
        },
    }
