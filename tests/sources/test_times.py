from __future__ import annotations

from datetime import UTC, datetime

import pytest

from runner.sources.times import fix_time, newer_first, read_time

NOW = datetime(2026, 3, 31, 12, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        ("2026-01-31T00:00:00Z", "2026-01-31T00:00:00Z"),
        ("2026-01-31T01:00:00+01:00", "2026-01-31T00:00:00Z"),
        ("20260131235959", "2026-01-31T23:59:59Z"),
        ("now", "2026-03-31T12:00:00Z"),
        ("7 days ago", "2026-03-24T12:00:00Z"),
        ("1 week ago", "2026-03-24T12:00:00Z"),
        ("90 seconds ago", "2026-03-31T11:58:30Z"),
        ("1 month ago", "2026-02-28T12:00:00Z"),
        ("4 months ago", "2025-11-30T12:00:00Z"),
        ("3 years ago", "2023-03-31T12:00:00Z"),
        ("99999 years ago", "0001-01-01T00:00:00Z"),
    ],
)
def test_fixed(written: str, sent: str) -> None:
    assert fix_time(written, NOW) == sent
    assert fix_time(sent, NOW) == sent


@pytest.mark.parametrize(
    "text",
    [
        "", "yesterday", "2026-01-31", "2026-01-31T00:00:00", "2026-02-30T00:00:00Z", "20260230000000", "7 days", "-7 days ago",
        "7  days ago", "\u0667 days ago", "1767225600", "2026-01-31T24:00:00Z ago", "9999-12-31T23:59:59-23:59",
    ],
)  # fmt: skip
def test_no_time(text: str) -> None:
    assert read_time(text) is None


@pytest.mark.parametrize(
    ("one", "other", "sign"),
    [
        ("now", "7 days ago", 1),
        ("2 weeks ago", "7 days ago", -1),
        ("1 year ago", "11 months ago", -1),
        ("7 days ago", "1 week ago", 0),
        ("20260131000000", "2026-01-30T00:00:00Z", 1),
        ("2026-01-30T00:00:00Z", "7 days ago", None),
    ],
)
def test_compared(one: str, other: str, sign: int | None) -> None:
    assert newer_first(one, other) == sign
