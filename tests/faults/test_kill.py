"""`kill -9` at any moment, and resume: by the wiki's own log everything is done once, and the journal knows it."""

from __future__ import annotations

import random
import shutil
import signal
import sqlite3
import subprocess
import time
from collections import Counter
from collections.abc import Mapping
from contextlib import closing
from typing import Any

import pytest

from tests.desk import Desk, deletions, kill_after
from tests.faults.broken import error, instead, late
from tests.faults.proxy import Exchange, Fault, Proxy
from tests.mediawiki import MediaWiki

DELETES = """
- id: bulk
  pages: {generator: allpages, prefix: Bulk/}
  delete: {reason: Killed}
"""
HIDES = """
- id: hide
  revisions: {list: usercontribs, user: Vandal}
  revisiondelete: {hide: [comment], reason: Killed}
"""
PURGES = "\n".join(
    f"- id: purge{number}\n  pages: {{generator: allpages, prefix: Bulk/{number:02}}}\n  purge: {{forcelinkupdate: true}}"
    for number in range(20)
)
RUNS = 20


@pytest.fixture(scope="module")
def plans(mediawiki: MediaWiki, tmp_path_factory: pytest.TempPathFactory) -> Mapping[int, tuple[Desk, str]]:
    """A plan of 200 deletions for each concurrency: a desk to copy the state folder from, and the plan's id."""
    mediawiki.settings("")
    mediawiki.reset()
    desks = {concurrency: Desk(tmp_path_factory.mktemp("planned"), mediawiki.api) for concurrency in (1, 4)}
    return {concurrency: (desk, planned(desk, DELETES, concurrency)) for concurrency, desk in desks.items()}


def planned(desk: Desk, steps: str, concurrency: int = 1) -> str:
    """The id of a plan."""
    book = desk.playbook(steps, f"limits: {{concurrency: {concurrency}}}")
    return str(desk.wikimop("plan", book, "--format", "json", code=0).json["plan"])


def state(desk: Desk, query: str) -> list[tuple[Any, ...]]:
    """What the state folder says."""
    with closing(sqlite3.connect(desk.folder / ".wikimop/state.sqlite")) as database:
        return database.execute(query).fetchall()


def finish(desk: Desk, plan: str) -> str:
    """Resume, or apply if the run had not begun, to the end; the run's id."""
    run = "r" + plan[1:]
    result = desk.wikimop("resume", run, "--format", "json")
    if result.code == 2:
        assert "there is no run" in result.err
        result = desk.wikimop("apply", plan, "--yes", "--format", "json")
    assert result.code == 0, result.err
    assert not result.out or result.json["state"] == "finished"
    return run


def agree(desk: Desk, wiki: MediaWiki, run: str, items: int) -> None:
    """The wiki's log has one deletion with this run's mark for each item, and the journal names its id."""
    logged = wiki.rows(
        "SELECT log_page, log_id, comment_text FROM logging JOIN comment ON comment_id = log_comment_id"
        " WHERE log_type = 'delete' AND log_action = 'delete'"
    )
    assert all(comment.endswith(f"(wikimop {run})") for _, _, comment in logged)
    journal = desk.items(run)
    assert Counter(item["state"] for item in journal) == {"done": items}
    assert sorted((item["pageid"], item["logid"]) for item in journal) == sorted((page, logid) for page, logid, _ in logged)
    assert wiki.rows("SELECT count(*) FROM page WHERE page_title LIKE 'Bulk/%'") == [(200 - items,)]


def kill_when(process: subprocess.Popen[str], wiki: MediaWiki, deleted: int, chance: random.Random) -> None:
    """`kill -9` within a request or two after the wiki has deleted so many pages (below 0: at some time of the start)."""
    end = time.monotonic() + (60 if deleted >= 0 else chance.uniform(0.1, 1.0))
    while process.poll() is None and time.monotonic() < end:
        if deleted >= 0 and wiki.rows("SELECT count(*) FROM logging WHERE log_action = 'delete'") >= [(deleted,)]:
            break
        time.sleep(0.002)
    kill_after(process, chance.uniform(0.0, 0.05))
    # With more workers the last few may be done by now.
    assert process.returncode == -signal.SIGKILL or deleted > 180


