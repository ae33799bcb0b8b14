"""What `protect:` takes, and what a page's protection becomes by it.

https://www.mediawiki.org/wiki/API:Protect. The API lifts every kind of protection that a request does not name: so what is to
stay is named, too.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from runner.actions.expiry import EXAMPLES, check_expiry, expiry, fixed, wrong_expiry
from runner.actions.protection import Protection, own
from runner.actions.schema import INSTEAD, REASON, TAGS, WATCHING, WATCHLIST, WATCHLIST_EXPIRY, choice, flag
from runner.errors import Finding
from runner.model import Item

CREATE = "create"
EDIT = "edit"
EVERYBODY = "all"
ENDLESS = "infinite"

SCHEMA: Mapping[str, Any] = {
    "description": "Protect the pages, or titles against being made.",
    "type": "object",
    "additionalProperties": False,
    "instead": {**INSTEAD, **WATCHING},
    "required": ["protections"],
    "properties": {
        "protections": {
            "description": "Who may do what: `edit=sysop`; `edit=all` lifts it. A title without a page takes only `create`.",
            "type": "array",
            "minItems": 1,
            "uniqueItems": True,
            "items": {"type": "string", "pattern": r"^[^=|\s]+=[^=|\s]+$", "examples": ["edit=sysop"]},
            "examples": [["edit=sysop", "move=sysop"]],
        },
        "expiry": {
            "description": "When it ends, such as 1 month or a time: of all, or of each kind.",
            "type": ["string", "object"],
            "minLength": 1,
            "minProperties": 1,
            "additionalProperties": expiry("When this kind of protection ends."),
            "examples": [*EXAMPLES, {"edit": "1 month"}],
        },
        "cascade": flag("Also protect what the pages include; without it cascading stays as it is where `edit` stays so."),
        "others": choice(["keep", "lift"], "What becomes of kinds of protection that are not named; they are kept."),
        "reason": REASON,
        "tags": TAGS,
        "watchlist": WATCHLIST,
        "watchlistexpiry": WATCHLIST_EXPIRY,
    },
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Protect:
    """`protections` are (kind, level), `expiry` (kind, text); the kind `""` stands for all."""

    protections: tuple[tuple[str, str], ...]
    expiry: tuple[tuple[str, str], ...] = ()
    cascade: bool | None = None
    others: str = "keep"
    reason: str = ""
    tags: tuple[str, ...] = ()
    watchlist: str = "nochange"
    watchlistexpiry: str = ""


def parse(value: Mapping[str, Any]) -> Protect:
    until = value.get("expiry", {})
    given = {
        "protections": tuple(_split(one) for one in value["protections"]),
        "expiry": tuple(until.items()) if isinstance(until, Mapping) else (("", until),),
        "tags": tuple(value.get("tags", ())),
    }
    return Protect(**{**value, **given})


def _split(text: str) -> tuple[str, str]:
    kind, _, level = text.partition("=")
    return kind, "" if level == EVERYBODY else level


def check(value: Mapping[str, Any]) -> list[Finding]:
    """Each kind once and of one sort of pages, ends that are some, and cascading only with what can cascade."""
    given = value.get("protections")
    named = [_split(one) if isinstance(one, str) else ("", "") for one in given] if isinstance(given, list) else []
    kinds = [kind for kind, _ in named]
    found = [*_twice(kinds), *_expiries(value, kinds), *check_expiry(value, "expiry", "watchlistexpiry")]
    if CREATE in kinds and set(kinds) != {CREATE}:
        hint = "make a step of its own of the titles that do not exist"
        message = "`create` is for titles without a page, the other kinds are for pages"
        found.append(Finding(path=("protections", kinds.index(CREATE)), code="together", message=message, hint=hint))
    alone = EDIT not in kinds and (CREATE in kinds or value.get("others") == "lift")
    if value.get("cascade") is True and ((EDIT, "") in named or alone):
        message = "what is not protected against edits cannot cascade"
        found.append(Finding(path=("cascade",), code="together", message=message, hint="add `edit=sysop`"))
    return found


def _twice(kinds: list[str]) -> list[Finding]:
    return [
        Finding(path=("protections", at), code="twice", message=f"`{kind}` is named twice", hint="keep one")
        for at, kind in enumerate(kinds)
        if kind and kind in kinds[:at]
    ]


def _expiries(value: Mapping[str, Any], kinds: list[str]) -> list[Finding]:
    given = value.get("expiry")
    found = []
    for kind, text in given.items() if isinstance(given, dict) else ():
        if kinds and kind not in kinds:
            message, hint = f"`{kind}` is not among the protections", f"add `{kind}=…` to `protections`, or remove it here"
            found.append(Finding(path=("expiry", kind), code="unknown-key", message=message, hint=hint))
        elif isinstance(text, str) and (wrong := wrong_expiry(("expiry", kind), text)):
            found.append(wrong)
    return found


def wanted(options: Protect, item: Item) -> list[Protection]:
    """The page's protection as it will be, those that the step names first; the kinds that are lifted stand there, too,
    without a level. An end that is counted from the write on is given as it is said."""
    before = {one.type: one for one in own(item)}
    named = [Protection(type=kind, level=level, expiry=_end(options, kind, level)) for kind, level in options.protections]
    kept = [one for kind, one in before.items() if options.others == "keep" and kind not in dict(options.protections)]
    return [_cascading(options, one, before.get(EDIT)) if one.type == EDIT else one for one in (*named, *kept)]


def _end(options: Protect, kind: str, level: str) -> str:
    said = dict(options.expiry)
    text = (said.get(kind) or said.get("") or ENDLESS) if level else ENDLESS
    return text if is_counted(text) else fixed(text) or ""


def is_counted(text: str) -> bool:
    """Whether the end is counted from the write on, so that nobody knows it before."""
    return bool(text) and fixed(text) is None


def _cascading(options: Protect, one: Protection, before: Protection | None) -> Protection:
    """Unless it is said, a page goes on cascading where its level stays."""
    stays = before is not None and before.cascading and before.level == one.level
    return replace(one, cascading=stays if options.cascade is None else options.cascade)
