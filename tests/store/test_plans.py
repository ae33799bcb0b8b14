"""Plans as they are made: nothing is a plan before its seal."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from runner.errors import UsageError
from runner.store.database import open_database
from runner.store.plans import Plans
from tests.store.opened import AT, PLAN, RUN, opened, pages

HEADER = {"id": PLAN, "steps": []}


def test_half_a_plan_is_none(tmp_path: Path) -> None:
    with closing(open_database(tmp_path / "state.sqlite")) as database:
        plans = Plans(database)
        plans.begin(PLAN, created=AT, origin="own")
        plans.add(PLAN, pages(3))
        assert plans.get(PLAN) is None
        plans.drop(PLAN)
        assert list(plans.items(PLAN)) == []


def test_it_is_begun_anew_after_a_crash(tmp_path: Path) -> None:
    with closing(open_database(tmp_path / "state.sqlite")) as database:
        plans = Plans(database)
        for _ in range(2):
            plans.begin(PLAN, created=AT, origin="file")
            plans.add(PLAN, pages(3))
        plans.seal(PLAN, HEADER, "abc")
        plan = plans.get(PLAN)
        assert plan is not None
        assert (plan.items, plan.sha256, plan.origin, plan.header, plan.run) == (3, "abc", "file", HEADER, RUN)
        plans.drop(PLAN)  # what is sealed stays
        assert plans.get(PLAN) == plan


def test_one_item_cannot_be_there_twice(tmp_path: Path) -> None:
    """A page that was moved while it was planned is found under both titles, with one id."""
    (one,) = pages(1)
    with opened(tmp_path, pages(3)) as (database, _):
        with pytest.raises(UsageError, match="twice"):
            Plans(database).add(PLAN, [*pages(1, first=4), replace(one, seq=5)])
        assert [item.seq for item in Plans(database).items(PLAN)] == [1, 2, 3]


def test_items_are_read_by_step_and_counted(tmp_path: Path) -> None:
    with opened(tmp_path, [*pages(10), *pages(4, step="again", first=11)]) as (database, _):
        plans = Plans(database)
        assert [item.seq for item in plans.items(PLAN, "again")] == [11, 12, 13, 14]
        assert plans.counts(PLAN) == {"drafts": (10, 2), "again": (4, 0)}
        assert plans.planned(PLAN, [1, 5, 12, 99], ["drafts"]) == {1: "drafts"}  # 5 is blocked, 12 is of another step
        assert plans.planned(PLAN, [], ["drafts"]) == plans.planned(PLAN, [1], []) == {}
        assert len(list(plans.lines(PLAN))) == 14


@pytest.mark.parametrize("change", ["key = 'page:77'", "pageid = 77", "title = 'Other'", "step = 'other'", "blocked = 'x'"])
def test_columns_that_say_something_else_than_their_line(tmp_path: Path, change: str) -> None:
    with opened(tmp_path, pages(3)) as (database, _):
        assert not Plans(database).misfiled(PLAN)
        database.connection.execute(f"UPDATE items SET {change} WHERE seq = 2")
        assert Plans(database).misfiled(PLAN)


def test_a_header_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    with opened(tmp_path, pages(1)) as (database, _):
        database.connection.execute("UPDATE plans SET header = '{'")
        with pytest.raises(UsageError, match="was altered"):
            Plans(database).get(PLAN)
