"""The table of failures: it is whole, and the page that shows it is it."""

from __future__ import annotations

from collections import Counter

import pytest

from runner.failures import CAUSES, CODES, STATUSES, kind_of_error, kind_of_status
from runner.retry import RULES, Kind
from tests.failures import PAGE, written


def test_the_page_is_the_table() -> None:
    """`python -m tests.failures` writes its tables anew."""
    page = PAGE.read_text(encoding="utf-8")
    assert written(page) == page


def test_every_kind_has_a_cause_and_every_cause_a_rule() -> None:
    assert {cause.kind for cause in CAUSES} - {None} == set(Kind) == set(RULES)
    assert max(Counter(cause.name for cause in CAUSES).values()) == 1


def test_nothing_is_taken_for_two_kinds() -> None:
    for pick in ("statuses", "codes"):
        found = {(one, cause.kind) for cause in CAUSES if cause.kind for one in getattr(cause, pick)}
        assert max(Counter(one for one, _ in found).values()) == 1


@pytest.mark.parametrize("status", STATUSES)
def test_a_status_is_taken_for_what_the_table_says(status: int) -> None:
    (kind,) = {cause.kind for cause in CAUSES if status in cause.statuses}
    assert kind_of_status(status) is kind


@pytest.mark.parametrize("code", CODES)
def test_a_code_is_taken_for_what_the_table_says(code: str) -> None:
    (kind,) = {cause.kind for cause in CAUSES if cause.kind and code in cause.codes}
    assert kind_of_error({"code": code.replace("*", "and_more")}) is kind


@pytest.mark.parametrize("status", [200 + 1, 226, 300, 304, 400, 402, 406, 418, 451, 499])
def test_any_other_status_is_somebodys_no(status: int) -> None:
    assert kind_of_status(status) is Kind.HTTP


@pytest.mark.parametrize("status", [501, 505, 507, 511, 520, 529, 599])
def test_any_other_status_of_a_server_passes(status: int) -> None:
    assert kind_of_status(status) is Kind.SERVER
