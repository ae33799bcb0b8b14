"""The commands' contract: exit codes, shapes, and who is asked."""

from __future__ import annotations

import fcntl
import json
import os
import pty
import select
import signal
import subprocess
import sys
import time
from typing import Any

from tests.desk import Desk, deletions, someone
from tests.e2e.reading import existing, lines_of, nothing_happened, plan_file
from tests.e2e.test_guards import until
from tests.mediawiki import MediaWiki

NINE = "- id: bulk\n  pages: {generator: allpages, prefix: Bulk/00}\n  delete: {reason: Tidy}"
MANY = NINE.replace("Bulk/00", "Bulk/0")
COUNTS = ["done", "unchanged", "skipped", "failed", "scheduled", "unsure", "pending"]


def counts(**given: int) -> dict[str, int]:
    """All counts, most of them 0."""
    return {name: given.get(name, 0) for name in COUNTS}


def test_the_json_shapes(desk: Desk, wiki: MediaWiki) -> None:
    steps = NINE + "\n- id: gone\n  pages: {titles: [Never was, Article 01]}\n  purge: {}"
    book = desk.playbook(steps)
    plan = desk.wikimop("plan", book, "--format", "json", code=0)
    assert plan.json == {
        "plan": plan.json["plan"],
        "file": None,
        "sha256": plan.json["sha256"],
        "cost": {**plan.json["cost"], "writing": 10, "reading": 2, "seconds": None},
        "steps": [
            {"id": "bulk", "action": "delete", "items": 9, "blocked": 0},
            {"id": "gone", "action": "purge", "items": 2, "blocked": 1},
        ],
        "items": 11,
    }
    assert plan.out.count("\n") == 1
    filed = desk.wikimop("plan", book, "--out", "p.jsonl", "--format", "json", code=0).json
    header, *items, seal = lines_of(desk.folder / "p.jsonl")
    assert (filed["file"], filed["sha256"], filed["plan"]) == ("p.jsonl", seal["sha256"], header["id"])
    assert desk.wikimop("show", filed["plan"], "--format", "json", code=0).json == {**filed, "file": None}
    assert desk.wikimop("show", "p.jsonl", "--items", "--format", "json", code=0).lines == items
    applied = desk.wikimop("apply", "p.jsonl", "--yes", "--format", "json", code=1)
    run = applied.json["run"]
    expected = {
        "run": run,
        "plan": filed["plan"],
        "state": "finished",
        "counts": counts(done=10, skipped=1),
        "steps": [
            {"id": "bulk", "action": "delete", "counts": counts(done=9)},
            {"id": "gone", "action": "purge", "counts": counts(done=1, skipped=1)},
        ],
    }
    assert applied.json == expected
    assert (list(applied.json["counts"]), applied.out.count("\n")) == (COUNTS, 1)
    assert desk.wikimop("show", run, "--format", "json", code=0).json == expected
    rows = desk.items(run)
    log = dict(wiki.rows("SELECT log_title, log_id FROM logging WHERE log_action = 'delete'"))
    assert rows[0] == {
        "step": "bulk", "key": items[0]["key"], "pageid": items[0]["pageid"], "ns": 0, "title": "Bulk/001",
        "revid": items[0]["revid"], "state": "done", "code": None, "detail": None, "logid": log["Bulk/001"],
    }  # fmt: skip
    skipped = desk.wikimop("show", run, "--items", "--state", "skipped", "--format", "json", code=0).lines
    assert [(row["title"], row["code"]) for row in skipped] == [("Never was", "blocked:missing")]
    assert desk.wikimop("show", run, "--items", "--state", "failed", "--format", "json", code=0).out == ""
    ran = desk.wikimop("run", desk.playbook(NINE.replace("00", "01")), "--yes", "--format", "json", code=0).json
    assert (list(ran), ran["counts"]) == (["run", "plan", "state", "counts", "steps"], counts(done=10))
    listed = desk.wikimop("runs", "--format", "json", code=0).lines
    assert listed == [{name: one[name] for name in ("run", "plan", "state")} for one in (expected, ran)]
    dry = desk.wikimop("run", "--dry-run", book, "--format", "json", code=0).json
    assert list(dry) == ["plan", "file", "sha256", "steps", "items", "cost"]


