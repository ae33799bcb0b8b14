"""`where`: a stream of refs, judged by their facts. Cheap facts are read first, so that costly ones are asked of few items.

What was read is judged and dropped: comments, texts and users of revisions go nowhere else.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any

from runner.flows.lookup import Lookup
from runner.flows.notes import Announce, Note, unannounced
from runner.kinds import KINDS
from runner.model import Blocked, Kind, Ref, user_of
from runner.sources.source import Source, unsaid
from runner.where.catalogue import CONDITIONS, Group, groups
from runner.where.conditions import All
from runner.where.judge import Verdict, judge, unknown
from runner.where.needs import needs
from runner.where.tally import Tally
from runner.where.words import words
from runner.wiki.query import Read

TEXTS = 50  # what is read of texts at once; the wiki's own limit is the same
MISSING = "missing"


@dataclass(slots=True)
class _Entry:
    """An item on its way: `verdict` is None while it is not known, and at the end where it cannot be."""

    ref: Ref
    facts: dict[str, Any] = field(default_factory=dict)
    verdict: Verdict = None

    @property
    def open(self) -> bool:
        """Whether it is worth asking about: not for what can be no page of this wiki."""
        problem = self.ref.problem
        missing = problem is not None and problem.code == MISSING and self.ref.ns is not None
        return self.verdict is None and (problem is None or missing)


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """Carries out `where`. `batch` is the most values of one request; `announce` is told of how many pages facts will be read
    one by one. `tallies` holds one for each `where` that was carried out, and its source."""

    read: Read
    batch: int
    announce: Announce = unannounced
    tallies: list[tuple[Source, Tally]] = field(default_factory=list)

    def kept(self, found: Iterable[Ref], source: Source, note: Note) -> Iterator[Ref]:
        """Those of which the conditions hold, in the same order; where that cannot be told, blocked as `unknown_fact`."""
        if source.where is None:
            yield from found
            return
        tally = note.tally = Tally(condition=source.where)
        self.tallies.append((source, tally))
        entries: Iterator[_Entry] = (_entry(ref) for ref in found)
        for place, group in enumerate(_order(source.kind, source.where)):
            # with a limit few items are wanted: what is costly is asked of as few at a time
            few = place > 1 or group is Group.HISTORY
            size = self._size(group, source.limit if few else None)
            entries = self._judged(entries, size, group, source.kind, tally)
        for entry in entries:
            if _settled(entry, source.where, tally):
                yield _told(entry, source.kind, source.where)

    def _size(self, group: Group, limit: int | None) -> int:
        """How many are read at once."""
        most = min(self.batch, TEXTS) if group >= Group.TEXT else self.batch
        return min(most, limit) if limit else most

    def _judged(self, entries: Iterator[_Entry], size: int, group: Group, kind: Kind, tally: Tally) -> Iterator[_Entry]:
        condition = tally.condition
        wanted = needs(kind, condition)
        lookup = Lookup(read=self.read, batch=self.batch, needs=wanted, announce=self.announce)
        while chunk := list(islice(entries, size)):
            asked = [entry for entry in chunk if entry.open]
            if group is Group.HISTORY and asked:
                self.announce(" and ".join(sorted(wanted.facts[group])), len(asked))
            _read(lookup, group, asked, kind)
            for entry in chunk:
                entry.verdict = judge(condition, entry.facts) if entry.verdict is None else entry.verdict
                if entry.verdict is False:
                    tally.add(entry.facts, False)
                else:
                    yield entry


def _entry(ref: Ref) -> _Entry:
    facts = {"title": ref.title, "namespace": ref.ns} if ref.title and ref.ns is not None else {}
    if ref.kind == "users" and ref.title:
        facts = {"name": user_of(ref.title)}
    if ref.problem is not None and ref.problem.code == MISSING and ref.kind in ("pages", "users"):
        facts["exists"] = False
    return _Entry(ref, facts)


def _order(kind: Kind, condition: All) -> tuple[Group, ...]:
    """The groups to read; of revisions, what their page is always comes first, in case that only their ids are known."""
    wanted = {Group.NAME, *groups(kind, condition)}
    return tuple(sorted(wanted | {Group.REVISION} if kind == "revisions" else wanted))


def _read(lookup: Lookup, group: Group, asked: Sequence[_Entry], kind: Kind) -> None:
    if group is Group.NAME or not asked:
        return
    if kind not in ("pages", "revisions"):
        for entry, facts in zip(asked, lookup.records([entry.ref for entry in asked]), strict=True):
            entry.facts |= facts
        return
    if group in (Group.REVISION, Group.PARENT, Group.TEXT):
        for entry, facts in zip(asked, lookup.revisions(group, [entry.ref for entry in asked]), strict=True):
            entry.facts |= facts
            if facts.get("title"):
                entry.ref = replace(entry.ref, title=facts["title"], ns=facts["namespace"], pageid=facts["pageid"])
        return
    pages = [_page(entry.ref) if kind == "revisions" else entry.ref for entry in asked]
    known = [page for page in pages if page.title or page.pageid is not None]
    found = lookup.pages(group, list(dict.fromkeys(known)))
    for entry, page in zip(asked, pages, strict=True):
        entry.facts |= _own(kind, group, found.get(page, {}))


def _own(kind: Kind, group: Group, facts: dict[str, Any]) -> dict[str, Any]:
    """Of a page's facts those that mean the same of the item: a revision has a size of its own."""
    return facts if kind == "pages" else {fact: facts[fact] for fact in facts if _group(kind, fact) is group}


def _group(kind: Kind, fact: str) -> Group | None:
    spec = CONDITIONS[kind].get(fact)
    return spec.group if spec else None


def _page(ref: Ref) -> Ref:
    return Ref(title=ref.title, ns=ref.ns, pageid=ref.pageid)


def _settled(entry: _Entry, condition: All, tally: Tally) -> bool:
    """Count an item that reached the end; whether it stays."""
    verdict = judge(condition, entry.facts) if entry.verdict is None else entry.verdict
    tally.add(entry.facts, verdict)
    return verdict is not False


def _told(entry: _Entry, kind: Kind, condition: All) -> Ref:
    """The ref, with what keeps it from being judged. That it can be no page of this wiki says more; that it does not exist
    does not: what is done with missing pages (their links are followed) must not be done with one that was not judged."""
    problem = entry.ref.problem
    if entry.verdict or (problem is not None and problem.code != MISSING):
        return entry.ref
    gone = f"the {KINDS[kind].noun} does not exist" if entry.facts.get("exists") is False else None
    facts = dict.fromkeys(unknown(condition, entry.facts))
    reasons = (f"{fact} is not known: {gone or CONDITIONS[kind][fact].absent}" for fact in facts)
    return replace(entry.ref, problem=Blocked(code="unknown_fact", detail="; ".join(reasons)))


def left_out(source: Source, tallies: Iterable[tuple[Source, Tally]], *, discreet: bool) -> Iterator[str]:
    """A sentence for each source inside this one that has items which could not be judged: of those that are not in the plan,
    as blocked, nothing else tells. With `discreet` it says nothing of what may be hidden."""
    for inner, tally in tallies:
        if inner is not source and tally.whole.unknown:
            condition = words(inner.where or tally.condition, unsaid(inner, discreet=discreet))
            yield f"of a source inside, {tally.whole.unknown} could not be judged ({condition})"
