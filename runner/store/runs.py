"""The runs of a state folder: which plan each applies, who began it and when, and how it stands."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from runner.errors import UsageError
from runner.model import Run
from runner.store.database import Database

UNFINISHED = ("running", "interrupted", "stopped")


class Runs:
    """The runs of a state folder."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._connection = database.connection

    def create(self, run: str, plan: str, *, user: str, at: str) -> None:
        """The first commit of a run; raises `UsageError` if the plan already has one."""
        with self._database.commit() as connection:
            if taken := connection.execute("SELECT id FROM runs WHERE plan = ?", [plan]).fetchone():
                raise already_applied(plan, taken["id"])
            connection.execute(
                "INSERT INTO runs (id, plan, state, created, user) VALUES (?, ?, 'running', ?, ?)",
                [run, plan, at, user],
            )

    def all(self) -> list[Run]:
        """Oldest first."""
        return [self._run(row) for row in self._connection.execute("SELECT * FROM runs ORDER BY created, id")]

    def get(self, run: str) -> Run | None:
        row = self._connection.execute("SELECT * FROM runs WHERE id = ?", [run]).fetchone()
        return self._run(row) if row else None

    def of_plan(self, plan: str) -> Run | None:
        """The run that applies a plan."""
        row = self._connection.execute("SELECT * FROM runs WHERE plan = ?", [plan]).fetchone()
        return self._run(row) if row else None

    def unfinished(self) -> list[Run]:
        """Runs that `resume` can go on with, oldest first."""
        return [run for run in self.all() if run.state in UNFINISHED]

    @staticmethod
    def _run(row: Mapping[str, Any]) -> Run:
        return Run(**{name: row[name] for name in ("id", "plan", "state", "created", "ended", "user", "reason")})


def already_applied(plan: str, run: str) -> UsageError:
    """A plan is carried out once."""
    return UsageError(
        f"plan {plan} was already applied, by run {run}",
        hint=f"`wikimop show {run}` tells what it did; `wikimop resume {run}` finishes it if it stopped",
    )
