"""The steps of a plan as `apply` reads them: from the header, never from the playbook."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from runner.actions import ACTIONS
from runner.actions.action import Action
from runner.errors import UsageError


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedStep:
    """One step: its action with the options (`raw`: as they stand in the plan), the condition, and the outcomes that its
    items' parents must have reached."""

    id: str
    action: Action
    options: Any
    raw: Mapping[str, Any]
    when: str | None
    outcome: tuple[str, ...]

    @property
    def direct(self) -> bool:
        """Whether the wiki itself finds the pages: the plan's items are queries."""
        return bool(getattr(self.options, "direct", False))


def planned_steps(header: Mapping[str, Any]) -> Iterator[PlannedStep]:
    """The steps in order; raises `UsageError` for an action that this version does not have."""
    for step in header["steps"]:
        action = ACTIONS.get(step["action"])
        if action is None:
            raise UsageError(f"the plan wants the action {step['action']}, which this wikimop does not have")
        yield PlannedStep(
            id=step["id"],
            action=action,
            options=action.parse(step["options"]),
            raw=step["options"],
            when=step.get("when"),
            outcome=tuple(step.get("outcome") or ()),
        )
