"""The facts of pages and revisions, read from the wiki group by group, each answer complete before it counts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from runner.errors import PlanRefused
from runner.flows.facts import announce_lists
from runner.flows.notes import Announce, unannounced
from runner.kinds import KINDS
from runner.model import Ref
from runner.where import facts
from runner.where.catalogue import Group
from runner.where.facts import Pages
from runner.where.needs import Needs
from runner.wiki.answer import understood
from runner.wiki.query import Read, answers, chunks, first_batch, whole

Facts = dict[str, Any]
TRUNCATED = "truncatedresult"


@dataclass(frozen=True, slots=True, kw_only=True)
class Lookup:
    """`batch` is the most values of one request; `announce` is told of requests for one thing each."""

    read: Read
    batch: int
    needs: Needs
    announce: Announce = unannounced

    def pages(self, group: Group, refs: Sequence[Ref]) -> dict[Ref, Facts]:
        """The facts of this group, for each page that the wiki knows."""
        if not refs:
            return {}
        readers: Mapping[Group, Callable[[Sequence[Ref]], dict[Ref, Facts]]] = {
            Group.PAGE: self._page,
            Group.MEMBERS: self._members,
            Group.COUNT: self._counts,
            Group.HISTORY: lambda pages: {page: self._history(page) for page in pages},
        }
        with understood():
            return readers[group](refs)

    def revisions(self, group: Group, refs: Sequence[Ref]) -> list[Facts]:
        """The facts of this group, in the order of the refs; empty for a revision that the wiki does not know."""
        readers = {Group.REVISION: self._revision, Group.PARENT: self._size_change, Group.TEXT: self._text}
        with understood():
            found = readers[group]([ref.revid for ref in refs if ref.revid is not None])
        return [found.get(ref.revid or 0, {}) for ref in refs]

    def records(self, refs: Sequence[Ref]) -> list[Facts]:
        """The facts of what is neither a page nor a live revision, in the order of the refs; empty where there is none."""
        spec = KINDS[refs[0].kind]
        questions = list(spec.details(refs) if spec.details else spec.questions(refs, {}))
        announce_lists(self.announce, spec, questions)
        with understood():
            queries = [query for question in questions for query in whole(self.read, question)]
            queries += [query for question in spec.more(queries) for query in whole(self.read, question)]
            found = dict(spec.facts(queries))
        # A version of a file whose archive name the wiki does not tell any more is found without it.
        return [found.get(ref.identity) or found.get(ref.key, {}) for ref in refs]

    def _page(self, refs: Sequence[Ref]) -> dict[Ref, Facts]:
        found: dict[Ref, Facts] = {}
        for part, query in self._asked(refs, lambda some: facts.page_query(some, self.needs)):
            pages = Pages(query)
            found |= {ref: facts.page_facts(page) for ref in part if (page := pages.of(ref)) is not None}
        return found

    def _members(self, refs: Sequence[Ref]) -> dict[Ref, Facts]:
        found: dict[Ref, Facts] = {ref: {} for ref in refs}
        for fact in self.needs.facts[Group.MEMBERS]:
            for names in chunks(self.needs.names[fact], self.batch):
                for part, query in self._asked(refs, lambda some: facts.members_query(some, fact, names)):  # noqa: B023
                    _add_members(found, part, Pages(query), fact)
        return found

    def _counts(self, refs: Sequence[Ref]) -> dict[Ref, Facts]:
        found: dict[Ref, Facts] = {ref: {} for ref in refs}
        for fact in self.needs.facts[Group.COUNT]:
            for ref, count in self._counted(refs, fact):
                found[ref][fact] = count
        return found

    def _counted(self, refs: Sequence[Ref], fact: str) -> Iterator[tuple[Ref, int]]:
        """A page with as many links as make no difference any more is left out, and the rest asked about anew: a page that
        the whole wiki links to costs one request, not thousands."""
        rest = list(refs)
        while rest:
            counts, complete = self._some_counts(rest, fact)
            yield from counts.items()
            rest = [] if complete else [ref for ref in rest if ref not in counts]

    def _some_counts(self, refs: Sequence[Ref], fact: str) -> tuple[dict[Ref, int], bool]:
        """The counts of all pages that can have one; or, and false, of at least one that has enough before the answer ends."""
        module, _ = facts.COUNTS[fact]
        counts: dict[Ref, int] = {}
        for answer in answers(self.read, facts.count_query(refs, fact)):
            pages = Pages(answer.get("query", {}))
            for ref in refs:
                page = pages.of(ref)
                if page is not None and facts.countable(page, fact):
                    counts[ref] = counts.get(ref, 0) + len(page.get(module, ()))
            enough = {ref: count for ref, count in counts.items() if count >= self.needs.enough[fact]}
            if enough and "continue" in answer:
                return enough, False
        return counts, True

    def _history(self, page: Ref) -> Facts:
        query = facts.history_query(page, self.needs, self.batch)
        wanted = self.needs.facts[Group.HISTORY]
        first: Mapping[str, Any] = {}
        count = 0
        for answer in answers(self.read, query):
            found = Pages(answer.get("query", {})).of(page)
            if found is None:
                return {}
            if not facts.exists(found):
                return {"exists": False}
            revisions = found.get("revisions", ())
            first = first or next(iter(revisions), {})
            count += len(revisions)
            if "revisions" not in wanted or count >= self.needs.enough["revisions"]:
                break
        # Every page has a revision: one of which none is told is not known.
        known = {"creation": facts.edit(first), "revisions": count} if count else {}
        return {name: value for name, value in known.items() if name in wanted}

    def _revision(self, revids: Sequence[int]) -> dict[int, Facts]:
        found: dict[int, Facts] = {revid: {"exists": False} for revid in revids}
        for page, revision in self._listed(revids, lambda some: facts.revision_query(some, self.needs)):
            found[revision["revid"]] = {**facts.revision_facts(page, revision), "pageid": page["pageid"]}
        return found

    def _size_change(self, revids: Sequence[int]) -> dict[int, Facts]:
        """The first revision of a page, which has the parent 0, changes its size by all that it holds."""
        own = {revision["revid"]: revision for _, revision in self._listed(revids, facts.size_query)}
        parents = {revision["parentid"] for revision in own.values() if revision.get("parentid")}
        before = {one["revid"]: one.get("size") for _, one in self._listed(sorted(parents), facts.size_query)}
        sizes: dict[int | None, int | None] = {0: 0, **before}
        changes = {revid: (one.get("size"), sizes.get(one.get("parentid"))) for revid, one in own.items()}
        return {
            revid: {"size_change": size - old} for revid, (size, old) in changes.items() if size is not None and old is not None
        }

    def _text(self, revids: Sequence[int]) -> dict[int, Facts]:
        texts = {one["revid"]: facts.text_of(one) for _, one in self._listed(revids, facts.text_query)}
        return {revid: {"text": text} for revid, text in texts.items() if text is not None}

    def _listed(
        self, revids: Sequence[int], query: Callable[[Sequence[int]], Mapping[str, str]]
    ) -> Iterator[tuple[Mapping[str, Any], Mapping[str, Any]]]:
        for _, answer in self._asked(revids, query):
            yield from ((page, one) for page in answer.get("pages", ()) for one in page.get("revisions", ()))

    def _asked(
        self, values: Sequence[Any], query: Callable[[Sequence[Any]], Mapping[str, str]]
    ) -> Iterator[tuple[Sequence[Any], Mapping[str, Any]]]:
        """Complete answers, each with the part of the values that it is about: a half where all of it is too much at once."""
        if not values:
            return
        try:
            answer = first_batch(self.read, query(values))
        except PlanRefused as refusal:
            if TRUNCATED not in refusal.message or len(values) == 1:
                raise
            half = len(values) // 2
            yield from self._asked(values[:half], query)
            yield from self._asked(values[half:], query)
        else:
            yield values, answer


def _add_members(found: dict[Ref, Facts], refs: Sequence[Ref], pages: Pages, fact: str) -> None:
    for ref in refs:
        page = pages.of(ref)
        if page is not None and facts.exists(page):
            found[ref].setdefault(fact, set()).update(facts.members_of(page, fact))
        elif page is not None:
            found[ref]["exists"] = False
