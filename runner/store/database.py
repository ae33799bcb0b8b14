"""The database file: opening it, its tables, and its version.

WAL with `synchronous=FULL`: what is committed survives a power cut (https://www.sqlite.org/pragma.html#pragma_synchronous).
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from runner.errors import GuardStop, UsageError
from runner.redaction import Secrets
from runner.store.private import private_file

TABLES = """
CREATE TABLE plans (
    id TEXT PRIMARY KEY, created TEXT NOT NULL, header BLOB NOT NULL, sha256 TEXT, items INTEGER NOT NULL DEFAULT 0,
    origin TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE items (
    plan TEXT NOT NULL REFERENCES plans, seq INTEGER NOT NULL, step TEXT NOT NULL, key TEXT NOT NULL,
    pageid INTEGER, title TEXT NOT NULL, blocked TEXT, line BLOB NOT NULL,
    PRIMARY KEY (plan, seq)
) WITHOUT ROWID;
CREATE UNIQUE INDEX items_by_key ON items (plan, step, key);
CREATE INDEX items_by_page ON items (plan, pageid);
CREATE TABLE runs (
    id TEXT PRIMARY KEY, plan TEXT NOT NULL UNIQUE REFERENCES plans, state TEXT NOT NULL, created TEXT NOT NULL,
    ended TEXT, user TEXT NOT NULL, reason TEXT NOT NULL DEFAULT ''
) WITHOUT ROWID;
CREATE TABLE results (
    run TEXT NOT NULL REFERENCES runs, seq INTEGER NOT NULL, state TEXT NOT NULL, code TEXT NOT NULL DEFAULT '',
    detail TEXT NOT NULL DEFAULT '', logid INTEGER, batch INTEGER, tries INTEGER NOT NULL DEFAULT 0, at TEXT NOT NULL,
    PRIMARY KEY (run, seq)
) WITHOUT ROWID;
CREATE INDEX results_by_state ON results (run, state);
CREATE TABLE batches (
    run TEXT NOT NULL REFERENCES runs, batch INTEGER NOT NULL, step TEXT NOT NULL, newest_logid INTEGER NOT NULL,
    at TEXT NOT NULL,
    PRIMARY KEY (run, batch)
) WITHOUT ROWID;
CREATE TABLE effects (
    run TEXT NOT NULL REFERENCES runs, key TEXT NOT NULL, facts BLOB NOT NULL,
    PRIMARY KEY (run, key)
) WITHOUT ROWID;
"""
# What a run changed stands with each result, so that an undo knows what every single item changed.
FACTS = """
ALTER TABLE results ADD COLUMN facts BLOB;
UPDATE results SET facts = (
    SELECT e.facts FROM effects e JOIN runs u ON u.id = e.run JOIN items i ON i.plan = u.plan AND i.key = e.key
    WHERE e.run = results.run AND i.seq = results.seq
) WHERE state = 'done';
DROP TABLE effects;
"""
MIGRATIONS = (TABLES, FACTS)
"""Each takes the database from its own place in this list to the next version."""
VERSION = len(MIGRATIONS)


class Database:
    """One connection, used by one thread: the only writer of the journal. What people read of it is kept without secrets."""

    def __init__(self, connection: sqlite3.Connection, secrets: Secrets | None = None) -> None:
        self.connection = connection
        self.secrets = secrets or Secrets()

    @contextmanager
    def commit(self) -> Iterator[sqlite3.Connection]:
        """Everything inside becomes durable together, or not at all. Raises `GuardStop` where the disk will not have it."""
        try:
            self.connection.execute("BEGIN IMMEDIATE")
            yield self.connection
            self.connection.execute("COMMIT")
        except sqlite3.OperationalError as error:
            self._roll_back()
            raise GuardStop(f"the state cannot be written: {error}", hint="see to the disk; nothing is lost") from None
        except BaseException:
            self._roll_back()
            raise

    def _roll_back(self) -> None:
        # SQLite may have rolled back by itself, and a disk that is full may refuse even this.
        with suppress(sqlite3.OperationalError):
            self.connection.execute("ROLLBACK")

    def close(self) -> None:
        self.connection.close()


def open_database(path: Path, secrets: Secrets | None = None) -> Database:
    """Open or make the database; raises `UsageError` for one that is damaged or from a later version."""
    try:
        # SQLite gives its write-ahead log the permissions that the database has by then.
        os.close(private_file(path, os.O_RDWR))
        connection = sqlite3.connect(path, isolation_level=None, timeout=30)
    except (OSError, sqlite3.DatabaseError) as error:
        raise UsageError(f"the state in {path} cannot be used: {error}") from None
    try:
        connection.row_factory = sqlite3.Row
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        _migrate(connection, path)
    except sqlite3.DatabaseError as error:
        connection.close()
        raise UsageError(f"the state in {path} cannot be used: {error}", hint="it was left as it is") from None
    except UsageError:
        connection.close()
        raise
    return Database(connection, secrets)


def _migrate(connection: sqlite3.Connection, path: Path) -> None:
    connection.execute("BEGIN IMMEDIATE")
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version > VERSION:
        raise UsageError(f"the state in {path} was written by a later version of wikimop", hint="update wikimop")
    for migration in MIGRATIONS[version:]:
        for statement in migration.split(";"):
            connection.execute(statement)
    if version < VERSION:
        connection.execute(f"PRAGMA user_version = {VERSION}")
    connection.execute("COMMIT")
