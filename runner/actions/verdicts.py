"""What several actions say of an item in the same words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from runner.actions.action import Account, Result
from runner.actions.api_modules import Value, check_given, module_of
from runner.errors import Finding
from runner.model import Blocked, Item, Outcome, State


def lacking(account: Account, *rights: str) -> Blocked | None:
    """Blocked by the first right that the account lacks."""
    missing = next((right for right in rights if right not in account.rights), None)
    return Blocked(code="permission", detail=f"your account lacks the right '{missing}'") if missing else None


def obstructed(item: Item) -> Blocked | None:
    """Blocked by what the wiki said beforehand: of the page itself, or to the action's survey."""
    for error in item.facts.get("refusals", ()):
        return Blocked(code=error["code"], detail=error["text"])
    obstacle = item.facts.get("obstacle")
    return Blocked(code=obstacle["code"], detail=obstacle["detail"]) if obstacle else None


def obstacle(code: str, detail: str) -> dict[str, Any]:
    """The fact by which a survey says why an item cannot be done."""
    return {"obstacle": {"code": code, "detail": detail}}


def failed(item: Item, code: str, detail: str) -> Outcome:
    return Outcome(seq=item.seq, state=State.FAILED, code=code, detail=detail)


def unsure(item: Item, code: str, detail: str) -> Outcome:
    return Outcome(seq=item.seq, state=State.UNSURE, code=code, detail=detail)


def all_failed(_options: object, batch: Sequence[Item], code: str, text: str) -> tuple[Result, ...]:
    """A refusal of the whole request."""
    return tuple(failed(item, code, text) for item in batch)


def elsewhere(planned: Item, current: Item | None) -> str | None:
    """The drift of a page that is gone, or has another title."""
    if current is None:
        return "gone"
    return "moved" if current.title != planned.title or current.ns != planned.ns else None


def is_id(value: object) -> bool:
    """A number that the wiki gave something: of its log, or of a revision."""
    return isinstance(value, int) and not isinstance(value, bool) and value > 0


def unlike(raw: Mapping[str, Any] | None, name: str, given: Mapping[str, str]) -> list[Finding]:
    """What the wiki's own description of the module has against these options."""
    if raw is None:
        return [Finding(path=(), code="module", message=f"the wiki has no module `{name}`")]
    values: tuple[tuple[str, Value], ...] = tuple((option, value) for option, value in given.items() if value)
    return [found for found in check_given(module_of(raw), values, ()) if found.code != "required"]
