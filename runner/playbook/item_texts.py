"""Where in a playbook `${item.x}` may stand, and which names there are."""

from __future__ import annotations

from dataclasses import dataclass

from runner.actions import ACTIONS
from runner.actions.texts import NAMES
from runner.playbook.document import MapNode, Path, child
from runner.playbook.wording import listed
from runner.sources.nearest import nearest

_DEPTH = 4  # ("steps", 0, "move", "to")
Wrong = tuple[str, str, str]
"""Code, message, hint."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """An option that takes names of items: those that the step's items have."""

    names: tuple[str, ...]


def place_of(root: MapNode, path: Path) -> Place | None:
    """The place at a path, if it is one."""
    if len(path) < _DEPTH or path[0] != "steps" or path[2] not in ACTIONS or path[3] not in ACTIONS[str(path[2])].per_item:
        return None
    steps = child(root, "steps")
    step = child(steps, path[1]) if steps else None
    kinds = [kind for kind in NAMES if isinstance(step, MapNode) and kind in step.entries]
    # Of a step without a source, which is told elsewhere, any kind of item will do.
    return Place(names=tuple(dict.fromkeys(name for kind in kinds or NAMES for name in NAMES[kind])))


def not_of_items(written: str, name: str, place: Place | None, before: str) -> Wrong | None:
    """Why `written`, with this name in it, cannot stand at a place (None: one that takes no names) behind a literal text."""
    if place is None:
        where = listed(f"{action.name}.{option}" for action in ACTIONS.values() for option in sorted(action.per_item))
        return "item-place", f"`{written}` cannot stand here.", f"It stands in options that differ from item to item: {where}."
    if name not in place.names:
        near = nearest(name, place.names)
        hint = f"Did you mean ${{item.{near}}}?" if near else f"What these items have: {listed(place.names)}."
        return "item-unknown", f"There is no `{written}`.", hint
    if before.endswith("$"):
        return "item-place", f"A `$` cannot stand right before `{written}`: it would mean a literal.", "Put a space between."
    return None
