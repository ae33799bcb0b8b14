"""`action=query`, continued to the end (https://www.mediawiki.org/wiki/API:Continue), and what must not be overheard.

A wrong value only warns, and widens the set: on a read such a warning ends the plan.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from itertools import islice
from typing import Any, TypeVar

from runner.errors import PlanRefused, Unreachable
from runner.wiki.answer import Refused

T = TypeVar("T")
Read = Callable[[Mapping[str, str]], Mapping[str, Any]]

MOST_ANSWERS = 1_000_000
"""To one query: at 50 pages an answer, as many as the largest wiki has."""
MOST_EMPTY = 20_000
"""In a row, with more to come and nothing in them."""
MOST_PAGES = 5_000
"""In one batch: no module gives more."""
MOST_HELD = 2_000_000
"""Entries of answers that are in memory at once, because only together they say something."""

# Any other warning means that the wiki answered another question than the one asked.
HARMLESS = ("deprecation", "performance")


def chunks(values: Iterable[T], size: int) -> Iterator[list[T]]:
    """Lists of up to `size` values: what one request may name."""
    rest = iter(values)
    while chunk := list(islice(rest, size)):
        yield chunk


def amiss(answer: Mapping[str, Any], expected: Collection[str] = ()) -> Iterator[Mapping[str, Any]]:
    """Warnings that the wiki answered another question than the one asked."""
    for warning in answer.get("warnings", ()):
        code = str(warning.get("code", ""))
        if not code.startswith(HARMLESS) and code not in expected:
            yield {**warning, "code": code, "text": str(warning.get("text", code))}


def check_warnings(answer: Mapping[str, Any]) -> None:
    """Raise `PlanRefused` if the wiki did not take the question as it was asked."""
    for warning in amiss(answer):
        raise PlanRefused(
            f"the wiki did not take the query as asked: {warning['text']} ({warning['code']})",
            hint="correct the parameter; what the wiki ignores would widen the set",
        )


def answers(read: Read, parameters: Mapping[str, str]) -> Iterator[Mapping[str, Any]]:
    """Every answer to one query. Raises `PlanRefused` on a refusal, on a widening warning and on a `continue` that repeats."""
    position: Mapping[str, str] = {}
    way = Way()
    empty = 0
    for _ in range(MOST_ANSWERS):
        answer = ask(read, {**parameters, **position})
        yield answer
        empty = 0 if any(answer.get("query", {}).values()) else empty + 1
        if empty > MOST_EMPTY:
            break
        position = position_of(answer)
        if not position:
            return
        if way.comes_again(position):
            raise PlanRefused("the wiki's query does not end: it gave the same `continue` twice")
    raise PlanRefused("the wiki's query does not end: there is always more to come")


def position_of(answer: Mapping[str, Any]) -> dict[str, str]:
    """Where an answer says that there is more; empty at the end."""
    return {key: str(value) for key, value in answer.get("continue", {}).items()}


class Way:
    """The positions of one query. Brent's way to find a cycle of any length: compare with one earlier position, ever further
    back."""

    def __init__(self) -> None:
        self._milestone: Mapping[str, str] = {}
        self._steps, self._distance = 0, 1

    def comes_again(self, position: Mapping[str, str]) -> bool:
        """Whether the query runs in a circle; every position is told once, in order."""
        if position == self._milestone:
            return True
        self._steps += 1
        if self._steps == self._distance:
            self._milestone, self._steps, self._distance = position, 0, self._distance * 2
        return False


def ask(read: Read, parameters: Mapping[str, str]) -> Mapping[str, Any]:
    """One answer, checked."""
    answer = ask_unchecked(read, parameters)
    check_warnings(answer)
    return answer


def ask_unchecked(read: Read, parameters: Mapping[str, str]) -> Mapping[str, Any]:
    """One answer, whatever the wiki warns of."""
    try:
        return read(parameters)
    except Refused as refusal:
        if refusal.code in ("readapidenied", "permissiondenied"):
            raise Unreachable(f"the wiki does not let this account read that: {refusal}") from None
        raise PlanRefused(f"the wiki refused the query: {refusal}") from None


def batches(read: Read, parameters: Mapping[str, str]) -> Iterator[Mapping[str, Any]]:
    """The `query` part of each batch, its pages merged from all answers up to `batchcomplete`: their properties are
    complete only there."""
    pages: dict[Any, dict[str, Any]] = {}
    rest: dict[str, Any] = {}
    held = 0
    for answer in answers(read, parameters):
        query = answer.get("query", {})
        held = _held(held, query)
        for page in query.get("pages", ()):
            _merge(pages.setdefault(page.get("pageid", page.get("title")), {}), page)
        _merge(rest, {key: value for key, value in query.items() if key != "pages"})
        if answer.get("batchcomplete") or "continue" not in answer:
            yield {**rest, "pages": list(pages.values())}
            pages, rest, held = {}, {}, 0


def whole(read: Read, parameters: Mapping[str, str]) -> list[Mapping[str, Any]]:
    """The `query` parts that answer a question whole: one where it names its pages, of a list every one."""
    if "list" in parameters:
        found, held = [], 0
        for answer in answers(read, parameters):
            found.append(answer.get("query", {}))
            held = _held(held, found[-1])
        return found
    return [first_batch(read, parameters)]


def first_batch(read: Read, parameters: Mapping[str, str]) -> Mapping[str, Any]:
    """The first batch, complete: the whole answer where the query names its pages. What a list beside them has more of is
    not followed."""
    return next(batches(read, parameters))


def _held(before: int, query: Mapping[str, Any]) -> int:
    """How many entries are held with this part of an answer; raises `PlanRefused` where that is beyond all measure."""
    pages = query.get("pages", ())
    lists = (value for part in (query, *pages) for value in part.values() if isinstance(value, list))
    held = before + sum(map(len, lists)) + 1
    if len(pages) > MOST_PAGES or held > MOST_HELD:
        raise PlanRefused("the wiki's answer does not end: it tells of far more than was asked")
    return held


def _merge(into: dict[str, Any], more: Mapping[str, Any]) -> None:
    for key, value in more.items():
        if isinstance(value, list) and isinstance(into.get(key), list):
            into[key] = value if into[key] == value else into[key] + value
        elif isinstance(value, dict) and isinstance(into.get(key), dict):
            into[key] = {**into[key], **value}
        else:
            into[key] = value
