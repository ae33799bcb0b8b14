"""One pure decision: what to do when a request did not simply succeed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner.retry import (
    BROKEN_TRIES,
    FIRST_PAUSE,
    LONGEST_PAUSE,
    RENEWALS,
    RULES,
    Failure,
    GiveUp,
    Kind,
    Then,
    Tries,
    Unsure,
    Wait,
    decide,
    pause,
)

KINDS = st.sampled_from(list(Kind))
UNCERTAIN = {kind for kind, rule in RULES.items() if rule.heard}


def test_there_is_a_rule_for_every_kind() -> None:
    assert list(RULES) == list(Kind)


@given(kind=KINDS, attempt=st.integers(1, 100), jitter=st.floats(0, 1))
def test_a_write_is_sent_again_only_if_the_wiki_itself_refused_it(kind: Kind, attempt: int, jitter: float) -> None:
    decision = decide(Failure(kind=kind), attempt, replayable=False, jitter=jitter)
    assert isinstance(decision, Unsure) == (kind in UNCERTAIN)


@pytest.mark.parametrize("kind", sorted(set(Kind) - UNCERTAIN))
def test_what_is_certain_was_never_carried_out(kind: Kind) -> None:
    assert kind in {
        Kind.CONNECT, Kind.TLS, Kind.LAG, Kind.READONLY, Kind.RATELIMITED, Kind.TOKEN, Kind.SESSION, Kind.ACCOUNT,
    }  # fmt: skip


@given(kind=KINDS, attempt=st.integers(1, 100))
def test_a_read_is_never_unsure(kind: Kind, attempt: int) -> None:
    assert not isinstance(decide(Failure(kind=kind), attempt, replayable=True), Unsure)


@pytest.mark.parametrize("replayable", [True, False])
@pytest.mark.parametrize("kind", [Kind.TOKEN, Kind.SESSION])
def test_a_login_is_renewed_a_few_times(kind: Kind, *, replayable: bool) -> None:
    decisions = [decide(Failure(kind=kind), attempt, replayable=replayable) for attempt in range(1, RENEWALS + 2)]
    assert decisions == [*[Wait(seconds=0.0, renew=True)] * RENEWALS, GiveUp()]


@pytest.mark.parametrize("kind", [Kind.NOT_JSON, Kind.INTERNAL])
def test_a_broken_answer_is_asked_for_a_few_times(kind: Kind) -> None:
    decisions = [decide(Failure(kind=kind), attempt, replayable=True) for attempt in range(1, BROKEN_TRIES + 1)]
    assert all(isinstance(decision, Wait) for decision in decisions[:-1])
    assert decisions[-1] == GiveUp()
    assert decide(Failure(kind=kind), 2, replayable=True, tries=2) == GiveUp()


@pytest.mark.parametrize(
    "kind", [Kind.LAG, Kind.READONLY, Kind.RATELIMITED, Kind.TOO_MANY, Kind.SERVER, Kind.CONNECT, Kind.LOST]
)
def test_what_passes_by_itself_is_waited_for_without_counting(kind: Kind) -> None:
    assert isinstance(decide(Failure(kind=kind), 1000, replayable=True), Wait)


@pytest.mark.parametrize("kind", [Kind.HTTP, Kind.TOO_LARGE, Kind.TLS, Kind.ACCOUNT])
def test_what_waiting_does_not_change_ends_a_read_at_once(kind: Kind) -> None:
    assert decide(Failure(kind=kind), 1, replayable=True) == GiveUp()


def test_a_rate_limit_never_costs_an_item() -> None:
    """Neither said by a server on the way, which may have passed it on, nor by the wiki."""
    assert RULES[Kind.TOO_MANY].heard is Then.FREE
    assert RULES[Kind.RATELIMITED].heard is None
    assert {RULES[kind].tries for kind in (Kind.TOO_MANY, Kind.RATELIMITED)} == {Tries.PATIENT}


@given(attempt=st.integers(1, 10_000), jitter=st.floats(0, 1))
def test_a_pause_is_bounded(attempt: int, jitter: float) -> None:
    assert FIRST_PAUSE <= pause(attempt, None, jitter) <= LONGEST_PAUSE * 1.5


def test_pauses_double() -> None:
    assert [pause(attempt, None, 0.0) for attempt in range(1, 9)] == [1, 2, 4, 8, 16, 32, 60, 60]


@given(asked=st.floats(0, 1e6), attempt=st.integers(1, 50), jitter=st.floats(0, 1))
def test_the_wiki_is_never_asked_sooner_than_it_wants(asked: float, attempt: int, jitter: float) -> None:
    assert pause(attempt, asked, jitter) >= max(asked, 0.1)
