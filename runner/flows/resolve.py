"""A source resolved against the wiki: a stream of refs, each once, in a stable order.

The order of the steps is fixed: head, redirects, except, where, limit, related.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from typing import Any

from runner.flows.belonging import Belonging
from runner.flows.doubt import Doubt, inside_except, taken
from runner.flows.in_order import answers_in_order
from runner.flows.meant import Listed, useful, within
from runner.flows.notes import Announce, Note, Notes, unannounced
from runner.flows.related import Relatives
from runner.flows.sets import Sets, has_parents
from runner.flows.taken_up import refs_from
from runner.flows.where import Filter
from runner.model import UNKNOWN, Blocked, Item, Ref, State
from runner.sources import ordered, reading, users
from runner.sources.namespaces import asked_namespaces
from runner.sources.reading import Parents
from runner.sources.records import RECORDS, Record
from runner.sources.source import (
    File,
    FromStep,
    Intersect,
    LogIds,
    Module,
    Names,
    Owned,
    PageIds,
    RevIds,
    Source,
    Titles,
    Union,
)
from runner.store.scratch import Gathered, Scratch
from runner.wiki.answer import told, understood
from runner.wiki.query import Read, answers, ask, batches, chunks, first_batch


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolver:
    """`batch` is the most values of one request; `scratch` and `gathered` make sets that may outgrow memory;
    `earlier` streams the items of an earlier step that can still be done, filtered by `outcome` where that is known;
    `values` reads the entries of a file head; `warn` takes what an administrator should know; `filter` carries out `where`;
    `subpages` are the namespaces that have subpages; `notes` takes how it came about; `announce` is told of requests for one
    page each; `doubt` says what becomes of items that cannot be judged; `leaving_out` that the source stands in an `except`,
    at any depth."""

    read: Read
    batch: int
    scratch: Callable[[], Scratch]
    gathered: Callable[[], Gathered]
    earlier: Callable[[str, tuple[str, ...]], Iterator[Item]]
    values: Callable[[File], Iterable[str]]
    warn: Callable[[str], None]
    filter: Filter
    subpages: frozenset[int] = frozenset()
    notes: Notes = field(default_factory=Notes)
    announce: Announce = unannounced
    doubt: Doubt = "told"
    leaving_out: bool = False

    def refs(self, source: Source) -> Iterator[Ref]:
        """Everything that the source means."""
        note = self.notes.of(source)
        read, announce = note.counting(self.read), note.announcing(self.notes.announce)
        own = replace(self, read=read, announce=announce, filter=replace(self.filter, read=read, announce=announce))
        yield from own.noted(source, note)

    def noted(self, source: Source, note: Note) -> Iterator[Ref]:
        """The same, with the counts in a note."""
        found = self._head(source)
        if source.redirects:
            found = self._titles(found, redirects=True, converttitles=False)
        found = note.counted(self._once(note.counted(found, "found"), gather=has_parents(source)), "unique")
        with closing(self.scratch()) as left_out:
            if source.excluded:
                found = self._without(found, source.excluded, left_out)
            found = self.filter.kept(note.counted(found, "left"), source, note)
            found = note.counted(taken(note.counted(found, "kept"), source.limit, self.doubt), "taken")
            yield from note.counted(self._related(found, source.related, left_out) if source.related else found, "given")

    def _once(self, found: Iterator[Ref], *, gather: bool) -> Iterator[Ref]:
        if gather:
            # A page found from two parents is one item with both, so all have to be seen before the first is given.
            yield from self.gathered().collect((ref.identity, ref) for ref in found)
            return
        with closing(self.scratch()) as seen:
            yield from (ref for ref in found if seen.add(ref.identity))

    def _without(self, found: Iterator[Ref], excluded: Source, left_out: Scratch) -> Iterator[Ref]:
        for ref in replace(self, doubt=inside_except(self.doubt), leaving_out=True).refs(excluded):
            left_out.add(ref.identity)
            if ref.through:  # the redirect was named, so it is not to be acted on either
                left_out.add(Ref(title=ref.through).identity)
        yield from (ref for ref in found if ref.identity not in left_out)

    def _related(self, found: Iterator[Ref], kinds: tuple[str, ...], left_out: Scratch) -> Iterator[Ref]:
        """The items, then what belongs to them and is neither among them nor left out."""
        relatives = Relatives(read=self.read, pages=self._page_ids, subpages=self.subpages, announce=self.announce)
        with closing(self.gathered()) as items:
            for ref in found:
                items.add(ref.identity, ref)
                yield ref
            more = (ref for chunk in chunks(items.refs(), self.batch) for ref in relatives.of(chunk, kinds))
            named = ((ref.identity, ref) for ref in more)
            yield from self.gathered().collect((name, ref) for name, ref in named if name not in items and name not in left_out)

    def _head(self, source: Source) -> Iterator[Ref]:
        head = source.head
        if isinstance(head, Union | Intersect):
            sets = Sets(refs=self.refs, scratch=self.scratch, gathered=self.gathered)
            return sets.union(head.sources) if isinstance(head, Union) else sets.intersection(head.sources)
        if isinstance(head, FromStep):
            return self._step(source, head.step)
        if isinstance(head, Module):
            return self._module(source, head)
        if isinstance(head, Owned):
            in_order = source.limit is not None
            return self._belonging.to(source.kind, self.refs(source.of), in_order=in_order) if source.of else iter(())
        return self._listed(source, head)

    def _listed(self, source: Source, head: Listed) -> Iterator[Ref]:
        """What is named one by one; a file is read as it goes."""
        found = self._named(source, head)
        return useful(head, found, self.warn) if self.leaving_out else found

    def _named(self, source: Source, head: Listed) -> Iterator[Ref]:
        values: Iterable[Any] = self.values(head) if isinstance(head, File) else head.values
        kind = head.kind if isinstance(head, File) else _KINDS[type(head)]
        if kind == "titles":
            refs = (reading.named(str(title)) for title in values)
            pages = self._titles(refs, redirects=source.redirects, converttitles=source.converttitles)
            in_order = source.limit is not None
            return pages if source.kind == "pages" else self._belonging.named(source.kind, pages, in_order=in_order)
        if kind == "names":
            return self._names(values)
        numbers = (int(value) for value in values)
        if kind == "logids":
            return self._belonging.log_entries(numbers)
        return self._page_ids(numbers) if kind == "pageids" else self._revision_ids(source, numbers)

    @property
    def _belonging(self) -> Belonging:
        return Belonging(read=self.read, batch=self.batch, announce=self.announce)

    def _titles(self, refs: Iterable[Ref], *, redirects: bool, converttitles: bool) -> Iterator[Ref]:
        for chunk in chunks(refs, self.batch):
            named = [ref for ref in chunk if ref.problem is None and ref.title]
            if not named:
                yield from chunk
                continue
            query = reading.titles_query([ref.title for ref in named], redirects=redirects, converttitles=converttitles)
            answer = first_batch(self.read, query)
            with understood():
                titles = reading.read_titles(answer)
            yield from told(reading.resolve_titles(chunk, titles))

    def _names(self, values: Iterable[Any]) -> Iterator[Ref]:
        for chunk in chunks((users.written(str(value)) for value in values), self.batch):
            yield from told(users.read_names(first_batch(self.read, users.names_query(chunk)), chunk))

    def _page_ids(self, values: Iterable[int]) -> Iterator[Ref]:
        for chunk in chunks(values, self.batch):
            answer = first_batch(self.read, {"action": "query", "pageids": reading.several(chunk)})
            pages = {page.get("pageid"): page for page in answer.get("pages", ())}
            yield from (reading.page_ref(pages.get(value, {"pageid": value, "missing": True})) for value in chunk)

    def _revision_ids(self, source: Source, values: Iterable[int]) -> Iterator[Ref]:
        if source.kind == "revisions":
            found = (Ref(kind="revisions", revid=value) for value in values)
            yield from self._known_revisions(found) if self.leaving_out else found
            return
        if source.kind == "deleted_revisions":
            yield from self._belonging.archived(values)
            return
        for chunk in chunks(values, self.batch):
            answer = first_batch(self.read, {"action": "query", "revids": reading.several(chunk)})
            yield from told(reading.read_pages(answer))
            yield from (reading.unknown_revision(value) for value in answer.get("badrevids", ()))

    def _known_revisions(self, refs: Iterable[Ref]) -> Iterator[Ref]:
        """The same, with a problem where there is no such revision."""
        missing = Blocked(code="missing", detail="there is no such revision")
        for chunk in chunks(refs, self.batch):
            answer = first_batch(self.read, {"action": "query", "revids": reading.several(ref.revid for ref in chunk)})
            unknown = set(map(int, answer.get("badrevids", ())))
            yield from (replace(ref, problem=missing) if ref.revid in unknown else ref for ref in chunk)

    def _step(self, source: Source, step: str) -> Iterator[Ref]:
        """The items of an earlier step, or their pages."""
        for item in self._items(step, source.outcome):
            yield from refs_from(item, step, source.kind)

    def _items(self, step: str, outcome: tuple[str, ...]) -> Iterator[Item]:
        """Of an exception, too, what the step itself could not judge."""
        yield from self.earlier(step, outcome)
        if self.doubt == "kept" and not outcome:
            skipped = self.earlier(step, (State.SKIPPED,))
            yield from (item for item in skipped if item.blocked is not None and item.blocked.code == UNKNOWN)

    def _module(self, source: Source, module: Module) -> Iterator[Ref]:
        """What the module gives, and is in the namespaces that were asked for."""
        found = self._given(source, module)
        asked = asked_namespaces(module)
        return found if asked is None else within(module, found, asked, self.warn)

    def _given(self, source: Source, module: Module) -> Iterator[Ref]:
        if source.of is not None:
            return self._properties(source, module, source.of)
        if source.kind != "pages":
            return self._records(RECORDS[source.kind, module.name], module)
        if module.mode == "list" or (source.limit is not None and module.name in ordered.ORDERED):
            return self._in_order(module)
        return (ref for query in batches(self.read, reading.generator_query(module)) for ref in told(reading.read_pages(query)))

    def _in_order(self, module: Module) -> Iterator[Ref]:
        found = answers(self.read, ordered.list_query(module))
        refs = (ref for answer in found for ref in told(ordered.read_list(module, answer)))
        if ordered.by_id(module):
            return self._page_ids(ref.pageid for ref in self._once(refs, gather=False) if ref.pageid is not None)
        if ordered.by_title(module):
            return map(users.marked, self._titles(refs, redirects=False, converttitles=False))
        return refs

    def _records(self, record: Record, module: Module) -> Iterator[Ref]:
        for answer in answers(self.read, {**ordered.list_query(module), **record.prop}):
            yield from told(record.read(answer.get("query", {})))

    def _properties(self, source: Source, module: Module, of: Source) -> Iterator[Ref]:
        """A property module on each page of another source. Revisions, but for the last, take a request for each page."""
        if module.own:
            yield from self._generated(source, module, of)
            return
        if source.kind == "deleted_revisions":
            yield from self._belonging.to(source.kind, self.refs(of), module, in_order=source.limit is not None)
            return
        single = module.name == "revisions" and (source.kind == "revisions" or bool(module.params))

        def query(pages: Sequence[Ref]) -> reading.Parameters:
            return reading.property_query(module, pages, pages=source.kind == "pages")

        for chunk in self._pages_of(source, module, of, single=single):
            # Of the revisions of a page one is enough to make it a page with such revisions.
            one = single and source.kind == "pages"
            parents = Parents(chunk)
            for answer in [ask(self.read, query(chunk))] if one else self._told(source, chunk, query):
                if source.kind == "revisions":
                    yield from told(reading.read_revision_ids(answer.get("query", {}), module.name, parents))
                else:
                    yield from told(reading.read_property(module, answer.get("query", {}), parents))

    def _told(
        self, source: Source, pages: Sequence[Ref], query: Callable[[Sequence[Ref]], reading.Parameters]
    ) -> Iterator[Mapping[str, Any]]:
        """With a limit the order of the pages matters, and costs requests."""
        return answers_in_order(self.read, pages, query) if source.limit else answers(self.read, query(pages))

    def _generated(self, source: Source, module: Module, of: Source) -> Iterator[Ref]:
        """A property module that only the wiki has, as a generator: it does not tell what it found through which page, so
        where that has to be known pages are asked about one by one."""
        single = has_parents(of)
        for chunk in self._pages_of(source, module, of, single=single):
            query = {**reading.generator_query(module), **reading.page_parameters(chunk)}
            for found in batches(self.read, query):
                yield from (ref.derived(chunk[0] if single else None) for ref in told(reading.read_pages(found)))

    def _pages_of(self, source: Source, module: Module, of: Source, *, single: bool) -> Iterator[list[Ref]]:
        """The pages to ask a property module about, as many as a request takes; that it is one is announced."""
        pages = (ref for ref in self.refs(of) if ref.problem is None or _only_missing(ref))
        if not single:
            yield from chunks(pages, self.batch)
            return
        # With a limit few items are wanted, and no more pages are read ahead.
        for chunk in chunks(pages, min(self.batch, source.limit or self.batch)):
            self.announce(f"{module.name} of pages", len(chunk))
            yield from ([page] for page in chunk)


_KINDS = {Titles: "titles", PageIds: "pageids", RevIds: "revids", LogIds: "logids", Names: "names"}


def _only_missing(ref: Ref) -> bool:
    """A page that does not exist may be linked to and transcluded all the same."""
    return ref.problem is not None and ref.problem.code == "missing" and ref.ns is not None
