"""`undelete:` restore deleted pages whole, chosen archived revisions, or archived versions of files.

https://www.mediawiki.org/wiki/API:Undelete. Without timestamps it restores every archived revision of a title, also those
that were deleted long before. It names no log entry, only how many it restored: anything but the whole batch is looked up.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from runner.actions.action import Account, Action, Again, Evidence, Inverse, Result
from runner.actions.expiry import check_expiry
from runner.actions.schema import INSTEAD, REASON, TAGS, WATCHING, WATCHLIST, WATCHLIST_EXPIRY, flag
from runner.model import FILE_NAMESPACE, Blocked, Item, Outcome, Ref, State, digits
from runner.multivalue import join

SCHEMA = {
    "description": "Restore what was deleted.",
    "type": ["object", "null"],
    "additionalProperties": False,
    "instead": {
        **INSTEAD,
        **WATCHING,
        "timestamps": "Chosen revisions are found by a source of `deleted_revisions`",
        "fileids": "Chosen versions are found by a source of `deleted_files`",
        "undeletetalk": "Name the talk page among the titles: what is restored stands in the plan",
    },
    "properties": {
        "reason": REASON,
        "tags": TAGS,
        "watchlist": WATCHLIST,
        "watchlistexpiry": WATCHLIST_EXPIRY,
        "existing": flag("Also restore into a page or file that exists again: the histories are merged."),
        "files": flag("With `deleted_pages`: also restore File: pages, with all archived versions of the file."),
    },
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Undelete:
    reason: str = ""
    tags: tuple[str, ...] = ()
    watchlist: str = "nochange"
    watchlistexpiry: str = ""
    existing: bool = False
    files: bool = False


def parse(value: Mapping[str, Any]) -> Undelete:
    given = dict(value or {})
    return Undelete(**{**given, "tags": tuple(given.get("tags", ()))})


def request(options: Undelete, batch: Sequence[Item], summary: str) -> Mapping[str, str]:
    parameters = {"action": "undelete", "title": batch[0].title, "watchlist": options.watchlist}
    if batch[0].kind == "deleted_revisions":
        parameters["timestamps"] = "|".join(digits(item.facts["timestamp"]) for item in batch)
    if batch[0].kind == "deleted_files":
        parameters["fileids"] = "|".join(item.key.partition(":")[2] for item in batch)
    if summary:
        parameters["reason"] = summary
    if options.tags:
        parameters["tags"] = join(options.tags)
    if options.watchlistexpiry:
        parameters["watchlistexpiry"] = options.watchlistexpiry
    return parameters


def _expected(batch: Sequence[Item]) -> tuple[int, int]:
    """Revisions and file versions that the wiki must say it restored."""
    if batch[0].kind == "deleted_files":
        return 0, len(batch)
    if batch[0].kind == "deleted_revisions":
        return sum(len(item.facts["revids"]) for item in batch), 0
    return batch[0].facts["revisions"], batch[0].facts.get("files", 0)


def read(_options: Undelete, batch: Sequence[Item], answer: Mapping[str, Any]) -> tuple[Result, ...]:
    body = answer["undelete"]
    restored = (body["revisions"], body["fileversions"])
    if restored == _expected(batch) and body["title"] == batch[0].title:
        newest = max(max(item.facts.get("revids", ()), default=item.facts.get("newest", 0)) for item in batch)
        facts = {"exists": True, "newest": newest}
        return tuple(Outcome(seq=item.seq, state=State.DONE, facts=facts) for item in batch)
    detail = f"the wiki restored {restored[0]} revisions and {restored[1]} versions, not what was asked for"
    return tuple(Outcome(seq=item.seq, state=State.UNSURE, code="count", detail=detail) for item in batch)


def refused(_options: Undelete, batch: Sequence[Item], code: str, text: str) -> tuple[Result, ...]:
    # Nothing to restore may mean that an earlier request of ours, whose answer was lost, did it: the log decides.
    state = State.UNSURE if code in ("undelete-no-results", "cantundelete") else State.FAILED
    return tuple(Outcome(seq=item.seq, state=state, code=code, detail=text) for item in batch)


def drift(options: Undelete, planned: Item, current: Item | None) -> str | None:
    if current is None:
        return "gone"
    if current.facts["exists"] and not planned.facts["exists"] and not options.existing:
        return "exists"
    return "archive" if any(current.facts.get(name) != planned.facts.get(name) for name in _CONTENTS) else None


_CONTENTS = ("revisions", "newest", "files", "revids")


def blocked(options: Undelete, item: Item, account: Account) -> Blocked | None:
    if "undelete" not in account.rights:
        return Blocked(code="permission", detail="your account lacks the right 'undelete'")
    if item.kind == "deleted_pages" and item.ns == FILE_NAMESPACE and not options.files:
        return Blocked(code="file", detail="restoring a File: page restores the file; say `files: true` if that is meant")
    if item.facts.get("exists") and not options.existing:
        return Blocked(code="exists", detail="there is something of this title again; say `existing: true` to merge with it")
    for error in item.facts.get("refusals", ()):
        return Blocked(code=error["code"], detail=error["text"])
    return None


def probe(_options: Undelete, item: Item, evidence: Evidence) -> Result:
    """The log tells of a title, the archive of the item: done is what we restored of the title and is not there any more."""
    entries = [entry for entry in evidence.entries if entry.action == "restore" and entry.title == item.title]
    if entries and (item.key not in evidence.current or item.kind == "deleted_pages"):
        return Outcome(seq=item.seq, state=State.DONE, code="looked_up", logid=entries[0].logid, facts={"exists": True})
    if entries:
        detail = "this run restored something of this title, and this is in the archive: it may have been deleted again"
        return Outcome(seq=item.seq, state=State.UNSURE, code="restored_in_part", detail=detail)
    if item.key in evidence.current:
        return Again(seq=item.seq, code="not_restored")
    return Outcome(seq=item.seq, state=State.SKIPPED, code="drift:gone", detail="not in the archive, and not by this run")


def inverse(_options: Undelete, item: Item, changed: Mapping[str, Any]) -> tuple[Inverse, ...] | Blocked:
    """The page is deleted again, unless there was one before: what was merged cannot be taken apart."""
    if item.kind == "deleted_files":
        return Blocked(code="irreversible", detail="which version of the file it has become is not known")
    if item.facts.get("exists"):
        return Blocked(code="irreversible", detail="it was restored into a page that existed: the histories are merged")
    options = {"files": True} if item.ns == FILE_NAMESPACE else {}
    expect = {"revid": changed.get("newest", item.facts.get("newest"))}
    page = Ref(title=item.title, ns=item.ns)
    return (Inverse(action="delete", kind="pages", options=options, refs=(page,), expect=expect),)


UNDELETE = Action(
    name="undelete",
    takes=frozenset({"deleted_pages", "deleted_revisions", "deleted_files"}),
    schema=SCHEMA,
    parse=parse,
    check=lambda value: check_expiry(value, "watchlistexpiry"),
    request=request,
    read=read,
    refused=refused,
    drift=drift,
    blocked=blocked,
    rights=("undelete",),
    facts={"intestactions": "undelete", "intestactionsdetail": "full"},
    group=lambda item: item.title,
    together=True,
    shared=frozenset({"exists"}),
    log=lambda _options: {"letype": "delete"},
    probe=probe,
    inverse=inverse,
    removes=True,
)
