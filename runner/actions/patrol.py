"""`patrol:` mark revisions as patrolled; one a request.

https://www.mediawiki.org/wiki/API:Patrol. The answer is the same for a revision that was patrolled already, and its log entry
bears no summary; but doing it twice does no harm.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from runner.actions.action import Account, Action, Inverse, Result, Survey
from runner.actions.schema import INSTEAD, TAGS
from runner.actions.verdicts import all_failed, is_id, lacking, obstacle, obstructed, unsure
from runner.model import Blocked, Item, Outcome, State
from runner.multivalue import join

SCHEMA: Mapping[str, Any] = {
    "description": "Mark the revisions as patrolled.",
    "type": ["object", "null"],
    "additionalProperties": False,
    "instead": {
        **dict.fromkeys(("revid", "rcid"), "The source says what is worked on"),
        "token": INSTEAD["token"],
        "reason": "Leave it out: the patrol log takes none",
    },
    "properties": {"tags": TAGS},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Patrol:
    tags: tuple[str, ...] = ()


def parse(value: Mapping[str, Any] | None) -> Patrol:
    return Patrol(tags=tuple((value or {}).get("tags", ())))


def survey(_options: Patrol, items: Sequence[Item], planned: Mapping[str, Item]) -> Survey:
    """Whether each is patrolled: the recent changes tell, second by second. That is so for good, and not asked again."""
    if planned:
        return [replace(item, facts={**planned[item.key].facts, **item.facts}) for item in items]
    there = [item for item in items if item.blocked is None]
    patrolled: dict[int, bool] = {}
    for moment in dict.fromkeys(item.facts["timestamp"] for item in there):
        answer = yield {
            "action": "query", "list": "recentchanges", "rcstart": moment, "rcend": moment, "rctype": "edit|new",
            "rcprop": "ids|patrolled", "rclimit": "max",
        }  # fmt: skip
        patrolled |= {one["revid"]: bool(one["patrolled"]) for one in answer["recentchanges"]}
    return [_known(item, patrolled.get(item.revid or 0)) if item in there else item for item in items]


def _known(item: Item, patrolled: bool | None) -> Item:  # noqa: FBT001 - a fact, and unknown for what is no recent change
    if patrolled is None:
        return replace(item, facts={**item.facts, **obstacle("notpatrollable", "it is too old, or no recent change")})
    return replace(item, facts={**item.facts, **({"unchanged": True} if patrolled else {})})


def request(options: Patrol, batch: Sequence[Item], _summary: str) -> Mapping[str, str]:
    (item,) = batch
    parameters = {"action": "patrol", "revid": str(item.revid)}
    if options.tags:
        parameters["tags"] = join(options.tags)
    return parameters


def read(_options: Patrol, batch: Sequence[Item], answer: Mapping[str, Any]) -> tuple[Result, ...]:
    (item,) = batch
    if is_id(answer["patrol"]["rcid"]):
        return (Outcome(seq=item.seq, state=State.DONE),)
    return (unsure(item, "no_entry", "the answer does not name the change"),)


def drift(_options: Patrol, planned: Item, current: Item | None) -> str | None:
    """Whoever patrolled it meanwhile: it is patrolled."""
    if current is None:
        return "gone"
    return "moved" if current.pageid != planned.pageid else None


def blocked(_options: Patrol, item: Item, account: Account) -> Blocked | None:
    return lacking(account, "patrol") or obstructed(item)


def inverse(_options: Patrol, _item: Item, _changed: Mapping[str, Any]) -> tuple[Inverse, ...] | Blocked:
    return Blocked(code="irreversible", detail="the API takes no patrol mark back")


PATROL = Action(
    name="patrol",
    takes=frozenset({"revisions"}),
    schema=SCHEMA,
    parse=parse,
    request=request,
    read=read,
    refused=all_failed,
    drift=drift,
    blocked=blocked,
    rights=("patrol",),
    token=lambda _options: "patrol",
    survey=survey,
    single=True,
    replayable=True,
    inverse=inverse,
)
