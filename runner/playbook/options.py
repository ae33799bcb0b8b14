"""What a schema cannot say of the rest of a step: its condition, and what its action is told."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from runner.actions import ACTIONS
from runner.playbook.document import Document, ScalarNode
from runner.playbook.messages import Mistake, found_at
from runner.playbook.playbook import Stamp
from runner.playbook.settings import parse_stamp
from runner.playbook.steps import Context, contexts, refer
from runner.playbook.when import MAX_LENGTH, WhenError, parse_when

RUN_ID_LENGTH = 9
LONGEST_SUMMARY = 500  # characters; https://www.mediawiki.org/wiki/Manual:Comment_table


def check_options(value: Mapping[str, Any]) -> Iterator[Mistake]:
    """Every mistake of this kind, in a value that may be wrong in other ways, too."""
    room = summary_room(_stamp(value.get("stamp")))
    for context in contexts(value.get("steps")):
        yield from _condition(context)
        for name in context.actions():
            options = context.step[name]
            if isinstance(options, dict):
                path = (*context.path, name)
                yield from _summary(options, ACTIONS[name].summary, path, room)
                yield from (found_at(path, found) for found in ACTIONS[name].check(options))


def summary_room(stamp: Stamp) -> int:
    """Characters that a log summary has beside the run's mark."""
    return LONGEST_SUMMARY - mark_length(stamp)


def mark_length(stamp: Stamp) -> int:
    """Characters that the run's mark takes from a log summary, the space beside it included."""
    return len(stamp.text) - len("{run}") + RUN_ID_LENGTH + 1 if stamp.on else 0


def _stamp(value: Any) -> Stamp:  # noqa: ANN401  # a JSON value, perhaps a wrong one
    if isinstance(value, bool):
        return parse_stamp(value)
    text = value.get("text") if isinstance(value, dict) else None
    return Stamp(text=text) if isinstance(text, str) else Stamp()


def _summary(options: Mapping[str, Any], name: str, path: tuple[str | int, ...], room: int) -> Iterator[Mistake]:
    text = options.get(name)
    if isinstance(text, str) and len(text) > room:
        message = f"The {name} has {len(text)} characters; beside the run's mark {room} fit into the wiki's log."
        yield Mistake(path=(*path, name), code="too-long", message=message, hint="Shorten it, or turn `stamp` off.")


def _condition(context: Context) -> Iterator[Mistake]:
    text = context.step.get("when")
    if not isinstance(text, str) or not 0 < len(text) <= MAX_LENGTH:
        return
    path = (*context.path, "when")
    try:
        steps = parse_when(text).steps
    except WhenError as error:
        yield Mistake(path=path, code="when", message=error.message, hint=error.hint, offset=error.column - 1)
        return
    for step in steps:
        wrong = refer(context, step)
        if wrong:
            offset = text.index(f"steps.{step}.")
            yield Mistake(path=path, code="unknown-step", message=wrong[0], hint=wrong[1], offset=offset)


def shift(document: Document, mistake: Mistake) -> int:
    """How many columns right of its value's beginning a mistake inside a text stands, where that can be told."""
    node = document.find(mistake.path)
    if mistake.offset is None or not isinstance(node, ScalarNode) or not isinstance(node.value, str):
        return 0
    written = document.lines[node.line - 1][node.column - 1 :]
    for quotes in ("", '"', "'"):
        if written.startswith(quotes + node.value):
            return len(quotes) + mistake.offset
    return 0
