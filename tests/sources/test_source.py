"""The sources that stand in a source: walked and changed in one place, and said in words."""

from __future__ import annotations

from dataclasses import fields
from typing import Any, get_args

import pytest

from runner.model import Kind
from runner.sources.parse import parse_source
from runner.sources.source import Head, Source, all_sources, inside, source_words, unsaid, with_where
from runner.where.check import parse_where

VALUE = {
    "generator": "links",
    "of": {"titles": ["A"], "where": [{"redirect": False}]},
    "except": {"union": [{"titles": ["B"]}, {"titles": ["C"], "where": [{"redirect": False}]}]},
    "where": [{"redirect": False}],
}


def test_sources_are_found_at_any_depth() -> None:
    source = parse_source("pages", VALUE)
    assert [place for place, _ in inside(source)] == [("of",), ("except",)]
    assert len(list(all_sources(source))) == 5
    assert sum(one.where is not None for one in all_sources(source)) == 3


def test_each_where_is_changed_and_nothing_else() -> None:
    source = parse_source("pages", VALUE)
    changed = with_where(source, lambda _condition: parse_where([{"redirect": True}]))
    assert {one.where for one in all_sources(changed)} == {parse_where([{"redirect": True}]), None}
    assert with_where(changed, lambda _condition: parse_where([{"redirect": False}])) == source


def test_no_field_that_holds_sources_is_passed_over() -> None:
    """A head or a word that is new, with sources in it, has to be walked, too."""
    owners: tuple[type[Any], ...] = (Source, *get_args(Head))
    holders = {(owner.__name__, one.name) for owner in owners for one in fields(owner) if "Source" in str(one.type)}
    assert holders == {("Source", "of"), ("Source", "excluded"), ("Union", "sources"), ("Intersect", "sources")}


@pytest.mark.parametrize(("kind", "value", "words"), [
    ("pages", {"titles": ["A", "B"]}, "titles (2)"),
    ("pages", {"file": "keep.txt"}, "file keep.txt"),
    ("pages", {"step": "a", "outcome": ["done"]}, "step a, outcome: done"),
    ("pages", {"union": [{"titles": ["A"]}]}, "union"),
    ("file_versions", {"of": {"titles": ["A"]}}, "of"),
    ("pages", {"generator": "categorymembers", "title": "Category:X", "namespace": [0, 2]},
     "generator categorymembers, title: Category:X, namespace: 0|2"),
])  # fmt: skip
def test_a_source_in_words(kind: Kind, value: dict[str, Any], words: str) -> None:
    assert source_words(parse_source(kind, value)) == words


@pytest.mark.parametrize(("kind", "value", "words"), [
    ("revisions", {"list": "usercontribs", "user": "Jane", "namespace": 0},
     "list usercontribs, user: (withheld), namespace: 0"),
    ("pages", {"list": "usercontribs", "user": "Jane"}, "list usercontribs, user: (withheld)"),
    ("pages", {"generator": "search", "search": "555"}, "generator search, search: (withheld)"),
    ("log_entries", {"list": "logevents", "title": "Jane"}, "list logevents, title: (withheld)"),
    ("pages", {"generator": "categorymembers", "title": "Category:X"}, "generator categorymembers, title: Category:X"),
    ("users", {"list": "allusers", "from": "Jane", "dir": "descending"}, "list allusers, from: (withheld), dir: descending"),
    ("users", {"list": "blocks", "ip": "192.0.2.7"}, "list blocks, ip: (withheld)"),
    ("pages", {"list": "logevents", "title": "Jane", "type": "move"}, "list logevents, title: (withheld), type: move"),
    ("pages", {"list": "logevents", "leprefix": "Jane"}, "list logevents, prefix: (withheld)"),
    ("pages", {"list": "allusers", "prefix": "Jane"}, "list allusers, prefix: (withheld)"),
    ("pages", {"list": "blocks", "bkusers": "Jane"}, "list blocks, users: (withheld)"),
])  # fmt: skip
def test_what_may_be_hidden_is_not_said(kind: Kind, value: dict[str, Any], words: str) -> None:
    source = parse_source(kind, value)
    assert source_words(source, discreet=True) == words
    assert "withheld" not in source_words(source)


def test_what_a_log_entry_is_about_may_be_hidden() -> None:
    entries, revisions = (parse_source(kind, {"step": "a"}) for kind in get_args(Kind) if kind in ("log_entries", "revisions"))
    named = {one.kind: "title" in unsaid(one, discreet=True) for one in (entries, revisions)}
    assert named == {"log_entries": True, "revisions": False}
    assert unsaid(entries, discreet=False) == unsaid(revisions, discreet=False) == frozenset()


def test_nor_is_it_said_by_conditions_on_the_pages_that_the_log_names() -> None:
    log = {"list": "logevents", "where": [{"title": {"contains": "Jane"}}]}
    both = parse_source(
        "pages", {"union": [{"titles": ["A"]}, {"intersect": [log]}], "where": [{"title": {"contains": "Jane"}}]}
    )
    assert [("title" in unsaid(one, discreet=True)) for one in all_sources(both)] == [True, False, True, True]
