"""After an undo: what it took back is held against the wiki itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from runner.flows.context import Connected, Log
from runner.flows.facts import read_again, read_facts
from runner.flows.steps import PlannedStep, planned_steps
from runner.flows.surveying import surveyed
from runner.model import Item, Outcome, Ref, State
from runner.store.journal import Journal
from runner.wiki.query import chunks

DONE = (State.DONE, State.UNCHANGED)


def verify_undo(header: Mapping[str, Any], journal: Journal, connected: Connected, log: Log, at: str) -> None:
    """Look at every item that an undo took back. One that is not as it was before the run that was undone becomes unsure, with
    the code `differs` and what is so instead."""
    batch = connected.account.batch
    for step in planned_steps(header):
        differs: list[Outcome] = []
        items = (item for item, outcome in journal.rows(step=step.id) if outcome.state in DONE)
        count = 0
        for chunk in chunks(items, batch):
            count += len(chunk)
            differs += _differing(connected, chunk, step)
        journal.record(at=at, outcomes=differs)
        log.info("undo_verified", step=step.id, items=count - len(differs), differ=len(differs))


def _differing(connected: Connected, items: Sequence[Item], step: PlannedStep) -> Iterator[Outcome]:
    read, action = connected.wiki.read, step.action
    pages = [item for item in items if "pageid" in item.facts.get("restores", {})]
    named = [Ref(title=title) for title in dict.fromkeys(item.title for item in pages)]
    by_title = {page.title: page for page in read_facts(read, named, "", action)}
    current, _ = read_again(read, items, action)
    if any(action.adds.keys() & item.facts.get("restores", {}).keys() for item in items):
        planned = {item.key: item for item in items}
        known = surveyed(read, connected.account, action, step.options, list(current.values()), planned)
        current = {item.key: item for item in known}
    for item in items:
        if action.removes and item.key in current:
            told = "it is still there"
        elif action.removes and item not in pages:
            told = ""
        else:
            told = _difference(item, by_title.get(item.title) if item in pages else current.get(item.key))
        if told:
            yield Outcome(seq=item.seq, state=State.UNSURE, code="differs", detail=told)


def _difference(item: Item, now: Item | None) -> str:
    """What is not as it was; empty if all is."""
    wanted = item.facts.get("restores", {})
    if now is None:
        return "it is not there"
    facts = {"revid": now.revid, "title": now.title, "pageid": now.pageid, "ns": now.ns, **now.facts}
    return ", ".join(f"{name} is {facts.get(name)!r}, not {fact!r}" for name, fact in wanted.items() if facts.get(name) != fact)
