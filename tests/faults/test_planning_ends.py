"""Planning, and planning an undo, may end at any moment, too: there is a whole plan or none, and the next command works."""

from __future__ import annotations

import signal
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.desk import Desk, deletions
from tests.faults.broken import late
from tests.faults.conftest import impatient
from tests.faults.proxy import Exchange, Proxy
from tests.faults.striking import BOUNDARIES, ENDS, PATIENCE, Strike, launch, make_writable
from tests.mediawiki import MediaWiki

STEPS = "- id: gone\n  pages: {generator: allpages, prefix: Bulk/00}\n  delete: {reason: Planned}"
NINE = [f"Bulk/00{digit}" for digit in range(1, 10)]


def ended(desk: Desk, wiki: MediaWiki, strike: Strike, *arguments: str | Path) -> None:
    """The command is struck; what it leaves is no plan, or a whole one, and never a run."""
    before = plans(desk)
    result = launch(desk, {"MOP_STRIKE": str(strike)}, *arguments)
    assert result.code in ENDS[strike.what], f"{strike}: exit {result.code}\n{result.err}"
    make_writable(desk)
    for plan in plans(desk) - before:
        assert len(desk.wikimop("show", plan, "--items", "--format", "json", code=0).lines) == len(NINE)
    assert {title for title, _ in deletions(wiki)} <= set(NINE)


def plans(desk: Desk) -> set[str]:
    """Those that are sealed."""
    state = desk.folder / ".wikimop/state.sqlite"
    if not state.exists():
        return set()
    with closing(sqlite3.connect(state)) as database:
        return {str(plan) for (plan,) in database.execute("SELECT id FROM plans WHERE sha256 IS NOT NULL")}


@pytest.mark.parametrize("what", ENDS)
def test_an_end_while_planning(wiki: MediaWiki, tmp_path: Path, what: str) -> None:
    desk = impatient(Desk(tmp_path, wiki.api), wiki, PATIENCE)
    book = desk.playbook(STEPS)
    for strike in strikes(what):
        ended(desk, wiki, strike, "plan", book)
        assert deletions(wiki) == []
    run = desk.wikimop("run", book, "--yes", "--format", "json", code=0).json
    assert run["counts"]["done"] == 9
    assert [title for title, _ in deletions(wiki)] == NINE


def test_kills_while_an_undo_is_planned(wiki: MediaWiki, tmp_path: Path) -> None:
    desk = impatient(Desk(tmp_path, wiki.api, "admin"), wiki, PATIENCE)
    run = desk.wikimop("run", desk.playbook(STEPS), "--yes", "--format", "json", code=0).json["run"]
    for strike in strikes("kill"):
        ended(desk, wiki, strike, "undo", run)
    plan = desk.wikimop("undo", run, "--format", "json", code=0).json["plan"]
    assert desk.wikimop("apply", plan, "--yes", "--format", "json", code=0).json["counts"]["done"] == 9
    assert wiki.rows("SELECT count(*) FROM page WHERE page_title GLOB 'Bulk/00?'") == [(9,)]


def strikes(what: str) -> list[Strike]:
    """A request after the login, and a commit after the first."""
    return [
        Strike(where="send-" + BOUNDARIES[len(what) % 3], number=5, what=what),
        Strike(where="commit-before", number=2, what=what),
    ]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_while_an_undo_is_planned(mop: Desk, proxy: Proxy, number: signal.Signals) -> None:
    run = mop.wikimop("run", mop.playbook(STEPS), "--yes", "--format", "json", code=0).json["run"]
    process = mop.start("undo", run, "--format", "json")

    def interrupted(exchange: Exchange) -> None:
        process.send_signal(number)
        late(0.1)(exchange)

    before = plans(mop)
    proxy.rule(interrupted, 1, prop="deletedrevisions")
    out, err = process.communicate(timeout=60)
    assert proxy.struck == 1
    assert (process.returncode, out) == (130, "")
    assert "no plan was made" in err
    assert plans(mop) == before
