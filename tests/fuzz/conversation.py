"""One conversation with a wiki, from the login to the undo, whoever answers: for the tape, and for nonsense."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from runner.cli.access import Access
from runner.cli.checkup import inside
from runner.cli.progress import Silent
from runner.errors import WikimopError
from runner.flows.context import Connected, Context
from runner.flows.plan import make_plan
from runner.flows.runs import apply_plan, resume_run
from runner.flows.stages import first_stage
from runner.flows.undo import make_undo
from runner.log import Sink, make_log
from runner.planning.stamp import mark
from runner.playbook.check import load_playbook
from runner.playbook.playbook import Playbook
from runner.redaction import Secrets
from runner.store.database import Database, open_database
from runner.store.plans import StoredPlan
from runner.store.runs import Runs
from runner.wiki.client import Sender, Wiki
from runner.wiki.log import comments_since
from runner.wiki.login import BotPassword
from runner.wiki.pace import Clock, Pace
from runner.wiki.site import read_site, read_standing
from tests import leaks

API = "http://127.0.0.1/api.php"
PASSWORD = "correct-horse-battery-staple"
TOKEN = "0123456789abcdef0123456789abcdef01234567+\\"
"""On the tape, instead of real ones."""
BOOK = Path(__file__).with_name("book.yaml")
NOW = datetime(2026, 6, 1, tzinfo=UTC)


class Hasty:
    """Seconds that pass only while somebody sleeps, and a little with each look."""

    def __init__(self) -> None:
        self._now = 1000.0

    def now(self) -> float:
        self._now += 0.001
        return self._now

    def sleep(self, seconds: float) -> bool:
        self._now += seconds
        return False


@dataclass(kw_only=True, eq=False)
class Desk:
    """Where the conversation is noted: a database that many of them share, each with names of its own."""

    database: Database
    names: Iterator[int] = field(default_factory=lambda: itertools.count(1))
    secrets: Secrets = field(default_factory=Secrets)

    def context(self) -> Context:
        return Context(
            database=self.database,
            log=make_log(Sink(verbosity=-2), self.secrets),
            progress=Silent(),
            stopping=lambda: False,
            name=lambda: f"{next(self.names):08}",
        )


@contextmanager
def desk(folder: Path) -> Iterator[Desk]:
    """A desk in this folder, which holds no secret in the end, though nothing is told here what to blot out."""
    database = open_database(folder / "state.sqlite")
    try:
        yield Desk(database=database)
    finally:
        database.close()
    assert list(leaks.found(leaks.files(folder, {}), [PASSWORD, TOKEN])) == []


def playbook() -> Playbook:
    """The one that all conversations are about."""
    return load_playbook(BOOK.read_bytes(), file=str(BOOK), variables={}, read_file=lambda _path: None)


def connected(sender: Sender, *, patience: float = 60.0) -> Connected:
    """Log in, and read what the wiki says of itself."""
    clock = Hasty()
    pace = Pace(Clock(clock.now, clock.sleep), unanswered=patience, stalled=patience)
    wiki = Wiki(sender, pace=pace, credentials=BotPassword(username="Admin@mop", password=PASSWORD))
    wiki.log_in()
    site, standing = read_site(wiki.read), read_standing(wiki.read)
    return Connected(
        wiki=wiki, pace=pace, site=site, account=standing.account, api=API, now=lambda: NOW, monotonic=clock.now
    )  # fmt: skip


Watch = Callable[[StoredPlan], None]


def converse(sender: Sender, around: Desk, book: Playbook, watch: Watch = lambda _plan: None) -> list[str]:
    """Plan, apply, resume if it stopped, undo, apply that; what each of them came to. `watch` is told of each plan before it
    is applied. Raises only what is no user's error."""
    context = around.context()
    said: list[str] = []
    try:
        plan = make_plan(book, first_stage(book), connected(sender), context, values=lambda _file: ())
        said += applied(plan, sender, context, watch)
        if run := Runs(context.database).get(plan.run):
            said += applied(make_undo(run, plan, connected(sender), context), sender, context, watch)
    except WikimopError as error:
        said.append(f"{error.exit_code}: {error.message}")
    return said


def applied(plan: StoredPlan, sender: Sender, context: Context, watch: Watch) -> list[str]:
    """Apply a plan, and resume once if it stopped."""
    watch(plan)
    try:
        apply_plan(plan, connected(sender), context)
    except WikimopError as error:
        said = f"{error.exit_code}: {error.message}"
        return [said, *(resumed(plan, sender, context) if Runs(context.database).get(plan.run) else ())]
    return ["0: applied"]


def resumed(plan: StoredPlan, sender: Sender, context: Context) -> list[str]:
    """Go on with the run of a plan."""
    try:
        resume_run(plan, connected(sender), context, retry_failed=True)
    except WikimopError as error:
        return [f"{error.exit_code}: {error.message}"]
    return ["0: resumed"]


def looked_over(sender: Sender) -> list[str]:
    """What `doctor` looks at, and what `apply` of somebody else's plan asks first."""
    try:
        found = connected(sender)
        checks = list(inside(found.wiki, Access(api=API)))
        ours = mark({"on": True, "text": "(wikimop {run})"}, "r12345678")
        comments = comments_since(found.wiki.read, "2026-01-01T00:00:00Z", user=found.account.name, filters=LOG)
        seen = any(ours in comment for comment in comments)
    except WikimopError as error:
        return [f"{error.exit_code}: {error.message}"]
    return [*(f"{check.name}: {check.detail}" for check in checks), str(seen)]


LOG: Mapping[str, str] = {"letype": "delete"}
