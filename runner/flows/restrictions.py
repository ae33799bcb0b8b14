"""What a block in part names, held against the wiki: a namespace or an action that it lacks would only be a warning, and the
users would be blocked from less than the playbook says."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from runner.actions.block import BLOCK
from runner.errors import PlanRefused
from runner.flows.context import Connected
from runner.playbook.playbook import Step
from runner.sources.nearest import did_you_mean
from runner.sources.reading import read_titles, titles_query
from runner.wiki.answer import understood
from runner.wiki.query import Read, ask, first_batch


def settled_blocks(steps: Sequence[Step], path: str, connected: Connected) -> tuple[Step, ...]:
    """The steps with the pages of their blocks as the wiki writes them; raises `PlanRefused` for what it lacks."""
    return tuple(_settled(step, f"{path}:{step.line}: step {step.id}", connected) for step in steps)


def _settled(step: Step, where: str, connected: Connected) -> Step:
    options = step.raw_options
    if step.action != BLOCK.name or not options.get("partial"):
        return step
    for number in options.get("namespacerestrictions", ()):
        if number not in connected.site.namespaces.values():
            raise PlanRefused(f"{where}: the wiki has no namespace {number}")
    if wanted := options.get("actionrestrictions"):
        _check_actions(wanted, where, connected.wiki.read)
    if not options.get("pagerestrictions"):
        return step
    pages = _pages(options["pagerestrictions"], where, connected.wiki.read)
    raw = {**options, "pagerestrictions": pages}
    return replace(step, raw_options=raw, options=BLOCK.parse(raw))


def _pages(titles: Sequence[str], where: str, read: Read) -> list[str]:
    answer = first_batch(read, titles_query(titles, redirects=False, converttitles=False))
    with understood():
        found = read_titles(answer)
    names = list(dict.fromkeys(found.final(title) for title in titles))
    for name in names:
        page = found.pages.get(name, {"missing": True})
        if page.get("missing") or page.get("invalid") or page.get("special"):
            raise PlanRefused(f"{where}: nobody can be blocked from `{name}`: there is no such page")
    return names


def _check_actions(wanted: Iterable[str], where: str, read: Read) -> None:
    answer = ask(read, {"action": "paraminfo", "modules": BLOCK.name})
    with understood():
        (module,) = answer["paraminfo"]["modules"]
        known = next((list(map(str, one["type"])) for one in module["parameters"] if one["name"] == "actionrestrictions"), None)
    if known is None:
        hint = "it would need $wgEnablePartialActionBlocks"
        raise PlanRefused(f"{where}: the wiki cannot block anybody from single actions", hint=hint)
    for name in wanted:
        if name not in known:
            raise PlanRefused(f"{where}: the wiki blocks nobody from the action `{name}`", hint=did_you_mean(name, known))
