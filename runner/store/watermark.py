"""How many commits a database has seen, kept in a file beside it.

A database whose write-ahead log was lost is sound and older: nothing in it tells that the last commits are missing. The mark
is written after the commit that it counts, so it is never ahead of a database that is whole.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from runner.store.private import private_file

SUFFIX = ".commits"
DIGITS = 20


class Watermark:
    """One open file; raises `OSError` where it cannot be made."""

    def __init__(self, path: Path) -> None:
        self._handle = private_file(path, os.O_RDWR)

    def reached(self) -> int:
        """The highest number that is known; 0 where nothing is."""
        text = os.pread(self._handle, DIGITS, 0)
        return int(text) if text.isdigit() else 0

    def reach(self, number: int) -> None:
        """A commit of this number is durable. What cannot be noted is not: a mark that is too low does no harm."""
        with suppress(OSError):
            os.pwrite(self._handle, b"%0*d" % (DIGITS, number), 0)

    def close(self) -> None:
        os.close(self._handle)
