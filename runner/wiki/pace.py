"""How fast a wiki is asked: one limiter and one back-off for all threads of a run."""

from __future__ import annotations

import threading
from collections.abc import Callable

from runner.errors import Interrupted, Unreachable

SLICE = 0.5


class Clock:
    """Time and patience as arguments: `now` in seconds, `sleep` returns early, with True, when work has to stop."""

    def __init__(self, now: Callable[[], float], sleep: Callable[[float], bool]) -> None:
        self.now = now
        self.sleep = sleep


class Pace:
    """A gate that every request passes.

    `rate` is in writes per second (None: unlimited). A hold, asked for by any thread, holds them all. `unanswered` seconds
    without any answer, or `stalled` seconds of waiting out lag, read-only time and rate limits without progress, end in
    `Unreachable`.
    """

    def __init__(self, clock: Clock, *, rate: float | None = None, unanswered: float, stalled: float) -> None:
        self._clock = clock
        self._interval = 1.0 / rate if rate else 0.0
        self._unanswered = unanswered
        self._stalled = stalled
        self._lock = threading.Lock()
        self._open_at = 0.0
        self._next_write = 0.0
        self._silent_since: float | None = None
        self._stalled_since: float | None = None

    def now(self) -> float:
        """Monotonic seconds."""
        return self._clock.now()

    def enter(self, *, write: bool) -> None:
        """Wait for the gate; raises `Interrupted` when asked to stop while waiting."""
        while (seconds := self._claim(write=write)) > 0:
            self.rest(seconds)

    def write_in(self) -> float:
        """Seconds until the next write may be sent."""
        with self._lock:
            return max(self._open_at, self._next_write) - self._clock.now()

    def _claim(self, *, write: bool) -> float:
        with self._lock:
            now = self._clock.now()
            wait = max(self._open_at, self._next_write if write else 0.0) - now
            if wait <= 0 and write:
                self._next_write = max(self._next_write, now) + self._interval
            return wait

    def rest(self, seconds: float) -> None:
        """Sleep, in slices, so that Ctrl-C is heard."""
        until = self._clock.now() + seconds
        while (left := until - self._clock.now()) > 0:
            if self._clock.sleep(min(left, SLICE)):
                raise Interrupted("stopped while waiting for the wiki")

    def answered(self) -> None:
        """Any HTTP answer at all: the wiki is there."""
        with self._lock:
            self._silent_since = None

    def progressed(self) -> None:
        """A request was carried out: patience starts anew."""
        with self._lock:
            self._silent_since = self._stalled_since = None

    def hold(self, seconds: float, reason: str, *, silent: bool) -> None:
        """Keep every thread waiting; raises `Unreachable` once patience is used up."""
        with self._lock:
            now = self._clock.now()
            self._open_at = max(self._open_at, now + seconds)
            since = self._silent_since if silent else self._stalled_since
            since = now if since is None else since
            if silent:
                self._silent_since = since
            else:
                self._stalled_since = since
            limit = self._unanswered if silent else self._stalled
            if now - since >= limit:
                raise Unreachable(f"gave up after {now - since:.0f} seconds without progress: {reason}")
