"""Asking git, in a folder that may be a stranger's: what git's configuration lets it run is switched off, and it hears none
of our secrets."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

SECONDS = 10
# A folder of a checkout may itself look like a bare repository, with a configuration that names programs to run
# (https://git-scm.com/docs/git-config#Documentation/git-config.txt-safebareRepository).
_TAMED = ("safe.bareRepository=explicit", "core.fsmonitor=false", "core.hooksPath=/dev/null")


def git(folder: Path, *arguments: str) -> str | None:
    """What git answers, or None where there is no git, no repository, or no answer in time."""
    options = [part for setting in _TAMED for part in ("-c", setting)]
    try:
        found = subprocess.run(  # noqa: S603 - the user's own git
            ["git", "--literal-pathspecs", *options, "-C", str(folder), *arguments],  # noqa: S607 - wherever it is
            capture_output=True, check=False, timeout=SECONDS, stdin=subprocess.DEVNULL,
            env={**environment(), "GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0"},
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired):
        return None
    return found.stdout.decode(errors="replace") if found.returncode == 0 else None


def environment() -> Mapping[str, str]:
    """The environment for another program, which has nothing to do with our secrets."""
    return {name: value for name, value in os.environ.items() if not name.startswith("WIKIMOP_")}
