"""What a kind of items is: one frozen value, all pure functions. `KINDS` in this package lists them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from runner.model import Item, Kind, Ref
from runner.sources.reading import Parameters

Query = Mapping[str, Any]
"""The `query` part of an answer, complete."""
Facts = dict[str, Any]

# What is hidden of a revision, of a file's version, of a log entry; the API says each in its own words.
HIDDEN: Mapping[str, tuple[str, ...]] = {
    "content": ("sha1hidden", "filehidden", "actionhidden"),
    "comment": ("commenthidden",),
    "user": ("userhidden",),
    "suppressed": ("suppressed",),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class KindSpec:
    """Everything that Wikimop knows of one kind of items.

    `noun`       what people call one of them
    `key`        a regular expression that its keys match
    `needed`     what an item's line must say for the item to be acted on
    `questions`  what to ask for the facts of some refs, together; the second argument is what the action wants to know of
                 pages besides. A question without `list` is one about pages: its answer tells of each page asked about
    `more`       what else has to be asked, once these are answered
    `read`       an item for each ref that the answers tell of, blocked where it is gone; the last argument is the step.
                 What it yields nothing for was not told: silence is never taken for a deletion
    `facts`      what the answers tell for the conditions of `where`: (identity of the ref, facts)
    `details`    what to ask for that, where it differs from `questions`
    """

    name: Kind
    noun: str
    key: str
    needed: frozenset[str]
    questions: Callable[[Sequence[Ref], Mapping[str, str]], Iterable[Parameters]]
    read: Callable[[Sequence[Query], Sequence[Ref], str], Iterator[Item]]
    more: Callable[[Sequence[Query]], Iterable[Parameters]] = lambda _queries: ()
    facts: Callable[[Sequence[Query]], Iterator[tuple[str, Facts]]] = lambda _queries: iter(())
    details: Callable[[Sequence[Ref]], Iterable[Parameters]] | None = field(default=None)


def hidden(entry: Mapping[str, Any]) -> list[str]:
    """The parts of an entry that are hidden, in alphabetical order."""
    return sorted(part for part, flags in HIDDEN.items() if any(entry.get(flag) for flag in flags))


def made(entry: Mapping[str, Any]) -> Facts:
    """When and by whom, as far as it is told."""
    return {name: str(entry[name]) for name in ("timestamp", "user") if name in entry}


def titles_of(refs: Sequence[Ref]) -> list[str]:
    """Each title once, in order."""
    return list(dict.fromkeys(ref.title for ref in refs))


def pages_of(queries: Sequence[Query]) -> Mapping[str, Mapping[str, Any]]:
    """The pages of answers to questions about pages, by title; of two that tell of one page, the later is right."""
    return {page["title"]: page for query in queries for page in query.get("pages", ()) if "title" in page}


def listed(queries: Sequence[Query], name: str) -> list[Mapping[str, Any]]:
    """The entries of a list; KeyError where no answer holds it at all."""
    found = [query[name] for query in queries if name in query]
    if not found:
        raise KeyError(name)
    return [entry for entries in found for entry in entries]


def is_there(page: Mapping[str, Any]) -> bool:
    """Whether there is such a page now."""
    return not (page.get("missing") or page.get("invalid"))


def refusals(page: Mapping[str, Any]) -> Facts:
    """Why the wiki would not let this account act on the page, where that was asked (`intestactions`)."""
    found = [
        {"code": str(error.get("code", "")), "text": str(error.get("text", ""))}
        for errors in page.get("actions", {}).values()
        if isinstance(errors, list)
        for error in errors
    ]
    return {"refusals": found} if found else {}
