"""Sources of what is not a page: revisions, archived revisions, versions of files, log entries, users. Pure.

https://www.mediawiki.org/wiki/API:Alldeletedrevisions, API:Deletedrevisions, API:Imageinfo, API:Filearchive, API:Logevents.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from runner.model import FILE_NAMESPACE, Blocked, Kind, Ref
from runner.sources.catalogue import CATALOGUE
from runner.sources.reading import Parameters, Parents, parameters_of, read_revision_ids, several
from runner.sources.source import Module
from runner.sources.users import read_allusers, read_blocks

Query = Mapping[str, Any]

# The most that the wiki tells of the history of each of several files; of more it says nothing at all.
MOST_VERSIONS = 500
_VERSION_PROPS = "timestamp|user|comment|archivename|sha1|size|mime"
_FILE_IDS = "timestamp|archivename"
NOTHING = Blocked(code="missing", detail="there is none of this title")
OF_FILES = frozenset({"file_versions", "deleted_files"})
NO_FILE = Blocked(code="missing", detail="only a title of a file has any")


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """How a list is read as items: what to ask of each entry, and the refs of an answer."""

    prop: Parameters
    read: Callable[[Query], Iterator[Ref]]


def _deleted_pages(query: Query) -> Iterator[Ref]:
    for page in query.get("alldeletedrevisions", ()):
        yield Ref(kind="deleted_pages", title=page["title"], ns=page["ns"])


def _all_archived(query: Query) -> Iterator[Ref]:
    yield from (ref for page in query.get("alldeletedrevisions", ()) for ref in _archived_of(page, "revisions"))


def _archived_of(page: Mapping[str, Any], name: str) -> Iterator[Ref]:
    for one in page.get(name, ()):
        yield Ref(
            kind="deleted_revisions", title=page["title"], ns=page["ns"], timestamp=one["timestamp"], revids=(one["revid"],)
        )


def _archived_files(query: Query) -> Iterator[Ref]:
    for one in query.get("filearchive", ()):
        yield Ref(
            kind="deleted_files",
            title=one["title"],
            ns=one["ns"],
            timestamp=one.get("timestamp", ""),
            number=one["id"],
            archivename=one.get("archivename", ""),
        )


def read_log(query: Query) -> Iterator[Ref]:
    """Entries; what a hidden one is about is left out, even where this account may see it."""
    for one in query.get("logevents", ()):
        seen = {} if one.get("actionhidden") else {"title": one.get("title", ""), "ns": one.get("ns")}
        yield Ref(kind="log_entries", timestamp=one["timestamp"], number=one["logid"], **seen)


RECORDS: Mapping[tuple[Kind, str], Record] = {
    ("revisions", "allrevisions"): Record(
        prop={"arvprop": "ids"}, read=lambda query: read_revision_ids(query, "allrevisions", Parents([]))
    ),
    ("revisions", "usercontribs"): Record(
        prop={"ucprop": "ids|title"}, read=lambda query: read_revision_ids(query, "usercontribs", Parents([]))
    ),
    ("deleted_pages", "alldeletedrevisions"): Record(prop={"adrprop": "ids"}, read=_deleted_pages),
    ("deleted_revisions", "alldeletedrevisions"): Record(prop={"adrprop": "ids|timestamp"}, read=_all_archived),
    ("deleted_files", "filearchive"): Record(prop={"faprop": _FILE_IDS}, read=_archived_files),
    ("log_entries", "logevents"): Record(prop={"leprop": "ids|title|timestamp"}, read=read_log),
    ("users", "allusers"): Record(prop={}, read=read_allusers),
    ("users", "blocks"): Record(prop={"bkprop": "user|userid|flags"}, read=read_blocks),
}


def archived_query(pages: Sequence[Ref], module: Module | None = None) -> Parameters:
    """The archived revisions of these titles, all of them or those that the module's parameters mean."""
    params = parameters_of(CATALOGUE["deletedrevisions"], module, "") if module else {}
    titles = several(page.title for page in pages)
    props = {"prop": "deletedrevisions", "drvprop": "ids|timestamp", "drvlimit": "max"}
    return {"action": "query", **params, **props, "titles": titles}


def archived_by_id(revids: Sequence[int]) -> Parameters:
    """These archived revisions."""
    props = {"prop": "deletedrevisions", "drvprop": "ids|timestamp", "drvlimit": "max"}
    return {"action": "query", **props, "revids": several(revids)}


def read_archived(query: Query, parents: Parents) -> Iterator[Ref]:
    """The archived revisions of an answer about pages or revisions, in the order of what was asked."""
    for page in parents.ordered(query):
        yield from (ref.derived(parents.of(page)) for ref in _archived_of(page, "deletedrevisions"))


def versions_query(titles: str) -> Parameters:
    """The history of files, each with the user and comment, because the API tells nothing of their being hidden
    otherwise."""
    props = {"prop": "info|imageinfo", "iiprop": _VERSION_PROPS, "iilimit": str(MOST_VERSIONS)}
    return {"action": "query", **props, "titles": titles}


def old_versions(page: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The versions of a file but for the current one, which comes first."""
    return list(page.get("imageinfo", ()))[1:]


def cut_short(pages: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Asked about several files, the wiki ends a long history without a word: those have to be asked about alone."""
    return [page for page in pages if len(pages) > 1 and len(page.get("imageinfo", ())) >= MOST_VERSIONS]


def read_versions(page: Mapping[str, Any], parent: Ref | None) -> Iterator[Ref]:
    """The old versions of a file, the newest first."""
    for one in old_versions(page):
        yield Ref(
            kind="file_versions", title=page["title"], ns=page["ns"], pageid=page.get("pageid"),
            timestamp=one["timestamp"], archivename=one.get("archivename", ""),
        ).derived(parent)  # fmt: skip


def archived_files_query(title: str, props: str) -> Parameters:
    """What the archive holds of one file."""
    name = title.partition(":")[2]
    query = {"action": "query", "list": "filearchive", "fafrom": name, "fato": name, "falimit": "max"}
    return query | {"faprop": props or _FILE_IDS}


def read_archived_files(query: Query, parent: Ref) -> Iterator[Ref]:
    """The archived versions of one file. The archive goes by the name behind the namespace: that of another page names none."""
    yield from (ref.derived(parent) for ref in _archived_files(query) if ref.title == parent.title)


def as_kind(page: Ref, kind: Kind) -> Ref:
    """A title that means something deleted: that there is no page of it says nothing against it."""
    gone = page.problem is not None and page.problem.code == "missing"
    return replace(page, kind=kind, pageid=None, problem=None if gone else page.problem)


def none_of(page: Ref, kind: Kind) -> Ref:
    """A title that was named, and of which nothing of this kind is to be found."""
    nothing = NO_FILE if kind in OF_FILES and page.ns != FILE_NAMESPACE else NOTHING
    return replace(page, kind=kind, pageid=None, problem=nothing if as_kind(page, kind).problem is None else page.problem)