@pytest.mark.parametrize("number", range(RUNS))
def test_200_deletions_killed_at_random_moments(
    plans: Mapping[int, tuple[Desk, str]], desk: Desk, wiki: MediaWiki, number: int
) -> None:
    chance = random.Random(number)
    model, plan = plans[4 if number % 2 else 1]
    shutil.copytree(model.folder / ".wikimop", desk.folder / ".wikimop")
    # The first moment is anywhere, from before the first request on; each other is later than the one before it.
    moments = sorted(chance.sample(range(-20, 195), chance.choice((1, 2, 2, 3))))
    for deleted in moments:
        begun = state(desk, "SELECT id FROM runs")
        process = desk.start("resume", begun[0][0]) if begun else desk.start("apply", plan, "--yes")
        kill_when(process, wiki, deleted, chance)
    agree(desk, wiki, finish(desk, plan), 200)


class Killer:
    """A fault that ends the process, before or after the wiki has seen the request."""

    def __init__(self, number: int = signal.SIGKILL) -> None:
        self._number = number
        self.victim: subprocess.Popen[str] | None = None

    def __call__(self, exchange: Exchange) -> None:
        """Before: the wiki never sees it."""
        self._kill()
        exchange.cut()

    def after(self, exchange: Exchange) -> None:
        """After: the wiki has carried it out, and the answer never arrives."""
        exchange.forward()
        self._kill()
        exchange.cut()

    def _kill(self) -> None:
        assert self.victim is not None
        self.victim.send_signal(self._number)
        self.victim.wait(30)


def killed(desk: Desk, killer: Killer, *arguments: str) -> None:
    """Run a command that the proxy will kill."""
    process = killer.victim = desk.start(*arguments)
    process.communicate(timeout=60)
    assert process.returncode == -signal.SIGKILL


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("concurrency", [1, 4])
def test_killed_around_a_deletion(mop: Desk, proxy: Proxy, wiki: MediaWiki, moment: str, concurrency: int) -> None:
    plan = planned(mop, DELETES.replace("Bulk/", "Bulk/01"), concurrency)
    killer = Killer()
    fault: Fault = killer if moment == "before" else killer.after
    proxy.rule(fault, 4, action="delete")
    killed(mop, killer, "apply", plan, "--yes")
    agree(mop, wiki, finish(mop, plan), 10)
    assert proxy.asked(action="delete") == 10


@pytest.mark.parametrize("moment", ["before", "after"])
def test_killed_again_while_looking_up(mop: Desk, proxy: Proxy, wiki: MediaWiki, moment: str) -> None:
    plan = planned(mop, DELETES.replace("Bulk/", "Bulk/01"))
    killer = Killer()
    fault: Fault = killer if moment == "before" else killer.after
    proxy.rule(killer.after, 4, action="delete")
    killed(mop, killer, "apply", plan, "--yes")
    proxy.rule(fault, 1, letype="delete")
    killed(mop, killer, "resume")
    agree(mop, wiki, finish(mop, plan), 10)
    assert proxy.asked(action="delete") == 10


@pytest.mark.parametrize("moment", ["before", "after"])
def test_killed_around_a_hiding(mop: Desk, proxy: Proxy, wiki: MediaWiki, moment: str) -> None:
    plan = planned(mop, HIDES)
    killer = Killer()
    fault: Fault = killer if moment == "before" else killer.after
    proxy.rule(fault, 3, action="revisiondelete")
    killed(mop, killer, "apply", plan, "--yes")
    items = mop.items(finish(mop, plan))
    assert Counter(item["state"] for item in items) == {"done": 25}
    logged = wiki.rows("SELECT log_page FROM logging WHERE log_action = 'revision'")
    assert sorted(page for (page,) in logged) == sorted({item["pageid"] for item in items})
    assert wiki.rows("SELECT count(*) FROM revision WHERE rev_deleted = 2") == [(25,)]


