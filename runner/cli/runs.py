"""`wikimop runs`: what there is in the state folder."""

from __future__ import annotations

from typing import Any

import click

from runner.cli.options import common, state_options


@click.command()
@state_options
def command(**options: Any) -> int:  # noqa: ANN401 - click's options
    """List the runs in the state folder, oldest first, and the plans that were not applied."""
    from dataclasses import replace  # noqa: PLC0415 - --help stays quick

    from runner.cli.output import print_json, print_lines, tell  # noqa: PLC0415
    from runner.cli.surroundings import surroundings  # noqa: PLC0415
    from runner.report.text import runs_lines  # noqa: PLC0415
    from runner.store.folder import StateFolder  # noqa: PLC0415
    from runner.store.plans import Plans  # noqa: PLC0415
    from runner.store.runs import Runs  # noqa: PLC0415

    shared = common(**options)
    if not StateFolder(shared.state_dir).exists():
        tell("There is nothing here yet.")
        return 0
    with surroundings(shared) as around:
        runs = [replace(run, state=around.state_of(run)) for run in Runs(around.context.database).all()]
        for run in runs:
            if shared.json:
                print_json({"run": run.id, "plan": run.plan, "state": around.state_of(run)})
        if not shared.json:
            plans = Plans(around.context.database)
            print_lines(runs_lines(runs, {plan.id: plan.header for plan in plans.all()}))
        return 0
