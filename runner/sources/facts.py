"""The facts of items: read once for the plan, and again just before each write. Pure.

https://www.mediawiki.org/wiki/API:Info and https://www.mediawiki.org/wiki/API:Revisions. Of a revision only ids, time and what
is hidden are kept: never its text, comment or user.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from runner.model import Blocked, Item, Ref
from runner.sources.reading import Parameters, page_parameters, page_problem, several

HIDDEN = {"content": "sha1hidden", "comment": "commenthidden", "user": "userhidden", "suppressed": "suppressed"}


def page_facts_query(refs: Sequence[Ref | Item], extra: Mapping[str, str]) -> Parameters:
    """`prop=info` for these pages; `extra` is what the action wants to know besides."""
    return {"action": "query", "prop": "info", "inprop": "protection", **extra, **page_parameters(refs)}


def revision_facts_query(revids: Sequence[int]) -> Parameters:
    """The revisions' pages, times and hidden parts. The user and comment are asked for only because the API tells
    nothing of their being hidden otherwise."""
    return {
        "action": "query",
        "prop": "revisions|info",
        "rvprop": "ids|timestamp|user|comment|sha1",
        "revids": several(revids),
    }


def read_page_facts(query: Mapping[str, Any], step: str) -> Iterator[Item]:
    """An item for each page of an answer; a page that cannot be acted on is blocked."""
    for page in query.get("pages", ()):
        problem = page_problem(page)
        if "title" not in page:
            yield Item(step=step, key=f"page:{page['pageid']}", pageid=page["pageid"], blocked=problem)
            continue
        exists = problem is None
        yield Item(
            step=step,
            key=f"page:{page['pageid']}" if exists else f"title:{page['title']}",
            pageid=page.get("pageid"),
            ns=page.get("ns"),
            title=page["title"],
            revid=page.get("lastrevid") if exists else None,
            facts=_page_facts(page) if exists else {},
            blocked=problem,
        )


def _page_facts(page: Mapping[str, Any]) -> dict[str, Any]:
    facts: dict[str, Any] = {"length": page.get("length", 0)}
    if page.get("redirect"):
        facts["redirect"] = True
    if page.get("protection"):
        facts["protection"] = sorted({_protection(entry) for entry in page["protection"]})
    refusals = [
        {"code": str(error.get("code", "")), "text": str(error.get("text", ""))}
        for errors in page.get("actions", {}).values()
        if isinstance(errors, list)
        for error in errors
    ]
    if refusals:
        facts["refusals"] = refusals
    return facts


def _protection(entry: Mapping[str, Any]) -> str:
    until = "" if entry.get("expiry") in (None, "infinity") else f" until {entry['expiry']}"
    source = f" (from {entry['source']})" if entry.get("source") else ""
    return f"{entry['type']}={entry['level']}{until}{source}"


def read_revision_facts(query: Mapping[str, Any], step: str) -> Iterator[Item]:
    """An item for each revision of an answer; ids that the wiki does not know are blocked."""
    for page in query.get("pages", ()):
        for revision in page.get("revisions", ()):
            yield Item(
                step=step,
                key=f"rev:{revision['revid']}",
                pageid=page["pageid"],
                ns=page["ns"],
                title=page["title"],
                revid=revision["revid"],
                facts={
                    "timestamp": revision.get("timestamp", ""),
                    "current": revision["revid"] == page.get("lastrevid"),
                    "hidden": sorted(part for part, flag in HIDDEN.items() if revision.get(flag)),
                },
            )
    for revid in query.get("badrevids", {}):
        blocked = Blocked(code="missing", detail="the revision does not exist, or was deleted with its page")
        yield Item(step=step, key=f"rev:{revid}", revid=int(revid), facts={"hidden": []}, blocked=blocked)
