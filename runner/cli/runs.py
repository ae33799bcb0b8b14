"""`wikimop runs`: what there is in the state folder."""

from __future__ import annotations

from typing import Any

import click

from runner.cli.options import common, state_options


@click.command()
@state_options
def command(**options: Any) -> int:  # noqa: ANN401 - click's options
    """List the runs in the state folder, oldest first."""
    from runner.cli.output import print_json, print_lines, tell  # noqa: PLC0415 - --help stays quick
    from runner.cli.surroundings import surroundings  # noqa: PLC0415
    from runner.store.journal import Runs  # noqa: PLC0415

    shared = common(**options)
    with surroundings(shared) as around:
        runs = Runs(around.context.database).all()
        for run in runs:
            if shared.json:
                print_json({"run": run.id, "plan": run.plan, "state": run.state})
            else:
                print_lines([f"{run.id}  plan {run.plan}  {run.state:<11}  {run.created[:19]}Z  {run.reason}".rstrip()])
        if not runs and not shared.json:
            tell("There are no runs here.")
        return 0