def test_every_exit_code(desk: Desk, wiki: MediaWiki) -> None:
    nothing = desk.playbook("- id: none\n  pages: {generator: allpages, prefix: Nothing begins so}\n  delete: {}")
    desk.wikimop("plan", nothing, "--detailed-exitcode", code=0)
    desk.wikimop("run", nothing, "--yes", code=0)
    book = desk.playbook(NINE)
    desk.wikimop("plan", book, "--detailed-exitcode", code=5)
    desk.wikimop("plan", book, code=0)
    incomplete = "- id: gone\n  pages: {titles: [Never was]}\n  purge: {}"
    desk.wikimop("plan", desk.playbook(incomplete), code=0)
    desk.wikimop("run", desk.playbook(incomplete), "--yes", code=1)
    for usage in (["plan"], ["plan", "missing.yaml"], ["frobnicate"], ["show", "rnothere1"], ["apply", "pnothere1", "--yes"],
                  ["resume", "rnothere1"], ["plan", desk.playbook("- id: x"), "--var", "nonsense"]):  # fmt: skip
        assert desk.wikimop(*usage, code=2).err
    desk.wikimop("run", desk.playbook(NINE), "--no-input", code=3)
    desk.environment["WIKIMOP_API"] = wiki.api.replace("api.php", "nowhere.php")
    desk.wikimop("plan", desk.playbook(NINE), code=4)
    assert deletions(wiki) == []


def test_nobody_said_yes(desk: Desk, wiki: MediaWiki) -> None:
    result = desk.wikimop("run", desk.playbook(NINE), stdin="y\n", code=3)  # a pipe is nobody
    assert "--yes" in result.err
    nothing_happened(desk, wiki, result)
    plan = plan_file(desk, NINE)
    nothing_happened(desk, wiki, desk.wikimop("apply", plan, stdin="y\n", code=3))


