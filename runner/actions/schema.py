"""Pieces of JSON Schema that several actions share.

A text `${vars.x}` stands for any value until it is rendered, so an editor that sees the raw file must accept it too.
"""

from __future__ import annotations

from typing import Any

from runner.marks import MARK

Schema = dict[str, Any]

VARIABLE = r"^\$\{vars\.[A-Za-z0-9_.-]+\}$"


def flag(description: str) -> Schema:
    """A boolean, or a variable that holds one."""
    return {
        "description": description,
        "type": ["boolean", "string"],
        "if": {"type": "string"},
        "then": {"pattern": VARIABLE},
    }


def choice(values: list[str], description: str) -> Schema:
    """One word of a few."""
    return {
        "description": description,
        "type": "string",
        "if": {"not": {"pattern": VARIABLE}},
        "then": {"enum": values},
    }


REASON: Schema = {
    "description": "What stands in the wiki's log, beside the run's mark.",
    "type": "string",
    "maxLength": 500,
}
TAGS: Schema = {
    "description": "Change tags for the log entry; the wiki must know them and let you set them.",
    "type": "array",
    "items": {"type": "string", "minLength": 1},
    "uniqueItems": True,
    MARK: "manual_tags",
}
WATCHLIST: Schema = choice(
    ["nochange", "preferences", "watch", "unwatch"],
    "What becomes of your watchlist; nochange unless told otherwise.",
)
WATCHLIST_EXPIRY: Schema = {
    "description": "When watching ends, such as 1 month or a time.",
    "type": "string",
    "minLength": 1,
    "examples": ["1 month", "2027-01-31T00:00:00Z"],
}
# Parameters of the API that a playbook says otherwise; `instead` in a schema is read by whoever tells of an unknown key.
WATCHING = {
    "watch": "Write `watchlist: watch`",
    "unwatch": "Write `watchlist: unwatch`",
}
INSTEAD = {
    "title": "The source says what is worked on",
    "pageid": "The source says what is worked on",
    "token": "A playbook holds no secrets; leave it out",
}
