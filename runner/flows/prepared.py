"""The steps of a stage before anything is looked for: held against the wiki, in its own words, with their times fixed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from runner.actions import ACTIONS
from runner.flows.context import Connected
from runner.flows.described import described
from runner.flows.names import check_tags, described_steps, fixed_source, missing_names, naming
from runner.flows.restrictions import settled_blocks
from runner.flows.settle import settle_where
from runner.playbook.playbook import Step
from runner.wiki.query import Read


@dataclass(frozen=True, slots=True, kw_only=True)
class Preparing:
    """`path` is the playbook's; `unnamed`: a step hides users, so no warning names one."""

    path: str
    connected: Connected
    read: Read
    now: datetime
    unnamed: bool

    def prepared(self, steps: Sequence[Step]) -> tuple[tuple[Step, ...], list[str]]:
        """The steps, and warnings; raises `PlanRefused` for what the wiki lacks, naming the step."""
        settled, warnings = self._settled(self._described(self._fixed(steps)))
        check_tags(settled, self.path, self.connected)
        settled = settled_blocks(settled, self.path, self.connected)
        return settled, [*warnings, *self._missing(settled)]

    def _fixed(self, steps: Sequence[Step]) -> Iterator[Step]:
        """With their modules as the wiki has them, their times fixed and their namespaces checked, all before the first
        query."""
        for step in described_steps(steps, self.path, self.read):
            with naming(step, self.path):
                source = fixed_source(step, self.path, self.now, self.connected.site.namespaces)
            yield replace(step, source=source)

    def _described(self, steps: Iterator[Step]) -> Iterator[Step]:
        """With what the wiki says of the modules that they call."""
        for step in list(steps):
            where = f"{self.path}:{step.line}: step {step.id}"
            yield replace(step, options=described(self.read, ACTIONS[step.action], step.options, where))

    def _settled(self, steps: Iterator[Step]) -> tuple[tuple[Step, ...], list[str]]:
        """With the names in their conditions as the wiki writes them, and what is amiss with these."""
        settled, warnings = [], []
        for step in list(steps):
            with naming(step, self.path):
                source, amiss = settle_where(step.source, self.read, self.connected.account.batch, unnamed=self.unnamed)
            settled.append(replace(step, source=source))
            warnings += [f"step {step.id}: {text}" for text in amiss]
        return tuple(settled), warnings

    def _missing(self, steps: Sequence[Step]) -> Iterator[str]:
        """A warning for each name in a source that does not exist."""
        for step in steps:
            with naming(step, self.path):
                yield from missing_names(step.source, self.read, unnamed=self.unnamed)
