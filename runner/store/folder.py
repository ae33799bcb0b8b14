"""The state folder `.wikimop/`: private to the user, ignored by git, and locked per run."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from runner.errors import UsageError
from runner.redaction import Secrets
from runner.store.database import Database, open_database
from runner.store.git import git
from runner.store.mounts import network_kind, read_mounts
from runner.store.private import private_file, private_folder
from runner.store.watermark import SUFFIX

DATABASE = "state.sqlite"


class StateFolder:
    """Where plans and runs are kept: `state.sqlite`, and `runs/RUN.jsonl` and `runs/RUN.lock` for each run."""

    def __init__(self, path: Path, mounts: Callable[[], str] = read_mounts) -> None:
        self.path = path
        self._mounts = mounts

    def exists(self) -> bool:
        """Whether anything was ever kept here, even if it is gone."""
        database = self.path / DATABASE
        return database.exists() or database.with_suffix(SUFFIX).exists()

    def open(self, secrets: Secrets | None = None) -> Database:
        """Make the folder if need be and open its database, which will hold none of the secrets; raises `UsageError`."""
        if kind := network_kind(self.path.resolve(), self._mounts()):
            raise UsageError(
                f"the state folder {self.path} lies on a network file system ({kind}): its journal would not be safe there",
                hint="choose a folder on a disk of this machine with --state-dir or WIKIMOP_STATE_DIR",
            )
        self._make()
        return open_database(self.path / DATABASE, secrets)

    def log_path(self, run: str) -> Path:
        """The log of a run or of a plan, JSON lines."""
        return self.path / "runs" / f"{run}.jsonl"

    def _make(self) -> None:
        if _tracked(self.path):
            raise UsageError(
                f"git tracks files in the state folder {self.path}",
                hint="take them out with `git rm -r --cached`, or choose another folder with --state-dir",
            )
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            private_folder(self.path)
            private_folder(self.path / "runs")
            if not (self.path / ".gitignore").exists():
                with os.fdopen(private_file(self.path / ".gitignore", os.O_WRONLY), "w") as ignore:
                    ignore.write("*\n")
        except OSError as error:
            raise self._unusable(error) from None

    def _unusable(self, error: OSError) -> UsageError:
        return UsageError(f"the state folder {self.path} cannot be used: {error.strerror}")

    def held(self, run: str) -> bool:
        """Whether a process works on a run right now."""
        try:
            handle = os.open(self.path / "runs" / f"{run}.lock", os.O_RDWR)
        except FileNotFoundError:
            return False
        except OSError as error:
            raise self._unusable(error) from None
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return True
        finally:
            os.close(handle)
        return False

    @contextmanager
    def turn(self, what: str) -> Iterator[None]:
        """Wait until no other process is at it, and keep the others waiting; for what takes seconds."""
        handle = self._handle(what)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)

    def _handle(self, name: str) -> int:
        try:
            return private_file(self.path / "runs" / f"{name}.lock", os.O_RDWR)
        except OSError as error:
            raise self._unusable(error) from None

    @contextmanager
    def lock(self, run: str) -> Iterator[None]:
        """Hold a run; raises `UsageError` if another process does. The kernel lets go when the process ends."""
        handle = self._handle(run)
        try:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                holder = os.pread(handle, 32, 0).decode(errors="replace").strip() or "unknown"
                raise UsageError(
                    f"run {run} is being worked on by another process (pid {holder})",
                    hint="wait for it, or stop it; then `wikimop resume`",
                ) from None
            with suppress(OSError):  # who holds it is a help to others, no more
                os.truncate(handle, 0)
                os.pwrite(handle, f"{os.getpid()}\n".encode(), 0)
            yield
        finally:
            os.close(handle)


def _tracked(path: Path) -> bool:
    """Whether git tracks anything inside the folder, or the very link that leads to it: somebody else may have made that."""
    places = {path.absolute(), path.resolve()}
    return any(
        bool(git(place.parent, "ls-files", "--", place.name))
        for place in places
        if any((parent / ".git").exists() for parent in place.parents)
    )
