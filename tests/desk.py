"""An administrator's desk: a folder with playbooks, an environment, and the command `wikimop` as a process of its own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from tests import leaks
from tests.mediawiki import ACCOUNTS, Client, MediaWiki

TIMEOUT = 300  # on a machine with other things to do


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What a command did."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:  # noqa: ANN401 - a JSON value
        """The one JSON object on stdout."""
        return json.loads(self.out)

    @property
    def lines(self) -> list[Any]:
        """JSON Lines on stdout."""
        return [json.loads(line) for line in self.out.splitlines()]


class Heard(subprocess.Popen[str]):
    """A command under way; what it prints is kept."""

    printed: list[str]

    def communicate(self, input: str | None = None, timeout: float | None = None) -> tuple[str, str]:  # noqa: A002
        out, err = super().communicate(input, timeout)
        self.printed += [out or "", err or ""]
        return out, err


class Desk:
    """`api` and `account` set the environment; `wikimop` runs a command in the folder and waits for it.

    After each test every desk is searched for secrets: what its commands printed, and every file that a test did not write.
    """

    made: ClassVar[list[Desk]] = []

    def __init__(self, folder: Path, api: str = "", account: str = "sysop") -> None:
        self.folder = folder
        self.own: dict[Path, bytes] = {}
        self.printed: list[str] = []
        self.started: list[Heard] = []
        self.made.append(self)
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("WIKIMOP_")},
            "HOME": str(folder),
            "XDG_CONFIG_HOME": str(folder / "config"),
            "NO_COLOR": "1",
        }
        if api:
            self.use(api, account)

    def use(self, api: str, account: str) -> None:
        """Work on this wiki as one of the accounts of the throw-away wiki."""
        known = ACCOUNTS[account]
        self.environment |= {
            "WIKIMOP_API": api,
            "WIKIMOP_USERNAME": known.bot_username,
            "WIKIMOP_PASSWORD": known.bot_password,
            "WIKIMOP_CONTACT": "admin@example.org",
        }

    def write(self, text: str, name: str = "playbook.yaml") -> Path:
        """A file in the folder."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        self.own[path.resolve()] = path.read_bytes()
        return path

    def leaks(self, issued: Sequence[str] = ()) -> list[str]:
        """Whose secrets were printed or written, and where; `issued` are cookies and tokens of the wiki."""
        self._hear_out()
        printed = (leaks.OWN_NAME, "\n".join(self.printed).encode("utf-8", "surrogatepass"))
        return list(leaks.found([printed, *leaks.files(self.folder, self.own)], issued))

    def _hear_out(self) -> None:
        """What was printed by commands that a test killed, and did not listen to."""
        for process in self.started:
            if process.poll() is not None and process.stdout and not process.stdout.closed:
                process.communicate()

    def start(
        self, *arguments: str | Path, program: Sequence[str] = ("-m", "runner"), **options: Any  # noqa: ANN401 - of Popen
    ) -> Heard:  # fmt: skip
        """Start a command and do not wait."""
        process = Heard(
            [sys.executable, *program, *map(str, arguments)],
            cwd=self.folder, env=self.environment, text=True, encoding="utf-8",
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options,
        )  # fmt: skip
        process.printed = self.printed
        self.started.append(process)
        return process

    def wikimop(
        self, *arguments: str | Path, stdin: str = "", code: int | None = None, timeout: float = TIMEOUT
    ) -> Result:  # fmt: skip
        """Run a command to its end; with `code`, its exit code must be that."""
        process = self.start(*arguments)
        try:
            out, err = process.communicate(stdin, timeout=timeout)
        except subprocess.TimeoutExpired:
            process.kill()
            raise
        result = Result(code=process.returncode, out=out, err=err)
        assert "Traceback" not in err, err
        assert code is None or result.code == code, f"exit {result.code}\n{out}\n{err}"
        return result

    def playbook(self, steps: str, top: str = "") -> Path:
        """A playbook with these steps (YAML, not indented) and more top-level keys."""
        body = "\n".join("  " + line for line in steps.strip("\n").splitlines())
        return self.write(f"playbook: 1\nname: test\n{top}\nsteps:\n{body}\n")

    def items(self, run: str) -> list[Any]:
        """`show RUN --items`."""
        return self.wikimop("show", run, "--items", "--format", "json", code=0).lines


def kill_after(process: subprocess.Popen[str], seconds: float) -> None:
    """`kill -9` after some seconds, unless the process has ended by then."""
    time.sleep(seconds)
    if process.poll() is None:
        process.send_signal(signal.SIGKILL)
    process.communicate()


def deletions(wiki: MediaWiki) -> list[tuple[str, str]]:
    """Every deletion in the wiki's own log, by the database: (title without namespace, comment), oldest first."""
    return [
        (str(title), str(comment))
        for title, comment in wiki.rows(
            "SELECT log_title, comment_text FROM logging JOIN comment ON comment_id = log_comment_id"
            " WHERE log_type = 'delete' AND log_action = 'delete' ORDER BY log_id"
        )
    ]


def someone(wiki: MediaWiki, account: str = "admin") -> Client:
    """Another user of the wiki."""
    known = ACCOUNTS[account]
    return Client(wiki.api, known.bot_username, known.bot_password)
