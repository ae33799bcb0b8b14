"""`wikimop undo`: a new plan that takes back what a run did, to be reviewed and applied like any other."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from runner.cli.options import common, wiki_options


@click.command()
@click.argument("run", metavar="RUN")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Also write the plan to a file, to be reviewed.")
@wiki_options
def command(run: str, out: Path | None, **options: Any) -> int:  # noqa: ANN401 - click's options
    """Make a plan that takes back just what RUN did.

    Nothing is written to the wiki. What cannot be taken back stands in the plan as blocked, with the reason.
    """
    from runner.cli import applying, making, resuming  # noqa: PLC0415 - --help stays quick
    from runner.cli.output import tell  # noqa: PLC0415
    from runner.cli.surroundings import surroundings  # noqa: PLC0415
    from runner.flows.undo import make_undo  # noqa: PLC0415

    shared = common(**options)
    with surroundings(shared, existing=True) as around:
        found = resuming.known_run(run, around)
        plan = resuming.plan_of(found, around)
        with around.folder.lock(found.id):
            access = applying.access_for(plan, shared, allow_suppress=True)
            undo = make_undo(found, plan, applying.connect_for(plan, access, around), around.context)
        if out:
            making.write_plan(undo, around, out)
        making.print_plan(undo, around, shared, file=out, everything=False)
        if not shared.json:
            tell(f"Nothing was written to the wiki. To carry exactly this out: wikimop apply {out or undo.id}")
        return 0
