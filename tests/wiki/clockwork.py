"""Time driven by hand, and a wiki that says what a test wants to hear."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from runner.retry import Failure, Kind
from runner.wiki.client import Manners, Wiki
from runner.wiki.login import Credentials
from runner.wiki.pace import Clock, Pace
from runner.wiki.transport import Reply, RequestFailed

Parameters = Mapping[str, str]
Scripted = Reply | Exception | Mapping[str, Any] | Callable[[Parameters], Mapping[str, Any]]


class Hands:
    """A clock that goes on only while somebody sleeps; `stop_at` is when Ctrl-C is pressed."""

    def __init__(self) -> None:
        self.time = 1000.0
        self.slept: list[float] = []
        self.stop_at: float | None = None

    def sleep(self, seconds: float) -> bool:
        self.slept.append(seconds)
        self.time += seconds
        return self.stop_at is not None and self.time >= self.stop_at

    @property
    def clock(self) -> Clock:
        return Clock(lambda: self.time, self.sleep)


def pace(hands: Hands, *, rate: float | None = None, unanswered: float = 60.0, stalled: float = 300.0) -> Pace:
    return Pace(hands.clock, rate=rate, unanswered=unanswered, stalled=stalled)


class Script:
    """A sender that gives its answers one after the other; `sent` holds what was asked, `forgot` counts lost cookies."""

    def __init__(self, *answers: Scripted) -> None:
        self._answers = list(answers)
        self.sent: list[dict[str, str]] = []
        self.posted: list[bool] = []
        self.forgot = 0

    def send(self, parameters: Parameters, *, post: bool) -> Reply:
        self.sent.append(dict(parameters))
        self.posted.append(post)
        answer = self._answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        if callable(answer):
            answer = answer(parameters)
        return answer if isinstance(answer, Reply) else told(answer)

    def forget(self) -> None:
        self.forgot += 1

    @property
    def left(self) -> int:
        """How many answers nobody asked for."""
        return len(self._answers)


def told(body: object, *, status: int = 200, **headers: str) -> Reply:
    """A reply with a JSON body; header names with underscores."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Reply(status=status, headers=named, body=json.dumps(body).encode())


def error(code: str, **headers: str) -> Reply:
    """An API error."""
    return told({"errors": [{"code": code, "text": f"It is {code}.", "module": "main"}]}, **headers)


def failed(kind: Kind) -> RequestFailed:
    """A request that got no whole answer."""
    return RequestFailed(Failure(kind=kind, detail=kind.value))


def wiki(script: Script, hands: Hands, credentials: Credentials = None, manners: Manners | None = None, **limits: float) -> Wiki:
    return Wiki(script, pace=pace(hands, **limits), credentials=credentials, manners=manners, jitter=lambda: 0.0)
