from __future__ import annotations

import pytest

from runner.playbook.settings import parse_duration, parse_rate
from tests.playbook.loading import STEP, codes, load


@pytest.mark.parametrize(
    ("text", "rate"),
    [("60/min", 1), ("2/s", 2), ("500/h", 500 / 3600), ("0.5 / sec", 0.5), ("86400/day", 1), ("30/minute", 0.5)],
)
def test_rates(text: str, rate: float) -> None:
    assert parse_rate(text) == pytest.approx(rate)
    assert load(STEP + f"limits: {{rate: {text}}}\n").limits.rate == pytest.approx(rate)


@pytest.mark.parametrize("text", ["60", "60/", "/min", "60/fortnight", "0/s", "0.0/s", "-1/s", "1/s/s", "1e5/s"])
def test_what_is_no_rate(text: str) -> None:
    assert codes(STEP + f"limits: {{rate: {text}}}\n") == ["format"]


@pytest.mark.parametrize(
    ("text", "seconds"), [("2h", 7200), ("90 min", 5400), ("1h 30m", 5400), ("45s", 45), ("1.5 hours", 5400), ("1d", 86400)]
)
def test_durations(text: str, seconds: float) -> None:
    assert parse_duration(text) == pytest.approx(seconds)
    assert load(STEP + f"limits: {{duration: {text}}}\n").limits.duration == pytest.approx(seconds)


@pytest.mark.parametrize("text", ["2", "h", "0h", "2 weeks", "-2h", "2h later", "''"])
def test_what_is_no_duration(text: str) -> None:
    assert codes(STEP + f"limits: {{duration: {text}}}\n") == ["format"]


@pytest.mark.parametrize(
    ("text", "number", "share"), [("0", 0, None), ("7", 7, None), ("5%", None, 0.05), ("100 %", None, 1.0)]
)
def test_failures(text: str, number: int | None, share: float | None) -> None:
    limits = load(STEP + f"limits: {{failures: {text}}}\n").limits
    assert (limits.failures, limits.failure_share) == (number, share)


@pytest.mark.parametrize("text", ["-1", "1.5", "101%", "few", "true"])
def test_what_is_no_bound_of_failures(text: str) -> None:
    assert len(codes(STEP + f"limits: {{failures: {text}}}\n")) == 1


@pytest.mark.parametrize("text", ["no mark", "{run} {run}", "{ run }"])
def test_a_stamp_names_the_run_once(text: str) -> None:
    assert codes(STEP + f"stamp: {{text: '{text}'}}\n") == ["format"]
