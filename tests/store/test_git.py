"""Git in a folder that came from a stranger: it answers, and runs nothing."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from runner.store.git import git

CONFIG = """
[core]
    repositoryformatversion = 0
    bare = false
    worktree = {folder}
    fsmonitor = {program}
    hooksPath = {hooks}
"""


@pytest.fixture
def trap(tmp_path: Path) -> Path:
    """A folder of a checkout that looks like a bare repository, whose configuration names programs to run."""
    outer, inner = tmp_path / "checkout", tmp_path / "checkout" / "playbooks"
    subprocess.run(["git", "init", "-q", str(outer)], check=True)
    subprocess.run(["git", "init", "-q", "--bare", str(inner)], check=True)
    (inner / "book.yaml").write_text("playbook: 1\n")
    program = inner / "program"
    program.write_text(f"#!/bin/sh\ntouch {tmp_path}/pwned\n")
    program.chmod(0o755)
    (inner / "post-index-change").symlink_to(program)
    (inner / "config").write_text(CONFIG.format(folder=inner, program=program, hooks=inner))
    plain = ["git", "-C", str(inner), "-c", "user.name=x", "-c", "user.email=x@example.org", "-c", "core.fsmonitor=false"]
    subprocess.run([*plain, "-c", "core.hooksPath=/dev/null", "add", "-f", "book.yaml"], check=True)
    subprocess.run([*plain, "-c", "core.hooksPath=/dev/null", "commit", "-qm", "x"], check=True)
    return inner


def test_what_a_strangers_folder_names_is_not_run(trap: Path, tmp_path: Path) -> None:
    git(trap, "describe", "--always", "--abbrev=40", "--exclude=*", "--dirty")
    git(trap, "ls-files", "--", "book.yaml")
    assert not (tmp_path / "pwned").exists()
    subprocess.run(["git", "-C", str(trap), "describe", "--always", "--dirty"], check=False, capture_output=True)
    assert (tmp_path / "pwned").exists()  # so that the trap is one


def test_it_answers_as_ever(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert git(tmp_path, "describe", "--always") is None
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    (tmp_path / ":!x").write_text("x")
    subprocess.run(["git", "-C", str(tmp_path), "--literal-pathspecs", "add", ":!x"], check=True)
    assert git(tmp_path, "ls-files", "--", ":!x") == ":!x\n"
    monkeypatch.setenv("PATH", str(tmp_path))
    assert git(tmp_path, "ls-files") is None
