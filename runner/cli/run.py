"""`wikimop run`: plan, show, ask, apply, stage by stage."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from runner.cli.options import allow_suppress_option, common, var_option, wiki_options


@click.command()
@click.argument("playbook", type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help="List everything that would be done, and send no write at all.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@var_option
@allow_suppress_option
@wiki_options
def command(
    playbook: Path, variables: dict[str, str], *, dry_run: bool, yes: bool, allow_suppress: bool,
    **options: Any,  # noqa: ANN401 - click's options
) -> int:  # fmt: skip
    """Plan PLAYBOOK, show the plan, ask, and carry it out."""
    from runner.cli import making  # noqa: PLC0415 - --help stays quick
    from runner.cli.surroundings import surroundings  # noqa: PLC0415

    shared = common(**options)
    book, access = making.open_playbook(playbook, variables, shared, allow_suppress=allow_suppress)
    with surroundings(shared) as around:
        connected = making.open_wiki(book, access, around)
        if dry_run:
            plan = making.planned(book, making.stage_of(book, None, around), connected, around)
            making.print_plan(plan, around, shared, file=None, everything=True)
            return making.guarded(plan)
        return _stages(book, connected, around, shared, yes=yes)


def _stages(book: Any, connected: Any, around: Any, shared: Any, *, yes: bool) -> int:  # noqa: ANN401 - see making
    from functools import partial  # noqa: PLC0415

    from runner.cli import finishing, making  # noqa: PLC0415
    from runner.flows.runs import apply_plan, refuse_guarded  # noqa: PLC0415

    after: str | None = None
    worst = 0
    while True:
        plan = making.planned(book, making.stage_of(book, after, around), connected, around)
        if not shared.json:
            making.show_plan(plan, around, everything=False)
        refuse_guarded(plan)
        if plan.items:
            finishing.ask(plan, shared, yes=yes)
        with around.folder.lock(plan.run):
            worst = max(worst, finishing.carry_out(partial(apply_plan, plan, connected), plan, around, shared, alone=False))
        if not plan.header["later"]:
            return worst
        after = plan.run
