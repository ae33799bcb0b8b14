"""Guards that act while a run is under way: each stops it cleanly, with exit 3, and `resume` finishes it."""

from __future__ import annotations

import time
from collections import Counter
from typing import Any

import orjson
import pytest

from runner.planning.seal import digest
from tests.desk import Desk, Result, deletions, someone
from tests.e2e.reading import lines_of, plan_file
from tests.e2e.test_guards import until
from tests.mediawiki import MediaWiki

TEN = [f"Bulk/01{digit}" for digit in range(10)]
PURGE = "- id: bulk\n  pages: {generator: allpages, prefix: Bulk/01}\n  purge: {}"
DELETE = "- id: bulk\n  pages: {generator: allpages, prefix: Bulk/01}\n  delete: {reason: Tidy}"
HIDE = (
    "- id: bulk\n  revisions: {generator: revisions, of: {titles: [Bulk/011, Bulk/012]}}\n  revisiondelete: {hide: [comment]}"
)
NEVER = "never_touch: {titles: ['Bulk/kept'], namespaces: [Project]}"


def stopped(result: Result, word: str) -> Any:  # noqa: ANN401 - a JSON value
    """The run as it was printed: a guard of this name stopped it, and the message says how to go on."""
    assert (result.code, result.json["state"]) == (3, "stopped"), result.err
    assert word in result.err
    assert "wikimop resume" in result.err
    return result.json


@pytest.mark.parametrize(
    ("steps", "target"),
    [(PURGE, "Project:Bulk"), (DELETE, "Bulk/kept"), (HIDE, "Project:Bulk")],
    ids=["purge", "delete", "hide"],
)
def test_a_page_that_comes_under_never_touch(desk: Desk, wiki: MediaWiki, steps: str, target: str) -> None:
    """It was moved there after the plan was made. A purge does not mind moves; the guard does."""
    plan = plan_file(desk, steps, NEVER)
    other = someone(wiki)
    other.move("Bulk/011", target, noredirect=True)
    run = stopped(
        desk.wikimop("apply", plan, "--yes", "--format", "json"),
        f"never_touch: what the plan would act on has become {target}"[:60],
    )
    assert run["counts"]["done"] == 0
    assert deletions(wiki) == []
    stopped(desk.wikimop("resume", "--format", "json"), "never_touch")
    other.move(target, "Bulk/011", noredirect=True)
    ended = desk.wikimop("resume", "--format", "json").json
    assert ended["state"] == "finished"
    assert ended["counts"]["pending"] == 0
    assert ended["counts"]["done"] >= (1 if steps == HIDE else 9)


def test_it_comes_there_in_the_middle(desk: Desk, wiki: MediaWiki) -> None:
    """What was done stays done, what is left is left."""
    plan = plan_file(desk, DELETE.replace("Bulk/01", "Bulk/0"), f"{NEVER}\nlimits: {{rate: 20/s}}")
    process = desk.start("apply", plan, "--yes", "--format", "json")
    until(lambda: len(deletions(wiki)) >= 3)
    someone(wiki).move("Bulk/099", "Project:Bulk", noredirect=True)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 3, out + err
    assert "never_touch" in err
    run = orjson.loads(out)
    assert 3 <= run["counts"]["done"] == len(deletions(wiki)) < 99
    assert run["counts"]["done"] + run["counts"]["pending"] == 99


def test_a_plan_of_before_that_stood_in_its_header(desk: Desk) -> None:
    """It still applies; it never promised more."""
    path = plan_file(desk, DELETE, NEVER)
    header, *items, seal = lines_of(path)
    del header["never_touch"]
    lines = [orjson.dumps(line) for line in (header, *items)]
    path.write_bytes(b"\n".join([*lines, orjson.dumps({**seal, "sha256": digest(lines)})]) + b"\n")
    assert desk.wikimop("apply", path, "--yes", "--format", "json", "--state-dir", "other", code=0).json["counts"]["done"] == 10


def test_a_duration_ends_even_waiting(desk: Desk, wiki: MediaWiki) -> None:
    """A rate of two a minute would keep it waiting for half a minute beyond the end."""
    begin = time.monotonic()
    book = desk.playbook(DELETE, "limits: {duration: 3s, rate: 2/min}")
    run = stopped(desk.wikimop("run", book, "--yes", "--format", "json"), "limits.duration: 3 seconds are over")
    assert time.monotonic() - begin < 20
    assert run["counts"]["done"] == len(deletions(wiki)) == 1
    assert run["counts"]["pending"] == 9


def test_a_duration_is_that_of_each_session(desk: Desk, wiki: MediaWiki) -> None:
    """Each `resume` has as long again, until everything is done."""
    book = desk.playbook(DELETE, "limits: {duration: 2s, rate: 2/s}")
    stopped(desk.wikimop("run", book, "--yes", "--format", "json"), "limits.duration")
    sessions = 0
    while (result := desk.wikimop("resume", "--format", "json")).code == 3:
        stopped(result, "limits.duration")
        sessions += 1
        assert sessions < 10
    assert result.json["counts"]["done"] == 10
    assert Counter(title for title, _ in deletions(wiki)) == Counter(TEN)


def test_a_rate_is_kept_by_all_workers_together(desk: Desk, wiki: MediaWiki) -> None:
    begin = time.monotonic()
    book = desk.playbook(DELETE, "limits: {rate: 4/s, concurrency: 4}")
    assert desk.wikimop("run", book, "--yes", "--format", "json", code=0).json["counts"]["done"] == 10
    assert time.monotonic() - begin >= 9 / 4
    assert Counter(title for title, _ in deletions(wiki)) == Counter(TEN)


def test_guards_leave_what_is_in_flight_its_outcome(desk: Desk, wiki: MediaWiki) -> None:
    """With eight at a time, whatever was sent when the stop page filled has its outcome in the journal."""
    plan = plan_file(desk, DELETE.replace("Bulk/01", "Bulk/"), "stop_page: User:Mop/Stop\nlimits: {concurrency: 8, rate: 40/s}")
    process = desk.start("apply", plan, "--yes", "--format", "json")
    until(lambda: len(deletions(wiki)) >= 10)
    someone(wiki).edit("User:Mop/Stop", "Please stop.")
    out, err = process.communicate(timeout=60)
    assert process.returncode == 3, out + err
    run = orjson.loads(out)
    assert run["counts"]["done"] == len(deletions(wiki)) < 199
    assert run["counts"]["done"] + run["counts"]["pending"] == 200
