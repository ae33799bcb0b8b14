"""Archived revisions. The API acts on them by title and time, on every one of a second together: so an item is a second.

https://www.mediawiki.org/wiki/API:Deletedrevisions
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from runner.kinds.kind import Facts, KindSpec, Query, hidden, is_there, made, pages_of, refusals, titles_of
from runner.model import Blocked, Item, Ref
from runner.sources.reading import Parameters, several

Entry = Mapping[str, Any]


def questions(refs: Sequence[Ref], extra: Mapping[str, str]) -> Iterator[Parameters]:
    """Every archived revision of these titles from the oldest to the newest time that matters: of each second, all."""
    times = sorted(ref.timestamp for ref in refs)
    yield {
        "action": "query",
        "prop": "info|deletedrevisions",
        "drvprop": "ids|timestamp|user|comment|sha1",
        "drvdir": "newer",
        "drvstart": times[0],
        "drvend": times[-1],
        "drvlimit": "max",
        **extra,
        "titles": several(titles_of(refs)),
    }


def read(queries: Sequence[Query], refs: Sequence[Ref], step: str) -> Iterator[Item]:
    """An item for each second; one of which not every revision is meant is blocked."""
    pages = pages_of(queries)
    for ref in refs:
        if page := pages.get(ref.title):
            entries = [one for one in page.get("deletedrevisions", ()) if one["timestamp"] == ref.timestamp]
            facts: Facts = {"timestamp": ref.timestamp, "revids": sorted({one["revid"] for one in entries})}
            facts |= {"hidden": hidden(entries[0]) if entries else [], "exists": is_there(page), **refusals(page)}
            yield Item(step=step, key=ref.key, ns=page["ns"], title=ref.title, facts=facts, blocked=_problem(ref, entries))


def _problem(ref: Ref, entries: Sequence[Entry]) -> Blocked | None:
    if not {one["revid"] for one in entries} & set(ref.revids):
        return Blocked(code="missing", detail="it is not in the archive of this title")
    if others := sorted({one["revid"] for one in entries} - set(ref.revids)):
        names = ", ".join(map(str, others))
        return Blocked(code="same_second", detail=f"revision {names} is of the same second, and was not meant")
    if len({tuple(hidden(one)) for one in entries}) > 1:
        return Blocked(code="same_second", detail="of the revisions of this second different parts are hidden")
    return None


def details(refs: Sequence[Ref]) -> Iterator[Parameters]:
    """Revisions by id, with what conditions are about."""
    props = "ids|timestamp|user|comment|tags|flags|size"
    revids = several(revid for ref in refs for revid in ref.revids)
    yield {"action": "query", "prop": "deletedrevisions", "drvprop": props, "drvlimit": "max", "revids": revids}


def where_facts(queries: Sequence[Query]) -> Iterator[tuple[str, Facts]]:
    for page in pages_of(queries).values():
        for one in page.get("deletedrevisions", ()):
            facts: Facts = {"title": page["title"], "namespace": page["ns"], "made": made(one)}
            facts |= {name: one[name] for name in ("user", "comment", "size") if name in one}
            facts |= {"minor": bool(one.get("minor"))}
            facts |= {"tags": set(one["tags"])} if "tags" in one else {}
            yield f"archived:{one['revid']}", facts


DELETED_REVISIONS = KindSpec(
    name="deleted_revisions",
    noun="archived revision",
    key="archive:[0-9]*:.*|archived:[0-9]+",
    needed=frozenset({"ns", "title", "timestamp", "revids", "hidden"}),
    questions=questions,
    read=read,
    facts=where_facts,
    details=details,
)
