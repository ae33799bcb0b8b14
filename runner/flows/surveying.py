"""What an action has to know beside the facts of its items: it asks its own questions, one after the other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from runner.actions.action import Account, Action
from runner.model import Item
from runner.wiki.answer import understood
from runner.wiki.query import Read, ask, first_batch


def surveyed(
    read: Read,
    account: Account,
    action: Action,
    options: Any,  # noqa: ANN401 - an action's options
    items: Sequence[Item],
    planned: Mapping[str, Item] | None = None,
) -> list[Item]:
    """The items with what the action learned of them; `planned`, by key, just before a write. Raises `Unreachable` for an
    answer that lacks what the API documents. Who may not write might not read it either: then they stay as they are."""
    if action.survey is None or not items or not account.rights.issuperset(action.rights):
        return list(items)
    with understood():
        work = action.survey(options, items, planned or {})
        try:
            question = next(work)
            while True:
                question = work.send(_answered(read, question))
        except StopIteration as ended:
            found: list[Item] = ended.value
            return found


def _answered(read: Read, question: Mapping[str, str]) -> Mapping[str, Any]:
    """All of it; but who asks for the first few wants no more, and the wiki would go on with the next few."""
    if any(name.endswith("limit") and value != "max" for name, value in question.items()):
        return dict(ask(read, question)["query"])
    return first_batch(read, question)
