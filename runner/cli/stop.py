"""The wish to stop: set by a signal, heard by everybody who waits."""

from __future__ import annotations

import time


class Stop:
    """`threading.Event` would not do: its lock is not reentrant, so a signal's handler that interrupts a wait of the very
    same thread would wait for itself for ever."""

    def __init__(self) -> None:
        self._set = False

    def set(self) -> None:
        self._set = True

    def is_set(self) -> bool:
        return self._set

    def wait(self, seconds: float) -> bool:
        """Sleep, unless it is set already; whether it is set by then. Whoever waits long does it in short pieces."""
        if not self._set:
            time.sleep(seconds)
        return self._set
