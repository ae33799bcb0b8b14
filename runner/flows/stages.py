"""Stages: everything up to a step with `fresh: true` is planned at once; what follows, after it has run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from runner.errors import UsageError
from runner.model import Item, State
from runner.playbook.playbook import Playbook, Step
from runner.store.database import Database
from runner.store.journal import Journal
from runner.store.plans import Plans
from runner.store.runs import Runs


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """The steps to plan now. `after` is the run that came before, `ran` tells in which run an earlier step was carried
    out, `later` are the steps that wait for a stage of their own."""

    steps: tuple[Step, ...]
    after: str | None = None
    ran: Mapping[str, str] = field(default_factory=dict)
    later: tuple[str, ...] = ()


def first_stage(playbook: Playbook) -> Stage:
    """The steps before the first that is fresh."""
    return _from(playbook.steps, None, {})


def next_stage(playbook: Playbook, after: str, database: Database) -> Stage:
    """The stage after a run; raises `UsageError` if the run is not the finished stage before it of this very playbook."""
    run = Runs(database).get(after)
    if run is None:
        raise UsageError(f"there is no run {after}", hint="`wikimop runs` lists them")
    if run.state != "finished":
        raise UsageError(f"run {after} is not finished", hint=f"`wikimop resume {after}` finishes it")
    header = header_of(database, run.plan)
    if header["playbook"]["sha256"] != playbook.sha256 or header["vars"] != dict(playbook.variables):
        raise UsageError(
            f"the playbook or its variables are not those that run {after} was planned from",
            hint="a later stage belongs to the same text and the same --var",
        )
    if not header["later"]:
        raise UsageError(f"run {after} was the last stage of this playbook")
    first = next(number for number, step in enumerate(playbook.steps) if step.id == header["later"][0])
    return _from(playbook.steps[first:], after, ran_in(database, after))


def _from(steps: Sequence[Step], after: str | None, ran: Mapping[str, str]) -> Stage:
    cut = next((number for number, step in enumerate(steps) if number and step.fresh), len(steps))
    return Stage(steps=tuple(steps[:cut]), after=after, ran=ran, later=tuple(step.id for step in steps[cut:]))


def header_of(database: Database, plan: str) -> Mapping[str, Any]:
    """The header of a plan that must be there."""
    stored = Plans(database).get(plan)
    if stored is None:
        raise UsageError(f"plan {plan} is not in the state folder")
    return stored.header


def ran_in(database: Database, run: str | None) -> dict[str, str]:
    """In which run each step of this run's stage, and of the stages before it, was carried out."""
    steps: dict[str, str] = {}
    while run is not None:
        found = Runs(database).get(run)
        if found is None:
            raise UsageError(f"run {run}, which this one builds on, is not in the state folder")
        header = header_of(database, found.plan)
        steps.update(dict.fromkeys((step["id"] for step in header["steps"]), run))
        run = header["after"]
    return steps


def counts_before(database: Database, after: str | None) -> dict[str, dict[str, int]]:
    """How the items of earlier stages' steps ended, for `when`."""
    counts: dict[str, dict[str, int]] = {}
    for step, run in ran_in(database, after).items():
        counts[step] = _journal(database, run).counts().get(step, {})
    return counts


def earlier_items(
    stage: Stage, plans: Plans, plan: str, database: Database, step: str, outcome: tuple[str, ...]
) -> Iterator[Item]:
    """The items of an earlier step: as planned, or, where it has run, those that reached one of the outcomes.

    An item that is blocked in the same plan can only be skipped, so it counts only where `skipped` is asked for.
    """
    if run := stage.ran.get(step):
        for item, result in _journal(database, run).rows():
            if item.step == step and (result.state in outcome if outcome else result.state is not State.SKIPPED):
                yield item
        return
    for item in plans.items(plan, step):
        if item.blocked is None or State.SKIPPED in outcome:
            yield item


def _journal(database: Database, run: str) -> Journal:
    found = Runs(database).get(run)
    if found is None:
        raise UsageError(f"run {run} is not in the state folder")
    return Journal(database, run, found.plan)
