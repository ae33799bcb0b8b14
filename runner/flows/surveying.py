"""What an action has to know beside the facts of its items: it asks its own questions, one after the other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from runner.actions.action import Action
from runner.model import Item
from runner.wiki.answer import understood
from runner.wiki.query import Read, first_batch


def surveyed(
    read: Read, action: Action, options: Any, items: Sequence[Item], planned: Mapping[str, Item] | None = None  # noqa: ANN401
) -> list[Item]:  # fmt: skip
    """The items with what the action learned of them; `planned`, by key, just before a write. Raises `Unreachable` for an
    answer that lacks what the API documents."""
    if action.survey is None or not items:
        return list(items)
    with understood():
        work = action.survey(options, items, planned or {})
        try:
            question = next(work)
            while True:
                question = work.send(first_batch(read, question))
        except StopIteration as ended:
            found: list[Item] = ended.value
            return found
