"""Live revisions: their page, time, and what is hidden of them. Their text, comment and user are never kept.

https://www.mediawiki.org/wiki/API:Revisions
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from runner.kinds.kind import KindSpec, Query, hidden
from runner.model import Blocked, Item, Ref
from runner.sources.reading import Parameters, several

GONE = Blocked(code="missing", detail="the revision does not exist, or was deleted with its page")


def questions(refs: Sequence[Ref], _extra: Mapping[str, str]) -> Iterator[Parameters]:
    """The user and comment are asked for only because the API tells nothing of their being hidden otherwise."""
    yield {
        "action": "query",
        "prop": "revisions|info",
        "rvprop": "ids|timestamp|user|comment|sha1|tags",
        "revids": several(ref.revid for ref in refs if ref.revid is not None),
    }


def read(queries: Sequence[Query], refs: Sequence[Ref], step: str) -> Iterator[Item]:
    """An item for each revision of an answer; ids that the wiki does not know are blocked."""
    pages = [page for query in queries for page in query.get("pages", ())]
    found = {revision["revid"]: (page, revision) for page in pages for revision in page.get("revisions", ())}
    yield from (_item(page, revision, step) for page, revision in found.values())
    unknown = {int(revid) for query in queries for revid in query.get("badrevids", {})}
    # A revision that went with its page is told of only by the page that is missing.
    if any(page.get("missing") for page in pages):
        unknown |= {ref.revid for ref in refs if ref.revid is not None} - found.keys()
    for revid in sorted(unknown):
        yield Item(step=step, key=f"rev:{revid}", revid=revid, facts={"hidden": []}, blocked=GONE)


def _item(page: Mapping[str, Any], revision: Mapping[str, Any], step: str) -> Item:
    return Item(
        step=step,
        key=f"rev:{revision['revid']}",
        pageid=page["pageid"],
        ns=page["ns"],
        title=page["title"],
        revid=revision["revid"],
        facts={
            "timestamp": revision.get("timestamp", ""),
            "current": revision["revid"] == page.get("lastrevid"),
            "hidden": hidden(revision),
            **({"tags": sorted(revision["tags"])} if revision.get("tags") else {}),
        },
    )


REVISIONS = KindSpec(
    name="revisions",
    noun="revision",
    key="rev:[0-9]+",
    needed=frozenset({"pageid", "ns", "title", "revid", "hidden", "current"}),
    questions=questions,
    read=read,
)
