"""`purge:` throw a page's cached rendering away, and with `forcelinkupdate` refresh its links tables.

https://www.mediawiki.org/wiki/API:Purge. It takes no token, leaves no log entry, and doing it twice does no harm.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from runner.actions.action import Account, Action, Again, Result
from runner.actions.schema import flag
from runner.model import Blocked, Item, Outcome, State

SCHEMA = {
    "description": "Purge the pages' cached renderings.",
    "type": ["object", "null"],
    "additionalProperties": False,
    "properties": {
        "forcelinkupdate": flag("Refresh the links tables of each page too (slower; the wiki limits it separately)."),
        "forcerecursivelinkupdate": flag("Also refresh every page that uses the page as a template."),
    },
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Purge:
    forcelinkupdate: bool = False
    forcerecursivelinkupdate: bool = False

    @property
    def links(self) -> bool:
        """Whether a link update is part of what was asked, and so of what has to be seen."""
        return self.forcelinkupdate or self.forcerecursivelinkupdate


def parse(value: Mapping[str, Any]) -> Purge:
    return Purge(**(value or {}))


def request(options: Purge, batch: Sequence[Item], _summary: str) -> Mapping[str, str]:
    parameters = {"action": "purge", "pageids": "|".join(str(item.pageid) for item in batch)}
    if options.forcelinkupdate:
        parameters["forcelinkupdate"] = "1"
    if options.forcerecursivelinkupdate:
        parameters["forcerecursivelinkupdate"] = "1"
    return parameters


def read(options: Purge, batch: Sequence[Item], answer: Mapping[str, Any]) -> tuple[Result, ...]:
    """Match entries by title: the answer loses the order and names no page ids for pages that exist."""
    entries = answer["purge"]
    by_title = {entry["title"]: entry for entry in entries if "title" in entry}
    by_id = {entry["pageid"]: entry for entry in entries if "pageid" in entry}
    limited = any(warning["code"] == "ratelimited" for warning in answer.get("warnings", ()))
    return tuple(_result(options, item, by_title.get(item.title) or by_id.get(item.pageid), limited=limited) for item in batch)


def _result(options: Purge, item: Item, entry: Mapping[str, Any] | None, *, limited: bool) -> Result:
    if entry is None:
        return Again(seq=item.seq, code="no_entry")
    if entry.get("missing"):
        return Outcome(seq=item.seq, state=State.SKIPPED, code="drift:gone", detail="the page no longer exists")
    # A rate-limited purge is no error: its entry merely lacks what was asked for.
    if entry.get("purged") and (entry.get("linkupdate") or not options.links):
        return Outcome(seq=item.seq, state=State.DONE)
    return Again(seq=item.seq, code="ratelimited" if limited else "not_purged", wait=limited)


def refused(_options: Purge, batch: Sequence[Item], code: str, text: str) -> tuple[Result, ...]:
    return tuple(Outcome(seq=item.seq, state=State.FAILED, code=code, detail=text) for item in batch)


def drift(_options: Purge, _planned: Item, current: Item | None) -> str | None:
    return "gone" if current is None else None


def blocked(_options: Purge, _item: Item, account: Account) -> Blocked | None:
    if "purge" not in account.rights:
        return Blocked(code="permission", detail="your account lacks the right 'purge'")
    return None


PURGE = Action(
    name="purge",
    takes=frozenset({"pages"}),
    schema=SCHEMA,
    parse=parse,
    request=request,
    read=read,
    refused=refused,
    drift=drift,
    blocked=blocked,
    rights=("purge",),
    token=lambda _options: "",
    replayable=True,
)
