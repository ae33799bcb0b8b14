"""Files beside a playbook, which may have come with a stranger's change: only real files inside its folder, and never more of
one at once than a line."""

from __future__ import annotations

import io
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, TextIO

from runner.errors import UsageError

LONGEST_LINE = 1_000_000


def trouble_with(folder: Path, name: str) -> str | None:
    """Why a file of the folder cannot be read, in a sentence; None if it can."""
    try:
        with open_inside(folder, name):
            return None
    except UsageError as error:
        return error.message


@contextmanager
def open_inside(folder: Path, name: str) -> Iterator[BinaryIO]:
    """A file of the folder. Raises `UsageError` for one that leads out of it, by whatever way, and for a pipe or a device,
    which could hold the command up for ever."""
    try:
        path = (folder / name).resolve()
        inside = path.is_relative_to(folder.resolve())
    except (OSError, RuntimeError, ValueError):  # links in a circle, a name with a NUL
        raise UsageError(f"{name} cannot be read: it leads nowhere") from None
    if not inside:
        raise UsageError(f"{name} leads out of the playbook's folder")
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError as error:
        raise UsageError(f"{name} cannot be read: {error.strerror}") from None
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise UsageError(f"{name} cannot be read: it is no file")
    with os.fdopen(handle, "rb") as file:
        yield file


def text_of(file: BinaryIO) -> TextIO:
    """A file as text; a byte order mark is left out."""
    return io.TextIOWrapper(file, encoding="utf-8-sig", newline="")


def lines_of(file: TextIO, name: str) -> Iterator[str]:
    """The lines of a file; raises `UsageError` for one that is far too long, before all of it is in memory."""
    number = 0
    while line := file.readline(LONGEST_LINE + 1):
        number += 1
        if len(line) > LONGEST_LINE:
            raise UsageError(f"{name}:{number}: the line is longer than {LONGEST_LINE:,} characters")
        yield line
