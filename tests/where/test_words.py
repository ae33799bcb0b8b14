from __future__ import annotations

from typing import Any

import pytest

from runner.where.check import parse_where
from runner.where.words import words


@pytest.mark.parametrize(
    ("condition", "text"),
    [
        ({"namespace": [0, "Draft"]}, "namespace: 0, Draft"),
        ({"title": {"glob": "A*"}}, "title: glob A*"),
        ({"redirect": False}, "redirect: false"),
        ({"size": {"min": 1, "max": 5}}, "size: min 1, max 5"),
        ({"links_here": 0}, "links_here: 0"),
        ({"last_edit": {"older_than": "5 days", "by": ["A", "B"]}}, "last_edit: older_than 5 days ago; by A, B"),
        ({"protection": False}, "protection: false"),
        ({"protection": {"edit": ["sysop"], "move": True}}, "protection: edit sysop; move true"),
        ({"categories": {"any": ["A", "B"], "none": ["C"]}}, "categories: any A, B; none C"),
        ({"page_property": {"displaytitle": "x"}}, "page_property: displaytitle = x"),
        ({"page_property": "noindex"}, "page_property: noindex"),
        ({"file_type": ["image/*"]}, "file_type: image/*"),
        ({"not": {"any": [{"redirect": True}, {"minor": True}]}}, "not (redirect: true or minor: true)"),
    ],
)
def test_words(condition: dict[str, Any], text: str) -> None:
    assert words(parse_where([condition]).conditions[0]) == text


@pytest.mark.parametrize(("condition", "unsaid", "text"), [
    ({"user": ["Jane"]}, "user", "user: (withheld)"),
    ({"made": {"older_than": "5 days", "by": ["Jane"]}}, "user", "made: older_than 5 days ago; by (withheld)"),
    ({"last_edit": {"not_by": ["Jane"]}}, "user", "last_edit: not_by (withheld)"),
    ({"not": {"any": [{"comment": {"contains": "555"}}, {"minor": True}]}}, "comment",
     "not (comment: (withheld) or minor: true)"),
    ({"text": {"regex": "555"}}, "user", "text: regex 555"),
])  # fmt: skip
def test_what_may_be_hidden_is_not_said(condition: dict[str, Any], unsaid: str, text: str) -> None:
    assert words(parse_where([condition]).conditions[0], frozenset({unsaid})) == text
