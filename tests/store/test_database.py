"""The database file: private, durable, and never silently rebuilt."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from runner.errors import GuardStop, UsageError
from runner.store.database import VERSION, Database, open_database


def count(database: Database) -> int:
    return int(database.connection.execute("SELECT count(*) FROM plans").fetchone()[0])


def add(database: Database, plan: str) -> None:
    with database.commit() as connection:
        connection.execute("INSERT INTO plans (id, created, header, origin) VALUES (?, '', '{}', 'own')", [plan])


def test_a_power_cut_is_survived(tmp_path: Path) -> None:
    with closing(open_database(tmp_path / "state.sqlite")) as database:
        pragmas = {
            name: database.connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("journal_mode", "synchronous")
        }
    assert pragmas == {"journal_mode": "wal", "synchronous": 2}


def test_every_file_is_private_from_the_start(tmp_path: Path) -> None:
    with closing(open_database(tmp_path / "state.sqlite")) as database:
        add(database, "p1")
        files = {path.name: path.stat().st_mode & 0o777 for path in tmp_path.iterdir()}
    assert files == {"state.sqlite": 0o600, "state.commits": 0o600, "state.sqlite-wal": 0o600, "state.sqlite-shm": 0o600}


def test_all_or_nothing(tmp_path: Path) -> None:
    with closing(open_database(tmp_path / "state.sqlite")) as database:
        insert = "INSERT INTO plans (id, created, header, origin) VALUES ('p1', '', '{}', 'own')"
        with pytest.raises(ZeroDivisionError), database.commit() as connection:
            _ = connection.execute(insert).rowcount / 0
        assert count(database) == 0
        add(database, "p2")
        assert count(database) == 1


@pytest.mark.parametrize(
    "damage", [b"not a database at all, but long enough to be looked at" * 40, b"SQLite format 3\0" + b"\7" * 5000]
)
def test_a_damaged_file_is_told_and_left(tmp_path: Path, damage: bytes) -> None:
    path = tmp_path / "state.sqlite"
    path.write_bytes(damage)
    with pytest.raises(UsageError, match="cannot be used") as caught:
        open_database(path)
    assert "it was left as it is" in caught.value.hint
    assert path.read_bytes() == damage


def test_a_later_version_is_told(tmp_path: Path) -> None:
    path = tmp_path / "state.sqlite"
    open_database(path).close()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"PRAGMA user_version = {VERSION + 1}")
    with pytest.raises(UsageError, match="later version"):
        open_database(path)


def test_a_place_that_cannot_be_written(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be used"):
        open_database(tmp_path / "no" / "state.sqlite")


FULL = """
import resource, signal, sys
from pathlib import Path
from runner.errors import GuardStop
from runner.store.database import open_database
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
database = open_database(Path(sys.argv[1]))
resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))
for number in range(1000):
    try:
        with database.commit() as connection:
            connection.execute("INSERT INTO plans (id, created, header, origin) VALUES (?, '', ?, 'own')", [number, "x" * 5000])
    except GuardStop as error:
        print(number, error.message, "|", error.hint)
        break
"""


def test_a_full_disk_is_a_guard_and_loses_nothing(tmp_path: Path) -> None:
    path = tmp_path / "state.sqlite"
    done = subprocess.run([sys.executable, "-c", FULL, str(path)], capture_output=True, text=True, check=True, timeout=60)
    number, message = done.stdout.split(" ", 1)
    assert "the state cannot be written" in message
    with closing(open_database(path)) as database:
        assert count(database) == int(number) > 2
        add(database, "more")


def test_two_writers_wait_for_each_other(tmp_path: Path) -> None:
    path = tmp_path / "state.sqlite"
    with closing(open_database(path)) as one, closing(open_database(path)) as other:
        other.connection.execute("PRAGMA busy_timeout = 50")
        with one.commit(), pytest.raises(GuardStop, match="locked"):
            add(other, "p1")
        add(other, "p1")
        assert count(one) == 1
