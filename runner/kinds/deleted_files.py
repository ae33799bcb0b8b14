"""Archived versions of files, by the ids that the wiki's archive gives them.

https://www.mediawiki.org/wiki/API:Filearchive. There is no filter by id: the archive is read title by title.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from runner.kinds.kind import Facts, KindSpec, Query, hidden, is_there, listed, made, pages_of, refusals, titles_of
from runner.model import Blocked, Item, Ref
from runner.sources.reading import Parameters, several
from runner.sources.records import archived_files_query

PROPS = "sha1|timestamp|user|description|size|mime|archivename"


def questions(refs: Sequence[Ref], extra: Mapping[str, str]) -> Iterator[Parameters]:
    """What the archive holds of these titles, and whether there are files of these names again."""
    titles = titles_of(refs)
    yield {"action": "query", "prop": "info|imageinfo", "iiprop": "timestamp", **extra, "titles": several(titles)}
    yield from (archived_files_query(title, PROPS) for title in titles)


def read(queries: Sequence[Query], refs: Sequence[Ref], step: str) -> Iterator[Item]:
    """An item for each id; one that the archive does not hold any more is blocked."""
    entries = {entry["id"]: entry for entry in listed(queries, "filearchive")}
    pages = pages_of(queries)
    for ref in refs:
        page = pages.get(ref.title)
        if page is None:
            continue
        entry = entries.get(ref.number)
        gone = Blocked(code="missing", detail="the archive holds no such version of this file")
        facts: Facts = {"exists": bool(page.get("imageinfo")) and is_there(page)}
        facts |= refusals(page)
        facts |= {"timestamp": entry["timestamp"], "hidden": hidden(entry)} if entry else {"hidden": []}
        blocked = None if entry else gone
        yield Item(step=step, key=ref.key, ns=page["ns"], title=ref.title, facts=facts, blocked=blocked)


def details(refs: Sequence[Ref]) -> Iterator[Parameters]:
    yield from (archived_files_query(title, PROPS) for title in titles_of(refs))


def where_facts(queries: Sequence[Query]) -> Iterator[tuple[str, Facts]]:
    names = {"description": "comment", "size": "file_size", "mime": "file_type", "archivename": "archive_name"}
    for one in listed(queries, "filearchive"):
        facts: Facts = {"title": one["title"], "namespace": one["ns"], "made": made(one)}
        facts |= {fact: one[name] for name, fact in names.items() if name in one}
        facts |= {"file_size": int(facts["file_size"])} if "file_size" in facts else {}
        yield f"filearchive:{one['id']}", facts


DELETED_FILES = KindSpec(
    name="deleted_files",
    noun="deleted file",
    key="filearchive:.*",
    needed=frozenset({"ns", "title", "timestamp", "hidden"}),
    questions=questions,
    read=read,
    facts=where_facts,
    details=details,
)
