"""`modules:` of a playbook: what only its wiki has, and whether its sources use it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from runner.model import Kind
from runner.playbook.conform import sources_of
from runner.playbook.messages import Mistake, found_at
from runner.playbook.steps import contexts, kind_of
from runner.sources.beyond import check_entry, extended
from runner.sources.catalogue import CATALOGUE, Modules
from runner.sources.keys import module_of, parameters


def modules_of(value: Any) -> Modules:  # noqa: ANN401  # a JSON value, perhaps a wrong one
    """The modules that a playbook may name, `value` being its `modules:`."""
    entries = _entries(value)
    return extended(entries) if entries else CATALOGUE


def check_modules(value: Mapping[str, Any], modules: Modules, others: Iterable[Mistake]) -> Iterator[Mistake]:
    """Every entry of `modules:` that is not needed, in a value that may be wrong in other ways, too: `others` are the mistakes
    of its sources."""
    entries = value.get("modules")
    if not isinstance(entries, list):
        return
    # what is misspelt in a source may be what an entry means
    told = all(one.code not in {"module", "unknown-key"} for one in others)
    used = set(_used(value, modules)) if told else None
    for number, entry in enumerate(entries):
        found = check_entry(entry, used) if isinstance(entry, str) else None
        if found:
            yield found_at(("modules", number), found)


def _entries(value: Any) -> list[str]:  # noqa: ANN401  # a JSON value, perhaps a wrong one
    return [entry for entry in (value if isinstance(value, list) else [value]) if isinstance(entry, str)]


def _used(value: Mapping[str, Any], modules: Modules) -> Iterator[str]:
    for context in contexts(value.get("steps")):
        for kind in context.sources():
            for source, path in sources_of(context.step[kind], (*context.path, kind)):
                yield from _named(kind_of(path), source, modules)


def _named(kind: Kind, source: Mapping[str, Any], modules: Modules) -> Iterator[str]:
    spec = module_of(kind, source, modules)
    if spec:
        yield spec.name
        yield from (f"{spec.name}.{name}" for _, name in parameters(kind, source, modules))
