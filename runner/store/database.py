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
from runner.store.watermark import SUFFIX, Watermark

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
# Every commit counts: a database that has lost its last ones knows of fewer than were made.
COMMITS = """
CREATE TABLE commits (number INTEGER NOT NULL);
INSERT INTO commits VALUES (0);
"""
# What the wiki itself finds in a direct step stands in no plan.
FOUND = """
CREATE TABLE found (
    run TEXT NOT NULL REFERENCES runs, seq INTEGER NOT NULL, n INTEGER NOT NULL, step TEXT NOT NULL, key TEXT NOT NULL,
    line BLOB NOT NULL, state TEXT NOT NULL, code TEXT NOT NULL, detail TEXT NOT NULL, at TEXT NOT NULL,
    PRIMARY KEY (run, seq, n)
) WITHOUT ROWID;
CREATE UNIQUE INDEX found_by_key ON found (run, step, key);
CREATE INDEX found_by_state ON found (run, step, state);
"""
# What an undo rests on is read just before a write, and must outlive an answer that nobody heard.
KEPT = """
ALTER TABLE results ADD COLUMN kept BLOB;
"""
MIGRATIONS = (TABLES, FACTS, COMMITS, FOUND, KEPT)
"""Each takes the database from its own place in this list to the next version."""
VERSION = len(MIGRATIONS)
LEFT = "it was left as it is: bring back a copy of the state folder, or use another with --state-dir"


class Database:
    """One connection, used by one thread: the only writer of the journal. What people read of it is kept without secrets."""

    def __init__(self, connection: sqlite3.Connection, watermark: Watermark, secrets: Secrets | None = None) -> None:
        self.connection = connection
        self.secrets = secrets or Secrets()
        self._watermark = watermark

    @contextmanager
    def commit(self) -> Iterator[sqlite3.Connection]:
        """Everything inside becomes durable together, or not at all. Raises `GuardStop` where the disk will not have it."""
        try:
            self.connection.execute("BEGIN IMMEDIATE")
            yield self.connection
            self.connection.execute("UPDATE commits SET number = number + 1")
            number = commits(self.connection)
            self.connection.execute("COMMIT")
        except sqlite3.IntegrityError:
            self._roll_back()
            raise
        except sqlite3.DatabaseError as error:
            self._roll_back()
            raise GuardStop(f"the state cannot be written: {error}", hint="see to the disk; nothing is lost") from None
        except BaseException:
            self._roll_back()
            raise
        self._watermark.reach(number)

    def _roll_back(self) -> None:
        # SQLite may have rolled back by itself, and a disk that is full may refuse even this.
        with suppress(sqlite3.DatabaseError):
            self.connection.execute("ROLLBACK")

    def close(self) -> None:
        self.connection.close()
        self._watermark.close()


@contextmanager
def told() -> Iterator[None]:
    """Raise `GuardStop` where the database turns out to be damaged, or cannot be read, in the middle of something."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        raise GuardStop(f"the state cannot be read: {error}", hint=LEFT) from None


def open_database(path: Path, secrets: Secrets | None = None) -> Database:
    """Open or make the database, which will hold none of the secrets; raises `UsageError` for one that is damaged, that lacks
    what was committed last, or that is from a later version."""
    try:
        watermark = Watermark(path.with_suffix(SUFFIX))
    except OSError as error:
        raise UsageError(f"the state in {path} cannot be used: {error.strerror}") from None
    try:
        # Read first: what others commit meanwhile is in the database by the time that it is looked at.
        connection = _open(path, watermark.reached())
    except BaseException:
        watermark.close()
        raise
    return Database(connection, watermark, secrets)


def commits(connection: sqlite3.Connection) -> int:
    """How many commits the database has seen."""
    return int(connection.execute("SELECT number FROM commits").fetchone()[0])


def _open(path: Path, reached: int) -> sqlite3.Connection:
    if reached and not (path.exists() and path.stat().st_size):
        raise _lost(path, reached)
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
        _check(connection)
        _migrate(connection, path)
        if commits(connection) < reached:
            raise _lost(path, reached - commits(connection))
    except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
        # SQLite quotes what is damaged, and Python cannot read every byte of that.
        connection.close()
        raise UsageError(f"the state in {path} cannot be used: {error}", hint=LEFT) from None
    except UsageError:
        connection.close()
        raise
    return connection


def _check(connection: sqlite3.Connection) -> None:
    """Every page once, a millisecond for each megabyte: what is damaged must not be met in the middle of a run."""
    (found,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    if found != "ok":
        raise sqlite3.DatabaseError(" ".join(str(found).split()))


def _lost(path: Path, number: int) -> UsageError:
    return UsageError(
        f"the state in {path} has lost its last {number} commits: it is an older copy, or its -wal file was removed",
        hint=f"bring the whole state folder back; if the older state is meant, remove {path.with_suffix(SUFFIX).name}",
    )


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
