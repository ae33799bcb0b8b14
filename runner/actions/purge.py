"""`purge:` throw a page's cached rendering away, and with `forcelinkupdate` refresh its links tables.

https://www.mediawiki.org/wiki/API:Purge. It takes no token, leaves no log entry, and doing it twice does no harm.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from runner.actions.action import Account, Action, Again, Result
from runner.actions.schema import flag
from runner.model import Blocked, Item, Outcome, State

LIMITED = "ratelimited"
# What the entry of something that is no page says of it.
IMPOSSIBLE = {
    "missing": ("blocked:missing", "it does not exist"),
    "invalid": ("blocked:invalid", "it can be no title"),
    "special": ("blocked:special", "a special page cannot be purged"),
    "iw": ("blocked:interwiki", "the title is on another wiki"),
}

SCHEMA = {
    "description": "Purge the pages' cached renderings.",
    "type": ["object", "null"],
    "additionalProperties": False,
    "properties": {
        "forcelinkupdate": flag("Refresh the links tables of each page too (slower; the wiki limits it separately)."),
        "forcerecursivelinkupdate": flag("Also refresh every page that uses the page as a template."),
        "direct": flag("The wiki itself finds the pages when the plan is applied: nobody sees beforehand which."),
    },
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Purge:
    forcelinkupdate: bool = False
    forcerecursivelinkupdate: bool = False
    direct: bool = False

    @property
    def links(self) -> bool:
        """Whether a link update is part of what was asked, and so of what has to be seen."""
        return self.forcelinkupdate or self.forcerecursivelinkupdate


def parse(value: Mapping[str, Any]) -> Purge:
    return Purge(**(value or {}))


def request(options: Purge, batch: Sequence[Item], _summary: str) -> Mapping[str, str]:
    return {"pageids": "|".join(str(item.pageid) for item in batch), **_everywhere(options)}


def _everywhere(options: Purge) -> dict[str, str]:
    flags = {name: "1" for name in ("forcelinkupdate", "forcerecursivelinkupdate") if getattr(options, name)}
    return {"action": "purge", **flags}


def direct_request(options: Purge, page_set: Mapping[str, str], position: Mapping[str, str]) -> Mapping[str, str]:
    """`direct`: the wiki finds the pages of a page set itself; `position` is the `continue` of the answer before."""
    return {**page_set, **position, **_everywhere(options)}


def read(options: Purge, batch: Sequence[Item], answer: Mapping[str, Any]) -> tuple[Result, ...]:
    """Match entries by title: the answer loses the order and names no page ids for pages that exist."""
    entries = answer["purge"]
    by_title = {entry["title"]: entry for entry in entries if "title" in entry}
    by_id = {entry["pageid"]: entry for entry in entries if "pageid" in entry}
    limited = is_limited(answer)
    return tuple(_result(options, item, by_title.get(item.title) or by_id.get(item.pageid), limited=limited) for item in batch)


def is_limited(answer: Mapping[str, Any]) -> bool:
    """Whether the wiki left something out because it came too fast: a warning, and no error."""
    return any(warning["code"] == LIMITED for warning in answer.get("warnings", ()))


def read_direct(options: Purge, query: Item, answer: Mapping[str, Any]) -> Iterator[tuple[Item, Result]]:
    """`direct`: each page that the wiki found, with what became of it. What is left to do is named by its title. Raises
    `KeyError` or `TypeError` for what is no answer to a query."""
    if not {"batchcomplete", "continue"} & answer.keys():
        raise KeyError("batchcomplete")  # an answer that says neither is not the end of a query
    if not isinstance(answer["purge"], list):
        raise TypeError(type(answer["purge"]))
    limited = is_limited(answer)
    for entry in answer["purge"]:
        item = _found(query, entry)
        word = next((word for word in IMPOSSIBLE if entry.get(word)), None)
        if word is None:
            yield item, _result(options, item, entry, limited=limited)
        else:
            code, detail = IMPOSSIBLE[word]
            yield item, Outcome(seq=item.seq, state=State.SKIPPED, code=code, detail=detail)


def _found(query: Item, entry: Mapping[str, Any]) -> Item:
    """Named by its title; where there is none, by the id that was asked for."""
    title = str(entry.get("title", "")) or (f"revision {entry['revid']}" if "revid" in entry else "")
    key = f"title:{title}" if title else f"page:{entry['pageid']}"
    return Item(step=query.step, key=key, pageid=entry.get("pageid"), ns=entry.get("ns"), title=title, seq=query.seq)


def _result(options: Purge, item: Item, entry: Mapping[str, Any] | None, *, limited: bool) -> Result:
    if entry is None:
        return Again(seq=item.seq, code="no_entry")
    if entry.get("missing"):
        return Outcome(seq=item.seq, state=State.SKIPPED, code="drift:gone", detail="the page no longer exists")
    # A rate-limited purge is no error: its entry merely lacks what was asked for.
    if entry.get("purged") and (entry.get("linkupdate") or not options.links):
        return Outcome(seq=item.seq, state=State.DONE)
    return Again(seq=item.seq, code=LIMITED if limited else "not_purged", wait=limited)


def refused(_options: Purge, batch: Sequence[Item], code: str, text: str) -> tuple[Result, ...]:
    return tuple(Outcome(seq=item.seq, state=State.FAILED, code=code, detail=text) for item in batch)


def drift(_options: Purge, _planned: Item, current: Item | None) -> str | None:
    return "gone" if current is None else None


def blocked(_options: Purge, _item: Item, _account: Account) -> Blocked | None:
    """Nobody needs a right for it: `purge` is the right to do it on the site without being asked."""
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
    token=lambda _options: "",
    replayable=True,
)
