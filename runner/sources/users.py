"""Sources of users: accounts, IP addresses and ranges of these, as the wiki writes them. Pure.

https://www.mediawiki.org/wiki/API:Users, API:Allusers and API:Blocks. Whoever may see hidden names is told them: they are
kept nowhere, such a user has only a number.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from ipaddress import AddressValueError, IPv4Address, IPv4Network, IPv6Address, IPv6Network
from typing import Any

from runner.model import Blocked, Ref, user_of
from runner.sources.reading import Parameters, read_titles, several

Query = Mapping[str, Any]

HIDDEN = Blocked(code="hidden_name", detail="the user's name is hidden, and no plan names it")
MISSING = Blocked(code="missing", detail="there is no such user")
_INVALID = Blocked(code="invalid", detail="this can be no user of this wiki")
_UNTOLD = Blocked(code="unknown", detail="the wiki said nothing about this name")
_PLAIN = re.compile(r"[0-9.]+(/[0-9]{1,2})?|[0-9A-Fa-f:]+(/[0-9]{1,3})?", re.ASCII)


def address(name: str) -> str | None:
    """An IP address or range as the wiki's blocks name it: `2001:DB8:0:0:0:0:0:1`, `192.0.2.0/24`; None for any other name
    (https://www.mediawiki.org/wiki/Help:Range_blocks)."""
    if not _PLAIN.fullmatch(name):
        return None
    four = "." in name
    try:
        if "/" not in name:
            return str(IPv4Address(name)) if four else _in_full(IPv6Address(name))
        network = IPv4Network(name, strict=False) if four else IPv6Network(name, strict=False)
    except (AddressValueError, ValueError):
        return None
    base = network.network_address
    return f"{base if isinstance(base, IPv4Address) else _in_full(base)}/{network.prefixlen}"


def _in_full(number: IPv6Address) -> str:
    return ":".join(f"{int(part, 16):X}" for part in number.exploded.split(":"))


def within(name: str, wide: str) -> bool:
    """Whether an address or range lies in a range, all of it."""
    inner, outer = address(name), address(wide)
    if inner is None or outer is None or (":" in inner) != (":" in outer):
        return False
    if ":" in outer:
        return IPv6Network(inner).subnet_of(IPv6Network(outer))
    return IPv4Network(inner).subnet_of(IPv4Network(outer))


def written(name: str) -> str:
    """A name as it is asked about: an address in the wiki's own form, anything else as it is."""
    text = " ".join(name.replace("_", " ").split())
    return address(text) or text


def page_of(name: str) -> str:
    """The title of a user's page, by the name of the namespace that every wiki knows."""
    return f"User:{name}"


def page(entry: Mapping[str, Any], name: str) -> Ref:
    """The page of a listed user; if their name is hidden, with the number of the account."""
    return Ref(title=page_of(entry[name]), number=entry["userid"] if entry.get("hidden") else None)


def marked(ref: Ref) -> Ref:
    """A page, blocked if it is that of a user whose name is hidden, whether there is one or not."""
    return ref if ref.number is None else replace(ref, problem=HIDDEN)


def unnamed(ref: Ref) -> Ref:
    """As it may stand in a plan."""
    hidden = ref.kind == "pages" and ref.number is not None
    return replace(ref, title="", ns=None, pageid=None, through="", problem=HIDDEN) if hidden else ref


def names_query(names: Sequence[str]) -> Parameters:
    """Ask how the wiki writes these names, and whether there are such accounts."""
    return {
        "action": "query",
        "titles": several(map(page_of, names)),
        "list": "users",
        "ususers": several(names),
    }


def read_names(query: Query, names: Sequence[str]) -> Iterator[Ref]:
    """A ref for each name of the question, in its order."""
    titles = read_titles(query)
    entries = {entry["name"]: entry for entry in query["users"]}
    for name in names:
        title = titles.final(page_of(name))
        page = titles.pages.get(title, {})
        if not page or page.get("invalid") or "#" in name:
            yield Ref(kind="users", title=page_of(name), problem=_INVALID if page else _UNTOLD)
        elif address(user_of(title)):
            yield Ref(kind="users", title=title)
        else:
            yield _account(title, entries.get(user_of(title)) or entries.get(name))


def _account(title: str, entry: Mapping[str, Any] | None) -> Ref:
    if entry is None:
        return Ref(kind="users", title=title, problem=_UNTOLD)
    if entry.get("hidden"):
        return _hidden(entry)
    problem = _INVALID if entry.get("invalid") or entry.get("interwiki") else MISSING if entry.get("missing") else None
    return Ref(kind="users", title=title, problem=problem)


def _hidden(entry: Mapping[str, Any]) -> Ref:
    return Ref(kind="users", number=entry["userid"], problem=HIDDEN)


def read_allusers(query: Query) -> Iterator[Ref]:
    """Accounts."""
    for entry in query.get("allusers", ()):
        yield _hidden(entry) if entry.get("hidden") else Ref(kind="users", title=page_of(entry["name"]))


def read_blocks(query: Query) -> Iterator[Ref]:
    """Whoever is blocked; of the addresses that a block of an account blocked by itself the wiki tells nothing."""
    for entry in query.get("blocks", ()):
        if entry.get("user"):
            yield _hidden(entry) if entry.get("hidden") else Ref(kind="users", title=page_of(entry["user"]))
