"""Steps whose action calls a module of the wiki's own: held against the wiki's description of it, before anything is sent."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from runner.actions.action import Action
from runner.errors import PlanRefused
from runner.flows.steps import PlannedStep
from runner.wiki.paraminfo import read_action
from runner.wiki.query import Read


def described(read: Read, action: Action, options: Any, where: str) -> Any:  # noqa: ANN401 - an action's options
    """The options, settled by the wiki's description; raises `PlanRefused` with everything that the wiki has against them."""
    name = action.describes(options)
    if name is None:
        return options
    settled, findings = action.settle(options, read_action(read, name))
    if findings:
        text = "; ".join(finding.message for finding in findings)
        raise PlanRefused(f"{where}: {text}", hint=next((finding.hint for finding in findings if finding.hint), ""))
    return settled


def described_step(read: Read, step: PlannedStep) -> PlannedStep:
    """A step of a plan: the wiki may be another one by now, and so may the plan."""
    return replace(step, options=described(read, step.action, step.options, f"step {step.id}"))
