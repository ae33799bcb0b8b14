"""Facts read again before a write: what is not told is not taken for gone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from runner.actions import ACTIONS
from runner.errors import Unreachable
from runner.flows.facts import read_again
from runner.model import Item

PAGES = [Item(step="s", key=f"page:{n}", pageid=n, ns=0, title=f"P{n}", revid=n * 10, seq=n) for n in (1, 2)]
REVISIONS = [
    Item(step="s", key=f"rev:{n}", pageid=7, ns=0, title="P7", revid=n, seq=n, facts={"hidden": [], "current": False})
    for n in (70, 71)
]
LOG = [{"logid": 42}]


def again(items: list[Item], action: str, query: Mapping[str, Any]) -> tuple[dict[str, Item], int]:
    return read_again(lambda _: {"batchcomplete": True, "query": query}, items, ACTIONS[action])


def page(number: int, **more: object) -> dict[str, Any]:
    return {"pageid": number, "ns": 0, "title": f"P{number}", "lastrevid": number * 10, "length": 5, **more}


def test_facts_and_the_newest_log_entry_come_together() -> None:
    current, newest = again(PAGES, "delete", {"pages": [page(2), page(1)], "logevents": LOG})
    assert (sorted(current), newest) == (["page:1", "page:2"], 42)


def test_a_page_is_gone_only_if_the_wiki_says_so() -> None:
    current, _ = again(PAGES, "delete", {"pages": [page(1), {"pageid": 2, "missing": True}], "logevents": LOG})
    assert sorted(current) == ["page:1"]


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"pages": [], "logevents": LOG},
        {"pages": [page(1)], "logevents": LOG},
        {"pages": [page(1), page(3)], "logevents": LOG},
        {"pages": [page(1), {"title": "P2", "missing": True}], "logevents": LOG},
        {"pages": [page(1), {}], "logevents": LOG},
        {"pages": [page(1), page(2)]},
        {"pages": [page(1), page(2)], "logevents": [{}]},
        {"pages": [page(1), page(2)], "logevents": 7},
        {"pages": [page(1, actions=[]), page(2)], "logevents": LOG},
    ],
    ids=str,
)
def test_an_answer_that_does_not_tell_of_all_is_none(query: Mapping[str, Any]) -> None:
    with pytest.raises(Unreachable, match="lacks what the API documents"):
        again(PAGES, "delete", query)


def test_an_action_without_a_log_asks_for_none() -> None:
    assert again(PAGES, "purge", {"pages": [page(1), page(2)]})[1] == 0


def revision(number: int) -> dict[str, Any]:
    return {"revid": number, "parentid": 0, "timestamp": "2026-01-01T00:00:00Z", "user": "Bob", "comment": "", "sha1": "x"}


def test_a_revision_is_gone_with_its_page_or_by_itself() -> None:
    page_of_both = page(7, revisions=[revision(70)])
    told = {"pages": [page_of_both], "badrevids": {"71": {"revid": 71, "missing": True}}, "logevents": LOG}
    assert sorted(again(REVISIONS, "revisiondelete", told)[0]) == ["rev:70"]
    deleted = {"pages": [{"ns": 0, "title": "P7", "missing": True}], "logevents": LOG}
    assert again(REVISIONS, "revisiondelete", deleted)[0] == {}
    with pytest.raises(Unreachable):
        again(REVISIONS, "revisiondelete", {"pages": [page_of_both], "logevents": LOG})
