"""Whether a journal can be what a run of this plan wrote: what SQLite cannot know of its own pages."""

from __future__ import annotations

from runner.errors import UsageError
from runner.model import State
from runner.store.database import LEFT, Database
from runner.store.runs import UNFINISHED

_STATES = ", ".join(f"'{state}'" for state in State)
_RUN_STATES = ", ".join(f"'{state}'" for state in (*UNFINISHED, "finished"))
# Each is a query that finds something that no run ever writes; ?1 is the run, ?2 its plan.
_WRONG = {
    "the state of the run is no word of wikimop's": f"SELECT 1 FROM runs WHERE id = ?1 AND state NOT IN ({_RUN_STATES})",  # noqa: S608
    "an item's state is no word of wikimop's": f"SELECT 1 FROM results WHERE run = ?1 AND state NOT IN ({_STATES})",  # noqa: S608
    "it tells of an item that the plan does not hold": (
        "SELECT 1 FROM results r LEFT JOIN items i ON i.plan = ?2 AND i.seq = r.seq WHERE r.run = ?1 AND i.seq IS NULL"
    ),
    "an item was sent, and nothing tells with which request": (
        "SELECT 1 FROM results r LEFT JOIN batches b ON b.run = r.run AND b.batch = r.batch"
        " WHERE r.run = ?1 AND r.tries > 0 AND b.batch IS NULL"
    ),
    "an item was sent that counts as never tried": (
        "SELECT 1 FROM results WHERE run = ?1 AND state IN ('sent', 'scheduled', 'done') AND tries < 1"
    ),
    "what an item changed cannot be read": (
        "SELECT 1 FROM results WHERE run = ?1 AND facts IS NOT NULL AND NOT json_valid(CAST(facts AS TEXT))"
    ),
}


def check_journal(database: Database, run: str, plan: str) -> None:
    """Raise `UsageError` for a journal that was altered or damaged: nothing is concluded from it, and nothing repaired."""
    for what, query in _WRONG.items():
        if database.connection.execute(f"{query} LIMIT 1", [run, plan][: 1 + ("?2" in query)]).fetchone():
            raise UsageError(f"the journal of run {run} was altered or damaged: {what}", hint=LEFT)
