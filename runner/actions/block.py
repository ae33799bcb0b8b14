"""`block:` block users, one a request: accounts, IP addresses and ranges of these.

https://www.mediawiki.org/wiki/API:Block. The answer repeats what was asked for, and not what came of it: some of it the wiki
leaves out without a word. So the block is read again. A block and its entry in the log have one and the same reason; that of an
earlier block is set again as it was, without the run's mark, and tells our entry by itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from runner.actions.action import Account, Action, Again, Evidence, Inverse, LogEntry, Result
from runner.actions.block_schema import BEFORE, RESTRICTIONS, SCHEMA, check
from runner.actions.expiry import FOREVER, same_expiry
from runner.model import Blocked, Item, Outcome, State, ref_of, user_of
from runner.multivalue import join

Block = Mapping[str, Any]  # as an item says it (`runner/kinds/users.py`)

FLAGS = ("nocreate", "autoblock", "noemail", "anononly", "allowusertalk", "partial")
_LISTS = (*RESTRICTIONS, "tags")


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockOptions:
    expiry: str
    reason: str = ""
    nocreate: bool = False
    autoblock: bool = False
    noemail: bool = False
    anononly: bool = False
    allowusertalk: bool = False
    reblock: bool = False
    partial: bool = False
    pagerestrictions: tuple[str, ...] = ()
    namespacerestrictions: tuple[int, ...] = ()
    actionrestrictions: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    watchuser: bool = False

    @property
    def earlier(self) -> bool:
        """Whether what is set is the block that the item's own line says."""
        return self.expiry == BEFORE


def parse(value: Mapping[str, Any]) -> BlockOptions:
    return BlockOptions(**{**value, **{key: tuple(value.get(key, ())) for key in _LISTS}})


def request(options: BlockOptions, batch: Sequence[Item], summary: str) -> Mapping[str, str]:
    (item,) = batch
    parameters = {"action": "block", "user": user_of(item.title)}
    parameters |= _earlier(wanted_block(item) or {}) if options.earlier else _new(options, summary)
    return parameters | ({"reblock": "1"} if options.reblock else {})


def _new(options: BlockOptions, summary: str) -> dict[str, str]:
    lists = {name: join(getattr(options, name)) for name in _LISTS}
    flags = {name: "1" for name in (*FLAGS, "watchuser") if getattr(options, name)}
    given = {name: text for name, text in {"reason": summary, **lists}.items() if text}
    return {"expiry": options.expiry, **flags, **given}


def _earlier(block: Block) -> dict[str, str]:
    lists = {
        "pagerestrictions": [page["title"] for page in block.get("pages", ())],
        "namespacerestrictions": block.get("namespaces", ()),
        "actionrestrictions": block.get("actions", ()),
    }
    texts = {"reason": block["reason"], **{name: join(values) for name, values in lists.items()}}
    return {
        "expiry": block["expiry"],
        **dict.fromkeys(block["flags"], "1"),
        **{name: one for name, one in texts.items() if one},
    }


def wanted_block(item: Item) -> Block | None:
    """The block that an undo gives back to an item."""
    block: Block | None = item.facts.get("restores", {}).get("block")
    return block


def read(_options: BlockOptions, batch: Sequence[Item], answer: Mapping[str, Any]) -> tuple[Result, ...]:
    (item,) = batch
    body = answer["block"]
    number = body["id"]
    if body["user"] == user_of(item.title) and isinstance(number, int) and not isinstance(number, bool) and number > 0:
        return (Outcome(seq=item.seq, state=State.DONE),)
    return (Outcome(seq=item.seq, state=State.UNSURE, code="no_id", detail="the wiki named no block on this user"),)


def confirm(options: BlockOptions, item: Item, current: Item | None) -> Result:
    """What is on the user now. A block that is not as it was wanted is there all the same."""
    block = current and current.facts["block"]
    if current is None or not block:
        return Outcome(seq=item.seq, state=State.UNSURE, code="no_block", detail="the wiki shows no block on this user")
    facts = _facts(current)
    if wrong := _differing(options, item, block):
        detail = f"the user is blocked, and not as wanted: {', '.join(wrong)}"
        return Outcome(seq=item.seq, state=State.FAILED, code="not_effective", detail=detail, facts=facts)
    return Outcome(seq=item.seq, state=State.DONE, facts=facts)


def _facts(current: Item) -> Mapping[str, Any]:
    return {name: current.facts.get(name) for name in ("block", "blockid")}


def _differing(options: BlockOptions, item: Item, block: Block) -> list[str]:
    """The parts of a block that are not as wanted."""
    if options.earlier:
        wanted = wanted_block(item) or {}
        return [name for name in sorted({*wanted, *block}) if wanted.get(name) != block.get(name)]
    idle = "autoblock" if "address" in item.facts else "anononly"  # the wiki leaves it out
    flags = [name for name in FLAGS if (getattr(options, name) and name != idle) != (name in block["flags"])]
    found = {
        "pagerestrictions": {page.get("title") for page in block.get("pages", ())},
        "namespacerestrictions": set(block.get("namespaces", ())),
        "actionrestrictions": set(block.get("actions", ())),
    }
    lists = [name for name, values in found.items() if set(getattr(options, name)) != values]
    return [*flags, *lists, *(() if same_expiry(options.expiry, block["expiry"]) else ("expiry",))]


