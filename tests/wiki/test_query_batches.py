"""Continuation, on the answers that a wiki may give (https://www.mediawiki.org/wiki/API:Continue)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from runner.errors import PlanRefused
from runner.wiki.query import Read, answers, batches


class Script:
    """A wiki that gives these answers in turn, and remembers what it was asked."""

    def __init__(self, *answers: Mapping[str, Any]) -> None:
        self._answers = list(answers)
        self.asked: list[Mapping[str, str]] = []

    def read(self, parameters: Mapping[str, str]) -> Mapping[str, Any]:
        self.asked.append(parameters)
        return self._answers[len(self.asked) - 1]


def pages(read: Read) -> list[list[dict[str, Any]]]:
    return [list(batch["pages"]) for batch in batches(read, {"generator": "allpages"})]


def test_a_batch_without_pages_does_not_end_the_query() -> None:
    script = Script(
        {"batchcomplete": True, "continue": {"gapcontinue": "B", "continue": "gapcontinue||"}},
        {"continue": {"gapcontinue": "C", "continue": "gapcontinue||"}},
        {"batchcomplete": True, "query": {"pages": [{"pageid": 3, "title": "C"}]}},
    )
    assert [page for batch in pages(script.read) for page in batch] == [{"pageid": 3, "title": "C"}]
    assert [asked.get("gapcontinue") for asked in script.asked] == [None, "B", "C"]


def test_properties_are_merged_up_to_batchcomplete() -> None:
    page = {"pageid": 1, "title": "A"}
    script = Script(
        {"continue": {"plcontinue": "x", "continue": "||"}, "query": {"pages": [{**page, "links": [{"title": "L"}]}]}},
        {"batchcomplete": True, "query": {"pages": [{**page, "links": [{"title": "M"}]}]}, "continue": {"gapcontinue": "B"}},
        {"batchcomplete": True, "query": {"pages": [{"pageid": 2, "title": "B"}]}},
    )
    assert pages(script.read) == [[{**page, "links": [{"title": "L"}, {"title": "M"}]}], [{"pageid": 2, "title": "B"}]]


def test_pages_without_an_id_are_kept_apart_by_title() -> None:
    missing = [{"title": "A", "missing": True}, {"title": "B", "missing": True}]
    assert pages(Script({"batchcomplete": True, "query": {"pages": missing}}).read) == [missing]


def test_a_continuation_that_stands_still_is_refused() -> None:
    still = {"continue": {"aicontinue": "x", "continue": "-||"}, "query": {"allimages": []}}
    with pytest.raises(PlanRefused, match="does not end"):
        list(answers(Script(still, still).read, {"list": "allimages"}))
