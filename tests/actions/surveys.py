"""An action's survey, answered by a table: no wiki is needed to see what it asks and what it makes of the answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from runner.actions.action import Action
from runner.model import Item

Query = Mapping[str, str]


def surveyed(
    action: Action,
    value: Mapping[str, Any],
    items: Sequence[Item],
    answer: Callable[[Query], Mapping[str, Any]] = lambda _query: {},
    planned: Sequence[Item] = (),
) -> tuple[list[Item], list[Query]]:
    """The items as the survey leaves them, and everything that it asked."""
    assert action.survey is not None
    work = action.survey(action.parse(value), items, {item.key: item for item in planned})
    asked: list[Query] = []
    try:
        query = next(work)
        while True:
            asked.append(query)
            query = work.send(answer(query))
    except StopIteration as ended:
        return ended.value, asked
