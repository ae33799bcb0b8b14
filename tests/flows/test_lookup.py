"""What a real wiki shows only when it is huge: counting that stops, and answers that do not fit."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from runner.errors import PlanRefused
from runner.flows.lookup import Lookup
from runner.model import Kind, Ref
from runner.where.catalogue import Group
from runner.where.check import parse_where
from runner.where.needs import needs

Answer = Mapping[str, Any]


class Asked:
    """A wiki that answers by a function and remembers the questions."""

    def __init__(self, answer: Callable[[Mapping[str, str]], Answer]) -> None:
        self.questions: list[Mapping[str, str]] = []
        self._answer = answer

    def __call__(self, parameters: Mapping[str, str]) -> Answer:
        self.questions.append(parameters)
        return self._answer(parameters)


REFS = [Ref(kind="revisions", revid=8), Ref(kind="revisions", revid=9)]


def lookup(read: Asked, *where: dict[str, Any], kind: Kind = "pages") -> Lookup:
    return Lookup(read=read, batch=50, needs=needs(kind, parse_where(list(where))))


def links(counts: Mapping[str, int], page_size: int) -> Callable[[Mapping[str, str]], Answer]:
    """`prop=linkshere`, some links at a time."""

    def answer(parameters: Mapping[str, str]) -> Answer:
        asked = parameters["titles"].split("|")
        rows = [title for title in asked for _ in range(counts[title])]
        start = int(parameters.get("lhcontinue", 0))
        part = rows[start : start + page_size]
        pages = [{"title": title, "ns": 0, "linkshere": [{"pageid": 1}] * part.count(title)} for title in asked]
        more = (
            {"continue": {"lhcontinue": str(start + page_size)}} if start + page_size < len(rows) else {"batchcomplete": True}
        )
        return {"query": {"pages": pages}, **more}

    return answer


def test_a_page_that_everything_links_to_is_not_counted_to_its_end() -> None:
    read = Asked(links({"A": 1_000_000, "B": 0, "C": 7, "D": 2_000_000}, 500))
    refs = [Ref(title=title, ns=0) for title in "ABCD"]
    found = lookup(read, {"links_here": {"max": 6}}).pages(Group.COUNT, refs)
    counts = {ref.title: facts["links_here"] for ref, facts in found.items()}
    assert counts["B"] == 0
    assert min(counts["A"], counts["C"], counts["D"]) >= 7
    assert len(read.questions) <= 3


def test_counts_are_exact_below_what_makes_no_difference() -> None:
    read = Asked(links({"A": 30, "B": 29, "C": 0}, 7))
    found = lookup(read, {"links_here": {"min": 30}}).pages(Group.COUNT, [Ref(title=title, ns=0) for title in "ABC"])
    assert [facts["links_here"] for facts in found.values()] == [30, 29, 0]


def texts(parameters: Mapping[str, str]) -> Answer:
    """At most two texts fit into an answer; number 9 never does."""
    revids = [int(revid) for revid in parameters["revids"].split("|")]
    if len(revids) > 2 or 9 in revids:
        return {"warnings": [{"code": "truncatedresult", "text": "too large"}], "query": {"pages": []}}
    revisions = [{"revid": revid, "slots": {"main": {"content": str(revid)}}} for revid in revids]
    return {"batchcomplete": True, "query": {"pages": [{"pageid": 1, "title": "A", "ns": 0, "revisions": revisions}]}}


def test_an_answer_that_does_not_fit_is_asked_for_in_parts() -> None:
    read = Asked(texts)
    found = lookup(read, {"text": {"contains": "x"}}, kind="revisions").revisions(
        Group.TEXT, [Ref(kind="revisions", revid=revid) for revid in range(1, 6)]
    )
    assert [facts["text"] for facts in found] == ["1", "2", "3", "4", "5"]


def test_one_that_never_fits_ends_the_plan() -> None:
    with pytest.raises(PlanRefused, match="truncatedresult"):
        lookup(Asked(texts), {"text": {"contains": "x"}}, kind="revisions").revisions(Group.TEXT, REFS)


def test_another_refusal_is_not_asked_again() -> None:
    read = Asked(lambda _parameters: {"warnings": [{"code": "unrecognizedparams", "text": "what?"}]})
    with pytest.raises(PlanRefused, match="unrecognizedparams"):
        lookup(read, {"redirect": True}).pages(Group.PAGE, [Ref(title="A", ns=0), Ref(title="B", ns=0)])
    assert len(read.questions) == 1


@pytest.mark.parametrize(
    ("told", "change"),
    [({"parentid": 0}, {"size_change": 7}), ({"parentid": 4}, {"size_change": 5}), ({"parentid": 5}, {}), ({}, {})],
)
def test_the_change_of_a_revision_is_known_by_the_one_before_it(told: Answer, change: Answer) -> None:
    """A page that was imported may have revisions whose parent the wiki does not tell: they are not the first."""

    def answer(parameters: Mapping[str, str]) -> Answer:
        sizes = {"8": {"revid": 8, "size": 7, **told}, "4": {"revid": 4, "size": 2, "parentid": 0}}
        found = [sizes[revid] for revid in parameters["revids"].split("|") if revid in sizes]
        return {"batchcomplete": True, "query": {"pages": [{"pageid": 1, "title": "A", "ns": 0, "revisions": found}]}}

    wanted = lookup(Asked(answer), {"size_change": {"min": 1}}, kind="revisions")
    assert wanted.revisions(Group.PARENT, REFS[:1]) == [change]


@pytest.mark.parametrize("query", [{}, {"pages": [{"title": "A", "ns": 0, "pageid": 1}]}])
def test_a_page_of_which_the_wiki_tells_no_revision_has_not_none(query: Answer) -> None:
    ref = Ref(title="A", ns=0)
    read = Asked(lambda _parameters: {"batchcomplete": True, "query": query})
    where = ({"revisions": {"max": 5}}, {"creation": {"by": "B"}})
    found = lookup(read, *where).pages(Group.HISTORY, [ref])
    assert not found[ref].keys() & {"revisions", "exists", "creation"}
