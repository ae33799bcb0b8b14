"""Problems as people and programs read them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from runner.errors import Problem
from runner.harmless import harmless
from runner.playbook.variables import COMMAND_LINE

_WIDTH = 110
_BEFORE = 70
_TAB = re.compile("\t")


def render_problems(problems: Iterable[Problem]) -> str:
    """`FILE:LINE:COLUMN: message`, the line with a caret below the place, and the hint; one paragraph a problem."""
    return "\n".join("\n".join(_paragraph(problem)) for problem in problems)


def problem_json(problem: Problem) -> dict[str, str | int]:
    """The shape that `validate --format json` prints: `file`, `line`, `column`, `path`, `code`, `message`, `hint`."""
    return {
        "file": problem.file,
        "line": problem.line,
        "column": problem.column,
        "path": problem.path,
        "code": problem.code,
        "message": problem.message,
        "hint": problem.hint,
    }


def _paragraph(problem: Problem) -> list[str]:
    lines = [harmless(str(problem))]
    if problem.file == COMMAND_LINE:
        lines = [harmless(f"{problem.excerpt}: {problem.message}")]
    elif problem.excerpt:
        text, caret = _excerpt(problem.excerpt, problem.column)
        number = str(problem.line)
        lines += [f"  {number} | {text}", f"  {' ' * len(number)} | {caret}"]
    if problem.hint:
        lines.append(f"  hint: {harmless(problem.hint)}")
    return lines


def _excerpt(line: str, column: int) -> tuple[str, str]:
    """The part of the line around the column, and the caret for below it, in columns of a terminal."""
    line = _TAB.sub(" ", line)
    start = max(0, column - 1 - _BEFORE) if len(line) > _WIDTH else 0
    before = ("…" if start else "") + harmless(line[start : column - 1])
    after = harmless(line[column - 1 : start + _WIDTH]) + ("…" if len(line) > start + _WIDTH else "")
    return (before + after).rstrip(), " " * _columns(before) + "^"


def _columns(text: str) -> int:
    return sum(0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)
