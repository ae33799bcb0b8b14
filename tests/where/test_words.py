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
