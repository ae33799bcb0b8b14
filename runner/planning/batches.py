"""How items form requests, and how many these will be."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterator, Mapping, Sequence
from math import ceil
from typing import Any

from runner.actions.action import Action
from runner.kinds import KINDS
from runner.model import Item, is_made, ref_of


def form_batches(action: Action, items: Sequence[Item], size: int) -> Iterator[tuple[Item, ...]]:
    """Items of one request agree in the action's group; at most `size` (50 or 500), or one where the API takes one."""
    groups: dict[Hashable, list[Item]] = {}
    for item in items:
        groups.setdefault(action.group(item), []).append(item)
    step = 1 if action.single else size
    for group in groups.values():
        for start in range(0, len(group), step):
            yield tuple(group[start : start + step])


FIRST_WINDOW = 10
GROWTH = 4


def first_window(action: Action, batch: int) -> int:
    """How many items' facts are read together at the start, before it is known how fast they are sent; at most `batch`."""
    return min(FIRST_WINDOW, batch) if action.single else batch


class Writes:
    """Counts the requests that a step will need at the least: the writes, and the reads of fresh facts before them, which go
    by windows that may grow fourfold each time. `batch` is the most values of one request; `reads_a_window` are asked
    besides, for each window."""

    def __init__(self, action: Action, batch: int, *, reads_a_window: int = 0) -> None:
        self._action = action
        self._batch = batch
        self._besides = reads_a_window
        self._groups: Counter[Hashable] = Counter()
        self._window: list[Item] = []
        self._room = first_window(action, batch)
        self._reads = 0
        self.items = 0

    def add(self, items: Sequence[Item]) -> None:
        """Items as they stand in the plan: what is blocked is never sent, nor is that for which nothing is to be done."""
        for item in items:
            if item.blocked is None:
                self.items += 1
                self._window.append(item)
                self._close_full_window()
                if not item.facts.get("unchanged"):
                    self._groups[None if self._action.single else self._action.group(item)] += 1

    @property
    def least(self) -> int:
        """Writes; those of a group may be spread over more."""
        size = 1 if self._action.single else self._batch
        return sum(ceil(count / size) for count in self._groups.values())

    @property
    def reads(self) -> int:
        """Reads; a wiki that is slow is asked about fewer items at once."""
        return self._reads + self._asked()

    def _close_full_window(self) -> None:
        if len(self._window) == self._room:
            self._reads += self._asked()
            self._window.clear()
            self._room = min(self._room * GROWTH, self._batch)

    def _asked(self) -> int:
        """The requests of the window that is open."""
        if not self._window:
            return 0
        there = [item for item in self._window if not is_made(item)]
        if not there:
            return self._besides
        questions = list(KINDS[there[0].kind].questions([ref_of(item) for item in there], self._action.facts))
        # The log's newest entry is asked for together with pages, and else by itself.
        newest = bool(self._action.log) and "list" in questions[0]
        return len(questions) + newest + self._besides


class Queries:
    """Counts the same for a step whose pages the wiki itself finds: a request for each query at the least, and before each of
    them so many reads. Pages that are found are not read again."""

    def __init__(self, *, reads_a_request: int) -> None:
        self._reads = reads_a_request
        self.items = 0

    def add(self, queries: Sequence[Item]) -> None:
        """The queries as they stand in the plan."""
        self.items += sum(query.blocked is None for query in queries)

    @property
    def least(self) -> int:
        """Writes; each query goes on for as long as the wiki finds more."""
        return self.items

    @property
    def reads(self) -> int:
        return self.items * self._reads


def cost(
    planning: int, checks: int, steps: Sequence[Mapping[str, int]], seconds_a_write: float
) -> dict[str, Any]:  # fmt: skip
    """In requests: what planning took (`checks` of these before the steps), and what carrying out takes at the least, in
    `writes` and `reads` of each step. `seconds` is how long the rate limit alone makes the writes last; None without one."""
    writing, reading = (sum(step[name] for step in steps) for name in ("writes", "reads"))
    seconds = round((writing - 1) * seconds_a_write, 1) if seconds_a_write and writing else None
    return {"planning": planning, "checks": checks, "writing": writing, "reading": reading, "seconds": seconds}
