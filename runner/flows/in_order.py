"""What a property module tells of pages, in the order of the pages: the wiki itself goes by their ids, answer by answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from runner.model import Ref
from runner.sources.reading import Parameters
from runner.wiki.query import Read, answers, ask

Answer = Mapping[str, Any]


def answers_in_order(read: Read, pages: Sequence[Ref], query: Callable[[Sequence[Ref]], Parameters]) -> Iterator[Answer]:
    """Answers of which each tells all of some pages, or a part of one page, earlier pages first. Where an answer tells only a
    part of several pages, each half of them is asked about anew: so no more than one answer is held."""
    if len(pages) <= 1:
        yield from answers(read, query(pages)) if pages else ()
        return
    answer = ask(read, query(pages))
    if "continue" not in answer:
        yield answer
        return
    half = len(pages) // 2
    yield from answers_in_order(read, pages[:half], query)
    yield from answers_in_order(read, pages[half:], query)
