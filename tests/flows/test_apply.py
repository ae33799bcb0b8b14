"""Applying against a small wiki in memory, where time can be made to jump at every single look at the clock."""

from __future__ import annotations

from collections import Counter
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

import pytest

from runner.actions.action import Account
from runner.cli.progress import Silent
from runner.errors import Unreachable
from runner.flows.apply import Applying
from runner.flows.context import Connected, Context
from runner.log import Sink, make_log
from runner.model import Item, Outcome, Wants
from runner.redaction import Secrets
from runner.store.database import open_database
from runner.store.journal import Journal
from runner.store.plans import Plans
from runner.store.runs import Runs
from runner.wiki.client import Wiki
from runner.wiki.pace import Clock, Pace
from runner.wiki.site import Site
from tests.flows.small_wiki import Jumping, SmallWiki

AT = "2026-01-31T00:00:00.000000Z"
# In the order of the plan the revisions of three pages alternate, so that a request holds what lies far apart.
REVISIONS = {1: (10, 13, 16, 19), 2: (11, 14, 17), 3: (12, 15, 18)}
LOOKS = 80


def header(concurrency: int) -> dict[str, object]:
    options = {"hide": ["comment"]}
    limits = {
        "items": None,
        "failures": None,
        "failure_share": None,
        "rate": None,
        "concurrency": concurrency,
        "duration": None,
    }
    return {
        "id": "p12345678", "limits": limits, "stop_page": None, "after": None,
        "steps": [{"id": "hide", "action": "revisiondelete", "options": options, "when": None, "outcome": []}],
        "stamp": {"on": True, "text": "(wikimop {run})", "place": "end"},
    }  # fmt: skip


def applied(folder: Path, jump: int, concurrency: int) -> tuple[SmallWiki, Counter[str], int]:
    """Carry the plan out; the wiki, the states of the items, and how often somebody looked at the clock."""
    clock = Jumping(jump)
    wiki = SmallWiki(REVISIONS, clock)
    outcomes = carried_out(folder / f"{jump}-{concurrency}.sqlite", wiki, clock, concurrency)
    return wiki, Counter(outcome.state.value for outcome in outcomes.values()), clock.looks


def planned() -> list[Item]:
    """A revision an item."""
    page_of = {revid: page for page, revids in REVISIONS.items() for revid in revids}
    return [
        Item(
            step="hide", key=f"rev:{revid}", pageid=page_of[revid], ns=0, title=f"P{page_of[revid]}", revid=revid, seq=seq,
            facts={"hidden": [], "current": False},
        )
        for seq, revid in enumerate(sorted(page_of), 1)
    ]  # fmt: skip


def carried_out(
    path: Path,
    wiki: SmallWiki,
    clock: Jumping,
    concurrency: int = 1,
    plan: dict[str, object] | None = None,
    items: list[Item] | None = None,
) -> dict[int, Outcome]:
    """What became of each revision; a second time, the same run goes on."""
    plan = plan or header(concurrency)
    pace = Pace(Clock(clock.now, clock.sleep), unanswered=60, stalled=300)
    connected = Connected(
        wiki=Wiki(wiki, pace=pace), pace=pace, site=Site(name="W", generator="M", namespaces={}, readonly=False),
        account=Account(name="Sysop", rights=frozenset()), api="x", now=lambda: datetime(2026, 1, 31, tzinfo=UTC),
        monotonic=clock.now,
    )  # fmt: skip
    with closing(open_database(path)) as database:
        if not Runs(database).all():
            plans = Plans(database)
            plans.begin("p12345678", created=AT, origin="own")
            plans.add("p12345678", planned() if items is None else items)
            plans.seal("p12345678", plan, "abc")
            Runs(database).create("r12345678", "p12345678", user="Sysop", at=AT)
        journal = Journal(database, "r12345678", "p12345678")
        context = Context(
            database=database,
            log=make_log(Sink(verbosity=-1), Secrets()),
            progress=Silent(),
            stopping=lambda: False,
            name=lambda: "",
        )
        Applying(plan, journal, connected, context, {}).run()
        return {item.revid or 0: outcome for item, outcome in journal.rows()}


@pytest.mark.parametrize("concurrency", [1, 2, 8])
@pytest.mark.parametrize("jump", range(LOOKS))
def test_facts_may_grow_old_at_any_moment(tmp_path: Path, jump: int, concurrency: int) -> None:
    wiki, states, _ = applied(tmp_path, jump, concurrency)
    assert states == {"done": 10}
    assert wiki.oldest <= 10.0
    assert sorted(revid for revids in wiki.sent for revid in revids) == list(range(10, 20))


