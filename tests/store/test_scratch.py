"""Sets that may outgrow memory, on a real database."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from runner.model import Blocked, Ref
from runner.store.database import Database, open_database
from runner.store.scratch import Gathered, Scratch

WANTS = ((("a", ("done",)),),)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = open_database(tmp_path / "state.sqlite")
    yield database
    database.close()


def test_a_text_is_new_once(database: Database) -> None:
    scratch = Scratch(database)
    assert [scratch.add("a"), scratch.add("b"), scratch.add("a")] == [True, True, False]
    assert ("a" in scratch, "c" in scratch) == (True, False)


def test_refs_are_gathered_with_all_of_their_parents(database: Database) -> None:
    one = Ref(title="A", ns=0, pageid=1, parents=(("s", "z"),), related="talk of B", problem=Blocked(code="c", detail="d"))
    found = [one, Ref(title="B", parents=(("s", "y"),)), Ref(title="A", parents=(("s", "z"), ("t", "a")))]
    gathered = list(Gathered(database).collect((ref.title, ref) for ref in found))
    assert [ref.title for ref in gathered] == ["A", "B"]
    assert gathered[0].parents == (("s", "z"), ("t", "a"))
    assert (gathered[0].pageid, gathered[0].related, gathered[0].problem) == (1, "talk of B", Blocked(code="c", detail="d"))


def test_what_is_found_without_a_condition_has_none(database: Database) -> None:
    gathered = Gathered(database)
    gathered.add("a", Ref(title="A", wants=WANTS))
    gathered.add("b", Ref(title="B", wants=WANTS))
    gathered.add("a", Ref(title="A"))
    assert [(ref.title, ref.wants) for ref in gathered.refs()] == [("A", ()), ("B", WANTS)]
    assert (gathered.get("b"), gathered.get("c")) == (Ref(title="B", wants=WANTS), None)
    assert ("b" in gathered, "c" in gathered) == (True, False)


def test_what_is_said_against_one_of_those_that_go_together_counts_for_all(database: Database) -> None:
    sound, *doubtful = (
        Ref(kind="deleted_revisions", title="A", timestamp="2026-01-01T00:00:00Z", revids=(number,), problem=problem)
        for number, problem in enumerate([None, Blocked(code="missing"), Blocked(code="unknown_fact")])
    )
    for found in ([sound, *doubtful], [*doubtful, sound]):
        (one,) = Gathered(database).collect((ref.key, ref) for ref in found)
        assert sorted(one.revids) == [0, 1, 2]
        assert one.problem == Blocked(code="unknown_fact")
    (same,) = Gathered(database).collect((ref.key, ref) for ref in [sound, replace(sound, problem=Blocked(code="missing"))])
    assert same.problem is None


def test_a_set_may_be_emptied_while_another_is_read(database: Database) -> None:
    one, two = Gathered(database), Scratch(database)
    for name in ("a", "b", "c"):
        one.add(name, Ref(title=name))
        two.add(name)
    refs = one.refs()
    assert next(refs).title == "a"
    two.close()
    assert [ref.title for ref in refs] == ["b", "c"]
    assert two.add("a")


def test_a_set_that_outlives_its_database_ends_quietly(tmp_path: Path) -> None:
    database = open_database(tmp_path / "state.sqlite")
    scratch, gathered = Scratch(database), Gathered(database)
    database.close()
    scratch.close()
    gathered.close()
