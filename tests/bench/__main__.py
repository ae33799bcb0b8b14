"""`make bench`: how long and how large, as ratios against a bare loop that does the same requests."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests import leaks
from tests.desk import deletions
from tests.mediawiki import ACCOUNTS, start

ROUNDS = 5
PAGES = 100_000
MEMBERS = 500_000
PLAN = "playbook: 1\nname: bench\nsteps:\n- id: all\n  pages: {generator: allpages}\n  purge: {}\n"
INTERSECT = (
    "playbook: 1\nname: bench\nsteps:\n- id: both\n  pages: {intersect: [{generator: categorymembers, title: Category:All},"
    " {generator: categorymembers, title: Category:Other}]}\n  purge: {}\n"
)
DELETE = (
    "playbook: 1\nname: bench\nsteps:\n- id: bulk\n  pages: {generator: allpages, prefix: Bulk/}\n  delete: {reason: bench}\n"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One process: seconds of wall clock, and the most memory it ever held, in MB."""

    seconds: float
    megabytes: float


def run(*command: str, folder: Path | None = None, environment: Mapping[str, str] | None = None) -> Measured:
    """Run a process to its successful end; the kernel's own account of its memory."""
    started = time.perf_counter()
    process = subprocess.Popen(
        command, cwd=folder, env={**os.environ, **(environment or {})}, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    _, status, usage = os.wait4(process.pid, 0)
    if os.waitstatus_to_exitcode(status) != 0:
        raise SystemExit(f"{command}: {(process.stderr or sys.stderr).read()!r}")
    return Measured(seconds=time.perf_counter() - started, megabytes=usage.ru_maxrss / 1024)


def wikimop(*arguments: str) -> tuple[str, ...]:
    """The command line of a command."""
    return (sys.executable, "-m", "runner", *arguments)


def bench_help() -> None:
    bare = [run(sys.executable, "-c", "pass").seconds for _ in range(4 * ROUNDS)]
    ours = [run(str(Path(sys.executable).with_name("wikimop")), "--help").seconds for _ in range(4 * ROUNDS)]
    more = (statistics.median(ours) - statistics.median(bare)) * 1000
    print(f"wikimop --help: {more:.0f} ms more than a bare python -c pass (at most 50 are wanted)")


@contextmanager
def scripted(pages: int) -> Iterator[str]:
    """A scripted API server in a process of its own."""
    server = subprocess.Popen([sys.executable, "-m", "tests.bench.server", str(pages)], stdout=subprocess.PIPE, text=True)
    try:
        assert server.stdout
        yield f"http://127.0.0.1:{server.stdout.readline().strip()}/api.php"
    finally:
        server.terminate()
        server.wait()


def bench_plan() -> None:
    for pages in (PAGES // 10, PAGES):
        with scripted(pages) as api, tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            (folder / "p.yaml").write_text(PLAN)
            bare = run(sys.executable, "-m", "tests.bench.bare", "plan", api)
            ours = run(*wikimop("plan", "p.yaml", "--wiki", api, "-q"), folder=folder)
        print(
            f"plan of {pages} pages: {ours.seconds:.1f} s, {ours.seconds / bare.seconds:.2f} times the bare loop;"
            f" {ours.megabytes:.0f} MB (at most 120 are wanted)"
        )


def bench_intersection() -> None:
    """Two sets with 100 members in common: what is left is small, so that the sets are what counts."""
    for pages in (MEMBERS // 10, MEMBERS):
        with scripted(pages) as api, tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            (folder / "p.yaml").write_text(INTERSECT)
            ours = run(*wikimop("plan", "p.yaml", "--out", "p.jsonl", "--wiki", api, "-q"), folder=folder)
            assert (folder / "p.jsonl").read_bytes().count(b'"kind":"item"') == 100
        print(
            f"{pages} members intersected with {pages}: {ours.seconds:.1f} s, {ours.megabytes:.0f} MB (at most 120 are wanted)"
        )


def bench_delete() -> None:
    account = ACCOUNTS["sysop"]
    with start() as wiki, tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "p.yaml").write_text(DELETE)
        environment = {
            "WIKIMOP_API": wiki.api,
            "WIKIMOP_USERNAME": account.bot_username,
            "WIKIMOP_PASSWORD": account.bot_password,
        }
        ratios = []
        for _ in range(ROUNDS):
            wiki.reset()
            bare = run(sys.executable, "-m", "tests.bench.bare", "delete", wiki.api, account.bot_username, account.bot_password)
            wiki.reset()
            ours = run(*wikimop("run", "p.yaml", "--yes", "-q"), folder=folder, environment=environment)
            assert len(deletions(wiki)) == 200
            ratios.append(ours.seconds / bare.seconds)
        if leaking := list(leaks.found(leaks.files(folder, {}), wiki.issued())):
            raise SystemExit(f"secrets were written: {leaking}")
        print(f"plan and apply of 200 deletes: {ours.seconds:.1f} s, {statistics.median(ratios):.2f} times the bare loop")


if __name__ == "__main__":
    bench_help()
    bench_plan()
    bench_intersection()
    bench_delete()
