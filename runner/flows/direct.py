"""A step whose pages the wiki itself finds (`purge: {direct: true}`): its query is handed over and continued to the end.

The one exception to the rule that a plan names every item. The rest holds: the intent of each request is on disk before it is
sent; what became of each page, and where to go on, share a commit after it. A purge does no harm twice, so a request that was
not answered is sent again from the position before it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from math import inf
from typing import Any

from runner.actions.action import Again, Result
from runner.actions.purge import LIMITED, direct_request, is_limited, read_direct
from runner.errors import GuardStop
from runner.flows.batch import MALFORMED, SMALL, TRIES, Batch, Sending, Sent, states_of, told_of
from runner.flows.context import Connected
from runner.flows.facts import read_facts
from runner.flows.steps import PlannedStep
from runner.flows.window import FRESH_SECONDS, check_stop_page
from runner.model import Item, Outcome, Ref, State
from runner.retry import RULES, Failure, Kind, Then
from runner.store.journal import Entry, Intent, Journal
from runner.wiki.answer import Refused
from runner.wiki.client import Unanswered
from runner.wiki.query import MOST_ANSWERS, MOST_EMPTY, MOST_PAGES, Way, amiss, position_of
from runner.wiki.sound import is_named

Pages = list[tuple[Item, Result]]


@dataclass(slots=True, kw_only=True)
class _Query:
    """One query on its way: the `continue` of the last answer, the page size, and how often in a row no answer came; how many
    answers there were, and how many of the last ones held nothing."""

    item: Item
    position: dict[str, str]
    size: int
    way: Way
    lost: int = 0
    heard: int = 0
    empty: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Direct:
    """`guard` raises what has to stop the run, `count` takes each outcome, `number` gives the number of the next request."""

    step: PlannedStep
    sending: Sending
    journal: Journal
    connected: Connected
    header: Mapping[str, Any]
    guard: Callable[[], None]
    count: Callable[[Outcome], None]
    advance: Callable[[int], None]
    number: Callable[[], int]
    at: Callable[[], str]
    tries: Counter[str] = field(default_factory=Counter)

    def run(self) -> None:
        """Every query that is not at its end, and the pages that were left out; raises what stops the run."""
        for entry in self.journal.entries(self.step.id, (State.PENDING, State.SENT)):
            query = self._taken_up(entry)
            while not self._ended(query):
                pass
        self._catch_up()

    def _taken_up(self, entry: Entry) -> _Query:
        position = dict(entry.facts.get("continue", {}))
        return _Query(item=entry.item, position=position, size=self.connected.account.batch, way=Way())

    def _ended(self, query: _Query) -> bool:
        """One request of a query; whether it was the last."""
        self._catch_up()
        self._check()
        number = self._intend(query.item)
        try:
            answer = self.connected.wiki.write(self._request(query), token="", fresh_until=inf, batch=number)
            pages = _bounded(read_direct(self.step.options, query.item, answer))
        except Refused as refusal:
            return self._failed(query, refusal.code, refusal.text)
        except Unanswered as error:
            return self._lost(query, number, error.failure)
        except MALFORMED:
            return self._lost(query, number, Failure(kind=Kind.NOT_JSON, detail="the answer is of an unknown shape"))
        return self._landed(query, number, answer, pages)

    def _check(self) -> None:
        self.guard()
        check_stop_page(self.connected.wiki.read, self.header.get("stop_page"))

    def _intend(self, *items: Item) -> int:
        number = self.number()
        intent = Intent(batch=number, step=self.step.id, newest_logid=0, items=items)
        self.journal.record(at=self.at(), intents=[intent])
        return number

    def _request(self, query: _Query) -> Mapping[str, str]:
        sized = query.item.facts.get("sized")
        size = str(min(query.size, self._room()))
        page_set = {**query.item.facts["query"], **({sized: size} if sized else {})}
        return direct_request(self.step.options, page_set, query.position)

    def _room(self) -> int:
        """How many more pages `limits.items` allows; raises `GuardStop` where there is no more room."""
        limit: int | None = self.header["limits"]["items"]
        if limit is None:
            return self.connected.account.batch
        found = sum(n for _, _, n in self.journal.found.counts())
        planned: int = sum(step["items"] for step in self.header["steps"] if not step["options"].get("direct"))
        if found + planned >= limit:
            raise GuardStop(
                f"limits.items: with what the wiki found there are {found + planned} items, and {limit} are allowed"
            )
        return limit - found - planned

    def _landed(self, query: _Query, number: int, answer: Mapping[str, Any], pages: Pages) -> bool:
        wrong = next(amiss(answer, expected=(LIMITED,)), None)
        if wrong:
            # What the wiki ignores widens the set: nothing more is purged, and nothing moves on.
            self._keep(pages, [self._open(query)])
            raise GuardStop(f"the wiki did not take the write as asked: {wrong['text']} ({wrong['code']})")
        query.position, query.lost = position_of(answer), 0
        query.heard, query.empty = query.heard + 1, 0 if pages else query.empty + 1
        outcome = self._outcome(query)
        self._keep(pages, [outcome])
        results = tuple(result for _, result in pages)
        self.sending.log.info("batch_finished", batch=number, items=len(pages), **states_of(results), **told_of(answer))
        if is_limited(answer):
            self._hold(Failure(kind=Kind.RATELIMITED, detail="rate limited"))
        return outcome.state is not State.PENDING

    def _outcome(self, query: _Query) -> Outcome:
        if not query.position:
            return Outcome(seq=query.item.seq, state=State.DONE)
        if query.way.comes_again(query.position):
            return self._endless(query, "the wiki gave the same `continue` twice")
        if query.heard >= MOST_ANSWERS or query.empty > MOST_EMPTY:
            return self._endless(query, "there is always more to come")
        return self._open(query)

    def _endless(self, query: _Query, detail: str) -> Outcome:
        return Outcome(seq=query.item.seq, state=State.FAILED, code="endless", detail=detail)

    def _open(self, query: _Query) -> Outcome:
        facts = {"continue": query.position} if query.position else {}
        return Outcome(seq=query.item.seq, state=State.PENDING, facts=facts)

    def _failed(self, query: _Query, code: str, text: str) -> bool:
        outcome = replace(self._open(query), state=State.FAILED, code=code, detail=text)
        self._keep([], [outcome])
        self.count(outcome)
        return True

    def _lost(self, query: _Query, number: int, failure: Failure) -> bool:
        """No word of the wiki's own: it is asked again, for less."""
        self.sending.log.warning("answer_lost", batch=number, detail=failure.detail)
        then = RULES[failure.kind].heard
        query.lost += then is not Then.FREE
        alone = query.size == 1 or "sized" not in query.item.facts
        if then is Then.FAILED or (then is Then.SMALLER and alone) or query.lost >= TRIES:
            return self._failed(query, failure.kind.value, failure.detail)
        query.size = max(1 if then is Then.SMALLER else min(SMALL, query.size), query.size // 4)
        self._keep([], [self._open(query)])
        if then is not Then.SMALLER:
            self._hold(failure)
        return False

    def _hold(self, failure: Failure) -> None:
        held = self.sending.held(Sent(results=()), failure)
        if held.error:
            raise held.error

    def _keep(self, pages: Pages, outcomes: Sequence[Outcome] = ()) -> None:
        """One commit for what became of pages and of the query that found them."""
        if not pages and not outcomes:
            return
        found = [(item, self._settled(item, result)) for item, result in pages]
        self.journal.record(at=self.at(), outcomes=outcomes, found=found)
        for _, outcome in found:
            self.count(outcome)
        self.advance(sum(outcome.state is not State.PENDING for _, outcome in found))

    def _settled(self, item: Item, result: Result) -> Outcome:
        """A page to be purged again is pending, until it was sent too often; a rate limit is no try."""
        if isinstance(result, Outcome):
            return result
        self.tries[item.key] += not (result.wait or result.unsent)
        if self.tries[item.key] < TRIES:
            return Outcome(seq=item.seq, state=State.PENDING, code=result.code)
        detail = f"without effect after {TRIES} requests"
        return Outcome(seq=item.seq, state=State.FAILED, code=result.code, detail=detail)

    def _catch_up(self) -> None:
        """Purge by page id what the wiki found and left out, until nothing is left."""
        while items := self.journal.found.waiting(self.step.id, self.connected.account.batch):
            self._check()
            self._by_id(items)

    def _by_id(self, items: Sequence[Item]) -> None:
        fresh_until = self.connected.monotonic() + FRESH_SECONDS
        pages = self._named(items)
        due = [(item, page) for item, page in zip(items, pages, strict=True) if page.blocked is None and page.pageid]
        gone = [item for item, page in zip(items, pages, strict=True) if page.blocked]
        silent = [item for item, page in zip(items, pages, strict=True) if page.blocked is None and not page.pageid]
        self._keep(
            [*((item, _gone(item)) for item in gone), *((item, Again(seq=item.seq, code="no_entry")) for item in silent)]
        )
        if not due:
            return
        number = self._intend()
        numbered = tuple(replace(page, seq=place) for place, (_, page) in enumerate(due))
        sent = self.sending.send(Batch(items=numbered, newest_logid=0, fresh_until=fresh_until, number=number))
        self._keep(
            [(replace(due[one.seq][0], pageid=due[one.seq][1].pageid), _of(due[one.seq][0], one)) for one in sent.results]
        )
        self.sending.log.info("batch_finished", batch=number, items=len(due), **states_of(sent.results), **sent.told)
        if sent.error:
            raise sent.error

    def _named(self, items: Sequence[Item]) -> list[Item]:
        """The pages of these titles as they are now, in the same order; without an id where the wiki said nothing."""
        refs = [Ref(title=item.title, ns=item.ns) for item in items]
        now = {page.title: page for page in read_facts(self.connected.wiki.read, refs, self.step.id, self.step.action)}
        return [now.get(item.title, replace(item, pageid=None)) for item in items]


def _bounded(found: Iterable[tuple[Item, Result]]) -> Pages:
    """What the wiki says that it found; raises `ValueError` where that is more than any answer holds, or names no pages."""
    pages = list(islice(found, MOST_PAGES + 1))
    if len(pages) > MOST_PAGES or not all(is_named(item.pageid, item.ns, item.title) for item, _ in pages):
        raise ValueError(len(pages))
    return pages


def _gone(item: Item) -> Outcome:
    return Outcome(seq=item.seq, state=State.SKIPPED, code="drift:gone", detail="it no longer exists")


def _of(item: Item, result: Result) -> Result:
    """A result of this very page."""
    return replace(result, seq=item.seq)
