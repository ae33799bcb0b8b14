"""Facts read from the wiki: for the plan, and again just before a write."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from runner.actions.action import Action
from runner.model import Item, Ref
from runner.sources import facts
from runner.wiki.answer import understood
from runner.wiki.log import NEWEST, newest_logid
from runner.wiki.query import Read, first_batch


def read_facts(read: Read, refs: Sequence[Ref], step: str, action: Action) -> list[Item]:
    """The items of a batch of refs, in any order; what has a problem already is not asked about."""
    asked = [ref for ref in refs if ref.problem is None]
    if not asked:
        return []
    query = first_batch(read, _query(asked, action))
    return _items(query, step, revisions=asked[0].revid is not None)


def read_again(read: Read, items: Sequence[Item], action: Action) -> tuple[dict[str, Item], int]:
    """The current facts of planned items by key (absent: gone), and the wiki's newest log id (0 for an action that leaves
    no entries), from one request. Raises `Unreachable` for an answer that does not tell of all: silence is no deletion."""
    parameters = _query(items, action, extra=NEWEST) if action.log else _query(items, action)
    query = first_batch(read, parameters)
    with understood():
        found = {item.key: item for item in _items(query, items[0].step, revisions=is_revision(items[0]))}
        untold = [item.key for item in items if item.key not in found]
        # A revision that went with its page is told of only by the page that is missing.
        if untold and not (is_revision(items[0]) and any(page.get("missing") for page in query["pages"])):
            raise KeyError(", ".join(untold[:5]))
        newest = newest_logid(query) if action.log else 0
    return {key: item for key, item in found.items() if item.blocked is None}, newest


def is_revision(item: Item) -> bool:
    """Whether the item is a revision, and not a page whose last revision is a fact."""
    return item.key.startswith("rev:")


def _query(found: Sequence[Ref | Item], action: Action, extra: Mapping[str, str] | None = None) -> dict[str, str]:
    first = found[0]
    if (isinstance(first, Ref) and first.revid is not None) or (isinstance(first, Item) and is_revision(first)):
        parameters = facts.revision_facts_query([one.revid for one in found if one.revid is not None])
    else:
        parameters = facts.page_facts_query(found, action.facts)
    return {**parameters, **(extra or {})}


def _items(query: Mapping[str, Any], step: str, *, revisions: bool) -> list[Item]:
    return list(facts.read_revision_facts(query, step) if revisions else facts.read_page_facts(query, step))
