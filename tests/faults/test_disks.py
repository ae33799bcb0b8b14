"""A state folder on a real disk that is full, and on one that can only be read: told, nothing sent, and finished later."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.desk import deletions
from tests.faults.striking import Strike, planned
from tests.mediawiki import MediaWiki

OWN_MOUNTS = ["unshare", "--user", "--map-root-user", "--mount"]
FULL = """
set -e
mkdir disk
mount -t tmpfs -o size=400k none disk
cp -r .wikimop disk/
(cat /dev/zero > disk/filler) 2>/dev/null || true
"$@" --state-dir disk/.wikimop
"""
READ_ONLY = """
set -e
mount --bind .wikimop .wikimop
mount -o remount,ro,bind .wikimop
"$@"
"""


def can_mount() -> bool:
    """Whether this machine lets anybody have mounts of his own."""
    if not shutil.which("unshare"):
        return False
    return (
        subprocess.run([*OWN_MOUNTS, "mount", "-t", "tmpfs", "none", "/mnt"], capture_output=True, check=False).returncode == 0
    )


@pytest.mark.skipif(not can_mount(), reason="no mounts of one's own here")
@pytest.mark.parametrize(("script", "words"), [(FULL, "full"), (READ_ONLY, "Read-only")], ids=["full", "read-only"])
def test_a_disk_that_takes_nothing(wiki: MediaWiki, tmp_path: Path, script: str, words: str) -> None:
    """With a run that was killed after its first deletion: `resume` cannot go on there, and does elsewhere."""
    job = planned("delete", wiki, tmp_path)
    assert job.struck(Strike(where="write-answered", number=1))
    done = len(deletions(wiki))
    command = [sys.executable, "-m", "runner", "resume", job.run]
    ended = subprocess.run(
        [*OWN_MOUNTS, "sh", "-c", script, "sh", *command],
        cwd=tmp_path, env=job.desk.environment, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    job.desk.printed += [ended.stdout, ended.stderr]
    assert ended.returncode in (2, 3), ended.stdout + ended.stderr
    assert words in ended.stderr
    assert "a bug in wikimop" not in ended.stderr
    assert len(deletions(wiki)) == done
    job.finish()
    job.agree()
