"""Finding the run to go on with."""

from __future__ import annotations

from runner.cli.surroundings import Surroundings
from runner.errors import UsageError
from runner.flows.imports import recheck
from runner.model import Run
from runner.store.journal import Journal
from runner.store.plans import Plans, StoredPlan
from runner.store.runs import Runs
from runner.store.soundness import check_journal


def find_run(name: str | None, around: Surroundings, *, retry_failed: bool) -> Run | None:
    """The run by its id, or the only one that is unfinished; None if there is nothing to do."""
    runs = Runs(around.context.database)
    if name is not None:
        run = known_run(name, around)
        return run if _open(run, around, retry_failed=retry_failed) else None
    unfinished = [run for run in runs.all() if _open(run, around, retry_failed=retry_failed)]
    if len(unfinished) > 1:
        names = ", ".join(run.id for run in unfinished)
        raise UsageError(f"several runs are unfinished: {names}", hint="say which one: `wikimop resume RUN`")
    return unfinished[0] if unfinished else None


def known_run(name: str, around: Surroundings) -> Run:
    """The run by its id; raises `UsageError` if there is none."""
    run = Runs(around.context.database).get(name)
    if run is None:
        raise UsageError(f"there is no run {name}", hint="`wikimop runs` lists them")
    return run


def _open(run: Run, around: Surroundings, *, retry_failed: bool) -> bool:
    """Whether a run can go on: unfinished, or finished with something that can still be found out or tried again."""
    counts = Journal(around.context.database, run.id, run.plan).counts().values()
    states = {state for states in counts for state in states}
    return run.state != "finished" or "unsure" in states or (retry_failed and "failed" in states)


def plan_of(run: Run, around: Surroundings) -> StoredPlan:
    """The plan of a run, held against its seal, and the run's journal against the plan."""
    plan = Plans(around.context.database).get(run.plan)
    if plan is None:
        raise UsageError(f"plan {run.plan} of run {run.id} is not in the state folder")
    recheck(plan, around.context.database)
    check_journal(around.context.database, run.id, plan.id)
    return plan
