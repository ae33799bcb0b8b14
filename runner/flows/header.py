"""The first line of a plan: everything that `apply` needs to know besides the items."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from runner.planning.guards import Untouchable
from runner.planning.seal import VERSION
from runner.playbook.playbook import Playbook, Step
from runner.playbook.request import request_header


def plan_header(
    playbook: Playbook,
    steps: Sequence[Step],
    *,
    plan: str,
    created: str,
    commit: str | None,
    api: str,
    sitename: str,
    generator: str,
    newest_logid: int,
    user: str,
    counts: Mapping[str, tuple[int, int]],
    after: str | None,
    later: Sequence[str],
    untouchable: Untouchable,
    guards: Sequence[str],
    warnings: Sequence[str],
    explain: Sequence[Mapping[str, Any]],
    cost: Mapping[str, Any],
) -> dict[str, Any]:
    """The header as JSON values; its shape is `schemas/plan.schema.json`."""
    return {
        "kind": "plan",
        "version": VERSION,
        "id": plan,
        "playbook": {"name": playbook.name, "path": playbook.path, "sha256": playbook.sha256, "commit": commit},
        "wiki": {"api": api, "sitename": sitename, "generator": generator},
        "newest_logid": newest_logid,
        "user": user,
        "created": created,
        "vars": dict(playbook.variables),
        "steps": [_step(step, counts.get(step.id, (0, 0))) for step in steps],
        "limits": _limits(playbook),
        "request": request_header(playbook.request),
        "stamp": {"on": playbook.stamp.on, "text": playbook.stamp.text, "place": playbook.stamp.place},
        "stop_page": playbook.stop_page,
        "never_touch": untouchable.told(),
        "after": after,
        "later": list(later),
        "guards": list(guards),
        "warnings": list(warnings),
        "cost": dict(cost),
        "explain": list(explain),
    }


def _step(step: Step, counts: tuple[int, int]) -> dict[str, Any]:
    return {
        "id": step.id,
        "name": step.name,
        "source": step.source.kind,
        "action": step.action,
        "options": dict(step.raw_options),
        "when": str(step.when) if step.when else None,
        "outcome": list(step.source.outcome) if step.source.outcome else outcome_of_parents(step),
        "items": counts[0],
        "blocked": counts[1],
    }


def outcome_of_parents(step: Step) -> list[str]:
    """The outcomes that the parents must have reached, from the innermost source that names them."""
    source = step.source
    while source.of is not None and not source.outcome:
        source = source.of
    return list(source.outcome)


def _limits(playbook: Playbook) -> dict[str, Any]:
    limits = playbook.limits
    return {
        "items": limits.items,
        "failures": limits.failures,
        "failure_share": limits.failure_share,
        "rate": limits.rate,
        "concurrency": limits.concurrency,
        "duration": limits.duration,
    }
