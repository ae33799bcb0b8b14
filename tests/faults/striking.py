"""The harness: a run that is struck at chosen moments and then resumed, and what must agree afterwards."""

from __future__ import annotations

import json
import signal
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from copy import copy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.desk import Desk, Result
from tests.faults.conftest import impatient
from tests.faults.recipes import RECIPES, Recipe
from tests.faults.test_every_action import was_done_once
from tests.mediawiki import MediaWiki

LAUNCHER = Path(__file__).with_name("launcher.py")
BOUNDARIES = ("before", "after", "answered")
PATIENCE = "5s"
ENDS = {
    # What each strike may end a command with: 0 where it came too late to matter, or does not matter.
    "kill": {-signal.SIGKILL},
    "term": {0, 130},
    "full": {0, 2, 3},
    "files": {0, 2, 3, 4},
    "readonly": {0, 2, 3},
    "clock": {0},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Strike:
    """One moment, and what happens then; see `launcher`."""

    where: str
    number: int
    what: str = "kill"

    def __str__(self) -> str:
        return f"{self.where}:{self.number}:{self.what}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A recipe that is planned: the desk, and the plan's id."""

    desk: Desk
    wiki: MediaWiki
    recipe: Recipe
    plan: str

    @property
    def run(self) -> str:
        return "r" + self.plan[1:]

    def struck(self, strike: Strike) -> bool:
        """Apply or resume with a strike; whether it came (the command may have been at its end before)."""
        result = self._call({"MOP_STRIKE": str(strike)})
        make_writable(self.desk)
        if result.code in self.recipe.codes:
            return strike.what == "clock"
        assert result.code in ENDS[strike.what], f"{strike}: exit {result.code}\n{result.out}\n{result.err}"
        return True

    def finish(self) -> None:
        """Resume to the end, undisturbed."""
        result = self._call({})
        assert result.code in self.recipe.codes, result.err
        assert not result.out or result.json["state"] == "finished"

    def moments(self) -> Mapping[str, int]:
        """Carry it out undisturbed; how often each moment came."""
        counted = self.desk.folder / "moments.json"
        assert self._call({"MOP_COUNT": str(counted)}).code == 0
        found: dict[str, int] = json.loads(counted.read_text(encoding="utf-8"))
        return found

    def agree(self) -> None:
        """The plan, the journal, the wiki's log and its tables."""
        was_done_once(self.desk, self.wiki, self.recipe, self.run)
        planned_and_done = (
            "SELECT count(*), count(r.seq) FROM items i LEFT JOIN results r ON r.run = ? AND r.seq = i.seq WHERE i.plan = ?"
        )
        assert self._state(planned_and_done, self.run, self.plan) == [(self.recipe.items, self.recipe.items)]

    def _call(self, more: Mapping[str, str]) -> Result:
        """`resume`, or `apply` where there is no run yet."""
        if self._state("SELECT 1 FROM runs WHERE id = ?", self.run):
            return self._launch(more, "resume", self.run)
        return self._launch(more, "apply", self.plan, "--yes")

    def _state(self, query: str, *values: str) -> list[tuple[Any, ...]]:
        with closing(sqlite3.connect(self.desk.folder / ".wikimop/state.sqlite")) as database:
            return database.execute(query, values).fetchall()

    def _launch(self, more: Mapping[str, str], *arguments: str) -> Result:
        return launch(self.desk, more, *arguments)


def launch(desk: Desk, more: Mapping[str, str], *arguments: str | Path) -> Result:
    """A command, with more in its environment for the launcher to heed."""
    struck = copy(desk)
    struck.environment = {**desk.environment, **more}
    program = [str(LAUNCHER)] if more else ["-m", "runner"]
    process = struck.start(*arguments, "--format", "json", program=program)
    out, err = process.communicate(timeout=300)
    assert "Traceback" not in err, err
    assert "a bug in wikimop" not in err, f"{more}: {err}"
    return Result(code=process.returncode, out=out, err=err)


def make_writable(desk: Desk) -> None:
    """The state folder again, after a strike that took that away."""
    state = desk.folder / ".wikimop"
    for path in (state, *state.rglob("*")):
        path.chmod(0o700 if path.is_dir() else 0o600)


def planned(name: str, wiki: MediaWiki, folder: Path) -> Job:
    """A recipe, ready to be carried out on a freshly seeded wiki."""
    recipe = RECIPES[name]
    recipe.prepare(wiki)
    desk = impatient(Desk(folder, wiki.api, recipe.account), wiki, PATIENCE)
    book = desk.playbook(f"- {{id: job, {recipe.step[1:]}")
    return Job(desk=desk, wiki=wiki, recipe=recipe, plan=desk.wikimop("plan", book, "--format", "json", code=0).json["plan"])
