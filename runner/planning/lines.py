"""Items as lines of JSON: how the plan file writes them and the store keeps them."""

from __future__ import annotations

from typing import Any

import orjson

from runner.model import Blocked, Item, read_wants


def item_line(item: Item) -> bytes:
    """One line of a plan file, without the line's end; keys in a fixed order, absent facts left out."""
    line: dict[str, Any] = {"kind": "item", "step": item.step, "key": item.key}
    named = {"pageid": item.pageid, "ns": item.ns, "title": item.title or None, "revid": item.revid}
    line.update({name: value for name, value in named.items() if value is not None})
    line.update(sorted(item.facts.items()))
    if item.parents:
        line["parents"] = [list(parent) for parent in item.parents]
    if item.wants:
        line["wants"] = item.wants
    if item.blocked:
        line["blocked"] = {"code": item.blocked.code, "detail": item.blocked.detail}
    return orjson.dumps(line)


COLUMNS = frozenset({"kind", "step", "key", "pageid", "ns", "title", "revid", "parents", "wants", "blocked"})


def read_item(line: bytes | str, seq: int) -> Item:
    """The item of a line; the inverse of `item_line`."""
    value = orjson.loads(line)
    blocked = value.get("blocked")
    return Item(
        step=value["step"],
        key=value["key"],
        pageid=value.get("pageid"),
        ns=value.get("ns"),
        title=value.get("title", ""),
        revid=value.get("revid"),
        facts={name: fact for name, fact in value.items() if name not in COLUMNS},
        parents=tuple((step, key) for step, key in value.get("parents", ())),
        wants=read_wants(value.get("wants", ())),
        blocked=Blocked(**blocked) if blocked else None,
        seq=seq,
    )
