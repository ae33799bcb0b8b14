"""What belongs to pages and is none: their archived revisions, the old and the archived versions of their files; and what
can only be looked for, log entries by their ids."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from runner.flows.in_order import answers_in_order
from runner.flows.notes import Announce, unannounced
from runner.model import FILE_NAMESPACE, SAME_SECOND, Blocked, Kind, Ref
from runner.sources import records
from runner.sources.reading import Parameters, Parents, several
from runner.sources.source import Module
from runner.wiki.answer import told, understood
from runner.wiki.query import Read, answers, chunks, first_batch

MOST_LOG_ANSWERS = 40
"""So many pages of results are searched for log ids: 20,000 entries, or 200,000 with `apihighlimits`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Belonging:
    """`batch` is the most values of one request; `announce` is told of requests for one page each."""

    read: Read
    batch: int
    announce: Announce = unannounced

    def named(self, kind: Kind, pages: Iterable[Ref], *, in_order: bool = False) -> Iterator[Ref]:
        """Of titles that somebody named: one of which there is nothing, as of any that is no file's where files are meant,
        stands in the plan as an item that is blocked."""
        if kind == "deleted_pages":
            yield from (records.as_kind(page, kind) for page in pages)
            return
        for chunk in chunks(pages, self.batch):
            found = list(self._of(kind, [page for page in chunk if _usable(page, kind)], None, in_order=in_order))
            titles = {ref.title for ref in found}
            yield from found
            yield from (records.none_of(page, kind) for page in chunk if page.title not in titles)

    def to(self, kind: Kind, pages: Iterable[Ref], module: Module | None = None, *, in_order: bool = False) -> Iterator[Ref]:
        """Of the pages of another source; most will have none. `in_order` of these pages, where a limit cuts it short."""
        for chunk in chunks((page for page in pages if _usable(page, kind)), self.batch):
            yield from self._of(kind, chunk, module, in_order=in_order)

    def _of(self, kind: Kind, pages: Sequence[Ref], module: Module | None, *, in_order: bool) -> Iterator[Ref]:
        if not pages:
            return
        if kind == "deleted_revisions":
            yield from self._archived_of(pages, module, in_order=in_order)
        elif kind == "file_versions":
            yield from self._versions(pages)
        else:
            self.announce("deleted files of pages", len(pages))
            for page in pages:
                for answer in answers(self.read, records.archived_files_query(page.title, "")):
                    yield from told(records.read_archived_files(answer.get("query", {}), page))

    def _archived_of(self, pages: Sequence[Ref], module: Module | None, *, in_order: bool) -> Iterator[Ref]:
        def query(some: Sequence[Ref]) -> Parameters:
            return records.archived_query(some, module)

        parents = Parents(pages)
        for answer in answers_in_order(self.read, pages, query) if in_order else answers(self.read, query(pages)):
            yield from records.read_archived(answer.get("query", {}), parents)

    def _archived(self, query: Parameters, parents: Parents) -> Iterator[Ref]:
        for answer in answers(self.read, query):
            yield from told(records.read_archived(answer.get("query", {}), parents))

    def _versions(self, pages: Sequence[Ref]) -> Iterator[Ref]:
        parents = Parents(pages)
        found = parents.ordered(first_batch(self.read, records.versions_query(several(page.title for page in pages))))
        with understood():
            short = {page["title"] for page in records.cut_short(found)}
        if short:
            self.announce("old versions of files", len(short))
        for page in found:
            whole = page
            if page.get("title") in short:
                answer = first_batch(self.read, records.versions_query(several([page["title"]])))
                (whole,) = told(answer["pages"]) or [{}]
            yield from _told_apart(told(records.read_versions(whole, parents.of(page))))

    def archived(self, revids: Iterable[int]) -> Iterator[Ref]:
        """Archived revisions by their ids; blocked where there is none."""
        for chunk in chunks(revids, self.batch):
            found = {ref.revids[0]: ref for ref in self._archived(records.archived_by_id(chunk), Parents([]))}
            for revid in chunk:
                problem = Blocked(code="missing", detail="there is no such archived revision")
                yield found.get(revid) or Ref(kind="deleted_revisions", revids=(revid,), problem=problem)

    def log_entries(self, logids: Iterable[int]) -> Iterator[Ref]:
        """Log entries by their ids: there is no filter for them, so the newest of the log are searched, within bounds."""
        wanted = dict.fromkeys(logids)
        found: dict[int, Ref] = {}
        query = {"action": "query", "list": "logevents", "leprop": "ids|title|timestamp", "lelimit": "max"}
        for answer in islice(answers(self.read, query), MOST_LOG_ANSWERS):
            entries = told(records.read_log(answer.get("query", {})))
            found |= {ref.number: ref for ref in entries if ref.number in wanted}
            # The log goes by time, and its ids nearly so: an answer that is older throughout ends the search.
            if len(found) == len(wanted) or all((ref.number or 0) < min(wanted) for ref in entries):
                break
        problem = Blocked(code="missing", detail="it is not among the entries of the log that were searched")
        for logid in wanted:
            yield found.get(logid) or Ref(kind="log_entries", number=logid, problem=problem)


def _told_apart(versions: Sequence[Ref]) -> Iterator[Ref]:
    """Of several versions of one second only the archive name tells which is which."""
    seconds = Counter(one.timestamp for one in versions)
    for one in versions:
        vague = seconds[one.timestamp] > 1 and not one.archivename
        yield replace(one, problem=SAME_SECOND) if vague else one


def _usable(page: Ref, kind: Kind) -> bool:
    """A title of this wiki, whether or not there is a page; where files are meant, that of a file."""
    if kind in records.OF_FILES and page.ns != FILE_NAMESPACE:
        return False
    return page.problem is None or (page.problem.code == "missing" and page.ns is not None)
