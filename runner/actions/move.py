"""`move:` move pages to other titles, one a request, by page id.

https://www.mediawiki.org/wiki/API:Move. The target is frozen in the plan as the wiki writes it. The API would move talk pages
and subpages along, and tell of their failures beside a success: here each is an item of its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from runner.actions.action import Account, Action, Again, Evidence, Inverse, Result
from runner.actions.interface import CODE, not_allowed
from runner.actions.move_survey import Facts, survey
from runner.actions.schema import INSTEAD, REASON, TAGS, WATCHING, WATCHLIST, flag
from runner.actions.texts import ORIGIN
from runner.model import FILE_NAMESPACE, Blocked, Item, Outcome, Policy, Ref, State
from runner.multivalue import join

# Somebody was quicker: or it was an earlier request of ours, whose answer was lost.
OVERTAKEN = ("selfmove", "articleexists", "redirectexists", "nosuchpageid", "missingtitle", "movepage-source-doesnt-exist")

_ALONG = (
    "What is moved stands in the plan: write `related: [{0}]` in the source, and the target by its parts, "
    'as in `to: "${{item.namespace}}:Archive/${{item.name}}"`'
)

SCHEMA: Mapping[str, Any] = {
    "description": "Move the pages to other titles.",
    "type": "object",
    "additionalProperties": False,
    "instead": {
        **INSTEAD,
        **WATCHING,
        "from": INSTEAD["title"],
        "fromid": INSTEAD["title"],
        "movetalk": _ALONG.format("talk"),
        "movesubpages": _ALONG.format("subpages"),
        "ignorewarnings": "Leave it out: what the wiki would warn of (a shared file of the new name) is blocked in the plan",
        "summary": "It is called `reason`",
    },
    "required": ["to"],
    "properties": {
        "to": {
            "description": "The new title, with its namespace; ${item.title} and its like make it another for each page.",
            "type": "string",
            "minLength": 1,
            "examples": ["Archive/${item.title}", "${item.namespace}:Archive/${item.name}"],
        },
        "reason": {**REASON, "description": f"{REASON['description']} It may hold ${{item.title}} and its like."},
        "noredirect": flag("Leave no redirect at the old title; the account needs the right `suppressredirect`."),
        "files": flag("Also move File: pages, which moves the file with all its versions."),
        "tags": TAGS,
        "watchlist": WATCHLIST,
    },
}

ADDS: Mapping[str, Any] = {"over": {"type": "integer", "minimum": 1}, "to_contentmodel": {"enum": sorted(CODE)}}


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    to: str
    reason: str = ""
    noredirect: bool = False
    files: bool = False
    tags: tuple[str, ...] = ()
    watchlist: str = "nochange"


def parse(value: Mapping[str, Any]) -> Move:
    return Move(**{**value, "tags": tuple(value.get("tags", ()))})


def request(options: Move, batch: Sequence[Item], summary: str) -> Mapping[str, str]:
    (item,) = batch
    parameters = {"action": "move", "fromid": str(item.pageid), "to": item.facts["to"], "watchlist": options.watchlist}
    if options.noredirect:
        parameters["noredirect"] = "1"
    if summary:
        parameters["reason"] = summary
    if options.tags:
        parameters["tags"] = join(options.tags)
    return parameters


def read(options: Move, batch: Sequence[Item], answer: Mapping[str, Any]) -> tuple[Result, ...]:
    (item,) = batch
    body = answer["move"]
    wrong = []
    if body["from"] != item.title or body["to"] != item.facts["to"]:
        wrong.append(f"{body['from']} was moved to {body['to']}")
    if options.noredirect and body["redirectcreated"]:
        wrong.append("a redirect was left")
    if wrong:
        return (Outcome(seq=item.seq, state=State.FAILED, code="not_effective", detail="; ".join(wrong)),)
    return (Outcome(seq=item.seq, state=State.DONE),)


def refused(_options: Move, batch: Sequence[Item], code: str, text: str) -> tuple[Result, ...]:
    (item,) = batch
    state = State.UNSURE if code in OVERTAKEN else State.FAILED
    return (Outcome(seq=item.seq, state=state, code=code, detail=text),)


def drift(_options: Move, planned: Item, current: Item | None) -> str | None:
    """The last revision counts, too: what was reviewed is a page with this text, not whatever has become of it."""
    if current is None:
        return "gone"
    if current.title != planned.title or current.ns != planned.ns:
        return "moved"
    if current.revid != planned.revid:
        return "edited"
    overs = {one.facts.get("over") for one in (planned, current)}
    return "target" if current.facts.get("obstacle") or len(overs) > 1 else None


def blocked(options: Move, item: Item, account: Account) -> Blocked | None:
    for right in ("move", *(("suppressredirect",) if options.noredirect else ())):
        if right not in account.rights:
            return Blocked(code="permission", detail=f"your account lacks the right '{right}'")
    if item.ns == FILE_NAMESPACE and not options.files:
        return Blocked(code="file", detail="moving a File: page moves the file; say `files: true` if that is meant")
    for error in item.facts.get("refusals", ()):
        return Blocked(code=error["code"], detail=error["text"])
    obstacle = item.facts.get("obstacle")
    return Blocked(code=obstacle["code"], detail=obstacle["detail"]) if obstacle else None


def forbidden(_options: Move, item: Item | None, policy: Policy) -> Blocked | None:
    """Both ends of the way count."""
    if item is None:
        return None
    source = not_allowed(item.ns, item.facts.get("contentmodel", ""), policy)
    return source or not_allowed(item.facts.get("to_ns"), item.facts.get("to_contentmodel", ""), policy)


def probe(_options: Move, item: Item, evidence: Evidence) -> Result:
    """The log is asked before the title: what we moved and somebody moved back is done."""
    for entry in evidence.entries:
        if entry.action in ("move", "move_redir") and entry.pageid == item.pageid:
            return Outcome(seq=item.seq, state=State.DONE, code="looked_up", logid=entry.logid)
    if item.key in evidence.current:
        return Again(seq=item.seq, code="not_moved")
    return Outcome(seq=item.seq, state=State.SKIPPED, code="drift:gone", detail="gone, and not by this run")


def effect(_options: Move, item: Item) -> Facts:
    return {"title": item.facts["to"], "ns": item.facts["to_ns"]}


def inverse(_options: Move, item: Item, changed: Mapping[str, Any]) -> tuple[Inverse, ...] | Blocked:
    """Moved back over the redirect that was left, if that has no history of its own. A redirect that had to make way for the
    page comes again; otherwise nothing is left at the target."""
    if "revid" not in changed:
        return Blocked(code="changed_since", detail="the page was edited before its new last revision could be read")
    page = Ref(title=changed["title"], ns=changed["ns"], pageid=item.pageid)
    options = {"to": f"${{item.{ORIGIN}}}", **({} if "over" in item.facts else {"noredirect": True})}
    if item.ns == FILE_NAMESPACE:
        options["files"] = True
    expect = {name: changed[name] for name in ("title", "revid")}
    facts, restores = {ORIGIN: item.title}, {"title": item.title, "ns": item.ns}
    return (Inverse(action="move", kind="pages", options=options, refs=(page,), expect=expect, restores=restores, facts=facts),)


MOVE = Action(
    name="move",
    takes=frozenset({"pages"}),
    schema=SCHEMA,
    parse=parse,
    per_item=frozenset({"to", "reason"}),
    request=request,
    read=read,
    refused=refused,
    drift=drift,
    blocked=blocked,
    forbidden=forbidden,
    rights=("move",),
    facts={"intestactions": "move|edit", "intestactionsdetail": "full"},
    survey=survey,
    adds=ADDS,
    needs=frozenset({"to", "to_ns"}),
    single=True,
    log=lambda _options: {"letype": "move"},
    probe=probe,
    effect=effect,
    inverse=inverse,
    revises=True,
)
