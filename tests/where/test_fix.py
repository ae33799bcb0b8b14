from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from runner.where.check import parse_where
from runner.where.fix import fix_ages, fix_numbers, fix_titles

NOW = datetime(2026, 3, 31, 12, 0, 0, tzinfo=UTC)


def test_ages_are_fixed_to_any_depth() -> None:
    age = {"older_than": "1 month", "newer_than": "2020-01-01T00:00:00+01:00"}
    where = parse_where([{"not": {"any": [{"creation": age}]}}])
    fixed = {"older_than": "2026-02-28T12:00:00Z", "newer_than": "2019-12-31T23:00:00Z"}
    assert fix_ages(where, NOW) == parse_where([{"not": {"any": [{"creation": fixed}]}}])


def test_a_user_or_title_that_reads_like_an_age_is_left_alone() -> None:
    where = parse_where([{"last_edit": {"by": "7 days"}}, {"title": {"contains": "7 days ago"}}])
    assert fix_ages(where, NOW) == where


def test_namespaces_become_numbers() -> None:
    where = parse_where([{"any": [{"namespace": ["Draft", 0]}]}])
    assert fix_numbers(where, {"Draft": 118, 0: 0}.__getitem__) == parse_where([{"any": [{"namespace": [118, 0]}]}])


def test_titles_become_the_wikis_by_what_they_are_about() -> None:
    where = parse_where([{"categories": {"any": ["a", "Category:A"], "none": "b"}}, {"links_to": {"all": "a"}}])
    titles = {("categories", "a"): "Category:A", ("categories", "b"): "Category:B", ("links_to", "a"): "A"}
    expected: list[dict[str, Any]] = [{"categories": {"any": ["Category:A"], "none": "Category:B"}}, {"links_to": {"all": "A"}}]
    assert fix_titles(where, titles) == parse_where(expected)
