"""Sets of refs that may outgrow memory: temporary tables that end with the connection."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import count

import orjson

from runner.model import Blocked, Ref
from runner.store.database import Database

_numbers = count(1)


class Scratch:
    """A set of texts."""

    def __init__(self, database: Database) -> None:
        self._table = f"scratch_{next(_numbers)}"
        self._connection = database.connection
        self._connection.execute(f"CREATE TEMP TABLE {self._table} (value TEXT PRIMARY KEY) WITHOUT ROWID")

    def add(self, value: str) -> bool:
        """Whether it is new."""
        query = f"INSERT OR IGNORE INTO {self._table} VALUES (?)"  # noqa: S608 - the name is our own counter
        return bool(self._connection.execute(query, [value]).rowcount)

    def __contains__(self, value: str) -> bool:
        query = f"SELECT 1 FROM {self._table} WHERE value = ?"  # noqa: S608 - the name is our own counter
        return self._connection.execute(query, [value]).fetchone() is not None

    def close(self) -> None:
        """Give the space back."""
        self._connection.execute(f"DROP TABLE {self._table}")


class Gathered:
    """Refs by what they mean, in the order of their first appearance, each with all of its parents."""

    def __init__(self, database: Database) -> None:
        self._table = f"gathered_{next(_numbers)}"
        self._connection = database.connection
        self._connection.execute(f"CREATE TEMP TABLE {self._table} (seq INTEGER PRIMARY KEY, identity TEXT UNIQUE, ref BLOB)")
        self._connection.execute(
            f"CREATE TEMP TABLE {self._table}_parents (identity TEXT, step TEXT, key TEXT, n INTEGER,"
            " PRIMARY KEY (identity, step, key)) WITHOUT ROWID"
        )

    def collect(self, found: Iterable[tuple[str, Ref]]) -> Iterator[Ref]:
        """Read (identity, ref) pairs to the end, then give each ref once."""
        for number, (identity, ref) in enumerate(found):
            row = [number, identity, _dump(ref)]
            self._connection.execute(f"INSERT OR IGNORE INTO {self._table} VALUES (?, ?, ?)", row)  # noqa: S608
            parents = [(identity, step, key, number) for step, key in ref.parents]
            self._connection.executemany(f"INSERT OR IGNORE INTO {self._table}_parents VALUES (?, ?, ?, ?)", parents)  # noqa: S608
        for row in self._connection.execute(f"SELECT identity, ref FROM {self._table} ORDER BY seq"):  # noqa: S608
            yield _load(row["ref"], self._parents(row["identity"]))

    def _parents(self, identity: str) -> tuple[tuple[str, str], ...]:
        query = f"SELECT step, key FROM {self._table}_parents WHERE identity = ? ORDER BY n, key"  # noqa: S608
        return tuple((row["step"], row["key"]) for row in self._connection.execute(query, [identity]))


def _dump(ref: Ref) -> bytes:
    problem = [ref.problem.code, ref.problem.detail] if ref.problem else None
    return orjson.dumps([ref.title, ref.ns, ref.pageid, ref.revid, problem])


def _load(data: bytes, parents: tuple[tuple[str, str], ...]) -> Ref:
    title, ns, pageid, revid, problem = orjson.loads(data)
    blocked = Blocked(code=problem[0], detail=problem[1]) if problem else None
    return Ref(title=title, ns=ns, pageid=pageid, revid=revid, parents=parents, problem=blocked)
