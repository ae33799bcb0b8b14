"""Facts read from the wiki: for the plan, and again just before a write."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from runner.actions.action import Action
from runner.flows.notes import Announce, unannounced
from runner.kinds import KINDS
from runner.kinds.kind import KindSpec, Query
from runner.model import Item, Ref, is_made, ref_of
from runner.sources.reading import Parameters
from runner.wiki.answer import understood
from runner.wiki.log import NEWEST, newest_logid
from runner.wiki.query import Read, first_batch, whole

UNREADABLE = "unreadable"


def see_it_answer(read: Read) -> None:
    """Raise `Unreachable` unless the wiki answers the simplest question about its own data: what it breaks over then is one
    item, and not everything."""
    first_batch(read, {"action": "query", **NEWEST})


def read_facts(
    read: Read, refs: Sequence[Ref], step: str, action: Action, announce: Announce = unannounced
) -> list[Item]:  # fmt: skip
    """The items of a batch of refs of one kind, in any order; what has a problem already is not asked about."""
    asked = [ref for ref in refs if ref.problem is None]
    if not asked:
        return []
    spec = KINDS[asked[0].kind]
    questions = list(spec.questions(asked, action.facts))
    announce_lists(announce, spec, questions)
    with understood():
        return list(spec.read(_answered(read, spec, questions, []), asked, step))


def announce_lists(announce: Announce, spec: KindSpec, questions: Sequence[Parameters]) -> None:
    """What can be found in a list only takes a request for each title or time."""
    lists = sum("list" in question for question in questions)
    if lists > 1:
        announce(f"facts of a {spec.noun}", lists)


def read_again(read: Read, items: Sequence[Item], action: Action) -> tuple[dict[str, Item], int]:
    """The current facts of planned items by key (absent: gone), and the wiki's newest log id (0 for an action that leaves
    no entries), read with them. Raises `Unreachable` for an answer that does not tell of all: silence is no deletion.

    Of a page that is to be made there are none yet: it is given as it was planned."""
    made = {item.key: item for item in items if is_made(item)}
    there = [item for item in items if item.key not in made]
    found, newest = _read_there(read, there, action) if there else ({}, 0)
    return {**made, **found}, newest


def _read_there(read: Read, items: Sequence[Item], action: Action) -> tuple[dict[str, Item], int]:
    refs = [ref_of(item) for item in items]
    spec = KINDS[refs[0].kind]
    first, *rest = spec.questions(refs, action.facts)
    with understood():
        newest, queries = _with_newest(read, first) if action.log else (0, whole(read, first))
        found = {item.key: item for item in spec.read(_answered(read, spec, rest, queries), refs, items[0].step)}
        if untold := [item.key for item in items if item.key not in found]:
            raise KeyError(", ".join(untold[:5]))
    return {key: item for key, item in found.items() if item.blocked is None}, newest


def _answered(read: Read, spec: KindSpec, questions: Iterable[Parameters], before: Sequence[Query]) -> list[Query]:
    """Every answer, those that came before included."""
    queries = [*before, *(query for question in questions for query in whole(read, question))]
    return [*queries, *(query for question in spec.more(queries) for query in whole(read, question))]


def _with_newest(read: Read, question: Mapping[str, str]) -> tuple[int, list[Query]]:
    """In one request where the question is about pages, and before it where it is about a list."""
    if "list" in question:
        return newest_logid(first_batch(read, {"action": "query", **NEWEST})), whole(read, question)
    answer = first_batch(read, {**question, **NEWEST})
    return newest_logid(answer), [answer]
