"""One running wiki."""

import contextlib
import re
import shutil
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from . import config, install
from .packages import SetupError

HERE = Path(__file__).parent
PATIENCE = 20
LOCAL = "http://127.0.0.1"
OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class MediaWiki:
    """A wiki that answers on 127.0.0.1, with a private copy of the seeded data."""

    def __init__(self, port: int, folder: Path, runtime: Path, process: "subprocess.Popen[bytes] | None" = None) -> None:
        self.port = port
        self.api = f"{LOCAL}:{port}/api.php"
        self.folder = folder
        self.database = folder / "wiki.sqlite"
        self.runtime = runtime
        self._process = process
        self._heard = 0

    @property
    def pid(self) -> int:
        """The supervisor's."""
        return self._process.pid if self._process else 0

    def rows(self, sql: str, *args: object) -> list[tuple[Any, ...]]:
        """Ask the database, without being able to change it."""
        with contextlib.closing(sqlite3.connect(f"{self.database.as_uri()}?mode=ro", uri=True, timeout=30)) as database:
            return database.execute(sql, args).fetchall()

    def reset(self, kept: Path | None = None) -> None:
        """Back to the seeded state, or to one that was kept; whoever was logged in no longer is."""
        self._drain()
        restore(self.folder, kept)
        self._clear("all")

    def keep(self, folder: Path) -> Path:
        """Copy everything as it is now into a new folder, for `reset`."""
        self._drain()
        shutil.copytree(self.folder / "images", folder / "images")
        shutil.copyfile(self.folder / "LocalSettings.php", folder / "LocalSettings.php")
        for path in self.folder.glob("*.sqlite"):
            with (
                contextlib.closing(sqlite3.connect(path, timeout=30)) as live,
                contextlib.closing(sqlite3.connect(folder / path.name)) as copy,
            ):
                live.backup(copy)
                copy.execute("PRAGMA journal_mode = WAL")
        return folder

    def settings(self, php: str) -> None:
        """PHP code to run at the end of LocalSettings, such as ``$wgReadOnly = 'closed';``; none takes it away."""
        local = self.folder / "local.php"
        if php:
            new = local.with_suffix(".new")
            new.write_text(f"<?php\n{php}\n", encoding="utf-8")
            new.replace(local)
        else:
            local.unlink(missing_ok=True)
        self._clear("some")

    def maintenance(self, script: str, *args: str, input: str | None = None) -> str:  # noqa: A002
        """Run a maintenance script, ``"runJobs"`` for one, and give what it printed."""
        settings, l10n = self.folder / "LocalSettings.php", str(install.template() / "l10n")
        output = install.software().maintenance(settings, script, *args, given=input, WIKI_L10N=l10n)
        self._clear("some")
        return output

    def run_jobs(self) -> None:
        self._drain()
        self.maintenance("runJobs")

    def issued(self) -> list[str]:
        """The session cookies and tokens that the wiki gave out since this was last asked, whoever got them."""
        with contextlib.suppress(FileNotFoundError), (self.runtime / "issued").open(encoding="utf-8") as given:
            given.seek(self._heard)
            text = given.read()
            self._heard = given.tell()
            return sorted(set(text.split()))
        return []

    def stop(self) -> None:
        if self._process is not None and self._process.stdin is not None:
            self._process.stdin.close()  # what the supervisor waits for
            self._process.wait()
            shutil.rmtree(self.runtime, ignore_errors=True)  # it is still there if a server broke down

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stop()

    def answers(self) -> bool:
        """Whether it is this wiki that answers on its port, and not another one."""
        try:
            return f"cleared {self.runtime}\n" == self._get("-clear/some")
        except OSError:
            return False

    def warm(self) -> None:
        """Once through the API, so that the first test does not pay for compiling MediaWiki."""
        self._get("api.php?action=query&meta=siteinfo&format=json")

    def _drain(self, patience: float = 30) -> None:
        """Wait until nothing is at work: MediaWiki goes on after it has answered."""
        end = time.monotonic() + patience
        while "active processes:     1\n" not in self._get("-status"):
            if time.monotonic() > end:
                raise TimeoutError(f"the wiki at {self.api} is still busy after {patience} s")
            time.sleep(0.005)

    def _clear(self, what: str) -> None:
        self._get(f"-clear/{what}")

    def _get(self, path: str) -> str:
        with OPENER.open(f"{LOCAL}:{self.port}/{path}", timeout=30) as answer:
            return str(answer.read().decode())


