"""How a plan came about: for every source how many items it gave, what was left out and why, and what it cost in requests.

What is written down here becomes `explain` in a plan's header; `report.explain` makes it readable.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from runner.model import Ref
from runner.sources.source import Source, inside, is_open, source_words
from runner.where.tally import Tally
from runner.wiki.query import Read


@dataclass(slots=True, kw_only=True)
class Note:
    """Of one source. `found` by its head, `repeated` of these are in it twice or more, `excepted` are left out by `except`,
    `kept` are left by `where`, `taken` by `limit`, `related` were taken along; `problems` cannot be done. `requests` are
    those of the sources inside, too."""

    found: int = 0
    unique: int = 0
    left: int = 0
    kept: int = 0
    taken: int = 0
    given: int = 0
    problems: int = 0
    requests: int = 0
    tally: Tally | None = None

    def counted(self, refs: Iterable[Ref], name: str) -> Iterator[Ref]:
        """The same refs, each counted as it passes."""
        for ref in refs:
            setattr(self, name, getattr(self, name) + 1)
            if name == "given" and ref.problem is not None:
                self.problems += 1
            yield ref

    def counting(self, read: Read) -> Read:
        """A read that counts."""

        def counted(parameters: Mapping[str, str]) -> Mapping[str, Any]:
            self.requests += 1
            return read(parameters)

        return counted


@dataclass(frozen=True, slots=True)
class Notes:
    """Of every source of a step, by the source itself."""

    by_source: dict[int, Note] = field(default_factory=dict)

    def of(self, source: Source) -> Note:
        """The note of a source; a new one the first time."""
        return self.by_source.setdefault(id(source), Note())

    def tree(self, source: Source) -> dict[str, Any]:
        """What was noted of a source and of those in it, as JSON: see `schemas/plan.schema.json`."""
        note = self.of(source)
        tree: dict[str, Any] = {"source": source_words(source), "requests": note.requests, "found": note.found}
        told = {
            "repeated": note.found - note.unique,
            "excepted": note.unique - note.left,
            **_judged(note, discreet=not is_open(source)),
            "related": note.given - note.taken,
            "problems": note.problems,
        }
        tree |= {name: value for name, value in told.items() if value}
        if source.limit is not None:
            tree["limit"] = source.limit
        inner = [{"place": ".".join(map(str, place)), **self.tree(one)} for place, one in inside(source)]
        return {**tree, "gives": note.given, **({"inside": inner} if inner else {})}


def _judged(note: Note, *, discreet: bool) -> dict[str, Any]:
    if note.tally is None:
        return {}
    unread = note.left - note.tally.whole.saw
    return {
        "where": note.tally.rows(discreet=discreet),
        "dropped": note.tally.whole.dropped,
        "unknown": note.tally.whole.unknown,
        "not_judged": unread,
        "one_by_one": note.tally.one_by_one,
    }
