"""From the bytes of a playbook to a `Playbook`, or to every mistake in it at once."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cache
from itertools import chain, islice
from typing import Any

from runner.actions import ACTIONS
from runner.errors import InvalidInput, Problem
from runner.playbook.conform import MAX_ERRORS, conform, sources_of, within
from runner.playbook.direct import check_direct
from runner.playbook.document import Document, Path, plain
from runner.playbook.editors import for_values
from runner.playbook.load import CONTROL, scan
from runner.playbook.messages import Mistake, Teller, found_at
from runner.playbook.modules import check_modules, modules_of
from runner.playbook.options import check_options, shift
from runner.playbook.playbook import Playbook, Step
from runner.playbook.request import check_request, parse_request
from runner.playbook.schema import assembled_schema, homes
from runner.playbook.settings import Schema, parse_limits, parse_never_touch, parse_stamp
from runner.playbook.steps import Context, check_steps, contexts
from runner.playbook.template import render
from runner.playbook.variables import settle
from runner.playbook.when import parse_when
from runner.sources.catalogue import CATALOGUE, Modules
from runner.sources.check import check_source
from runner.sources.parse import parse_source

ReadFile = Callable[[str], str | None]
_ABOUT_KEYS = frozenset({"unknown-key", "missing-key"})
_ABOUT_SOURCES = frozenset({"head", "required"})


def load_playbook(data: bytes, *, file: str, variables: Mapping[str, str], read_file: ReadFile) -> Playbook:
    """A playbook that is right in all that can be told without a wiki, or InvalidInput with every problem, in order.

    `file` names it in messages. `variables` are those of `--var`, as typed. `read_file` tells for the path of a `file:`
    head, relative to the playbook, why it cannot be read (a sentence), or None.
    """
    document, problems = scan(data, file)
    if document is None:
        raise InvalidInput(tuple(problems))
    settled = settle(document, variables)
    rendered = render(document, settled.values)
    document = replace(document, root=rendered.root)
    modules = modules_of(plain(document.root).get("modules"))
    value, mistakes = _mistakes(document, modules, read_file)
    muted = rendered.muted | document.broken | {(problem.line, problem.column) for problem in problems}
    problems += [*settled.problems, *rendered.problems, *_located(document, mistakes, muted)]
    if problems:
        problems.sort(key=lambda problem: (problem.file == file, problem.line, problem.column))
        raise InvalidInput(tuple(problems))
    known = {name: plain(node) for name, node in settled.values.items() if node is not None}
    return _playbook(document, value, modules, known, hashlib.sha256(data).hexdigest())


@cache
def _recorded() -> Schema:
    return for_values(assembled_schema())


def _schema(modules: Modules) -> Schema:
    return _recorded() if modules is CATALOGUE else for_values(assembled_schema(modules))


def _name(path: Path) -> str | None:
    """What messages call a place, where its key says too little."""
    if not path:
        return "a playbook"
    return "a step" if path[0] == "steps" and len(path) == 2 else None  # noqa: PLR2004  # ("steps", 0)


def _mistakes(document: Document, modules: Modules, read_file: ReadFile) -> tuple[Any, list[Mistake]]:
    """The value with its texts as written, and each mistake once: what is said of sources in particular goes first."""
    value, errors = conform(document, _schema(modules))
    special = _once(list(islice(_of_sources(value, modules, read_file), MAX_ERRORS)))
    special += [found_at(("request",), found) for found in check_request(value.get("request"))]
    told = Teller(homes=homes(), names=_name).tell(errors)
    shape = [mistake for mistake in told if not any(_covers(other, mistake) for other in special)]
    special = [one for one in special if one.code != "head" or not any(_within_it(other, one) for other in shape)]
    steps = (check_steps(value.get("steps")), check_options(value), check_direct(value, modules))
    rest = islice(chain(check_modules(value, modules, special), *steps), MAX_ERRORS)
    wrong = [mistake.path for mistake in shape if mistake.code not in _ABOUT_KEYS]
    wrong += [mistake.path for mistake in special if mistake.code not in _ABOUT_SOURCES]
    return value, [*special, *shape, *(one for one in rest if not any(within(one.path, path) for path in wrong))]


def _once(found: list[Mistake]) -> list[Mistake]:
    """Without what follows from a key that is wrong itself: what stands below it, and what it was meant to give."""
    unknown = [mistake for mistake in found if mistake.code == "unknown-key"]
    return [
        one
        for one in found
        if not any(other is not one and within(one.path, other.path) for other in unknown)
        and not (one.code == "required" and any(_within_it(other, one) and "Did you" in other.hint for other in unknown))
    ]


def _within_it(unknown: Mistake, source: Mistake) -> bool:
    """Whether what a source lacks may be what an unknown key in it was meant to be."""
    return unknown.code == "unknown-key" and unknown.path[:-1] == source.path


def _covers(special: Mistake, general: Mistake) -> bool:
    """Whether a mistake that the schema sees is one that was told better."""
    if special.code in _ABOUT_SOURCES:
        return general.path == special.path
    about_it = within(special.path, general.path) and general.code not in _ABOUT_KEYS
    return about_it or within(general.path, special.path)


def _of_sources(value: Mapping[str, Any], modules: Modules, read_file: ReadFile) -> Iterator[Mistake]:
    for context in contexts(value.get("steps")):
        for kind in context.sources():
            path = (*context.path, kind)
            source = context.step[kind]
            if isinstance(source, dict):
                found = [found_at(path, finding) for finding in check_source(kind, source, modules)]
                yield from found
                wrong = {mistake.path for mistake in found}
                for inner, place in sources_of(source, path):
                    yield from _file(inner.get("file"), (*place, "file"), wrong, read_file)


def _file(head: Any, path: Path, wrong: Collection[Path], read_file: ReadFile) -> Iterator[Mistake]:  # noqa: ANN401
    """Whether a file can be read, unless its path is wrong as it stands."""
    name = head.get("path") if isinstance(head, dict) else head
    place = (*path, "path") if isinstance(head, dict) else path
    if not isinstance(name, str) or CONTROL.search(name) or place in wrong or path in wrong:
        return
    trouble = read_file(name)
    if trouble:
        message = trouble if trouble.endswith(".") else f"{trouble}."
        yield Mistake(path=place, code="file", message=message, hint="The path is relative to the playbook's folder.")


def _located(document: Document, mistakes: Iterable[Mistake], muted: frozenset[tuple[int, int]]) -> Iterator[Problem]:
    """Problems with their places; nothing more is said of a value that is not known or was wrong before."""
    for mistake in mistakes:
        line, column = document.place(mistake.path, key=mistake.key)
        about = set() if mistake.code == "unknown-key" else {document.place(mistake.path)}
        if not muted & {(line, column), *about}:
            place = (line, column + shift(document, mistake))
            yield document.problem_at(place, mistake.path, mistake.code, mistake.message, hint=mistake.hint)


def _playbook(
    document: Document, value: Mapping[str, Any], modules: Modules, variables: Mapping[str, Any], sha256: str
) -> Playbook:
    return Playbook(
        name=value["name"],
        path=document.file,
        sha256=sha256,
        steps=tuple(_step(document, context, modules) for context in contexts(value["steps"])),
        description=value.get("description", ""),
        wiki=value.get("wiki"),
        variables=variables,
        request=parse_request(value.get("request", {})),
        limits=parse_limits(value.get("limits", {})),
        never_touch=parse_never_touch(value.get("never_touch", {})),
        stop_page=value.get("stop_page"),
        stamp=parse_stamp(value.get("stamp", True)),
    )


def _step(document: Document, context: Context, modules: Modules) -> Step:
    kind, action = context.sources()[0], context.actions()[0]
    options = context.step[action] or {}
    return Step(
        id=context.step["id"],
        name=context.step.get("name", context.step["id"]),
        source=parse_source(kind, context.step[kind], modules),
        action=action,
        options=ACTIONS[action].parse(options),
        raw_options=options,
        when=parse_when(context.step["when"]) if "when" in context.step else None,
        fresh=context.step.get("fresh", False),
        line=document.place(context.path)[0],
    )
