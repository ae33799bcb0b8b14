"""What becomes of a state folder in bad times: it is told, and never quietly begun anew."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from runner.errors import GuardStop, UsageError
from runner.model import Outcome, State
from runner.store.database import open_database, told
from runner.store.journal import Intent, Journal
from runner.store.runs import Runs
from runner.store.soundness import check_journal
from tests.store.opened import AT, PLAN, RUN, opened, pages

KILLED = """
import os, sys
from pathlib import Path
from tests.store.opened import AT, opened, pages
from runner.model import Outcome, State
with opened(Path(sys.argv[1]), pages(300)) as (database, journal):
    # What is in the database file by now, and what only in its log.
    database.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    journal.record(at=AT, outcomes=[Outcome(seq=1, state=State.DONE)])
    os.kill(os.getpid(), 9)
"""


@pytest.fixture(scope="module")
def killed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a process that was killed right after a commit."""
    folder = tmp_path_factory.mktemp("killed")
    ended = subprocess.run([sys.executable, "-c", KILLED, str(folder)], capture_output=True, timeout=60, check=False)
    assert ended.returncode == -9, ended.stderr
    return folder


@pytest.fixture
def state(killed: Path, tmp_path: Path) -> Path:
    """The database of that process, to be damaged."""
    shutil.copytree(killed, tmp_path / "state")
    return tmp_path / "state" / "state.sqlite"


def test_what_was_committed_before_the_kill_is_there(state: Path) -> None:
    with closing(open_database(state)) as database:
        assert [run.id for run in Runs(database).all()] == [RUN]
        assert Journal(database, RUN, PLAN).counts()["drafts"] == {"done": 1, "pending": 299}


def truncated(state: Path) -> None:
    state.write_bytes(state.read_bytes()[:-9000])


def emptied(state: Path) -> None:
    state.write_bytes(b"")


def removed(state: Path) -> None:
    state.unlink()


def without_log(state: Path) -> None:
    state.with_name("state.sqlite-wal").unlink()


def with_an_empty_log(state: Path) -> None:
    state.with_name("state.sqlite-wal").write_bytes(b"")


def with_half_a_log(state: Path) -> None:
    log = state.with_name("state.sqlite-wal")
    log.write_bytes(log.read_bytes()[:-100])


def with_a_flipped_bit_in_the_log(state: Path) -> None:
    log = state.with_name("state.sqlite-wal")
    data = bytearray(log.read_bytes())
    data[-50] ^= 1
    log.write_bytes(data)


def with_a_zeroed_page(state: Path) -> None:
    data = bytearray(state.read_bytes())
    data[3 * 4096 : 4 * 4096] = bytes(4096)
    state.write_bytes(data)


def with_a_flipped_header(state: Path) -> None:
    data = bytearray(state.read_bytes())
    data[2] ^= 0x10
    state.write_bytes(data)


DAMAGES = [
    truncated, emptied, removed, without_log, with_an_empty_log, with_half_a_log, with_a_flipped_bit_in_the_log,
    with_a_zeroed_page, with_a_flipped_header,
]  # fmt: skip


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.__name__)
def test_damage_is_told(state: Path, damage: Callable[[Path], None]) -> None:
    damage(state)
    for _ in range(2):  # and it does not heal by being looked at
        with pytest.raises(UsageError, match=r"cannot be used|has lost its last \d+ commits") as caught:
            open_database(state).close()
        assert "bring" in caught.value.hint


@pytest.mark.parametrize("seed", range(0, 4096, 64))
def test_a_flipped_byte_of_the_tree_is_told_or_does_no_harm(state: Path, seed: int) -> None:
    """Each in another place of another page. What SQLite itself cannot see is inside a row, which is still there: the plan's
    seal and the checks of the journal are for that."""
    with closing(open_database(state)):
        pass
    data = bytearray(state.read_bytes())
    before = bytes(data)
    place = (seed * 37) % len(data)
    data[place] ^= 0xFF
    state.write_bytes(data)
    try:
        with closing(open_database(state)) as database, told():
            rows = [
                tuple(row)
                for table in ("plans", "items", "runs", "results")
                for row in database.connection.execute(f"SELECT * FROM {table}")
            ]
    except (UsageError, GuardStop):
        return
    state.write_bytes(before)
    with closing(open_database(state)) as database:
        sound = [
            tuple(row)
            for table in ("plans", "items", "runs", "results")
            for row in database.connection.execute(f"SELECT * FROM {table}")
        ]
    assert len(rows) == len(sound)


def test_an_older_copy_is_told_and_may_be_meant(state: Path) -> None:
    with closing(open_database(state)):
        pass
    older = state.read_bytes()
    with closing(open_database(state)) as database:
        Journal(database, RUN, PLAN).record(at=AT, outcomes=[Outcome(seq=2, state=State.DONE)])
    state.write_bytes(older)
    with pytest.raises(UsageError, match="has lost its last 1 commits: it is an older copy") as caught:
        open_database(state)
    assert "state.commits" in caught.value.hint
    state.with_suffix(".commits").unlink()
    with closing(open_database(state)) as database:
        assert Journal(database, RUN, PLAN).counts()["drafts"] == {"done": 1, "pending": 299}


def test_a_mark_that_cannot_be_read_tells_nothing(state: Path) -> None:
    state.with_suffix(".commits").write_bytes(b"\0" * 20)
    with closing(open_database(state)) as database:
        assert Runs(database).get(RUN) is not None


def test_a_damage_that_is_met_later_is_a_guard(tmp_path: Path) -> None:
    with opened(tmp_path, pages(3)) as (database, _), pytest.raises(GuardStop, match="cannot be read"), told():
        database.connection.execute("SELECT * FROM no_such_table")


ALTERED = {
    "UPDATE results SET state = 'dome' WHERE seq = 1": "an item's state",
    "UPDATE results SET seq = 77 WHERE seq = 1": "does not hold",
    "UPDATE results SET batch = 9 WHERE seq = 1": "with which request",
    "DELETE FROM batches": "with which request",
    "UPDATE results SET tries = 0 WHERE seq = 2": "never tried",
    "UPDATE results SET facts = '{\"revid' WHERE seq = 1": "what an item changed",
    "UPDATE runs SET state = 'finish'": "the state of the run",
}


@pytest.mark.parametrize("change", ALTERED)
def test_rows_that_no_run_ever_wrote(tmp_path: Path, change: str) -> None:
    with opened(tmp_path, pages(3)) as (database, journal):
        one, two, _ = pages(3)
        journal.record(at=AT, intents=[Intent(batch=1, step="drafts", newest_logid=7, items=(one, two))])
        journal.record(at=AT, outcomes=[Outcome(seq=1, state=State.DONE, facts={"revid": 5})])
        journal.set_state("interrupted", at=AT)
        check_journal(database, RUN, PLAN)
        database.connection.execute(change)
        with pytest.raises(UsageError, match=f"was altered or damaged: .*{ALTERED[change]}"):
            check_journal(database, RUN, PLAN)


def test_every_commit_is_counted_once(tmp_path: Path) -> None:
    path = tmp_path / "state.sqlite"
    with closing(open_database(path)) as one, closing(open_database(path)) as other:
        for number, database in enumerate((one, other, one)):
            with database.commit() as connection:
                connection.execute("INSERT INTO plans (id, created, header, origin) VALUES (?, '', '{}', 'own')", [number])
        with pytest.raises(sqlite3.IntegrityError), one.commit() as connection:
            connection.execute("INSERT INTO plans (id, created, header, origin) VALUES (1, '', '{}', 'own')")
    assert path.with_suffix(".commits").read_bytes() == b"%020d" % 3
