"""What the wiki knows of a write that was not answered: its log, the page's history, and how things stand now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from runner.actions.action import Action, Contribution, Evidence, LogEntry
from runner.flows.context import Connected
from runner.flows.facts import read_again
from runner.model import Item
from runner.store.journal import Entry
from runner.wiki.history import own_revisions
from runner.wiki.log import entries_since

Found = tuple[list[LogEntry], Mapping[str, list[Contribution]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tracing:
    """`ours` is the run's mark, empty with the stamp off."""

    action: Action
    options: Any
    connected: Connected
    ours: str

    def evidence(self, entries: Sequence[Entry]) -> list[Evidence]:
        """For each entry what is newer than its send. The log and the history come first: what was deleted by us and restored
        by somebody since is done. And they come last: what landed between the two must not be taken for somebody else's."""
        if not self.action.traces:
            return [Evidence(entries=(), current={})] * len(entries)
        before = self._found(entries)
        current, _ = read_again(self.connected.wiki.read, [entry.item for entry in entries], self.action)
        later = self._found(entries)
        logged = list({one.logid: one for one in (*before[0], *later[0])}.values())
        return [
            Evidence(
                entries=tuple(one for one in logged if one.logid > entry.newest_logid),
                current=current,
                contributions=tuple(dict.fromkeys((*before[1][entry.item.key], *later[1][entry.item.key]))),
            )
            for entry in entries
        ]

    def _found(self, entries: Sequence[Entry]) -> Found:
        since = min(entry.newest_logid for entry in entries)
        return self._logged(since), {entry.item.key: self._written(entry.item) for entry in entries}

    def _logged(self, since: int) -> list[LogEntry]:
        if self.action.log is None:
            return []
        filters = self.action.log(self.options)
        found = entries_since(self.connected.wiki.read, since, user=self.connected.account.name, filters=filters)
        return [entry for entry in found if self.ours in entry.comment]

    def _written(self, item: Item) -> list[Contribution]:
        if not self.action.edits:
            return []
        page = {"titles": item.title} if item.pageid is None else {"pageids": str(item.pageid)}
        found = own_revisions(self.connected.wiki.read, page, item.revid or 0, user=self.connected.account.name)
        return [one for one in found if self.ours in one.comment]
