"""What has to be asked for a condition, and nothing more."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from runner.model import Kind
from runner.where.catalogue import CONDITIONS, Group
from runner.where.conditions import Condition, Edit, Leaf, Members, Property, Span, leaves

MEMBERS = ("categories", "templates", "links_to")


@dataclass(frozen=True, slots=True, kw_only=True)
class Needs:
    """`facts` are the names of conditions, by group; `names` are the titles that set conditions are about; `enough` is the
    count from which on more makes no difference; `properties` are the page properties named; `users` are the edits
    (`last_edit`, `creation`) whose user matters."""

    facts: Mapping[Group, frozenset[str]]
    names: Mapping[str, tuple[str, ...]]
    enough: Mapping[str, int]
    properties: tuple[str, ...]
    users: frozenset[str]


def needs(kind: Kind, condition: Condition) -> Needs:
    """Of all conditions inside."""
    found = list(leaves(condition))
    facts: dict[Group, set[str]] = {}
    for leaf in found:
        facts.setdefault(CONDITIONS[kind][leaf.fact].group, set()).add(leaf.fact)
    return Needs(
        facts={group: frozenset(names) for group, names in facts.items()},
        names={fact: _names(found, fact) for fact in MEMBERS},
        enough=_enough(found),
        properties=tuple(dict.fromkeys(leaf.name for leaf in found if isinstance(leaf, Property))),
        users=frozenset(leaf.fact for leaf in found if isinstance(leaf, Edit) and (leaf.by or leaf.not_by)),
    )


def _names(found: list[Leaf], fact: str) -> tuple[str, ...]:
    named = (leaf.names for leaf in found if isinstance(leaf, Members) and leaf.fact == fact)
    return tuple(dict.fromkeys(name for names in named for name in names))


def _enough(found: list[Leaf]) -> dict[str, int]:
    enough: dict[str, int] = {}
    for leaf in found:
        if isinstance(leaf, Span):
            enough[leaf.fact] = max(enough.get(leaf.fact, 0), leaf.enough)
    return enough
