"""Results on stdout, everything else on stderr: no secret in either, and nothing that a terminal or a CI would act on."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from typing import Any

import orjson

from runner.harmless import harmless_lines
from runner.redaction import Secrets

SECRETS = Secrets()
"""Those of this process: one is registered where it is read, before anything can be said of it."""


def print_json(value: Mapping[str, Any]) -> None:
    """One JSON object on a line."""
    print_json_line(orjson.dumps(SECRETS.clean_value(value)))


def print_json_line(line: bytes) -> None:
    """A JSON object that is written out already. `##[` in a text is an order to a CI's runner, wherever it stands in a
    line; escaped it is the same text to whoever reads JSON."""
    sys.stdout.buffer.write(line.replace(b"##", b"#\\u0023") + b"\n")


def print_lines(lines: Iterable[str]) -> None:
    """Lines for people."""
    for line in lines:
        sys.stdout.buffer.write(presentable(line).encode("utf-8", "backslashreplace") + b"\n")
    sys.stdout.buffer.flush()


def tell(line: str) -> None:
    """A remark on stderr."""
    print(presentable(line), file=sys.stderr, flush=True)  # noqa: T201 - the command line's own voice


def presentable(text: str) -> str:
    """A text of one or more lines as it may be shown to people."""
    return harmless_lines(SECRETS.clean(text))
