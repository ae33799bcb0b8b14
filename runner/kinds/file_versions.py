"""Old versions of files, each by its file and its own time; the API acts on them by their archive names.

https://www.mediawiki.org/wiki/API:Imageinfo. It tells no archive name of a version whose content is hidden.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from runner.kinds.kind import Facts, KindSpec, Query, hidden, made, pages_of, refusals, titles_of
from runner.model import SAME_SECOND, Blocked, Item, Ref
from runner.sources.reading import Parameters, several
from runner.sources.records import cut_short, old_versions, versions_query

Entry = Mapping[str, Any]


def questions(refs: Sequence[Ref], extra: Mapping[str, str]) -> Iterator[Parameters]:
    """The history of these files."""
    yield {**versions_query(several(titles_of(refs))), **extra}


def more(queries: Sequence[Query]) -> Iterator[Parameters]:
    """What was told in part only."""
    yield from (versions_query(several([page["title"]])) for page in cut_short(list(pages_of(queries).values())))


def read(queries: Sequence[Query], refs: Sequence[Ref], step: str) -> Iterator[Item]:
    """An item for each version; what cannot be named to the wiki is blocked."""
    pages = pages_of(queries)
    for ref in refs:
        if page := pages.get(ref.title):
            entries = _meant(ref, page)
            entry: Entry = entries[0] if entries else {}
            name = entry.get("archivename") or ref.archivename
            facts: Facts = {"timestamp": ref.timestamp, "hidden": hidden(entry)}
            facts |= {"archivename": name} if name else {}
            facts |= refusals(page)
            yield Item(
                step=step, key=ref.key, pageid=page.get("pageid"), ns=page["ns"], title=ref.title, facts=facts,
                blocked=_problem(page, entries, name),
            )  # fmt: skip


def _meant(ref: Ref, page: Mapping[str, Any]) -> list[Entry]:
    """The versions that it may be. Of several of one second only the archive name tells which is which."""
    found = [one for one in old_versions(page) if one["timestamp"] == ref.timestamp]
    named = [one for one in found if ref.archivename and one.get("archivename") == ref.archivename]
    unsure = not ref.archivename or any(not one.get("archivename") for one in found)
    return named or (found if unsure else [])


def _problem(page: Mapping[str, Any], entries: Sequence[Entry], name: str) -> Blocked | None:
    if page.get("imagerepository") not in (None, "", "local"):
        return Blocked(code="foreign", detail="the file is on another wiki")
    if not entries:
        return Blocked(code="missing", detail="the file has no such old version")
    if len(entries) > 1:
        return SAME_SECOND
    if not name:
        return Blocked(code="no_archive_name", detail="the wiki does not tell the archive name while the file is hidden")
    return None


def where_facts(queries: Sequence[Query]) -> Iterator[tuple[str, Facts]]:
    """Of versions that cannot be told apart nothing is known."""
    for title, page in pages_of(queries).items():
        seconds = Counter(one["timestamp"] for one in old_versions(page))
        for one in old_versions(page):
            name = one.get("archivename", "")
            if not name and seconds[one["timestamp"]] > 1:
                continue
            facts: Facts = {"title": title, "namespace": page["ns"], "made": made(one)}
            names = {"comment": "comment", "size": "file_size", "mime": "file_type", "archivename": "archive_name"}
            facts |= {fact: one[name] for name, fact in names.items() if name in one}
            yield Ref(kind="file_versions", title=title, timestamp=one["timestamp"], archivename=name).identity, facts


FILE_VERSIONS = KindSpec(
    name="file_versions",
    noun="old version of a file",
    key="oldimage:[0-9]*:.*",
    needed=frozenset({"pageid", "ns", "title", "timestamp", "archivename", "hidden"}),
    questions=questions,
    more=more,
    read=read,
    facts=where_facts,
)
