"""A source resolved against the wiki: a stream of refs, each once, in a stable order.

The order of the steps is fixed: head, redirects, except, where, limit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import TypeVar

from runner.flows.where import Filter
from runner.model import Item, Ref
from runner.sources import reading
from runner.sources.source import File, FromStep, Module, PageIds, RevIds, Source, Titles
from runner.store.scratch import Gathered, Scratch
from runner.wiki.query import Read, answers, batches, first_batch

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolver:
    """`batch` is the most values of one request; `scratch` and `gathered` make sets that may outgrow memory;
    `earlier` streams the items of an earlier step that can still be done, filtered by `outcome` where that is known;
    `values` reads the entries of a file head; `filter` carries out `where`."""

    read: Read
    batch: int
    scratch: Callable[[], Scratch]
    gathered: Callable[[], Gathered]
    earlier: Callable[[str, tuple[str, ...]], Iterator[Item]]
    values: Callable[[File], Iterable[str]]
    filter: Filter

    def refs(self, source: Source) -> Iterator[Ref]:
        """Everything that the source means."""
        found = self._head(source)
        if source.redirects:
            found = self._titles(found, redirects=True, converttitles=False)
        found = self._once(found, gather=_has_parents(source))
        if source.excluded:
            found = self._without(found, source.excluded)
        found = self.filter.kept(found, source)
        return islice(found, source.limit)

    def _once(self, found: Iterator[Ref], *, gather: bool) -> Iterator[Ref]:
        if gather:
            # A page found from two parents is one item with both, so all have to be seen before the first is given.
            yield from self.gathered().collect((identity(ref), ref) for ref in found)
            return
        seen = self.scratch()
        yield from (ref for ref in found if seen.add(identity(ref)))
        seen.close()

    def _without(self, found: Iterator[Ref], excluded: Source) -> Iterator[Ref]:
        out = self.scratch()
        for ref in self.refs(excluded):
            out.add(identity(ref))
            if excluded.kind == "pages":
                out.add(f"page:{ref.title}")
        pages_only = excluded.kind == "pages"
        yield from (ref for ref in found if (f"page:{ref.title}" if pages_only else identity(ref)) not in out)
        out.close()

    def _head(self, source: Source) -> Iterator[Ref]:
        head = source.head
        if isinstance(head, File):
            head = _from_file(head, self.values(head))
        if isinstance(head, Titles):
            refs = (Ref(title=title) for title in head.values)
            return self._titles(refs, redirects=source.redirects, converttitles=source.converttitles)
        if isinstance(head, PageIds):
            return self._page_ids(head.values)
        if isinstance(head, RevIds):
            return self._revision_ids(source, head.values)
        if isinstance(head, FromStep):
            return self._step(source, head.step)
        if isinstance(head, Module):
            return self._module(source, head)
        raise TypeError(head)

    def _titles(self, refs: Iterable[Ref], *, redirects: bool, converttitles: bool) -> Iterator[Ref]:
        for chunk in chunks(refs, self.batch):
            named = [ref for ref in chunk if ref.problem is None and ref.title]
            if not named:
                yield from chunk
                continue
            query = reading.titles_query([ref.title for ref in named], redirects=redirects, converttitles=converttitles)
            titles = reading.read_titles(first_batch(self.read, query))
            yield from reading.resolve_titles(chunk, titles)

    def _page_ids(self, values: Iterable[int]) -> Iterator[Ref]:
        for chunk in chunks(values, self.batch):
            answer = first_batch(self.read, {"action": "query", "pageids": reading.several(chunk)})
            pages = {page.get("pageid"): page for page in answer.get("pages", ())}
            yield from (reading.page_ref(pages.get(value, {"pageid": value, "missing": True})) for value in chunk)

    def _revision_ids(self, source: Source, values: Iterable[int]) -> Iterator[Ref]:
        if source.kind == "revisions":
            yield from (Ref(revid=value) for value in values)
            return
        for chunk in chunks(values, self.batch):
            answer = first_batch(self.read, {"action": "query", "revids": reading.several(chunk)})
            yield from reading.read_pages(answer)
            yield from (reading.unknown_revision(value) for value in answer.get("badrevids", ()))

    def _step(self, source: Source, step: str) -> Iterator[Ref]:
        for item in self.earlier(step, source.outcome):
            parents = ((step, item.key),)
            revid = item.revid if source.kind == "revisions" else None
            yield Ref(title=item.title, ns=item.ns, pageid=item.pageid, revid=revid, parents=parents, problem=item.blocked)

    def _module(self, source: Source, module: Module) -> Iterator[Ref]:
        if source.of is not None:
            found = self._properties(source, module, source.of)
            if module.name == "duplicatefiles":
                # It names no namespace, and ours for files is not the name that every wiki gives it.
                return self._titles(found, redirects=False, converttitles=False)
            return found
        if source.kind == "revisions":
            return self._revisions(module)
        if source.limit is not None and module.name in reading.ORDERED:
            query = reading.list_query(module)
            return (ref for answer in answers(self.read, query) for ref in reading.read_list(module, answer.get("query", {})))
        return (ref for query in batches(self.read, reading.generator_query(module)) for ref in reading.read_pages(query))

    def _revisions(self, module: Module) -> Iterator[Ref]:
        query = {**reading.list_query(module), **reading.IDS_ONLY[module.name]}
        for answer in answers(self.read, query):
            yield from reading.read_revision_ids(answer.get("query", {}), module.name, {})

    def _properties(self, source: Source, module: Module, of: Source) -> Iterator[Ref]:
        """A property module on each page of another source. All revisions of a page take a request of its own."""
        single = module.name == "revisions"
        pages = (ref for ref in self.refs(of) if ref.problem is None or _only_missing(ref))
        for chunk in chunks(pages, 1 if single else self.batch):
            query = reading.property_query(module, chunk)
            if single:
                query |= reading.IDS_ONLY[module.name]
            parents = {ref.title: ref for ref in chunk}
            for answer in answers(self.read, query):
                found = answer.get("query", {})
                if source.kind == "revisions":
                    yield from reading.read_revision_ids(found, module.name, parents)
                else:
                    yield from reading.read_property(module, found, parents)


def identity(ref: Ref) -> str:
    """What makes two refs the same: the revision, or the page by its title (which every page has, whatever found it)."""
    if ref.revid is not None:
        return f"rev:{ref.revid}"
    return f"page:{ref.title}" if ref.title else ref.key


def _only_missing(ref: Ref) -> bool:
    """A page that does not exist may be linked to and transcluded all the same."""
    return ref.problem is not None and ref.problem.code == "missing" and ref.ns is not None


def chunks(values: Iterable[T], size: int) -> Iterator[list[T]]:
    """Lists of up to `size` values."""
    rest = iter(values)
    while chunk := list(islice(rest, size)):
        yield chunk


def _has_parents(source: Source) -> bool:
    return isinstance(source.head, FromStep) or (source.of is not None and _has_parents(source.of))


def _from_file(head: File, values: Iterable[str]) -> Titles | PageIds | RevIds:
    if head.kind == "titles":
        return Titles(values=tuple(values))
    numbers = tuple(int(value) for value in values)
    return PageIds(values=numbers) if head.kind == "pageids" else RevIds(values=numbers)
