from __future__ import annotations

from collections.abc import Mapping
from itertools import product
from typing import Any

import pytest

from runner.where.check import parse_where
from runner.where.conditions import All, Either, Flag, Not
from runner.where.judge import judge, unknown

EDIT = {"timestamp": "2026-01-15T00:00:00Z", "user": "Alice"}
FACTS: Mapping[str, Any] = {
    "namespace": 118, "title": "Draft:Idea 01", "redirect": False, "exists": True, "size": 100, "last_edit": EDIT,
    "protection": {("edit", "sysop"), ("move", "autoconfirmed")}, "content_model": "wikitext",
    "page_property": {"noindex": "", "displaytitle": "idea"}, "categories": {"Category:A", "Category:B"},
    "links_here": 0, "revisions": 3, "file_type": "image/svg+xml", "size_change": -40, "tags": {"mw-undo"},
    "user": "Bob", "comment": "reverted", "minor": True,
    "name": "Vandal 3", "account": True, "blocked": True, "block": EDIT, "edits": 12, "groups": {"*", "user", "bot"},
}  # fmt: skip
ABSENT = ("watchers", "creation", "templates", "text", "usage", "file_size", "links_to")


@pytest.mark.parametrize(
    ("condition", "verdict"),
    [
        ({"namespace": [0, 118]}, True),
        ({"namespace": 0}, False),
        ({"title": {"glob": "Draft:*"}}, True),
        ({"title": {"regex": "^Idea"}}, False),
        ({"redirect": False}, True),
        ({"redirect": True}, False),
        ({"size": {"min": 100, "max": 100}}, True),
        ({"size": {"max": 99}}, False),
        ({"links_here": 0}, True),
        ({"revisions": 2}, False),
        ({"size_change": {"max": -40}}, True),
        ({"last_edit": {"older_than": "2026-01-16T00:00:00Z"}}, True),
        ({"last_edit": {"older_than": "2026-01-15T00:00:00Z"}}, False),
        ({"last_edit": {"newer_than": "2026-01-15T00:00:00Z"}}, False),
        ({"last_edit": {"newer_than": "2026-01-14T00:00:00Z", "by": "alice", "not_by": "Bob"}}, True),
        ({"last_edit": {"newer_than": "2026-01-14T00:00:00Z", "not_by": ["Alice"]}}, False),
        ({"protection": True}, True),
        ({"protection": False}, False),
        ({"protection": {"edit": ["autoconfirmed", "sysop"]}}, True),
        ({"protection": {"edit": "autoconfirmed"}}, False),
        ({"protection": {"move": True, "upload": False}}, True),
        ({"protection": {"create": True}}, False),
        ({"content_model": ["css", "wikitext"]}, True),
        ({"page_property": "noindex"}, True),
        ({"page_property": {"displaytitle": "idea"}}, True),
        ({"page_property": {"displaytitle": "Idea"}}, False),
        ({"page_property": "hiddencat"}, False),
        ({"categories": {"any": ["Category:B", "Category:C"]}}, True),
        ({"categories": {"all": ["Category:B", "Category:C"]}}, False),
        ({"categories": {"none": ["Category:B"]}}, False),
        ({"categories": {"any": ["Category:A"], "all": ["Category:B"], "none": ["Category:C"]}}, True),
        ({"file_type": "image/*"}, True),
        ({"file_type": "image/svg"}, False),
        ({"user": ["bob"]}, True),
        ({"name": {"regex": r"\d$"}}, True),
        ({"name": {"glob": "192.0.2.*"}}, False),
        ({"account": True}, True),
        ({"blocked": False}, False),
        ({"block": {"older_than": "2026-01-16T00:00:00Z", "by": "alice"}}, True),
        ({"block": {"not_by": ["Alice"]}}, False),
        ({"edits": {"max": 12}}, True),
        ({"groups": {"any": ["bot", "sysop"]}}, True),
        ({"groups": {"none": ["bot"]}}, False),
        ({"registered": {"older_than": "2026-01-16T00:00:00Z"}}, None),
        ({"tags": {"any": ["mw-undo"]}}, True),
        ({"comment": {"contains": "revert"}}, True),
        ({"minor": False}, False),
        ({"not": {"namespace": 0}}, True),
        ({"any": [{"namespace": 0}, {"watchers": 0}]}, None),
        ({"any": [{"namespace": 118}, {"watchers": 0}]}, True),
        ({"all": [{"namespace": 0}, {"watchers": 0}]}, False),
        ({"all": [{"namespace": 118}, {"watchers": 0}]}, None),
        ({"not": {"watchers": {"min": 1}}}, None),
        ({"not": {"all": [{"watchers": 0}, {"namespace": 0}]}}, True),
    ],
)
def test_conditions(condition: dict[str, Any], verdict: bool | None) -> None:  # noqa: FBT001 - the expected answer
    assert judge(parse_where([condition]), FACTS) is verdict


@pytest.mark.parametrize("fact", ABSENT)
def test_an_absent_fact_is_neither_true_nor_false(fact: str) -> None:
    values: dict[str, Any] = {
        "creation": {"by": "A"}, "templates": {"none": ["A"]}, "links_to": {"none": ["A"]}, "text": {"contains": "a"},
    }  # fmt: skip
    condition = {fact: values.get(fact, 0)}
    assert judge(parse_where([condition]), FACTS) is None
    assert judge(parse_where([{"not": condition}]), FACTS) is None
    assert list(unknown(parse_where([condition, {"redirect": False}]), FACTS)) == [fact]


def test_a_hidden_user_leaves_the_time_known() -> None:
    facts = {"last_edit": {"timestamp": "2026-01-15T00:00:00Z"}}
    old = {"older_than": "2026-02-01T00:00:00Z"}
    assert judge(parse_where([{"last_edit": old}]), facts) is True
    assert judge(parse_where([{"last_edit": {**old, "not_by": "Bob"}}]), facts) is None
    assert judge(parse_where([{"last_edit": {"newer_than": "2026-02-01T00:00:00Z", "by": "Bob"}}]), facts) is False


@pytest.mark.parametrize(("one", "other"), list(product([True, False, None], repeat=2)))
def test_any_all_and_not_are_kleenes(one: bool | None, other: bool | None) -> None:  # noqa: FBT001 - the table
    facts = {name: value for name, value in (("redirect", one), ("exists", other)) if value is not None}
    flags = (Flag(fact="redirect", wanted=True), Flag(fact="exists", wanted=True))
    least, most = sorted([one, other], key=[False, None, True].index)
    assert judge(All(conditions=flags), facts) is least
    assert judge(Either(conditions=flags), facts) is most
    assert judge(Not(condition=All(conditions=flags)), facts) is {True: False, False: True, None: None}[least]
