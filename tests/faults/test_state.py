"""The state folder of an interrupted run, in the hands of others: two processes, an earlier version, damage."""

from __future__ import annotations

import shutil
import signal
import sqlite3
import subprocess
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.desk import Desk, deletions
from tests.faults.conftest import impatient
from tests.faults.proxy import Exchange, Proxy, proxied
from tests.mediawiki import MediaWiki
from tests.store.versions import VERSIONS, write_as

# The second step needs to know what the first has changed.
STEPS = """
- id: comments
  revisions: {list: usercontribs, user: Vandal, limit: 4}
  revisiondelete: {hide: [comment], reason: First}
- id: names
  revisions: {list: usercontribs, user: Vandal, limit: 4}
  revisiondelete: {hide: [user], reason: Second}
- id: gone
  pages: {generator: allpages, prefix: Bulk/01}
  delete: {reason: Third}
"""
ALL = [f"Bulk/01{digit}" for digit in range(10)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Interrupted:
    """A run that was killed after its sixth write: its state folder, the wiki as it was then, and the way to it."""

    run: str
    plan: str
    state: Path
    wiki: Path
    proxy: Proxy


@pytest.fixture(scope="module")
def interrupted(mediawiki: MediaWiki, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Interrupted]:
    mediawiki.settings("")
    mediawiki.reset()
    folder = tmp_path_factory.mktemp("interrupted")
    with proxied(mediawiki) as proxy:
        desk = impatient(Desk(folder, proxy.api), proxy, "30s")
        plan = desk.wikimop("plan", desk.playbook(STEPS), "--format", "json", code=0).json["plan"]
        killed(desk, proxy, "apply", plan, "--yes", number=2)
        proxy.heal()
        kept = mediawiki.keep(folder / "wiki")
        yield Interrupted(run="r" + plan[1:], plan=plan, state=folder / ".wikimop", wiki=kept, proxy=proxy)


def killed(desk: Desk, proxy: Proxy, *arguments: str, number: int) -> None:
    """Run a command that is killed when the wiki has carried out the deletion of this number."""
    victims: list[subprocess.Popen[str]] = []

    def kill(exchange: Exchange) -> None:
        exchange.forward()
        victims[0].send_signal(signal.SIGKILL)
        victims[0].wait(30)
        exchange.cut()

    proxy.rule(kill, number, action="delete")
    victims.append(desk.start(*arguments))
    victims[0].communicate(timeout=60)
    assert victims[0].returncode == -signal.SIGKILL


@pytest.fixture
def again(interrupted: Interrupted, mediawiki: MediaWiki, tmp_path: Path) -> Desk:
    """A desk with a copy of that state, and the wiki as it was."""
    mediawiki.reset(interrupted.wiki)
    interrupted.proxy.heal()
    shutil.copytree(interrupted.state, tmp_path / ".wikimop")
    return impatient(Desk(tmp_path, interrupted.proxy.api), interrupted.proxy, "30s")


def finished(desk: Desk, wiki: MediaWiki, run: str) -> None:
    """Everything was done once, by the wiki's own tables, and the journal knows it."""
    assert Counter(item["state"] for item in desk.items(run)) == {"done": 18}
    assert sorted(title for title, _ in deletions(wiki)) == ALL
    assert wiki.rows("SELECT count(*) FROM revision WHERE rev_deleted = 6") == [(4,)]
    assert wiki.rows("SELECT count(*) FROM logging WHERE log_action = 'revision'") == [(8,)]


@pytest.mark.parametrize("version", VERSIONS)
def test_a_run_of_an_earlier_version_is_finished(
    again: Desk, interrupted: Interrupted, mediawiki: MediaWiki, version: int
) -> None:
    state = again.folder / ".wikimop/state.sqlite"
    write_as(version, state, again.folder / "old.sqlite")
    for path in state.parent.glob("state.*"):
        path.unlink()
    (again.folder / "old.sqlite").rename(state)
    assert again.wikimop("resume", "--format", "json", code=0).json["state"] == "finished"
    finished(again, mediawiki, interrupted.run)


def test_the_second_process_is_refused(again: Desk, interrupted: Interrupted, mediawiki: MediaWiki) -> None:
    """While one resumes, neither a second `resume` nor an `apply` of the same plan gets anywhere."""
    refused: list[tuple[int, str]] = []

    def meanwhile(exchange: Exchange) -> None:
        for command in (["resume", interrupted.run], ["apply", interrupted.plan, "--yes"]):
            result = again.wikimop(*command)
            refused.append((result.code, result.err))
        exchange.answer(exchange.forward())

    interrupted.proxy.rule(meanwhile, 1, action="delete")
    assert again.wikimop("resume", "--format", "json", code=0).json["state"] == "finished"
    (resume, apply) = refused
    assert resume[0] == apply[0] == 2
    assert "is being worked on by another process (pid " in resume[1]
    assert "was already applied" in apply[1]
    finished(again, mediawiki, interrupted.run)


def test_the_lock_of_a_process_that_is_gone_holds_nobody(again: Desk, interrupted: Interrupted, mediawiki: MediaWiki) -> None:
    """The file is still there, with the number of a process that was killed, or of one that has it now."""
    lock = again.folder / ".wikimop/runs" / f"{interrupted.run}.lock"
    assert lock.read_text(encoding="utf-8").strip().isdecimal()
    lock.write_text("1\n", encoding="utf-8")
    assert again.wikimop("runs", "--format", "json").lines[0]["state"] == "interrupted"
    assert again.wikimop("resume", "--format", "json", code=0).json["state"] == "finished"
    finished(again, mediawiki, interrupted.run)


def test_several_that_apply_the_same_plan_at_once(again: Desk, mediawiki: MediaWiki) -> None:
    """Of a plan file, in one state folder: exactly one carries it out."""
    step = "- id: gone\n  pages: {generator: allpages, prefix: Bulk/02}\n  delete: {reason: Once}"
    again.wikimop("plan", again.playbook(step), "--out", "one.plan", code=0)
    both = [again.start("apply", "one.plan", "--yes", "--state-dir", "shared", "--format", "json") for _ in range(3)]
    ended = [(process.communicate(timeout=60), process.returncode) for process in both]
    assert sorted(code for _, code in ended) == [0, 2, 2], ended
    assert all("being worked on" in err or "already applied" in err for (_, err), code in ended if code)
    titles = [title for title, _ in deletions(mediawiki) if title.startswith("Bulk/02")]
    assert sorted(titles) == [f"Bulk/02{digit}" for digit in range(10)]


def test_different_runs_work_side_by_side(again: Desk, mediawiki: MediaWiki) -> None:
    steps = "- id: gone\n  pages: {{generator: allpages, prefix: Bulk/0{}}}\n  delete: {{reason: Side}}"
    plans = [
        again.wikimop("plan", again.playbook(steps.format(digit)), "--format", "json", code=0).json["plan"] for digit in "345"
    ]
    processes = [again.start("apply", plan, "--yes", "--format", "json") for plan in plans]
    for process in processes:
        out, err = process.communicate(timeout=60)
        assert process.returncode == 0, out + err
    for plan in plans:
        assert Counter(item["state"] for item in again.items("r" + plan[1:])) == {"done": 10}
    titles = [title for title, comment in deletions(mediawiki) if comment.startswith("Side")]
    assert sorted(titles) == [f"Bulk/0{number}" for number in range(30, 60)]


def _without_log(state: Path) -> None:
    state.with_name("state.sqlite-wal").unlink()


def _truncated(state: Path) -> None:
    _settled(state)
    state.write_bytes(state.read_bytes()[: -3 * 4096])


def _removed(state: Path) -> None:
    for path in state.parent.glob("state.sqlite*"):
        path.unlink()


def _plan_altered(state: Path) -> None:
    _change(state, "UPDATE items SET line = replace(CAST(line AS TEXT), '\"ns\":0', '\"ns\":1') WHERE step = 'gone'")


def _plan_scribbled(state: Path) -> None:
    _change(state, "UPDATE items SET line = '{' WHERE step = 'gone'")


def _item_gone(state: Path) -> None:
    _change(state, "DELETE FROM items WHERE seq = (SELECT max(seq) FROM items)")


def _header_altered(state: Path) -> None:
    _change(state, "UPDATE plans SET header = replace(CAST(header AS TEXT), 'Third', 'Other')")


def _journal_altered(state: Path) -> None:
    _change(state, "UPDATE results SET state = 'sentt' WHERE state = 'sent'")


def _settled(state: Path) -> None:
    """Everything in one file, as after a clean end."""
    with closing(sqlite3.connect(state)) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _change(state: Path, statement: str) -> None:
    with closing(sqlite3.connect(state)) as database, database:
        database.execute(statement)


DAMAGES: Mapping[str, tuple[Callable[[Path], None], str]] = {
    "without-log": (_without_log, "has lost its last"),
    "truncated": (_truncated, "cannot be used"),
    "removed": (_removed, "has lost its last"),
    "plan-altered": (_plan_altered, "was altered after it was sealed"),
    "plan-scribbled": (_plan_scribbled, "was altered after it was sealed"),
    "item-gone": (_item_gone, "was altered after it was sealed"),
    "header-altered": (_header_altered, "was altered after it was sealed"),
    "journal-altered": (_journal_altered, "was altered or damaged"),
}


@pytest.mark.parametrize("name", DAMAGES)
def test_a_damaged_state_is_told_and_nothing_is_sent(interrupted: Interrupted, tmp_path: Path, name: str) -> None:
    damage, words = DAMAGES[name]
    shutil.copytree(interrupted.state, tmp_path / ".wikimop")
    desk = impatient(Desk(tmp_path, interrupted.proxy.api), interrupted.proxy, "30s")
    damage(tmp_path / ".wikimop/state.sqlite")
    met = len(interrupted.proxy.met)
    for command in (["resume", interrupted.run], ["apply", interrupted.plan, "--yes"], ["show", interrupted.run, "--items"]):
        result = desk.wikimop(*command)
        assert (result.code, result.out) == (2, ""), (command, result.err)
        refused = name == "journal-altered" and command[0] == "apply"  # whatever it says, the plan has a run
        assert ("was already applied" if refused else words) in result.err
    assert len(interrupted.proxy.met) == met
