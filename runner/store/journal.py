"""The journal of a run: what was about to be sent, and what became of it.

An intent is durable before its request is sent. The last outcomes and the next intents may share a commit.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from heapq import merge
from itertools import chain, product, takewhile
from typing import Any

import orjson

from runner.model import Item, Outcome, State
from runner.planning.lines import read_item
from runner.store.database import Database
from runner.store.found import Found, Row

# A query that the wiki carried out to its end (a direct step).
_ANSWERED = "(i.key LIKE 'query:%' AND coalesce(r.state, '') = 'done')"


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """A request that is about to be sent. `newest_logid` is the wiki's newest log entry, read with the batch's facts; `kept`
    are facts of items, by seq, as they are now, that must not be lost with the answer."""

    batch: int
    step: str
    newest_logid: int
    items: tuple[Item, ...]
    kept: Mapping[int, Mapping[str, Any]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An item in the journal. `tries` counts the times it was sent; `newest_logid` is the wiki's newest log entry before
    the first of them (0 if never sent); `facts` are those that it changed so far, `kept` some as they were just before the
    last."""

    item: Item
    state: State = State.PENDING
    code: str = ""
    tries: int = 0
    newest_logid: int = 0
    facts: Mapping[str, Any] = field(default_factory=dict)
    kept: Mapping[str, Any] = field(default_factory=dict)


