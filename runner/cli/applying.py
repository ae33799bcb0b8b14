"""Finding a plan to apply, and making sure that it is the one that was approved."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import BinaryIO

from runner.actions import ACTIONS
from runner.addresses import is_loopback
from runner.cli.access import Access, find_access
from runner.cli.connect import connect
from runner.cli.finishing import ask
from runner.cli.options import Common
from runner.cli.surroundings import Surroundings
from runner.errors import GuardStop, UsageError
from runner.flows.context import Connected, instant
from runner.flows.imports import import_plan, recheck
from runner.flows.manners import manners_of
from runner.planning.stamp import mark
from runner.store.plans import Plans, StoredPlan
from runner.wiki.log import comments_since, entries_since

LONGEST_LINE = 64 << 20
VOUCH = "give --sha256 with the digest that was reviewed"


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundPlan:
    """A plan to apply. `foreign`: it came as a file and was not made in this state folder; `digests` are the seal's and,
    of a file, that of its bytes."""

    plan: StoredPlan
    foreign: bool
    digests: tuple[str, ...]


def find_plan(name: str, around: Surroundings) -> FoundPlan:
    """A plan file, or the id of a plan in the state folder; raises `UsageError` for what is altered or unknown."""
    path = Path(name)
    if path.is_file():
        try:
            with path.open("rb") as lines, around.folder.turn("imports"):
                plan = import_plan(_bounded(lines, path), str(path), around.context.database)
            with path.open("rb") as file:
                whole = hashlib.file_digest(file, "sha256").hexdigest()
        except OSError as error:
            raise UsageError(f"{path} cannot be read: {error.strerror}") from None
        return FoundPlan(plan=plan, foreign=plan.origin != "own", digests=(plan.sha256 or "", whole))
    found = Plans(around.context.database).get(name)
    if found is None:
        raise UsageError(f"there is no plan {name}", hint="give a plan file, or the id that `wikimop plan` printed")
    recheck(found, around.context.database)
    return FoundPlan(plan=found, foreign=found.origin != "own", digests=(found.sha256 or "",))


def _bounded(file: BinaryIO, path: Path) -> Iterator[bytes]:
    """The lines of a file; one that is far too long is told of before all of it is in memory."""
    while line := file.readline(LONGEST_LINE + 1):
        if len(line) > LONGEST_LINE:
            raise UsageError(f"{path} is no plan: a line of it is longer than {LONGEST_LINE >> 20} MiB")
        yield line


def check_digest(found: FoundPlan, wanted: str | None) -> None:
    """`--sha256`: the plan that was reviewed, and no other."""
    if wanted is not None and wanted.lower().strip() not in found.digests:
        raise UsageError(f"plan {found.plan.id} has the digest {found.plan.sha256}, not the one that was given")


def access_for(plan: StoredPlan, options: Common, *, allow_suppress: bool) -> Access:
    """How to reach the plan's wiki; the user's own configuration is held against the plan, and the stricter wins."""
    access = find_access(options.wiki or plan.header["wiki"]["api"], options.wikis, None, by_hand=True)
    if access.items is not None and plan.items > access.items:
        raise GuardStop(f"the configuration allows {access.items} items, and plan {plan.id} holds {plan.items}")
    allowed = plan.header["limits"]["items"]
    for step in plan.header["steps"]:
        if step["options"].get("direct") and access.items is not None and (allowed is None or allowed > access.items):
            # How many pages it finds is known only when they are purged.
            raise GuardStop(f"the configuration allows {access.items} items, and step {step['id']} may find more")
        if step["options"].get("suppress") == "yes" and (not allow_suppress or access.allow_suppress is False):
            raise UsageError(f"step {step['id']} suppresses", hint="say --allow-suppress if that is meant and allowed")
        action = ACTIONS[step["action"]]
        if wrong := action.forbidden(action.parse(step["options"]), None, access.policy):
            raise UsageError(f"step {step['id']} is not allowed: {wrong.detail}")
    return access


def approve(found: FoundPlan, access: Access, options: Common, *, yes: bool, digest: str | None) -> None:
    """Somebody's yes to this very plan, or `GuardStop`."""
    vouched = digest is not None or not found.foreign
    if yes and not vouched and not sys.stdin.isatty() and not is_loopback(access.api):
        raise GuardStop(
            f"nothing vouches for plan {found.plan.id}, which was not made here",
            hint=VOUCH,
        )
    if options.no_input and not yes and not vouched:
        raise GuardStop(f"nothing vouches for plan {found.plan.id}, which was not made here", hint=VOUCH)
    if options.no_input and vouched:
        return
    ask(found.plan, options, yes=yes)


def connect_for(plan: StoredPlan, access: Access, around: Surroundings) -> Connected:
    """The plan's wiki, logged in, with the manners and limits of the plan."""
    limits = plan.header["limits"]
    return connect(
        access,
        manners=manners_of(plan.header["request"]),
        stop=around.stop,
        waiting=around.waiting,
        rate=limits["rate"],
        threads=limits["concurrency"],
    )


def _comments_since(plan: StoredPlan, connected: Connected, filters: Mapping[str, str]) -> Iterator[str]:
    """What our entries in the wiki's log say that are newer than the plan."""
    read, user = connected.wiki.read, connected.account.name
    if (newest := plan.header.get("newest_logid")) is not None:
        # Ids, not times: the clock by which the plan was made may have been wrong.
        yield from (entry.comment for entry in entries_since(read, newest, user=user, filters=filters))
    else:
        # A plan of before that stood there. The wiki's clock may be behind ours.
        since = instant(datetime.fromisoformat(plan.header["created"]) - timedelta(hours=1))
        yield from comments_since(read, since, user=user, filters=filters)


def refuse_marked(plan: StoredPlan, connected: Connected) -> None:
    """Without its journal, a plan's own mark in the wiki's log tells that it was applied elsewhere."""
    ours = mark(plan.header["stamp"], plan.run)
    for step in plan.header["steps"]:
        action = ACTIONS[step["action"]]
        if action.log is None or not ours:
            continue
        filters = action.log(action.parse(step["options"]))
        if any(ours in comment for comment in _comments_since(plan, connected, filters)):
            raise UsageError(f"plan {plan.id} was already applied: the wiki's log bears its mark {ours}")
