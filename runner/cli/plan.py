"""`wikimop plan`: find every item, and freeze what would be done. Nothing is written to the wiki."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from runner.cli.options import allow_suppress_option, common, var_option, wiki_options
from runner.errors import EXIT_CHANGES


@click.command()
@click.argument("playbook", type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Also write the plan to a file, to be reviewed.")
@click.option("--after", metavar="RUN", help="Plan the stage after this run.")
@click.option("--detailed-exitcode", is_flag=True, help="Exit with 5 if the plan holds items.")
@click.option("--explain", is_flag=True, help="Also tell of every source and condition how many items it gave and dropped.")
@var_option
@allow_suppress_option
@wiki_options
def command(
    playbook: Path, out: Path | None, after: str | None, variables: dict[str, str], *,
    detailed_exitcode: bool, explain: bool, allow_suppress: bool, **options: Any,  # noqa: ANN401 - click's options
) -> int:  # fmt: skip
    """Find every item of PLAYBOOK, and freeze what would be done.

    Nothing is written to the wiki. `wikimop apply` carries exactly this plan out.
    """
    from runner.cli import making  # noqa: PLC0415 - --help stays quick
    from runner.cli.output import tell  # noqa: PLC0415
    from runner.cli.surroundings import surroundings  # noqa: PLC0415

    shared = common(**options)
    book, access = making.open_playbook(playbook, variables, shared, allow_suppress=allow_suppress)
    with surroundings(shared) as around:
        stage = making.stage_of(book, after, around)
        plan = making.planned(book, stage, making.open_wiki(book, access, around), around)
        if out:
            making.write_plan(plan, around, out)
        making.print_plan(plan, around, shared, file=out, everything=False, explain=explain)
        if code := making.guarded(plan):
            tell("A guard stops this plan: it cannot be applied.")
            return code
        if not shared.json:
            tell(f"Nothing was written to the wiki. To carry exactly this out: wikimop apply {out or plan.id}")
        return EXIT_CHANGES if detailed_exitcode and plan.items else 0
