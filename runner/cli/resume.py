"""`wikimop resume`: finish an interrupted run."""

from __future__ import annotations

from typing import Any

import click

from runner.cli.options import common, wiki_options


@click.command()
@click.argument("run", required=False)
@click.option("--retry-failed", is_flag=True, help="Try the failed items again.")
@click.option("--yes", is_flag=True, help="Accepted for scripts; resuming asks nothing.")
@wiki_options
def command(run: str | None, *, retry_failed: bool, yes: bool, **options: Any) -> int:  # noqa: ANN401, ARG001
    """Finish RUN, or the one run that is unfinished.

    What was sent and not answered is looked up on the wiki first, and only then repeated or not.
    """
    from functools import partial  # noqa: PLC0415 - --help stays quick

    from runner.cli import applying, finishing, resuming  # noqa: PLC0415
    from runner.cli.output import tell  # noqa: PLC0415
    from runner.cli.surroundings import surroundings  # noqa: PLC0415
    from runner.flows.runs import resume_run  # noqa: PLC0415
    from runner.store.folder import StateFolder  # noqa: PLC0415

    shared = common(**options)
    if run is None and not StateFolder(shared.state_dir).exists():
        tell("There is nothing to finish.")
        return 0
    with surroundings(shared, existing=True) as around:
        found = resuming.find_run(run, around, retry_failed=retry_failed)
        if found is None:
            tell("There is nothing to finish.")
            return 0
        plan = resuming.plan_of(found, around)
        access = applying.access_for(plan, shared, allow_suppress=True)
        with around.folder.lock(found.id):
            connected = applying.connect_for(plan, access, around)
            work = partial(resume_run, plan, connected, retry_failed=retry_failed)
            return finishing.carry_out(work, plan, around, shared)
