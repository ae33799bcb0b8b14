"""The JSON shapes that scripts rely on (`--format json`)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from runner.model import COUNTED, Item, Outcome

Counts = Mapping[str, Mapping[str, int]]


def plan_shape(header: Mapping[str, Any], *, sha256: str, file: str | None, explain: bool = False) -> dict[str, Any]:
    """What `plan` prints; with `explain` also how it came about."""
    steps = [{name: step[name] for name in ("id", "action", "items", "blocked")} for step in header["steps"]]
    return {
        "plan": header["id"],
        "file": file,
        "sha256": sha256,
        "steps": steps,
        "items": sum(step["items"] for step in steps),
        **({"cost": header["cost"]} if "cost" in header else {}),
        **({"explain": header.get("explain")} if explain else {}),
    }


def run_shape(run: str, state: str, header: Mapping[str, Any], counts: Counts) -> dict[str, Any]:
    """What `run`, `apply`, `resume` and `show RUN` print. An item on its way counts as pending."""
    return {
        "run": run,
        "plan": header["id"],
        "state": state,
        "counts": _summed(counts.values()),
        "steps": [
            {"id": step["id"], "action": step["action"], "counts": _summed([counts.get(step["id"], {})])}
            for step in header["steps"]
        ],
    }


def _summed(counts: Any) -> dict[str, int]:  # noqa: ANN401 - any iterable of mappings
    total = {state.value: 0 for state in COUNTED}
    for states in counts:
        for state, number in states.items():
            total["pending" if state == "sent" else state] += number
    return total


def item_shape(item: Item, outcome: Outcome) -> dict[str, Any]:
    """A line of `show RUN --items`. A page that was made has its id from the outcome; `to` is the new title of a page that
    is moved, `newrevid` the revision that a write made, where there is one."""
    made = {"to": item.facts.get("to"), "newrevid": outcome.facts.get("revid")}
    return {
        "step": item.step,
        "key": item.key,
        "pageid": outcome.facts.get("pageid") if item.pageid is None else item.pageid,
        "ns": item.ns,
        "title": item.title,
        "revid": item.revid,
        "state": outcome.state.value,
        "code": outcome.code or None,
        "detail": outcome.detail or None,
        "logid": outcome.logid,
        **{name: value for name, value in made.items() if value is not None},
    }
