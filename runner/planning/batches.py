"""How items form requests, and how many these will be."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterator, Sequence
from math import ceil
from typing import Any

from runner.actions.action import Action
from runner.model import Item


def form_batches(action: Action, items: Sequence[Item], size: int) -> Iterator[tuple[Item, ...]]:
    """Items of one request agree in the action's group; at most `size` (50 or 500), or one where the API takes one."""
    groups: dict[Hashable, list[Item]] = {}
    for item in items:
        groups.setdefault(action.group(item), []).append(item)
    step = 1 if action.single else size
    for group in groups.values():
        for start in range(0, len(group), step):
            yield tuple(group[start : start + step])


class Writes:
    """Counts the requests that a step will need at the least; those of a group may be spread over more."""

    def __init__(self, action: Action, size: int) -> None:
        self._action = action
        self._size = 1 if action.single else size
        self._groups: Counter[Hashable] = Counter()
        self.items = 0

    def add(self, items: Sequence[Item]) -> None:
        """Items as they were judged: what is blocked is never sent, nor is that for which nothing is to be done."""
        sound = [item for item in items if item.blocked is None]
        self.items += len(sound)
        sent = (item for item in sound if not item.facts.get("unchanged"))
        self._groups.update(None if self._action.single else self._action.group(item) for item in sent)

    @property
    def least(self) -> int:
        return sum(ceil(count / self._size) for count in self._groups.values())


def cost(planning: int, writes: Sequence[int], rate: float | None) -> dict[str, Any]:
    """In requests: what planning took, what carrying it out takes at the least; and the seconds that `rate` makes of that."""
    writing = sum(writes)
    return {"planning": planning, "writing": writing, "seconds": round((writing - 1) / rate, 1) if rate and writing else None}
