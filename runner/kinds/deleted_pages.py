"""Deleted pages: titles with archived revisions, or a deleted file.

https://www.mediawiki.org/wiki/API:Deletedrevisions and https://www.mediawiki.org/wiki/API:Filearchive
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from runner.kinds.kind import Facts, KindSpec, Query, is_there, listed, pages_of, refusals, titles_of
from runner.model import FILE_NAMESPACE, Blocked, Item, Ref
from runner.sources.reading import Parameters, several
from runner.sources.records import archived_files_query


def questions(refs: Sequence[Ref], extra: Mapping[str, str]) -> Iterator[Parameters]:
    """Every archived revision of these titles, by id alone; of files, every archived version, too."""
    titles = titles_of(refs)
    yield {
        "action": "query",
        "prop": "info|deletedrevisions",
        "drvprop": "ids",
        "drvlimit": "max",
        **extra,
        "titles": several(titles),
    }
    yield from (archived_files_query(title, "") for title in titles_of([ref for ref in refs if ref.ns == FILE_NAMESPACE]))


def read(queries: Sequence[Query], refs: Sequence[Ref], step: str) -> Iterator[Item]:
    """An item for each title; one without anything in the archive is blocked."""
    pages = pages_of(queries)
    for title in titles_of(refs):
        if title in pages:
            facts = _facts(pages[title], queries) | refusals(pages[title])
            gone = Blocked(code="missing", detail="nothing of this title is in the archive")
            there = facts["revisions"] or facts.get("files")
            ns = pages[title].get("ns")
            yield Item(step=step, key=f"deleted:{title}", ns=ns, title=title, facts=facts, blocked=None if there else gone)


def _facts(page: Mapping[str, Any], queries: Sequence[Query]) -> Facts:
    revids = [revision["revid"] for revision in page.get("deletedrevisions", ())]
    facts: Facts = {"revisions": len(revids), "newest": max(revids, default=0), "exists": is_there(page)}
    if page.get("ns") == FILE_NAMESPACE:
        versions = [one for one in listed(queries, "filearchive") if one["title"] == page["title"]]
        facts["files"] = len({one["id"] for one in versions})
    return facts


def where_facts(queries: Sequence[Query]) -> Iterator[tuple[str, Facts]]:
    for title, page in pages_of(queries).items():
        yield f"deleted:{title}", {"title": title, "namespace": page["ns"], **_facts(page, queries)}


DELETED_PAGES = KindSpec(
    name="deleted_pages",
    noun="deleted page",
    key="deleted:.*",
    needed=frozenset({"ns", "title", "revisions", "newest", "exists"}),
    questions=questions,
    read=read,
    facts=where_facts,
)
