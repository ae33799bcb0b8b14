"""`wikimop`, to which something happens at one moment: `MOP_STRIKE=WHERE:NUMBER:WHAT` in the environment.

WHERE is around a commit of the database (`commit-before`, `commit-after`), around any request (`send-before`: nothing was sent;
`send-after`: it was, and no answer awaited; `send-answered`) or around one that is no query (`write-...`), counted from 1.
WHAT is `kill`, `term`, `full` (the disk), `files` (no more can be opened), `readonly` (the state folder) or `clock` (the wall
clock jumps). With `MOP_COUNT=FILE` it counts them instead. None of what wikimop does is replaced.
"""

from __future__ import annotations

import atexit
import ctypes
import http.client
import json
import os
import resource
import signal
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta, tzinfo
from pathlib import Path
from typing import Any, Self

import runner.cli.connect
import runner.log
from runner.cli.app import main
from runner.store.database import Database
from runner.wiki.transport import Reply, Transport

WHERE, NUMBER, WHAT = (os.environ.get("MOP_STRIKE") or "nowhere:0:nothing").split(":")
STATE = Path(".wikimop")
JUMP = timedelta(days=400)
CAPABILITIES_3 = 0x20080522
OVERRIDE = 0b110  # CAP_DAC_OVERRIDE and CAP_DAC_READ_SEARCH: what makes root write where nobody may

met: Counter[str] = Counter()
lock = threading.Lock()
jumped = timedelta()


def passes(where: str) -> None:
    """A moment has come."""
    with lock:
        met[where] += 1
        now = where == WHERE and met[where] == int(NUMBER)
    if now:
        STRIKES[WHAT]()


def full() -> None:
    """No file grows any more, the log and the journal included."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def no_more_files() -> None:
    taken = len(list(Path("/proc/self/fd").iterdir()))
    resource.setrlimit(resource.RLIMIT_NOFILE, (taken, taken))


def read_only() -> None:
    """For root, too: without the power to write where nobody may."""
    for path in (*STATE.rglob("*"), STATE):
        path.chmod(0o500 if path.is_dir() else 0o400)
    header = (ctypes.c_uint32 * 2)(CAPABILITIES_3, 0)
    sets = (ctypes.c_uint32 * 6)()
    libc = ctypes.CDLL(None)
    if libc.capget(header, sets) == 0:
        sets[0] &= ~OVERRIDE
        libc.capset(header, sets)


def jump() -> None:
    """Forward by a year, or back."""
    global jumped  # noqa: PLW0603 - there is one clock
    jumped = JUMP if int(NUMBER) % 2 else -JUMP


STRIKES: Mapping[str, Callable[[], object]] = {
    "kill": lambda: os.kill(os.getpid(), signal.SIGKILL),
    "term": lambda: os.kill(os.getpid(), signal.SIGTERM),
    "full": full,
    "files": no_more_files,
    "readonly": read_only,
    "clock": jump,
}


class Wall(datetime):
    """The wall clock of this machine, which may jump."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> Self:
        return super().now(tz) + jumped


def watch() -> None:
    """From now on every moment is told of."""
    commit, send, getresponse = Database.commit, Transport.send, http.client.HTTPConnection.getresponse

    @contextmanager
    def watched_commit(self: Database) -> Iterator[Any]:
        passes("commit-before")
        with commit(self) as connection:
            yield connection
        passes("commit-after")

    def watched_send(self: Transport, parameters: Mapping[str, str], *, post: bool) -> Reply:
        kinds = ("send",) if parameters.get("action") in ("query", "login", "paraminfo") else ("send", "write")
        for kind in kinds:
            passes(f"{kind}-before")
        writing.kinds = kinds
        reply = send(self, parameters, post=post)
        for kind in kinds:
            passes(f"{kind}-answered")
        return reply

    def watched_getresponse(self: http.client.HTTPConnection) -> http.client.HTTPResponse:
        for kind in writing.kinds:
            passes(f"{kind}-after")
        return getresponse(self)

    writing = threading.local()
    Database.commit = watched_commit  # type: ignore[method-assign]
    Transport.send = watched_send  # type: ignore[method-assign]
    http.client.HTTPConnection.getresponse = watched_getresponse  # type: ignore[method-assign]
    runner.cli.connect.datetime = runner.log.datetime = Wall  # type: ignore[attr-defined]


if __name__ == "__main__":
    if "MOP_COUNT" in os.environ:
        atexit.register(lambda: Path(os.environ["MOP_COUNT"]).write_text(json.dumps(met), encoding="utf-8"))
    watch()
    sys.argv[0] = "wikimop"
    main()
