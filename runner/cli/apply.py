"""`wikimop apply`: exactly a plan, once."""

from __future__ import annotations

from typing import Any

import click

from runner.cli.options import allow_suppress_option, common, wiki_options


@click.command()
@click.argument("plan")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--sha256", metavar="D", help="The digest of the plan that was reviewed; any other is refused.")
@allow_suppress_option
@wiki_options
def command(plan: str, sha256: str | None, *, yes: bool, allow_suppress: bool, **options: Any) -> int:  # noqa: ANN401
    """Carry out exactly PLAN, a plan file or the id of a plan in the state folder, once."""
    from functools import partial  # noqa: PLC0415 - --help stays quick

    from runner.cli import applying, finishing  # noqa: PLC0415
    from runner.cli.surroundings import surroundings  # noqa: PLC0415
    from runner.flows.runs import apply_plan, refuse_applied, refuse_guarded  # noqa: PLC0415

    shared = common(**options)
    with surroundings(shared) as around:
        found = applying.find_plan(plan, around)
        applying.check_digest(found, sha256)
        refuse_guarded(found.plan)
        refuse_applied(found.plan, around.context)
        access = applying.access_for(found.plan, shared, allow_suppress=allow_suppress)
        applying.approve(found, access, shared, yes=yes, digest=sha256)
        with around.folder.lock(found.plan.run):
            connected = applying.connect_for(found.plan, access, around)
            applying.refuse_marked(found.plan, connected)
            return finishing.carry_out(partial(apply_plan, found.plan, connected), found.plan, around, shared)
