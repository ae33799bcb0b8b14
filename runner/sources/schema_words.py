"""Pieces of the schema of a source: heads and words that are the same for every kind."""

from __future__ import annotations

from typing import Any

from runner.model import Kind
from runner.sources.words import FILE_KINDS, RELATED

Schema = dict[str, Any]

_SETS = {
    "union": "What any of these sources finds, in their order.",
    "intersect": "What all of these sources find, in the order of the first.",
}


def file_head(kind: Kind) -> Schema:
    """`file`: a path, or a mapping that tells how to read it."""
    kinds = list(FILE_KINDS[kind])
    long = {
        "type": "object",
        "required": ["path"],
        "additionalProperties": False,
        "properties": {
            "path": {"description": "Relative to the playbook's folder.", "type": "string"},
            "format": {"description": "`lines` unless said otherwise.", "enum": ["lines", "csv", "jsonl"]},
            "column": {"description": "The column of a csv file, or the key of a jsonl file.", "type": "string"},
            "kind": {"description": f"What it lists; `{kinds[0]}` unless said otherwise.", "enum": kinds},
        },
    }
    words = "A file with one item a line, or {path, format, column, kind}."
    return {"description": words, "if": {"type": "object"}, "then": long, "else": {"type": "string"}}


def set_head(kind: Kind, name: str) -> Schema:
    """`union` and `intersect`: sources of the same kind, each with its own words."""
    return {
        "description": _SETS[name],
        "type": "array",
        "minItems": 1,
        "items": {"$ref": f"#/$defs/{kind}"},
    }


def related_word() -> Schema:
    """`related`: one or several of the things that belong to a page."""
    return {
        "description": "Also these pages of each page found: items of their own, which the plan shows.",
        "if": {"type": "array"},
        "then": {"type": "array", "minItems": 1, "items": {"enum": list(RELATED)}},
        "else": {"enum": list(RELATED)},
    }
