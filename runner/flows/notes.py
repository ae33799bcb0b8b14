"""How a plan came about: for every source how many items it gave, what was left out and why, and what it cost in requests.

What is written down here becomes `explain` in a plan's header; `report.explain` makes it readable.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from runner.flows.context import Log
from runner.model import Ref
from runner.sources.source import Place, Source, inside, source_words, unsaid
from runner.where.tally import Tally
from runner.wiki.query import Read

Announce = Callable[[str, int], None]
"""Told, before they are sent, of requests that each tell of one thing only: of what, and how many."""

MANY = 100


def unannounced(_what: str, _requests: int) -> None:
    """Tells nobody."""


@dataclass(frozen=True, slots=True)
class OneByOne:
    """Announces into a log. Requests are known a batch at a time, so the sum of them is told, too; it is a warning, which
    everybody sees, each time that it reaches another power of ten, from 100 on."""

    log: Log
    totals: dict[str, int] = field(default_factory=dict)

    def __call__(self, what: str, requests: int) -> None:
        before = self.totals.get(what, 0)
        total = self.totals[what] = before + requests
        if total >= MANY and len(str(total)) > len(str(max(before, MANY - 1))):
            self.log.warning("facts_read_one_by_one", what=what, total=total, pages=requests)
        else:
            self.log.info("facts_read_one_by_one", what=what, total=total, pages=requests)


@dataclass(slots=True, kw_only=True)
class Note:
    """Of one source. `found` by its head (`redirected`: through a redirect), `unique` of these are found for the first time,
    `left` are left by `except`, `kept` by `where`, `taken` by `limit`, `given` in all, with what is related; of these
    `problems` cannot be done. `requests` are those of the sources inside, too; `one_by_one` tells of what it was asked about
    one thing at a time, and how often."""

    found: int = 0
    redirected: int = 0
    unique: int = 0
    left: int = 0
    kept: int = 0
    taken: int = 0
    given: int = 0
    problems: int = 0
    requests: int = 0
    one_by_one: dict[str, int] = field(default_factory=dict)
    tally: Tally | None = None

    def counted(self, refs: Iterable[Ref], name: str) -> Iterator[Ref]:
        """The same refs, each counted as it passes."""
        for ref in refs:
            setattr(self, name, getattr(self, name) + 1)
            if name == "given" and ref.problem is not None:
                self.problems += 1
            if name == "found" and ref.through:
                self.redirected += 1
            yield ref

    def counting(self, read: Read) -> Read:
        """A read that counts."""

        def counted(parameters: Mapping[str, str]) -> Mapping[str, Any]:
            self.requests += 1
            return read(parameters)

        return counted

    def announcing(self, announce: Announce) -> Announce:
        """An announcement that is written down."""

        def announced(what: str, requests: int) -> None:
            self.one_by_one[what] = self.one_by_one.get(what, 0) + requests
            announce(what, requests)

        return announced

    def cost(self) -> dict[str, Any]:
        """As JSON."""
        return {"requests": self.requests, **({"one_by_one": self.one_by_one} if self.one_by_one else {})}


@dataclass(frozen=True, slots=True, kw_only=True)
class Notes:
    """Of every source of a step, by the source itself, and of the reading of its items' facts. `discreet`: what may be hidden
    of an item, such as its user, is not told, not even as what was looked for."""

    announce: Announce = unannounced
    discreet: bool = False
    facts: Note = field(default_factory=Note)
    by_source: dict[int, Note] = field(default_factory=dict)

    def of(self, source: Source) -> Note:
        """The note of a source; a new one the first time."""
        return self.by_source.setdefault(id(source), Note())

    def tree(self, source: Source) -> dict[str, Any]:
        """What was noted of a source, with those that stand in it as `inside`: see `schemas/plan.schema.json`."""
        nested = [{"place": ".".join(map(str, place)), **self._row(one)} for place, one in _nested(source)]
        return {**self._row(source), **({"inside": nested} if nested else {})}

    def handed(self, source: Source) -> dict[str, Any]:
        """The same of a source that the wiki itself will go through: what it gives is not known."""
        words = source_words(source, discreet=self.discreet)
        owner = f", of: {source_words(source.of, discreet=self.discreet)}" if source.of else ""
        return {"source": words + owner, "direct": True, **self.of(source).cost()}

    def _row(self, source: Source) -> dict[str, Any]:
        note = self.of(source)
        told = {
            "redirected": note.redirected,
            "repeated": note.found - note.unique,
            "excepted": note.unique - note.left,
            **_judged(note, unsaid(source, discreet=self.discreet)),
            "related": note.given - note.taken,
            "problems": note.problems,
        }
        return {
            "source": source_words(source, discreet=self.discreet),
            **note.cost(),
            "found": note.found,
            **{name: value for name, value in told.items() if value},
            **({"limit": source.limit} if source.limit is not None else {}),
            "gives": note.given,
        }


def _nested(source: Source, at: Place = ()) -> Iterator[tuple[Place, Source]]:
    """Every source inside, each with the whole way to it, before those that stand in it."""
    for place, one in inside(source):
        yield (*at, *place), one
        yield from _nested(one, (*at, *place))


def _judged(note: Note, facts: frozenset[str]) -> dict[str, Any]:
    if note.tally is None:
        return {}
    return {
        "where": note.tally.rows(facts),
        "dropped": note.tally.whole.dropped,
        "unknown": note.tally.whole.unknown,
        "not_judged": note.left - note.tally.whole.saw,
    }
