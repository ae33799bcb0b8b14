"""Intents before, outcomes after, and what can be said of a run at any moment between."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from runner.errors import UsageError
from runner.model import Item, Outcome, State
from runner.store.database import open_database
from runner.store.journal import Intent, Journal
from runner.store.runs import Runs
from tests.store.opened import AT, PLAN, RUN, opened, pages

ITEMS = pages(4)


def intent(*items: Item, batch: int = 1, newest: int = 100) -> Intent:
    return Intent(batch=batch, step="drafts", newest_logid=newest, items=items)


def outcome(seq: int, state: State, **more: object) -> Outcome:
    return Outcome(seq=seq, state=state, **more)  # type: ignore[arg-type]  # code, detail and logid


def states(journal: Journal) -> list[State]:
    return [result.state for _, result in journal.rows()]


def test_an_intent_is_sent_and_an_outcome_ends_it(tmp_path: Path) -> None:
    with opened(tmp_path, ITEMS) as (_, journal):
        assert states(journal) == [State.PENDING] * 4
        journal.record(at=AT, intents=[intent(ITEMS[0], ITEMS[1])])
        assert states(journal) == [State.SENT, State.SENT, State.PENDING, State.PENDING]
        journal.record(at=AT, outcomes=[outcome(1, State.DONE, logid=101), outcome(2, State.FAILED, code="x", detail="y")])
        assert [(o.state, o.code, o.detail, o.logid) for _, o in journal.rows()][:2] == [
            (State.DONE, "", "", 101),
            (State.FAILED, "x", "y", None),
        ]
        assert journal.open_items("drafts") == 2
        assert journal.counts() == {"drafts": {"done": 1, "failed": 1, "pending": 2}}


def test_the_last_outcome_and_the_next_intent_share_a_commit(tmp_path: Path) -> None:
    with opened(tmp_path, ITEMS) as (_, journal):
        journal.record(at=AT, intents=[intent(ITEMS[0])])
        with pytest.raises(ZeroDivisionError):
            journal.record(at=AT, outcomes=(outcome(1 // 0, State.DONE) for _ in "x"), intents=[intent(ITEMS[1], batch=2)])
        assert states(journal) == [State.SENT, State.PENDING, State.PENDING, State.PENDING]  # neither, not one of them
        journal.record(at=AT, outcomes=[outcome(1, State.DONE)], intents=[intent(ITEMS[1], batch=2)])
        assert states(journal)[:2] == [State.DONE, State.SENT]
        assert journal.next_batch() == 3


def test_what_is_sent_again_keeps_the_log_id_of_its_first_time(tmp_path: Path) -> None:
    """The first request may still land: its entry would be older than the second's mark."""
    with opened(tmp_path, ITEMS) as (_, journal):
        journal.record(at=AT, intents=[intent(ITEMS[0], newest=100)])
        journal.record(at=AT, outcomes=[outcome(1, State.PENDING, code="not_deleted")])
        journal.record(at=AT, intents=[intent(ITEMS[0], batch=2, newest=200)])
        (entry,) = journal.entries("drafts", (State.SENT,))
        assert (entry.tries, entry.newest_logid, entry.item.title) == (2, 100, "P1")


def test_entries_come_in_order_and_in_parts(tmp_path: Path) -> None:
    items = pages(30)
    with opened(tmp_path, items) as (_, journal):
        journal.record(at=AT, outcomes=[outcome(3, State.DONE)])
        first = journal.entries("drafts", (State.PENDING,), count=3)
        assert [entry.item.seq for entry in first] == [1, 2, 4]
        assert all((entry.tries, entry.newest_logid) == (0, 0) for entry in first)
        then = journal.entries("drafts", (State.PENDING,), after=4, count=2)
        assert [entry.item.seq for entry in then] == [5, 6]
        assert journal.entries("other", (State.PENDING,)) == []
        assert journal.entries("drafts", (State.PENDING,))[0].item == items[0]


def test_what_is_blocked_is_skipped_and_what_was_begun_is_not(tmp_path: Path) -> None:
    with opened(tmp_path, pages(10)) as (_, journal):
        assert not journal.begun("drafts")
        journal.record(at=AT, intents=[intent(ITEMS[0])])
        assert journal.begun("drafts")
        assert not journal.begun("other")
        assert journal.skip_blocked("drafts", at=AT) == 2
        assert journal.skip_blocked("drafts", at=AT) == 0
        skipped = {item.seq: (result.code, result.detail) for item, result in journal.rows("skipped")}
        assert skipped == {5: ("blocked:missing", "it is gone"), 10: ("blocked:missing", "it is gone")}
        assert journal.skip_step("drafts", "when", "not so", at=AT) == 7
        assert states(journal)[0] is State.SENT


