"""`rollback:` take back the last edits of one user on each page; one a request, by page id.

https://www.mediawiki.org/wiki/API:Rollback. The API rolls back whatever that user has on top: so the last revision, and the one
that the page goes back to, stand in the plan. Marking edits as a bot's is left out without a word where the right is missing,
and tags always are (seen on 1.39).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from unicodedata import normalize

from runner.actions.action import Account, Action, Again, Evidence, Inverse, Result, Survey
from runner.actions.expiry import check_expiry
from runner.actions.interface import not_allowed
from runner.actions.schema import INSTEAD, REASON, WATCHING, WATCHLIST, WATCHLIST_EXPIRY, flag
from runner.actions.texts import ORIGIN
from runner.actions.verdicts import elsewhere, failed, is_id, lacking, obstacle, obstructed, unlike, unsure
from runner.errors import Finding
from runner.model import Blocked, Item, Outcome, Policy, Ref, State

Revision = Mapping[str, Any]
# Somebody was quicker: or it was an earlier request of ours, whose answer was lost.
OVERTAKEN = ("alreadyrolled", "nosuchpageid", "missingtitle", "notanarticle")

SCHEMA: Mapping[str, Any] = {
    "description": "Take back the last edits of a user on the pages, as far as they are the last.",
    "type": "object",
    "additionalProperties": False,
    "instead": {
        **INSTEAD,
        **WATCHING,
        "reason": "It is called `summary`",
        "tags": "Leave it out: MediaWiki takes tags for a rollback and sets none; a later `tag` step can",
    },
    "required": ["user"],
    "properties": {
        "user": {
            "description": "Whose edits: pages that somebody else edited last are blocked.",
            "type": "string",
            "minLength": 1,
            "examples": ["Vandal"],
        },
        "summary": {
            **REASON,
            "description": "What stands in the page's history, beside the run's mark; the wiki puts names for $1 and $2.",
        },
        "markbot": flag("Mark the edits, and that they were taken back, as a bot's, so that recent changes hide them."),
        "watchlist": WATCHLIST,
        "watchlistexpiry": WATCHLIST_EXPIRY,
    },
}
ADDS: Mapping[str, Any] = {"editor": {"type": "string"}, "to_revid": {"type": "integer"}}


@dataclass(frozen=True, slots=True, kw_only=True)
class Rollback:
    user: str
    summary: str = ""
    markbot: bool = False
    watchlist: str = "nochange"
    watchlistexpiry: str = ""


def parse(value: Mapping[str, Any]) -> Rollback:
    return Rollback(**{**value, "user": _name(value["user"])})


def _name(user: str) -> str:
    """As the wiki writes it."""
    name = " ".join(normalize("NFC", user).replace("_", " ").split())
    return name[:1].upper() + name[1:]


def check(value: Mapping[str, Any]) -> list[Finding]:
    return check_expiry(value, "watchlistexpiry")


def settle(options: Rollback, raw: Mapping[str, Any] | None) -> tuple[Rollback, Sequence[Finding]]:
    return options, unlike(raw, "rollback", {"watchlistexpiry": options.watchlistexpiry})


def survey(options: Rollback, items: Sequence[Item], _planned: Mapping[str, Item]) -> Survey:
    """Who edited each page last, and which revision it would go back to: that takes one page a request."""
    pageids = [str(item.pageid) for item in items if item.blocked is None]
    if not pageids:
        return list(items)
    query = {"action": "query", "prop": "revisions", "rvprop": "ids|user"}
    answer = yield {**query, "pageids": "|".join(pageids)}
    last = {page["pageid"]: page["revisions"][0] for page in answer["pages"] if page.get("revisions")}
    found = []
    for item in items:
        facts = _editor(options, last.get(item.pageid)) if item.blocked is None else {}
        if facts and "obstacle" not in facts:
            one = {"rvprop": "ids|user|sha1", "rvlimit": "1", "rvexcludeuser": facts["editor"]}
            answer = yield {**query, **one, "pageids": str(item.pageid)}
            facts |= _target([one for page in answer["pages"] for one in page.get("revisions", ())])
        found.append(replace(item, facts={**item.facts, **facts}))
    return found


def _editor(options: Rollback, last: Revision | None) -> dict[str, Any]:
    """Who edited last, if it is the one that is meant. A name that is hidden is never kept."""
    if last is None:
        return obstacle("missing", "its last revision cannot be read")
    if last.get("userhidden"):
        return obstacle("hidden", "who edited it last is hidden")
    if _name(last["user"]) != options.user:
        return obstacle("other_editor", f"it was edited last by {last['user']}")
    return {"editor": last["user"]}


def _target(revisions: Sequence[Revision]) -> dict[str, Any]:
    if not revisions:
        return obstacle("onlyauthor", "nobody else ever edited the page")
    if revisions[0].get("userhidden") or revisions[0].get("sha1hidden"):
        return obstacle("notvisiblerev", "the revision that it would go back to is hidden")
    return {"to_revid": revisions[0]["revid"]}


def request(options: Rollback, batch: Sequence[Item], summary: str) -> Mapping[str, str]:
    (item,) = batch
    parameters = {"action": "rollback", "pageid": str(item.pageid), "user": str(item.facts["editor"])}
    parameters["watchlist"] = options.watchlist
    if options.markbot:
        parameters["markbot"] = "1"
    if summary:
        parameters["summary"] = summary
    if options.watchlistexpiry:
        parameters["watchlistexpiry"] = options.watchlistexpiry
    return parameters


def read(_options: Rollback, batch: Sequence[Item], answer: Mapping[str, Any]) -> tuple[Result, ...]:
    (item,) = batch
    body = answer["rollback"]
    if body["pageid"] != item.pageid or not is_id(body["revid"]) or body["revid"] <= body["old_revid"]:
        return (unsure(item, "no_revision", "the wiki named no new revision"),)
    if body["old_revid"] != item.revid or body["last_revid"] != item.facts["to_revid"]:
        detail = f"revision {body['revid']} took it from {body['old_revid']} back to {body['last_revid']}: look at it"
        return (failed(item, "other_revision", detail),)
    return (Outcome(seq=item.seq, state=State.DONE, facts={"revid": body["revid"]}),)


def refused(_options: Rollback, batch: Sequence[Item], code: str, text: str) -> tuple[Result, ...]:
    (item,) = batch
    return (unsure(item, code, text) if code in OVERTAKEN else failed(item, code, text),)


def drift(_options: Rollback, planned: Item, current: Item | None) -> str | None:
    reason = elsewhere(planned, current)
    if reason or current is None:
        return reason
    if current.revid != planned.revid:
        return "edited"
    return "history" if any(current.facts.get(name) != planned.facts.get(name) for name in ADDS) else None


def blocked(options: Rollback, item: Item, account: Account) -> Blocked | None:
    # A bot's own right does as well.
    marks = ("markbotedits",) if options.markbot and "bot" not in account.rights else ()
    return lacking(account, "rollback", "edit", *marks) or obstructed(item)


def forbidden(_options: Rollback, item: Item | None, policy: Policy) -> Blocked | None:
    return not_allowed(item.ns, item.facts.get("contentmodel", ""), policy) if item else None


def probe(_options: Rollback, item: Item, evidence: Evidence) -> Result:
    """The page's history is asked before its state: what we rolled back and somebody changed again is done."""
    for one in evidence.contributions:
        if one.pageid == item.pageid and one.parentid == item.revid:
            return Outcome(seq=item.seq, state=State.DONE, code="looked_up", facts={"revid": one.revid})
        if one.pageid == item.pageid:
            return unsure(
                item, "other_revision", f"revision {one.revid} is ours, and does not follow the planned one: look at it"
            )
    if item.key in evidence.current:
        return Again(seq=item.seq, code="not_rolled_back")
    return unsure(item, "gone", "the page is gone; whether this run changed it before stands only in its deleted history")


def inverse(_options: Rollback, item: Item, changed: Mapping[str, Any]) -> tuple[Inverse, ...]:
    """The user's edits come again by an edit that takes the rollback back."""
    return (
        Inverse(
            action="edit",
            kind="pages",
            options={"revert": f"${{item.{ORIGIN}}}"},
            refs=(Ref(title=item.title, ns=item.ns, pageid=item.pageid),),
            expect={"revid": changed["revid"]},
            restores={"length": item.facts["length"]},
            facts={ORIGIN: changed["revid"]},
        ),
    )


ROLLBACK = Action(
    name="rollback",
    takes=frozenset({"pages"}),
    schema=SCHEMA,
    parse=parse,
    check=check,
    summary="summary",
    describes=lambda options: "rollback" if options.watchlistexpiry else None,
    settle=settle,
    request=request,
    read=read,
    refused=refused,
    drift=drift,
    blocked=blocked,
    forbidden=forbidden,
    rights=("rollback", "edit"),
    facts={"intestactions": "rollback|edit", "intestactionsdetail": "full"},
    token=lambda _options: "rollback",
    survey=survey,
    adds=ADDS,
    needs=frozenset(ADDS),
    single=True,
    edits=True,
    probe=probe,
    inverse=inverse,
)
