"""`edit:` change the text of pages, one a request, by page id and base revision.

https://www.mediawiki.org/wiki/API:Edit. The whole new text is sent, made from just the revision that was planned from. Only
`baserevid` goes with it: with `basetimestamp` the wiki would overwrite our own later edits without a word. What a filter or a
captcha stops is answered with HTTP 200 and without an error.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from runner.actions.action import Account, Action, Again, Evidence, Inverse, Result
from runner.actions.edit_schema import ADDS, SCHEMA, check
from runner.actions.edit_survey import sha256, survey
from runner.actions.interface import not_allowed
from runner.actions.rewriting import Replacement
from runner.actions.texts import ORIGIN
from runner.model import Blocked, Item, Outcome, Policy, Ref, State
from runner.multivalue import join

# Somebody was quicker: or it was an earlier request of ours, whose answer was lost.
OVERTAKEN = ("editconflict", "articleexists", "missingtitle", "nosuchpageid", "pagedeleted")


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    append: str = ""
    prepend: str = ""
    replace: tuple[Replacement, ...] = ()
    text: str = ""
    nulledit: bool = False
    revert: str = ""
    create: bool = False
    summary: str = ""
    minor: bool = False
    bot: bool = False
    tags: tuple[str, ...] = ()
    watchlist: str = "nochange"


def parse(value: Mapping[str, Any]) -> Edit:
    replacements = tuple(
        Replacement(text=one.get("text", ""), regex=one.get("regex", ""), with_=one["with"]) for one in value.get("replace", ())
    )
    lists = {"replace": replacements, "tags": tuple(value.get("tags", ())), "revert": str(value.get("revert", ""))}
    return Edit(**{**value, **lists})


def request(options: Edit, batch: Sequence[Item], summary: str) -> Mapping[str, str]:
    """The text must be the one that was reviewed; anything else is a mistake of ours, and must not be written."""
    (item,) = batch
    text = item.content
    if text is None or sha256(text) != item.facts["new_sha256"]:
        raise ValueError(f"the text made for {item.key} is not the one that was planned")
    parameters = {"action": "edit", "text": text, "md5": hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()}
    if item.pageid is None:
        parameters |= {"title": item.title, "createonly": "1"}
    else:
        parameters |= {"pageid": str(item.pageid), "baserevid": str(item.revid), "nocreate": "1"}
    # Otherwise the user's preferences would decide.
    parameters |= {"watchlist": options.watchlist, "minor" if options.minor else "notminor": "1"}
    if options.bot:
        parameters["bot"] = "1"
    if summary:
        parameters["summary"] = summary
    if options.tags:
        parameters["tags"] = join(options.tags)
    return parameters


def read(options: Edit, batch: Sequence[Item], answer: Mapping[str, Any]) -> tuple[Result, ...]:
    (item,) = batch
    body = answer["edit"]
    if body["result"] != "Success":
        return (_stopped(item, body),)
    if body.get("nochange"):
        return (_nochange(options, item),)
    made, base = body["newrevid"], body["oldrevid"]
    if not _is_id(made) or body["title"] != item.title:
        return (Outcome(seq=item.seq, state=State.UNSURE, code="no_revision", detail="the wiki named no new revision"),)
    if base != (item.revid or 0):
        return (_merged(item, made),)
    if options.nulledit:
        detail = f"saving it made revision {made}: the wiki wrote something else than was there"
        return (Outcome(seq=item.seq, state=State.FAILED, code="changed", detail=detail),)
    return (Outcome(seq=item.seq, state=State.DONE, facts={"revid": made, "pageid": body["pageid"]}),)


def _stopped(item: Item, body: Mapping[str, Any]) -> Outcome:
    """A captcha, a filter: each tells of itself in its own way."""
    code = body.get("code") or ("captcha" if "captcha" in body else "stopped")
    detail = body.get("info") or body.get("message") or body.get("warning") or "the wiki did not save the edit"
    return Outcome(seq=item.seq, state=State.FAILED, code=str(code), detail=str(detail))


def _nochange(options: Edit, item: Item) -> Outcome:
    if options.nulledit:
        return Outcome(seq=item.seq, state=State.DONE)
    # It may be so because of an earlier request of ours: then our revision is there.
    return Outcome(seq=item.seq, state=State.UNSURE, code="nochange", detail="the page already held this text")


def _merged(item: Item, made: int) -> Outcome:
    detail = f"somebody edited in the same moment, and the wiki merged both into revision {made}: look at it"
    return Outcome(seq=item.seq, state=State.FAILED, code="merged", detail=detail)


def _is_id(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value > 0


def refused(_options: Edit, batch: Sequence[Item], code: str, text: str) -> tuple[Result, ...]:
    (item,) = batch
    state = State.UNSURE if code in OVERTAKEN else State.FAILED
    return (Outcome(seq=item.seq, state=state, code=code, detail=text),)


def drift(_options: Edit, planned: Item, current: Item | None) -> str | None:
    if current is None:
        return "gone"
    obstacle = current.facts.get("obstacle", {}).get("code")
    if obstacle == "exists":
        return "exists"
    if current.title != planned.title or current.ns != planned.ns:
        return "moved"
    if current.revid != planned.revid:
        return "edited"
    hashes = [one.facts.get(name) for one in (planned, current) for name in ("old_sha256", "new_sha256")]
    return "text" if obstacle or hashes[:2] != hashes[2:] else None


def blocked(options: Edit, item: Item, account: Account) -> Blocked | None:
    for right in ("edit", *(("bot",) if options.bot else ())):
        if right not in account.rights:
            return Blocked(code="permission", detail=f"your account lacks the right '{right}'")
    if options.create and item.pageid is not None:
        return Blocked(code="exists", detail="there is a page of this title, and `create` makes pages that do not exist")
    for error in item.facts.get("refusals", ()):
        return Blocked(code=error["code"], detail=error["text"])
    obstacle = item.facts.get("obstacle")
    return Blocked(code=obstacle["code"], detail=obstacle["detail"]) if obstacle else None


def forbidden(_options: Edit, item: Item | None, policy: Policy) -> Blocked | None:
    return not_allowed(item.ns, item.facts.get("contentmodel", ""), policy) if item else None


def probe(_options: Edit, item: Item, evidence: Evidence) -> Result:
    """The page's history is asked before its state: what we edited and somebody changed again is done."""
    for one in evidence.contributions:
        if one.pageid == item.pageid if item.pageid is not None else one.title == item.title:
            if one.parentid == (item.revid or 0):
                facts = {"revid": one.revid, "pageid": one.pageid}
                return Outcome(seq=item.seq, state=State.DONE, code="looked_up", facts=facts)
            detail = f"revision {one.revid} is ours, and does not follow the one that was planned from: look at it"
            return Outcome(seq=item.seq, state=State.UNSURE, code="merged", detail=detail)
    if item.key in evidence.current:
        return Again(seq=item.seq, code="not_edited")
    detail = "the page is gone; whether this run edited it before stands only in its deleted history"
    return Outcome(seq=item.seq, state=State.UNSURE, code="gone", detail=detail)


