"""A run from its first commit to its last: applying a plan, and resuming what was interrupted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from runner.errors import GuardStop, Interrupted, Unreachable, UsageError, WikimopError
from runner.flows.apply import Applying
from runner.flows.context import Connected, Context, instant
from runner.flows.described import described_step
from runner.flows.stages import counts_before
from runner.flows.steps import planned_steps
from runner.flows.verify import verify_undo
from runner.model import Run
from runner.store.journal import Journal
from runner.store.plans import StoredPlan
from runner.store.runs import Runs, already_applied


def refuse_guarded(plan: StoredPlan) -> None:
    """Raise `GuardStop` for a plan that a guard stopped when it was made."""
    guards = plan.header["guards"]
    if guards:
        raise GuardStop(
            f"plan {plan.id} must not be applied: " + "; ".join(guards),
            hint="change the playbook or its limits, and plan again",
        )


def refuse_applied(plan: StoredPlan, context: Context) -> None:
    """Raise `UsageError` for a plan that has a run already."""
    if run := Runs(context.database).of_plan(plan.id):
        raise already_applied(plan.id, run.id)


def check_account(plan: StoredPlan, connected: Connected) -> None:
    """The plan's facts (what may be done, what is protected) were read for one account on one wiki."""
    header = plan.header
    if header["wiki"]["api"] != connected.api:
        raise UsageError(f"plan {plan.id} is for {header['wiki']['api']}, not for {connected.api}")
    if header["user"] != connected.account.name:
        raise UsageError(
            f"plan {plan.id} was made as {header['user']}, and you are logged in as {connected.account.name}",
            hint="plan again with this account, or apply it with the other",
        )


def apply_plan(plan: StoredPlan, connected: Connected, context: Context) -> Run:
    """Carry a plan out, once; the caller holds the run's lock.

    Whatever stops it, the run's state tells, and the error is raised after.
    """
    refuse_guarded(plan)
    refuse_applied(plan, context)
    check_account(plan, connected)
    counts_before(context.database, plan.header["after"])  # raises while there is no run yet
    for step in planned_steps(plan.header):
        described_step(connected.wiki.read, step)  # so does what the wiki has against a module's parameters
    at = instant(connected.now())
    Runs(context.database).create(plan.run, plan.id, user=connected.account.name, at=at)
    connected.wiki.work_on(plan.run, planning=False)
    context.log.info("run_started", plan=plan.id, items=plan.items, user=connected.account.name)
    return _carry_on(plan, plan.run, connected, context)


def resume_run(plan: StoredPlan, connected: Connected, context: Context, *, retry_failed: bool) -> Run:
    """Finish a run that stopped; the caller holds its lock. `retry_failed` tries its failed items again."""
    check_account(plan, connected)
    journal = Journal(context.database, plan.run, plan.id)
    connected.wiki.work_on(plan.run, planning=False)
    at = instant(connected.now())
    if retry_failed:
        context.log.info("retrying_failed", items=journal.retry_failed(at=at))
    journal.set_state("running", at=at)
    context.log.info("run_resumed", plan=plan.id)
    return _carry_on(plan, plan.run, connected, context)


def _carry_on(plan: StoredPlan, run: str, connected: Connected, context: Context) -> Run:
    journal = Journal(context.database, run, plan.id)
    before = counts_before(context.database, plan.header["after"])
    state, reason = "interrupted", "ended by an error"
    try:
        Applying(plan.header, journal, connected, context, before).run()
        if plan.header.get("undoes"):
            verify_undo(plan.header, journal, connected, context.log, instant(connected.now()))
        state, reason = "finished", ""
    except WikimopError as error:
        state, reason = _stopped(error), error.message
        raise
    finally:
        journal.set_state(state, at=instant(connected.now()), reason=reason)
        context.log.info("run_ended", state=state, reason=reason, **_totals(journal.counts()))
    found = Runs(context.database).get(run)
    if found is None:
        raise UsageError(f"run {run} is gone from the state folder")
    return found


def _stopped(error: WikimopError) -> str:
    if isinstance(error, Interrupted):
        return "interrupted"
    return "stopped" if isinstance(error, (GuardStop, Unreachable)) else "interrupted"


def _totals(counts: Mapping[str, Mapping[str, int]]) -> dict[str, Any]:
    totals: dict[str, int] = {}
    for states in counts.values():
        for state, number in states.items():
            totals[state] = totals.get(state, 0) + number
    return totals