def test_what_is_complete(tmp_path: Path) -> None:
    with opened(tmp_path, ITEMS) as (_, journal):
        assert journal.incomplete() == 4
        ends = [State.DONE, State.UNCHANGED, State.SKIPPED, State.SKIPPED]
        codes = ["", "", "when", "outcome"]
        journal.record(at=AT, outcomes=[outcome(n + 1, end, code=codes[n]) for n, end in enumerate(ends)])
        assert journal.incomplete() == 0
        for state, code in [(State.FAILED, ""), (State.UNSURE, ""), (State.SKIPPED, "drift:gone"), (State.SCHEDULED, "")]:
            journal.record(at=AT, outcomes=[outcome(1, state, code=code)])
            assert journal.incomplete() == 1


def test_failed_items_are_tried_again(tmp_path: Path) -> None:
    with opened(tmp_path, ITEMS) as (_, journal):
        journal.record(at=AT, intents=[intent(*ITEMS)])
        journal.record(at=AT, outcomes=[outcome(1, State.DONE), outcome(2, State.FAILED), outcome(3, State.UNSURE)])
        assert journal.retry_failed(at=AT) == 1
        assert states(journal) == [State.DONE, State.PENDING, State.UNSURE, State.SENT]
        (entry,) = journal.entries("drafts", (State.PENDING,))
        assert entry.tries == 1  # so that it is looked up before it is sent again


def test_what_was_changed_is_what_later_steps_see(tmp_path: Path) -> None:
    items = [*ITEMS, replace(ITEMS[0], step="again", seq=5)]
    with opened(tmp_path, items) as (_, journal):
        journal.record(at=AT, outcomes=[outcome(1, State.DONE, facts={"hidden": ["user"], "revid": 11})])
        journal.record(at=AT, outcomes=[outcome(5, State.DONE, facts={"revid": 12})])
        assert journal.changed(["page:1", "page:2"]) == {"page:1": {"hidden": ["user"], "revid": 12}}
        assert [dict(result.facts) for _, result in journal.rows()][::4] == [{"hidden": ["user"], "revid": 11}, {"revid": 12}]
        assert journal.states([("drafts", "page:1"), ("drafts", "page:3"), ("drafts", "none")]) == [State.DONE, State.PENDING]


def test_a_plan_has_one_run(tmp_path: Path) -> None:
    with opened(tmp_path, ITEMS) as (database, journal):
        runs = Runs(database)
        with pytest.raises(UsageError, match=f"already applied, by run {RUN}"):
            runs.create("r99999999", PLAN, user="Sysop", at=AT)
        assert [run.id for run in runs.all()] == [RUN]
        journal.set_state("stopped", at=AT, reason="a guard")
        found = runs.get(RUN)
        assert found is not None
        assert (found.state, found.reason, found.ended) == ("stopped", "a guard", AT)
        assert [run.id for run in runs.unfinished()] == [RUN]
        journal.set_state("finished", at=AT)
        assert runs.unfinished() == []
        assert runs.of_plan(PLAN) == runs.get(RUN)
        assert runs.get("r99999999") is runs.of_plan("p99999999") is None


def test_what_was_committed_is_there_for_the_next_process(tmp_path: Path) -> None:
    with opened(tmp_path, ITEMS) as (_, journal):
        journal.record(at=AT, intents=[intent(ITEMS[0])])
    database = open_database(tmp_path / "state.sqlite")
    assert states(Journal(database, RUN, PLAN))[0] is State.SENT
    database.close()


def test_what_an_earlier_try_changed_stays_in_the_journal(tmp_path: Path) -> None:
    """An undo goes by it, also where the next try came to nothing."""
    with opened(tmp_path, ITEMS) as (_, journal):
        journal.record(at=AT, outcomes=[outcome(1, State.FAILED, code="not_effective", facts={"hidden": ["content"]})])
        journal.retry_failed(at=AT)
        journal.record(at=AT, intents=[intent(ITEMS[0])])
        journal.record(at=AT, outcomes=[outcome(1, State.SKIPPED, code="drift:visibility")])
        assert next((o.state, o.facts) for _, o in journal.rows()) == (State.SKIPPED, {"hidden": ["content"]})
        journal.record(at=AT, outcomes=[outcome(1, State.DONE, facts={"hidden": []})])
        assert next(o.facts for _, o in journal.rows()) == {"hidden": []}
