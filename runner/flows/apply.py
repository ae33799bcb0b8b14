"""Applying: exactly the plan, step by step, with the intent of every write on disk before it is sent.

One coordinator thread reads facts, writes the journal and hands batches to `limits.concurrency` workers; the wiki's pace is
shared by all of them. A batch is sent at most 10 seconds after its facts were read, or its facts are read again.
"""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field, replace
from typing import Any

from runner.actions.action import Again, Result
from runner.errors import GuardStop, Interrupted, PlanRefused, Unreachable, WikimopError
from runner.flows.batch import TRIES, Batch, Sending, Sent, states_of
from runner.flows.context import Connected, Context, instant
from runner.flows.described import described_step
from runner.flows.direct import Direct
from runner.flows.steps import PlannedStep, planned_steps
from runner.flows.window import Windows, as_changed
from runner.model import Item, Outcome, State
from runner.planning.guards import too_many_failures
from runner.playbook.when import parse_when
from runner.store.journal import Intent, Journal

POLL_SECONDS = 2.0
POLLS = 150


@dataclass(slots=True, kw_only=True)
class _Tally:
    """What this session of the run has attempted, for `limits.failures`: a resumed run starts counting anew."""

    attempted: int = 0
    failed: int = 0
    error: WikimopError | None = None
    waiting: dict[int, Item] = field(default_factory=dict)
    again: dict[int, int] = field(default_factory=dict)


