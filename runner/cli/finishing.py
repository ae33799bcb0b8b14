"""Carrying a plan out and telling what became of it: shared by `apply`, `run` and `resume`."""

from __future__ import annotations

import select
import shlex
import sys
import termios
from collections.abc import Callable

import click

from runner.cli.options import Common
from runner.cli.output import presentable, print_json, print_lines, tell
from runner.cli.surroundings import Surroundings, impatient
from runner.errors import EXIT_INCOMPLETE, EXIT_OK, GuardStop, WikimopError
from runner.flows.context import Context
from runner.harmless import harmless
from runner.model import Run
from runner.report.shapes import run_shape
from runner.report.text import question, run_lines
from runner.store.journal import Journal
from runner.store.plans import StoredPlan
from runner.store.runs import Runs

LISTEN_SECONDS = 0.2


def print_run(plan: StoredPlan, run: str, around: Surroundings, options: Common) -> None:
    """The run as a result on stdout."""
    database = around.context.database
    found = Runs(database).get(run)
    state = around.state_of(found) if found else "interrupted"
    journal = Journal(database, run, plan.id)
    counts = journal.counts()
    if options.json:
        print_json(run_shape(run, state, plan.header, counts))
    else:
        print_lines(run_lines(run, state, plan.header, counts, journal.codes()))


def carry_out(
    work: Callable[[Context], Run], plan: StoredPlan, around: Surroundings, options: Common, *, alone: bool = True
) -> int:
    """Do the work, print the run whatever happened, and give the exit code; an error that stopped it is raised again.

    `alone`: nobody goes on with the next stage by himself, so it is told how.
    """
    run = plan.run
    try:
        with around.logged_as(run) as context:
            work(context)
    except WikimopError:
        if Runs(around.context.database).get(run):
            print_run(plan, run, around, options)
            tell(f"Nothing is lost: `wikimop resume {run}` goes on.")
        raise
    print_run(plan, run, around, options)
    if alone and not options.json and plan.header["later"]:
        # A plan may come from somebody else, and this line is there to be copied.
        path = shlex.quote(harmless(plan.header["playbook"]["path"]))
        tell(f"The next stage: wikimop plan {path} --after {run}")
    return exit_code(plan, around)


def exit_code(plan: StoredPlan, around: Surroundings) -> int:
    """1 if anything failed, stayed unsure, drifted or was blocked."""
    journal = Journal(around.context.database, plan.run, plan.id)
    return EXIT_INCOMPLETE if journal.incomplete() else EXIT_OK


def ask(plan: StoredPlan, options: Common, *, yes: bool) -> None:
    """Get somebody's yes, or raise `GuardStop`; Ctrl-C and SIGTERM end the waiting at once."""
    if yes:
        return
    if options.no_input or not sys.stdin.isatty():
        raise GuardStop("nobody said yes", hint="say --yes to go ahead without being asked")
    termios.tcflush(sys.stdin, termios.TCIFLUSH)  # what was typed before the plan could be read is no answer to it
    with impatient():
        approved = _confirmed(question(plan.header))
    if not approved:
        raise GuardStop(f"not approved: nothing of plan {plan.id} was written", hint=_later(plan))


def _confirmed(text: str) -> bool:
    """Ask until it is answered. Input is waited for in short pieces: a signal that came just before a blocking read would
    be heard only after it."""
    while True:
        print(f"{presentable(text)} [y/N]: ", end="", file=sys.stderr, flush=True)  # noqa: T201 - the command line's own voice
        while not select.select([sys.stdin], [], [], LISTEN_SECONDS)[0]:
            pass
        line = sys.stdin.readline()
        if not line:
            raise click.Abort
        answer = line.strip().lower()
        if answer in ("", "n", "no", "y", "yes"):
            return answer in ("y", "yes")
        tell("Answer y or n.")


def _later(plan: StoredPlan) -> str:
    before = plan.header["after"]
    done = f"; what run {before} did stands" if before else ""
    return f"`wikimop apply {plan.id}` carries it out later{done}"
