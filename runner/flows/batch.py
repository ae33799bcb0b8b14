"""Sending one batch, and looking up what became of it when no answer came."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from runner.actions.action import Again, Result
from runner.actions.texts import said
from runner.errors import GuardStop, WikimopError
from runner.flows.context import Connected, Log
from runner.flows.facts import UNREADABLE, read_facts, see_it_answer
from runner.flows.steps import PlannedStep
from runner.flows.trace import Tracing
from runner.model import Item, Outcome, State, ref_of
from runner.planning.stamp import mark, summary
from runner.retry import RULES, Failure, Kind, Then, pause
from runner.store.journal import Entry
from runner.wiki.answer import Refused
from runner.wiki.client import Broken, TooLate, Unanswered
from runner.wiki.history import last_revisions

SETTLE_SECONDS = 2.0
LARGEST_ID = 2**63
TRIES = 5
SMALL = 10  # a request of so few items is not too much for anybody
MALFORMED = (AttributeError, KeyError, TypeError, ValueError)
MISUNDERSTOOD = ("unrecognizedparams", "unrecognizedvalues", "badutf8")
# What `request:` may ask the wiki to tell of each answer.
TOLD = ("servedby", "curtimestamp", "uselang", "errorlang")


@dataclass(slots=True, kw_only=True)
class Batch:
    """One request's items, with their current titles; good until `fresh_until` (monotonic seconds)."""

    items: tuple[Item, ...]
    newest_logid: int
    fresh_until: float
    number: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """One result for every item of the batch, and what has to stop the run, if anything. `most`: the next requests should
    hold no more items, for this one was too much for somebody on the way; 0 where it was not. `told`: what the wiki said of
    the answer itself."""

    results: tuple[Result, ...]
    error: WikimopError | None = None
    most: int = 0
    told: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """How a step's batches are sent. Its methods run in worker threads and touch neither journal nor state."""

    step: PlannedStep
    connected: Connected
    header: Mapping[str, Any]
    run: str
    log: Log

    def send(self, batch: Batch) -> Sent:
        """Send one batch and read, item by item, what became of it."""
        action, options = self.step.action, self.step.options
        reason = summary(self.header["stamp"], self.run, said(batch.items[0], getattr(options, action.summary, "")))
        parameters = action.request(options, batch.items, reason)
        try:
            answer = self.connected.wiki.write(
                parameters, token=action.token(options), fresh_until=batch.fresh_until, batch=batch.number
            )
        except TooLate:
            return Sent(results=_again(batch.items, "stale"))
        except Refused as refusal:
            return self._refused(batch, action.refused(options, batch.items, refusal.code, refusal.text))
        except Unanswered as error:
            return self._lost(batch, error.failure)
        except WikimopError as error:
            # Raised only while nothing was carried out: waiting, or logging in.
            return Sent(results=_again(batch.items, "not_sent"), error=error)
        return self._read(batch, answer)

    def _refused(self, batch: Batch, results: tuple[Result, ...]) -> Sent:
        """What is refused because it is so already may be so by an earlier request of ours, whose answer was lost."""
        needless = {one.seq: one for one in results if isinstance(one, Outcome) and one.state is State.UNCHANGED}
        doubtful = (
            replace(one, state=State.UNSURE) if isinstance(one, Outcome) and one.seq in needless else one for one in results
        )
        sent = self._looked_up(batch, tuple(doubtful), patient=not needless)
        known = (needless.get(one.seq, one) if isinstance(one, Again) else one for one in sent.results)
        return replace(sent, results=tuple(known))

    def _lost(self, batch: Batch, failure: Failure) -> Sent:
        """No word of the wiki's own came back: what it did is looked up. What it surely did not do is sent again, unless
        somebody on the way will not have it; meanwhile patience runs."""
        self.log.warning("answer_lost", batch=batch.number, detail=failure.detail)
        sent = self._looked_up(batch, _unsure(batch.items, failure))
        if sent.error or not any(isinstance(result, Again) for result in sent.results):
            return sent
        then, many = RULES[failure.kind].heard, len(batch.items)
        results = tuple(_judged(result, failure, alone=many == 1) for result in sent.results)
        if then is Then.SMALLER and many > 1:
            return replace(sent, results=results, most=max(1, many // 4))
        return self.held(replace(sent, results=results, most=many // 4 if many > SMALL else 0), failure)

    def _read(self, batch: Batch, answer: Mapping[str, Any]) -> Sent:
        try:
            results = self.step.action.read(self.step.options, batch.items, answer)
            _check_logids(results)
        except MALFORMED:
            # An answer of another shape tells nothing: the wiki is asked what happened.
            self.log.warning("answer_malformed", batch=batch.number)
            results = _unsure(batch.items, Failure(kind=Kind.NOT_JSON, detail="the answer is of an unknown shape"))
        sent = self._revised(batch, self._confirmed(batch, self._looked_up(batch, results)))
        sent = replace(sent, told=told_of(answer))
        for warning in answer.get("warnings", ()):
            if warning.get("code") in MISUNDERSTOOD:
                text = f"the wiki did not take the write as asked: {warning.get('text')} ({warning['code']})"
                return replace(sent, error=GuardStop(text))
        if any(isinstance(result, Again) and result.wait for result in sent.results):
            # A rate limit that came as a warning holds everybody, like one that came as an error.
            return self.held(sent, Failure(kind=Kind.RATELIMITED, detail="rate limited"))
        return sent

    def _confirmed(self, batch: Batch, sent: Sent) -> Sent:
        """What the answer calls done is read again, where it does not tell what came of it. Until it is read it is unsure."""
        confirm, options = self.step.action.confirm, self.step.options
        items = [item for item, result in zip(batch.items, sent.results, strict=True) if _is_said(result)]
        if confirm is None or not items or not self.step.action.confirms(options):
            return sent
        try:
            found = read_facts(self.connected.wiki.read, [ref_of(item) for item in items], self.step.id, self.step.action)
        except WikimopError as error:
            unread = Failure(kind=Kind.LOST, detail=f"done, it seems, and not read again: {error.message}")
            results = {result.seq: result for result in _unsure(items, unread)}
            return replace(sent, results=_with(sent.results, results), error=sent.error or error)
        current = {one.key: one for one in found if one.blocked is None}
        confirmed = {item.seq: confirm(options, item, current.get(item.key)) for item in items}
        return replace(sent, results=_with(sent.results, confirmed))

    def _revised(self, batch: Batch, sent: Sent) -> Sent:
        """What was done is done, whether its new revision can be read or not."""
        try:
            return replace(sent, results=self._with_revisions(batch.items, sent.results))
        except WikimopError as error:
            return replace(sent, error=sent.error or error)

    def held(self, sent: Sent, failure: Failure) -> Sent:
        """Wait as long as the wiki wants, or ever longer, before anything else is sent; the run stops when patience is used
        up."""
        pace, asked = self.connected.pace, failure.retry_after is not None
        # One answer that was lost slows nobody down; only when nothing gets through does it.
        stalls = pace.stalls + (failure.kind in (Kind.TOO_MANY, Kind.RATELIMITED))
        seconds = pause(stalls, failure.retry_after, self.connected.wiki.spread) if stalls or asked else 0.0
        try:
            pace.hold(seconds, failure.detail, silent=False, write=True, asked=asked)
        except WikimopError as error:
            return replace(sent, error=error)
        return sent

    def _looked_up(self, batch: Batch, results: tuple[Result, ...], *, patient: bool = True) -> Sent:
        """Replace what is unsure by what the wiki's log and state say."""
        unsure = {result.seq for result in results if isinstance(result, Outcome) and result.state is State.UNSURE}
        if not unsure:
            return Sent(results=results)
        if self.step.action.probe is None:
            again = {result.seq: Again(seq=result.seq, code=result.code) for result in results if result.seq in unsure}
            return Sent(results=tuple(again.get(result.seq, result) for result in results))
        if not self.step.action.traces:
            return Sent(results=results)
        entries = [Entry(item=item, newest_logid=batch.newest_logid) for item in batch.items if item.seq in unsure]
        try:
            found = {result.seq: result for result in self.look_up(entries, patient=patient)}
        except WikimopError as error:
            return Sent(results=results, error=error)
        return Sent(results=_with(results, found))

    def look_up(self, entries: Sequence[Entry], *, patient: bool) -> list[Result]:
        """What became of items that were sent without an answer. `patient`: the wiki may still be at it, so what seems
        not to have happened is looked at twice."""
        if self.step.action.probe is None:
            return list(_again([entry.item for entry in entries], "unanswered"))
        results = self._probe(entries)
        if patient and any(isinstance(result, Again) for result in results):
            self.connected.pace.rest(SETTLE_SECONDS)
            results = self._probe(entries)
        return list(self._with_revisions([entry.item for entry in entries], results))

    def _probe(self, entries: Sequence[Entry]) -> list[Result]:
        size = self.connected.account.batch
        results: list[Result] = []
        for start in range(0, len(entries), size):
            results += self._probe_some(entries[start : start + size])
        return results

    def _probe_some(self, entries: Sequence[Entry]) -> list[Result]:
        """Where the wiki breaks over one of them the others are looked up all the same."""
        try:
            return self._traced(entries)
        except Broken as error:
            if len(entries) > 1:
                half = len(entries) // 2
                return self._probe_some(entries[:half]) + self._probe_some(entries[half:])
            see_it_answer(self.connected.wiki.read)
            return [Outcome(seq=entries[0].item.seq, state=State.UNSURE, code=UNREADABLE, detail=error.message)]

    def _traced(self, entries: Sequence[Entry]) -> list[Result]:
        action, options = self.step.action, self.step.options
        if action.probe is None:
            return []
        ours = mark(self.header["stamp"], self.run) if action.marked(options) else ""
        tracing = Tracing(action=action, options=options, connected=self.connected, ours=ours)
        found = zip(entries, tracing.evidence(entries), strict=True)
        return [action.probe(options, entry.item, evidence) for entry, evidence in found]

    def _with_revisions(self, batch: Sequence[Item], results: Sequence[Result]) -> tuple[Result, ...]:
        """With the new last revision of each page of which the answer does not name it: the one that follows on the last. A
        success without any is none."""
        items = {item.seq: item for item in batch if item.pageid is not None}
        done = {
            one.seq: one
            for one in results
            if isinstance(one, Outcome) and one.state is State.DONE and "revid" not in one.facts and one.seq in items
        }
        if not self.step.action.revises or not done:
            return tuple(results)
        last = last_revisions(self.connected.wiki.read, [items[seq].pageid or 0 for seq in done])
        for seq, outcome in done.items():
            revid, parent = last.get(items[seq].pageid or 0, (0, 0))
            if parent == items[seq].revid:
                done[seq] = replace(outcome, facts={**outcome.facts, "revid": revid})
            elif revid == items[seq].revid:
                # A hook of the wiki can stop a change, and the answer be the same: `resume` looks into the log.
                detail = "the wiki said success, and made no revision of it"
                done[seq] = replace(outcome, state=State.UNSURE, code="no_revision", detail=detail, facts={})
        return tuple(done.get(result.seq, result) for result in results)


def told_of(answer: Mapping[str, Any]) -> dict[str, str]:
    """What the wiki said of the answer itself, where `request:` asks for it."""
    return {name: str(answer[name]) for name in TOLD if name in answer}


def states_of(results: Iterable[Result]) -> dict[str, int]:
    """How many results are in each state, for the log; `again` are those to be sent again."""
    return dict(Counter("again" if isinstance(result, Again) else result.state.value for result in results))


def _is_said(result: Result) -> bool:
    """Whether the wiki's own answer says that it is done."""
    return isinstance(result, Outcome) and result.state is State.DONE and not result.code


def _with(results: Sequence[Result], others: Mapping[int, Result]) -> tuple[Result, ...]:
    return tuple(others.get(result.seq, result) for result in results)


def _check_logids(results: Iterable[Result]) -> None:
    """A number that no log has an entry of is no word of what happened."""
    for result in results:
        if isinstance(result, Outcome) and result.logid is not None and not 0 < result.logid < LARGEST_ID:
            raise ValueError(result.logid)


def _judged(result: Result, failure: Failure, *, alone: bool) -> Result:
    """What surely did not happen: an HTTP status that says no is final, and being too fast is no try."""
    then = RULES[failure.kind].heard
    if isinstance(result, Outcome):
        return result
    if then is Then.FAILED or (then is Then.SMALLER and alone):
        return Outcome(seq=result.seq, state=State.FAILED, code=failure.kind.value, detail=failure.detail)
    return replace(result, unsent=then is not Then.COUNTED)


def _again(items: Sequence[Item], code: str) -> tuple[Result, ...]:
    return tuple(Again(seq=item.seq, code=code, unsent=True) for item in items)


def _unsure(items: Sequence[Item], failure: Failure) -> tuple[Result, ...]:
    return tuple(Outcome(seq=item.seq, state=State.UNSURE, code=failure.kind.value, detail=failure.detail) for item in items)