def inverse(options: Edit, item: Item, changed: Mapping[str, Any]) -> tuple[Inverse, ...] | Blocked:
    """The text as it was before, if nobody changed it since; a page that was made is deleted."""
    if options.nulledit:
        return Blocked(code="irreversible", detail="a null edit changes nothing that could be taken back")
    page = Ref(title=item.title, ns=item.ns, pageid=changed["pageid"])
    expect = {"revid": changed["revid"]}
    if item.pageid is None:
        return (Inverse(action="delete", kind="pages", options={}, refs=(page,), expect=expect),)
    back = {"revert": f"${{item.{ORIGIN}}}"}
    restores = {"length": item.facts["length"]}
    facts = {ORIGIN: changed["revid"]}
    return (Inverse(action="edit", kind="pages", options=back, refs=(page,), expect=expect, restores=restores, facts=facts),)


EDIT = Action(
    name="edit",
    takes=frozenset({"pages"}),
    schema=SCHEMA,
    parse=parse,
    check=check,
    summary="summary",
    per_item=frozenset({"append", "prepend", "replace", "text", "revert", "summary"}),
    request=request,
    read=read,
    refused=refused,
    drift=drift,
    blocked=blocked,
    forbidden=forbidden,
    rights=("edit",),
    facts={"intestactions": "edit", "intestactionsdetail": "full"},
    creates=lambda options: options.create,
    survey=survey,
    adds=ADDS,
    needs=frozenset({"old_sha256", "new_sha256"}),
    single=True,
    edits=True,
    probe=probe,
    inverse=inverse,
)
