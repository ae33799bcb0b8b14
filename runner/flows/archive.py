"""What a run put into the archive: what of it is still there, and what is gone.

The archive goes by title, so it may hold revisions of another page that was deleted there since. Revisions of one page hang
together, each by the id of the one that it came after (https://www.mediawiki.org/wiki/API:Deletedrevisions); the log of the
title tells whose the others are.
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
DELETIONS = ("delete", "delete_redir")
GONE = Blocked(code="missing", detail="what the run deleted is not in the archive any more")
MIXED = Blocked(
    code="changed_since", detail="another page of this title was deleted since: whose revisions these are, nobody can tell"
)


class Archive:
    """`batch` is the most values of one request; `lost` are the items of which something is gone, with the reason; `warnings`
    tell of what may be gone."""

    def __init__(self, read: Read, batch: int, database: Database) -> None:
        self._read = read
        self._batch = batch
        self._database = database
        self._belonging = Belonging(read=read, batch=batch)
        self.lost: list[tuple[Item, Blocked]] = []
        self.warnings: list[str] = []

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
        titles = {ref.title for ref in found}
        self.lost += [(item, GONE) for title, (_, item) in pages.items() if title not in titles]
        mixed: set[str] = set()
        if kind == "deleted_revisions" and found:
            with understood():
                mixed = self._look_closer({title: pages[title] for title in titles}, found)
        yield from ((ref, *pages[ref.title]) for ref in found if ref.title not in mixed)

    def _whole_seconds(self, refs: Iterator[Ref]) -> Iterator[Ref]:
        return Gathered(self._database).collect((ref.key, ref) for ref in refs)

    def _look_closer(self, pages: Mapping[str, tuple[Inverse, Item]], found: Sequence[Ref]) -> set[str]:
        """The titles of which revisions of several pages are there; and tells of what is not."""
        links = self._links(pages)
        there: dict[str, set[int]] = {}
        for ref in found:
            there.setdefault(ref.title, set()).update(ref.revids)
        mixed = {title for title in pages if self._is_mixed(title, pages[title][0], there[title], links.get(title, {}))}
        self.lost += [(pages[title][1], MIXED) for title in mixed]
        whole = {title: there[title] for title in pages if title not in mixed}
        for title, revids in whole.items():
            last = pages[title][0].restores.get("revid") or 0
            if last and last not in revids:
                detail = f"revision {last}, its last, is not in the archive any more, while others are"
                self.lost.append((pages[title][1], Blocked(code=GONE.code, detail=detail)))
        self._warn_of_holes(pages, whole, links)
        return mixed

    def _is_mixed(self, title: str, inverse: Inverse, there: Collection[int], links: Mapping[int, int]) -> bool:
        chain: set[int] = set()
        revid = inverse.restores.get("revid") or 0
        while revid in links and revid not in chain:
            chain.add(revid)
            revid = links[revid]
        # Merged or imported histories do not hang together, either: the log decides.
        return not chain.issuperset(there) and self._is_anothers(title, inverse.restores.get("pageid"))

    def _is_anothers(self, title: str, pageid: int | None) -> bool:
        """Whether another page was the last that was deleted under this title."""
        query = {"action": "query", "list": "logevents", "letype": "delete", "letitle": title, "leprop": "ids|type"}
        entries = (one for answer in answers(self._read, {**query, "lelimit": "max"}) for one in answer["query"]["logevents"])
        last = next((one for one in entries if one.get("action") in DELETIONS), None)
        return last is not None and last.get("logpage") != pageid

    def _warn_of_holes(
        self,
        pages: Mapping[str, tuple[Inverse, Item]],
        there: Mapping[str, Collection[int]],
        links: Mapping[str, Mapping[int, int]],
    ) -> None:
        """Nobody knows whether what is nowhere any more was there when the run deleted the page."""
        before = {
            title: {links[title][revid] for revid in revids if links.get(title, {}).get(revid)} - links.get(title, {}).keys()
            for title, revids in there.items()
        }
        for title, revids in self._nowhere(before).items():
            if holes := sorted(revid for revid in revids if _is_chosen(pages[title][0], _revision(title, revid))):
                told = ", ".join(map(str, holes))
                self.warnings.append(f"{title}: revision {told}, which others came after, is in no archive any more")

    def _links(self, titles: Collection[str]) -> dict[str, dict[int, int]]:
        """What is in the archive of each title, and after which revision each came."""
        query = {"action": "query", "prop": "deletedrevisions", "drvprop": "ids", "drvlimit": "max", "titles": several(titles)}
        links: dict[str, dict[int, int]] = {}
        for answer in answers(self._read, query):
            for page in answer.get("query", {}).get("pages", ()):
                found = {one["revid"]: one.get("parentid") or 0 for one in page.get("deletedrevisions", ())}
                links.setdefault(page["title"], {}).update(found)
        return links

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
