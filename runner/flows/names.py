"""Names that only the wiki can judge: namespaces, titles that must not be touched, categories and users that are missing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime

from runner.errors import Finding, PlanRefused, Unreachable
from runner.flows.context import Connected
from runner.flows.settle import fix_where
from runner.planning.guards import Untouchable
from runner.playbook.playbook import NeverTouch, Step
from runner.sources import reading
from runner.sources.catalogue import TAGS
from runner.sources.described import described
from runner.sources.fix import MAIN, check_times, fix_namespaces, fix_times, folded
from runner.sources.live import check_live, live_spec, modules_of
from runner.sources.nearest import did_you_mean
from runner.sources.source import Module, Source, inside
from runner.wiki.answer import understood
from runner.wiki.paraminfo import read_modules, read_tag_sources, read_tags
from runner.wiki.query import Read, first_batch


@contextmanager
def naming(step: Step, path: str) -> Iterator[None]:
    """What the wiki has against a step names the step, and its line."""
    where = f"{path}:{step.line}: step {step.id}: "
    try:
        yield
    except (PlanRefused, Unreachable) as error:
        if error.message.startswith(where):
            raise
        raise type(error)(where + error.message, hint=error.hint) from None


def fixed_source(step: Step, path: str, now: datetime, namespaces: Mapping[str, int]) -> Source:
    """The step's source with its times fixed and its namespaces as numbers; raises `PlanRefused` for one that the wiki
    lacks, because the API would ignore it and give everything."""
    timed = fix_times(step.source, now)
    source, findings = fix_namespaces(timed, namespaces)
    source = fix_where(source, now, lambda namespace: namespace_number(namespace, namespaces))
    _refuse(step, path, [*check_times(timed), *findings])
    return source


def described_steps(steps: Sequence[Step], path: str, read: Read) -> tuple[Step, ...]:
    """The steps with every module that only the wiki knows as the wiki describes it; all are held against its descriptions.
    Raises `PlanRefused` for what it lacks."""
    names = {module.name for step in steps for module in modules_of(step.source)}
    with understood():
        live = {name: live_spec(raw) for name, raw in read_modules(read, names).items()}
    found = [(step, *described(step.source, live)) for step in steps]
    for step, _, findings in found:
        _refuse(step, path, findings)
    steps = tuple(replace(step, source=source) for step, source, _ in found)
    asked = [(step, module) for step in steps for module in modules_of(step.source)]
    tags = read_tags(read) if any(TAGS & module.params.keys() for _, module in asked) else None
    for step, module in asked:
        _refuse(step, path, check_live(module, module.live or live.get(module.name), tags))
    return steps


def _refuse(step: Step, path: str, findings: Sequence[Finding]) -> None:
    if findings:
        text = "; ".join(finding.message for finding in findings)
        hint = next((finding.hint for finding in findings if finding.hint), "")
        raise PlanRefused(f"{path}:{step.line}: step {step.id}: {text}", hint=hint)


def check_tags(steps: Sequence[Step], path: str, connected: Connected) -> None:
    """Hold the change tags that the steps set or take off against those that this account may; raises `PlanRefused`: with a
    wrong one the wiki would refuse every write."""
    names = ("tags", "add", "remove")
    wanted = [(step, name, tag) for step in steps for name in names for tag in step.raw_options.get(name, ())]
    if not wanted:
        return
    sources = read_tag_sources(connected.wiki.read)
    can = {name: frozenset(tag for tag, own in sources.items() if "manual" in own) for name in ("tags", "add")}
    can["remove"] = frozenset(tag for tag, own in sources.items() if "extension" not in own)
    for step, name, tag in wanted:
        where = f"{path}:{step.line}: step {step.id}"
        if tag not in can[name]:
            what = "taken off" if name == "remove" else "set"
            hint = did_you_mean(tag, sorted(can[name]))
            raise PlanRefused(f"{where}: the wiki has no change tag `{tag}` that may be {what}", hint=hint)
        if name == "tags" and "applychangetags" not in connected.account.rights:
            hint = "for a bot password, it is part of the grant to edit existing pages"
            raise PlanRefused(f"{where}: your account lacks the right 'applychangetags' that `tags` needs", hint=hint)


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
        with understood():
            read = reading.read_titles(query)
        if untold := [title for title in asked if not read.tells_of(title)]:
            # What the wiki says nothing of would not be guarded.
            raise PlanRefused(f"never_touch: `{untold[0]}` can be no title on this wiki")
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


def missing_names(source: Source, read: Read, *, unnamed: bool) -> Iterator[str]:
    """A warning for each category, template, page or user that the source names and that does not exist; users may have to go
    `unnamed`."""
    if isinstance(source.head, Module):
        yield from _missing_title(source.head, read)
        yield from _missing_user(source.head, read, unnamed=unnamed)
    for _, inner in inside(source):
        yield from missing_names(inner, read, unnamed=unnamed)


def _missing_title(module: Module, read: Read) -> Iterator[str]:
    title = module.params.get("title")
    if not title or module.name == "logevents" or module.spec.parameters["title"].type != "title":
        return
    for page in first_batch(read, {"action": "query", "titles": reading.several([title])})["pages"]:
        if page.get("missing") and not page.get("known"):
            yield f"{module.name}: there is no page {page.get('title')}"


def _missing_user(module: Module, read: Read, *, unnamed: bool) -> Iterator[str]:
    """Users who are there are told; an address is none that could be missing."""
    asked = {name: value for name, value in module.params.items() if module.spec.parameters[name].type == "user"}
    ids = {"ususerids": module.params["userids"]} if "userids" in module.params else {}
    for question in [*({"ususers": value} for value in asked.values()), *([ids] if ids else [])]:
        query = first_batch(read, {"action": "query", "list": "users", **question})
        for entry in query.get("users", ()):
            if entry.get("missing"):
                named = f"user {entry.get('name', entry.get('userid'))}"
                yield f"{module.name}: there is no {'such user' if unnamed else named}"
