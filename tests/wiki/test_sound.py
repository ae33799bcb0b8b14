"""What is an answer of the API, and what only looks like one."""

from __future__ import annotations

import itertools
import json
from collections import deque
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from runner.errors import PlanRefused
from runner.wiki.answer import read_answer
from runner.wiki.query import MOST_ANSWERS, MOST_EMPTY, MOST_HELD, MOST_PAGES, answers, batches, first_batch, whole
from runner.wiki.sound import DEEPEST, LONGEST_TEXT, MOST_PARTS, is_small, is_sound
from runner.wiki.transport import Reply, RequestFailed
from tests.fuzz.player import TAKES

QUERY = {"action": "query", "generator": "allpages"}


@pytest.mark.parametrize("number", range(len(TAKES)))
def test_what_a_real_wiki_says_is_sound(number: int) -> None:
    assert is_sound(json.loads(json.dumps(TAKES[number]["body"])))


PAGE = {"pageid": 1, "ns": 0, "title": "A", "lastrevid": 2, "revisions": [{"revid": 2, "parentid": 0, "timestamp": "2026"}]}


def deep(levels: int) -> Any:  # noqa: ANN401 - a JSON value
    value: Any = "x"
    for _ in range(levels):
        value = [value]
    return value


def test_a_page() -> None:
    assert is_sound({"query": {"pages": [PAGE]}})
    assert is_sound(
        {"query": {"pages": [{"ns": -1, "title": "Special:X", "special": True}]}, "continue": {"a": 1, "continue": ""}}
    )


@pytest.mark.parametrize(
    "part",
    [
        {"pageid": "1"}, {"pageid": -1}, {"pageid": 2**63}, {"pageid": 1.0}, {"pageid": True}, {"pageid": None},
        {"pageid": [1]},
        {"ns": "0"}, {"title": 7}, {"title": None}, {"title": ["A"]}, {"title": "A" * 2000}, {"lastrevid": "2"},
        {"revisions": [{"revid": "2"}]}, {"revisions": [{"timestamp": 7}]}, {"x": deep(DEEPEST)}, {"logid": 1e3},
        {"length": "9"},
    ],
    ids=lambda part: str(part)[:40],
)  # fmt: skip
def test_no_page(part: Mapping[str, Any]) -> None:
    assert not is_sound({"query": {"pages": [{**PAGE, **part}]}})


@pytest.mark.parametrize("result", [None, 7, "x", True, [1], ["x"], [None], [[]]], ids=str)
def test_no_result_of_a_query(result: object) -> None:
    assert not is_sound({"query": {"users": result}})


@pytest.mark.parametrize(
    "position",
    [{"action": "delete"}, {"token": "x"}, {"list": "users"}, {"a": None}, {"a": {}}, {"a": [1]}, {"a": "x" * 100_000}],
    ids=lambda position: str(position)[:30],
)
def test_a_continue_that_would_ask_something_else(position: object) -> None:
    assert not is_sound({"continue": position})


def test_results_of_writes_have_types_of_their_own() -> None:
    """As MediaWiki 1.39 answers for archived files."""
    assert is_sound({"revisiondelete": {"items": [{"id": 3, "size": "80", "width": "17", "title": "File:X.png"}]}})
    assert not is_sound({"revisiondelete": deep(DEEPEST + 1)})


def test_what_is_free_has_names_of_its_own() -> None:
    entry = {"logid": 1, "params": {"title": 7, "pageid": "x"}}
    assert is_sound({"query": {"logevents": [entry], "pages": [{"pageprops": {"title": "x", "pageid": ""}}]}})


def test_long_words_are_cut() -> None:
    body: dict[str, Any] = {"errors": [{"code": "c" * 5000, "text": "t" * 50_000, "html": "h" * 50_000}]}
    assert is_sound(body)
    assert [len(text) for text in body["errors"][0].values()] == [201, LONGEST_TEXT + 1, LONGEST_TEXT + 1]


@pytest.mark.parametrize("piece", [b"[],", b'{"a":1},', b"[[],"])
def test_what_would_fill_the_memory_is_not_read(piece: bytes) -> None:
    body = b"[" + piece * MOST_PARTS
    assert not is_small(body)
    with pytest.raises(RequestFailed, match="too many parts"):
        read_answer(Reply(status=200, headers={}, body=body))


def pages(first: int, count: int) -> list[dict[str, Any]]:
    return [{"pageid": number, "ns": 0, "title": f"P{number}"} for number in range(first, first + count)]


class Endless:
    """Always has more to come, and never says the same twice."""

    def __init__(self, query: Mapping[str, Any], *, complete: bool = True) -> None:
        self._numbers = itertools.count()
        self._answer = {"query": query, **({"batchcomplete": True} if complete else {})}
        self.asked = 0

    def __call__(self, _parameters: Mapping[str, str]) -> Mapping[str, Any]:
        self.asked += 1
        return {**self._answer, "continue": {"gapcontinue": str(next(self._numbers)), "continue": "-||"}}


@pytest.mark.parametrize("query", [{}, {"pages": []}, {"allpages": []}], ids=str)
def test_a_query_with_ever_more_of_nothing(query: Mapping[str, Any]) -> None:
    read = Endless(query)
    with pytest.raises(PlanRefused, match="does not end"):
        list(answers(read, QUERY))
    assert read.asked == MOST_EMPTY + 1


def test_a_query_with_ever_more() -> None:
    read = Endless({"pages": pages(1, 1)})
    with pytest.raises(PlanRefused, match="does not end"):
        deque(answers(read, QUERY), maxlen=0)
    assert read.asked == MOST_ANSWERS


def test_the_same_continue_for_ever() -> None:
    read = Endless({"pages": pages(1, 1)})
    read._numbers = itertools.repeat(7)  # type: ignore[assignment]  # any iterator will do
    with pytest.raises(PlanRefused, match="same `continue`"):
        list(answers(read, QUERY))
    assert read.asked < 5


def test_a_million_pages_for_a_small_query() -> None:
    one = {"batchcomplete": True, "query": {"pages": pages(1, 1_000_000)}}
    with pytest.raises(PlanRefused, match="far more than was asked"):
        first_batch(lambda _parameters: one, {"action": "query", "titles": "A"})
    parts = Endless({"pages": pages(1, MOST_PAGES), "logevents": [{}] * 5000}, complete=False)
    with pytest.raises(PlanRefused, match="far more than was asked"):
        next(batches(parts, QUERY))
    assert parts.asked <= MOST_HELD // 5000


def test_a_list_that_is_held_whole() -> None:
    read = Endless({"users": [{}] * 5000})
    with pytest.raises(PlanRefused, match="far more than was asked"):
        whole(read, {"action": "query", "list": "users"})
    assert read.asked == MOST_HELD // 5001 + 1


def test_what_is_large_and_ends_is_read() -> None:
    def given() -> Iterator[Mapping[str, Any]]:
        for number in range(2000):
            yield {"batchcomplete": True, "query": {"pages": pages(number * 500, 500)}, "continue": {"c": str(number)}}
        yield {"batchcomplete": True}

    found = given()
    assert sum(len(batch["pages"]) for batch in batches(lambda _parameters: next(found), QUERY)) == 1_000_000
