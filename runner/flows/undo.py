"""Undoing: a new plan, made from a journal, that takes back just what a run did. It is reviewed and applied like any other.

Steps are taken back from the last to the first. What cannot be taken back stands in the plan as blocked, with the reason.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain, count
from typing import Any

import orjson

from runner.actions import ACTIONS
from runner.actions.action import Action, Inverse
from runner.actions.verdicts import AMISS
from runner.errors import UsageError
from runner.flows.archive import Archive, Wanted
from runner.flows.context import Connected, Context, instant, planning_read
from runner.flows.facts import read_facts
from runner.flows.foreseen import Foreseen, left
from runner.flows.sealing import seal_plan
from runner.flows.steps import PlannedStep, planned_steps
from runner.flows.surveying import surveyed
from runner.model import Blocked, Item, Outcome, Run, State
from runner.planning.batches import Writes, cost
from runner.planning.judge import Bench, judge, place
from runner.store.journal import Journal
from runner.store.plans import Plans, StoredPlan
from runner.wiki.query import chunks

NEVER = Blocked(code="irreversible", detail="nothing takes this action back")
OPEN = Blocked(code="unsure", detail="what became of it is not known yet: `wikimop resume` of that run looks it up")


@dataclass(slots=True, kw_only=True)
class _Step:
    """A step of the new plan. `wanted` are refs with what takes them back, `lost` what cannot be taken back."""

    id: str
    action: Action
    kind: str
    options: Mapping[str, Any]
    wanted: list[Wanted] = field(default_factory=list)
    lost: list[Item] = field(default_factory=list)


def make_undo(run: Run, plan: StoredPlan, connected: Connected, context: Context) -> StoredPlan:
    """Plan the undo of a run, and seal it. Raises `UsageError` where there is nothing to take back."""
    plans = Plans(context.database)
    name = "p" + context.name()
    plans.begin(name, created=instant(connected.now()), origin="own")
    connected.wiki.work_on(name, planning=False)
    try:
        undoing = _Undoing(run, plan, connected, context, plans, name)
        sealed = seal_plan(name, undoing.run(), plans, context.database.secrets)
    except BaseException:
        plans.drop(name)
        raise
    context.log.info("plan_sealed", plan=name, items=sealed.items, sha256=sealed.sha256, undoes=run.id)
    return sealed


class _Undoing:
    def __init__(
        self, run: Run, plan: StoredPlan, connected: Connected, context: Context, plans: Plans, name: str
    ) -> None:  # fmt: skip
        self._run = run
        self._plan = plan
        self._connected = connected
        self._context = context
        self._plans = plans
        self._name = name
        self._seq = 0
        self._ids: set[str] = set()
        self._warnings: list[str] = []
        self._reads_before = connected.wiki.reads
        self._costs: list[dict[str, int]] = []
        self._read = planning_read(connected, context)
        self._journal = Journal(context.database, run.id, run.plan)
        self._foreseen = Foreseen(self._read)
        self._now = connected.now()

    def run(self) -> dict[str, Any]:
        """Every step taken back, and the header of the plan."""
        later: dict[str, dict[str, Any]] = {}
        steps: list[_Step] = []
        for step in reversed(list(planned_steps(self._plan.header))):
            rows = [row for row in self._journal.rows(step=step.id) if _is_changed(row[1])]
            steps += self._inverted(step, rows[::-1], later)
        if not steps:
            raise UsageError(f"run {self._run.id} changed nothing that could be taken back")
        for one in steps:
            self._plan_step(one)
        counts = self._plans.counts(self._name)
        return self._header([one for one in steps if one.id in counts], counts)

    def _inverted(
        self, step: PlannedStep, rows: Sequence[tuple[Item, Outcome]], later: dict[str, dict[str, Any]]
    ) -> list[_Step]:
        """The steps that take one step back: one for each action with other options."""
        found: dict[str, _Step] = {}
        for item, outcome in rows:
            inverses = self._inverses(step, left(item, self._journal.changed([item.key], before=step.id)), outcome)
            for inverse in inverses:
                if isinstance(inverse, Blocked):
                    self._step_of(found, step, step.action.name, item.kind, step.raw).lost.append(_blocked(item, inverse))
                    continue
                # What a later step of the run changed again is so by now.
                expect = {name: later.get(item.key, {}).get(name, fact) for name, fact in inverse.expect.items()}
                into = self._step_of(found, step, inverse.action, inverse.kind, inverse.options, signed=inverse.signed)
                into.wanted += [(ref, replace(inverse, expect=expect), item) for ref in inverse.refs]
            if not any(isinstance(one, Blocked) for one in inverses):
                later.setdefault(item.key, {}).update({**outcome.facts, **later.get(item.key, {})})
        return list(found.values())

    def _inverses(self, step: PlannedStep, was: Item, outcome: Outcome) -> list[Inverse | Blocked]:
        """What takes an item back, from what the run had made of it before."""
        if step.action.removes and was.kind == "pages" and outcome.state is State.DONE:
            self._foreseen.deleted(was)
        return [one.at(self._now) if isinstance(one, Inverse) else one for one in _inverse(step, was, outcome)]

    def _step_of(
        self,
        found: dict[str, _Step],
        step: PlannedStep,
        action: str,
        kind: str,
        given: Mapping[str, Any],
        *,
        signed: bool = True,
    ) -> _Step:
        options = dict(given)
        summary = ACTIONS[action].summary
        if signed and summary in ACTIONS[action].schema["properties"] and given is not step.raw:
            options[summary] = f"Undo of {self._run.id}"
        name = orjson.dumps([action, kind, options, given is step.raw], option=orjson.OPT_SORT_KEYS).decode()
        if name not in found:
            found[name] = _Step(id=self._free_id(step), action=ACTIONS[action], kind=kind, options=options)
        return found[name]

    def _free_id(self, step: PlannedStep) -> str:
        """An id that no other step of the plan has: the second of `a` is not that of a step `a-2`."""
        names = (f"undo-{step.id}"[:55] + number for number in chain([""], (f"-{n}" for n in count(2))))
        free = next(name for name in names if name not in self._ids)
        self._ids.add(free)
        return free

    def _plan_step(self, step: _Step) -> None:
        options = step.action.parse(step.options)
        bench = Bench(account=self._connected.account, policy=self._connected.policy)
        self._context.progress.begin(f"plan {step.id}", None)
        writes = Writes(step.action, self._connected.account.batch, reads_a_window=bool(self._plan.header["stop_page"]))
        for chosen in chunks(self._found(step), self._connected.account.batch):
            wanted = self._foreseen.unlike(chosen)
            inverses = [inverse for _, inverse, _ in wanted]
            placed = self._placed(step, options, wanted)
            items = surveyed(self._read, self._connected.account, step.action, options, self._brought(placed, inverses))
            judged = [
                _expected(judge(_restoring(item, inverse), step.action, options, bench), inverse, there)
                for item, inverse, there in zip(items, inverses, placed, strict=True)
            ]
            for item, inverse in zip(judged, inverses, strict=True):
                if item.blocked is None:
                    self._foreseen.planned(item, inverse)
            shown = [step.action.shown(options, item) for item in judged]
            writes.add(shown)
            self._add(shown)
            self._context.progress.advance(len(wanted))
        self._add([replace(item, step=step.id) for item in step.lost])
        self._costs.append({"writes": writes.least, "reads": writes.reads})
        self._context.progress.end()

    def _placed(self, step: _Step, options: Any, wanted: Sequence[Wanted]) -> list[Item]:  # noqa: ANN401
        """The items as they are now; those of pages that this plan restores, as they will be."""
        refs = [ref for ref, _, _ in wanted]
        found = place(refs, read_facts(self._read, refs, step.id, step.action), step.id, creates=step.action.creates(options))
        changed = self._journal.changed(item.key for _, _, item in wanted)
        return [
            self._foreseen.restored(item, left(was, changed), step.action, with_page=inverse.with_page)
            for item, (_, inverse, was) in zip(found, wanted, strict=True)
        ]

    def _brought(self, items: Sequence[Item], inverses: Sequence[Inverse]) -> list[Item]:
        """With what each brings along, under the title that it will have."""
        brought = zip(items, inverses, strict=True)
        return [self._foreseen.moved(replace(item, facts={**item.facts, **inverse.facts})) for item, inverse in brought]

    def _add(self, items: Sequence[Item]) -> None:
        numbered = [replace(item, seq=self._seq + number) for number, item in enumerate(items, 1)]
        self._seq += len(items)
        self._plans.add(self._name, numbered)

    def _found(self, step: _Step) -> Iterator[Wanted]:
        """What the step works on, each once."""
        seen: set[str] = set()
        for ref, inverse, item in self._chosen(step):
            if ref.key not in seen:
                seen.add(ref.key)
                yield ref, inverse, item

    def _chosen(self, step: _Step) -> Iterator[Wanted]:
        batch = self._connected.account.batch
        archive = Archive(self._read, batch, self._context.database)
        for wanted in chunks(step.wanted, batch):
            yield from (one for one in wanted if not one[1].chosen)
            if pages := [one for one in wanted if one[1].chosen]:
                yield from archive.chosen(pages)
        step.lost += [_blocked(item, why) for item, why in archive.lost]
        self._warnings += archive.warnings

    def _header(self, steps: Sequence[_Step], counts: Mapping[str, tuple[int, int]]) -> dict[str, Any]:
        # How the undone plan came about is nothing of this one's.
        before = {name: value for name, value in self._plan.header.items() if name != "explain"}
        planning = self._connected.wiki.reads - self._reads_before
        return {
            **before,
            "cost": cost(planning, 0, self._costs, self._connected.pace.interval),
            "id": self._name,
            "playbook": {**before["playbook"], "name": f"undo-{before['playbook']['name']}"[:63]},
            "created": instant(self._connected.now()),
            "user": self._connected.account.name,
            "vars": {},
            "steps": [_step_header(step, counts[step.id]) for step in steps],
            "undoes": self._run.id,
            "limits": {**before["limits"], "items": None},
            "after": None,
            "later": [],
            "guards": [],
            "warnings": self._warnings,
        }


_UNTOUCHED = (State.PENDING, State.UNCHANGED, State.SKIPPED, State.FAILED)


def _is_changed(outcome: Outcome) -> bool:
    """Whether it changed something: what is not done may have, in an earlier try, too."""
    failed = outcome.state is State.FAILED and outcome.code in AMISS
    return outcome.state not in _UNTOUCHED or bool(outcome.facts) or failed


def _inverse(step: PlannedStep, item: Item, outcome: Outcome) -> Sequence[Inverse | Blocked]:
    if outcome.state not in (State.DONE, *_UNTOUCHED) or outcome.state is State.PENDING:
        return (OPEN,)
    if outcome.state is State.FAILED and not outcome.facts:
        return (
            Blocked(code="not_as_wanted", detail=f"the wiki did something else than was asked, look at it: {outcome.detail}"),
        )
    if step.action.inverse is None:
        return (NEVER,)
    found = step.action.inverse(step.options, item, outcome.facts)
    return (found,) if isinstance(found, Blocked) else found


def _blocked(item: Item, why: Blocked) -> Item:
    """The item as it stood in the undone plan, without what only that plan could use."""
    return replace(item, blocked=why, parents=(), wants=(), facts={})


def _restoring(item: Item, inverse: Inverse) -> Item:
    """The item with what it must be afterwards."""
    return replace(item, facts={**item.facts, "restores": dict(inverse.restores)}) if inverse.restores else item


def _expected(item: Item, inverse: Inverse, there: Item) -> Item:
    """Blocked if somebody changed since what the run had done; of what is not there yet nobody can have."""
    now = {"revid": there.revid, "title": there.title, "pageid": there.pageid, "ns": there.ns, **item.facts}
    changed = [name for name, fact in inverse.expect.items() if now.get(name) != fact]
    if item.blocked or not changed or "archived_now" in there.facts:
        return item
    told = ", ".join(f"{name} is {now.get(name)!r}, and the run left {inverse.expect[name]!r}" for name in changed)
    return replace(item, blocked=Blocked(code="changed_since", detail=told))


def _step_header(step: _Step, counts: tuple[int, int]) -> dict[str, Any]:
    return {
        "id": step.id,
        "name": step.id,
        "source": step.kind,
        "action": step.action.name,
        "options": dict(step.options),
        "when": None,
        "outcome": [],
        "items": counts[0],
        "blocked": counts[1],
    }
