"""Pages that no plan names: what the wiki itself found and purged in the `direct` steps of a run.

Each stands behind the query that found it, once in its step. Only the journal writes them, with the outcome of that query.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator

from runner.model import Item, Outcome, State
from runner.planning.lines import item_line, read_item

Row = tuple[int, int, Item, Outcome]
"""Place of the query in the plan, place among what it found, the page, what became of it."""


class Found:
    """The pages that one run found."""

    def __init__(self, connection: sqlite3.Connection, run: str) -> None:
        self._connection = connection
        self._run = run

    def keep(self, pages: Iterable[tuple[Item, Outcome]], at: str) -> None:
        """Inside a commit: what became of these. A page that is found once more keeps its place, and what was done of it.
        `Item.seq` is that of the query."""
        self._connection.executemany(
            "INSERT INTO found SELECT ?1, ?2, coalesce(max(n), 0) + 1, ?3, ?4, ?5, ?6, ?7, ?8, ?9 FROM found"
            " WHERE run = ?1 AND seq = ?2 ON CONFLICT (run, step, key) DO UPDATE SET line = excluded.line,"
            " state = excluded.state, code = excluded.code, detail = excluded.detail, at = excluded.at WHERE state <> 'done'",
            [(self._run, item.seq, item.step, item.key, item_line(item), o.state, o.code, o.detail, at) for item, o in pages],
        )

    def waiting(self, step: str, count: int) -> list[Item]:
        """The first pages of a step that are still to be purged."""
        query = (
            "SELECT seq, line FROM found WHERE run = ? AND step = ? AND state IN ('pending', 'sent') ORDER BY seq, n LIMIT ?"
        )
        return [read_item(row["line"], row["seq"]) for row in self._connection.execute(query, [self._run, step, count])]

    def rows(self, state: str | None, step: str | None) -> Iterator[Row]:
        """Every page (in one state, of one step), in order; streamed."""
        query = "SELECT * FROM found WHERE run = ? AND (? IS NULL OR state = ?) AND (? IS NULL OR step = ?) ORDER BY seq, n"
        for row in self._connection.execute(query, [self._run, state, state, step, step]):
            outcome = Outcome(seq=row["seq"], state=State(row["state"]), code=row["code"], detail=row["detail"])
            yield row["seq"], row["n"], read_item(row["line"], row["seq"]), outcome

    def counts(self) -> Iterator[tuple[str, str, int]]:
        """(step, state, how many)."""
        query = "SELECT step, state, count(*) FROM found WHERE run = ? GROUP BY step, state"
        yield from (tuple(row) for row in self._connection.execute(query, [self._run]))

    def codes(self) -> Iterator[tuple[tuple[str, str, str], int]]:
        """How many pages of each step have each state and code, where there is a code."""
        query = "SELECT step, state, code, count(*) FROM found WHERE run = ? AND code <> '' GROUP BY step, state, code"
        yield from (((step, state, code), n) for step, state, code, n in self._connection.execute(query, [self._run]))

    def incomplete(self) -> int:
        """How many were not purged."""
        query = "SELECT count(*) FROM found WHERE run = ? AND state <> 'done'"
        return int(self._connection.execute(query, [self._run]).fetchone()[0])

    def retry_failed(self, at: str) -> int:
        """Inside a commit: make those that failed pending again; how many there were."""
        query = "UPDATE found SET state = 'pending', at = ? WHERE run = ? AND state = 'failed'"
        return self._connection.execute(query, [at, self._run]).rowcount
