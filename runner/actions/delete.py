"""`delete:` delete whole pages, one a request, by page id.

https://www.mediawiki.org/wiki/API:Delete. The API takes no base revision, so title, namespace and last revision are read
again just before; only an integer `logid` is success.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from runner.actions.action import Account, Action, Again, Evidence, Result
from runner.actions.schema import REASON, TAGS, choice, flag
from runner.model import Blocked, Item, Outcome, State
from runner.multivalue import join

FILE_NAMESPACE = 6
GONE = ("missingtitle", "nosuchpageid", "cantdelete")

SCHEMA = {
    "description": "Delete the pages. Their revisions stay in the wiki's archive.",
    "type": ["object", "null"],
    "additionalProperties": False,
    "properties": {
        "reason": REASON,
        "tags": TAGS,
        "watchlist": choice(
            ["nochange", "preferences", "watch", "unwatch"],
            "What becomes of your watchlist; nochange unless told otherwise.",
        ),
        "watchlistexpiry": {
            "description": "When watching ends, such as 1 month or a time.",
            "type": "string",
            "minLength": 1,
        },
        "files": flag("Also delete File: pages, which deletes the file with all its versions."),
    },
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


def request(options: Delete, batch: Sequence[Item], summary: str) -> Mapping[str, str]:
    (item,) = batch
    parameters = {"action": "delete", "pageid": str(item.pageid), "watchlist": options.watchlist}
    if summary:
        parameters["reason"] = summary
    if options.tags:
        parameters["tags"] = join(options.tags)
    if options.watchlistexpiry:
        parameters["watchlistexpiry"] = options.watchlistexpiry
    return parameters


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
    return "edited" if current.revid != planned.revid else None


def blocked(options: Delete, item: Item, account: Account) -> Blocked | None:
    if "delete" not in account.rights:
        return Blocked(code="permission", detail="your account lacks the right 'delete'")
    if item.ns == FILE_NAMESPACE and not options.files:
        return Blocked(code="file", detail="deleting a File: page deletes the file; say `files: true` if that is meant")
    for error in item.facts.get("refusals", ()):
        return Blocked(code=error["code"], detail=error["text"])
    return None


def probe(_options: Delete, item: Item, evidence: Evidence) -> Result:
    """The log is asked before existence: deleted by us and restored by somebody is done."""
    for entry in evidence.entries:
        if entry.action == "delete" and entry.pageid == item.pageid:
            return Outcome(seq=item.seq, state=State.DONE, code="looked_up", logid=entry.logid)
    if item.key in evidence.current:
        return Again(seq=item.seq, code="not_deleted")
    return Outcome(seq=item.seq, state=State.SKIPPED, code="drift:gone", detail="gone, and not by this run")


DELETE = Action(
    name="delete",
    takes=frozenset({"pages"}),
    schema=SCHEMA,
    parse=parse,
    request=request,
    read=read,
    refused=refused,
    drift=drift,
    blocked=blocked,
    rights=("delete",),
    facts={"intestactions": "delete", "intestactionsdetail": "full"},
    single=True,
    log=lambda _options: {"letype": "delete"},
    probe=probe,
    removes=True,
)
