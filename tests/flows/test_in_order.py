"""The order of the pages, against a wiki that goes by page ids and breaks off at any place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import islice
from typing import Any

import pytest

from runner.flows.belonging import Belonging
from runner.flows.in_order import answers_in_order
from runner.model import Ref

COUNTS = {9: 1, 2: 7, 5: 0, 7: 3, 1: 2}  # in the order in which they are asked about


class Wiki:
    """Tells of so many links in an answer."""

    def __init__(self, size: int) -> None:
        self._size = size
        self.asked: list[str] = []

    def __call__(self, parameters: Mapping[str, str]) -> Mapping[str, Any]:
        self.asked.append(parameters["pageids"])
        ids = sorted(map(int, parameters["pageids"].split("|")))
        rows = [(page, number) for page in ids for number in range(COUNTS[page])]
        start = int(parameters.get("plcontinue", 0))
        part = rows[start : start + self._size]
        pages = [{"pageid": page, "links": [number for one, number in part if one == page]} for page in ids]
        more = {"continue": {"plcontinue": str(start + self._size)}} if start + self._size < len(rows) else {}
        return {"query": {"pages": pages}, **more}


def query(pages: Sequence[Ref]) -> dict[str, str]:
    return {"action": "query", "prop": "links", "pageids": "|".join(str(page.pageid) for page in pages)}


@pytest.mark.parametrize("size", [1, 2, 3, 5, 12, 13, 50])
def test_pages_are_told_of_in_their_order(size: int) -> None:
    wiki, refs = Wiki(size), [Ref(pageid=page) for page in COUNTS]
    found = []
    for answer in answers_in_order(wiki, refs, query):
        places = {ref.pageid: place for place, ref in enumerate(refs)}
        for page in sorted(answer["query"]["pages"], key=lambda page: places[page["pageid"]]):
            found += [(page["pageid"], number) for number in page["links"]]
    assert found == [(page, number) for page, count in COUNTS.items() for number in range(count)]


def test_no_more_is_asked_than_is_taken() -> None:
    wiki = Wiki(13)
    next(answers_in_order(wiki, [Ref(pageid=page) for page in COUNTS], query))
    assert wiki.asked == ["9|2|5|7|1"]
    few = Wiki(8)
    next(answers_in_order(few, [Ref(pageid=page) for page in COUNTS], query))
    assert few.asked == ["9|2|5|7|1", "9|2"]


@pytest.mark.parametrize(("in_order", "found"), [(True, [9, 2, 2, 2]), (False, [2, 2, 2, 2])])
def test_archived_revisions_of_titles_go_by_the_titles_where_a_limit_needs_it(*, in_order: bool, found: list[int]) -> None:
    def read(parameters: Mapping[str, str]) -> Mapping[str, Any]:
        asked = {"pageids": parameters["titles"].replace("P", "")}
        answer = Wiki(4)({**asked, **({"plcontinue": parameters["plcontinue"]} if "plcontinue" in parameters else {})})
        pages = [
            {
                "title": f"P{page['pageid']}", "ns": 0, "missing": True,
                "deletedrevisions": [{"revid": number, "timestamp": "x"} for number in page["links"]],
            }
            for page in answer["query"]["pages"]
        ]  # fmt: skip
        return {**answer, "query": {"pages": pages}}

    belonging = Belonging(read=read, batch=50)
    pages = [Ref(title=f"P{page}", ns=0, pageid=page) for page in (9, 2)]
    refs = belonging.to("deleted_revisions", pages, in_order=in_order)
    assert [int(ref.title[1:]) for ref in islice(refs, 4)] == found


def test_of_no_pages_nothing_is_asked() -> None:
    wiki = Wiki(1)
    assert list(answers_in_order(wiki, [], query)) == []
    assert wiki.asked == []
