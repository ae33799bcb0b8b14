"""What a playbook may say of `revisiondelete:`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from runner.actions.schema import INSTEAD, REASON, TAGS, choice
from runner.errors import Finding

PARTS = ("content", "comment", "user")
_PARTS = {
    "type": "array",
    "minItems": 1,
    "uniqueItems": True,
    "items": choice(list(PARTS), "A part of what was published."),
}

SCHEMA = {
    "description": "Hide or show parts of revisions, of versions of files, or of log entries.",
    "type": "object",
    "additionalProperties": False,
    "instead": {
        **INSTEAD,
        "type": "The kind of the source says it, such as `file_versions` or `log_entries`",
        "target": "The source says what is worked on",
        "ids": "The source says what is worked on",
    },
    "minProperties": 1,
    "properties": {
        "hide": {
            **_PARTS,
            "description": "What to hide of each; the content of a log entry is what it is about.",
        },
        "show": {**_PARTS, "description": "What to show again of each."},
        "suppress": choice(
            ["yes", "no", "nochange"],
            "Hide from administrators too (yes needs --allow-suppress and the right suppressrevision).",
        ),
        "reason": REASON,
        "tags": TAGS,
    },
}


def check(value: Mapping[str, Any]) -> list[Finding]:
    """Something must be hidden or shown, and no part both."""
    if not {"hide", "show"} & value.keys():
        message = "`revisiondelete` needs `hide` or `show`"
        return [Finding(path=(), code="required", message=message, hint="add `hide: [content]`")]
    hide, show = (value[key] if isinstance(value.get(key), list) else [] for key in ("hide", "show"))
    return [
        Finding(path=("show", at), code="contradiction", message=f"`{part}` is both hidden and shown", hint="keep one")
        for at, part in enumerate(show)
        if part in hide
    ]
