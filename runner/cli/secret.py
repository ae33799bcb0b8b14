"""Secrets, read where the configuration says they are: an environment variable or a file."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from runner.cli.output import tell
from runner.errors import UsageError
from runner.playbook.wikis import FromEnv, Secret


def read_secret(secret: Secret, folder: Path) -> str:
    """The secret itself, a relative path seen from the configuration's folder; raises `UsageError`, which never holds it,
    where there is none."""
    text = _from_env(secret.name) if isinstance(secret, FromEnv) else _from_file(folder / Path(secret.path).expanduser())
    if "\n" in text or "\r" in text:
        raise UsageError("a secret must be one line")
    return text


def _from_env(name: str) -> str:
    if not (text := os.environ.get(name, "")):
        raise UsageError(f"the environment variable {name}, which holds a secret, is not set")
    return text


def _from_file(path: Path) -> str:
    try:
        text = path.read_text(encoding="utf-8").strip()
        shared = path.stat().st_mode & (stat.S_IRGRP | stat.S_IROTH)
    except OSError as error:
        raise UsageError(f"the secret in {path} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise UsageError(f"the secret in {path} cannot be read: it is not UTF-8") from None
    if not text:
        raise UsageError(f"the secret in {path} is empty")
    if shared:
        tell(f"warning: others can read the secret in {path}; chmod 600 it")
    return text
