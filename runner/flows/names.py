"""Names that only the wiki can judge: namespaces, titles that must not be touched, categories and users that are missing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from runner.errors import PlanRefused
from runner.flows.context import Connected
from runner.flows.settle import fix_where
from runner.planning.guards import Untouchable
from runner.playbook.playbook import NeverTouch, Step
from runner.sources import reading
from runner.sources.fix import MAIN, check_times, fix_namespaces, fix_times, folded
from runner.sources.live import TAGS, check_live, live_spec, modules_of
from runner.sources.source import Module, Source, inside
from runner.wiki.paraminfo import read_modules, read_tags
from runner.wiki.query import Read, first_batch


def fixed_source(step: Step, path: str, now: datetime, namespaces: Mapping[str, int]) -> Source:
    """The step's source with its times fixed and its namespaces as numbers; raises `PlanRefused` for one that the wiki
    lacks, because the API would ignore it and give everything."""
    timed = fix_times(step.source, now)
    source, findings = fix_namespaces(timed, namespaces)
    source = fix_where(source, now, lambda namespace: namespace_number(namespace, namespaces))
    findings = [*check_times(timed), *findings]
    if findings:
        text = "; ".join(finding.message for finding in findings)
        raise PlanRefused(f"{path}:{step.line}: step {step.id}: {text}", hint=findings[0].hint)
    return source


def check_modules(steps: Sequence[Step], path: str, read: Read) -> None:
    """Hold every module that the steps ask against the wiki's own description; raises `PlanRefused` for what it lacks."""
    asked = [(step, module) for step in steps for module in modules_of(step.source)]
    if not asked:
        return
    described = read_modules(read, {module.name for _, module in asked})
    tags = read_tags(read) if any(TAGS & module.params.keys() for _, module in asked) else None
    for step, module in asked:
        spec = live_spec(described[module.name]) if module.name in described else None
        for found in check_live(module, spec, tags):
            raise PlanRefused(f"{path}:{step.line}: step {step.id}: {found.message}", hint=found.hint)


def untouchables(never: NeverTouch, connected: Connected) -> tuple[Untouchable, list[str]]:
    """`never_touch` as the wiki writes it, and a warning for each title that guards nothing; raises `PlanRefused` for a
    namespace or a title that cannot be."""
    numbers = set()
    for namespace in never.namespaces:
        number = namespace_number(namespace, connected.site.namespaces)
        if number is None:
            raise PlanRefused(f"never_touch: the wiki has no namespace {namespace}")
        numbers.add(number)
    titles: set[str] = set()
    warnings: list[str] = []
    for start in range(0, len(never.titles), connected.account.batch):
        asked = never.titles[start : start + connected.account.batch]
        query = first_batch(connected.wiki.read, reading.titles_query(asked, redirects=False, converttitles=False))
        read = reading.read_titles(query)
        for page in read.pages.values():
            if page.get("invalid"):
                raise PlanRefused(f"never_touch: `{page['title']}` can be no title on this wiki")
            titles.add(page["title"])
            if page.get("missing") and not page.get("known"):
                warnings.append(f"never_touch: there is no page {page['title']}")
    return Untouchable(titles=frozenset(titles), namespaces=frozenset(numbers)), warnings


def namespace_number(namespace: int | str, namespaces: Mapping[str, int]) -> int | None:
    """The number of a namespace given by number or by any of its names; None if the wiki lacks it."""
    text = folded(str(namespace))
    if text.removeprefix("-").isdecimal():
        return int(text) if int(text) in namespaces.values() else None
    return {MAIN: 0, **{folded(name): number for name, number in namespaces.items()}}.get(text)


def missing_names(source: Source, read: Read) -> Iterator[str]:
    """A warning for each category, template, page or user that the source names and that does not exist."""
    if isinstance(source.head, Module):
        yield from _missing_title(source.head, read)
        yield from _missing_user(source.head, read)
    for _, inner in inside(source):
        yield from missing_names(inner, read)


def _missing_title(module: Module, read: Read) -> Iterator[str]:
    title = module.params.get("title")
    if not title or module.name in ("iwbacklinks", "langbacklinks", "logevents"):
        return
    for page in first_batch(read, {"action": "query", "titles": reading.several([title])})["pages"]:
        if page.get("missing") and not page.get("known"):
            yield f"{module.name}: there is no page {page['title']}"


def _missing_user(module: Module, read: Read) -> Iterator[str]:
    user = module.params.get("user")
    if not user:
        return
    query = first_batch(read, {"action": "query", "list": "users", "ususers": user})
    for entry in query.get("users", ()):
        if entry.get("missing"):
            yield f"{module.name}: there is no user {entry['name']}"
