"""What protecting must know: the kinds and levels of the wiki, what of a page's protection still holds, and that of titles
without a page.

https://www.mediawiki.org/wiki/API:Siteinfo. The wiki also tells of protection that has ended, until somebody protects anything.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from runner.actions.action import Survey
from runner.actions.protect_options import CREATE, Protect, is_counted, wanted
from runner.actions.protection import Protection, own, texts, told
from runner.actions.verdicts import obstacle
from runner.model import FILE_NAMESPACE, Blocked, Item

Query = Mapping[str, Any]
Facts = dict[str, Any]
UPLOAD = "upload"


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """`time` is the wiki's own clock."""

    time: str
    types: frozenset[str]
    levels: frozenset[str]
    cascading: frozenset[str]


def survey(options: Protect, items: Sequence[Item], _planned: Mapping[str, Item]) -> Survey:
    """The items with just their own protection, as it holds now, and what keeps the options from being set."""
    absent = [item for item in items if item.pageid is None and item.blocked is None]
    answer = yield {"action": "query", "meta": "siteinfo", "siprop": "general|restrictions", **_titles(absent)}
    site, pages = _site(answer), {page["title"]: page for page in answer.get("pages", ())}
    return [
        item if item.blocked else _known(options, _of_title(item, pages) if item in absent else item, site) for item in items
    ]


def _titles(items: Sequence[Item]) -> dict[str, str]:
    """Titles without a page have protection of their own."""
    if not items:
        return {}
    rights = {"intestactions": "protect", "intestactionsdetail": "full"}
    return {"prop": "info", "inprop": "protection", "titles": "|".join(item.title for item in items), **rights}


def _site(answer: Query) -> Site:
    restrictions = answer["restrictions"]
    names = ("types", "levels", "cascadinglevels")
    types, levels, cascading = (frozenset(map(str, restrictions[name])) for name in names)
    return Site(time=str(answer["general"]["time"]), types=types, levels=levels, cascading=cascading)


def _of_title(item: Item, pages: Mapping[str, Query]) -> Item:
    page = pages[item.title]
    if not page.get("missing"):
        return replace(item, facts={**item.facts, **obstacle("exists", "there is a page of this title now")})
    errors = [{"code": one["code"], "text": one["text"]} for found in page["actions"].values() for one in found]
    facts: Facts = {"protection": texts(map(told, page["protection"])), **({"refusals": errors} if errors else {})}
    return replace(item, facts={**item.facts, **facts})


def _known(options: Protect, item: Item, site: Site) -> Item:
    now = _time(site.time)
    there = [one for one in own(item) if not one.expiry or _time(one.expiry) > now]
    item = replace(item, facts={**item.facts, "protection": texts(there)})
    if "obstacle" in item.facts:
        return item
    then = wanted(options, item)
    wrong = next((found for one in then if (found := _wrong(one, item, site))), None)
    if options.cascade and not any(one.cascading for one in then):
        wrong = Blocked(code="cascade", detail="the page is not protected against edits, and nothing else cascades")
    if wrong:
        return replace(item, facts={**item.facts, **obstacle(wrong.code, wrong.detail)})
    after = [one for one in then if one.level]
    unchanged = not any(is_counted(one.expiry) for one in after) and texts(after) == item.facts["protection"]
    return replace(item, facts={**item.facts, "unchanged": True}) if unchanged else item


def _wrong(one: Protection, item: Item, site: Site) -> Blocked | None:
    """Why the page cannot get this protection."""
    if one.type not in site.types:
        return Blocked(code="kind", detail=f"the wiki has no kind of protection `{one.type}`")
    if one.level and one.level not in site.levels:
        return Blocked(code="level", detail=f"the wiki has no level of protection `{one.level}`")
    if one.type == CREATE and item.pageid is not None:
        return Blocked(code="exists", detail="the page exists: it cannot be protected against being made")
    if one.type != CREATE and item.pageid is None:
        return Blocked(code="missing", detail="the page does not exist: its title can only be protected with `create`")
    if one.type == UPLOAD and item.ns != FILE_NAMESPACE:
        return Blocked(code="kind", detail="only files can be protected against uploads")
    if one.cascading and one.level not in site.cascading:
        return Blocked(code="cascade", detail=f"with `edit={one.level or 'all'}` the wiki does not cascade")
    if one.expiry and not is_counted(one.expiry) and _time(one.expiry) <= _time(site.time):
        return Blocked(code="past", detail=f"`{one.type}={one.level}` would end at {one.expiry}, which is past")
    return None


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)
