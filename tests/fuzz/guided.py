"""Fuzzing that follows the code's own branches, with atheris: `python -m tests.fuzz.guided` (a part of `make soak`).

Atheris is no part of the development environment: it is fetched here, and where there is none of it for this Python or this
machine, that is said and nothing fails. Each target runs as a process of its own, for `SECONDS`, from the texts of the tests.
"""

from __future__ import annotations

import contextlib
import importlib.util
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

ATHERIS = "atheris==3.0.0"
SECONDS = int(os.environ.get("WIKIMOP_FUZZ_SECONDS", "120"))
LONGEST = 20_000
FOUND = Path(__file__).parents[2] / ".cache" / "fuzz"
SLOWEST = 25
"""Seconds for one input; more is a hang."""


def seeds() -> Mapping[str, list[bytes]]:
    """What each target begins with."""
    from tests.fuzz.player import BODIES, TAKES  # noqa: PLC0415 - not before the code is instrumented
    from tests.fuzz.test_files import BESIDE, BOOKS, WIKIS  # noqa: PLC0415

    bodies = [json.dumps(take["body"]).encode() for take in TAKES]
    return {
        "playbook": [book.encode() for book in BOOKS],
        "wikis": [WIKIS.encode(), BESIDE.encode()],
        "answer": [*bodies, *(body for body in BODIES if len(body) < LONGEST)],
        "plan": [_plan()],
    }


def _plan() -> bytes:
    from tests.fuzz import conversation, test_plans  # noqa: PLC0415

    with tempfile.TemporaryDirectory() as folder, conversation.desk(Path(folder)) as desk:
        return b"\n".join(test_plans.lines_of(*test_plans.original(desk)))


@contextlib.contextmanager
def target(name: str) -> Iterator[Callable[[bytes], None]]:
    """What is called with each input."""
    from tests.fuzz import conversation, test_answers, test_files, test_plans  # noqa: PLC0415
    from tests.fuzz.player import Change  # noqa: PLC0415

    with tempfile.TemporaryDirectory() as folder, conversation.desk(Path(folder)) as desk:

        def answer(data: bytes) -> None:
            """One answer of a conversation; the last byte says which."""
            test_answers.survives(desk, Change(number=1 + (data[-1] if data else 0) % 220, body=data))

        def plan(data: bytes) -> None:
            test_plans.survives(desk, data.splitlines(keepends=True))

        targets = {"playbook": test_files.playbook, "wikis": test_files.wikis, "answer": answer, "plan": plan}
        yield targets[name]


def fuzz(name: str, folder: Path) -> None:
    """Never returns: libFuzzer ends the process."""
    import atheris  # noqa: PLC0415 - fetched for this

    with atheris.instrument_imports(include=["runner"]), target(name) as called:
        bounds = [f"-max_total_time={SECONDS}", f"-max_len={LONGEST}", f"-timeout={SLOWEST}", "-rss_limit_mb=2048"]
        told = ["-verbosity=0", "-print_final_stats=1", f"-artifact_prefix={FOUND}/{name}-"]
        atheris.Setup([sys.argv[0], *bounds, *told, str(folder)], called)
        atheris.Fuzz()


def main() -> int:
    if importlib.util.find_spec("atheris") is None:
        fetched = subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", ATHERIS], check=False)
        if fetched.returncode:
            print("atheris cannot be had here: guided fuzzing is left out, what hypothesis makes up was tried all the same")
            return 0
    FOUND.mkdir(parents=True, exist_ok=True)
    failed = []
    for name, texts in seeds().items():
        with tempfile.TemporaryDirectory() as folder:
            for number, text in enumerate(texts):
                Path(folder, f"seed-{number}").write_bytes(text)
            command = [sys.executable, "-m", "tests.fuzz.guided", name, folder]
            result = subprocess.run(command, check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        told = result.stdout.decode(errors="replace").splitlines()
        print(f"{name}: {'survived' if result.returncode == 0 else 'FAILED'}, {_runs(told)}", flush=True)
        if result.returncode:
            failed.append(name)
            print(f"what did it is in {FOUND}", *told[-40:], sep="\n")
    return 1 if failed else 0


def _runs(told: list[str]) -> str:
    found = (line.rpartition(" ")[2] for line in told if line.startswith("stat::number_of_executed_units"))
    return f"{next(found, 'no')} inputs"


if __name__ == "__main__":
    if len(sys.argv) > 1:
        fuzz(sys.argv[1], Path(sys.argv[2]))
    sys.exit(main())
