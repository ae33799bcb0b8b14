"""What a `block:` step may say, and what its schema cannot tell. https://www.mediawiki.org/wiki/API:Block"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from runner.actions.expiry import HINT, expiry_problem
from runner.actions.schema import INSTEAD, REASON, TAGS, flag
from runner.errors import Finding

BEFORE = "as before"
"""The expiry that stands for the whole block which an item's line says: that of an undo."""
RESTRICTIONS = ("pagerestrictions", "namespacerestrictions", "actionrestrictions")
USER_TALK = 3
_MOST_PAGES = 10

_BY_HAND = "No plan names what it hides, and a bot password never has the right: use Special:Block"
INSTEAD_OF_USER = {
    **dict.fromkeys(("user", "userid", "id"), "The source says who is meant"),
    "title": "Pages are protected; users are found by a source of `users`",
    "pageid": INSTEAD["pageid"],
    "token": INSTEAD["token"],
}

SCHEMA = {
    "description": "Block the users from editing, everywhere or in part.",
    "type": "object",
    "additionalProperties": False,
    "instead": {
        **INSTEAD_OF_USER,
        "hidename": _BY_HAND,
        "watchlist": "Write `watchuser: true`",
        "duration": "Write `expiry`",
    },
    "properties": {
        "expiry": {
            "description": f"Until when: a duration, a time, or infinite. `{BEFORE}` is for `wikimop undo` alone.",
            "type": "string",
            "minLength": 1,
            "examples": ["2 weeks", "2027-01-31T00:00:00Z", "infinite"],
        },
        "reason": {**REASON, "description": "What the blocked user and the log are told, beside the run's mark."},
        "nocreate": flag("Keep the user from making accounts."),
        "autoblock": flag("Of an account: also block the addresses that it uses. Nothing for addresses."),
        "noemail": flag("Keep the user from sending e-mail through the wiki."),
        "anononly": flag("Of an address: block only who is not logged in. Nothing for accounts."),
        "allowusertalk": flag("Let the user edit their own talk page."),
        "reblock": flag("Replace a block that is there. Without it, who is blocked already is left out."),
        "partial": flag("Block only what the restrictions say, and what else is said here."),
        "pagerestrictions": {
            "description": "With `partial`: from editing these pages.",
            "type": "array",
            "minItems": 1,
            "maxItems": _MOST_PAGES,
            "uniqueItems": True,
            "items": {"type": "string", "minLength": 1, "examples": ["Main Page"]},
        },
        "namespacerestrictions": {
            "description": "With `partial`: from editing in these namespaces, by number.",
            "type": "array",
            "minItems": 1,
            "uniqueItems": True,
            "items": {"type": "integer", "minimum": 0, "examples": [0]},
        },
        "actionrestrictions": {
            "description": "With `partial`: from these actions, such as upload, move and create, where the wiki can do that.",
            "type": "array",
            "minItems": 1,
            "uniqueItems": True,
            "items": {"type": "string", "minLength": 1, "examples": ["upload"]},
        },
        "tags": TAGS,
        "watchuser": flag("Watch the user's pages."),
    },
}


def check(value: Mapping[str, Any]) -> list[Finding]:
    """An expiry that is none, and what the wiki would ignore or refuse of everybody."""
    return [*_expiry(value), *_parts(value)]


def _expiry(value: Mapping[str, Any]) -> Iterator[Finding]:
    text = value.get("expiry")
    if "expiry" not in value:
        yield Finding(path=(), code="required", message="`block` needs `expiry`: until when", hint=HINT)
    elif text == BEFORE:
        yield from (
            Finding(path=(name,), code="together", message=f"`{name}` does not go with `expiry: {BEFORE}`", hint="remove it")
            for name in value
            if name not in ("expiry", "reblock", "reason")
        )
    elif isinstance(text, str) and text and (problem := expiry_problem(text)):
        yield Finding(path=("expiry",), code="format", message=problem, hint=HINT)


def _parts(value: Mapping[str, Any]) -> Iterator[Finding]:
    given = [name for name in RESTRICTIONS if name in value]
    if value.get("partial") is not True:
        # Without it the wiki ignores them without a word, and blocks the user everywhere.
        hint = "add `partial: true`"
        yield from (
            Finding(path=(one,), code="needs", message=f"`{one}` works only with `partial`", hint=hint) for one in given
        )
        return
    if not given and not any(value.get(name) for name in ("nocreate", "noemail")):
        hint = "add `pagerestrictions`, `namespacerestrictions`, `actionrestrictions`, `nocreate` or `noemail`"
        yield Finding(path=("partial",), code="needs", message="this block in part would block nothing", hint=hint)
    namespaces = value.get("namespacerestrictions")
    if not value.get("allowusertalk") and USER_TALK not in (namespaces if isinstance(namespaces, list) else ()):
        message = f"a block in part keeps nobody from their own talk page, unless it is one from namespace {USER_TALK}"
        yield Finding(path=("partial",), code="needs", message=message, hint="add `allowusertalk: true`")
