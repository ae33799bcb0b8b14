"""Plans in the store: written as they are made, sealed, and read back line by line."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from runner.errors import UsageError
from runner.model import Item
from runner.planning.lines import item_line, read_item
from runner.store.database import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredPlan:
    """One plan: its header line as JSON, the digest of its seal (None while it is being made), and how many items."""

    id: str
    header: Mapping[str, Any]
    sha256: str | None
    items: int
    origin: str

    @property
    def run(self) -> str:
        """The id of the one run that a plan can have: its mark in the wiki's log tells of the plan, too."""
        return "r" + self.id[1:]


class Plans:
    """The plans of a state folder."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._connection = database.connection

    def begin(self, plan: str, *, created: str, origin: str) -> None:
        """Start a plan without a seal; earlier unsealed ones (a crash while planning) are forgotten."""
        with self._database.commit() as connection:
            connection.execute("DELETE FROM items WHERE plan IN (SELECT id FROM plans WHERE sha256 IS NULL AND id = ?)", [plan])
            connection.execute("DELETE FROM plans WHERE sha256 IS NULL AND id = ?", [plan])
            connection.execute(
                "INSERT INTO plans (id, created, header, origin) VALUES (?, ?, '{}', ?)", [plan, created, origin]
            )

    def drop(self, plan: str) -> None:
        """Forget a plan that was never sealed."""
        with self._database.commit() as connection:
            connection.execute(
                "DELETE FROM items WHERE plan = ? AND plan IN (SELECT id FROM plans WHERE sha256 IS NULL)", [plan]
            )
            connection.execute("DELETE FROM plans WHERE id = ? AND sha256 IS NULL", [plan])

    def add(self, plan: str, items: Iterable[Item]) -> None:
        """Append items; `seq` is theirs."""
        rows = [
            (
                plan,
                item.seq,
                item.step,
                item.key,
                item.pageid,
                item.title,
                item.blocked and item.blocked.code,
                item_line(item),
            )
            for item in items
        ]
        self._refuse_secrets(b"\n".join(row[-1] for row in rows))
        try:
            with self._database.commit() as connection:
                connection.executemany("INSERT INTO items VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows)
        except sqlite3.IntegrityError:
            # A page that was moved while it was read, or a file that somebody wrote.
            raise UsageError("the plan holds an item twice in one step", hint="make the plan again") from None

    def seal(self, plan: str, header: Mapping[str, Any], sha256: str) -> None:
        """Finish a plan: from now on it can be applied."""
        self._refuse_secrets(orjson.dumps(header))
        with self._database.commit() as connection:
            connection.execute(
                "UPDATE plans SET header = ?, sha256 = ?, items = (SELECT count(*) FROM items WHERE plan = ?) WHERE id = ?",
                [orjson.dumps(header), sha256, plan, plan],
            )

    def _refuse_secrets(self, data: bytes) -> None:
        """What will be carried out cannot have anything blotted out of it."""
        if self._database.secrets.holds(data.decode()):
            raise UsageError(
                "the plan would hold one of your secrets",
                hint="take it out of the playbook and its variables; if a title on the wiki holds it, change the secret first",
            )

    def get(self, plan: str) -> StoredPlan | None:
        """A sealed plan by its id."""
        row = self._connection.execute("SELECT * FROM plans WHERE id = ? AND sha256 IS NOT NULL", [plan]).fetchone()
        return row and StoredPlan(
            id=row["id"],
            header=_header(row["header"], plan),
            sha256=row["sha256"],
            items=row["items"],
            origin=row["origin"],
        )

    def all(self) -> list[StoredPlan]:
        """Every sealed plan, oldest first."""
        rows = self._connection.execute("SELECT id FROM plans WHERE sha256 IS NOT NULL ORDER BY created, id").fetchall()
        return [plan for row in rows if (plan := self.get(row["id"]))]

    def items(self, plan: str, step: str | None = None) -> Iterator[Item]:
        """The items in order, of one step or of all; streamed."""
        where, values = ("AND step = ?", [plan, step]) if step else ("", [plan])
        query = f"SELECT seq, line FROM items WHERE plan = ? {where} ORDER BY seq"  # noqa: S608 - a constant
        for row in self._connection.execute(query, values):
            yield read_item(row["line"], row["seq"])

    def lines(self, plan: str) -> Iterator[bytes]:
        """The item lines as they stand in the file."""
        for row in self._connection.execute("SELECT line FROM items WHERE plan = ? ORDER BY seq", [plan]):
            yield row["line"].encode() if isinstance(row["line"], str) else bytes(row["line"])

    def misfiled(self, plan: str) -> bool:
        """Whether the columns of an item say something else than its line."""
        query = (
            "SELECT 1 FROM (SELECT *, CAST(line AS TEXT) AS text FROM items WHERE plan = ?) WHERE"
            " step IS NOT json_extract(text, '$.step') OR key IS NOT json_extract(text, '$.key')"
            " OR pageid IS NOT json_extract(text, '$.pageid') OR title IS NOT coalesce(json_extract(text, '$.title'), '')"
            " OR blocked IS NOT json_extract(text, '$.blocked.code') LIMIT 1"
        )
        return self._connection.execute(query, [plan]).fetchone() is not None

    def counts(self, plan: str) -> dict[str, tuple[int, int]]:
        """(items, blocked) of each step that has any."""
        query = "SELECT step, count(*) AS items, count(blocked) AS blocked FROM items WHERE plan = ? GROUP BY step"
        return {row["step"]: (row["items"], row["blocked"]) for row in self._connection.execute(query, [plan])}

    def planned(self, plan: str, pageids: Iterable[int], steps: Iterable[str]) -> dict[int, str]:
        """For those of the page ids that one of the steps will change: the step."""
        pages, names = list(pageids), list(steps)
        if not pages or not names:
            return {}
        query = (
            "SELECT pageid, step FROM items WHERE plan = ? AND blocked IS NULL"  # noqa: S608 - only question marks
            " AND json_extract(CAST(line AS TEXT), '$.unchanged') IS NULL"
            f" AND pageid IN ({','.join('?' * len(pages))}) AND step IN ({','.join('?' * len(names))})"
        )
        return {row["pageid"]: row["step"] for row in self._connection.execute(query, [plan, *pages, *names])}


def _header(text: bytes | str, plan: str) -> Mapping[str, Any]:
    try:
        header = orjson.loads(text)
    except orjson.JSONDecodeError:
        header = None
    if not isinstance(header, dict):
        raise UsageError(f"plan {plan} was altered: its header in the state folder cannot be read")
    return header
