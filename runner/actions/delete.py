"""`delete:` delete whole pages, by page id, or old versions of files, by archive name; one a request.

https://www.mediawiki.org/wiki/API:Delete. The API takes no base revision, so title, namespace and last revision are read
again just before; only an integer `logid` is success. With `oldimage` on a title that is no file it deletes the page.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from runner.actions.action import Account, Action, Again, Evidence, Inverse, LogEntry, Result
from runner.actions.expiry import check_expiry
from runner.actions.protect import set_back
from runner.actions.protection import own
from runner.actions.schema import INSTEAD, REASON, TAGS, WATCHING, WATCHLIST, WATCHLIST_EXPIRY, flag
from runner.actions.setpagelanguage import given_back
from runner.actions.verdicts import unlike
from runner.errors import Finding
from runner.model import FILE_NAMESPACE, Blocked, Item, Kind, Outcome, Ref, State
from runner.multivalue import join

GONE = ("missingtitle", "nosuchpageid", "cantdelete", "nodeleteablefile")

SCHEMA = {
    "description": "Delete the pages, or the old versions of files. They stay in the wiki's archive.",
    "type": ["object", "null"],
    "additionalProperties": False,
    "instead": {
        **INSTEAD,
        **WATCHING,
        "oldimage": "Old versions are found by a source of `file_versions`",
        "deletetalk": "Write `related: talk` in the source: what is deleted stands in the plan",
    },
    "properties": {
        "reason": REASON,
        "tags": TAGS,
        "watchlist": WATCHLIST,
        "watchlistexpiry": WATCHLIST_EXPIRY,
        "files": flag("Also delete File: pages, which deletes the file with all its versions."),
    },
}

# Whether this account may; and what the archive holds of the title before, so that an undo can leave that alone.
FACTS = {
    "prop": "info|deletedrevisions|imageinfo",
    "intestactions": "delete",
    "intestactionsdetail": "full",
    "drvprop": "ids",
    "drvlimit": "max",
    "iiprop": "timestamp",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Delete:
    reason: str = ""
    tags: tuple[str, ...] = ()
    watchlist: str = "nochange"
    watchlistexpiry: str = ""
    files: bool = False


def parse(value: Mapping[str, Any]) -> Delete:
    given = dict(value or {})
    return Delete(**{**given, "tags": tuple(given.get("tags", ()))})


def settle(options: Delete, raw: Mapping[str, Any] | None) -> tuple[Delete, Sequence[Finding]]:
    """A wiki may know no end of watching."""
    return options, unlike(raw, "delete", {"watchlistexpiry": options.watchlistexpiry})


def request(options: Delete, batch: Sequence[Item], summary: str) -> Mapping[str, str]:
    (item,) = batch
    parameters = {"action": "delete", **_target(item), "watchlist": options.watchlist}
    if summary:
        parameters["reason"] = summary
    if options.tags:
        parameters["tags"] = join(options.tags)
    if options.watchlistexpiry:
        parameters["watchlistexpiry"] = options.watchlistexpiry
    return parameters


def _target(item: Item) -> Mapping[str, str]:
    if item.kind == "file_versions":
        return {"title": item.title, "oldimage": item.facts["archivename"]}
    return {"pageid": str(item.pageid)}


def read(_options: Delete, batch: Sequence[Item], answer: Mapping[str, Any]) -> tuple[Result, ...]:
    (item,) = batch
    body = answer["delete"]
    logid = body.get("logid")
    if isinstance(logid, int) and not isinstance(logid, bool) and logid > 0:
        return (Outcome(seq=item.seq, state=State.DONE, logid=logid),)
    if body.get("scheduled"):
        return (Outcome(seq=item.seq, state=State.SCHEDULED, code="scheduled", detail="queued by the wiki"),)
    # A lost race can look like success without a log entry: it is looked up, never believed.
    return (Outcome(seq=item.seq, state=State.UNSURE, code="no_logid", detail="the wiki named no log entry"),)


def refused(_options: Delete, batch: Sequence[Item], code: str, text: str) -> tuple[Result, ...]:
    (item,) = batch
    # Gone may mean that an earlier request of ours, whose answer was lost, did it: the log decides.
    state = State.UNSURE if code in GONE else State.FAILED
    return (Outcome(seq=item.seq, state=state, code=code, detail=text),)


def drift(_options: Delete, planned: Item, current: Item | None) -> str | None:
    if current is None:
        return "gone"
    if current.title != planned.title or current.ns != planned.ns:
        return "moved"
    if planned.kind == "file_versions" and current.facts["archivename"] != planned.facts["archivename"]:
        return "moved"
    return "edited" if current.revid != planned.revid else None


def blocked(options: Delete, item: Item, account: Account) -> Blocked | None:
    if "delete" not in account.rights:
        return Blocked(code="permission", detail="your account lacks the right 'delete'")
    if item.kind == "file_versions" and item.ns != FILE_NAMESPACE:
        return Blocked(code="no_file", detail="the title is no file: its page would be deleted")
    if item.kind == "pages" and item.ns == FILE_NAMESPACE and not options.files:
        return Blocked(code="file", detail="deleting a File: page deletes the file; say `files: true` if that is meant")
    for error in item.facts.get("refusals", ()):
        return Blocked(code=error["code"], detail=error["text"])
    return None


def probe(_options: Delete, item: Item, evidence: Evidence) -> Result:
    """The log is asked before existence: deleted by us and restored by somebody is done."""
    for entry in evidence.entries:
        if entry.action == "delete" and _is_about(entry, item):
            return Outcome(seq=item.seq, state=State.DONE, code="looked_up", logid=entry.logid)
    if item.key in evidence.current:
        return Again(seq=item.seq, code="not_deleted")
    return Outcome(seq=item.seq, state=State.SKIPPED, code="drift:gone", detail="gone, and not by this run")


def _is_about(entry: LogEntry, item: Item) -> bool:
    if item.kind == "file_versions":
        # Of an old version only the comment tells which it was, in whatever language.
        return entry.title == item.title and item.facts["archivename"] in entry.comment
    return entry.pageid == item.pageid


def shown(_options: Delete, item: Item) -> Item:
    """The language counts only at the very end."""
    return replace(item, facts={name: fact for name, fact in item.facts.items() if name != "language"})


def effect(_options: Delete, item: Item) -> Mapping[str, Any]:
    """What went with the page, and what of its title was in the archive before: as it was just before the write."""
    if item.kind != "pages":
        return {}
    nothing: dict[str, Any] = {"archived": [], "archived_files": [], "protection": []}
    return {name: item.facts.get(name, nothing.get(name)) for name in DELETE.keeps if name in item.facts or name in nothing}


def inverse(_options: Delete, item: Item, changed: Mapping[str, Any]) -> tuple[Inverse, ...]:
    """Only what this deletion put into the archive: it held the page's revisions up to the last, and none of those that were
    there before. What the wiki takes from a page that is deleted, and does not give back, is set again."""
    name = item.facts.get("archivename")
    if item.kind == "file_versions":
        return (replace(_restored("deleted_files", item, lambda ref: ref.archivename == name), options={"existing": True}),)
    item = replace(item, facts={**item.facts, **changed})
    before, last = set(item.facts.get("archived", ())), item.revid or 0
    pages = _restored("deleted_revisions", item, lambda ref: ref.revids[0] <= last and ref.revids[0] not in before)
    if item.ns != FILE_NAMESPACE or "file" not in item.facts:
        return (pages, *_given_back(item))
    files, newest = set(item.facts.get("archived_files", ())), item.facts["file"]
    versions = _restored("deleted_files", item, lambda ref: ref.timestamp <= newest and ref.number not in files)
    return (pages, versions, *_given_back(item))


def _given_back(item: Item) -> Iterator[Inverse]:
    if protections := own(item):
        yield _with_page(set_back(item, protections, ()))
    if language := item.facts.get("language"):
        yield given_back(item, language)


def _with_page(inverse: Inverse) -> Inverse:
    """Nobody can have changed what is not there; of a page that somebody else restored it is theirs."""
    ended = _with_page(inverse.ended) if isinstance(inverse.ended, Inverse) else inverse.ended
    return replace(inverse, expect={}, with_page=True, ended=ended)


def _restored(kind: Kind, item: Item, chosen: Callable[[Ref], bool]) -> Inverse:
    restores: dict[str, Any] = {}
    if kind == "deleted_revisions":
        restores = {"pageid": item.pageid, "revid": item.revid}
    page = Ref(title=item.title, ns=item.ns)
    return Inverse(action="undelete", kind=kind, options={}, refs=(page,), chosen=chosen, restores=restores)


DELETE = Action(
    name="delete",
    takes=frozenset({"pages", "file_versions"}),
    schema=SCHEMA,
    parse=parse,
    check=lambda value: check_expiry(value, "watchlistexpiry"),
    describes=lambda options: "delete" if options.watchlistexpiry else None,
    settle=settle,
    request=request,
    read=read,
    refused=refused,
    drift=drift,
    blocked=blocked,
    rights=("delete",),
    facts=FACTS,
    single=True,
    log=lambda _options: {"letype": "delete"},
    probe=probe,
    keeps=frozenset({"archived", "archived_files", "file", "protection", "language"}),
    effect=effect,
    inverse=inverse,
    shown=shown,
    removes=True,
)
