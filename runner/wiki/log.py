"""The wiki's own log: the only judge of whether an unanswered write landed.

https://www.mediawiki.org/wiki/API:Logevents. There is no filter by log id, so ours are read newest first until a known one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from runner.actions.action import LogEntry
from runner.wiki.answer import told, understood
from runner.wiki.query import Read, answers

NEWEST = {"list": "logevents", "lelimit": "1", "leprop": "ids"}


def newest_logid(query: Mapping[str, Any]) -> int:
    """The newest log id of an answer to a query that held `NEWEST`; 0 where the log is empty. Raises `Unreachable`."""
    with understood():
        return max((int(entry["logid"]) for entry in query["logevents"]), default=0)


def entries_since(read: Read, logid: int, *, user: str, filters: Mapping[str, str]) -> Iterator[LogEntry]:
    """Our entries newer than `logid`, newest first."""
    parameters = {
        "action": "query",
        "list": "logevents",
        "leprop": "ids|title|type|user|comment|details",
        "leuser": user,
        "lelimit": "max",
        **filters,
    }
    for answer in answers(read, parameters):
        with understood():
            entries = [_entry(entry) for entry in answer["query"]["logevents"]]
        yield from (entry for entry in entries if entry.logid > logid)
        # The log is sorted by time, and the clocks of a wiki's servers differ: one older entry is not yet the end.
        if entries and entries[-1].logid <= logid:
            return


def comments_since(read: Read, since: str, *, user: str, filters: Mapping[str, str]) -> Iterator[str]:
    """What our entries since that time say."""
    parameters = {
        "action": "query",
        "list": "logevents",
        "leprop": "comment",
        "leuser": user,
        "leend": since,
        "lelimit": "max",
        **filters,
    }
    for answer in answers(read, parameters):
        yield from told(str(entry.get("comment", "")) for entry in answer["query"]["logevents"])


def _entry(entry: Mapping[str, Any]) -> LogEntry:
    params = entry["params"] if isinstance(entry.get("params"), Mapping) else {}
    return LogEntry(
        logid=int(entry["logid"]),
        pageid=entry.get("logpage"),
        action=str(entry.get("action", "")),
        user=str(entry.get("user", "")),
        comment=str(entry.get("comment", "")),
        title=str(entry.get("title", "")),
        type=str(params.get("type", "")),
        ids=frozenset(map(str, params.get("ids", ()))),
        params=params,
    )
