"""How items form requests."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence

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
