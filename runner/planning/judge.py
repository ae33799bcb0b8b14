"""From what a source found and the facts read, the item that stands in the plan."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from runner.actions.action import Account, Action
from runner.model import Blocked, Item, Ref


def place(refs: Sequence[Ref], items: Sequence[Item], step: str) -> list[Item]:
    """One item for each ref, in the refs' order, with its parents; a ref without facts is blocked."""
    by_key = {item.key: item for item in items}
    # A page that was found by its title has another key, once its id is known.
    by_title = {item.title: item for item in items if item.title and item.kind == "pages"}
    return [_placed(ref, by_key.get(ref.key) or by_title.get(ref.title), step) for ref in refs]


def _placed(ref: Ref, item: Item | None, step: str) -> Item:
    if ref.problem or item is None or (ref.kind != "pages" and item.key != ref.key):
        blocked = ref.problem or Blocked(code="missing", detail="it is gone")
        return Item(
            step=step, key=ref.key, pageid=ref.pageid, ns=ref.ns, title=ref.title, revid=ref.revid,
            parents=ref.parents, wants=ref.wants, blocked=blocked,
            facts={**({} if ref.kind in ("pages", "deleted_pages", "users") else {"hidden": []}), **_noted(ref)},
        )  # fmt: skip
    return replace(item, parents=ref.parents, wants=ref.wants, facts={**item.facts, **_noted(ref)})


def _noted(ref: Ref) -> dict[str, str]:
    """How it was found, where there is more than one way."""
    notes = {"related": ref.related, "through": ref.through, "from": ref.origin}
    return {name: text for name, text in notes.items() if text}


def judge(item: Item, action: Action, options: Any, account: Account, deleted_by: Mapping[int, str]) -> Item:  # noqa: ANN401
    """Block what this account cannot do, and what an earlier step will have deleted by then."""
    blocked = item.blocked or action.blocked(options, item, account)
    if blocked is None and item.pageid is not None and item.pageid in deleted_by:
        blocked = Blocked(code="deleted_earlier", detail=f"step {deleted_by[item.pageid]} deletes the page first")
    # The refusals have become the reason; as facts they would only make the plan's lines long.
    facts = {name: fact for name, fact in item.facts.items() if name != "refusals"}
    return replace(item, blocked=blocked, facts=facts)