def refused(_options: BlockOptions, batch: Sequence[Item], code: str, text: str) -> tuple[Result, ...]:
    (item,) = batch
    # Blocked already may mean that an earlier request of ours, whose answer was lost, did it: the log decides.
    state = State.UNSURE if code == "alreadyblocked" else State.FAILED
    return (Outcome(seq=item.seq, state=state, code=code, detail=text),)


def drift(_options: BlockOptions, planned: Item, current: Item | None) -> str | None:
    if current is None:
        return "gone"
    if current.facts.get("userid") != planned.facts.get("userid"):
        return "renamed"
    return "block" if changed_block(planned, current) else None


def changed_block(planned: Item, current: Item) -> bool:
    """Whether another block is on the user, or none any more."""
    return any(current.facts.get(name) != planned.facts.get(name) for name in ("block", "blockid"))


def blocked(options: BlockOptions, item: Item, account: Account) -> Blocked | None:
    before = item.facts.get("block")
    email = options.noemail or "noemail" in (wanted_block(item) or {}).get("flags", ())
    more = {"blockemail": email, "editmywatchlist": options.watchuser}  # without the second the wiki ignores it
    for right in ("block", *(right for right, needed in more.items() if needed)):
        if right not in account.rights:
            return Blocked(code="permission", detail=f"your account lacks the right '{right}'")
    if user_of(item.title) == account.name:
        return Blocked(code="self", detail="this is the account that you are logged in with")
    if options.earlier and wanted_block(item) is None:
        return Blocked(code="nothing_to_restore", detail="this is for `wikimop undo`, which knows the block that was there")
    if before and not options.reblock:
        until = f"until {before['expiry']}" if before["expiry"] != "infinity" else "for good"
        return Blocked(code="already_blocked", detail=f"blocked {until}; say `reblock: true` to replace that block")
    return None


def probe(options: BlockOptions, item: Item, evidence: Evidence) -> Result:
    """The log is asked first: what we blocked and somebody unblocked since is done."""
    current = evidence.current.get(item.key)
    block = current.facts["block"] if current else None
    as_wanted = bool(block) and not _differing(options, item, block or {})
    for entry in evidence.entries:
        if _is_ours(options, item, entry):
            facts = _facts(current) if current and as_wanted else {}
            return Outcome(seq=item.seq, state=State.DONE, code="looked_up", logid=entry.logid, facts=facts)
    if current is None:
        return Outcome(seq=item.seq, state=State.SKIPPED, code="drift:gone", detail="there is no such user any more")
    if as_wanted:
        detail = "it is as wanted; the log has no entry of this run"
        return Outcome(seq=item.seq, state=State.UNCHANGED, code="looked_up", detail=detail)
    if changed_block(item, current):
        return Outcome(seq=item.seq, state=State.SKIPPED, code="drift:block", detail="somebody else changed the block")
    return Again(seq=item.seq, code="not_set")


def _is_ours(options: BlockOptions, item: Item, entry: LogEntry) -> bool:
    if entry.action not in ("block", "reblock") or entry.title != item.title:
        return False
    return not options.earlier or entry.comment == (wanted_block(item) or {}).get("reason")


def inverse(_options: BlockOptions, item: Item, changed: Mapping[str, Any]) -> tuple[Inverse, ...] | Blocked:
    """Unblocked again, or the block that was there before."""
    unblocked = _unblocked(item, changed)
    return block_again(item, changed, ended=unblocked) if item.facts.get("block") else (unblocked,)


def _unblocked(item: Item, changed: Mapping[str, Any]) -> Inverse:
    return Inverse(
        action="unblock", kind="users", options={}, refs=(ref_of(item),), expect=_as_left(changed), restores={"block": None}
    )  # fmt: skip


def block_again(item: Item, changed: Mapping[str, Any], *, ended: Inverse | None = None) -> tuple[Inverse, ...] | Blocked:
    """The block that an item had before; its expiry is a time, so that it ends when it would have. `ended` is what is to be
    done where it would have by now."""
    before = item.facts["block"]
    if any("title" not in page for page in before.get("pages", ())):
        return Blocked(code="irreversible", detail="the earlier block was one from a page that does not exist any more")
    back = Inverse(
        action="block", kind="users", options={"expiry": BEFORE, "reblock": True}, refs=(ref_of(item),),
        expect=_as_left(changed), restores={"block": before}, signed=False,
        until="" if before["expiry"] in FOREVER else before["expiry"], ended=ended,
    )  # fmt: skip
    return (back,)


def _as_left(changed: Mapping[str, Any]) -> dict[str, Any]:
    """What the run left there: an undo of anything else is drift."""
    return {name: changed.get(name) for name in ("block", "blockid")}


BLOCK = Action(
    name="block",
    takes=frozenset({"users"}),
    schema=SCHEMA,
    parse=parse,
    check=check,
    request=request,
    read=read,
    confirm=confirm,
    refused=refused,
    drift=drift,
    blocked=blocked,
    rights=("block",),
    single=True,
    log=lambda _options: {"letype": "block"},
    marked=lambda options: not options.earlier,
    probe=probe,
    inverse=inverse,
)
