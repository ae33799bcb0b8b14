"""Texts that differ from item to item: rendered once, and never looked into again."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner.actions.texts import NAMES, ORIGIN, Valueless, differs, escaped, frozen_summary, render, said, strange
from runner.model import Item

DRAFT = Item(step="s", key="page:12", pageid=12, ns=118, title="Draft:Idea: one", revid=34)
MAIN = Item(step="s", key="page:1", pageid=1, ns=0, title="Main: Page", revid=2)
USER = Item(step="s", key="user:10.0.0.0/16", title="Benutzer:10.0.0.0/16")
ENTRY = Item(step="s", key="logging:77", ns=2, title="User:Bob", facts={"timestamp": "2026-01-31T00:00:00Z"})


@pytest.mark.parametrize(("text", "item", "expected"), [
    ("Archive/${item.title}", DRAFT, "Archive/Draft:Idea: one"),
    ("${item.name}", DRAFT, "Idea: one"),
    ("${item.name}", MAIN, "Main: Page"),
    ("${item.namespace}:Old/${item.name}", DRAFT, "Draft:Old/Idea: one"),
    ("${item.namespace}:Old/${item.name}", MAIN, ":Old/Main: Page"),
    ("${item.ns} ${item.pageid} ${item.revid}", DRAFT, "118 12 34"),
    ("${item.ns}", MAIN, "0"),
    ("${item.logid} at ${item.timestamp}", ENTRY, "77 at 2026-01-31T00:00:00Z"),
    ("{{x}} $ {y} $${item.title}", MAIN, "{{x}} $ {y} ${item.title}"),
    ("$${", MAIN, "${"),
    ("nothing", MAIN, "nothing"),
    ("${item.name} of ${item.title}", USER, "10.0.0.0/16 of Benutzer:10.0.0.0/16"),
])  # fmt: skip
def test_a_text_is_rendered(text: str, item: Item, expected: str) -> None:
    assert render(text, item) == expected


def test_what_comes_out_is_not_looked_into_again() -> None:
    tricky = Item(step="s", key="page:1", pageid=1, ns=0, title="${item.pageid} $${item.title}")
    assert render("<${item.title}>", tricky) == "<${item.pageid} $${item.title}>"


@pytest.mark.parametrize("name", ["pageid", "revid", "archivename", ORIGIN])
def test_an_item_without_the_value_is_told(name: str) -> None:
    with pytest.raises(Valueless) as error:
        render(f"${{item.{name}}}", Item(step="s", key="title:X", ns=0, title="X"))
    assert error.value.blocked.code == "no_value"
    assert name in error.value.blocked.detail


def test_every_name_has_a_value_for_its_kind() -> None:
    facts = {"timestamp": "2026-01-31T00:00:00Z", "archivename": "2026!X.png", "userid": 5, ORIGIN: "Old"}
    item = Item(step="s", key="logging:7", pageid=1, ns=6, title="File:X.png", revid=2, facts=facts)
    for name in {*(name for names in NAMES.values() for name in names), ORIGIN}:
        assert render(f"${{item.{name}}}", item)


def test_values_can_be_made_harmless() -> None:
    assert render(r"\1 ${item.title}", DRAFT, quoted=str.upper) == r"\1 DRAFT:IDEA: ONE"


@given(st.text())
def test_a_literal_text_stays_as_it_is(text: str) -> None:
    assert render(escaped(text), DRAFT) == text
    assert not differs(escaped(text))
    assert list(strange(escaped(text))) == []


def test_a_summary_is_frozen_only_where_it_differs() -> None:
    assert frozen_summary("Old", DRAFT) == {}
    assert frozen_summary("Old: ${item.name}", DRAFT) == {"reason": "Old: Idea: one"}
    moved = Item(step="s", key="page:12", pageid=12, ns=0, title="Elsewhere", facts={"reason": "Old: Idea: one"})
    assert said(moved, "Old: ${item.name}") == "Old: Idea: one"
    assert said(DRAFT, "Old $${x}") == "Old ${x}"


@pytest.mark.parametrize("text", ["${vars.x}", "${item.titel}", "${item.title", "${item}", "${}", "a ${item.title} ${b}"])
def test_what_is_no_name_in_a_plan(text: str) -> None:
    assert len(list(strange(text))) == 1


@pytest.mark.parametrize("text", ["${item.title}", "$${vars.x} ${item.logid}", "{{x}}", f"${{item.{ORIGIN}}}"])
def test_what_is_one(text: str) -> None:
    assert list(strange(text)) == []
