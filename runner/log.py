"""Structured logs: JSON lines in a file per run, a readable line on stderr, and no secret in either.

The shape of a line is `schemas/log.schema.json`.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping, MutableMapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TextIO

import orjson
import structlog

from runner.errors import UsageError
from runner.harmless import harmless, harmless_lines
from runner.redaction import Secrets
from runner.store.private import private_file

QUIET = frozenset({"debug", "info"})
FIELDS_FIRST = ("at", "level", "event", "run", "plan", "step", "batch")

LOG_SCHEMA = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "A line of a wikimop log",
    "type": "object",
    "required": ["at", "level", "event"],
    "properties": {
        "at": {"type": "string", "format": "date-time", "description": "UTC, to the microsecond."},
        "level": {"enum": ["debug", "info", "warning", "error"]},
        "event": {"type": "string", "pattern": "^[a-z_]+$", "description": "A constant name."},
        "run": {"type": "string", "pattern": "^r[0-9a-z]{8}$"},
        "plan": {"type": "string", "pattern": "^p[0-9a-z]{8}$"},
        "step": {"type": "string"},
        "batch": {"type": "integer", "minimum": 0},
        "items": {"type": "integer", "minimum": 0},
        "code": {"type": "string"},
        "detail": {"type": "string"},
    },
}


class Redactor:
    """Blots known secrets out of every text of an event; one that is read later, from then on."""

    def __init__(self, secrets: Secrets) -> None:
        self._secrets = secrets

    def __call__(self, _logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        return {name: self._secrets.clean_value(value) for name, value in event.items()}


class Sink:
    """Where events go: `path` (None: nowhere, until `open` is called) and a stream for people.

    `verbosity` below 0 shows warnings only, 0 what a person wants to know, above 0 everything.
    """

    def __init__(self, *, verbosity: int, stream: TextIO | None = None) -> None:
        self._verbosity = verbosity
        self._stream = stream
        self._file: Any = None

    def open(self, path: Path) -> None:
        """Append to a file that only its owner can read; raises `UsageError` where that cannot be."""
        self.close()
        try:
            self._file = os.fdopen(private_file(path, os.O_WRONLY | os.O_APPEND), "ab", buffering=0)
        except OSError as error:
            raise UsageError(f"{path} cannot be written: {error.strerror}") from None

    def close(self) -> None:
        if self._file:
            self._file.close()
            self._file = None

    def write(self, event: Mapping[str, Any]) -> None:
        """One event, whatever its level."""
        if self._file:
            self._keep(orjson.dumps(event, default=str, option=orjson.OPT_APPEND_NEWLINE))
        if self._shown(event):
            print(readable(event), file=self._stream or sys.stderr, flush=True)

    def _keep(self, line: bytes) -> None:
        """The log is for people: where it ends, the journal decides whether the run does."""
        try:
            self._file.write(line)
        except OSError as error:
            self.close()
            print(f"warning: the log ends here: {error.strerror}", file=self._stream or sys.stderr, flush=True)

    debug = info = warning = error = write

    def _shown(self, event: Mapping[str, Any]) -> bool:
        if self._verbosity > 0:
            return True
        return event["level"] not in QUIET and event["event"] != "item_failed"


def readable(event: Mapping[str, Any]) -> str:
    """`event  name=value …`, on one line."""
    fields = "  ".join(f"{name}={harmless(str(value))}" for name, value in event.items() if name not in FIELDS_FIRST[:3])
    return harmless_lines(f"{event['level']}: {event['event'].replace('_', ' ')}  {fields}".rstrip())


def make_log(sink: Sink, secrets: Secrets, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> Any:  # noqa: ANN401
    """A structlog logger onto the sink."""

    def stamped(_logger: object, method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        at = now().isoformat(timespec="microseconds").replace("+00:00", "Z")
        full = {"at": at, "level": method, **event}
        return {name: full[name] for name in (*(n for n in FIELDS_FIRST if n in full), *full)}

    def handed(_logger: object, _method: str, event: MutableMapping[str, Any]) -> tuple[tuple[Any], dict[str, Any]]:
        return (event,), {}

    return structlog.wrap_logger(
        sink, processors=[stamped, Redactor(secrets), handed], wrapper_class=structlog.BoundLogger, context_class=dict
    )
