"""Reading what a user wrote: the playbook, and the files that it names."""

from __future__ import annotations

import csv
import stat
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from pathlib import Path

import orjson

from runner.cli.folder_files import lines_of, open_inside, text_of, trouble_with
from runner.errors import UsageError
from runner.playbook.check import load_playbook
from runner.playbook.load import MAX_BYTES
from runner.playbook.playbook import Playbook
from runner.sources.source import File
from runner.store.git import git

LONGEST_NUMBER = 18


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
    reader = csv.DictReader(file)
    try:
        if head.column not in (reader.fieldnames or ()):
            hint = f"it has: {', '.join(reader.fieldnames or ())}"
            raise UsageError(f"{head.path} has no column {head.column}", hint=hint)
        for row in reader:
            if text := (row[head.column or ""] or "").strip():
                yield reader.line_num, text
    except csv.Error as error:
        raise UsageError(f"{head.path}:{reader.line_num}: not CSV: {error}") from None


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
        if not isinstance(value, str | int) or isinstance(value, bool):
            raise UsageError(f"{head.path}:{number}: neither a text nor a number")
        yield number, str(value)


_READERS = {"lines": _lines, "csv": _csv, "jsonl": _jsonl}


def _checked(head: File, path: Path, line: int, value: str) -> str:
    sound = value.isascii() and value.isdecimal() and len(value) <= LONGEST_NUMBER and int(value) > 0
    if head.kind not in ("titles", "names") and not sound:
        raise UsageError(f"{path}:{line}: '{value}' is no number", hint=f"the file holds {head.kind}")
    return value


def commit_of(playbook: Path) -> str | None:
    """The git commit that the playbook stands in, with `-dirty` if it was changed since; None outside git."""
    found = git(playbook.parent, "describe", "--always", "--abbrev=40", "--exclude=*", "--dirty")
    return found.strip() or None if found else None
