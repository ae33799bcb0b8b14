"""The state folder: private, out of git, and one process a run."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from runner.errors import UsageError
from runner.log import Sink
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


@pytest.mark.parametrize("umask", [0o000, 0o077, 0o277, 0o777])
def test_it_is_private_whatever_the_umask(tmp_path: Path, umask: int) -> None:
    before = os.umask(umask)
    try:
        folder = StateFolder(tmp_path / ".wikimop")
        with closing(folder.open()), folder.lock("r12345678"):
            sink = Sink(verbosity=-1)
            sink.open(folder.log_path("r12345678"))
            sink.close()
            files = {path.name: path.stat().st_mode & 0o777 for path in folder.path.rglob("*") if path.is_file()}
        folder.open().close()
    finally:
        os.umask(before)
    names = {
        ".gitignore",
        "state.commits",
        "state.sqlite",
        "state.sqlite-wal",
        "state.sqlite-shm",
        "r12345678.lock",
        "r12345678.jsonl",
    }
    assert files == dict.fromkeys(names, 0o600)
    assert {path.stat().st_mode & 0o777 for path in (folder.path, folder.path / "runs")} == {0o700}


def test_files_that_were_open_to_all_are_closed(folder: StateFolder) -> None:
    for path in folder.path.rglob("*"):
        path.chmod(0o777)
    folder.path.chmod(0o777)
    with closing(folder.open()), folder.lock("r12345678"):
        modes = {path.stat().st_mode & 0o077 for path in folder.path.rglob("*") if path.name != ".gitignore"}
    assert modes == {0}


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


def test_a_link_that_came_with_a_checkout_is_refused(tmp_path: Path) -> None:
    """Somebody else would choose where the state is kept, and what is made private there."""
    checkout, elsewhere = tmp_path / "checkout", tmp_path / "elsewhere"
    checkout.mkdir()
    elsewhere.mkdir(mode=0o755)
    (checkout / ".wikimop").symlink_to(elsewhere)
    git = ["git", "-C", str(checkout), "-c", "user.name=x", "-c", "user.email=x@example.org"]
    subprocess.run([*git, "init", "-q"], check=True)
    StateFolder(checkout / ".wikimop").open().close()  # one's own link is one's own business
    elsewhere.chmod(0o755)
    subprocess.run([*git, "add", "-f", ".wikimop"], check=True)
    with pytest.raises(UsageError, match="git tracks files"):
        StateFolder(checkout / ".wikimop").open()
    assert elsewhere.stat().st_mode & 0o777 == 0o755


@pytest.mark.parametrize("name", ["state.sqlite", "state.commits", "runs/r12345678.lock"])
def test_a_link_in_place_of_a_file_is_not_followed(folder: StateFolder, tmp_path: Path, name: str) -> None:
    target = tmp_path / "target"
    target.write_text("precious")
    (folder.path / name).unlink(missing_ok=True)
    (folder.path / name).symlink_to(target)
    with pytest.raises((UsageError, OSError)), closing(folder.open()), folder.lock("r12345678"):
        pass
    assert target.read_text() == "precious"


@pytest.mark.parametrize("inside", ["file", "file/deeper"])
def test_it_cannot_be_inside_a_file(tmp_path: Path, inside: str) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    with pytest.raises(UsageError, match="cannot be used"):
        StateFolder(tmp_path / inside).open()
