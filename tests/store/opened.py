"""A plan and its run in a database of their own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from runner.model import Blocked, Item
from runner.store.database import Database, open_database
from runner.store.journal import Journal
from runner.store.plans import Plans
from runner.store.runs import Runs

AT = "2026-01-31T00:00:00.000000Z"
PLAN, RUN = "p12345678", "r12345678"


def pages(count: int, step: str = "drafts", first: int = 1) -> list[Item]:
    """Pages of a step; every fifth is blocked."""
    return [
        Item(
            step=step, key=f"page:{number}", pageid=number, ns=0, title=f"P{number}", revid=number * 10, seq=number,
            facts={"length": number}, blocked=None if number % 5 else Blocked(code="missing", detail="it is gone"),
        )
        for number in range(first, first + count)
    ]  # fmt: skip


@contextmanager
def opened(path: Path, items: Sequence[Item] = ()) -> Iterator[tuple[Database, Journal]]:
    """A database with a sealed plan of these items, and the journal of its run."""
    database = open_database(path / "state.sqlite")
    plans = Plans(database)
    plans.begin(PLAN, created=AT, origin="own")
    plans.add(PLAN, items)
    plans.seal(PLAN, {"id": PLAN, "steps": [{"id": "drafts"}]}, "abc")
    Runs(database).create(RUN, PLAN, user="Sysop", at=AT)
    try:
        yield database, Journal(database, RUN, PLAN)
    finally:
        database.close()
