"""How fast a wiki is asked: one limiter and one back-off for all threads of a run."""

from __future__ import annotations

import threading
from collections.abc import Callable

from runner.errors import GuardStop, Interrupted, Unreachable

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
    `Unreachable`. Reads that work are no progress of writes that do not. `holds` counts how often somebody had to wait,
    `stalls` how often in a row writes had to (all at the same time count as one).
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
        self._stalled_since: dict[bool, float] = {}
        self._end: float | None = None
        self._why = ""
        self.holds = 0
        self.stalls = 0

    @property
    def interval(self) -> float:
        """Seconds between two writes; 0 without a limit."""
        return self._interval

    def now(self) -> float:
        """Monotonic seconds."""
        return self._clock.now()

    def end_at(self, end: float | None, why: str) -> None:
        """From this moment on (monotonic seconds) nobody waits any more: who would gets `GuardStop`."""
        self._end, self._why = end, why

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
        """Sleep, in slices, so that Ctrl-C is heard, and not beyond the end."""
        until = self._clock.now() + seconds
        while (left := until - self._clock.now()) > 0:
            if self._end is not None and until - left >= self._end:
                raise GuardStop(self._why)
            if self._clock.sleep(min(left, SLICE)):
                raise Interrupted("stopped while waiting for the wiki")

    def answered(self) -> None:
        """Any HTTP answer at all: the wiki is there."""
        with self._lock:
            self._silent_since = None

    def progressed(self, *, write: bool) -> None:
        """A read was answered, or something was written: patience starts anew."""
        with self._lock:
            self._silent_since = None
            self._stalled_since.pop(False, None)
            if write:
                self._stalled_since.pop(True, None)
                self.stalls = 0

    def hold(self, seconds: float, reason: str, *, silent: bool, write: bool, asked: bool = False) -> None:
        """Keep every thread waiting; raises `Unreachable` once patience is used up. What the wiki asked for (`asked`) is
        waited to its end or not at all; a pause of our own ends when patience does, with one last try."""
        with self._lock:
            now = self._clock.now()
            left = self._since(now, silent=silent, write=write) + (self._unanswered if silent else self._stalled) - now
            self.holds += 1
            self.stalls += write and now >= self._open_at
            if left <= 0:
                raise Unreachable(f"gave up after waiting without progress: {reason}")
            if asked and seconds > left:
                raise Unreachable(f"the wiki asks to wait {seconds:.0f} seconds, longer than patience lasts: {reason}")
            self._open_at = max(self._open_at, now + min(seconds, left))

    def _since(self, now: float, *, silent: bool, write: bool) -> float:
        """Since when it has been like this."""
        if not silent:
            return self._stalled_since.setdefault(write, now)
        if self._silent_since is None:
            self._silent_since = now
        return self._silent_since
