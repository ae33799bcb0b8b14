"""Results on stdout, everything else on stderr."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from typing import Any

import orjson


def print_json(value: Mapping[str, Any]) -> None:
    """One JSON object on a line."""
    sys.stdout.buffer.write(orjson.dumps(value, option=orjson.OPT_APPEND_NEWLINE))


def print_lines(lines: Iterable[str]) -> None:
    """Lines for people."""
    for line in lines:
        sys.stdout.buffer.write(line.encode("utf-8", "backslashreplace") + b"\n")
    sys.stdout.buffer.flush()


def tell(line: str) -> None:
    """A remark on stderr."""
    print(line, file=sys.stderr, flush=True)  # noqa: T201 - the command line's own voice
