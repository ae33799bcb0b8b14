"""Planning: every item of every step found, its facts read, judged, and frozen under a seal. Nothing is written to the wiki."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from runner.actions import ACTIONS
from runner.actions.action import Action
from runner.flows.context import Connected, Context, instant, planning_read
from runner.flows.header import plan_header
from runner.flows.names import naming, untouchables
from runner.flows.notes import Notes, OneByOne
from runner.flows.prepared import Preparing
from runner.flows.resolve import Resolver
from runner.flows.sealing import seal_plan
from runner.flows.stages import Stage, earlier_items
from runner.flows.step_items import StepItems
from runner.flows.where import Filter, left_out
from runner.model import Blocked, Item
from runner.planning.batches import Queries, Writes, cost
from runner.planning.guards import Untouchable, over_limit, unexpected, untouchable
from runner.planning.judge import Bench, judge
from runner.playbook.options import summary_room
from runner.playbook.playbook import Playbook, Step
from runner.sources.source import OPEN, File, unsaid
from runner.store.plans import Plans, StoredPlan
from runner.store.scratch import Gathered, Scratch
from runner.wiki.log import NEWEST, newest_logid
from runner.wiki.query import first_batch

SHOWN = 5


@dataclass(slots=True, kw_only=True)
class _Making:
    """A plan in the making: where it stands, and what its guards have to say."""

    plan: str
    seq: int = 0
    touched: int = 0
    examples: dict[str, str] | None = None
    explain: list[dict[str, Any]] = field(default_factory=list)


def make_plan(
    playbook: Playbook,
    stage: Stage,
    connected: Connected,
    context: Context,
    *,
    values: Callable[[File], Iterable[str]],
    commit: str | None = None,
) -> StoredPlan:
    """Plan one stage of a playbook and seal it.

    Raises `PlanRefused` if the wiki does not take a question as it was asked, `Unreachable`; a plan that a guard stops is
    made all the same, with the reasons in its header's `guards`, and is never applied.
    """
    plans = Plans(context.database)
    plan = "p" + context.name()
    created = instant(connected.now())
    plans.begin(plan, created=created, origin="own")
    connected.wiki.work_on(plan, planning=True)
    making = _Making(plan=plan, examples={})
    try:
        planner = _Planner(playbook, stage, connected, context, values, plans, making)
        sealed = seal_plan(plan, planner.run(created, commit), plans, context.database.secrets)
    except BaseException:
        plans.drop(plan)
        raise
    context.log.info("plan_sealed", plan=plan, items=sealed.items, sha256=sealed.sha256)
    return sealed


def _removing(steps: Sequence[Step]) -> list[str]:
    return [step.id for step in steps if ACTIONS[step.action].removes and step.source.kind == "pages"]


def _editing(steps: Sequence[Step]) -> list[str]:
    return [step.id for step in steps if ACTIONS[step.action].edits]


class _Planner:
    def __init__(
        self,
        playbook: Playbook,
        stage: Stage,
        connected: Connected,
        context: Context,
        values: Callable[[File], Iterable[str]],
        plans: Plans,
        making: _Making,
    ) -> None:
        self._playbook = playbook
        self._stage = stage
        self._connected = connected
        self._context = context
        self._plans = plans
        self._making = making
        self._read = planning_read(connected, context)
        self._reads_before = connected.wiki.reads
        # Of any step: what one of them hides may be what another one looks for.
        self._discreet = any(step.source.kind not in OPEN for step in playbook.steps)
        unnamed = any("user" in getattr(step.options, "hide", ()) for step in playbook.steps)
        self._preparing = Preparing(
            path=playbook.path, connected=connected, read=self._read, now=connected.now(), unnamed=unnamed
        )
        self._untouchable = Untouchable()
        self._warnings: list[str] = []
        self._filters: dict[str, Filter] = {}
        self._targets = Scratch(context.database)
        self._resolver = Resolver(
            read=self._read,
            batch=connected.account.batch,
            scratch=lambda: Scratch(context.database),
            gathered=lambda: Gathered(context.database),
            earlier=lambda step, outcome: earlier_items(stage, plans, making.plan, context.database, step, outcome),
            values=values,
            warn=self._warnings.append,
            filter=Filter(read=self._read, batch=connected.account.batch),
            subpages=connected.site.subpages,
        )

    @property
    def _requests(self) -> int:
        """What planning has taken so far."""
        return self._connected.wiki.reads - self._reads_before

    def run(self, created: str, commit: str | None) -> dict[str, Any]:
        """Plan every step of the stage, and give the header."""
        newest = newest_logid(first_batch(self._read, {"action": "query", **NEWEST}))
        steps, amiss = self._preparing.prepared(self._stage.steps)
        self._untouchable, warnings = untouchables(self._playbook.never_touch, self._connected)
        warnings = list(dict.fromkeys([*amiss, *warnings]))
        guards: list[str] = []
        checks = self._requests
        for number, step in enumerate(steps):
            with naming(step, self._playbook.path):
                items = self._step(step, steps[:number])
            guards += filter(None, [unexpected(step.id, items, step.source.expect)])
            untold = left_out(step.source, self._filters[step.id].tallies, discreet=self._discreet)
            warnings += [f"step {step.id}: {text}" for text in untold]
        guards += filter(None, [over_limit(self._making.seq, self._playbook.limits.items)])
        guards += filter(None, [untouchable(self._making.examples or {}, self._making.touched)])
        if self._connected.wiki.user is None:
            warnings.append("working without an account: no credentials were given")
        warnings += dict.fromkeys(self._warnings)
        for warning in warnings:
            self._context.log.info("plan_warning", plan=self._making.plan, text=warning)
        return plan_header(
            self._playbook,
            steps,
            plan=self._making.plan,
            created=created,
            commit=commit,
            api=self._connected.api,
            sitename=self._connected.site.name,
            generator=self._connected.site.generator,
            newest_logid=newest,
            user=self._connected.account.name,
            counts=self._plans.counts(self._making.plan),
            after=self._stage.after,
            later=self._stage.later,
            untouchable=self._untouchable,
            guards=guards,
            warnings=warnings,
            explain=self._making.explain,
            cost=cost(self._requests, checks, self._making.explain, self._connected.pace.interval),
        )

    def _notes(self, step: Step) -> Notes:
        """What takes down how the step came about."""
        log = self._context.log.bind(plan=self._making.plan, step=step.id)
        return Notes(announce=OneByOne(log), discreet=self._discreet)

    def _step(self, step: Step, before: Sequence[Step]) -> int:
        action = ACTIONS[step.action]
        first, asked, touched = self._making.seq, self._requests, self._making.touched
        self._context.progress.begin(f"plan {step.id}", None)
        self._filters[step.id] = replace(self._resolver.filter, tallies=[])
        notes = self._notes(step)
        writes, batches = self._work(step, notes)
        for items in batches:
            self._add(items, step, action, before, writes)
            self._context.progress.advance(len(items))
        self._context.progress.end()
        for source, tally in self._filters[step.id].tallies:
            for row in tally.rows(unsaid(source, discreet=self._discreet)):
                self._context.log.info("condition_judged", plan=self._making.plan, step=step.id, **row)
        count = self._making.seq - first
        self._making.explain.append(
            {
                "step": step.id,
                **(notes.handed(step.source) if step.direct else notes.tree(step.source)),
                "facts": notes.facts.cost(),
                "planning": self._requests - asked,
                "items": count,
                "blocked": count - writes.items,
                "never_touch": self._making.touched - touched,
                "writes": writes.least,
                "reads": writes.reads,
            }
        )
        self._context.log.info("step_planned", plan=self._making.plan, step=step.id, action=step.action, items=count)
        return count

    def _work(self, step: Step, notes: Notes) -> tuple[Writes | Queries, Iterable[list[Item]]]:
        """The step's items, batch by batch, and what counts the requests that carrying them out takes."""
        batch, stop_page = self._connected.account.batch, bool(self._playbook.stop_page)
        items = StepItems(
            read=self._read,
            account=self._connected.account,
            gathered=lambda: Gathered(self._context.database),
            notes=notes,
        )
        if step.direct:
            self._warnings.append(f"step {step.id}: direct: the wiki itself finds the pages, and nobody sees beforehand which")
            return Queries(reads_a_request=stop_page), [items.handed(step)]
        resolver = replace(self._resolver, filter=self._filters[step.id], notes=notes)
        return Writes(ACTIONS[step.action], batch, reads_a_window=stop_page), items.found(step, resolver)

    def _add(self, items: Sequence[Item], step: Step, action: Action, before: Sequence[Step], writes: Writes | Queries) -> None:
        pageids = [item.pageid for item in items if item.pageid is not None]
        bench = Bench(
            account=self._connected.account,
            policy=self._connected.policy,
            deleted_by=self._plans.planned(self._making.plan, pageids, _removing(before)),
            edited_by=self._plans.planned(self._making.plan, pageids, _editing(before)),
            room=summary_room(self._playbook.stamp),
        )
        judged = [self._numbered(self._claimed(judge(item, action, step.options, bench))) for item in items]
        shown = [action.shown(step.options, item) for item in judged]
        writes.add(shown)
        self._plans.add(self._making.plan, shown)

    def _claimed(self, item: Item) -> Item:
        """Blocked if an earlier item of the plan gets the same title."""
        if item.blocked or "to" not in item.facts or self._targets.add(item.facts["to"]):
            return item
        detail = f"another page of this plan becomes {item.facts['to']}"
        return replace(item, blocked=Blocked(code="same_target", detail=detail))

    def _numbered(self, item: Item) -> Item:
        self._making.seq += 1
        if item.blocked:
            # Often it is in the wiki's own words.
            detail = self._context.database.secrets.clean(item.blocked.detail)
            item = replace(item, blocked=replace(item.blocked, detail=detail))
        if item.blocked is None and self._untouchable.matches(item):
            self._making.touched += 1
            examples = self._making.examples
            if examples is not None and len(examples) < SHOWN:
                examples[item.key] = item.title
            item = replace(item, facts={**item.facts, "never_touch": True})
        return replace(item, seq=self._making.seq)
