"""The pages that the parameters of an `api:` call name, whatever the module does with them: the guards hold for them, too."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping, Sequence
from typing import Any
from unicodedata import normalize

from runner.actions.api_modules import Module, values_of
from runner.actions.interface import not_allowed
from runner.model import Blocked, Item, Policy
from runner.multivalue import join

# What modules call a page by, where their description says no more than that it is a text or a number.
TITLES = frozenset({"title", "titles", "page", "pages", "pagename", "from", "to", "target", "targets", "totitle", "fromtitle"})
NUMBERS = frozenset({"pageid", "pageids", "fromid", "toid", "targetid", "talkid"})
REVISIONS = frozenset({"revid", "revids", "oldid", "baserevid", "torevid", "newerthanrevid"})
BATCH = 50

Named = Mapping[str, Any]
Asking = Generator[Mapping[str, str], Mapping[str, Any], dict[tuple[str, str], Named]]


def questioned(module: Module | None, parameters: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """What an item's parameters name, as (`titles`, `pageids` or `revids`, value)."""
    kinds = {one.name: one.kind for one in module.parameters} if module else {}
    for name, text in parameters.items():
        kind = kinds.get(name, "string")
        for value in values_of(normalize("NFC", text)):
            if kind == "user":
                yield "titles", f"User:{value}"
            elif kind == "title" or (name in TITLES and kind in ("string", "text")):
                yield "titles", value
            elif value.isascii() and value.isdigit() and int(value):
                found = "pageids" if name in NUMBERS else "revids" if name in REVISIONS else ""
                yield from [(found, value)] if found else ()


def ask_about(named: Sequence[tuple[str, str]]) -> Asking:
    """Each of these with the page that the wiki takes it for."""
    found: dict[tuple[str, str], Named] = {}
    for way in ("titles", "pageids", "revids"):
        values = [value for how, value in dict.fromkeys(named) if how == way]
        for start in range(0, len(values), BATCH):
            some = values[start : start + BATCH]
            answer = yield {"action": "query", "prop": "info|revisions" if way == "revids" else "info", way: join(some)}
            found |= _pages(way, some, answer)
    return found


def _pages(way: str, values: Sequence[str], answer: Mapping[str, Any]) -> dict[tuple[str, str], Named]:
    pages = [page for page in answer.get("pages", ()) if "title" in page and not page.get("invalid")]
    if way == "pageids":
        return {(way, str(page["pageid"])): page for page in pages if "pageid" in page}
    if way == "revids":
        return {(way, str(one["revid"])): page for page in pages for one in page.get("revisions", ())}
    final = {one["from"]: one["to"] for one in answer.get("normalized", ())}
    by_title = {page["title"]: page for page in pages}
    return {(way, value): by_title[title] for value in values if (title := final.get(value, value)) in by_title}


def told(page: Named) -> dict[str, Any]:
    """What a plan holds of a page that is named."""
    model = {"contentmodel": page["contentmodel"]} if page.get("contentmodel", "wikitext") != "wikitext" else {}
    return {"title": page["title"], "ns": page["ns"], **model}


def guarded(item: Item, policy: Policy) -> Blocked | None:
    """Why a page that the call names, or the item itself, must not be written."""
    own = {"ns": item.ns, "contentmodel": item.facts.get("contentmodel", "")}
    for page in (own, *item.facts.get("names", ())):
        if wrong := not_allowed(page["ns"], page.get("contentmodel", ""), policy):
            return wrong
    return None
