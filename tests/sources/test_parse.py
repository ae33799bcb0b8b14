from __future__ import annotations

import pytest

from runner.model import Kind
from runner.sources.parse import parse_source
from runner.sources.source import (
    Expect,
    File,
    FromStep,
    Head,
    Intersect,
    Module,
    Names,
    PageIds,
    RevIds,
    Source,
    Titles,
    Union,
    source_words,
)


@pytest.mark.parametrize(
    ("kind", "value", "head"),
    [
        ("pages", {"titles": [" A ", "Cafe\u0301"]}, Titles(values=("A", "Café"))),
        ("pages", {"titles": "A|B"}, Titles(values=("A", "B"))),
        ("pages", {"pageids": 3}, PageIds(values=(3,))),
        ("revisions", {"revids": [3, 4]}, RevIds(values=(3, 4))),
        ("users", {"names": " Vandal "}, Names(values=("Vandal",))),
        ("users", {"names": ["Vandal", "192.0.2.7", "A_b"]}, Names(values=("Vandal", "192.0.2.7", "A_b"))),
        ("users", {"file": "spammers.txt"}, File(path="spammers.txt", kind="names")),
        ("users", {"list": "blocks", "bkshow": "ip"}, Module(name="blocks", mode="list", params={"show": "ip"})),
        ("pages", {"step": "drafts"}, FromStep(step="drafts")),
        ("pages", {"file": "keep.txt"}, File(path="keep.txt")),
        ("revisions", {"file": "ids.txt"}, File(path="ids.txt", kind="revids")),
        (
            "pages",
            {"file": {"path": "a.csv", "format": "csv", "column": "page", "kind": "pageids"}},
            File(path="a.csv", format="csv", column="page", kind="pageids"),
        ),
        (
            "pages",
            {"generator": "backlinks", "bltitle": "A", "redirect": False, "namespace": [0, "Talk"]},
            Module(name="backlinks", mode="generator", params={"title": "A", "namespace": "0|Talk"}),
        ),
        (
            "revisions",
            {"list": "usercontribs", "user": "V", "limit": 5},
            Module(name="usercontribs", mode="list", params={"user": "V"}),
        ),
    ],
)
def test_heads(kind: Kind, value: dict[str, object], head: Head) -> None:
    assert parse_source(kind, value).head == head
    assert source_words(parse_source(kind, value)).split()[0].rstrip(",") in value


def test_our_words_stand_beside_the_head() -> None:
    value = {
        "generator": "links", "pltitles": ["B"], "of": {"titles": ["A"], "redirects": True}, "limit": 5,
        "except": {"file": "keep.txt"}, "converttitles": True, "expect": {"max": 9},
    }  # fmt: skip
    assert parse_source("pages", value) == Source(
        kind="pages",
        head=Module(name="links", mode="generator", params={"titles": "B"}),
        of=Source(kind="pages", head=Titles(values=("A",)), redirects=True),
        excluded=Source(kind="pages", head=File(path="keep.txt")),
        limit=5,
        converttitles=True,
        expect=Expect(max=9),
    )


def test_sets_hold_sources_of_their_own_kind_with_their_own_words() -> None:
    titles = Source(kind="pages", head=Titles(values=("A",)), limit=1)
    value = {"union": [{"titles": ["A"], "limit": 1}, {"intersect": [{"step": "a"}]}], "related": ["talk", "redirects"]}
    assert parse_source("pages", value) == Source(
        kind="pages",
        head=Union(
            sources=(
                titles,
                Source(kind="pages", head=Intersect(sources=(Source(kind="pages", head=FromStep(step="a")),))),
            )
        ),
        related=("talk", "redirects"),
    )
    (inner,) = parse_source("revisions", {"union": [{"revids": [4]}]}).head.sources  # type: ignore[union-attr]
    assert inner == Source(kind="revisions", head=RevIds(values=(4,)))
    assert parse_source("pages", {"titles": ["A"], "related": "talk"}).related == ("talk",)


def test_of_is_pages_and_except_is_of_the_same_kind() -> None:
    source = parse_source(
        "revisions", {"generator": "revisions", "of": {"titles": ["A"]}, "except": {"step": "a", "outcome": "done"}}
    )
    assert source.of == Source(kind="pages", head=Titles(values=("A",)))
    assert source.excluded == Source(kind="revisions", head=FromStep(step="a"), outcome=("done",))
