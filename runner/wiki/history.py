"""The history of one page: which of its revisions are ours, and which is its last.

https://www.mediawiki.org/wiki/API:Revisions. Restricted to a user it takes one page a request.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from runner.actions.action import Contribution
from runner.wiki.answer import understood
from runner.wiki.query import Read, answers, first_batch


def own_revisions(read: Read, page: Mapping[str, str], since: int, *, user: str) -> Iterator[Contribution]:
    """Our revisions of a page (`pageids` or `titles`) that are newer than `since`, newest first; none where it is gone."""
    query = {"action": "query", "prop": "revisions", "rvprop": "ids|comment", "rvuser": user, "rvlimit": "max", **page}
    for answer in answers(read, query):
        with understood():
            found = [
                Contribution(
                    revid=int(one["revid"]),
                    parentid=int(one["parentid"]),
                    pageid=int(entry["pageid"]),
                    title=str(entry["title"]),
                    comment=str(one.get("comment", "")),
                )
                for entry in answer["query"]["pages"]
                for one in entry.get("revisions", ())
            ]
        yield from (one for one in found if one.revid > since)
        # The history is sorted by time, not by id: one older revision is not yet the end.
        if not found or found[-1].revid <= since:
            return


def last_revisions(read: Read, pageids: list[int]) -> dict[int, tuple[int, int]]:
    """The last revision of each page, and the one before it, as (id, id of its parent)."""
    query = {"action": "query", "prop": "revisions", "rvprop": "ids", "pageids": "|".join(map(str, pageids))}
    answer = first_batch(read, query)
    with understood():
        return {
            int(page["pageid"]): (int(one["revid"]), int(one["parentid"]))
            for page in answer["pages"]
            for one in page.get("revisions", ())[:1]
        }
