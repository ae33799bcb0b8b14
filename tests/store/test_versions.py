"""What an earlier version of wikimop wrote is brought to this one, and stays what it was."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from runner.model import Outcome, State
from runner.store.database import MIGRATIONS, VERSION, open_database
from runner.store.journal import Intent, Journal
from tests.store.opened import AT, PLAN, RUN, opened, pages
from tests.store.versions import VERSIONS, statements, write_as


def schema(database: sqlite3.Connection) -> dict[str, list[tuple[str, ...]]]:
    """Every table and index with what it holds, however its statement was written."""
    names = [row[0] for row in database.execute("SELECT name FROM sqlite_master WHERE sql IS NOT NULL")]
    return {
        name: [tuple(map(str, row)) for row in database.execute(f"SELECT * FROM pragma_table_xinfo('{name}')")]
        or [tuple(map(str, row)) for row in database.execute(f"SELECT * FROM pragma_index_xinfo('{name}')")]
        for name in names
    }


def test_there_is_a_database_of_every_version() -> None:
    assert list(range(1, VERSION + 1)) == VERSIONS


@pytest.mark.parametrize("version", VERSIONS)
def test_the_steps_up_to_a_version_give_what_it_made(version: int) -> None:
    """A migration that was released is never changed: some database has been through it."""
    with closing(sqlite3.connect(":memory:")) as today, closing(sqlite3.connect(":memory:")) as then:
        for migration in MIGRATIONS[:version]:
            today.executescript(migration)
        then.executescript(statements(version))
        assert schema(today) == schema(then)


@pytest.mark.parametrize("version", VERSIONS)
def test_an_interrupted_run_of_a_version_is_there_afterwards(tmp_path: Path, version: int) -> None:
    with opened(tmp_path, pages(10)) as (_, journal):
        one, two, *_ = pages(10)
        journal.record(at=AT, intents=[Intent(batch=1, step="drafts", newest_logid=70, items=(one, two))])
        journal.record(at=AT, outcomes=[Outcome(seq=one.seq, state=State.DONE, facts={"hidden": ["comment"]})])
        before = [(item, outcome) for item, outcome in journal.rows()]
    write_as(version, tmp_path / "state.sqlite", tmp_path / "old.sqlite")
    for _ in range(2):  # the second time there is nothing to bring
        with closing(open_database(tmp_path / "old.sqlite")) as database:
            assert database.connection.execute("PRAGMA user_version").fetchone()[0] == VERSION
            journal = Journal(database, RUN, PLAN)
            assert [(item, outcome) for item, outcome in journal.rows()] == before
            assert journal.changed(["page:1", "page:2"]) == {"page:1": {"hidden": ["comment"]}}
            (sent,) = journal.entries("drafts", [State.SENT])
            assert (sent.item.seq, sent.newest_logid, sent.tries) == (2, 70, 1)
