"""What an edit must know of its pages: their text in just the revision that counts, and what it becomes.

https://www.mediawiki.org/wiki/API:Revisions. Texts are asked for so many at a time as surely fit into an answer.
"""

from __future__ import annotations

import hashlib
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol, TypeVar

from runner.actions.action import Survey
from runner.actions.diff import unified
from runner.actions.rewriting import MOST, TRIMMED, Replacement, TooBig, expands, replaced, saved
from runner.actions.texts import Valueless, frozen_summary, render
from runner.model import Blocked, Item

T = TypeVar("T")
Asking = Generator[Mapping[str, str], Mapping[str, Any], T]
FITS = 1_000_000  # bytes of text in one answer; a wiki gives up to 8 MB
MANY = 50


class Wishes(Protocol):
    """The options of an edit, as far as they say what the text becomes."""

    @property
    def append(self) -> str: ...
    @property
    def prepend(self) -> str: ...
    @property
    def replace(self) -> tuple[Replacement, ...]: ...
    @property
    def text(self) -> str: ...
    @property
    def nulledit(self) -> bool: ...
    @property
    def revert(self) -> str: ...
    @property
    def summary(self) -> str: ...


class Obstacle(Exception):
    """Why a page cannot be edited as wished."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.fact = {"code": code, "detail": detail}


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """One revision with its main text, None where that cannot be read."""

    revid: int
    parentid: int
    pageid: int
    contentmodel: str
    text: str | None


def survey(options: Wishes, items: Sequence[Item], planned: Mapping[str, Item]) -> Survey:
    """The items with what becomes of their text; just before a write (`planned` is given) with the text itself."""
    there = [item for item in items if item.pageid is not None and item.blocked is None]
    found = yield from _existing(options, there, planned)
    missing = [item for item in items if item.pageid is None and item.blocked is None]
    found |= yield from _missing(options, missing, planned)
    return [found.get(item.key, item) for item in items]


def _existing(options: Wishes, items: Sequence[Item], planned: Mapping[str, Item]) -> Asking[dict[str, Item]]:
    sizes = {item.revid: int(item.facts.get("length", 0)) for item in items if item.revid is not None}
    reverts = {item.key: _wanted(options, planned.get(item.key, item)) for item in items} if options.revert else {}
    sizes |= {reverts[item.key]: int(item.facts.get("length", 0)) for item in items if reverts.get(item.key)}
    texts = yield from _texts(sizes)
    parents = {one.parentid for key, revid in reverts.items() if (one := texts.get(revid)) and one.parentid}
    texts |= (yield from _texts((yield from _sizes(sorted(parents - texts.keys()))))) if parents else {}
    found = {}
    for item in items:
        try:
            current = _readable(texts.get(item.revid or 0))
            reverted = _reverted(item, reverts[item.key], texts) if reverts else None
            found[item.key] = _judged(options, item, planned.get(item.key), current, reverted)
        except (Obstacle, Valueless) as wrong:
            found[item.key] = _obstructed(item, wrong)
    return found


def _missing(options: Wishes, items: Sequence[Item], planned: Mapping[str, Item]) -> Asking[dict[str, Item]]:
    """Pages that are to be made. What one may do there, the wiki tells of a title as well."""
    if not items:
        return {}
    titles = "|".join(item.title for item in items)
    query = {"action": "query", "prop": "info", "titles": titles, "intestactions": "create|edit", "intestactionsdetail": "full"}
    answer = yield query
    pages = {page["title"]: page for page in answer["pages"]}
    found = {}
    for item in items:
        try:
            found[item.key] = _judged(options, _creatable(item, pages[item.title]), planned.get(item.key), "", None)
        except (Obstacle, Valueless) as wrong:
            found[item.key] = _obstructed(item, wrong)
    return found


def _creatable(item: Item, page: Mapping[str, Any]) -> Item:
    if not page.get("missing"):
        raise Obstacle("exists", "there is a page of this title")
    facts: dict[str, Any] = {**item.facts, "creates": True}
    errors = [one for errors in page.get("actions", {}).values() for one in errors]
    if errors:
        facts["refusals"] = [{"code": str(one["code"]), "text": str(one["text"])} for one in errors]
    if page.get("contentmodel", "wikitext") != "wikitext":
        facts["contentmodel"] = page["contentmodel"]
    return replace(item, facts=facts)


def _wanted(options: Wishes, item: Item) -> int:
    try:
        return int(render(options.revert, item))
    except (Valueless, ValueError):
        return 0


def _readable(revision: Revision | None) -> str:
    if revision is None or revision.text is None:
        raise Obstacle("hidden", "its text cannot be read: it is hidden, or no text")
    return revision.text


def _reverted(item: Item, revid: int, texts: Mapping[int, Revision]) -> tuple[str, Revision]:
    """The text before a revision that is to be taken back, and the revision that it is of."""
    one = texts.get(revid)
    if one is None or one.pageid != item.pageid:
        raise Obstacle("not_last", f"revision {revid} is none of this page")
    if one.text is None or one.text != _readable(texts.get(item.revid or 0)):
        raise Obstacle("not_last", f"the page's text is no longer that of revision {revid}")
    if not one.parentid:
        raise Obstacle("first", "it is the page's first revision: nothing was there before it")
    parent = texts.get(one.parentid)
    if parent is not None and parent.contentmodel != one.contentmodel:
        raise Obstacle("contentmodel", f"the text before it was {parent.contentmodel}, and this is {one.contentmodel}")
    return _readable(parent), one


def _judged(
    options: Wishes, item: Item, planned: Item | None, old: str, reverted: tuple[str, Revision] | None
) -> Item:  # fmt: skip
    source = planned or item
    new, count = (reverted[0], 0) if reverted else _new_text(options, source, old)
    if options.nulledit and (saved(old) != old or expands(old)):
        raise Obstacle("expands", "saving it would change it: the wiki writes out signatures and `subst:`, or trims its end")
    content = saved(new) if new != old else old
    if not content.strip(TRIMMED) and content != old:
        raise Obstacle("blank", "nothing would be left of the page")
    facts = {**item.facts, "old_sha256": sha256(old), "new_sha256": sha256(content)}
    needless = content == old and not options.nulledit and "creates" not in facts
    facts |= {"unchanged": True} if needless else {}
    if planned is not None:
        return replace(item, facts=facts, content=content)
    facts |= frozen_summary(options.summary, item)
    if options.replace:
        facts["replacements"] = count
    if needless:
        return replace(item, facts=facts)
    return replace(item, facts={**facts, **_shown(options, old, content, reverted)})


def _new_text(options: Wishes, item: Item, old: str) -> tuple[str, int]:
    if options.text:
        return render(options.text, item), 0
    try:
        body, count = replaced(old, options.replace, item)
    except TooBig:
        raise Obstacle("too_big", f"its new text would have more than {MOST:,} characters") from None
    return render(options.prepend, item) + body + render(options.append, item), count


def _shown(options: Wishes, old: str, new: str, reverted: tuple[str, Revision] | None) -> dict[str, Any]:
    """What a reviewer sees of it. What is taken back may be just what has to be hidden next: it is named, not repeated."""
    facts: dict[str, Any] = {"new_length": len(new.encode())}
    if reverted:
        return {**facts, "reverts": reverted[1].revid, "to_revid": reverted[1].parentid}
    if options.nulledit:
        return facts
    return {**facts, "diff": unified(old, new), **({"expands": True} if expands(new) else {})}


def _obstructed(item: Item, wrong: Obstacle | Valueless) -> Item:
    fact = wrong.fact if isinstance(wrong, Obstacle) else _fact(wrong.blocked)
    return replace(item, facts={**item.facts, "obstacle": fact})


def _fact(blocked: Blocked) -> dict[str, str]:
    return {"code": blocked.code, "detail": blocked.detail}


def sha256(text: str) -> str:
    """The digest of a text in UTF-8."""
    return hashlib.sha256(text.encode()).hexdigest()


def _sizes(revids: Sequence[int]) -> Asking[dict[int, int]]:
    found: dict[int, int] = {}
    for start in range(0, len(revids), MANY):
        answer = yield _question(revids[start : start + MANY], "ids|size")
        found |= {one["revid"]: one.get("size", FITS) for page in answer["pages"] for one in page.get("revisions", ())}
    return found


def _texts(sizes: Mapping[int, int]) -> Asking[dict[int, Revision]]:
    found: dict[int, Revision] = {}
    for revids in _groups(sizes):
        answer = yield {**_question(revids, "ids|content"), "rvslots": "main"}
        found |= {one.revid: one for page in answer["pages"] for one in _read(page)}
    return found


def _question(revids: Iterable[int], rvprop: str) -> dict[str, str]:
    return {"action": "query", "prop": "revisions", "rvprop": rvprop, "revids": "|".join(map(str, revids))}


def _groups(sizes: Mapping[int, int]) -> Iterator[list[int]]:
    group: list[int] = []
    room = FITS
    for revid, size in sizes.items():
        if group and (size > room or len(group) == MANY):
            yield group
            group, room = [], FITS
        group.append(revid)
        room -= size
    if group:
        yield group


def _read(page: Mapping[str, Any]) -> Iterator[Revision]:
    for one in page.get("revisions", ()):
        slot = one.get("slots", {}).get("main", {})
        # Whoever may see what is hidden is given it all the same: it must not come to light again.
        text = None if slot.get("texthidden") else slot.get("content")
        yield Revision(
            revid=one["revid"],
            parentid=one.get("parentid", 0),
            pageid=page["pageid"],
            contentmodel=str(slot.get("contentmodel", "")),
            text=text,
        )
