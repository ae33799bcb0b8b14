"""Databases of every version that there was, made by that version's own statements."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

FOLDER = Path(__file__).parent
VERSIONS = sorted(int(path.stem) for path in FOLDER.glob("*.sql"))


def statements(version: int) -> str:
    """What that version made its tables with."""
    return (FOLDER / f"{version}.sql").read_text(encoding="utf-8")


def write_as(version: int, source: Path, target: Path) -> None:
    """The rows of a database, as that version would have written them, as a new database."""
    with closing(sqlite3.connect(target, isolation_level=None)) as old:
        old.executescript(f"PRAGMA journal_mode = WAL;\n{statements(version)}\nATTACH '{source}' AS today")
        for (table,) in old.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
            names = ", ".join(_columns(old, "main", table) & _columns(old, "today", table))
            if names:
                old.execute(f"INSERT INTO {table} ({names}) SELECT {names} FROM today.{table}")
        if version == 1:
            # What a run changed stood by key, and not with each result.
            old.execute(
                "INSERT OR REPLACE INTO effects SELECT r.run, i.key, r.facts FROM today.results r JOIN today.runs u"
                " ON u.id = r.run JOIN today.items i ON i.plan = u.plan AND i.seq = r.seq WHERE r.facts IS NOT NULL"
            )


def _columns(database: sqlite3.Connection, schema: str, table: str) -> set[str]:
    return {row[1] for row in database.execute(f"PRAGMA {schema}.table_info({table})")}
