"""Reading what a user wrote: the playbook, and the files that it names."""

from __future__ import annotations

import csv
import stat
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import orjson

from runner.cli.folder_files import lines_of, open_inside, text_of, trouble_with
from runner.errors import UsageError
from runner.playbook.check import load_playbook
from runner.playbook.load import MAX_BYTES
from runner.playbook.playbook import Playbook
from runner.sources.source import File
from runner.store.git import git

LONGEST_NUMBER = 18
"""Digits; no id of a wiki is longer."""


def read_playbook(path: Path, variables: Mapping[str, str]) -> Playbook:
    """The playbook in a file, or `-` for stdin; raises `InvalidInput` with every problem, `UsageError` if unreadable."""
    return load_playbook(read_bytes(path), file=str(path), variables=variables, read_file=partial(trouble_with, path.parent))


def read_bytes(path: Path) -> bytes:
    """A file's bytes, or just enough of one that is far too large to be told so. A pipe is read where a shell made it
    (`/dev/fd/63`); into another one nobody may ever write a byte."""
    try:
        if not str(path).startswith("/dev/") and str(path) != "-" and stat.S_ISFIFO(path.stat().st_mode):
            raise UsageError(f"{path} cannot be read: it is no file", hint="`-` reads from stdin")
        with sys.stdin.buffer if str(path) == "-" else path.open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}") from None


def file_values(playbook: Playbook) -> Callable[[File], Iterable[str]]:
    """Reads the entries of a `file:` head, streamed; raises `UsageError` with the line that is wrong."""
    folder = Path(playbook.path).parent

    def values(head: File) -> Iterator[str]:
        path = folder / head.path
        try:
            with open_inside(folder, head.path) as file, text_of(file) as text:
                for line, value in _READERS[head.format](head, lines_of(text, str(path))):
                    yield _checked(head, path, line, value)
        except UnicodeDecodeError:
            raise UsageError(f"{path} is not UTF-8") from None

    return values


def _lines(_head: File, file: Iterable[str]) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(file, 1):
        if (text := line.strip()) and not text.startswith("#"):
            yield number, text


def _csv(head: File, file: Iterable[str]) -> Iterator[tuple[int, str]]:
    reader = csv.reader(file, strict=True)
    try:
        names = next(reader, [])
        place = _column(head, names)
        for row in reader:
            if not row:
                continue
            if len(row) > len(names):
                hint = "a value with a comma in it stands in double quotes"
                raise UsageError(f"{head.path}:{reader.line_num}: more values than there are columns", hint=hint)
            text = row[place].strip() if place < len(row) else ""
            if not text:
                raise UsageError(f"{head.path}:{reader.line_num}: no value in the column {head.column}", hint=_REMOVE)
            yield reader.line_num, text
    except csv.Error as error:
        raise UsageError(f"{head.path}:{reader.line_num}: not CSV: {error}") from None


def _column(head: File, names: Sequence[str]) -> int:
    found = [place for place, name in enumerate(names) if name == head.column]
    if not found:
        raise UsageError(f"{head.path} has no column {head.column}", hint=f"it has: {', '.join(names)}")
    if len(found) > 1:
        raise UsageError(f"{head.path} has the column {head.column} twice", hint="name each column otherwise")
    return found[0]


def _jsonl(head: File, file: Iterable[str]) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(file, 1):
        if not line.strip():
            continue
        try:
            value = orjson.loads(line)
        except orjson.JSONDecodeError:
            raise UsageError(f"{head.path}:{number}: not JSON") from None
        if head.column is not None:
            if not isinstance(value, dict) or head.column not in value:
                raise UsageError(f"{head.path}:{number}: no field {head.column}")
            value = value[head.column]
        yield number, _text(head, number, value)


def _text(head: File, line: int, value: Any) -> str:  # noqa: ANN401  # a JSON value
    """Only a text or a whole number: whatever else would become a name that was not meant."""
    whole = isinstance(value, int) and not isinstance(value, bool)
    if not whole and not (isinstance(value, str) and value.strip()):
        what = f"the field `{head.column}`" if head.column else "the line"
        raise UsageError(f"{head.path}:{line}: {what} is no text and no whole number, or empty", hint=_REMOVE)
    return str(value)


# Passed over, it would leave nothing out where it stands in `except`.
_REMOVE = "correct it, or remove the line"
_READERS = {"lines": _lines, "csv": _csv, "jsonl": _jsonl}


def _checked(head: File, path: Path, line: int, value: str) -> str:
    sound = value.isascii() and value.isdecimal() and len(value) <= LONGEST_NUMBER and int(value) > 0
    if head.kind not in ("titles", "names") and not sound:
        raise UsageError(f"{path}:{line}: '{value[: LONGEST_NUMBER + 1]}' is no number", hint=f"the file holds {head.kind}")
    return value


def commit_of(playbook: Path) -> str | None:
    """The git commit that the playbook stands in, with `-dirty` if it was changed since; None outside git."""
    found = git(playbook.parent, "describe", "--always", "--abbrev=40", "--exclude=*", "--dirty")
    return found.strip() or None if found else None
