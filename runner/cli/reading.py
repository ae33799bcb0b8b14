"""Reading what a user wrote: the playbook, and the files that it names."""

from __future__ import annotations

import csv
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

import orjson

from runner.errors import UsageError
from runner.playbook.check import load_playbook
from runner.playbook.load import MAX_BYTES
from runner.playbook.playbook import Playbook
from runner.sources.source import File
from runner.store.git import git


def read_playbook(path: Path, variables: Mapping[str, str]) -> Playbook:
    """The playbook in a file, or `-` for stdin; raises `InvalidInput` with every problem, `UsageError` if unreadable."""
    return load_playbook(read_bytes(path), file=str(path), variables=variables, read_file=_checker(path.parent))


def read_bytes(path: Path) -> bytes:
    """A file's bytes, or just enough of one that is far too large to be told so."""
    try:
        with sys.stdin.buffer if str(path) == "-" else path.open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}") from None


def _checker(folder: Path) -> Callable[[str], str | None]:
    def check(name: str) -> str | None:
        path = folder / name
        if not path.resolve().is_relative_to(folder.resolve()):
            return f"{name} leads out of the playbook's folder"
        try:
            path.open("rb").close()
        except OSError as error:
            return f"{name} cannot be read: {error.strerror}"
        return None

    return check


def file_values(playbook: Playbook) -> Callable[[File], Iterable[str]]:
    """Reads the entries of a `file:` head, streamed; raises `UsageError` with the line that is wrong."""
    folder = Path(playbook.path).parent

    def values(head: File) -> Iterator[str]:
        path = folder / head.path
        if problem := _checker(folder)(head.path):
            raise UsageError(problem)
        try:
            with path.open(encoding="utf-8-sig", newline="") as file:
                for line, value in _READERS[head.format](head, file):
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
    if head.column not in (reader.fieldnames or ()):
        raise UsageError(f"{head.path} has no column {head.column}", hint=f"it has: {', '.join(reader.fieldnames or ())}")
    for row in reader:
        if text := (row[head.column or ""] or "").strip():
            yield reader.line_num, text


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
        yield number, str(value)


_READERS = {"lines": _lines, "csv": _csv, "jsonl": _jsonl}


def _checked(head: File, path: Path, line: int, value: str) -> str:
    if head.kind not in ("titles", "names") and not (value.isascii() and value.isdecimal() and int(value) > 0):
        raise UsageError(f"{path}:{line}: '{value}' is no number", hint=f"the file holds {head.kind}")
    return value


def commit_of(playbook: Path) -> str | None:
    """The git commit that the playbook stands in, with `-dirty` if it was changed since; None outside git."""
    found = git(playbook.parent, "describe", "--always", "--abbrev=40", "--exclude=*", "--dirty")
    return found.strip() or None if found else None
