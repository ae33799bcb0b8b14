"""The seal of a plan: SHA-256 over every line before it. It finds damage and careless edits, not forgery."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import orjson

from runner.errors import UsageError

VERSION = 1


def header_line(header: Mapping[str, Any]) -> bytes:
    """The first line of a plan file."""
    return orjson.dumps(header)


def digest(lines: Iterable[bytes]) -> str:
    """The seal over the header line and the item lines, each with its line end."""
    total = hashlib.sha256()
    for line in lines:
        total.update(line)
        total.update(b"\n")
    return total.hexdigest()


def seal_line(items: int, sha256: str) -> bytes:
    """The last line of a plan file."""
    return orjson.dumps({"kind": "seal", "items": items, "sha256": sha256})


def open_plan(lines: Iterable[bytes], path: str) -> Iterator[tuple[str, bytes, Mapping[str, Any]]]:
    """Each line of a plan file as (kind, the line, its value), header first; the seal is checked as the last.

    Raises `UsageError` for anything that is not one whole, unaltered plan of a version that we know.
    """
    total, items, kind = hashlib.sha256(), 0, ""
    for number, raw in enumerate(lines, 1):
        line = raw.rstrip(b"\r\n")
        value = _value(line, path, number)
        kind = str(value.get("kind"))
        if kind == "seal":
            _check_seal(value, items, total.hexdigest(), path)
        elif kind != ("plan" if number == 1 else "item"):
            raise UsageError(f"{path}:{number}: not a line of a plan")
        total.update(line + b"\n")
        items += kind == "item"
        yield kind, line, value
    if kind != "seal":
        raise UsageError(f"{path} is no whole plan: its seal is missing", hint="make the plan again")


def _value(line: bytes, path: str, number: int) -> Mapping[str, Any]:
    try:
        value = orjson.loads(line)
    except orjson.JSONDecodeError:
        raise UsageError(f"{path}:{number}: not a line of a plan (no JSON)") from None
    if not isinstance(value, dict):
        raise UsageError(f"{path}:{number}: not a line of a plan")
    if number == 1 and value.get("version") != VERSION:
        raise UsageError(f"{path} is no plan of version {VERSION}", hint="make the plan again with this wikimop")
    return value


def _check_seal(seal: Mapping[str, Any], items: int, sha256: str, path: str) -> None:
    if seal.get("sha256") != sha256 or seal.get("items") != items:
        raise UsageError(
            f"{path} was altered after it was sealed: it is not applied",
            hint="make the plan again; leave items out with `except` in the playbook",
        )