def on_a_terminal(desk: Desk, answer: str, *arguments: object) -> tuple[int, str]:
    """Run a command on a terminal of its own, answer its question, and give its exit code and what it showed."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "runner", *map(str, arguments)],
        cwd=desk.folder, env=desk.environment | {"TERM": "xterm"}, stdin=theirs, stdout=theirs, stderr=theirs,
        start_new_session=True,
    )  # fmt: skip
    os.close(theirs)
    shown, answered, end = b"", False, time.monotonic() + 60
    while time.monotonic() < end:
        if not select.select([ours], [], [], 0.1)[0]:
            continue
        try:
            part = os.read(ours, 65536)
        except OSError:  # the terminal's other side is closed
            break
        shown += part
        if b"[y/N]" in shown and not answered:
            answered = True
            os.write(ours, answer.encode())
    os.close(ours)
    desk.printed.append(shown.decode())
    return process.wait(timeout=10), shown.decode()


def test_run_on_a_terminal_asks(desk: Desk, wiki: MediaWiki) -> None:
    book = desk.playbook(NINE)
    for answer in ("n\n", "\n", "\x04"):
        code, shown = on_a_terminal(desk, answer, "run", book)
        assert "Carry out test (plan" in shown
        assert "Bulk/009" in shown
        assert code in (3, 130), shown
        assert "Traceback" not in shown
        assert deletions(wiki) == []
        assert desk.wikimop("runs", "--format", "json", code=0).out == ""
    code, shown = on_a_terminal(desk, "y\n", "run", book)
    assert code == 0, shown
    assert "9 done" in shown
    assert len(deletions(wiki)) == 9


def test_resume_with_nothing_to_do(desk: Desk, wiki: MediaWiki) -> None:
    assert "nothing to finish" in desk.wikimop("resume", code=0).err
    run = desk.wikimop("run", desk.playbook(NINE), "--yes", "--format", "json", code=0).json["run"]
    for options in ([], [run], [run, "--retry-failed"]):
        assert "nothing to finish" in desk.wikimop("resume", *options, code=0).err
    assert len(deletions(wiki)) == 9


def interrupted(
    desk: Desk, wiki: MediaWiki, number: int, top: str = "limits: {rate: 80/s}"
) -> tuple[str, subprocess.Popen[str]]:
    """A run in the middle, and its process after the signal."""
    plan = plan_file(desk, MANY, top)
    process = desk.start("apply", plan, "--yes", "--format", "json")
    until(lambda: len(deletions(wiki)) >= 5)
    process.send_signal(number)
    return "r" + lines_of(plan)[0]["id"][1:], process


def test_an_interrupted_run_says_how_to_go_on(desk: Desk, wiki: MediaWiki) -> None:
    for number in (signal.SIGINT, signal.SIGTERM):
        run, process = interrupted(desk, wiki, number)
        out, err = process.communicate(timeout=60)
        assert process.returncode == 130, out + err
        shown = json.loads(out)
        assert (shown["state"], shown["counts"]["done"] >= 5, shown["counts"]["pending"] > 0) == ("interrupted", True, True)
        assert f"wikimop resume {run}" in err
        assert len(deletions(wiki)) == shown["counts"]["done"]
        resumed = desk.wikimop("resume", "--format", "json", code=0).json
        assert (resumed["run"], resumed["state"], resumed["counts"]) == (run, "finished", counts(done=99))
        titles = [title for title, _ in deletions(wiki)]
        assert len(titles) == len(set(titles)) == 99
        wiki.reset()


def test_two_processes_on_one_run(desk: Desk, wiki: MediaWiki) -> None:
    plan = plan_file(desk, MANY, "limits: {rate: 25/s}")
    run = "r" + lines_of(plan)[0]["id"][1:]
    first = desk.start("apply", plan, "--yes", "--format", "json")
    until(lambda: len(deletions(wiki)) >= 3)
    second = desk.wikimop("resume", run, code=2)
    assert f"pid {first.pid}" in second.err
    assert desk.wikimop("show", run, "--format", "json", code=0).json["state"] == "running"
    third = desk.wikimop("apply", plan, "--yes", code=2)
    assert run in third.err
    out, err = first.communicate(timeout=60)
    assert first.returncode == 0, out + err
    titles = [title for title, _ in deletions(wiki)]
    assert len(titles) == len(set(titles)) == 99


def test_a_killed_run_is_finished_with_one_log_entry_each(desk: Desk, wiki: MediaWiki) -> None:
    run, process = interrupted(desk, wiki, signal.SIGKILL, "limits: {concurrency: 3}")
    process.communicate()
    assert process.returncode == -signal.SIGKILL
    someone(wiki).edit("Bulk/099", "Written meanwhile.")
    resumed = desk.wikimop("resume", "--format", "json").json
    assert (resumed["run"], resumed["state"]) == (run, "finished")
    assert resumed["counts"]["done"] + resumed["counts"]["skipped"] == 99
    titles = [title for title, _ in deletions(wiki)]
    assert len(titles) == len(set(titles)) == resumed["counts"]["done"]
    assert existing(wiki, "Bulk/0") == {"Bulk/099"}


def test_results_and_remarks_go_to_different_places(desk: Desk) -> None:
    book = desk.playbook(NINE)
    plan = desk.wikimop("plan", book, code=0)
    assert "Bulk/001" in plan.out
    assert "wikimop apply" in plan.err
    assert "Bulk" not in plan.err
    quiet = desk.wikimop("plan", book, "-q", "--format", "json", code=0)
    assert (quiet.err, quiet.json["items"]) == ("", 9)
    loud = desk.wikimop("plan", book, "-v", "--format", "json", code=0)
    assert "plan sealed" in loud.err
    assert loud.json["items"] == 9


def test_a_reader_that_goes_away_is_no_crash(desk: Desk) -> None:
    plan = desk.wikimop("plan", desk.playbook(MANY), "--format", "json", code=0).json["plan"]
    reading, writing = os.pipe()
    fcntl.fcntl(writing, fcntl.F_SETPIPE_SZ, 4096)
    process = subprocess.Popen(
        [sys.executable, "-m", "runner", "show", plan, "--items", "--format", "json"],
        cwd=desk.folder, env=desk.environment, stdout=writing, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    os.close(writing)
    os.read(reading, 10)
    os.close(reading)
    _, err = process.communicate(timeout=30)
    desk.printed.append(err)
    assert "Traceback" not in err
    assert "BrokenPipe" not in err


def test_variables_and_stdin(desk: Desk, wiki: MediaWiki) -> None:
    steps = "- id: one\n  pages: {titles: ['Bulk/${vars.number}']}\n  delete: {reason: '${vars.why} $${x} {{y}}'}"
    book = desk.playbook(steps, "vars: {number: '001', why: {type: string}}")
    missing = desk.wikimop("plan", book, code=2)
    assert "why" in missing.err
    run: dict[str, Any] = desk.wikimop(
        "run", book, "--var", "why=Because", "--var", "number=002", "--yes", "--format", "json", code=0
    ).json
    assert deletions(wiki) == [("Bulk/002", f"Because ${{x}} {{{{y}}}} (wikimop {run['run']})")]
    text = book.read_text(encoding="utf-8").replace("{type: string}", "Piped")
    assert desk.wikimop("plan", "-", "--format", "json", stdin=text, code=0).json["items"] == 1
