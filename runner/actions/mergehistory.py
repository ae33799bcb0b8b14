"""`mergehistory:` put the revisions of pages into the history of another page; one a request, by page id.

https://www.mediawiki.org/wiki/API:Mergehistory. Only what is older than all of the target's revisions can go there. A page that
has no revision left becomes a redirect. Nothing takes it back: the wiki does not keep which revision came from where.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from unicodedata import normalize

from runner.actions.action import Account, Action, Again, Evidence, Inverse, Result, Survey
from runner.actions.interface import CODE, not_allowed
from runner.actions.schema import INSTEAD, REASON
from runner.actions.verdicts import all_failed, elsewhere, failed, lacking, obstacle, obstructed
from runner.errors import Finding
from runner.model import Blocked, Item, Outcome, Policy, State
from runner.sources.params import title_problem
from runner.sources.times import read_time, stamp

Page = Mapping[str, Any]
Asking = Generator[Mapping[str, str], Mapping[str, Any], dict[str, str]]
ROOM = 400  # characters: the wiki writes both titles before the reason, and cuts the run's mark off what is too long

SCHEMA: Mapping[str, Any] = {
    "description": "Put the revisions of the pages into the history of another page. It cannot be taken back.",
    "type": "object",
    "additionalProperties": False,
    "instead": {
        **dict.fromkeys(("from", "fromid"), INSTEAD["title"]),
        "toid": "Write the title: `to`",
        "tags": "The API takes none",
        "token": INSTEAD["token"],
    },
    "required": ["to"],
    "properties": {
        "to": {
            "description": "The page that gets the revisions; all of its own must be newer.",
            "type": "string",
            "minLength": 1,
            "examples": ["Main Page"],
        },
        "timestamp": {
            "description": "Only revisions up to this time; without it all of them.",
            "type": "string",
            "minLength": 1,
            "examples": ["2026-01-31T00:00:00Z"],
        },
        "reason": REASON,
    },
}
ADDS: Mapping[str, Any] = {
    "into": {"type": "string"},
    "into_ns": {"type": "integer"},
    "into_pageid": {"type": "integer", "minimum": 1},
    "into_contentmodel": {"enum": sorted(CODE)},
    "part": {"type": "array", "items": {"type": "integer", "minimum": 1}},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class MergeHistory:
    to: str
    timestamp: str = ""
    reason: str = ""


def parse(value: Mapping[str, Any]) -> MergeHistory:
    time = read_time(value.get("timestamp", ""))
    at = {"timestamp": stamp(time)} if isinstance(time, datetime) else {}
    return MergeHistory(**{**value, "to": normalize("NFC", value["to"]).strip(), **at})


def check(value: Mapping[str, Any]) -> list[Finding]:
    """A title that can be one, and a time that is the same whenever the plan is carried out."""
    found = []
    to, timestamp = value.get("to"), value.get("timestamp")
    if isinstance(to, str) and (problem := title_problem(to)):
        found.append(Finding(path=("to",), code="title", message=f"`to`: {problem}", hint="write it as the wiki shows it"))
    if isinstance(timestamp, str) and not isinstance(read_time(timestamp), datetime):
        message, hint = f"`timestamp` is no fixed time: `{timestamp}`", "write 2026-01-31T00:00:00Z or 20260131000000"
        found.append(Finding(path=("timestamp",), code="timestamp", message=message, hint=hint))
    return found


def survey(options: MergeHistory, items: Sequence[Item], planned: Mapping[str, Item]) -> Survey:
    """The items with their target, and what keeps their revisions from going there."""
    there = [item for item in items if item.blocked is None]
    if not there:
        return list(items)
    query = {"action": "query", "prop": "info|revisions", "rvprop": "timestamp", "rvdir": "newer", "rvlimit": "1"}
    answer = yield {**query, "titles": options.to, "intestactions": "edit", "intestactionsdetail": "full"}
    target: Page = next(iter(answer["pages"]), {})
    wrong = _target_problem(target)
    # Just before the write it is known whether the newest fits; but up to a time others may have come, or gone, since.
    newest = None if planned or wrong else (yield from _newest(options, there))
    compared = [item for item in there if item.key not in planned or "part" in planned[item.key].facts]
    parts = {} if wrong or not options.timestamp else (yield from _parts(options, compared))
    aimed = [_aimed(options, item, target, wrong, newest) if item.blocked is None else item for item in items]
    return [replace(one, facts={**one.facts, "part": parts[one.key]}) if one.key in parts else one for one in aimed]


def _target_problem(page: Page) -> dict[str, Any]:
    if "title" not in page or page.get("invalid") or page.get("special") or page["ns"] < 0:
        return obstacle("invalid_target", "`to` can be no page of this wiki")
    if page.get("missing"):
        return obstacle("no_target", f"there is no page {page['title']}")
    errors = [one for errors in page["actions"].values() for one in errors]
    return obstacle(str(errors[0]["code"]), str(errors[0]["text"])) if errors else {}


def _newest(options: MergeHistory, items: Sequence[Item]) -> Asking:
    """The time of the newest revision of each page that would go, by key: up to a time, that takes one page a request."""
    query = {"action": "query", "prop": "revisions", "rvprop": "timestamp"}
    found: dict[str, str] = {}
    if options.timestamp:
        for item in items:
            answer = yield {**query, "pageids": str(item.pageid), "rvstart": options.timestamp, "rvlimit": "1"}
            found.update((item.key, one["timestamp"]) for page in answer["pages"] for one in page.get("revisions", ()))
        return found
    answer = yield {**query, "pageids": "|".join(str(item.pageid) for item in items)}
    return {f"page:{page['pageid']}": one["timestamp"] for page in answer["pages"] for one in page.get("revisions", ())}


def _parts(
    options: MergeHistory, items: Sequence[Item]
) -> Generator[Mapping[str, str], Mapping[str, Any], dict[str, list[int]]]:
    """The revisions that would go of each page, by key: that takes at least one request a page."""
    query = {"action": "query", "prop": "revisions", "rvprop": "ids", "rvlimit": "max"}
    found: dict[str, list[int]] = {}
    for item in items:
        answer = yield {**query, "pageids": str(item.pageid), "rvstart": options.timestamp}
        found[item.key] = sorted(one["revid"] for page in answer["pages"] for one in page.get("revisions", ()))
    return found


def _aimed(options: MergeHistory, item: Item, target: Page, wrong: Mapping[str, Any], newest: Mapping[str, str] | None) -> Item:
    facts = dict(wrong)
    if not wrong:
        facts |= {"into": target["title"], "into_ns": target["ns"], "into_pageid": target["pageid"]}
        facts |= {"into_contentmodel": target["contentmodel"]} if target["contentmodel"] in CODE else {}
        facts |= _in_the_way(options, item, target, newest)
    return replace(item, facts={**item.facts, **facts})


def _in_the_way(options: MergeHistory, item: Item, target: Page, newest: Mapping[str, str] | None) -> dict[str, Any]:
    if target["pageid"] == item.pageid:
        return obstacle("same_title", "a page cannot be merged into itself")
    if len(options.reason) + len(item.title) + len(target["title"]) > ROOM:
        return obstacle("too_long", "with both titles its log summary is too long for the run's mark")
    if newest is None:
        return {}
    if item.key not in newest:
        return obstacle("no_revisions", f"it has no revision up to {options.timestamp}")
    oldest = target["revisions"][0]["timestamp"]
    if newest[item.key] > oldest:
        return obstacle(
            "overlap", f"its revision of {newest[item.key]} is newer than the first of {target['title']}, of {oldest}"
        )
    return {}


def request(options: MergeHistory, batch: Sequence[Item], summary: str) -> Mapping[str, str]:
    (item,) = batch
    parameters = {"action": "mergehistory", "fromid": str(item.pageid), "toid": str(item.facts["into_pageid"])}
    if options.timestamp:
        parameters["timestamp"] = options.timestamp
    if summary:
        parameters["reason"] = summary
    return parameters


def read(options: MergeHistory, batch: Sequence[Item], answer: Mapping[str, Any]) -> tuple[Result, ...]:
    (item,) = batch
    body = answer["mergehistory"]
    if body["from"] != item.title or body["to"] != item.facts["into"]:
        return (failed(item, "not_effective", f"{body['from']} was merged into {body['to']}"),)
    return (Outcome(seq=item.seq, state=State.DONE, facts=_left(options, item)),)


def _left(options: MergeHistory, item: Item) -> dict[str, Any]:
    """What is newer than a time stays, and with it the last revision; otherwise a redirect is left, which is looked for."""
    return {"revid": item.revid} if options.timestamp else {}


def drift(_options: MergeHistory, planned: Item, current: Item | None) -> str | None:
    reason = elsewhere(planned, current)
    if reason or current is None:
        return reason
    if current.revid != planned.revid:
        return "edited"
    if "part" in planned.facts and current.facts.get("part") != planned.facts["part"]:
        return "history"
    moved = current.facts.get("into_pageid") != planned.facts.get("into_pageid")
    return "target" if moved or "obstacle" in current.facts else None


def blocked(_options: MergeHistory, item: Item, account: Account) -> Blocked | None:
    return lacking(account, "mergehistory", "edit") or obstructed(item)


def forbidden(_options: MergeHistory, item: Item | None, policy: Policy) -> Blocked | None:
    """Both pages count."""
    if item is None:
        return None
    source = not_allowed(item.ns, item.facts.get("contentmodel", ""), policy)
    return source or not_allowed(item.facts.get("into_ns"), item.facts.get("into_contentmodel", ""), policy)


def probe(options: MergeHistory, item: Item, evidence: Evidence) -> Result:
    """The log names the page whose revisions went; it is asked first, for the page may be gone by that."""
    for entry in evidence.entries:
        if entry.action == "merge" and entry.title == item.title and entry.params.get("dest_title") == item.facts["into"]:
            facts = _left(options, item)
            return Outcome(seq=item.seq, state=State.DONE, code="looked_up", logid=entry.logid, facts=facts)
    if item.key in evidence.current:
        return Again(seq=item.seq, code="not_merged")
    return Outcome(seq=item.seq, state=State.SKIPPED, code="drift:gone", detail="gone, and not by this run")


def inverse(_options: MergeHistory, _item: Item, _changed: Mapping[str, Any]) -> tuple[Inverse, ...] | Blocked:
    return Blocked(code="irreversible", detail="the wiki does not keep which revision came from which page")


MERGEHISTORY = Action(
    name="mergehistory",
    takes=frozenset({"pages"}),
    schema=SCHEMA,
    parse=parse,
    check=check,
    request=request,
    read=read,
    refused=all_failed,
    drift=drift,
    blocked=blocked,
    forbidden=forbidden,
    rights=("mergehistory", "edit"),
    facts={"intestactions": "edit", "intestactionsdetail": "full"},
    survey=survey,
    adds=ADDS,
    needs=frozenset({"into", "into_ns", "into_pageid"}),
    single=True,
    log=lambda _options: {"letype": "merge"},
    probe=probe,
    inverse=inverse,
    revises=True,
)
