"""A program of the user's own that prints a secret (`{command: [PROGRAM, ARGUMENT]}`): no shell, bounded in time and size."""

from __future__ import annotations

import os
import selectors
import shutil
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

from runner.errors import UsageError
from runner.store.git import environment

SECONDS = 60.0
LARGEST = 64 * 1024


def printed_by(command: Sequence[str], folder: Path, *, seconds: float = SECONDS) -> str:
    """What the program prints on stdout, one line; raises `UsageError`, which holds nothing of it. The program runs in the
    configuration's folder, without stdin; what it says on stderr goes nowhere, for it might be the secret."""
    program = found(command[0], folder)
    try:
        process = subprocess.Popen(  # noqa: S603 - the user's own configuration says so
            [program, *command[1:]], cwd=folder, env=environment(), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )  # fmt: skip
    except OSError as error:
        raise UsageError(f"{command[0]}, which prints a secret, cannot be run: {error.strerror}") from None
    with process:
        try:
            output = _output(process, time.monotonic() + seconds)
            code = process.wait(1.0) if output is not None else None
        except subprocess.TimeoutExpired:
            code = None
        finally:
            if process.poll() is None:
                process.kill()
    return _line(command[0], output, code, seconds)


def found(program: str, folder: Path) -> str:
    """The program's file: a bare name is looked for on the PATH, but for the parts of it that depend on the current folder,
    which may be a stranger's; any other is seen from the configuration's folder. Raises `UsageError`."""
    if "/" in program:
        return str(folder / Path(program).expanduser())
    folders = [part for part in os.environ.get("PATH", os.defpath).split(os.pathsep) if Path(part).is_absolute()]
    path = shutil.which(program, path=os.pathsep.join(folders))
    if path is None:
        raise UsageError(f"{program}, which prints a secret, cannot be run: it is not on the PATH")
    return path


def _output(process: subprocess.Popen[bytes], until: float) -> bytes | None:
    """What it prints until it closes its stdout; None if that takes too long or is too much."""
    parts: list[bytes] = []
    size = 0
    with selectors.DefaultSelector() as waiting:
        assert process.stdout is not None  # noqa: S101 - it was asked for
        waiting.register(process.stdout, selectors.EVENT_READ)
        while waiting.select(max(0.0, until - time.monotonic())):
            part = os.read(process.stdout.fileno(), LARGEST)
            if not part:
                return b"".join(parts)
            parts.append(part)
            size += len(part)
            if size > LARGEST:
                return None
    return None


def _line(program: str, output: bytes | None, code: int | None, seconds: float) -> str:
    if output is None or code is None:
        raise UsageError(f"{program}, which prints a secret, did not end within {seconds:.0f} seconds, or printed too much")
    if code != 0:
        raise UsageError(f"{program}, which prints a secret, failed with code {code}", hint="run it by hand to see why")
    try:
        text = output.decode().removesuffix("\n").removesuffix("\r")
    except UnicodeDecodeError:
        raise UsageError(f"what {program} prints cannot be a secret: it is not UTF-8") from None
    if not text:
        raise UsageError(f"{program}, which prints a secret, printed nothing")
    return text
