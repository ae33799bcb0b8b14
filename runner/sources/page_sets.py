"""The page sets of the API: what `action=purge` itself takes for a source, so that the wiki finds the pages. Pure.

`titles`, `pageids`, `revids` or a `generator` with its parameters, and whether redirects are followed and titles converted:
https://www.mediawiki.org/wiki/API:Purge#Parameters
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from runner.multivalue import join
from runner.sources.reading import generator_query
from runner.sources.source import Module, PageIds, RevIds, Source, Titles

Parameters = dict[str, str]
LISTS = {Titles: "titles", PageIds: "pageids", RevIds: "revids"}


def page_sets(source: Source, batch: int) -> Iterator[dict[str, Any]]:
    """One page set for each query that the wiki has to carry out to the end: `query` holds its parameters, `sized` names the
    one that takes the page size, where there is one. `batch` is the most values of one parameter."""
    flags = {name: "1" for name in ("redirects", "converttitles") if getattr(source, name)}
    if not isinstance(source.head, Module):
        yield from ({"query": {**named, **flags}} for named in _named(source, batch))
        return
    module, spec = source.head, source.head.spec
    sized = f"g{spec.prefix}limit"
    generator = {name: value for name, value in generator_query(module).items() if name not in ("action", sized)}
    # Of several pages the wiki gives their last revisions only, and takes no limit.
    last = module.name == "revisions" and not module.params
    size = 1 if module.name == "revisions" and module.params else batch
    for named in _named(source.of, size) if source.of else [{}]:
        yield {"query": {**generator, **named, **flags}, **({"sized": sized} if spec.paged and not last else {})}


def _named(source: Source, size: int) -> Iterator[Mapping[str, str]]:
    """The pages that are named one by one, as many as one request takes."""
    head = source.head
    if isinstance(head, Titles | PageIds | RevIds):
        for start in range(0, len(head.values), size):
            yield {LISTS[type(head)]: join(head.values[start : start + size])}
