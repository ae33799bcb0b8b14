"""How `show` prints runs and plans."""

from __future__ import annotations

from runner.cli.applying import find_plan
from runner.cli.finishing import print_run
from runner.cli.making import print_plan
from runner.cli.options import Common
from runner.cli.output import print_json, print_json_line, print_lines
from runner.cli.resuming import plan_of
from runner.cli.surroundings import Surroundings
from runner.model import Run
from runner.report.shapes import item_shape
from runner.report.text import outcome_line
from runner.store.journal import Journal
from runner.store.plans import Plans


def show_run(run: Run, around: Surroundings, options: Common, *, items: bool, state: str | None) -> None:
    """A run's counts, or its items."""
    plan = plan_of(run, around)
    if not items:
        print_run(plan, run.id, around, options)
        return
    for item, outcome in Journal(around.context.database, run.id, run.plan).rows(state):
        if options.json:
            print_json(item_shape(item, outcome))
        else:
            print_lines([outcome_line(item, outcome)])


def show_plan(name: str, around: Surroundings, options: Common, *, items: bool, explain: bool) -> None:
    """A plan as `plan` prints it; with --items and JSON its item lines."""
    plan = find_plan(name, around).plan
    if items and options.json:
        for line in Plans(around.context.database).lines(plan.id):
            print_json_line(line)
        return
    print_plan(plan, around, options, file=None, everything=items, explain=explain)
