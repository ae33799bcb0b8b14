"""`wikimop show`: a run or a plan, item by item with --items."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from runner.cli.options import common, state_options

STATES = ["pending", "sent", "scheduled", "done", "unchanged", "skipped", "failed", "unsure"]


@click.command()
@click.argument("name", metavar="RUN|PLAN")
@click.option("--items", is_flag=True, help="Every item.")
@click.option("--state", type=click.Choice(STATES), help="With --items of a run: only these.")
@click.option("--explain", is_flag=True, help="Of a plan: how many items every source and condition gave and dropped.")
@state_options
def command(name: str, state: str | None, *, items: bool, explain: bool, **options: Any) -> int:  # noqa: ANN401 - click's options
    """Show a run, or a plan (an id in the state folder, or a plan file)."""
    from runner.cli import showing  # noqa: PLC0415 - --help stays quick
    from runner.cli.surroundings import surroundings  # noqa: PLC0415
    from runner.errors import UsageError  # noqa: PLC0415
    from runner.store.runs import Runs  # noqa: PLC0415

    shared = common(**options)
    with surroundings(shared, existing=not Path(name).is_file()) as around:
        run = Runs(around.context.database).get(name)
        if run is not None and explain:
            raise UsageError(f"{name} is a run", hint=f"`wikimop show {run.plan} --explain` explains its plan")
        if run is not None:
            showing.show_run(run, around, shared, items=items or state is not None, state=state)
        elif name.startswith("r") and not Path(name).is_file():
            raise UsageError(f"there is no run {name}", hint="`wikimop runs` lists them")
        elif state:
            raise UsageError(f"{name} is a plan", hint="--state is for the items of a run")
        elif items and explain and shared.json:
            raise UsageError("--items prints a line an item, and --explain one object", hint="ask for one of them")
        else:
            showing.show_plan(name, around, shared, items=items, explain=explain)
        return 0
