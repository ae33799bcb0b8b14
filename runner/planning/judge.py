"""From what a source found and the facts read, the item that stands in the plan."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from runner.actions.action import Account, Action
from runner.model import Blocked, Item, Policy, Ref


def place(refs: Sequence[Ref], items: Sequence[Item], step: str, *, creates: bool = False) -> list[Item]:
    """One item for each ref, in the refs' order, with its parents; a ref without facts is blocked, unless it is a page that
    the action makes."""
    by_key = {item.key: item for item in items}
    # A page that was found by its title has another key, once its id is known.
    by_title = {item.title: item for item in items if item.title and item.kind == "pages"}
    found = ((ref, by_key.get(ref.key) or by_title.get(ref.title)) for ref in refs)
    return [_made(ref, step) if creates and _can_be_made(ref) else _placed(ref, item, step) for ref, item in found]


def _can_be_made(ref: Ref) -> bool:
    missing = ref.problem is not None and ref.problem.code == "missing"
    return missing and ref.kind == "pages" and ref.pageid is None and ref.ns is not None


def _made(ref: Ref, step: str) -> Item:
    return Item(
        step=step, key=ref.key, ns=ref.ns, title=ref.title, parents=ref.parents, wants=ref.wants, facts=dict(_noted(ref))
    )


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """What items are judged by. `deleted_by` and `edited_by` name, by page id, an earlier step that will have deleted or
    edited the page by then; `room` are the characters that a log summary has beside the run's mark."""

    account: Account
    policy: Policy = field(default_factory=Policy)
    deleted_by: Mapping[int, str] = field(default_factory=dict)
    edited_by: Mapping[int, str] = field(default_factory=dict)
    room: int | None = None


def judge(item: Item, action: Action, options: Any, bench: Bench) -> Item:  # noqa: ANN401 - an action's options
    """Block what this account cannot do, what its owner's configuration does not allow, and what an earlier step will have
    changed by then."""
    blocked = (
        item.blocked
        or action.forbidden(options, item, bench.policy)
        or action.blocked(options, item, bench.account)
        or _shut_out(bench.account)
        or _changed_earlier(item, action, bench)
        or _too_long(item, bench.room)
    )
    # The refusals and obstacles have become the reason; as facts they would only make the plan's lines long, and so does
    # whatever the action wanted to write.
    left_out = {"refusals", "obstacle", *(action.adds if blocked else ())}
    facts = {name: fact for name, fact in item.facts.items() if name not in left_out}
    return replace(item, blocked=blocked, facts=facts, content=None)


def _shut_out(account: Account) -> Blocked | None:
    if account.writes:
        return None
    return Blocked(code="permission", detail="your account lacks the right 'writeapi'")


def _changed_earlier(item: Item, action: Action, bench: Bench) -> Blocked | None:
    if item.pageid is None:
        return None
    if item.pageid in bench.deleted_by:
        return Blocked(code="deleted_earlier", detail=f"step {bench.deleted_by[item.pageid]} deletes the page first")
    if action.edits and item.pageid in bench.edited_by:
        detail = f"step {bench.edited_by[item.pageid]} edits the page first, and what this makes of it is not known yet"
        return Blocked(code="edited_earlier", detail=detail)
    return None


def _too_long(item: Item, room: int | None) -> Blocked | None:
    """Only a summary that differs from item to item: any other was measured with the playbook."""
    length = len(item.facts.get("reason", ""))
    if room is None or length <= room:
        return None
    return Blocked(code="too_long", detail=f"its log summary has {length} characters; beside the run's mark {room} fit")
