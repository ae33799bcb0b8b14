"""`action=query`, continued to the end (https://www.mediawiki.org/wiki/API:Continue), and what must not be overheard.

A wrong value only warns, and widens the set: on a read such a warning ends the plan.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
from typing import Any, TypeVar

from runner.errors import PlanRefused, Unreachable
from runner.wiki.answer import Refused

T = TypeVar("T")
Read = Callable[[Mapping[str, str]], Mapping[str, Any]]

# Bounds of one query: so many answers, so many of them in a row without a word of what was asked, so many pages in a batch (a
# wiki gives 5,000 at most), so many answers that complete them. Who goes beyond has no end.
MOST_ANSWERS = 1_000_000
MOST_EMPTY = 20_000
MOST_PAGES = 5_000
MOST_PARTS = 20_000

# Any other warning means that the wiki answered another question than the one asked.
HARMLESS = ("deprecation", "performance")


def chunks(values: Iterable[T], size: int) -> Iterator[list[T]]:
    """Lists of up to `size` values: what one request may name."""
    rest = iter(values)
    while chunk := list(islice(rest, size)):
        yield chunk


def check_warnings(answer: Mapping[str, Any]) -> None:
    """Raise `PlanRefused` if the wiki did not take the question as it was asked."""
    for warning in answer.get("warnings", ()):
        code = str(warning.get("code", ""))
        if not code.startswith(HARMLESS):
            raise PlanRefused(
                f"the wiki did not take the query as asked: {warning.get('text', code)} ({code})",
                hint="correct the parameter; what the wiki ignores would widen the set",
            )


def answers(read: Read, parameters: Mapping[str, str]) -> Iterator[Mapping[str, Any]]:
    """Every answer to one query. Raises `PlanRefused` on a refusal, on a widening warning and on a `continue` that repeats."""
    position: Mapping[str, str] = {}
    # Brent's way to find a cycle of any length: compare with one earlier position, ever further back.
    milestone, steps, distance = position, 0, 1
    while True:
        answer = ask(read, {**parameters, **position})
        yield answer
        position = {key: str(value) for key, value in answer.get("continue", {}).items()}
        if not position:
            return
        if position == milestone:
            raise PlanRefused("the wiki's query does not end: it gave the same `continue` twice")
        steps += 1
        if steps == distance:
            milestone, steps, distance = position, 0, distance * 2


def ask(read: Read, parameters: Mapping[str, str]) -> Mapping[str, Any]:
    """One answer, checked."""
    try:
        answer = read(parameters)
    except Refused as refusal:
        if refusal.code in ("readapidenied", "permissiondenied"):
            raise Unreachable(f"the wiki does not let this account read that: {refusal}") from None
        raise PlanRefused(f"the wiki refused the query: {refusal}") from None
    check_warnings(answer)
    return answer


def batches(read: Read, parameters: Mapping[str, str]) -> Iterator[Mapping[str, Any]]:
    """The `query` part of each batch, its pages merged from all answers up to `batchcomplete`: their properties are
    complete only there."""
    pages: dict[Any, dict[str, Any]] = {}
    rest: dict[str, Any] = {}
    for answer in answers(read, parameters):
        query = answer.get("query", {})
        for page in query.get("pages", ()):
            _merge(pages.setdefault(page.get("pageid", page.get("title")), {}), page)
        _merge(rest, {key: value for key, value in query.items() if key != "pages"})
        if answer.get("batchcomplete") or "continue" not in answer:
            yield {**rest, "pages": list(pages.values())}
            pages, rest = {}, {}


def whole(read: Read, parameters: Mapping[str, str]) -> list[Mapping[str, Any]]:
    """The `query` parts that answer a question whole: one where it names its pages, of a list every one."""
    if "list" in parameters:
        return [answer.get("query", {}) for answer in answers(read, parameters)]
    return [first_batch(read, parameters)]


def first_batch(read: Read, parameters: Mapping[str, str]) -> Mapping[str, Any]:
    """The first batch, complete: the whole answer where the query names its pages. What a list beside them has more of is
    not followed."""
    return next(batches(read, parameters))


def _merge(into: dict[str, Any], more: Mapping[str, Any]) -> None:
    for key, value in more.items():
        if isinstance(value, list) and isinstance(into.get(key), list):
            into[key] = value if into[key] == value else into[key] + value
        elif isinstance(value, dict) and isinstance(into.get(key), dict):
            into[key] = {**into[key], **value}
        else:
            into[key] = value
