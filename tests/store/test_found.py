"""Pages that no plan names: they count as items of their run, in the place of the query that found them."""

from __future__ import annotations

from pathlib import Path

import pytest

from runner.model import Item, Outcome, State
from runner.store.journal import Intent, Journal
from tests.store.opened import AT, opened, pages

FIRST, LAST = pages(1, "before"), pages(1, "after", first=4)
QUERIES = [
    Item(step="all", key=f"query:{number}", seq=number + 1, facts={"query": {"generator": "allpages"}}) for number in (1, 2)
]
ITEMS = [*FIRST, *QUERIES, *LAST]


def found(title: str, state: State = State.DONE, code: str = "", seq: int = 2, **more: int) -> tuple[Item, Outcome]:
    item = Item(step="all", key=f"title:{title}", title=title, ns=0, seq=seq, **more)  # type: ignore[arg-type]  # pageid
    return item, Outcome(seq=seq, state=state, code=code)


def told(journal: Journal) -> list[tuple[str, str, str]]:
    return [(item.step, item.key, outcome.state.value) for item, outcome in journal.rows()]


def test_pages_stand_in_the_place_of_their_query(tmp_path: Path) -> None:
    with opened(tmp_path, ITEMS) as (_, journal):
        journal.record(at=AT, found=[found("B"), found("A")], outcomes=[Outcome(seq=2, state=State.PENDING)])
        assert told(journal) == [
            ("before", "page:1", "pending"), ("all", "query:1", "pending"), ("all", "title:B", "done"),
            ("all", "title:A", "done"), ("all", "query:2", "pending"), ("after", "page:4", "pending"),
        ]  # fmt: skip
        assert journal.counts() == {"before": {"pending": 1}, "all": {"pending": 2, "done": 2}, "after": {"pending": 1}}
        journal.record(at=AT, found=[found("C", seq=3)], outcomes=[Outcome(seq=seq, state=State.DONE) for seq in (1, 2, 3, 4)])
        assert [key for _, key, _ in told(journal)] == ["page:1", "title:B", "title:A", "title:C", "page:4"]
        assert journal.counts() == {"before": {"done": 1}, "all": {"done": 3}, "after": {"done": 1}}
        assert journal.incomplete() == 0
        assert [item.key for item, _ in journal.rows("done", "all")] == ["title:B", "title:A", "title:C"]
        assert list(journal.rows("failed")) == []


def test_a_page_that_is_found_again_keeps_what_was_done_of_it(tmp_path: Path) -> None:
    with opened(tmp_path, ITEMS) as (_, journal):
        journal.record(at=AT, found=[found("A"), found("B", State.PENDING, "ratelimited")])
        journal.record(at=AT, found=[found("B", State.DONE, pageid=7), found("A", State.PENDING, "ratelimited", seq=3)])
        rows = {item.key: (item.pageid, outcome.state, outcome.code) for item, outcome in journal.rows(step="all")}
        assert rows["title:A"] == (None, State.DONE, "")
        assert rows["title:B"] == (7, State.DONE, "")


def test_what_was_left_out_waits_and_what_failed_can_be_tried_again(tmp_path: Path) -> None:
    with opened(tmp_path, ITEMS) as (_, journal):
        states = (State.PENDING, State.SENT, State.DONE, State.SKIPPED, State.FAILED)
        journal.record(at=AT, found=[found(state.value, state, "x") for state in states])
        assert [item.title for item in journal.found.waiting("all", 10)] == ["pending", "sent"]
        assert [item.title for item in journal.found.waiting("all", 1)] == ["pending"]
        assert journal.found.waiting("before", 10) == []
        assert journal.codes()["all", "failed", "x"] == 1
        assert journal.incomplete() == 4 + 4
        assert journal.retry_failed(at=AT) == 1
        assert [item.title for item in journal.found.waiting("all", 10)] == ["pending", "sent", "failed"]


def test_where_a_query_goes_on_outlives_the_intent_of_its_next_request(tmp_path: Path) -> None:
    position = {"continue": {"gapcontinue": "B", "continue": "gapcontinue||"}}
    with opened(tmp_path, ITEMS) as (_, journal):
        journal.record(at=AT, outcomes=[Outcome(seq=2, state=State.PENDING, facts=position)], found=[found("A")])
        journal.record(at=AT, intents=[Intent(batch=1, step="all", newest_logid=0, items=(QUERIES[0],))])
        (entry,) = journal.entries("all", (State.SENT,))
        assert entry.facts == position


def test_a_page_and_the_way_on_share_a_commit(tmp_path: Path) -> None:
    with opened(tmp_path, ITEMS) as (_, journal):
        with pytest.raises(ZeroDivisionError):
            journal.record(at=AT, outcomes=[Outcome(seq=2, state=State.DONE)], found=(found("A", seq=1 // 0) for _ in "x"))
        assert told(journal)[1] == ("all", "query:1", "pending")
        assert journal.counts()["all"] == {"pending": 2}
