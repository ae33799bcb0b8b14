"""`${item.title}` and its like in the options of an action: what differs from item to item.

Such a text is rendered once, from the item as the plan has it, and what comes out is not looked into again: a title that
holds `${...}` stays as it is. `$${` is a literal `${`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from runner.model import Blocked, Item, Kind, user_of

_PIECE = re.compile(r"\$\$\{|\$\{item\.([a-z]+)\}")
_USE = re.compile(r"\$\$\{|\$\{(?P<inside>[^{}]*\}?)")
_COMMON = ("title", "name", "namespace", "ns")
NAMES: Mapping[Kind, tuple[str, ...]] = {
    "pages": (*_COMMON, "pageid", "revid"),
    "deleted_pages": _COMMON,
    "revisions": (*_COMMON, "pageid", "revid", "timestamp"),
    "deleted_revisions": (*_COMMON, "timestamp"),
    "file_versions": (*_COMMON, "timestamp", "archivename"),
    "deleted_files": (*_COMMON, "timestamp", "fileid"),
    "log_entries": (*_COMMON, "timestamp", "logid"),
    "users": ("title", "name", "userid"),
}
"""What a playbook may write of the items of each kind."""
# What only an undo writes: where a page was before it was moved.
ORIGIN = "origin"


class Valueless(Exception):
    """An item that has no value for a name: a page that is to be created has no id."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.blocked = Blocked(code="no_value", detail=f"it has no {name}, which stands in a text of this step")


def render(text: str, item: Item, quoted: Callable[[str], str] = lambda value: value) -> str:
    """The text for one item; `quoted` makes each value harmless where it goes. Raises `Valueless`."""
    return _PIECE.sub(lambda match: quoted(_value(item, match[1])) if match[1] else "${", text)


def escaped(text: str) -> str:
    """A literal text as it stands among such texts."""
    return text.replace("${", "$${")


def differs(text: str) -> bool:
    """Whether the text is another one for each item."""
    return any(match[1] for match in _PIECE.finditer(text))


def said(item: Item, text: str) -> str:
    """The log summary for an item: as the plan froze it, where it differs from item to item."""
    return str(item.facts["reason"]) if "reason" in item.facts else render(text, item)


def frozen_summary(text: str, item: Item) -> dict[str, Any]:
    """The fact that keeps a log summary as it was planned."""
    return {"reason": render(text, item)} if differs(text) else {}


def strange(text: str) -> Iterator[str]:
    """What in a text of a plan is neither a name of an item nor a literal."""
    known = {*(name for names in NAMES.values() for name in names), ORIGIN}
    for match in _USE.finditer(text):
        inside = match["inside"]
        if inside is not None and not (inside.startswith("item.") and inside[5:-1] in known and inside.endswith("}")):
            yield match.group()


def _value(item: Item, name: str) -> str:
    found = _VALUES[name](item) if name in _VALUES else item.facts.get(name)
    if found is None or found == "":
        if name == "namespace":
            return ""  # the main namespace
        raise Valueless(name)
    return str(found)


def name_of(item: Item) -> str:
    """The title without its namespace; of a user the name."""
    return user_of(item.title) if item.kind == "users" else item.title.partition(":")[2] if item.ns else item.title


_VALUES: Mapping[str, Callable[[Item], object]] = {
    "title": lambda item: item.title,
    "name": name_of,
    "namespace": lambda item: item.title.partition(":")[0] if item.ns else "",
    "ns": lambda item: item.ns,
    "pageid": lambda item: item.pageid,
    "revid": lambda item: item.revid,
    "logid": lambda item: item.key.partition(":")[2],
    "fileid": lambda item: item.key.partition(":")[2],
}
