"""Sets of refs that may outgrow memory: temporary tables that end with the connection."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from itertools import count

import orjson

from runner.model import SAME_SECOND, Blocked, Ref, either, read_wants, worst
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
        _empty(self._connection, self._table)


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
        self._count = count()

    def add(self, identity: str, ref: Ref) -> None:
        """Put a ref in; one that is there already gets its parents and its revisions, and may be done on either's terms. Of
        what is another thing, and can only be acted on together with it, the problem counts as well."""
        row = [next(self._count), identity, _dump(ref)]
        inserted = self._connection.execute(f"INSERT OR IGNORE INTO {self._table} VALUES (?, ?, ?)", row)  # noqa: S608
        parents = [(identity, step, key, next(self._count)) for step, key in ref.parents]
        self._connection.executemany(f"INSERT OR IGNORE INTO {self._table}_parents VALUES (?, ?, ?, ?)", parents)  # noqa: S608
        if not inserted.rowcount:
            self._loosen(identity, ref)

    def _loosen(self, identity: str, ref: Ref) -> None:
        query = f"SELECT ref FROM {self._table} WHERE identity = ?"  # noqa: S608 - the name is our own counter
        known = _load(self._connection.execute(query, [identity]).fetchone()["ref"], ())
        revids = tuple(dict.fromkeys((*known.revids, *ref.revids)))
        problem = known.problem if ref.identity == known.identity else _together(known, ref)
        both = replace(known, wants=either(known.wants, ref.wants), revids=revids, problem=problem)
        if both != known:
            query = f"UPDATE {self._table} SET ref = ? WHERE identity = ?"  # noqa: S608 - the name is our own counter
            self._connection.execute(query, [_dump(both), identity])

    def __contains__(self, identity: str) -> bool:
        query = f"SELECT 1 FROM {self._table} WHERE identity = ?"  # noqa: S608 - the name is our own counter
        return self._connection.execute(query, [identity]).fetchone() is not None

    def get(self, identity: str) -> Ref | None:
        """The ref of this meaning."""
        query = f"SELECT ref FROM {self._table} WHERE identity = ?"  # noqa: S608 - the name is our own counter
        row = self._connection.execute(query, [identity]).fetchone()
        return _load(row["ref"], self._parents(identity)) if row else None

    def refs(self) -> Iterator[Ref]:
        """Each ref once."""
        for row in self._connection.execute(f"SELECT identity, ref FROM {self._table} ORDER BY seq"):  # noqa: S608
            yield _load(row["ref"], self._parents(row["identity"]))

    def collect(self, found: Iterable[tuple[str, Ref]]) -> Iterator[Ref]:
        """Read (identity, ref) pairs to the end, then give each ref once."""
        for identity, ref in found:
            self.add(identity, ref)
        yield from self.refs()
        self.close()

    def close(self) -> None:
        """Give the space back."""
        _empty(self._connection, self._table)
        _empty(self._connection, f"{self._table}_parents")

    def _parents(self, identity: str) -> tuple[tuple[str, str], ...]:
        query = f"SELECT step, key FROM {self._table}_parents WHERE identity = ? ORDER BY n"  # noqa: S608
        return tuple((row["step"], row["key"]) for row in self._connection.execute(query, [identity]))


def _together(known: Ref, ref: Ref) -> Blocked | None:
    """What is against both. Versions of a file are acted on one by one, and would be one line of the plan."""
    return worst([known.problem, ref.problem]) or (SAME_SECOND if ref.kind == "file_versions" else None)


def _empty(connection: sqlite3.Connection, table: str) -> None:
    """Emptied, not dropped: SQLite drops no table while anything is being read. A set may outlive its database, when what
    reads it is given up halfway."""
    with suppress(sqlite3.ProgrammingError):
        connection.execute(f"DELETE FROM {table}")  # noqa: S608 - the name is our own counter


_OWN = (
    "kind",
    "title",
    "ns",
    "pageid",
    "revid",
    "timestamp",
    "revids",
    "archivename",
    "number",
    "related",
    "through",
    "origin",
    "wants",
)


def _dump(ref: Ref) -> bytes:
    problem = [ref.problem.code, ref.problem.detail] if ref.problem else None
    return orjson.dumps([*(getattr(ref, name) for name in _OWN), problem])


def _load(data: bytes, parents: tuple[tuple[str, str], ...]) -> Ref:
    *own, problem = orjson.loads(data)
    values = dict(zip(_OWN, own, strict=True))
    values |= {"revids": tuple(values["revids"]), "wants": read_wants(values["wants"])}
    return Ref(**values, parents=parents, problem=Blocked(code=problem[0], detail=problem[1]) if problem else None)
