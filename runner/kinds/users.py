"""Users: accounts, IP addresses and ranges of these, each with the block that is on it, in a form that can be set again.

https://www.mediawiki.org/wiki/API:Users and https://www.mediawiki.org/wiki/API:Blocks. A range that holds an address is a
block of its own: here counts what is on this very user.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from runner.kinds.kind import Facts, KindSpec, Query, listed
from runner.model import Blocked, Item, Ref, user_of
from runner.sources.reading import Parameters, read_titles, several
from runner.sources.users import HIDDEN, MISSING, address, page_of

Entry = Mapping[str, Any]

FLAGS = ("allowusertalk", "anononly", "autoblock", "nocreate", "noemail", "partial")
_BLOCK_PROPS = "id|user|by|timestamp|expiry|reason|flags|restrictions"


def questions(refs: Sequence[Ref], _extra: Mapping[str, str]) -> Iterator[Parameters]:
    """The accounts, the blocks, and how the wiki calls the users' pages, in one request."""
    yield _question(refs, {})


def details(refs: Sequence[Ref]) -> Iterator[Parameters]:
    """The same, with what conditions are about."""
    yield _question(refs, {"usprop": "registration|editcount|groups"})


def _question(refs: Sequence[Ref], props: Parameters) -> Parameters:
    names = list(dict.fromkeys(user_of(ref.title) for ref in refs))
    accounts = [name for name in names if not address(name)]
    users = {"list": "users|blocks", "ususers": several(accounts), **props} if accounts else {"list": "blocks"}
    blocks = {"bkusers": several(names), "bkprop": _BLOCK_PROPS, "bklimit": "max"}
    return {"action": "query", "titles": several(map(page_of, names)), **users, **blocks}


def read(queries: Sequence[Query], refs: Sequence[Ref], step: str) -> Iterator[Item]:
    """An item for each user of whom the answers tell."""
    found = _Found(queries)
    for ref in refs:
        name = user_of(ref.title)
        title = found.title(name)
        entry = found.accounts.get(name, {})
        if title and (entry or address(name)):
            yield _item(ref, title, entry, found.blocks.get(name, []), step)


class _Found:
    """What the answers tell, by the users' names."""

    def __init__(self, queries: Sequence[Query]) -> None:
        self._titles = [read_titles(query) for query in queries if "pages" in query]
        self.accounts: dict[str, Entry] = {one["name"]: one for query in queries for one in query.get("users", ())}
        self.blocks: dict[str, list[Entry]] = {}
        # An answer in parts may tell of a block again.
        for entry in {one["id"]: one for one in listed(queries, "blocks") if one.get("user")}.values():
            self.blocks.setdefault(entry["user"], []).append(entry)

    def title(self, name: str) -> str:
        """How the wiki calls the user's page; "" where it does not say."""
        finals = ((titles, titles.final(page_of(name))) for titles in self._titles)
        return next((title for titles, title in finals if title in titles.pages), "")

    def names(self) -> list[str]:
        """Everybody that was asked about."""
        return [user_of(title) for titles in self._titles for title in titles.pages]


def _item(ref: Ref, title: str, entry: Entry, blocks: Sequence[Entry], step: str) -> Item:
    name = user_of(title)
    facts: Facts = {"userid": entry["userid"]} if "userid" in entry else {}
    facts |= {"address": "range" if "/" in name else "ip"} if address(name) else {}
    facts |= {"block": settings(blocks[0]), "blockid": blocks[0]["id"]} if len(blocks) == 1 else {"block": None}
    return Item(step=step, key=ref.key, title=title, facts=facts, blocked=_problem(entry, blocks))


def _problem(entry: Entry, blocks: Sequence[Entry]) -> Blocked | None:
    if entry.get("hidden") or any(block.get("hidden") for block in blocks):
        return HIDDEN
    if entry.get("missing") or entry.get("invalid"):
        return MISSING
    if len(blocks) > 1:
        return Blocked(code="several_blocks", detail=f"there are {len(blocks)} blocks on this user at once")
    return None


def settings(block: Entry) -> dict[str, Any]:
    """Everything that makes a block what it is, as it can be set again."""
    restrictions = block["restrictions"] or {}  # an empty list where there are none
    pages = [{name: page[name] for name in ("id", "title") if name in page} for page in restrictions.get("pages", ())]
    parts = {
        "pages": sorted(pages, key=lambda page: int(page["id"])),
        "namespaces": sorted(restrictions.get("namespaces", ())),
        "actions": sorted(map(str, restrictions.get("actions", ()))),
    }
    flags = [flag for flag in FLAGS if block.get(flag)]
    given = {name: part for name, part in parts.items() if part}
    return {"expiry": block["expiry"], "reason": block["reason"], "flags": flags, **given}


def where_facts(queries: Sequence[Query]) -> Iterator[tuple[str, Facts]]:
    found = _Found(queries)
    for name in found.names():
        entry, blocks = found.accounts.get(name, {}), found.blocks.get(name, [])
        facts: Facts = {"name": name, "account": not address(name)}
        if _problem(entry, []):
            yield f"user:{name}", {**facts, "exists": False}
            continue
        facts["blocked"] = bool(blocks)
        if len(blocks) == 1:
            facts["block"] = {"timestamp": blocks[0]["timestamp"], "user": blocks[0]["by"]}
        if entry.get("registration"):
            facts["registered"] = {"timestamp": entry["registration"]}
        facts |= {"edits": entry["editcount"]} if "editcount" in entry else {}
        facts |= {"groups": set(entry["groups"])} if "groups" in entry else {}
        yield f"user:{name}", facts


USERS = KindSpec(
    name="users",
    noun="user",
    key="user:.*",
    needed=frozenset({"title", "block"}),
    questions=questions,
    read=read,
    facts=where_facts,
    details=details,
)
