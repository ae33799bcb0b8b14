"""How many items each condition of a `where` saw, kept and dropped: what a plan tells of itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from runner.where.conditions import All, Condition
from runner.where.judge import Facts, Verdict, judge
from runner.where.words import words


@dataclass(slots=True, kw_only=True)
class Count:
    """Of one condition. `unknown` items were kept, to be told of as blocked; `saw` is the sum of all three."""

    kept: int = 0
    dropped: int = 0
    unknown: int = 0

    @property
    def saw(self) -> int:
        return self.kept + self.dropped + self.unknown


@dataclass(slots=True, kw_only=True)
class Tally:
    """Of one `where`."""

    condition: All
    counts: list[Count] = field(default_factory=list)
    whole: Count = field(default_factory=Count)

    def __post_init__(self) -> None:
        self.counts = [Count() for _ in self.condition.conditions]

    def add(self, facts: Facts, verdict: Verdict) -> None:
        """Count an item whose fate is sealed. One that was dropped counts at the first condition that did not hold; those
        that were not judged any more did not see it."""
        _count(self.whole, verdict)
        for condition, count in self._judged(facts, dropped=verdict is False):
            _count(count, judge(condition, facts))

    def _judged(self, facts: Facts, *, dropped: bool) -> list[tuple[Condition, Count]]:
        pairs = list(zip(self.condition.conditions, self.counts, strict=True))
        if not dropped:
            return pairs
        verdicts = [judge(condition, facts) for condition, _ in pairs]
        first = verdicts.index(False)
        return [pair for pair, verdict in zip(pairs, verdicts, strict=True) if verdict is True or pair is pairs[first]]

    def rows(self, unsaid: frozenset[str] = frozenset()) -> list[dict[str, str | int]]:
        """A line for each condition, in the order written: `{condition, saw, kept, dropped, unknown}`; without the values of
        the conditions `unsaid`."""
        return [
            {"condition": words(condition, unsaid), **_numbers(count)}
            for condition, count in zip(self.condition.conditions, self.counts, strict=True)
        ]


def _numbers(count: Count) -> Mapping[str, int]:
    return {"saw": count.saw, "kept": count.kept, "dropped": count.dropped, "unknown": count.unknown}


def _count(count: Count, verdict: Verdict) -> None:
    if verdict is None:
        count.unknown += 1
    elif verdict:
        count.kept += 1
    else:
        count.dropped += 1
