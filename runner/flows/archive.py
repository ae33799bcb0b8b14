"""What a run put into the archive: what of it is still there, and what is gone.

Of a page whose revisions somebody took out of the archive the others are restored; the hole that it leaves is told by the ids
of the revisions that the others came after (https://www.mediawiki.org/wiki/API:Deletedrevisions).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from runner.actions.action import Inverse
from runner.flows.belonging import Belonging
from runner.model import Blocked, Item, Ref
from runner.sources.reading import several
from runner.store.database import Database
from runner.store.scratch import Gathered
from runner.wiki.answer import understood
from runner.wiki.query import Read, answers, chunks

Wanted = tuple[Ref, Inverse, Item]
GONE = Blocked(code="missing", detail="what the run deleted is not in the archive any more")


class Archive:
    """`batch` is the most values of one request; `lost` are the items of which something is gone, with the reason."""

    def __init__(self, read: Read, batch: int, database: Database) -> None:
        self._read = read
        self._batch = batch
        self._database = database
        self._belonging = Belonging(read=read, batch=batch)
        self.lost: list[tuple[Item, Blocked]] = []

    def chosen(self, wanted: Sequence[Wanted]) -> Iterator[Wanted]:
        """What is meant of these pages; all of one kind, and no more than a request takes."""
        pages = {ref.title: (inverse, item) for ref, inverse, item in wanted}
        kind = wanted[0][1].kind
        told = self._belonging.to(kind, [ref for ref, _, _ in wanted])
        # Nothing is taken back that nobody asked about.
        refs: Iterator[Ref] = (ref for ref in told if ref.title in pages)
        if kind == "deleted_revisions":
            refs = self._whole_seconds(ref for ref in refs if _is_chosen(pages[ref.title][0], ref))
        found = [ref for ref in refs if _is_chosen(pages[ref.title][0], ref)]
        yield from ((ref, *pages[ref.title]) for ref in found)
        titles = {ref.title for ref in found}
        self.lost += [(item, GONE) for title, (_, item) in pages.items() if title not in titles]
        if kind == "deleted_revisions" and found:
            with understood():
                self._tell_holes({title: pages[title] for title in titles}, {revid for ref in found for revid in ref.revids})

    def _whole_seconds(self, refs: Iterator[Ref]) -> Iterator[Ref]:
        return Gathered(self._database).collect((ref.key, ref) for ref in refs)

    def _tell_holes(self, pages: Mapping[str, tuple[Inverse, Item]], there: Collection[int]) -> None:
        before = self._nowhere(self._came_before(pages, there))
        for title, (inverse, item) in pages.items():
            holes = [revid for revid in before.get(title, ()) if _is_chosen(inverse, _revision(title, revid))]
            last = inverse.restores.get("revid") or 0
            holes += [last] if last and last not in there else []
            if holes:
                told = ", ".join(map(str, sorted(set(holes))))
                detail = f"not in the archive any more, while the others are: revision {told}"
                self.lost.append((item, Blocked(code=GONE.code, detail=detail)))

    def _came_before(self, titles: Collection[str], there: Collection[int]) -> dict[str, set[int]]:
        """The revisions that those which are there came after, and that are not in the archive of the same title."""
        query = {"action": "query", "prop": "deletedrevisions", "drvprop": "ids", "drvlimit": "max", "titles": several(titles)}
        parents: dict[str, set[int]] = {}
        archived: set[int] = set()
        for answer in answers(self._read, query):
            for page in answer.get("query", {}).get("pages", ()):
                revisions = page.get("deletedrevisions", ())
                archived.update(one["revid"] for one in revisions)
                found = (one.get("parentid") for one in revisions if one["revid"] in there)
                parents.setdefault(page["title"], set()).update(filter(None, found))
        return {title: revids - archived for title, revids in parents.items()}

    def _nowhere(self, wanted: Mapping[str, set[int]]) -> dict[str, set[int]]:
        """Those that are neither in another page, as after a merge, nor in its archive."""
        gone = set().union(*wanted.values())
        props = {"prop": "revisions|deletedrevisions", "rvprop": "ids", "drvprop": "ids"}
        for some in chunks(sorted(gone), self._batch):
            for answer in answers(self._read, {"action": "query", **props, "revids": several(some)}):
                for page in answer.get("query", {}).get("pages", ()):
                    gone -= {one["revid"] for prop in ("revisions", "deletedrevisions") for one in page.get(prop, ())}
        return {title: revids & gone for title, revids in wanted.items()}


def _revision(title: str, revid: int) -> Ref:
    return Ref(kind="deleted_revisions", title=title, revids=(revid,))


def _is_chosen(inverse: Inverse, ref: Ref) -> bool:
    return inverse.chosen is None or inverse.chosen(ref)
