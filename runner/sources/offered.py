"""What a wiki has for a playbook to name, and how a schema is made to propose it.

A fragment of a schema says by a mark where such a name stands; the mark is not part of what is published.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from runner.marks import MARK, What
from runner.sources.catalogue import CATALOGUE, Modules, ModuleSpec, ParamSpec

Schema = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """A wiki's own: `modules` are all that a source may name there, `numbers` those of its namespaces, `values` what else
    there is. The `tags` are all, the `manual_tags` those that somebody may set."""

    name: str
    modules: Modules
    numbers: tuple[int, ...]
    values: Mapping[What, tuple[str | int | bool, ...]] = field(default_factory=dict)


def own_entries(modules: Modules) -> Iterator[str]:
    """What of these modules has to be named in `modules:` of a playbook."""
    for name, spec in modules.items():
        known = CATALOGUE.get(name)
        if known is None:
            yield name
        else:
            yield from (f"{name}.{one.name}" for one in spec.parameters.values() if _beyond(known, one))


def _beyond(known: ModuleSpec, param: ParamSpec) -> bool:
    recorded = known.parameters.get(param.name)
    if recorded is None:
        return True
    return recorded.type == "enum" and not recorded.open_ and not set(param.values) <= set(recorded.values)


def proposing(schema: Schema, offered: Offered | None) -> Schema:
    """One fragment without its mark, with what the wiki has as examples; numbers of namespaces that it lacks are wrong."""
    what = schema.get(MARK)
    if what is None:
        return schema
    plain = {key: value for key, value in schema.items() if key != MARK}
    return _completed(plain, list(offered.values.get(what, ())), offered.numbers) if offered else plain


def _completed(schema: Schema, found: list[Any], numbers: tuple[int, ...]) -> Schema:
    kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    items = schema.get("items")
    if isinstance(items, Mapping):
        texts = [one for one in found if not isinstance(one, bool)]
        schema = {**schema, "items": _completed(dict(items), texts, numbers)}
    if "integer" in kinds:
        schema = {**schema, "if": {"type": "integer"}, "then": {"enum": list(numbers)}}
    # `*` is all at once, where the fragment takes that
    every = [one for one in schema.get("examples", ()) if one == "*"]
    return schema if kinds == ["array"] else {**schema, "examples": [*found, *every]}
