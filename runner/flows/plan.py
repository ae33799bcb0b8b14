"""Planning: every item of every step found, its facts read, judged, and frozen under a seal. Nothing is written to the wiki."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from runner.actions import ACTIONS
from runner.actions.action import Action
from runner.errors import Interrupted, PlanRefused, Unreachable
from runner.flows.context import Connected, Context, instant
from runner.flows.described import described
from runner.flows.facts import read_facts
from runner.flows.header import plan_header
from runner.flows.names import check_tags, described_steps, fixed_source, missing_names, untouchables
from runner.flows.notes import Notes
from runner.flows.resolve import Resolver
from runner.flows.restrictions import settled_blocks
from runner.flows.sealing import seal_plan
from runner.flows.settle import settle_where
from runner.flows.stages import Stage, earlier_items
from runner.flows.surveying import surveyed
from runner.flows.where import Filter, left_out
from runner.model import Blocked, Item
from runner.planning.batches import Writes, cost
from runner.planning.guards import Untouchable, over_limit, unexpected, untouchable
from runner.planning.judge import Bench, judge, place
from runner.playbook.options import summary_room
from runner.playbook.playbook import Playbook, Step
from runner.sources.source import File, is_open
from runner.store.plans import Plans, StoredPlan
from runner.store.scratch import Gathered, Scratch
from runner.wiki.query import chunks

SHOWN = 5
MANY = 100  # requests for one page each that somebody who waits should know of


@dataclass(slots=True, kw_only=True)
class _Making:
    """A plan in the making: where it stands, and what its guards have to say."""

    plan: str
    seq: int = 0
    touched: int = 0
    examples: dict[str, str] | None = None
    requests: int = 0
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
        self._now = connected.now()
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
            filter=Filter(read=self._read, batch=connected.account.batch, announce=lambda _pages: None),
            subpages=connected.site.subpages,
        )

    def _read(self, parameters: Mapping[str, str]) -> Mapping[str, Any]:
        """A read of the wiki, unless Ctrl-C was pressed: a plan that is not sealed leaves nothing behind."""
        if self._context.stopping():
            raise Interrupted("interrupted while planning: nothing was written, and no plan was made")
        self._making.requests += 1
        return self._connected.wiki.read(parameters)

    def run(self, created: str, commit: str | None) -> dict[str, Any]:
        """Plan every step of the stage, and give the header."""
        steps, amiss = self._settled(self._described(self._fixed()))
        check_tags(steps, self._playbook.path, self._connected)
        steps = settled_blocks(steps, self._playbook.path, self._connected)
        self._untouchable, warnings = untouchables(self._playbook.never_touch, self._connected)
        warnings += [warning for step in steps for warning in missing_names(step.source, self._read)]
        warnings = list(dict.fromkeys([*amiss, *warnings]))
        guards: list[str] = []
        for number, step in enumerate(steps):
            with self._naming(step):
                items = self._step(step, steps[:number])
            guards += filter(None, [unexpected(step.id, items, step.source.expect)])
            warnings += [f"step {step.id}: {text}" for text in left_out(step.source, self._filters[step.id].tallies)]
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
            user=self._connected.account.name,
            counts=self._plans.counts(self._making.plan),
            after=self._stage.after,
            later=self._stage.later,
            guards=guards,
            warnings=warnings,
            explain=self._making.explain,
            cost=cost(self._making.requests, [one["writes"] for one in self._making.explain], self._playbook.limits.rate),
        )

    @contextmanager
    def _naming(self, step: Step) -> Iterator[None]:
        """What the wiki has against a step's source names the step."""
        where = f"{self._playbook.path}:{step.line}: step {step.id}: "
        try:
            yield
        except (PlanRefused, Unreachable) as error:
            if error.message.startswith(where):
                raise
            raise type(error)(where + error.message, hint=error.hint) from None

    def _fixed(self) -> tuple[Step, ...]:
        """The steps with their modules as the wiki has them, their times fixed and their namespaces checked, all before the
        first query."""
        path, namespaces = self._playbook.path, self._connected.site.namespaces
        steps = described_steps(self._stage.steps, path, self._read)
        return tuple(replace(step, source=fixed_source(step, path, self._now, namespaces)) for step in steps)

    def _described(self, steps: Sequence[Step]) -> tuple[Step, ...]:
        """The steps with what the wiki says of the modules that they call."""
        where = f"{self._playbook.path}:{{}}: step {{}}".format
        return tuple(
            replace(step, options=described(self._read, ACTIONS[step.action], step.options, where(step.line, step.id)))
            for step in steps
        )

    def _settled(self, steps: Sequence[Step]) -> tuple[tuple[Step, ...], list[str]]:
        """The steps with the names in their conditions as the wiki writes them, and what is amiss with these."""
        settled, warnings = [], []
        for step in steps:
            source, amiss = settle_where(step.source, self._read, self._connected.account.batch)
            settled.append(replace(step, source=source))
            warnings += [f"step {step.id}: {text}" for text in amiss]
        return tuple(settled), warnings

    def _filter(self, step: Step) -> Filter:
        """What carries out the step's `where`, and keeps count."""
        log = self._context.log.bind(plan=self._making.plan, step=step.id)

        def announce(pages: int) -> None:
            if pages >= MANY:
                log.warning("facts_read_one_by_one", pages=pages)
            else:
                log.info("facts_read_one_by_one", pages=pages)

        found = replace(self._resolver.filter, announce=announce, tallies=[])
        self._filters[step.id] = found
        return found

    def _step(self, step: Step, before: Sequence[Step]) -> int:
        action = ACTIONS[step.action]
        first, asked, touched = self._making.seq, self._making.requests, self._making.touched
        self._context.progress.begin(f"plan {step.id}", None)
        resolver = replace(self._resolver, filter=self._filter(step), notes=Notes())
        writes = Writes(action, self._connected.account.batch)
        found = resolver.refs(step.source)
        if step.source.kind == "deleted_revisions":
            # The wiki acts on all archived revisions of a second together: they are one item.
            found = Gathered(self._context.database).collect((ref.key, ref) for ref in found)
        for refs in chunks(found, self._connected.account.batch):
            items = read_facts(self._read, refs, step.id, action)
            placed = place(refs, items, step.id, creates=action.creates(step.options))
            self._add(surveyed(self._read, action, step.options, placed), step, action, before, writes)
            self._context.progress.advance(len(refs))
        self._context.progress.end()
        for source, tally in resolver.filter.tallies:
            for row in tally.rows(discreet=not is_open(source)):
                self._context.log.info("condition_judged", plan=self._making.plan, step=step.id, **row)
        count = self._making.seq - first
        self._making.explain.append(
            {
                "step": step.id,
                **resolver.notes.tree(step.source),
                "planning": self._making.requests - asked,
                "items": count,
                "blocked": count - writes.items,
                "never_touch": self._making.touched - touched,
                "writes": writes.least,
            }
        )
        self._context.log.info("step_planned", plan=self._making.plan, step=step.id, action=step.action, items=count)
        return count

    def _add(self, items: Sequence[Item], step: Step, action: Action, before: Sequence[Step], writes: Writes) -> None:
        pageids = [item.pageid for item in items if item.pageid is not None]
        bench = Bench(
            account=self._connected.account,
            policy=self._connected.policy,
            deleted_by=self._plans.planned(self._making.plan, pageids, _removing(before)),
            edited_by=self._plans.planned(self._making.plan, pageids, _editing(before)),
            room=summary_room(self._playbook.stamp),
        )
        judged = [self._numbered(self._claimed(judge(item, action, step.options, bench))) for item in items]
        writes.add(judged)
        self._plans.add(self._making.plan, [action.shown(step.options, item) for item in judged])

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