@pytest.mark.parametrize("number", range(3))
def test_hidings_killed_at_random_moments(desk: Desk, wiki: MediaWiki, number: int) -> None:
    chance = random.Random(number)
    plan = planned(desk, HIDES)
    kill_after(desk.start("apply", plan, "--yes"), chance.uniform(0.4, 1.0))
    items = desk.items(finish(desk, plan))
    assert Counter(item["state"] for item in items) == {"done": 25}
    logged = wiki.rows("SELECT log_page FROM logging WHERE log_action = 'revision'")
    assert sorted(page for (page,) in logged) == sorted({item["pageid"] for item in items})


@pytest.mark.parametrize("moment", ["before", "after"])
def test_killed_around_a_purge(mop: Desk, proxy: Proxy, moment: str) -> None:
    plan = planned(mop, PURGES)
    killer = Killer()
    fault: Fault = killer if moment == "before" else killer.after
    proxy.rule(fault, 7, action="purge")
    killed(mop, killer, "apply", plan, "--yes")
    assert Counter(item["state"] for item in mop.items(finish(mop, plan))) == {"done": 199}
    assert proxy.asked(action="purge") == (20 if moment == "before" else 21)


def test_a_plan_is_whole_or_not_there(mop: Desk, proxy: Proxy, wiki: MediaWiki) -> None:
    book = mop.playbook(DELETES.replace("Bulk/", "Bulk/0") + DELETES.replace("Bulk/", "Bulk/1").replace("bulk", "more"))
    killer = Killer()
    proxy.rule(killer, 2, intestactions="delete")
    killed(mop, killer, "plan", str(book), "--out", "whole.plan")
    assert not (mop.folder / "whole.plan").exists()
    ((half, items),) = state(mop, "SELECT plan, count(*) FROM items GROUP BY plan")
    assert items == 99
    assert "there is no plan" in mop.wikimop("apply", half, "--yes", code=2).err
    assert mop.wikimop("plan", book, "--out", "whole.plan", "--format", "json", code=0).json["items"] == 199
    assert deletions(wiki) == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("concurrency", [1, 4])
def test_a_signal_ends_with_the_request_in_flight(
    mop: Desk, proxy: Proxy, wiki: MediaWiki, number: signal.Signals, concurrency: int
) -> None:
    plan = planned(mop, DELETES.replace("Bulk/", "Bulk/01"), concurrency)
    process = mop.start("apply", plan, "--yes")

    def interrupted(exchange: Exchange) -> None:
        process.send_signal(number)
        late(0.3)(exchange)

    proxy.rule(interrupted, 4, action="delete")
    out, err = process.communicate(timeout=30)
    run = "r" + plan[1:]
    assert process.returncode == 130
    assert f"wikimop resume {run}" in err
    assert "interrupted" in out
    states = Counter(item["state"] for item in mop.items(run))
    assert 4 <= states["done"] < 4 + concurrency  # what was in flight has its outcome
    assert states["done"] + states["pending"] == 10
    assert len(deletions(wiki)) == states["done"]
    agree(mop, wiki, finish(mop, plan), 10)


def test_a_signal_while_planning_leaves_no_plan(mop: Desk, proxy: Proxy) -> None:
    book = mop.playbook(DELETES)
    process = mop.start("plan", book, "--format", "json")

    def interrupted(exchange: Exchange) -> None:
        process.send_signal(signal.SIGINT)
        late(0.1)(exchange)

    proxy.rule(interrupted, 1, generator="allpages")
    out, err = process.communicate(timeout=30)
    assert (process.returncode, out) == (130, "")
    assert "no plan was made" in err


def test_a_signal_ends_waiting(mop: Desk, proxy: Proxy, wiki: MediaWiki) -> None:
    """Nobody waits a minute for a wiki that asked for one."""
    plan = planned(mop, DELETES.replace("Bulk/", "Bulk/01"))
    process = mop.start("apply", plan, "--yes")

    def interrupted(exchange: Exchange) -> None:
        instead(error("readonly", headers={"Retry-After": "20"}))(exchange)
        process.send_signal(signal.SIGTERM)

    proxy.rule(interrupted, 4, action="delete")
    process.communicate(timeout=10)
    assert process.returncode == 130
    agree(mop, wiki, finish(mop, plan), 10)
