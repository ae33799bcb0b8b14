"""What pages will be when the earlier steps of an undo have been carried out: one that they restore is not there yet, and one
that they move has another title.

Every step of an undo is planned before the first write, so a later one is planned on what the run had left.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from runner.actions.action import Action, Inverse
from runner.flows.archive import Wanted
from runner.model import FILE_NAMESPACE, Blocked, Item, after
from runner.sources.reading import several
from runner.wiki.answer import understood
from runner.wiki.query import Read, first_batch

NOT_RESTORED = Blocked(code="not_restored", detail="the run deleted the page, and this plan cannot restore it")
NEW_REVISION = Blocked(
    code="new_revision", detail="restoring a file leaves a new revision of its page: plan this once more when it is there"
)
RESTORED = Blocked(code="changed_since", detail="somebody restored the page since: its protection and language are theirs")
_LASTING = ("length", "redirect", "contentmodel")


class Foreseen:
    """What the steps of an undo, as far as they are planned, will have done to pages."""

    def __init__(self, read: Read) -> None:
        self._read = read
        self._deleted: dict[int, Item] = {}
        self._restored: set[int] = set()
        self._moved: dict[int, Mapping[str, Any]] = {}

    def deleted(self, page: Item) -> None:
        """The run deleted this page; it is given as it was just before."""
        if page.pageid is not None:
            self._deleted[page.pageid] = page

    def planned(self, item: Item, inverse: Inverse) -> None:
        """An item of the plan that will be carried out."""
        pageid = inverse.restores.get("pageid", item.pageid)
        if inverse.action == "undelete" and inverse.restores.get("revid") in item.facts.get("revids", ()):
            self._restored.add(pageid)
        if inverse.action == "move":
            self._moved[pageid] = inverse.restores

    def restored(self, item: Item, was: Item, action: Action, *, with_page: bool) -> Item:
        """An item that is not there now, as it will be; `was` is what the run left of it. `with_page`: only if this plan
        restores the page itself."""
        page = self._deleted.get(was.pageid or 0)
        if page is None or item.blocked is None or item.blocked.code != "missing":
            return replace(item, blocked=RESTORED) if with_page and item.blocked is None else item
        if page.pageid not in self._restored:
            return replace(item, blocked=NOT_RESTORED)
        if page.ns == FILE_NAMESPACE and not with_page and action.revises | action.edits | action.removes:
            return replace(item, blocked=NEW_REVISION)
        if item.kind == "revisions":
            facts = {**was.facts, "current": was.revid == page.revid, "archived_now": True}
            return replace(was, step=item.step, ns=page.ns, title=page.title, facts=facts, blocked=None)
        facts = {name: page.facts[name] for name in _LASTING if name in page.facts}
        return replace(page, step=item.step, facts={**facts, "archived_now": True}, parents=(), wants=())

    def moved(self, item: Item) -> Item:
        """The item under the title that it will have."""
        names = self._moved.get(item.pageid or 0, {})
        return replace(item, title=names["title"], ns=names["ns"]) if names else item

    def unlike(self, wanted: Sequence[Wanted]) -> list[Wanted]:
        """Those of a deleted page that will not have the language anyway: a page without a language of its own has the one of
        its title."""
        asked = [ref for ref, inverse, _ in wanted if inverse.only_unlike]
        if not asked:
            return list(wanted)
        answer = first_batch(self._read, {"action": "query", "prop": "info", "titles": several(ref.title for ref in asked)})
        with understood():
            languages = {page["title"]: page["pagelanguage"] for page in answer["pages"]}
        return [one for one in wanted if not one[1].only_unlike or languages.get(one[0].title) != one[1].restores["language"]]


def left(item: Item, changed: Mapping[str, Mapping[str, Any]]) -> Item:
    """The item with what steps of the run had changed of it."""
    return after(item, changed.get(item.key, {}))