class Applying:
    """One session of one run: from where the journal stands to the end, or to whatever stops it."""

    def __init__(
        self, header: Mapping[str, Any], journal: Journal, connected: Connected, context: Context,
        before: Mapping[str, Mapping[str, int]],
    ) -> None:  # fmt: skip
        self._header = header
        self._journal = journal
        self._connected = connected
        self._context = context
        self._before = before
        self._limits = header["limits"]
        self._tally = _Tally()
        duration = header["limits"]["duration"]
        self._end = connected.monotonic() + duration if duration else None
        self._over = f"limits.duration: {duration or 0:.0f} seconds are over"
        connected.pace.end_at(self._end, self._over)
        self._log = context.log
        self._batch = journal.next_batch()

    def run(self) -> None:
        """Carry out every step; raises `GuardStop`, `Unreachable` or `Interrupted`, with the journal in order."""
        try:
            for step in planned_steps(self._header):
                self._step(described_step(self._connected.wiki.read, step))
        except PlanRefused as error:
            # Exit code 2 would say that nothing was sent.
            raise Unreachable(error.message, hint=error.hint) from None

    def _step(self, step: PlannedStep) -> None:
        log = self._log = self._context.log.bind(step=step.id)
        sending = Sending(step=step, connected=self._connected, header=self._header, run=self._journal.run, log=log)
        if not step.direct:
            self._settle(step, sending)
        at = self._at()
        if step.when and not self._journal.begun(step.id) and not self._holds(step.when):
            skipped = self._journal.skip_step(step.id, "when", f"not: {step.when}", at=at)
            log.info("step_skipped", when=step.when, items=skipped)
            return
        self._journal.skip_blocked(step.id, at=at)
        left = self._journal.open_items(step.id)
        self._context.progress.begin(f"{step.action.name} {step.id}", None if step.direct else left)
        log.info("step_started", action=step.action.name, items=left)
        try:
            carry_out = self._direct if step.direct else self._planned
            carry_out(step, sending)
        finally:
            self._context.progress.end()
        self._follow_scheduled(step, sending)
        log.info("step_finished", **self._journal.counts().get(step.id, {}))

    def _planned(self, step: PlannedStep, sending: Sending) -> None:
        """The items that the plan names."""
        windows = Windows(step, sending, self._journal, self._connected, self._header)
        while self._journal.open_items(step.id) and not self._tally.error:
            windows.restart()
            self._pass(step, sending, windows)
        if self._tally.error:
            raise self._tally.error

    def _direct(self, step: PlannedStep, sending: Sending) -> None:
        """Pages that only the wiki knows."""
        Direct(
            step=step, sending=sending, journal=self._journal, connected=self._connected, header=self._header,
            guard=self._guard, count=self._count, advance=self._context.progress.advance, number=self._number, at=self._at,
        ).run()  # fmt: skip

    def _number(self) -> int:
        """The number of the next request."""
        self._batch += 1
        return self._batch - 1

    def _holds(self, when: str) -> bool:
        return parse_when(when).evaluate({**self._before, **self._journal.counts()})

    def _settle(self, step: PlannedStep, sending: Sending) -> None:
        """What an earlier session sent and did not hear of is looked up; only then may it be sent again."""
        states = (State.SENT, State.UNSURE) if step.action.traces else (State.SENT,)
        entries = self._journal.entries(step.id, states)
        if not entries:
            return
        self._log.info("looking_up", items=len(entries))
        changed = as_changed(self._journal, entries)
        results = sending.look_up(changed, patient=True)
        self._record(step, results, {entry.item.seq: entry.item for entry in changed})

    def _pass(self, step: PlannedStep, sending: Sending, windows: Windows) -> None:
        """Once through everything that is pending in the step."""
        workers = self._limits["concurrency"]
        with ThreadPoolExecutor(max_workers=workers) as pool:
            flying: dict[Future[Sent], Batch] = {}
            results: list[Result] = []
            while True:
                batches = self._next(step, windows, workers - len(flying), results)
                self._launch(step, batches, results)
                results = []
                flying.update({pool.submit(sending.send, batch): batch for batch in batches})
                if batches and len(flying) < workers:
                    continue  # the next window is read while these are under way
                if not flying:
                    return
                done, _ = wait(flying, return_when=FIRST_COMPLETED)
                for future in done:
                    results += self._landed(flying.pop(future), future.result(), windows)

    def _next(self, step: PlannedStep, windows: Windows, room: int, results: list[Result]) -> list[Batch]:
        """The batches to send now: none once something has to stop."""
        batches: list[Batch] = []
        try:
            if any(isinstance(result, Again) or result.state is State.FAILED for result in results):
                # What failed counts before anything more is sent.
                self._record(step, results, self._tally.waiting)
                results.clear()
            self._guard()
            while len(batches) < room and not self._tally.error:
                if windows.exhausted():
                    if batches:
                        break  # while their intents are not in the journal, the next window would find their items pending
                    # Reading facts takes a while: what is known by now is made durable first.
                    self._record(step, results, self._tally.waiting)
                    results.clear()
                    skipped = windows.read()
                    self._record(step, skipped, windows.items)
                    self._context.progress.advance(len(skipped))
                    continue
                batch = windows.take()
                if batch is None:
                    break
                batches.append(batch)
        except WikimopError as error:
            self._tally.error = error
        return batches

    def _launch(self, step: PlannedStep, batches: list[Batch], results: list[Result]) -> None:
        """One commit for the last outcomes and the next intents; only after it is anything sent."""
        intents = []
        for batch in batches:
            batch.number = self._number()
            kept = {item.seq: step.action.effect(step.options, item) for item in batch.items} if step.action.keeps else {}
            intents.append(
                Intent(batch=batch.number, step=step.id, newest_logid=batch.newest_logid, items=batch.items, kept=kept)
            )
            self._tally.waiting.update({item.seq: item for item in batch.items})
        self._record(step, results, self._tally.waiting, intents)

    def _landed(self, batch: Batch, sent: Sent, windows: Windows) -> list[Result]:
        if sent.error and self._tally.error is None:
            self._tally.error = sent.error
        if sent.most:
            windows.shrink(sent.most)
        self._context.progress.advance(sum(isinstance(result, Outcome) for result in sent.results))
        self._log.info("batch_finished", batch=batch.number, items=len(batch.items), **states_of(sent.results), **sent.told)
        return list(sent.results)

    def _record(
        self, step: PlannedStep, results: list[Result], items: Mapping[int, Item], intents: list[Intent] | None = None
    ) -> None:
        outcomes = [_with_effect(step, self._outcome(step, result), items.get(result.seq)) for result in results]
        if outcomes or intents:
            self._journal.record(at=self._at(), outcomes=outcomes, intents=intents or [])
        for outcome in outcomes:
            self._count(outcome)
            self._tally.waiting.pop(outcome.seq, None)

    def _outcome(self, step: PlannedStep, result: Result) -> Outcome:
        """An item to be sent again is pending, until it was sent too often."""
        if isinstance(result, Outcome):
            return result
        if not result.wait and not result.unsent:
            self._tally.again[result.seq] = self._tally.again.get(result.seq, 0) + 1
        if self._tally.again.get(result.seq, 0) < TRIES:
            return Outcome(seq=result.seq, state=State.PENDING, code=result.code)
        state = State.FAILED if step.action.replayable else State.UNSURE
        return Outcome(seq=result.seq, state=state, code=result.code, detail=f"without effect after {TRIES} requests")

    def _count(self, outcome: Outcome) -> None:
        if outcome.state in (State.DONE, State.UNCHANGED, State.FAILED, State.UNSURE):
            self._tally.attempted += 1
            self._tally.failed += outcome.state is State.FAILED
        if outcome.state in (State.DONE, State.UNCHANGED):
            self._connected.pace.progressed(write=True)
        if outcome.state is State.FAILED:
            self._log.warning("item_failed", seq=outcome.seq, code=outcome.code)

    def _guard(self) -> None:
        if self._context.stopping():
            raise Interrupted("interrupted")
        reason = too_many_failures(
            self._tally.failed,
            self._tally.attempted,
            count=self._limits["failures"],
            share=self._limits["failure_share"],
        )
        if self._end is not None and self._connected.monotonic() >= self._end:
            reason = self._over
        if reason:
            raise GuardStop(reason)

    def _follow_scheduled(self, step: PlannedStep, sending: Sending) -> None:
        """The wiki does a large deletion later, by its job queue: ask until it is done."""
        for _ in range(POLLS):
            entries = as_changed(self._journal, self._journal.entries(step.id, (State.SCHEDULED,)))
            if not entries:
                return
            self._guard()
            self._connected.pace.rest(POLL_SECONDS)
            found = sending.look_up(entries, patient=False)
            known = [result for result in found if isinstance(result, Outcome)]
            self._record(step, list(known), {entry.item.seq: entry.item for entry in entries})
        given_up: list[Result] = [
            Outcome(
                seq=entry.item.seq,
                state=State.UNSURE,
                code="scheduled",
                detail="the wiki's queue did not do it in time",
            )
            for entry in self._journal.entries(step.id, (State.SCHEDULED,))
        ]
        self._record(step, given_up, {})

    def _at(self) -> str:
        return instant(self._connected.now())


def _with_effect(step: PlannedStep, outcome: Outcome, item: Item | None) -> Outcome:
    """With the facts that a success changed, for later steps and for an undo."""
    if outcome.state is not State.DONE or item is None:
        return outcome
    return replace(outcome, facts={**step.action.effect(step.options, item), **outcome.facts})
