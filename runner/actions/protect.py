"""`protect:` who may edit, move or upload a page, or make one of a title; one a request, by page id or title.

https://www.mediawiki.org/wiki/API:Protect. The answer repeats what was asked for, whether the wiki had to do anything or a hook
of it refused: so the null revision that each change leaves is looked for, too.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from runner.actions.action import Account, Action, Again, Evidence, Inverse, LogEntry, Result
from runner.actions.protect_options import CREATE, EDIT, ENDLESS, EVERYBODY, SCHEMA, Protect, check, is_counted, parse, wanted
from runner.actions.protect_survey import survey
from runner.actions.protection import Protection, ending, own, texts, told
from runner.actions.verdicts import all_failed, elsewhere, failed, lacking, obstructed, unlike
from runner.errors import Finding
from runner.model import Blocked, Item, Outcome, Ref, State
from runner.multivalue import join

# What the oldest levels are called among the rights.
RIGHTS = {"sysop": "editprotected", "autoconfirmed": "editsemiprotected"}
LOGGED = ("protect", "modify", "unprotect")


def request(options: Protect, batch: Sequence[Item], summary: str) -> Mapping[str, str]:
    (item,) = batch
    then = wanted(options, item)
    parameters = {
        "action": "protect",
        **({"title": item.title} if item.pageid is None else {"pageid": str(item.pageid)}),
        "protections": "|".join(f"{one.type}={one.level or EVERYBODY}" for one in then),
        "expiry": "|".join(one.expiry or ENDLESS for one in then),
        "watchlist": options.watchlist,
    }
    if any(one.cascading for one in then):
        parameters["cascade"] = "1"
    if summary:
        parameters["reason"] = summary
    if options.tags:
        parameters["tags"] = join(options.tags)
    if options.watchlistexpiry:
        parameters["watchlistexpiry"] = options.watchlistexpiry
    return parameters


def read(options: Protect, batch: Sequence[Item], answer: Mapping[str, Any]) -> tuple[Result, ...]:
    (item,) = batch
    body = answer["protect"]
    there = {one.type: one for one in _answered(body["protections"], cascade=bool(body.get("cascade")))}
    missing = [one for one in wanted(options, item) if not _is_set(one, there.get(one.type))]
    if missing or body["title"] != item.title:
        return (failed(item, "not_effective", f"not set: {', '.join(map(str, missing))}"),)
    after = texts(one for one in there.values() if one.level)
    if after == item.facts["protection"]:
        return (Outcome(seq=item.seq, state=State.UNCHANGED, code="no_change", detail="it already is as wanted"),)
    return (Outcome(seq=item.seq, state=State.DONE, facts={"protection": after}),)


def _answered(entries: Iterable[Mapping[str, str]], *, cascade: bool) -> Iterable[Protection]:
    """Each entry names a kind with its level, and the end."""
    for entry in entries:
        ((kind, level),) = ((key, value) for key, value in entry.items() if key != "expiry")
        yield Protection(type=kind, level=level, expiry=ending(entry["expiry"]), cascading=cascade and kind == EDIT)


def _is_set(one: Protection, there: Protection | None) -> bool:
    if there is None or not is_counted(one.expiry):
        return there == one
    return bool(there.expiry) and replace(there, expiry=one.expiry) == one


def drift(_options: Protect, planned: Item, current: Item | None) -> str | None:
    if planned.pageid is None and current is not None and "obstacle" in current.facts:
        return "exists"
    reason = elsewhere(planned, current)
    if reason or current is None:
        return reason
    return "protection" if texts(own(current)) != texts(own(planned)) else None


def blocked(options: Protect, item: Item, account: Account) -> Blocked | None:
    levels = [level for _, level in options.protections if level]
    # Nobody can ask for a level that would lock himself out.
    return lacking(account, "protect") or obstructed(item) or lacking(account, *(RIGHTS.get(one, one) for one in levels))


def settle(options: Protect, raw: Mapping[str, Any] | None) -> tuple[Protect, Sequence[Finding]]:
    return options, unlike(raw, "protect", {"watchlistexpiry": options.watchlistexpiry})


def probe(_options: Protect, item: Item, evidence: Evidence) -> Result:
    """The log is asked first: what we protected and somebody changed since is done."""
    for entry in evidence.entries:
        if entry.action in LOGGED and _is_about(entry, item):
            facts = {"protection": texts(map(told, entry.params.get("details", ())))}
            return Outcome(seq=item.seq, state=State.DONE, code="looked_up", logid=entry.logid, facts=facts)
    if item.key in evidence.current:
        return Again(seq=item.seq, code="not_protected")
    return Outcome(seq=item.seq, state=State.SKIPPED, code="drift:gone", detail="gone, and not by this run")


def _is_about(entry: LogEntry, item: Item) -> bool:
    return entry.title == item.title if item.pageid is None else entry.pageid == item.pageid


def inverse(_options: Protect, item: Item, changed: Mapping[str, Any]) -> tuple[Inverse, ...]:
    """The protection as it was before, and none of what was added to it."""
    return (_back(item, own(item), own(replace(item, facts=changed))),)


def _back(item: Item, before: Sequence[Protection], after: Sequence[Protection]) -> Inverse:
    until = min((one.expiry for one in before if one.expiry), default="")
    still = [one for one in before if one.expiry != until]
    kinds = dict.fromkeys([*(one.type for one in before), *(one.type for one in after)])
    levels = {one.type: one.level for one in before}
    options: dict[str, Any] = {
        "protections": [f"{kind}={levels.get(kind, EVERYBODY)}" for kind in kinds],
        "expiry": {one.type: one.expiry for one in before if one.expiry},
        "cascade": any(one.cascading for one in before),
        "others": "lift",
    }
    missing = Blocked(code="missing", detail="the page does not exist") if item.pageid is None else None
    return Inverse(
        action="protect",
        kind="pages",
        # Unsaid, a page goes on cascading where its level stays.
        options={name: value for name, value in options.items() if value or name == "cascade"},
        refs=(Ref(title=item.title, ns=item.ns, pageid=item.pageid, problem=missing),),
        expect={"protection": texts(after)},
        restores={"protection": texts(before)},
        until=until,
        ended=_back(item, still, after) if until and (still or after) else None,
    )


PROTECT = Action(
    name="protect",
    takes=frozenset({"pages"}),
    schema=SCHEMA,
    parse=parse,
    check=check,
    describes=lambda options: "protect" if options.watchlistexpiry else None,
    settle=settle,
    request=request,
    read=read,
    refused=all_failed,
    drift=drift,
    blocked=blocked,
    rights=("protect",),
    facts={"intestactions": "protect", "intestactionsdetail": "full"},
    creates=lambda options: any(kind == CREATE for kind, _ in options.protections),
    survey=survey,
    adds={"protection": {"type": "array", "items": {"type": "string"}}},
    needs=frozenset({"protection"}),
    single=True,
    log=lambda _options: {"letype": "protect"},
    probe=probe,
    inverse=inverse,
    revises=True,
)
