"""The state folder: private, out of git, and one process a run."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from runner.errors import UsageError
from runner.store.folder import StateFolder

HOLD = """
import sys
from pathlib import Path
from runner.store.folder import StateFolder
with StateFolder(Path(sys.argv[1])).lock("r12345678"):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def folder(tmp_path: Path) -> StateFolder:
    made = StateFolder(tmp_path / ".wikimop")
    made.open().close()
    return made


@pytest.fixture
def holder(folder: StateFolder) -> Iterator[subprocess.Popen[str]]:
    """Another process that works on the run."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(folder.path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        yield process
        process.kill()


def test_it_is_private_and_ignored(folder: StateFolder) -> None:
    folders = [folder.path, folder.path / "runs"]
    assert [path.stat().st_mode & 0o777 for path in folders] == [0o700, 0o700]
    assert {path.stat().st_mode & 0o777 for path in folder.path.rglob("*") if path.is_file()} == {0o600}
    assert (folder.path / ".gitignore").read_text(encoding="utf-8") == "*\n"


def test_looking_makes_nothing(tmp_path: Path) -> None:
    folder = StateFolder(tmp_path / ".wikimop")
    assert not folder.exists()
    assert list(tmp_path.iterdir()) == []


def test_the_second_process_is_told_who_is_at_it(folder: StateFolder, holder: subprocess.Popen[str]) -> None:
    with pytest.raises(UsageError, match=f"pid {holder.pid}"), folder.lock("r12345678"):
        pass
    with folder.lock("r87654321"):
        pass  # another run is nobody's business


def test_a_lock_ends_with_its_process(folder: StateFolder, holder: subprocess.Popen[str]) -> None:
    holder.kill()
    holder.wait(10)
    with folder.lock("r12345678"):
        pass


def test_it_is_refused_inside_what_git_tracks(tmp_path: Path) -> None:
    git = ["git", "-C", str(tmp_path), "-c", "user.name=x", "-c", "user.email=x@example.org"]
    subprocess.run([*git, "init", "-q"], check=True)
    folder = StateFolder(tmp_path / ".wikimop")
    folder.open().close()
    subprocess.run([*git, "add", "."], check=True)
    folder.open().close()  # its own .gitignore keeps it out
    subprocess.run([*git, "add", "-f", ".wikimop/state.sqlite"], check=True)
    with pytest.raises(UsageError, match="git tracks files"):
        folder.open()


@pytest.mark.parametrize("inside", ["file", "file/deeper"])
def test_it_cannot_be_inside_a_file(tmp_path: Path, inside: str) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    with pytest.raises(UsageError, match="cannot be used"):
        StateFolder(tmp_path / inside).open()
