"""What to do when a request did not simply succeed: one table, and one pure decision.

What counts as which kind of failure is in `failures`. The waiting itself is in `wiki/`; what a lost write needs (a look at the
wiki's log) is in `flows/`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """How a request failed."""

    CONNECT = "connect"  # no connection: nothing was sent
    TLS = "tls"  # no secure connection: nothing was sent
    LOST = "lost"  # sent, and no whole answer came back
    SERVER = "server"  # HTTP 408, 502, 503, 504 and their like: somebody on the way is overloaded
    NOT_JSON = "not_json"  # an answer that is not the API's, or not to this request
    INTERNAL = "internal"  # HTTP 500 or internal_api_error_*: the wiki broke over this request
    TOO_MANY = "too_many"  # HTTP 429
    TOO_LARGE = "too_large"  # HTTP 413, 414, 431: somebody on the way does not take so much at once
    HTTP = "http"  # any other HTTP status
    LAG = "lag"  # maxlag
    READONLY = "readonly"
    RATELIMITED = "ratelimited"
    TOKEN = "badtoken"  # noqa: S105 - the API's own word
    SESSION = "session"  # an assert failed: the login is gone
    ACCOUNT = "account"  # whatever this account sends will be refused: it is blocked, or its authorisation was withdrawn


class Tries(StrEnum):
    """How often a request may be sent again."""

    PATIENT = "patient"  # as long as patience lasts
    FEW = "few"  # `BROKEN_TRIES` times in all
    RENEWED = "renewed"  # `RENEWALS` times, each with a new token or login
    NONE = "none"


class Then(StrEnum):
    """What becomes of a write that somebody may have heard, when the wiki turns out not to have carried it out."""

    COUNTED = "counted"  # sent again, a few times in all
    FREE = "free"  # sent again, and it does not count
    SMALLER = "smaller"  # sent again with fewer items; an item alone fails
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What follows from a kind of failure.

    `tries`   how often a read, or a write that nobody heard, is sent again
    `silent`  nobody answered at all: the patience for silence counts, not that for a wiki that is busy
    `heard`   None: a write was surely not carried out. Otherwise it may have been: it is looked up, never repeated
              blindly, and this becomes of it if it was not
    """

    tries: Tries
    silent: bool = False
    heard: Then | None = None


RULES: Mapping[Kind, Rule] = {
    Kind.CONNECT: Rule(tries=Tries.PATIENT, silent=True),
    Kind.TLS: Rule(tries=Tries.NONE),
    Kind.LOST: Rule(tries=Tries.PATIENT, silent=True, heard=Then.COUNTED),
    Kind.SERVER: Rule(tries=Tries.PATIENT, heard=Then.COUNTED),
    Kind.NOT_JSON: Rule(tries=Tries.FEW, heard=Then.COUNTED),
    Kind.INTERNAL: Rule(tries=Tries.FEW, heard=Then.COUNTED),
    Kind.TOO_MANY: Rule(tries=Tries.PATIENT, heard=Then.FREE),
    Kind.TOO_LARGE: Rule(tries=Tries.NONE, heard=Then.SMALLER),
    Kind.HTTP: Rule(tries=Tries.NONE, heard=Then.FAILED),
    Kind.LAG: Rule(tries=Tries.PATIENT),
    Kind.READONLY: Rule(tries=Tries.PATIENT),
    Kind.RATELIMITED: Rule(tries=Tries.PATIENT),
    Kind.TOKEN: Rule(tries=Tries.RENEWED),
    Kind.SESSION: Rule(tries=Tries.RENEWED),
    Kind.ACCOUNT: Rule(tries=Tries.NONE),
}

FIRST_PAUSE = 1.0
LONGEST_PAUSE = 60.0
RENEWALS = 3
BROKEN_TRIES = 6
FIRST_TRIES = 3  # of a wiki that never answered yet: it may not be one
GLANCES = 2  # at much at once, which is asked for in parts if the wiki breaks over it


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """One failed attempt. `retry_after` in seconds, as the wiki asked; `detail` for people."""

    kind: Kind
    detail: str = ""
    retry_after: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """Try again after so many seconds; `renew` says that a token or a login has to be fetched anew first."""

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
    rule = RULES[failure.kind]
    if rule.heard and not replayable:
        return Unsure()
    if rule.tries is Tries.RENEWED:
        return Wait(seconds=0.0, renew=True) if attempt <= RENEWALS else GiveUp()
    if rule.tries is Tries.NONE or (rule.tries is Tries.FEW and attempt >= tries):
        return GiveUp()
    return Wait(seconds=pause(attempt, failure.retry_after, jitter))


def pause(attempt: int, retry_after: float | None, jitter: float) -> float:
    """Doubling from one second to a minute; what the wiki asks for comes first."""
    base = min(FIRST_PAUSE * 2.0 ** (min(attempt, 10) - 1), LONGEST_PAUSE)
    if retry_after is not None:
        base = max(retry_after, 0.1)
    return base * (1 + jitter / 2)