def test_every_look_at_the_clock_was_one_of_them(tmp_path: Path) -> None:
    assert all(applied(tmp_path, 0, concurrency)[2] < LOOKS for concurrency in (1, 2, 8))


@pytest.mark.parametrize("bad", [10, 14, 19])
def test_an_item_whose_facts_break_the_wiki_fails_alone(tmp_path: Path, bad: int) -> None:
    clock = Jumping(0)
    wiki = SmallWiki(REVISIONS, clock)
    wiki.breaking = {bad}
    outcomes = carried_out(tmp_path / "state.sqlite", wiki, clock)
    failed = outcomes.pop(bad)
    assert (failed.state, failed.code) == ("failed", "unreadable")
    assert "Caught exception" in failed.detail
    assert {outcome.state.value for outcome in outcomes.values()} == {"done"}
    assert wiki.hidden == outcomes.keys()


def test_a_wiki_that_is_broken_altogether_fails_no_item(tmp_path: Path) -> None:
    """It stops the run, which goes on later."""
    clock = Jumping(0)
    wiki = SmallWiki(REVISIONS, clock)
    wiki.down = True
    with pytest.raises(Unreachable):
        carried_out(tmp_path / "state.sqlite", wiki, clock)
    wiki.down = False
    assert {outcome.state.value for outcome in carried_out(tmp_path / "state.sqlite", wiki, clock).values()} == {"done"}


def test_an_item_that_cannot_be_looked_up_stays_unsure_alone(tmp_path: Path) -> None:
    """It was sent with others, the answer was lost, and now the wiki breaks over this one."""
    clock = Jumping(0)
    wiki = SmallWiki(REVISIONS, clock)
    wiki.loses = set(REVISIONS[1])
    wiki.break_after_loss = {13}
    outcomes = carried_out(tmp_path / "state.sqlite", wiki, clock)
    unsure = outcomes.pop(13)
    assert (unsure.state, unsure.code) == ("unsure", "unreadable")
    assert {outcome.state.value for outcome in outcomes.values()} == {"done"}
    wiki.breaking = set()
    resumed = carried_out(tmp_path / "state.sqlite", wiki, clock)
    assert (resumed[13].state, resumed[13].code) == ("done", "looked_up")
    assert sorted(revid for revids in wiki.sent for revid in revids) == list(range(10, 20))


FIRST, LOST, EARLIER = ("hide", "rev:10"), ("hide", "rev:99"), ("of-an-earlier-stage", "rev:99")


@pytest.mark.parametrize(
    ("parents", "outcome", "wants", "runs"),
    [
        ((), (), (), True),
        ((FIRST,), ("done",), (), True),
        ((FIRST,), ("failed",), (), False),
        ((LOST, FIRST), ("done",), (), True),
        ((), ("done",), (), False),
        ((LOST,), ("done",), (), False),
        ((), (), ((("hide", ("done",)),),), False),
        ((LOST,), (), ((("hide", ("done",)),),), False),
        ((EARLIER,), (), ((("hide", ("done",)),),), False),
        ((("no-such-step", "rev:99"),), ("done",), (), False),
        # What became of these was asked when the plan was made.
        ((EARLIER,), ("done",), (), True),
        ((EARLIER,), (), ((("of-an-earlier-stage", ("done",)),),), True),
    ],
)
def test_an_item_whose_parents_are_lost_is_not_done(
    tmp_path: Path, parents: tuple[tuple[str, str], ...], outcome: tuple[str, ...], wants: Wants, *, runs: bool
) -> None:
    clock = Jumping(0)
    wiki = SmallWiki(REVISIONS, clock)
    first, second, *_ = planned()
    plan = header(1)
    (step,) = cast("list[dict[str, object]]", plan["steps"])
    plan["after"] = "r87654321" if EARLIER in parents else None
    plan["steps"] = [step, {**step, "id": "then", "outcome": list(outcome)}]
    items = [first, replace(second, step="then", parents=parents, wants=wants)]
    outcomes = carried_out(tmp_path / "state.sqlite", wiki, clock, 1, plan, items)
    found = {revid: (one.state.value, one.code or "") for revid, one in outcomes.items()}
    assert found == {10: ("done", ""), 11: ("done", "") if runs else ("skipped", "outcome")}
    assert wiki.hidden == ({10, 11} if runs else {10})
