"""What a wiki says of itself and of our account.

https://www.mediawiki.org/wiki/API:Siteinfo and https://www.mediawiki.org/wiki/API:Userinfo.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from runner.actions.action import Account
from runner.wiki.answer import understood
from runner.wiki.query import Read, ask


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """`namespaces` maps every name and alias, in lower case, to its number, and `""` to 0; `subpages` are those that
    have subpages; `rights` are those that any group has."""

    name: str
    generator: str
    namespaces: Mapping[str, int]
    readonly: bool
    subpages: frozenset[int] = frozenset()
    rights: frozenset[str] = frozenset()


def read_site(read: Read) -> Site:
    """One request; raises `Unreachable` if there is no wiki."""
    answer = ask(read, {"action": "query", "meta": "siteinfo", "siprop": "general|namespaces|namespacealiases|usergroups"})
    with understood():
        return _site(answer["query"])


def _site(query: Mapping[str, Any]) -> Site:
    names: dict[str, int] = {}
    for namespace in query["namespaces"].values():
        for name in (namespace.get("name", ""), namespace.get("canonical", "")):
            if name or namespace["id"] == 0:
                names[name.lower()] = namespace["id"]
    for alias in query.get("namespacealiases", ()):
        names[alias["alias"].lower()] = alias["id"]
    general = query["general"]
    return Site(
        name=_text(general["sitename"]),
        generator=_text(general["generator"]),
        namespaces=names,
        readonly=bool(general.get("readonly")),
        subpages=frozenset(one["id"] for one in query["namespaces"].values() if one.get("subpages")),
        rights=frozenset(right for group in query.get("usergroups", ()) for right in group.get("rights", ())),
    )


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(value)
    return value


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Our account, and what may keep it from working: a block, and the rate limits that apply to it."""

    account: Account
    anonymous: bool
    blocked: str
    ratelimits: Mapping[str, str]


def read_standing(read: Read) -> Standing:
    """One request."""
    answer = ask(read, {"action": "query", "meta": "userinfo", "uiprop": "rights|ratelimits|blockinfo"})
    with understood():
        return _standing(answer["query"]["userinfo"])


def may_write(account: Account, site: Site) -> Account:
    """The account, with whether it may write through the API at all. Not every version of MediaWiki has the right `writeapi`:
    where no group has it, nothing is told of it beforehand."""
    return replace(account, writes="writeapi" in account.rights or "writeapi" not in site.rights)


def _standing(user: Mapping[str, Any]) -> Standing:
    limits = {
        action: "; ".join(f"{limit['hits']} in {limit['seconds']} s" for limit in kinds.values())
        for action, kinds in dict(user.get("ratelimits") or {}).items()
    }
    return Standing(
        account=Account(name=str(user["name"]), rights=frozenset(user.get("rights", ()))),
        anonymous=bool(user.get("anon")),
        blocked=str(user.get("blockreason", "blocked")) if "blockid" in user and not user.get("blockpartial") else "",
        ratelimits=limits,
    )
