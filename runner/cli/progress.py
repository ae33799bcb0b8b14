"""How far the work is: a bar on a terminal, a line now and then elsewhere."""

from __future__ import annotations

import sys
import time
from typing import Any

EVERY_SECONDS = 15.0


class Silent:
    """For --quiet."""

    def begin(self, label: str, total: int | None) -> None: ...

    def advance(self, items: int) -> None: ...

    def end(self) -> None: ...


class Lines:
    """A line on stderr every 15 seconds: items, rate, time left."""

    def __init__(self) -> None:
        self._label = ""
        self._total: int | None = None
        self._items = 0
        self._started = self._said = 0.0

    def begin(self, label: str, total: int | None) -> None:
        self._label, self._total, self._items = label, total, 0
        self._started = self._said = time.monotonic()

    def advance(self, items: int) -> None:
        self._items += items
        now = time.monotonic()
        if now - self._said >= EVERY_SECONDS:
            self._said = now
            print(self._line(now), file=sys.stderr, flush=True)  # noqa: T201 - progress for people

    def end(self) -> None:
        pass

    def _line(self, now: float) -> str:
        rate = self._items / max(now - self._started, 0.001)
        if self._total is None:
            return f"{self._label}: {self._items} items, {rate:.1f}/s"
        left = (self._total - self._items) / rate if rate else 0.0
        return f"{self._label}: {self._items} of {self._total} items, {rate:.1f}/s, {left:.0f} s left"


class Bar:
    """A bar that goes away when its step is done."""

    def __init__(self) -> None:
        self._bar: Any = None
        self._task: Any = None

    def begin(self, label: str, total: int | None) -> None:
        from rich import progress  # noqa: PLC0415 - only on a terminal
        from rich.console import Console  # noqa: PLC0415

        self.end()
        self._bar = progress.Progress(
            progress.TextColumn("{task.description}", markup=False),
            progress.BarColumn(),
            progress.MofNCompleteColumn(),
            progress.TextColumn("{task.fields[rate]}"),
            progress.TimeRemainingColumn(),
            console=Console(stderr=True),
            transient=True,
        )
        self._task = self._bar.add_task(label, total=total, rate="")
        self._bar.start()

    def advance(self, items: int) -> None:
        if self._bar:
            speed = self._bar.tasks[0].speed
            self._bar.update(self._task, advance=items, rate=f"{speed:.0f}/s" if speed else "")

    def end(self) -> None:
        if self._bar:
            self._bar.stop()
            self._bar = None


def make_progress(verbosity: int) -> Silent | Lines | Bar:
    """What fits stderr: nothing when quiet, a bar on a terminal where nothing else is written to it."""
    if verbosity < 0:
        return Silent()
    return Bar() if sys.stderr.isatty() and verbosity == 0 else Lines()
