"""Results on stdout, everything else on stderr: no secret in either, and nothing that a terminal or a CI would act on."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Mapping
from typing import Any

import orjson

from runner.harmless import harmless_lines
from runner.redaction import Secrets

_ACTS = re.compile("#(?=#)|[\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")
SECRETS = Secrets()
"""Those of this process: one is registered where it is read, before anything can be said of it."""


def print_json(value: Mapping[str, Any]) -> None:
    """One JSON object on a line."""
    print_json_line(orjson.dumps(SECRETS.clean_value(value)))


def print_json_line(line: bytes) -> None:
    """A JSON object that is written out already. What a terminal or a CI's runner (`##[`, anywhere in a line) would act on is
    escaped: it stays the same text to whoever reads JSON."""
    text = _ACTS.sub(lambda found: f"\\u{ord(found.group()):04x}", line.decode())
    sys.stdout.buffer.write(text.encode() + b"\n")


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
