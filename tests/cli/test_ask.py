"""The question before a plan is carried out, on a terminal."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.desk import Desk, deletions
from tests.mediawiki import MediaWiki

DELETE = "- id: one\n  pages: {titles: [Bulk/001]}\n  delete: {reason: Trying it}"


@contextmanager
def asked(desk: Desk, plan: str) -> Iterator[tuple[subprocess.Popen[bytes], int, str]]:
    """`apply PLAN` on a terminal, up to the question: the process, the terminal, what it showed."""
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "runner", "apply", plan]
    process = subprocess.Popen(command, cwd=desk.folder, env=desk.environment, stdin=theirs, stdout=theirs, stderr=theirs)
    os.close(theirs)
    shown = ""
    deadline = time.monotonic() + 30
    while "[y/N]" not in shown and time.monotonic() < deadline:
        shown += os.read(ours, 4096).decode()
    desk.printed.append(shown)
    try:
        yield process, ours, shown
    finally:
        process.kill()
        process.wait()
        os.close(ours)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_the_question_at_once_and_the_plan_is_not_used_up(
    desk: Desk, wiki: MediaWiki, number: signal.Signals
) -> None:
    plan = desk.wikimop("plan", desk.playbook(DELETE), "--format", "json", code=0).json["plan"]
    with asked(desk, plan) as (process, _, shown):
        assert "delete 1" in shown
        assert "Wikimop test wiki" in shown
        assert "Sysop" in shown
        process.send_signal(number)
        assert process.wait(timeout=10) == 130
    assert deletions(wiki) == []
    desk.wikimop("apply", plan, "--yes", code=0)
    assert len(deletions(wiki)) == 1


def test_no_means_no(desk: Desk, wiki: MediaWiki) -> None:
    plan = desk.wikimop("plan", desk.playbook(DELETE), "--format", "json", code=0).json["plan"]
    with asked(desk, plan) as (process, terminal, _):
        os.write(terminal, b"n\n")
        assert process.wait(timeout=10) == 3
    assert deletions(wiki) == []
