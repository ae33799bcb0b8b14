"""What a step works on: the items that its source finds, with their facts, or the queries that the wiki itself is handed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from runner.actions import ACTIONS
from runner.actions.action import Account
from runner.flows.facts import read_facts
from runner.flows.notes import Notes
from runner.flows.resolve import Resolver
from runner.flows.surveying import surveyed
from runner.model import Item, Ref
from runner.planning.judge import place
from runner.playbook.playbook import Step
from runner.sources.page_sets import page_sets
from runner.sources.users import unnamed
from runner.store.scratch import Gathered
from runner.wiki.query import Read, ask, chunks


@dataclass(frozen=True, slots=True, kw_only=True)
class StepItems:
    """Of one step; `gathered` makes what puts refs of one key together, `notes` take down what it cost."""

    read: Read
    account: Account
    gathered: Callable[[], Gathered]
    notes: Notes

    def found(self, step: Step, resolver: Resolver) -> Iterator[list[Item]]:
        """What its source finds, as many at a time as one request takes."""
        action = ACTIONS[step.action]
        refs: Iterable[Ref] = map(unnamed, resolver.refs(step.source))
        if step.source.kind in ("deleted_revisions", "file_versions"):
            # The wiki acts on all archived revisions of a second together: they are one item. Versions of a file that share
            # one are blocked.
            refs = self.gathered().collect((ref.key, ref) for ref in refs)
        for some in chunks(refs, self.account.batch):
            read, announce = self.notes.facts.counting(self.read), self.notes.facts.announcing(self.notes.announce)
            items = read_facts(read, some, step.id, action, announce)
            placed = place(some, items, step.id, creates=action.creates(step.options))
            yield surveyed(read, self.account, action, step.options, placed)

    def handed(self, step: Step) -> list[Item]:
        """The queries by which the wiki finds the pages of a direct step when the plan is applied."""
        queries = list(page_sets(step.source, self.account.batch))
        if sized := queries[0].get("sized"):
            # What the wiki does not take as it is said is told now, by asking for one page and purging none.
            read = self.notes.of(step.source).counting(self.read)
            ask(read, {"action": "query", **queries[0]["query"], sized: "1"})
        return [Item(step=step.id, key=f"query:{number}", facts=facts) for number, facts in enumerate(queries, 1)]