def restore(folder: Path, kept: Path | None = None) -> None:
    """Make ``folder`` a fresh copy of the seeded data, or of what was kept."""
    seeded = kept or install.prepare() / "data"
    folder.mkdir(parents=True, exist_ok=True)
    shutil.rmtree(folder / "images", ignore_errors=True)
    shutil.copytree(seeded / "images", folder / "images")
    stays = {"images", "locks", "LocalSettings.php", *(path.name for path in seeded.glob("*.sqlite"))}
    for path in folder.iterdir():  # local.php, and write-ahead logs that belong to the databases replaced below
        if path.name not in stays and path.is_file():
            path.unlink()
    (folder / "locks").mkdir(exist_ok=True)
    for path in filter(Path.is_file, seeded.iterdir()):
        new = folder / f"{path.name}.new"
        shutil.copyfile(path, new)
        new.replace(folder / path.name)


def start(folder: Path | None = None, port: int = 0) -> MediaWiki:
    """Start a wiki that ends with ``stop()`` or with this process."""
    return launch(folder, port, detached=False)


def launch(folder: Path | None, port: int, *, detached: bool, attempts: int = 5) -> MediaWiki:
    install.prepare()
    for attempt in range(attempts):
        try:
            return _launch(folder, port or _free_port(), detached=detached)
        except SetupError:  # somebody else was quicker to take the port
            if port or attempt == attempts - 1:
                raise
    raise AssertionError("no attempts")


def _launch(folder: Path | None, port: int, *, detached: bool) -> MediaWiki:
    runtime = _runtime()
    data = (folder or runtime / "data").absolute()
    restore(data)
    config.write(runtime, data, install.template() / "l10n", port, install.software())
    command = [sys.executable, str(HERE / "supervise.py"), str(runtime), *([] if detached else ["--watch"])]
    given = subprocess.DEVNULL if detached else subprocess.PIPE
    with (runtime / "servers.log").open("ab") as log:
        process = subprocess.Popen(command, stdin=given, stdout=log, stderr=log, start_new_session=True)
    wiki = MediaWiki(port, data, runtime, process)
    end = time.monotonic() + PATIENCE
    while process.poll() is None and time.monotonic() < end:
        if (runtime / "fpm.sock").exists() and wiki.answers() and process.poll() is None:
            wiki.warm()
            return wiki
        time.sleep(0.01)
    raise SetupError(f"The wiki's servers do not start on port {port}: {_last_words(process, runtime)}")


def _last_words(process: "subprocess.Popen[bytes]", runtime: Path) -> str:
    if process.stdin is not None:
        process.stdin.close()
    process.terminate()
    process.wait()
    lines = [line for log in sorted(runtime.glob("*.log")) for line in log.read_text(errors="replace").splitlines()]
    shutil.rmtree(runtime, ignore_errors=True)
    return "; ".join(lines[-3:]) or "no answer"


def _runtime() -> Path:
    """A folder for sockets, whose paths must be short, and for settings, where they must be plain."""
    runtime = Path(tempfile.mkdtemp(prefix="wikimop-"))
    if not re.fullmatch(r"[\w./-]{1,80}", str(runtime), re.ASCII):
        runtime.rmdir()
        runtime = Path(tempfile.mkdtemp(prefix="wikimop-", dir="/tmp"))
    return runtime


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
