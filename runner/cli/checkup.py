"""The checks of `doctor`, in the order in which things go wrong."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from runner.actions import ACTIONS
from runner.cli.access import Access
from runner.cli.connect import open_session
from runner.cli.stop import Stop
from runner.errors import WikimopError
from runner.report.checks import Check
from runner.wiki.client import Manners, Wiki
from runner.wiki.site import Standing, may_write, read_site, read_standing

PATIENCE = 10.0
USEFUL = {
    "apihighlimits": "lists go 50 at a time instead of 500",
    "noratelimit": "the wiki may slow writes down; they are waited for",
    "bigdelete": "pages with a very long history cannot be deleted",
    "suppressrevision": "`suppress: yes` is not possible",
}


def checkup(access: Access) -> Iterator[Check]:
    """Each check as it is made; a failed one is the last."""
    yield Check(name="configuration", state="ok", detail=access.api)
    if not access.contact:
        hint = "set WIKIMOP_CONTACT, or `contact:` in wikis.yaml, so that the wiki's operators can reach you"
        yield Check(name="contact", state="warning", detail="none is given", hint=hint)
    try:
        # Whoever asks for a check-up stands waiting: ten seconds tell enough.
        brief = replace(access, patience=min(access.patience or PATIENCE, PATIENCE))
        wiki = open_session(brief, manners=Manners(), stop=Stop())[0]
        yield from inside(wiki, access)
    except WikimopError as error:
        yield Check(name="connection and login", state="failed", detail=error.message, hint=error.hint)


def inside(wiki: Wiki, access: Access) -> Iterator[Check]:
    """The checks of a wiki with an open session."""
    site = read_site(wiki.read)
    yield Check(name="wiki", state="ok", detail=f"{site.name}, {site.generator}")
    if site.readonly:
        yield Check(name="read-only", state="warning", detail="the wiki is read-only now", hint="writes wait for its end")
    standing = read_standing(wiki.read)
    if standing.anonymous:
        hint = "give a bot password or a token; see the configuration"
        yield Check(name="login", state="warning", detail="no credentials: working anonymously", hint=hint)
    else:
        yield Check(name="login", state="ok", detail=f"{standing.account.name}, by {_means(access)}")
    if standing.blocked:
        yield Check(name="block", state="failed", detail=f"the account is blocked: {standing.blocked}")
        return
    if not may_write(standing.account, site).writes:
        hint = "the wiki's $wgGroupPermissions gives it to others; without it nothing can be written"
        yield Check(name="writing", state="failed", detail="the right writeapi is missing", hint=hint)
        return
    yield from _rights(standing)
    yield _allowed(access)


def _means(access: Access) -> str:
    return "OAuth 2 token" if access.token else "OAuth 1.0a" if access.oauth1 else "bot password"


def _allowed(access: Access) -> Check:
    """What only the user's own configuration gives: `api` is possible for these modules."""
    policy = access.policy
    words = [*sorted(policy.api), *(["the interface"] if policy.interface else []), *(["scripts"] if policy.scripts else [])]
    return Check(name="allowed beyond the usual", state="ok", detail=", ".join(words) or "nothing")


def _rights(standing: Standing) -> Iterator[Check]:
    rights = standing.account.rights
    for action in (action for action in ACTIONS.values() if action.name != "api"):
        missing = [right for right in action.rights if right not in rights]
        if missing:
            hint = "the account needs it, and so do the grants of its bot password or token"
            detail = f"not possible: the right {', '.join(missing)} is missing"
            yield Check(name=action.name, state="warning", detail=detail, hint=hint)
        else:
            yield Check(name=action.name, state="ok", detail="possible")
    for right, loss in USEFUL.items():
        if right not in rights:
            yield Check(name=right, state="warning", detail=f"missing: {loss}")
    for limited, limit in standing.ratelimits.items():
        yield Check(name=f"rate limit of {limited}", state="ok", detail=limit)
