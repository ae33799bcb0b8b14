"""Making a plan and showing it: shared by `plan` and `run`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from runner.actions import ACTIONS
from runner.cli.access import Access, find_access
from runner.cli.connect import connect
from runner.cli.options import Common
from runner.cli.output import print_json, print_lines, tell
from runner.cli.reading import commit_of, file_values, read_playbook
from runner.cli.surroundings import Surroundings
from runner.errors import EXIT_GUARD, EXIT_OK, UsageError
from runner.flows.context import Connected
from runner.flows.manners import manners_of
from runner.flows.plan import make_plan
from runner.flows.stages import Stage, first_stage, next_stage
from runner.harmless import harmless
from runner.model import Item
from runner.planning.seal import header_line, seal_line
from runner.playbook.playbook import Limits, Playbook
from runner.playbook.request import request_header
from runner.report.explain import explain_lines
from runner.report.shapes import plan_shape
from runner.report.text import plan_lines
from runner.store.plans import Plans, StoredPlan


def open_playbook(
    path: Path, variables: Mapping[str, str], options: Common, *, allow_suppress: bool
) -> tuple[Playbook, Access]:
    """The playbook with the stricter of its own and the configuration's limits, and how to reach its wiki."""
    playbook = read_playbook(path, variables)
    access = find_access(options.wiki or playbook.wiki, options.wikis, path.parent, by_hand=bool(options.wiki))
    refuse_suppression(playbook, access, allowed=allow_suppress)
    for step in playbook.steps:
        if wrong := ACTIONS[step.action].forbidden(step.options, None, access.policy):
            raise UsageError(f"{playbook.path}:{step.line}: step {step.id} is not allowed: {wrong.detail}")
    return replace(playbook, limits=_stricter(playbook.limits, access)), access


def refuse_suppression(playbook: Playbook, access: Access, *, allowed: bool) -> None:
    """`suppress: yes` is never an accident."""
    for step in playbook.steps:
        if getattr(step.options, "suppress", "") == "yes":
            if not allowed:
                raise UsageError(
                    f"{playbook.path}:{step.line}: step {step.id} suppresses: administrators will not see it either",
                    hint="say --allow-suppress if that is meant",
                )
            if access.allow_suppress is False:
                raise UsageError(f"the configuration of {access.api} does not allow suppression")


def _stricter(limits: Limits, access: Access) -> Limits:
    items = [number for number in (limits.items, access.items) if number is not None]
    return replace(
        limits,
        items=min(items) if items else None,
        concurrency=min(limits.concurrency, access.concurrency or limits.concurrency),
    )


def open_wiki(playbook: Playbook, access: Access, around: Surroundings) -> Connected:
    """The wiki, logged in."""
    limits = playbook.limits
    return connect(
        access,
        manners=manners_of(request_header(playbook.request)),
        stop=around.stop,
        waiting=around.waiting,
        rate=limits.rate,
        threads=limits.concurrency,
    )


def stage_of(playbook: Playbook, after: str | None, around: Surroundings) -> Stage:
    """The first stage, or the one after a run."""
    return next_stage(playbook, after, around.context.database) if after else first_stage(playbook)


def planned(playbook: Playbook, stage: Stage, connected: Connected, around: Surroundings) -> StoredPlan:
    """The sealed plan of a stage."""
    return make_plan(
        playbook, stage, connected, around.context, values=file_values(playbook), commit=commit_of(Path(playbook.path))
    )


def write_plan(plan: StoredPlan, around: Surroundings, path: Path) -> None:
    """The plan as a file, whole or not at all."""
    partial = path.with_name(path.name + ".partial")
    if path.exists() and not path.is_file():
        raise UsageError(f"{path} cannot be written: it is no file")
    try:
        # What stands there may be a stranger's link to somewhere else.
        partial.unlink(missing_ok=True)
        with partial.open("xb") as file:
            file.write(header_line(plan.header) + b"\n")
            for line in Plans(around.context.database).lines(plan.id):
                file.write(line + b"\n")
            file.write(seal_line(plan.items, plan.sha256 or "") + b"\n")
        partial.replace(path)
    except OSError as error:
        with suppress(OSError):
            partial.unlink()
        raise UsageError(f"{path} cannot be written: {error.strerror}") from None


def show_plan(plan: StoredPlan, around: Surroundings, *, everything: bool) -> None:
    """The plan for people."""
    plans = Plans(around.context.database)
    items: dict[str, Iterable[Item]] = {step["id"]: plans.items(plan.id, step["id"]) for step in plan.header["steps"]}
    print_lines(plan_lines(plan.header, items, everything=everything, sha256=plan.sha256 or ""))


def print_plan(
    plan: StoredPlan, around: Surroundings, options: Common, *, file: Path | None, everything: bool, explain: bool = False
) -> None:
    """The plan as a result on stdout; with `explain` also how it came about."""
    if options.json:
        print_json(plan_shape(plan.header, sha256=plan.sha256 or "", file=str(file) if file else None, explain=explain))
        for warning in plan.header["warnings"]:
            tell(f"warning: {harmless(warning)}")
    else:
        show_plan(plan, around, everything=everything)
        print_lines(["", *explain_lines(plan.header)] if explain else [])


def guarded(plan: StoredPlan) -> int:
    """The exit code of a plan that was made: 3 if a guard stops it."""
    return EXIT_GUARD if plan.header["guards"] else EXIT_OK
