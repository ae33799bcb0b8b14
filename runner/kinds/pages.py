"""Pages: their ids, titles and last revisions, and what keeps this account from acting on them.

https://www.mediawiki.org/wiki/API:Info
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from runner.actions.protection import texts, told
from runner.kinds.kind import Facts, KindSpec, Query, refusals, titles_of
from runner.model import FILE_NAMESPACE, Item, Ref
from runner.sources.reading import Parameters, page_parameters, page_problem
from runner.sources.records import archived_files_query


def questions(refs: Sequence[Ref], extra: Mapping[str, str]) -> Iterator[Parameters]:
    """`prop=info`; `extra` is what the action wants to know besides. Whoever asks what is archived of pages already means
    their files, too."""
    yield {"action": "query", "prop": "info", "inprop": "protection", **extra, **page_parameters(refs)}
    files = titles_of([ref for ref in refs if ref.ns == FILE_NAMESPACE]) if "drvprop" in extra else []
    yield from (archived_files_query(title, "") for title in files)


def read(queries: Sequence[Query], _refs: Sequence[Ref], step: str) -> Iterator[Item]:
    """An item for each page of an answer; a page that cannot be acted on is blocked."""
    for page in (page for query in queries for page in query.get("pages", ())):
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
            facts=_facts(page) | _archived(page, queries) if exists else {},
            blocked=problem,
        )


def _facts(page: Mapping[str, Any]) -> Facts:
    facts: Facts = {"length": page.get("length", 0)}
    if page.get("redirect"):
        facts["redirect"] = True
    if page.get("contentmodel", "wikitext") != "wikitext":
        facts["contentmodel"] = page["contentmodel"]
    if page.get("protection"):
        facts["protection"] = texts(map(told, page["protection"]))
    # Whoever asks whether it may be deleted wants to know what goes with it; of what is no wikitext its model tells.
    if "delete" in page.get("actions", {}) and page.get("contentmodel", "wikitext") == "wikitext":
        facts["language"] = page["pagelanguage"]
    return facts | refusals(page)


def _archived(page: Mapping[str, Any], queries: Sequence[Query]) -> Facts:
    """What of this title is in the archive, and the time of its file."""
    revids = sorted(one["revid"] for one in page.get("deletedrevisions", ()))
    facts: Facts = {"archived": revids} if revids else {}
    if versions := page.get("imageinfo"):
        found = [one for query in queries for one in query.get("filearchive", ()) if one["title"] == page["title"]]
        facts |= {"file": versions[0]["timestamp"]}
        facts |= {"archived_files": sorted(one["id"] for one in found)} if found else {}
    return facts


PAGES = KindSpec(
    name="pages",
    noun="page",
    key="page:[0-9]+|title:.*",
    needed=frozenset({"pageid", "ns", "title", "revid"}),
    questions=questions,
    read=read,
)
