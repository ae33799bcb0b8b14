"""Entries of the wiki's log. What they are about is kept only while nobody has hidden it.

https://www.mediawiki.org/wiki/API:Logevents. There is no filter by id: entries are found again by their time.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from runner.kinds.kind import Facts, KindSpec, Query, hidden, listed, made
from runner.model import Blocked, Item, Ref
from runner.sources.reading import Parameters

# Entries as near as this are asked about together: few others lie between them, even on a busy wiki.
NEAR = timedelta(minutes=10)
PROPS = "ids|title|type|user|timestamp|comment|tags"
GONE = Blocked(code="missing", detail="the log does not show it to this account")


def questions(refs: Sequence[Ref], _extra: Mapping[str, str]) -> Iterator[Parameters]:
    """The log, from the first to the last of each group of times that lie near one another."""
    times = sorted({ref.timestamp for ref in refs})
    start = times[0]
    for before, after in zip(times, [*times[1:], ""], strict=True):
        if not after or _time(after) - _time(before) > NEAR:
            span = {"ledir": "newer", "lestart": start, "leend": before}
            yield {"action": "query", "list": "logevents", "leprop": PROPS, "lelimit": "max", **span}
            start = after


def _time(timestamp: str) -> datetime:
    return datetime.fromisoformat(timestamp)


def read(queries: Sequence[Query], refs: Sequence[Ref], step: str) -> Iterator[Item]:
    """An item for each id; one that the log does not show is blocked."""
    entries = {entry["logid"]: entry for entry in listed(queries, "logevents")}
    for ref in refs:
        if entry := entries.get(ref.number):
            title = "" if entry.get("actionhidden") else str(entry.get("title", ""))
            facts: Facts = {"timestamp": entry["timestamp"], "log": log_type(entry), "hidden": hidden(entry)}
            facts |= {"tags": sorted(entry["tags"])} if entry.get("tags") else {}
            yield Item(step=step, key=ref.key, ns=entry.get("ns") if title else None, title=title, facts=facts)
        else:
            yield Item(step=step, key=ref.key, title=ref.title, facts={"hidden": []}, blocked=GONE)


def log_type(entry: Mapping[str, Any]) -> str:
    """`delete/restore`."""
    return f"{entry['type']}/{entry['action']}"


def where_facts(queries: Sequence[Query]) -> Iterator[tuple[str, Facts]]:
    for one in listed(queries, "logevents"):
        facts: Facts = {"made": made(one), "log_type": log_type(one)}
        facts |= {"title": one["title"], "namespace": one["ns"]} if "title" in one else {}
        facts |= {"comment": one["comment"]} if "comment" in one else {}
        facts |= {"tags": set(one["tags"])} if "tags" in one else {}
        yield f"logging:{one['logid']}", facts


LOG_ENTRIES = KindSpec(
    name="log_entries",
    noun="log entry",
    key="logging:[0-9]+",
    needed=frozenset({"timestamp", "hidden"}),
    questions=questions,
    read=read,
    facts=where_facts,
)
