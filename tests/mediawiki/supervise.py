"""Keeps the servers of one wiki: python supervise.py RUNTIME [--watch].

Run as a program of its own, so that nobody's death leaves a server behind: it stops them when told to (SIGTERM), when
its standard input ends (with --watch: the parent process is gone), and when one of them ends; should it be killed
itself, the kernel stops them.  ``commands.json`` in RUNTIME says what to start.
"""

import ctypes
import json
import os
import select
import shutil
import signal
import subprocess
import sys
from pathlib import Path

PR_SET_PDEATHSIG = 1
PATIENCE = 5


def main(runtime: Path, *, watch: bool) -> int:
    awake, wake = os.pipe()
    os.set_blocking(wake, False)
    signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGCHLD):
        signal.signal(number, lambda *_: None)
    started: list[subprocess.Popen[bytes]] = []
    try:
        plan = json.loads((runtime / "commands.json").read_text())
        for command in plan["commands"]:
            started.append(_start(command, plan["environment"], runtime))  # noqa: PERF401 - stop those there are
        status = _wait(started, awake, watch=watch)
    finally:
        _stop(started)
    if status == 0:  # else whoever started us wants to read the logs
        shutil.rmtree(runtime, ignore_errors=True)
    return status


def _start(command: list[str], environment: dict[str, str], runtime: Path) -> subprocess.Popen[bytes]:
    libc = ctypes.CDLL(None)

    def die_with_parent() -> None:
        libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)

    with (runtime / "servers.log").open("ab") as log:
        return subprocess.Popen(
            command,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            preexec_fn=die_with_parent,  # noqa: PLW1509
        )


def _wait(started: list[subprocess.Popen[bytes]], awake: int, *, watch: bool) -> int:
    while True:
        ready, _, _ = select.select([awake, *([0] if watch else [])], [], [])
        if 0 in ready and not os.read(0, 1024):
            return 0
        if awake in ready and any(number != signal.SIGCHLD for number in os.read(awake, 1024)):
            return 0
        if any(process.poll() is not None for process in started):
            return 1


def _stop(started: list[subprocess.Popen[bytes]]) -> None:
    for process in started:
        process.terminate()
    for process in started:
        try:
            process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), watch="--watch" in sys.argv[2:]))
