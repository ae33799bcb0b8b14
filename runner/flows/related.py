"""What belongs to a page: its talk page, its subpages, the redirects to it. Each becomes an item of its own.

https://www.mediawiki.org/wiki/API:Info (`talkid`), https://www.mediawiki.org/wiki/API:Redirects and
https://www.mediawiki.org/wiki/API:Allpages. Talk pages and redirects take two requests a batch, subpages one a page.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from runner.flows.notes import Announce, unannounced
from runner.model import Ref
from runner.sources.reading import Parents, page_parameters, page_ref
from runner.wiki.answer import understood
from runner.wiki.query import Read, batches, first_batch


@dataclass(frozen=True, slots=True, kw_only=True)
class Relatives:
    """`pages` finds pages by their ids, in order; `subpages` are the namespaces that have subpages; `announce` is told of
    requests for one page each."""

    read: Read
    pages: Callable[[Iterable[int]], Iterator[Ref]]
    subpages: frozenset[int]
    announce: Announce = unannounced

    def of(self, refs: Sequence[Ref], kinds: Sequence[str]) -> Iterator[Ref]:
        """The existing pages that belong to a batch of pages, page by page, in the order of `kinds`; some may come twice.
        Nothing belongs to a page that does not exist."""
        sound = [ref for ref in refs if ref.problem is None]
        if not sound:
            return
        told = self._told(sound, kinds)
        talks = {ref.pageid: ref for ref in self.pages(page["talkid"] for _, page in told if "talkid" in page)}
        able = sum(page["ns"] in self.subpages for _, page in told) if "subpages" in kinds else 0
        if able:
            self.announce("subpages", able)
        for ref, page in told:
            for kind in kinds:
                found = {"talk": self._talk, "subpages": self._subpages, "redirects": _redirects}[kind](page, talks)
                with understood():
                    yield from (one.derived(ref) for one in found)

    def _told(self, refs: Sequence[Ref], kinds: Sequence[str]) -> list[tuple[Ref, Mapping[str, Any]]]:
        query = {"action": "query", "prop": "info", **page_parameters(refs)}
        if "talk" in kinds:
            query |= {"inprop": "talkid"}
        if "redirects" in kinds:
            query |= {"prop": "info|redirects", "rdprop": "pageid|title", "rdlimit": "max"}
        parents = Parents(refs)
        answer = first_batch(self.read, query)
        found = [(parents.of(page), page) for page in parents.ordered(answer)]
        return [(ref, page) for ref, page in found if ref is not None and not page.get("missing")]

    def _talk(self, page: Mapping[str, Any], talks: Mapping[int | None, Ref]) -> Iterator[Ref]:
        """The wiki names no talk page of a talk page, and none that does not exist."""
        talk = talks.get(page.get("talkid"))
        if talk is not None and talk.problem is None:
            yield replace(talk, related=f"talk of {page['title']}")

    def _subpages(self, page: Mapping[str, Any], _talks: Mapping[int | None, Ref]) -> Iterator[Ref]:
        if page["ns"] not in self.subpages:
            return
        name = page["title"].partition(":")[2] if page["ns"] else page["title"]
        query = {"list": "allpages", "apprefix": f"{name}/", "apnamespace": str(page["ns"]), "aplimit": "max"}
        for batch in batches(self.read, {"action": "query", **query}):
            for entry in batch.get("allpages", ()):
                yield replace(page_ref(entry), related=f"subpage of {page['title']}")


def _redirects(page: Mapping[str, Any], _talks: Mapping[int | None, Ref]) -> Iterator[Ref]:
    for entry in page.get("redirects", ()):
        yield replace(page_ref(entry), related=f"redirect to {page['title']}")
