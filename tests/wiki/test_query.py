"""Continuation, warnings, and what must not be overheard."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

import pytest

from runner.errors import PlanRefused, Unreachable
from runner.wiki.answer import Refused
from runner.wiki.query import answers, batches, check_warnings, first_batch

QUERY = {"action": "query", "generator": "allpages"}


class Reader:
    """Gives its answers one after the other, and keeps what was asked."""

    def __init__(self, *given: Mapping[str, Any] | Exception) -> None:
        self._given: Iterator[Mapping[str, Any] | Exception] = iter(given)
        self.asked: list[Mapping[str, str]] = []

    def __call__(self, parameters: Mapping[str, str]) -> Mapping[str, Any]:
        self.asked.append(parameters)
        answer = next(self._given)
        if isinstance(answer, Exception):
            raise answer
        return answer


def page(pageid: int, **more: object) -> dict[str, object]:
    return {"pageid": pageid, "ns": 0, "title": f"P{pageid}", **more}


def test_a_query_goes_on_with_what_the_wiki_gave() -> None:
    read = Reader(
        {"continue": {"gapcontinue": "B", "continue": "gapcontinue||"}, "query": {"pages": [page(1)]}},
        {"continue": {"gapcontinue": 7, "continue": "gapcontinue||"}, "query": {"pages": [page(2)]}},
        {"batchcomplete": True, "query": {"pages": [page(3)]}},
    )
    assert len(list(answers(read, QUERY))) == 3
    assert read.asked == [
        QUERY,
        {**QUERY, "gapcontinue": "B", "continue": "gapcontinue||"},
        {**QUERY, "gapcontinue": "7", "continue": "gapcontinue||"},
    ]


def test_an_answer_with_more_to_come_and_nothing_in_it() -> None:
    read = Reader(
        {"continue": {"gcmcontinue": "1", "continue": "-||"}, "batchcomplete": True},
        {"continue": {"gcmcontinue": "2", "continue": "-||"}},
        {"batchcomplete": True, "query": {"pages": [page(1)]}},
    )
    pages = [entry for batch in batches(read, QUERY) for entry in batch["pages"]]
    assert pages == [page(1)]


def test_a_page_is_whole_only_at_the_end_of_its_batch() -> None:
    read = Reader(
        {"continue": {"lhcontinue": "1"}, "query": {"pages": [page(1, linkshere=[{"pageid": 7}]), page(2)]}},
        {
            "continue": {"gapcontinue": "X"},
            "batchcomplete": True,
            "query": {"pages": [page(1, linkshere=[{"pageid": 8}]), page(2, linkshere=[{"pageid": 9}])]},
        },
        {"batchcomplete": True, "query": {"pages": [page(3)]}},
    )
    assert [batch["pages"] for batch in batches(read, QUERY)] == [
        [page(1, linkshere=[{"pageid": 7}, {"pageid": 8}]), page(2, linkshere=[{"pageid": 9}])],
        [page(3)],
    ]


def test_what_is_the_same_in_every_answer_is_not_doubled() -> None:
    redirects = [{"from": "A", "to": "B"}]
    read = Reader(
        {"continue": {"x": "1"}, "query": {"redirects": redirects, "pages": [page(1, protection=[{"type": "edit"}])]}},
        {"batchcomplete": True, "query": {"redirects": redirects, "pages": [page(1, protection=[{"type": "edit"}])]}},
    )
    batch = first_batch(read, QUERY)
    assert batch["redirects"] == redirects
    assert batch["pages"] == [page(1, protection=[{"type": "edit"}])]


def test_the_first_batch_is_whole_and_asks_no_further() -> None:
    read = Reader(
        {"continue": {"lhcontinue": "1"}, "query": {"pages": [page(1)]}},
        {"continue": {"gapcontinue": "1"}, "batchcomplete": True, "query": {"pages": [page(2)]}},
    )
    assert first_batch(read, QUERY)["pages"] == [page(1), page(2)]


@pytest.mark.parametrize("length", [1, 2, 3, 7])
def test_a_query_that_goes_round_in_circles_ends(length: int) -> None:
    def read(parameters: Mapping[str, str]) -> Mapping[str, Any]:
        at = int(parameters.get("x", "0"))
        # A few steps that are good, then a circle.
        return {"continue": {"x": str(at + 1 if at < 5 + length - 1 else 5)}, "query": {}}

    with pytest.raises(PlanRefused, match="does not end"):
        list(islice(answers(read, QUERY), 50))


def test_a_long_query_that_ends_is_not_taken_for_a_circle() -> None:
    def read(parameters: Mapping[str, str]) -> Mapping[str, Any]:
        at = int(parameters.get("x", "0"))
        return {"batchcomplete": True, **({"continue": {"x": str(at + 1)}} if at < 2000 else {})}

    assert sum(1 for _ in answers(read, QUERY)) == 2001


@pytest.mark.parametrize("code", ["unrecognizedvalues", "unrecognizedparams", "truncatedresult", "toomanyvalues", "other"])
def test_a_warning_that_widens_ends_it(code: str) -> None:
    with pytest.raises(PlanRefused, match=code):
        check_warnings({"warnings": [{"code": code, "text": "Something.", "module": "main"}]})


def test_harmless_warnings() -> None:
    check_warnings({})
    check_warnings({"warnings": [{"code": "deprecation-help", "text": "x"}, {"code": "performancewarning", "text": "x"}]})


def test_a_refused_query() -> None:
    with pytest.raises(PlanRefused, match="badvalue"):
        first_batch(Reader(Refused("badvalue", "Unrecognized value")), QUERY)
    with pytest.raises(Unreachable, match="does not let this account read"):
        first_batch(Reader(Refused("readapidenied", "You need read permission")), QUERY)
