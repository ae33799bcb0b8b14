from __future__ import annotations

import pytest

from runner.actions.expiry import expiry_problem, moment, same_expiry


@pytest.mark.parametrize(
    "text",
    [
        "infinite",
        "never",
        "2 weeks",
        "1 day",
        "36hours",
        "1 month 3 days",
        "1 fortnight",
        "2027-01-31T00:00:00Z",
        "20270131000000",
    ],
)
def test_right(text: str) -> None:
    assert expiry_problem(text) == ""


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("forever", "neither"),
        ("", "neither"),
        ("2 weks", "neither"),
        ("0 days", "neither"),
        ("next friday", "neither"),
        ("2 weeks ago", "neither"),
        ("2027-02-31T00:00:00Z", "neither"),
        ("2027-01-31", "neither"),
        ("20270131250000", "neither"),
        ("1 day " * 9 + "1 day", "50 characters"),
    ],
)
def test_wrong(text: str, told: str) -> None:
    assert told in expiry_problem(text)


@pytest.mark.parametrize(
    ("wanted", "found", "same"),
    [
        ("infinite", "infinity", True),
        ("never", "2027-01-31T00:00:00Z", False),
        ("2 weeks", "2027-01-31T00:00:00Z", True),
        ("2 weeks", "infinity", False),
        ("20270131000000", "2027-01-31T00:00:00Z", True),
        ("2027-01-31T00:00:01Z", "2027-01-31T00:00:00Z", False),
    ],
)
def test_what_the_wiki_made_of_it(wanted: str, found: str, same: bool) -> None:  # noqa: FBT001 - the expected answer
    assert same_expiry(wanted, found) is same


def test_a_duration_is_no_moment() -> None:
    assert moment("2 weeks") == moment("infinite") == ""
