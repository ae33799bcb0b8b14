"""`revisiondelete:` hide or show the content, comment or user of revisions.

https://www.mediawiki.org/wiki/API:Revisiondelete. One page a request: ids of a second page fail. The answer's top `status` is
always Success and says nothing; each item is judged by its own flags.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from runner.actions.action import Account, Action, Again, Evidence, Result
from runner.actions.schema import REASON, TAGS, choice
from runner.errors import Finding
from runner.model import Blocked, Item, Outcome, State
from runner.multivalue import join

FLAGS = {"content": "texthidden", "comment": "commenthidden", "user": "userhidden"}

_PARTS = {
    "type": "array",
    "minItems": 1,
    "uniqueItems": True,
    "items": choice(list(FLAGS), "A part of a revision."),
}

SCHEMA = {
    "description": "Hide or show parts of revisions.",
    "type": "object",
    "additionalProperties": False,
    "minProperties": 1,
    "properties": {
        "hide": {**_PARTS, "description": "What to hide of each revision."},
        "show": {**_PARTS, "description": "What to show again of each revision."},
        "suppress": choice(
            ["yes", "no", "nochange"],
            "Hide from administrators too (yes needs --allow-suppress and the right suppressrevision).",
        ),
        "reason": REASON,
        "tags": TAGS,
    },
}


def check(value: Mapping[str, Any]) -> list[Finding]:
    """Something must be hidden or shown, and no part both."""
    if not {"hide", "show"} & value.keys():
        message = "`revisiondelete` needs `hide` or `show`"
        return [Finding(path=(), code="required", message=message, hint="add `hide: [content]`")]
    hide, show = (value[key] if isinstance(value.get(key), list) else [] for key in ("hide", "show"))
    return [
        Finding(path=("show", at), code="contradiction", message=f"`{part}` is both hidden and shown", hint="keep one")
        for at, part in enumerate(show)
        if part in hide
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class RevisionDelete:
    hide: tuple[str, ...] = ()
    show: tuple[str, ...] = ()
    suppress: str = "nochange"
    reason: str = ""
    tags: tuple[str, ...] = ()


def parse(value: Mapping[str, Any]) -> RevisionDelete:
    lists = {key: tuple(value.get(key, ())) for key in ("hide", "show", "tags")}
    return RevisionDelete(**{**value, **lists})


def request(options: RevisionDelete, batch: Sequence[Item], summary: str) -> Mapping[str, str]:
    parameters = {
        "action": "revisiondelete",
        "type": "revision",
        "target": batch[0].title,
        "ids": "|".join(str(item.revid) for item in batch),
        "suppress": options.suppress,
    }
    for name, values in (("hide", options.hide), ("show", options.show), ("tags", options.tags)):
        if values:
            parameters[name] = join(values)
    if summary:
        parameters["reason"] = summary
    return parameters


def read(options: RevisionDelete, batch: Sequence[Item], answer: Mapping[str, Any]) -> tuple[Result, ...]:
    entries = {entry["id"]: entry for entry in answer["revisiondelete"]["items"]}
    return tuple(_result(options, item, entries.get(item.revid)) for item in batch)


def _result(options: RevisionDelete, item: Item, entry: Mapping[str, Any] | None) -> Result:
    if entry is None:
        return Outcome(seq=item.seq, state=State.UNSURE, code="no_entry", detail="the answer does not name it")
    for error in entry.get("errors", ()):
        return Outcome(seq=item.seq, state=State.FAILED, code=error["code"], detail=error["text"])
    wrong = [part for part in options.hide if not entry.get(FLAGS[part])]
    wrong += [part for part in options.show if entry.get(FLAGS[part])]
    if entry.get("status") != "Success" or wrong:
        return Outcome(seq=item.seq, state=State.FAILED, code="not_effective", detail=f"unchanged: {', '.join(wrong)}")
    if any(warning["code"] == "revdelete-no-change" for warning in entry.get("warnings", ())):
        return Outcome(seq=item.seq, state=State.UNCHANGED, code="revdelete-no-change")
    return Outcome(seq=item.seq, state=State.DONE)


def refused(_options: RevisionDelete, batch: Sequence[Item], code: str, text: str) -> tuple[Result, ...]:
    return tuple(Outcome(seq=item.seq, state=State.FAILED, code=code, detail=text) for item in batch)


def wanted(options: RevisionDelete, hidden: Sequence[str]) -> frozenset[str]:
    """What will be hidden of a revision afterwards, from what is hidden now."""
    after = (set(hidden) | set(options.hide)) - set(options.show)
    if options.suppress == "yes" and after - {"suppressed"}:
        after.add("suppressed")
    if options.suppress == "no" or not after - {"suppressed"}:
        after.discard("suppressed")
    return frozenset(after)


def drift(options: RevisionDelete, planned: Item, current: Item | None) -> str | None:
    if current is None:
        return "gone"
    if current.pageid != planned.pageid:
        return "moved"
    if set(current.facts["hidden"]) != set(planned.facts["hidden"]):
        return "visibility"
    return "current" if "content" in options.hide and current.facts["current"] else None


def blocked(options: RevisionDelete, item: Item, account: Account) -> Blocked | None:
    suppression = options.suppress != "nochange" or "suppressed" in item.facts.get("hidden", ())
    for right in ("deleterevision", *(("suppressrevision",) if suppression else ())):
        if right not in account.rights:
            return Blocked(code="permission", detail=f"your account lacks the right '{right}'")
    if "content" in options.hide and item.facts.get("current"):
        return Blocked(code="current", detail="the content of a page's current revision cannot be hidden")
    return None


def probe(options: RevisionDelete, item: Item, evidence: Evidence) -> Result:
    """The log names the revisions that a request hid; failing that, their state tells."""
    for entry in evidence.entries:
        if entry.action == "revision" and item.revid in entry.ids:
            return Outcome(seq=item.seq, state=State.DONE, code="looked_up", logid=entry.logid)
    current = evidence.current.get(item.key)
    if current is None:
        return Outcome(seq=item.seq, state=State.SKIPPED, code="drift:gone", detail="the revision no longer exists")
    if frozenset(current.facts["hidden"]) == wanted(options, item.facts["hidden"]):
        return Outcome(
            seq=item.seq,
            state=State.UNCHANGED,
            code="looked_up",
            detail="it is as wanted; the log has no entry of this run",
        )
    return Again(seq=item.seq, code="not_hidden")


def log(_options: RevisionDelete) -> Mapping[str, str]:
    """Of any type: what is or was suppressed stands in a log of its own."""
    return {}


def effect(options: RevisionDelete, item: Item) -> Mapping[str, Any]:
    return {"hidden": sorted(wanted(options, item.facts["hidden"]))}


REVISIONDELETE = Action(
    name="revisiondelete",
    takes=frozenset({"revisions"}),
    schema=SCHEMA,
    parse=parse,
    check=check,
    request=request,
    read=read,
    refused=refused,
    drift=drift,
    blocked=blocked,
    rights=("deleterevision",),
    group=lambda item: item.pageid,
    log=log,
    probe=probe,
    effect=effect,
)
