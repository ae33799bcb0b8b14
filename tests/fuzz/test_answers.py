"""Answers that no wiki should give: whatever comes, it ends with a sentence, and nothing is touched that no plan holds."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runner.actions import ACTIONS
from runner.store.plans import Plans, StoredPlan
from tests.fuzz import conversation
from tests.fuzz.conversation import Desk, converse, looked_over
from tests.fuzz.player import Change, Player, changes

BOOK = conversation.playbook()
LONGEST = 20.0


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with conversation.desk(tmp_path_factory.mktemp("fuzz")) as around:
        yield around


class Watching:
    """Everything that may be touched: the ids and titles of the items of the plans."""

    def __init__(self, desk: Desk) -> None:
        self._plans = Plans(desk.database)
        self._lines: list[str] = []

    def __call__(self, plan: StoredPlan) -> None:
        self._lines += [line.decode() for line in self._plans.lines(plan.id)]
        self._lines.append(str(plan.header))

    def holds(self, written: Sequence[object]) -> bool:
        return bool(self._lines) or not written


def survives(desk: Desk, *given_changes: Change) -> list[str]:
    """Have the conversation, and see that it ends as it should."""
    started = time.process_time()
    player, watching = Player(given_changes), Watching(desk)
    said = converse(player, desk, BOOK, watching)
    assert watching.holds(player.written)
    said += looked_over(Player(given_changes))
    assert time.process_time() - started < LONGEST
    assert all(len(text) < 5000 for text in said)
    return said


def test_the_tape_as_it_was_recorded(desk: Desk) -> None:
    """So that the others change something: two plans are applied, and every kind of write is sent."""
    player = Player()
    assert converse(player, desk, BOOK) == ["0: applied", "0: applied"]
    actions = {parameters["action"] for parameters in player.written}
    assert actions >= ACTIONS.keys() - {"api", "unblock"}
    assert "login: Admin, by bot password" in looked_over(Player())


@given(st.lists(changes, min_size=1, max_size=3))
@settings(max_examples=120)
def test_any_answer(desk: Desk, given_changes: list[Change]) -> None:
    survives(desk, *given_changes)


@pytest.mark.soak
@given(st.lists(changes, min_size=1, max_size=4))
@settings(max_examples=10_000)
def test_ten_thousand_answers(desk: Desk, given_changes: list[Change]) -> None:
    survives(desk, *given_changes)
