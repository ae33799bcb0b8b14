"""What `edit:` takes, and what it puts into a plan."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from runner.actions.rewriting import check as check_replacement
from runner.actions.schema import INSTEAD, REASON, TAGS, WATCHING, WATCHLIST, flag
from runner.errors import Finding

_ITEMS = "It may hold ${item.title} and its like."
_TEXT = {"type": "string", "minLength": 1}

SCHEMA: Mapping[str, Any] = {
    "description": "Change the text of the pages.",
    "type": "object",
    "additionalProperties": False,
    "instead": {
        **INSTEAD,
        **WATCHING,
        "section": "Use `replace`, or `append` with a heading: what a section is, only the wiki can tell",
        "sectiontitle": 'Write the heading into the text: `append: "\\n\\n== Title ==\\n\\nText"`',
        "redirect": "An edit follows no redirect; `redirects: true` in the source takes the targets",
        **dict.fromkeys(("undo", "undoafter"), "Write `revert: REVID`"),
        **dict.fromkeys(("baserevid", "basetimestamp"), "Leave it out: the revision that was planned from is always sent"),
        "nocreate": "Leave it out: so it is unless `create: true` is said",
        **dict.fromkeys(("createonly", "recreate"), "Write `create: true`"),
        **dict.fromkeys(("contentmodel", "contentformat"), "Leave it out: they stay as they are"),
        "appendtext": "It is called `append`",
        "prependtext": "It is called `prepend`",
        "reason": "It is called `summary`",
        "null": "It is called `nulledit`",
    },
    "minProperties": 1,
    "properties": {
        "append": {"description": f"Put this behind the text, just as it is written. {_ITEMS}", **_TEXT},
        "prepend": {"description": f"Put this before the text, just as it is written. {_ITEMS}", **_TEXT},
        "replace": {
            "description": "Replace texts or patterns, one after the other, wherever they stand.",
            "type": "array",
            "minItems": 1,
            "items": {
                "description": "What to replace, and with what.",
                "type": "object",
                "additionalProperties": False,
                "required": ["with"],
                "properties": {
                    "text": {"description": f"A literal text. {_ITEMS}", **_TEXT},
                    "regex": {
                        "description": "A regular expression of RE2; a name of an item stands for its literal text.",
                        **_TEXT,
                        "examples": [r"\{\{[Oo]ld\b"],
                    },
                    "with": {
                        "description": f"What stands there instead; with a regex also \\1 and \\g<name>. {_ITEMS}",
                        "type": "string",
                    },
                },
            },
            "examples": [[{"text": "{{Old}}", "with": "{{New}}"}]],
        },
        "text": {"description": f"The whole new text. {_ITEMS}", **_TEXT},
        "nulledit": flag("Save the page as it is, which refreshes everything that is made from it."),
        "revert": {
            "description": "Take a revision back: the text before it, if the page's text is still that of this revision.",
            "type": ["integer", "string"],
            "minimum": 1,
            "pattern": r"^([0-9]+|\$\{item\.[a-z]+\})$",
            "examples": [12345, "${item.revid}"],
        },
        "create": flag("Make the pages that do not exist, and touch no other."),
        "summary": {**REASON, "description": f"What stands in the page's history, beside the run's mark. {_ITEMS}"},
        "minor": flag("Mark the edits as minor."),
        "bot": flag("Mark the edits as a bot's; the account needs the right `bot`."),
        "tags": TAGS,
        "watchlist": WATCHLIST,
    },
}  # fmt: skip

_HASH = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
ADDS: Mapping[str, Any] = {
    "old_sha256": _HASH,
    "new_sha256": _HASH,
    "new_length": {"type": "integer", "minimum": 0},
    "replacements": {"type": "integer", "minimum": 0},
    "diff": {"type": "array", "items": {"type": "string"}},
    "expands": {"const": True},
    "creates": {"const": True},
    "reverts": {"type": "integer"},
    "to_revid": {"type": "integer"},
}

ALONE = ("text", "nulledit", "revert")
TOGETHER = ("append", "prepend", "replace")


def check(value: Mapping[str, Any]) -> list[Finding]:
    """One way of changing the text; a page that is made has no old text; each replacement as it must be."""
    said = [name for name in (*ALONE, *TOGETHER) if value.get(name) not in (None, False)]
    if not said and value.keys() <= SCHEMA["properties"].keys():  # a key that is misspelt is told already
        hint = 'add `append: "some text"`, `prepend`, `replace`, `text`, `nulledit: true` or `revert: REVID`'
        return [Finding(path=(), code="required", message="`edit` does not say what to change", hint=hint)]
    alone = next((name for name in said if name in ALONE), None)
    if alone and len(said) > 1:
        hint = "`append`, `prepend` and `replace` go together; `text`, `nulledit` and `revert` stand alone"
        return [Finding(path=(alone,), code="together", message=f"`{alone}` says the whole of it", hint=hint)]
    return [*_creation(value, said), *_replacements(value)]


def _creation(value: Mapping[str, Any], said: list[str]) -> list[Finding]:
    wrong = [name for name in said if name in ("replace", "nulledit", "revert")]
    if value.get("create") is not True or not wrong:
        return []
    message = f"`{wrong[0]}` needs a page that exists, and `create` makes pages that do not"
    return [Finding(path=(wrong[0],), code="together", message=message, hint="write `text` or `append`, or remove `create`")]


def _replacements(value: Mapping[str, Any]) -> list[Finding]:
    given = value.get("replace")
    return [
        Finding(path=("replace", number, *found.path), code=found.code, message=found.message, hint=found.hint)
        for number, one in enumerate(given if isinstance(given, list) else [])
        if isinstance(one, dict)
        for found in check_replacement(one)
    ]
