"""What a flow works with: the wiki it is connected to, the store, the time, and where its events go."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Protocol

from runner.actions.action import Account
from runner.errors import Interrupted
from runner.model import Policy
from runner.store.database import Database
from runner.wiki.client import Wiki
from runner.wiki.pace import Pace
from runner.wiki.query import Read
from runner.wiki.site import Site


class Log(Protocol):
    """A structured log: constant event names, the variables as fields."""

    def info(self, event: str, /, **fields: Any) -> Any: ...  # noqa: ANN401

    def warning(self, event: str, /, **fields: Any) -> Any: ...  # noqa: ANN401

    def bind(self, **fields: Any) -> Log: ...  # noqa: ANN401


class Progress(Protocol):
    """Something that shows how far the work is: items of a step, and of how many (None: not known yet)."""

    def begin(self, label: str, total: int | None) -> None: ...

    def advance(self, items: int) -> None: ...

    def end(self) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Connected:
    """A wiki with an open session. `now` gives the wall clock, aware; `monotonic` seconds that never jump; `policy` is what
    the user's own configuration allows there."""

    wiki: Wiki
    pace: Pace
    site: Site
    account: Account
    api: str
    now: Callable[[], datetime]
    monotonic: Callable[[], float]
    policy: Policy = field(default_factory=Policy)


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """A flow's surroundings. `stopping` tells whether work has to end after the request in flight; `name` makes the
    random part of an id."""

    database: Database
    log: Log
    progress: Progress
    stopping: Callable[[], bool]
    name: Callable[[], str]


def planning_read(connected: Connected, context: Context) -> Read:
    """Reads of the wiki, until Ctrl-C was pressed: a plan that is not sealed leaves nothing behind."""

    def read(parameters: Mapping[str, str]) -> Mapping[str, Any]:
        if context.stopping():
            raise Interrupted("interrupted while planning: nothing was written, and no plan was made")
        return connected.wiki.read(parameters)

    return read


def instant(now: datetime) -> str:
    """A time for people and files: `2026-01-31T00:00:00.123456Z`."""
    return now.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
