"""What to do when a request did not simply succeed: one pure decision.

The waiting itself is in `wiki/`; what a lost write needs (a look at the wiki's log) is in `flows/`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """How a request failed. Those in `UNCERTAIN` are nobody's word for what the wiki did: they may hide a write that was
    carried out."""

    CONNECT = "connect"  # no connection: nothing was sent
    LOST = "lost"  # sent, and no whole answer came back
    SERVER = "server"  # HTTP 408, 502, 503, 504 and their like: somebody on the way is overloaded
    NOT_JSON = "not_json"  # an answer that is not the API's
    INTERNAL = "internal"  # HTTP 500 or internal_api_error_*: the wiki broke over this request
    TOO_MANY = "too_many"  # HTTP 429
    LAG = "lag"  # maxlag
    READONLY = "readonly"
    RATELIMITED = "ratelimited"
    TOKEN = "badtoken"  # noqa: S105 - the API's own word
    SESSION = "session"  # an assert failed: the login is gone
    HTTP = "http"  # any other HTTP status


UNCERTAIN = frozenset({Kind.LOST, Kind.SERVER, Kind.NOT_JSON, Kind.INTERNAL, Kind.TOO_MANY, Kind.HTTP})
BROKEN = frozenset({Kind.NOT_JSON, Kind.INTERNAL})
RENEWABLE = frozenset({Kind.TOKEN, Kind.SESSION})

FIRST_PAUSE = 1.0
LONGEST_PAUSE = 60.0
RENEWALS = 3
BROKEN_TRIES = 6
FIRST_TRIES = 3  # of a wiki that never answered yet: it may not be one


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """One failed attempt. `retry_after` in seconds, as the wiki asked; `detail` for people."""

    kind: Kind
    detail: str = ""
    retry_after: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """Try again after so many seconds; `renew` says what has to be fetched anew first."""

    seconds: float
    renew: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class GiveUp:
    """Trying again cannot help; nothing was carried out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unsure:
    """It may have been carried out: look before it is sent again."""


Decision = Wait | GiveUp | Unsure


def decide(
    failure: Failure, attempt: int, *, replayable: bool, jitter: float = 0.0, tries: int = BROKEN_TRIES
) -> Decision:  # fmt: skip
    """Judge one call's failure number `attempt` of this kind (from 1). `jitter` between 0 and 1 spreads the pause by up to
    a half; `tries` bounds how often an answer may be broken.

    Patience (how long in all) is the caller's: this only says whether waiting makes sense.
    """
    if failure.kind in RENEWABLE:
        return Wait(seconds=0.0, renew=True) if attempt <= RENEWALS else GiveUp()
    if failure.kind in UNCERTAIN and not replayable:
        return Unsure()
    if failure.kind is Kind.HTTP or (failure.kind in BROKEN and attempt >= tries):
        return GiveUp()
    return Wait(seconds=pause(attempt, failure.retry_after, jitter))


def pause(attempt: int, retry_after: float | None, jitter: float) -> float:
    """Doubling from one second to a minute; what the wiki asks for comes first."""
    base = min(FIRST_PAUSE * 2.0 ** (min(attempt, 10) - 1), LONGEST_PAUSE)
    if retry_after is not None:
        base = max(retry_after, 0.1)
    return base * (1 + jitter / 2)
