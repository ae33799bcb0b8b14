"""`watch:` put pages on the account's watchlist, or take them off; many a request.

https://www.mediawiki.org/wiki/API:Watch. It leaves no log entry, and doing it twice does no harm. A page is watched together
with its talk page, and one that does not exist can be watched, too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from runner.actions.action import Account, Action, Again, Inverse, Result, Survey
from runner.actions.expiry import check_expiry, expiry, fixed
from runner.actions.protection import ending
from runner.actions.schema import flag
from runner.actions.verdicts import all_failed, elsewhere, failed, lacking, obstacle, obstructed, unlike
from runner.errors import Finding
from runner.model import Blocked, Item, Outcome, Ref, State

Page = Mapping[str, Any]
Watched = bool | str
"""Without end, not at all, or until a time."""

SCHEMA: Mapping[str, Any] = {
    "description": "Put the pages on your watchlist, or take them off.",
    "type": ["object", "null"],
    "additionalProperties": False,
    "instead": {
        **dict.fromkeys(("title", "titles", "pageids", "revids", "generator", "redirects", "converttitles"),
                        "The source says what is watched"),
        "token": "A playbook holds no secrets; leave it out",
        "reason": "Leave it out: nobody is told of a watchlist",
        "continue": "The source says what is watched",
    },
    "properties": {
        "expiry": expiry("When watching ends; without it, what is watched already stays as it is."),
        "unwatch": flag("Take the pages off."),
    },
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    expiry: str = ""
    unwatch: bool = False


def parse(value: Mapping[str, Any] | None) -> Watch:
    return Watch(**(value or {}))


def check(value: Mapping[str, Any]) -> list[Finding]:
    """What is not watched any more has no end."""
    found = check_expiry(value, "expiry")
    if value.get("unwatch") is True and "expiry" in value:
        found.append(Finding(path=("expiry",), code="together", message="`unwatch` takes no `expiry`", hint="remove one"))
    return found


def settle(options: Watch, raw: Mapping[str, Any] | None) -> tuple[Watch, Sequence[Finding]]:
    """A wiki may know no end of watching."""
    return options, unlike(raw, "watch", {"expiry": options.expiry})


def survey(options: Watch, items: Sequence[Item], _planned: Mapping[str, Item]) -> Survey:
    """Whether each is watched, and until when."""
    there = [item for item in items if item.blocked is None]
    named = {"pageids": [str(one.pageid) for one in there if one.pageid is not None]}
    named["titles"] = [one.title for one in there if one.pageid is None]
    pages: dict[object, Page] = {}
    for name, values in named.items():
        if values:
            answer = yield {"action": "query", "prop": "info", "inprop": "watched", name: "|".join(values)}
            pages |= {page.get("title") if page.get("missing") else page["pageid"]: page for page in answer["pages"]}
    return [_known(options, item, pages) if item.blocked is None else item for item in items]


def _known(options: Watch, item: Item, pages: Mapping[object, Page]) -> Item:
    page = pages.get(item.title if item.pageid is None else item.pageid)
    if page is None:
        return replace(item, facts={**item.facts, **obstacle("exists", "it was made, or deleted, in this very moment")})
    now = page.get("watchlistexpiry", True) if page["watched"] else False
    unchanged = {"unchanged": True} if _wanted(options, now) == now else {}
    return replace(item, facts={**item.facts, "watched": now, **unchanged})


def _wanted(options: Watch, now: Watched) -> Watched | None:
    """How it is to be watched; None where the end is counted from the write on."""
    if options.unwatch:
        return False
    if not options.expiry:
        return now or True
    end = fixed(options.expiry)
    return end if end is None else end or True


def request(options: Watch, batch: Sequence[Item], _summary: str) -> Mapping[str, str]:
    parameters = {"action": "watch"}
    if batch[0].pageid is None:
        parameters["titles"] = "|".join(item.title for item in batch)
    else:
        parameters["pageids"] = "|".join(str(item.pageid) for item in batch)
    if options.unwatch:
        parameters["unwatch"] = "1"
    if options.expiry:
        parameters["expiry"] = options.expiry
    return parameters


def read(options: Watch, batch: Sequence[Item], answer: Mapping[str, Any]) -> tuple[Result, ...]:
    """The answer names pages by their titles, and only those that are gone by their ids."""
    entries = {entry["title"] if "title" in entry else entry["pageid"]: entry for entry in answer["watch"]}
    return tuple(_result(options, item, entries.get(item.title) or entries.get(item.pageid)) for item in batch)


def _result(options: Watch, item: Item, entry: Mapping[str, Any] | None) -> Result:
    if entry is None:
        return Again(seq=item.seq, code="no_entry")
    if "title" not in entry:
        return Outcome(seq=item.seq, state=State.SKIPPED, code="drift:gone", detail="the page no longer exists")
    for error in entry.get("errors", ()):
        return failed(item, str(error["code"]), str(error["text"]))
    if not entry.get("unwatched" if options.unwatch else "watched"):
        return failed(item, "not_effective", "the wiki did not do it")
    wanted = _wanted(options, item.facts["watched"])
    now = ending(str(entry["expiry"])) or True if "expiry" in entry else wanted
    if now != (now if wanted is None else wanted):
        return failed(item, "not_effective", f"the wiki watches it until {now}")
    return Outcome(seq=item.seq, state=State.DONE, facts={"watched": now})


def drift(_options: Watch, planned: Item, current: Item | None) -> str | None:
    """Whether it is watched by now does not matter: watching its talk page watches it, too."""
    if planned.pageid is None and current is not None and "obstacle" in current.facts:
        return "exists"
    reason = elsewhere(planned, current)
    if reason or current is None:
        return reason
    # Unless there was nothing to do.
    return "watched" if planned.facts.get("unchanged") and current.facts["watched"] != planned.facts["watched"] else None


def blocked(_options: Watch, item: Item, account: Account) -> Blocked | None:
    return lacking(account, "editmywatchlist", "viewmywatchlist") or obstructed(item)


def inverse(_options: Watch, item: Item, changed: Mapping[str, Any]) -> tuple[Inverse, ...]:
    """As it was watched before, or not."""
    return (_back(item, item.facts["watched"], changed["watched"]),)


def _back(item: Item, before: Watched, after: Watched) -> Inverse:
    options = {"unwatch": True} if before is False else {"expiry": "infinite" if before is True else before}
    if not after and before is True:
        options = {}
    missing = Blocked(code="missing", detail="the page does not exist") if item.pageid is None else None
    until = before if isinstance(before, str) else ""
    return Inverse(
        action="watch",
        kind="pages",
        options=options,
        refs=(Ref(title=item.title, ns=item.ns, pageid=item.pageid, problem=missing),),
        expect={"watched": after},
        restores={"watched": before},
        until=until,
        ended=_back(item, before=False, after=after) if until and after else None,
    )


WATCH = Action(
    name="watch",
    takes=frozenset({"pages"}),
    schema=SCHEMA,
    parse=parse,
    check=check,
    describes=lambda options: "watch" if options.expiry else None,
    settle=settle,
    request=request,
    read=read,
    refused=all_failed,
    drift=drift,
    blocked=blocked,
    rights=("editmywatchlist", "viewmywatchlist"),
    group=lambda item: item.pageid is None,
    token=lambda _options: "watch",
    creates=lambda _options: True,
    survey=survey,
    adds={"watched": {"type": ["boolean", "string"]}},
    needs=frozenset({"watched"}),
    replayable=True,
    inverse=inverse,
)
