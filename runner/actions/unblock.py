"""`unblock:` lift blocks, one a request, each by its own id: a block that somebody put in its place is left alone.

https://www.mediawiki.org/wiki/API:Block#Unblocking_users
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from runner.actions.action import Account, Action, Again, Evidence, Inverse, Result
from runner.actions.block import block_again, changed_block
from runner.actions.block_schema import INSTEAD_OF_USER
from runner.actions.schema import REASON, TAGS
from runner.model import Blocked, Item, Outcome, State, user_of
from runner.multivalue import join

SCHEMA = {
    "description": "Lift the blocks that are on the users.",
    "type": ["object", "null"],
    "additionalProperties": False,
    "instead": INSTEAD_OF_USER,
    "properties": {"reason": REASON, "tags": TAGS},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Unblock:
    reason: str = ""
    tags: tuple[str, ...] = ()


def parse(value: Mapping[str, Any]) -> Unblock:
    given = dict(value or {})
    return Unblock(**{**given, "tags": tuple(given.get("tags", ()))})


def request(options: Unblock, batch: Sequence[Item], summary: str) -> Mapping[str, str]:
    (item,) = batch
    texts = {"reason": summary, "tags": join(options.tags)}
    return {"action": "unblock", "id": str(item.facts["blockid"]), **{name: text for name, text in texts.items() if text}}


def read(_options: Unblock, batch: Sequence[Item], answer: Mapping[str, Any]) -> tuple[Result, ...]:
    (item,) = batch
    body = answer["unblock"]
    if body["id"] == item.facts["blockid"] and body["user"] == user_of(item.title):
        return (Outcome(seq=item.seq, state=State.DONE),)
    return (Outcome(seq=item.seq, state=State.UNSURE, code="no_id", detail="the wiki did not name the block that it lifted"),)


def refused(_options: Unblock, batch: Sequence[Item], code: str, text: str) -> tuple[Result, ...]:
    (item,) = batch
    # No such block may mean that an earlier request of ours, whose answer was lost, lifted it: the log decides.
    state = State.UNSURE if code == "cantunblock" else State.FAILED
    return (Outcome(seq=item.seq, state=state, code=code, detail=text),)


def drift(_options: Unblock, planned: Item, current: Item | None) -> str | None:
    if current is None:
        return "gone"
    if current.facts.get("userid") != planned.facts.get("userid"):
        return "renamed"
    return "block" if changed_block(planned, current) else None


def blocked(_options: Unblock, item: Item, account: Account) -> Blocked | None:
    if "block" not in account.rights:
        return Blocked(code="permission", detail="your account lacks the right 'block'")
    if user_of(item.title) == account.name:
        return Blocked(code="self", detail="this is the account that you are logged in with")
    if not item.facts.get("block"):
        return Blocked(code="not_blocked", detail="there is no block on this very user")
    return None


def probe(_options: Unblock, item: Item, evidence: Evidence) -> Result:
    """The log is asked first: what we lifted and somebody set again is done."""
    for entry in evidence.entries:
        if entry.action == "unblock" and entry.title == item.title:
            return Outcome(seq=item.seq, state=State.DONE, code="looked_up", logid=entry.logid)
    current = evidence.current.get(item.key)
    if current is None:
        return Outcome(seq=item.seq, state=State.SKIPPED, code="drift:gone", detail="there is no such user any more")
    if not current.facts["block"] and item.facts.get("block"):
        detail = "there is no block any more; the log has no entry of this run"
        return Outcome(seq=item.seq, state=State.UNCHANGED, code="looked_up", detail=detail)
    if changed_block(item, current):
        return Outcome(seq=item.seq, state=State.SKIPPED, code="drift:block", detail="somebody else changed the block")
    return Again(seq=item.seq, code="not_lifted")


def inverse(_options: Unblock, item: Item, changed: Mapping[str, Any]) -> tuple[Inverse, ...] | Blocked:
    """The same block again, until when it would have lasted."""
    return block_again(item, changed)


UNBLOCK = Action(
    name="unblock",
    takes=frozenset({"users"}),
    schema=SCHEMA,
    parse=parse,
    request=request,
    read=read,
    refused=refused,
    drift=drift,
    blocked=blocked,
    rights=("block",),
    single=True,
    log=lambda _options: {"letype": "block"},
    probe=probe,
    effect=lambda _options, _item: {"block": None, "blockid": None},
    inverse=inverse,
)
