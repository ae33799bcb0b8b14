"""Sets of sources: union and intersection, with memory flat and the parents of every source kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass, replace

from runner.model import Ref, Wants, both, worst
from runner.sources.source import FromStep, Intersect, Source, Union
from runner.store.scratch import Gathered, Scratch


def has_parents(source: Source) -> bool:
    """Whether what it finds comes from an earlier step."""
    if isinstance(source.head, Union | Intersect):
        return any(has_parents(one) for one in source.head.sources)
    return isinstance(source.head, FromStep) or (source.of is not None and has_parents(source.of))


@dataclass(frozen=True, slots=True, kw_only=True)
class Sets:
    """`refs` reads a source; `scratch` and `gathered` make sets that may outgrow memory."""

    refs: Callable[[Source], Iterator[Ref]]
    scratch: Callable[[], Scratch]
    gathered: Callable[[], Gathered]

    def union(self, sources: tuple[Source, ...]) -> Iterator[Ref]:
        """What any source finds; the same ref may come again, from another source. What one of them cannot judge comes last,
        and only if no other is sure of it."""
        with closing(self.scratch()) as sure, closing(self.gathered()) as doubtful:
            for number, source in enumerate(sources):
                for found in self._on_its_terms(source):
                    ref = replace(found, origin=f"union.{number}.{found.origin}".rstrip("."))
                    if ref.doubtful:
                        doubtful.add(ref.identity, ref)
                    else:
                        sure.add(ref.identity)
                        yield ref
            yield from (ref for ref in doubtful.refs() if ref.identity not in sure)

    def intersection(self, sources: tuple[Source, ...]) -> Iterator[Ref]:
        """What all sources find, in the order of the first: the others are read before it, each into a set."""
        first, *others = sources
        with ExitStack() as stack:
            lookups = [self._lookup(source, stack) for source in others]
            for ref in self._on_its_terms(first):
                found = [lookup(ref) for lookup in lookups]
                if None not in found:
                    # Where it was found matters only if there is a choice inside.
                    origin = f"intersect.0.{ref.origin}" if ref.origin else ""
                    yield replace(_joined(ref, [one for one in found if one is not None]), origin=origin)

    def _lookup(self, source: Source, stack: ExitStack) -> Callable[[Ref], Ref | None]:
        """Finds a ref among those of a source. Only parents and problems matter of it, and cost room."""
        plain = stack.enter_context(closing(self.scratch()))
        gathered = stack.enter_context(closing(self.gathered()))
        whole = has_parents(source)
        for ref in self._on_its_terms(source):
            if whole or ref.problem is not None:
                gathered.add(ref.identity, ref)
            else:
                plain.add(ref.identity)
        return lambda ref: Ref() if ref.identity in plain else gathered.get(ref.identity)

    def _on_its_terms(self, source: Source) -> Iterator[Ref]:
        """A source's refs, each with what `outcome` asks of its parents: beside another source's, it is said of each."""
        wants = _wants(source)
        for ref in self.refs(source):
            yield replace(ref, wants=wants) if wants else ref


def _wants(source: Source) -> Wants:
    while source.of is not None and not source.outcome:
        source = source.of
    if isinstance(source.head, FromStep) and source.outcome:
        return (((source.head.step, source.outcome),),)
    return ()


def _joined(ref: Ref, others: list[Ref]) -> Ref:
    """It has to be of all: what one source says against it counts."""
    parents, wants = ref.parents, ref.wants
    for other in others:
        parents, wants = (*parents, *other.parents), both(wants, other.wants)
    problem = worst([ref.problem, *(other.problem for other in others)])
    # Of a page the mark that its user's name is hidden.
    number = next((one.number for one in (ref, *others) if one.number is not None), None)
    return replace(ref, parents=tuple(dict.fromkeys(parents)), wants=wants, problem=problem, number=number)