class Journal:
    """One run's journal. Only one process and one thread writes it."""

    def __init__(self, database: Database, run: str, plan: str) -> None:
        self._database = database
        self._connection = database.connection
        self._step_ids: list[str] = []
        self.run = run
        self.plan = plan
        self.found = Found(database.connection, run)

    def record(
        self,
        *,
        at: str,
        outcomes: Iterable[Outcome] = (),
        intents: Iterable[Intent] = (),
        found: Iterable[tuple[Item, Outcome]] = (),
    ) -> None:
        """Commit outcomes, with the facts that they changed, new intents, and pages that no plan names, all together."""
        clean = self._database.secrets.clean
        with self._database.commit() as connection:
            connection.executemany(
                "INSERT INTO results (run, seq, state, code, detail, logid, facts, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
                # What an earlier try changed stays changed, whatever became of the next.
                " ON CONFLICT DO UPDATE SET state = excluded.state, code = excluded.code, detail = excluded.detail,"
                " logid = excluded.logid, facts = coalesce(excluded.facts, facts), at = excluded.at",
                [
                    (
                        self.run,
                        o.seq,
                        o.state,
                        clean(o.code),
                        clean(o.detail),
                        o.logid,
                        _dump(o.facts),
                        at,
                    )
                    for o in outcomes
                ],
            )
            for intent in intents:
                self._intend(intent, at)
            self.found.keep(found, at)

    def _intend(self, intent: Intent, at: str) -> None:
        self._connection.execute(
            "INSERT INTO batches VALUES (?, ?, ?, ?, ?)", [self.run, intent.batch, intent.step, intent.newest_logid, at]
        )
        self._connection.executemany(
            "INSERT INTO results (run, seq, state, batch, tries, at, kept) VALUES (?, ?, 'sent', ?, 1, ?, ?)"
            " ON CONFLICT DO UPDATE SET state = 'sent', code = '', detail = '', tries = tries + 1, at = excluded.at,"
            " kept = excluded.kept,"
            # The first send's log id is kept: an answer that was lost then may still land.
            " batch = coalesce(batch, excluded.batch)",
            [(self.run, item.seq, intent.batch, at, _dump(intent.kept.get(item.seq))) for item in intent.items],
        )

    def next_batch(self) -> int:
        """The number of the next batch."""
        row = self._connection.execute("SELECT max(batch) FROM batches WHERE run = ?", [self.run]).fetchone()
        return (row[0] or 0) + 1

    def entries(self, step: str, states: Sequence[State], *, after: int = 0, count: int = -1) -> list[Entry]:
        """The next `count` items of a step in one of these states, with a higher seq than `after`."""
        query = (
            "SELECT i.seq, i.line, coalesce(r.state, 'pending') AS state, coalesce(r.code, '') AS code,"  # noqa: S608
            " coalesce(r.tries, 0) AS tries, coalesce(b.newest_logid, 0) AS newest_logid, r.facts, r.kept FROM items i"
            " LEFT JOIN results r ON r.run = ? AND r.seq = i.seq"
            " LEFT JOIN batches b ON b.run = r.run AND b.batch = r.batch"
            " WHERE i.plan = ? AND i.step = ? AND i.seq > ?"
            f" AND coalesce(r.state, 'pending') IN ({','.join('?' * len(states))}) ORDER BY i.seq LIMIT ?"
        )
        rows = self._connection.execute(query, [self.run, self.plan, step, after, *states, count])
        return [_entry(row) for row in rows]

    def open_items(self, step: str) -> int:
        """How many items of a step are still to be sent."""
        query = (
            "SELECT count(*) FROM items i LEFT JOIN results r ON r.run = ? AND r.seq = i.seq"
            " WHERE i.plan = ? AND i.step = ? AND coalesce(r.state, 'pending') = 'pending'"
        )
        return int(self._connection.execute(query, [self.run, self.plan, step]).fetchone()[0])

    def begun(self, step: str) -> bool:
        """Whether anything of a step was decided already."""
        query = "SELECT 1 FROM items i JOIN results r ON r.run = ? AND r.seq = i.seq WHERE i.plan = ? AND i.step = ? LIMIT 1"
        return self._connection.execute(query, [self.run, self.plan, step]).fetchone() is not None

    def skip_step(self, step: str, code: str, detail: str, *, at: str) -> int:
        """Skip everything of a step that was not touched yet; how many."""
        return self._skip("? AS code, ? AS detail", "", [code, detail], step, at)

    def skip_blocked(self, step: str, *, at: str) -> int:
        """Skip what the plan says cannot be done; how many."""
        what = "'blocked:' || i.blocked AS code, json_extract(i.line, '$.blocked.detail') AS detail"
        return self._skip(what, "AND i.blocked IS NOT NULL", [], step, at)

    def _skip(self, what: str, where: str, values: list[str], step: str, at: str) -> int:
        query = (
            "INSERT OR IGNORE INTO results (run, seq, state, code, detail, at)"  # noqa: S608 - constants of this class
            f" SELECT ?, i.seq, 'skipped', {what}, ? FROM items i WHERE i.plan = ? AND i.step = ? {where}"
            " AND NOT EXISTS (SELECT 1 FROM results r WHERE r.run = ? AND r.seq = i.seq)"
        )
        with self._database.commit() as connection:
            return connection.execute(query, [self.run, *values, at, self.plan, step, self.run]).rowcount

    def counts(self) -> dict[str, dict[str, int]]:
        """How many items of each step are in each state; what was never touched is pending. A query that is done does not
        count: the pages that it found do."""
        query = (
            "SELECT i.step, coalesce(r.state, 'pending') AS state, count(*) AS n FROM items i"  # noqa: S608 - a constant
            f" LEFT JOIN results r ON r.run = ? AND r.seq = i.seq WHERE i.plan = ? AND NOT {_ANSWERED} GROUP BY 1, 2"
        )
        counts: dict[str, dict[str, int]] = {step: {} for step in self._steps()}
        rows = self._connection.execute(query, [self.run, self.plan])
        for step, state, n in chain(((row["step"], row["state"], row["n"]) for row in rows), self.found.counts()):
            counts[step][state] = counts[step].get(state, 0) + n
        return counts

    def incomplete(self) -> int:
        """How many items failed, stayed unsure, drifted, were blocked, or are not finished."""
        query = (
            "SELECT (SELECT count(*) FROM items WHERE plan = ?) - (SELECT count(*) FROM results WHERE run = ?"
            " AND (state IN ('done', 'unchanged') OR (state = 'skipped' AND code IN ('when', 'outcome'))))"
        )
        return int(self._connection.execute(query, [self.plan, self.run]).fetchone()[0]) + self.found.incomplete()

    def codes(self) -> dict[tuple[str, str, str], int]:
        """How many items of each step have each state and code, where there is a code."""
        query = (
            "SELECT i.step, r.state, r.code, count(*) AS n FROM results r JOIN items i ON i.plan = ? AND i.seq = r.seq"
            " WHERE r.run = ? AND r.code <> '' GROUP BY 1, 2, 3 ORDER BY min(i.seq)"
        )
        rows = self._connection.execute(query, [self.plan, self.run])
        return {(row["step"], row["state"], row["code"]): row["n"] for row in rows} | dict(self.found.codes())

    def states(self, parents: Iterable[tuple[str, str]]) -> list[State]:
        """The states of items of this run's plan, given as (step, key)."""
        query = (
            "SELECT coalesce(r.state, 'pending') AS state FROM items i LEFT JOIN results r ON r.run = ? AND r.seq = i.seq"
            " WHERE i.plan = ? AND i.step = ? AND i.key = ?"
        )
        rows = (self._connection.execute(query, [self.run, self.plan, *parent]).fetchone() for parent in parents)
        return [State(row["state"]) for row in rows if row]

    def changed(self, keys: Iterable[str], *, before: str = "") -> Mapping[str, Mapping[str, Any]]:
        """What this run itself changed of the facts of these items, in whichever of its steps (or `before` one of them); the
        last change counts."""
        query = (
            "SELECT r.facts FROM items i JOIN results r ON r.run = ? AND r.seq = i.seq"
            " WHERE i.plan = ? AND i.step = ? AND i.key = ? AND r.facts IS NOT NULL"
        )
        found: dict[str, dict[str, Any]] = {}
        for key, step in product(keys, takewhile(lambda step: step != before, self._steps()) if before else self._steps()):
            for row in self._connection.execute(query, [self.run, self.plan, step, key]):
                found.setdefault(key, {}).update(orjson.loads(row["facts"]))
        return found

    def changed_of_titles(self, step: str, names: Collection[str]) -> Mapping[str, Mapping[str, Any]]:
        """What this run changed of these facts, by the titles of the step's items."""
        query = (
            "SELECT i.title, r.facts FROM items i JOIN results r ON r.run = ? AND r.seq = i.seq"
            " WHERE i.plan = ? AND i.step = ? AND r.facts IS NOT NULL"
        )
        found: dict[str, dict[str, Any]] = {}
        for row in self._connection.execute(query, [self.run, self.plan, step]):
            facts = orjson.loads(row["facts"])
            found.setdefault(row["title"], {}).update({name: facts[name] for name in names if name in facts})
        return found

    def _steps(self) -> list[str]:
        """The steps that have items, in their order; a sealed plan never gets others."""
        if not self._step_ids:
            query = "SELECT step FROM items WHERE plan = ? GROUP BY step ORDER BY min(seq)"
            self._step_ids = [row["step"] for row in self._connection.execute(query, [self.plan])]
        return self._step_ids

    def rows(self, state: str | None = None, step: str | None = None) -> Iterator[tuple[Item, Outcome]]:
        """Every item (in one state, of one step) with what became of it, in order; streamed. In the place of a query that is
        done stand the pages that it found."""
        rows = merge(self._planned(state, step), self.found.rows(state, step), key=lambda row: row[:2])
        return ((item, outcome) for _, _, item, outcome in rows)

    def _planned(self, state: str | None, step: str | None) -> Iterator[Row]:
        query = (
            "SELECT i.seq, i.line, coalesce(r.state, 'pending') AS state, coalesce(r.code, '') AS code,"  # noqa: S608
            " coalesce(r.detail, '') AS detail, r.logid, r.facts FROM items i"
            " LEFT JOIN results r ON r.run = ? AND r.seq = i.seq"
            " WHERE i.plan = ? AND (? IS NULL OR coalesce(r.state, 'pending') = ?) AND (? IS NULL OR i.step = ?)"
            f" AND NOT {_ANSWERED} ORDER BY i.seq"
        )
        for row in self._connection.execute(query, [self.run, self.plan, state, state, step, step]):
            outcome = Outcome(
                seq=row["seq"], state=State(row["state"]), code=row["code"], detail=row["detail"], logid=row["logid"],
                facts=_load(row["facts"]),
            )  # fmt: skip
            yield row["seq"], 0, read_item(row["line"], row["seq"]), outcome

    def set_state(self, state: str, *, at: str, reason: str = "") -> None:
        """Mark the run as running, finished, interrupted or stopped."""
        ended = None if state == "running" else at
        with self._database.commit() as connection:
            connection.execute(
                "UPDATE runs SET state = ?, ended = ?, reason = ? WHERE id = ?",
                [state, ended, self._database.secrets.clean(reason), self.run],
            )

    def retry_failed(self, *, at: str) -> int:
        """Make the failed items pending again; how many there were."""
        with self._database.commit() as connection:
            changed = connection.execute(
                "UPDATE results SET state = 'pending', at = ? WHERE run = ? AND state = 'failed'", [at, self.run]
            )
            return changed.rowcount + self.found.retry_failed(at)


def _entry(row: Mapping[str, Any]) -> Entry:
    return Entry(
        item=read_item(row["line"], row["seq"]),
        state=State(row["state"]),
        code=row["code"],
        tries=row["tries"],
        newest_logid=row["newest_logid"],
        facts=_load(row["facts"]),
        kept=_load(row["kept"]),
    )


def _dump(facts: Mapping[str, Any] | None) -> bytes | None:
    return orjson.dumps(facts) if facts else None


def _load(facts: bytes | None) -> Mapping[str, Any]:
    return orjson.loads(facts) if facts else {}
