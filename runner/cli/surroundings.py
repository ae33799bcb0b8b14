"""What a command works in: the state folder, the log, the progress, the signals."""

from __future__ import annotations

import secrets
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from runner.cli.options import Common
from runner.cli.output import SECRETS
from runner.cli.progress import make_progress
from runner.cli.stop import Stop
from runner.errors import Interrupted, UsageError
from runner.flows.context import Context
from runner.log import Sink, make_log
from runner.model import Run
from runner.store.database import told
from runner.store.folder import StateFolder

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
NAME_LENGTH = 8


def random_name() -> str:
    """The random part of an id: eight letters and digits that are not taken for one another."""
    return "".join(secrets.choice(ALPHABET) for _ in range(NAME_LENGTH))


@dataclass(slots=True, kw_only=True)
class Surroundings:
    """Open for the length of one command. `stop` is set by Ctrl-C and SIGTERM; waiting on it is how we sleep."""

    folder: StateFolder
    context: Context
    sink: Sink
    stop: Stop

    def state_of(self, run: Run) -> str:
        """The run's state; a run that calls itself running without a process that does it was cut off."""
        return "interrupted" if run.state == "running" and not self.folder.held(run.id) else run.state

    @contextmanager
    def logged_as(self, run: str) -> Iterator[Context]:
        """Inside the block every event, those of the connection too, is bound to the run and goes to its log file."""
        outside = self.context
        self.sink.open(self.folder.log_path(run))
        self.context = replace(outside, log=outside.log.bind(run=run))
        try:
            yield self.context
        finally:
            self.context = outside
            self.sink.close()

    def waiting(self, reason: str, detail: str, seconds: float) -> None:
        """The wiki is waited for."""
        self.context.log.warning("waiting", reason=reason, detail=detail, seconds=round(seconds, 1))


@contextmanager
def surroundings(options: Common, *, existing: bool = False) -> Iterator[Surroundings]:
    """Open the state folder and listen for signals; both end with the block.

    `existing`: raise `UsageError` rather than make a folder where there is none.
    """
    folder = StateFolder(options.state_dir)
    if existing and not folder.exists():
        raise UsageError(f"there is no state in {options.state_dir}", hint="run it where the plan was made, or say --state-dir")
    database = folder.open(SECRETS)
    sink = Sink(verbosity=options.verbosity)
    stop = Stop()
    progress = make_progress(options.verbosity)
    context = Context(database=database, log=make_log(sink, SECRETS), progress=progress, stopping=stop.is_set, name=random_name)
    previous = {number: signal.signal(number, _stopper(stop)) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        with told():
            yield Surroundings(folder=folder, context=context, sink=sink, stop=stop)
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)
        progress.end()
        sink.close()
        database.close()


@contextmanager
def impatient() -> Iterator[None]:
    """While a question waits for its answer nothing is under way: a signal ends it at once."""

    def handle(_number: int, _frame: object) -> None:
        raise Interrupted("interrupted: nothing was begun")

    previous = {number: signal.signal(number, handle) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)


def _stopper(stop: Stop) -> Any:  # noqa: ANN401 - a signal handler
    def handle(_number: int, _frame: object) -> None:
        if stop.is_set():
            # The second time somebody means it: what is in flight will be looked up by `resume`.
            raise Interrupted("interrupted twice: stopped at once")
        stop.set()

    return handle
