"""One limiter and one back-off, by a clock that is driven by hand."""

from __future__ import annotations

import pytest

from runner.errors import GuardStop, Interrupted, Unreachable
from runner.wiki.pace import SLICE
from tests.wiki.clockwork import Hands, pace


def test_an_open_gate_lets_everybody_through() -> None:
    hands = Hands()
    gate = pace(hands)
    for _ in range(100):
        gate.enter(write=True)
    assert hands.slept == []


def test_writes_are_spread_and_reads_are_not() -> None:
    hands = Hands()
    gate = pace(hands, rate=2.0)
    begin = hands.time
    for _ in range(5):
        gate.enter(write=True)
        gate.enter(write=False)
    assert hands.time - begin == pytest.approx(2.0)


def test_an_idle_time_is_not_made_up_for() -> None:
    hands = Hands()
    gate = pace(hands, rate=1.0)
    gate.enter(write=True)
    hands.time += 100
    begin = hands.time
    for _ in range(3):
        gate.enter(write=True)
    assert hands.time - begin == pytest.approx(2.0)


def test_a_hold_holds_everybody() -> None:
    hands = Hands()
    gate = pace(hands)
    gate.hold(5.0, "lag", silent=False, write=True)
    assert gate.write_in() == pytest.approx(5.0)
    gate.enter(write=False)
    assert sum(hands.slept) == pytest.approx(5.0)
    assert max(hands.slept) <= SLICE


def test_a_shorter_hold_does_not_end_a_longer_one() -> None:
    hands = Hands()
    gate = pace(hands)
    gate.hold(5.0, "lag", silent=False, write=True)
    gate.hold(1.0, "lag", silent=False, write=True)
    assert gate.write_in() == pytest.approx(5.0)


def test_ctrl_c_is_heard_within_a_slice() -> None:
    hands = Hands()
    gate = pace(hands)
    gate.hold(50.0, "lag", silent=False, write=True)
    hands.stop_at = hands.time + 3.2
    with pytest.raises(Interrupted):
        gate.enter(write=True)
    assert hands.time - hands.stop_at <= SLICE


@pytest.mark.parametrize(("silent", "limit"), [(True, 60), (False, 300)])
def test_patience_ends_after_one_last_try(*, silent: bool, limit: float) -> None:
    hands = Hands()
    gate = pace(hands)
    begin = hands.time
    for _ in range(-(-int(limit) // 25)):
        gate.hold(25.0, "nothing", silent=silent, write=False)
        gate.enter(write=False)
    assert hands.time - begin == pytest.approx(limit)
    with pytest.raises(Unreachable, match="gave up after waiting"):
        gate.hold(25.0, "nothing", silent=silent, write=False)


def test_an_answer_ends_the_silence_and_not_the_stall() -> None:
    hands = Hands()
    gate = pace(hands)
    gate.hold(1.0, "gone", silent=True, write=True)
    gate.hold(1.0, "lag", silent=False, write=True)
    hands.time += 59
    gate.answered()
    gate.hold(1.0, "gone", silent=True, write=True)  # the sixty seconds begin anew
    hands.time += 300
    with pytest.raises(Unreachable):
        gate.hold(1.0, "lag", silent=False, write=True)


def test_reads_that_work_are_no_progress_of_writes_that_do_not() -> None:
    hands = Hands()
    gate = pace(hands)
    for _ in range(3):
        gate.hold(1.0, "read-only", silent=False, write=True)
        hands.time += 101
        gate.progressed(write=False)
    with pytest.raises(Unreachable, match="read-only"):
        gate.hold(1.0, "read-only", silent=False, write=True)


def test_lag_now_and_then_does_not_add_up() -> None:
    """A long plan meets lag again and again, and goes on in between."""
    hands = Hands()
    gate = pace(hands)
    for _ in range(20):
        gate.hold(5.0, "lag", silent=False, write=False)
        hands.time += 200
        gate.progressed(write=False)
    gate.hold(5.0, "lag", silent=False, write=True)
    hands.time += 200
    gate.progressed(write=True)
    gate.hold(5.0, "lag", silent=False, write=True)
    hands.time += 200
    gate.hold(5.0, "lag", silent=False, write=True)
    hands.time += 200
    with pytest.raises(Unreachable, match="lag"):
        gate.hold(5.0, "lag", silent=False, write=True)


def test_what_the_wiki_asks_for_is_waited_whole_or_not_at_all() -> None:
    hands = Hands()
    gate = pace(hands, stalled=100)
    gate.hold(99.0, "read-only", silent=False, write=True, asked=True)
    assert gate.write_in() == pytest.approx(99.0)
    with pytest.raises(Unreachable, match="asks to wait 3600 seconds"):
        gate.hold(3600.0, "read-only", silent=False, write=True, asked=True)
    assert gate.write_in() == pytest.approx(99.0)


def test_stalls_count_what_comes_one_after_the_other() -> None:
    hands = Hands()
    gate = pace(hands)
    for _ in range(4):  # four threads at the same time
        gate.hold(2.0, "503", silent=False, write=True)
    assert gate.stalls == 1
    hands.time += 3
    gate.hold(2.0, "503", silent=False, write=True)
    assert (gate.stalls, gate.holds) == (2, 5)
    gate.progressed(write=False)
    assert gate.stalls == 2
    gate.progressed(write=True)
    assert gate.stalls == 0


def test_nobody_waits_beyond_the_end() -> None:
    hands = Hands()
    gate = pace(hands, rate=0.01)
    gate.end_at(hands.time + 30, "limits.duration: 30 seconds are over")
    begin = hands.time
    gate.enter(write=True)
    with pytest.raises(GuardStop, match="30 seconds are over"):
        gate.enter(write=True)
    assert hands.time - begin == pytest.approx(30, abs=SLICE)
    gate.end_at(None, "")
    gate.enter(write=True)
    assert hands.time - begin == pytest.approx(100)
