"""What a move must know of its targets: how the wiki writes them, and what is in the way there.

https://www.mediawiki.org/wiki/API:Info. A redirect to the page itself, without a history, makes way for it.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Protocol
from unicodedata import normalize

from runner.actions.action import Survey
from runner.actions.interface import CODE
from runner.actions.texts import Valueless, frozen_summary, render
from runner.model import FILE_NAMESPACE, Item

Page = Mapping[str, Any]
Facts = dict[str, Any]


class Wishes(Protocol):
    """The options of a move, as far as they differ from item to item."""

    @property
    def to(self) -> str: ...
    @property
    def reason(self) -> str: ...


def survey(options: Wishes, items: Sequence[Item], planned: Mapping[str, Item]) -> Survey:
    """The items with their targets as the wiki writes them, and what stands in the way there."""
    wishes = {item.key: _wish(options, item, planned.get(item.key)) for item in items if item.blocked is None}
    pages = yield from _targets([wish for wish in wishes.values() if wish])
    over = yield from _redirects([page["title"] for page in pages.values() if page.get("redirect") and page.get("new")])
    return [_aimed(options, item, wishes.get(item.key), pages, over) for item in items]


def _wish(options: Wishes, item: Item, planned: Item | None) -> str:
    """The target as planned, or as wished; empty where a text of it has no value."""
    if planned is not None:
        return str(planned.facts["to"])
    try:
        return normalize("NFC", render(options.to, item)).strip()
    except Valueless:
        return ""


def _targets(wishes: Sequence[str]) -> Generator[Page, Page, dict[str, Page]]:
    """The page that each wish means; none for what can be no title of this wiki."""
    asked = list(dict.fromkeys(wish for wish in wishes if "#" not in wish and "|" not in wish))
    if not asked:
        return {}
    rights = {"intestactions": "move-target|edit", "intestactionsdetail": "full"}
    answer = yield {"action": "query", "prop": "info", "titles": "|".join(asked), **rights}
    pages = {page["title"]: page for page in answer["pages"] if "title" in page and not page.get("invalid")}
    written = {entry["from"]: entry["to"] for entry in answer.get("normalized", ())}
    return {wish: pages[written.get(wish, wish)] for wish in asked if written.get(wish, wish) in pages}


def _redirects(titles: Sequence[str]) -> Generator[Page, Page, dict[str, str]]:
    """Where redirects without a history lead: one to the page that is moved makes way for it."""
    if not titles:
        return {}
    answer = yield {"action": "query", "titles": "|".join(dict.fromkeys(titles)), "redirects": "1"}
    return {entry["from"]: entry["to"] for entry in answer.get("redirects", ())}


def _aimed(options: Wishes, item: Item, wish: str | None, pages: Mapping[str, Page], over: Mapping[str, str]) -> Item:
    if wish is None:
        return item
    facts = dict(item.facts)
    page = pages.get(wish)
    if page is None:
        return replace(item, facts=facts | _obstacle("invalid_target", f"`{wish}` can be no page of this wiki"))
    facts |= {"to": page["title"], "to_ns": page["ns"]}
    if page.get("contentmodel") in CODE:
        facts["to_contentmodel"] = page["contentmodel"]
    if not page.get("missing") and over.get(page["title"]) == item.title:
        facts["over"] = page["pageid"]
    facts |= _summary(options, item) | _in_the_way(item, page, over="over" in facts)
    return replace(item, facts=facts)


def _summary(options: Wishes, item: Item) -> Facts:
    try:
        return frozen_summary(options.reason, item)
    except Valueless as wrong:
        return _obstacle(wrong.blocked.code, wrong.blocked.detail)


def _in_the_way(item: Item, page: Page, *, over: bool) -> Facts:
    """What keeps the page from being moved to a target."""
    to, ns = page["title"], page["ns"]
    if page.get("special") or ns < 0:
        return _obstacle("invalid_target", f"{to} can be no page")
    if to == item.title:
        return _obstacle("same_title", "it has this title already")
    if (ns == FILE_NAMESPACE) != (item.ns == FILE_NAMESPACE):
        return _obstacle("file_namespace", "a file stays in its namespace, and nothing else gets there")
    if not page.get("missing") and not over:
        return _obstacle("target_exists", f"there is a page {to} already")
    if page.get("known") and ns == FILE_NAMESPACE:
        return _obstacle("target_exists", f"there is a shared file {to} already")
    errors = [one for errors in page.get("actions", {}).values() for one in errors]
    return _obstacle(str(errors[0]["code"]), str(errors[0]["text"])) if errors else {}


def _obstacle(code: str, detail: str) -> Facts:
    return {"obstacle": {"code": code, "detail": detail}}
