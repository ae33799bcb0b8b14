"""Secrets, read where the configuration says they are, and registered before anything can be said of them."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from runner.cli.output import SECRETS, tell
from runner.cli.program import printed_by
from runner.errors import UsageError
from runner.playbook.logins import FromCommand, FromEnv, Secret
from runner.redaction import SHORTEST

LARGEST = 64 * 1024


def read_secret(secret: Secret, folder: Path) -> str:
    """The secret itself, a relative path seen from the configuration's folder; raises `UsageError`, which never holds it,
    where there is none."""
    if isinstance(secret, FromEnv):
        text, source = from_env(secret.name), f"the environment variable {secret.name}"
    elif isinstance(secret, FromCommand):
        text, source = printed_by(secret.command, folder), f"what {secret.command[0]} prints"
    else:
        path = folder / Path(secret.path).expanduser()
        text, source = _from_file(path), str(path)
    return registered(text, source)


def registered(text: str, source: str) -> str:
    """The secret, from now on blotted out of whatever is printed or written."""
    if "\n" in text or "\r" in text or "\0" in text:
        raise UsageError("a secret must be one line")
    try:
        text.encode()
    except UnicodeEncodeError:
        raise UsageError(f"the secret in {source} cannot be read: it is not UTF-8") from None
    if len(text) < SHORTEST:
        tell(f"warning: the secret in {source} is so short that it cannot be kept out of logs and messages by its look")
    SECRETS.learn(text)
    return text


def from_env(name: str) -> str:
    """An environment variable that has to be there."""
    if not (text := os.environ.get(name, "")):
        raise UsageError(f"the environment variable {name}, which holds a secret, is not set")
    return text


def _from_file(path: Path) -> str:
    try:
        # A pipe without a writer must not hold the command up.
        handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(handle, "rb") as file:
            mode = os.fstat(handle).st_mode
            data = file.read(LARGEST + 1) if stat.S_ISREG(mode) else None
    except OSError as error:
        raise UsageError(f"the secret in {path} cannot be read: {error.strerror}") from None
    if data is None or len(data) > LARGEST:
        raise UsageError(f"the secret in {path} cannot be read: it is not a file of one line")
    try:
        text = data.decode().strip()
    except UnicodeDecodeError:
        raise UsageError(f"the secret in {path} cannot be read: it is not UTF-8") from None
    if not text:
        raise UsageError(f"the secret in {path} is empty")
    if mode & (stat.S_IRGRP | stat.S_IWGRP | stat.S_IROTH | stat.S_IWOTH):
        tell(f"warning: others can read or change the secret in {path}; chmod 600 it")
    return text
