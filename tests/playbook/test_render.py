from __future__ import annotations

from dataclasses import replace

from runner.errors import Problem
from runner.harmless import harmless
from runner.playbook.render import problem_json, render_problems
from tests.playbook.loading import STEP, problems

PROBLEM = Problem(
    file="p.yaml",
    line=12,
    column=5,
    path="steps.0.titel",
    code="unknown-key",
    message="There is no `titel` here.",
    hint="Did you mean `title`?",
    excerpt="    titel: A",
)


def test_for_people() -> None:
    assert render_problems([PROBLEM, replace(PROBLEM, hint="", excerpt="")]) == (
        "p.yaml:12:5: There is no `titel` here.\n"
        "  12 |     titel: A\n"
        "     |     ^\n"
        "  hint: Did you mean `title`?\n"
        "p.yaml:12:5: There is no `titel` here."
    )


def test_for_programs() -> None:
    assert problem_json(PROBLEM) == {
        "file": "p.yaml",
        "line": 12,
        "column": 5,
        "path": "steps.0.titel",
        "code": "unknown-key",
        "message": "There is no `titel` here.",
        "hint": "Did you mean `title`?",
    }


def caret(excerpt: str, column: int) -> tuple[str, int]:
    _, line, below, *_ = render_problems([replace(PROBLEM, excerpt=excerpt, column=column)]).split("\n")
    return line, below.index("^")


def test_the_caret_stands_below_wide_and_combining_characters() -> None:
    line, at = caret("日本: x", 5)
    assert line == "  12 | 日本: x"
    assert at == len("  12 | ") + 6
    assert caret("e\u0301: x", 5)[1] == len("  12 | ") + 3


def test_a_long_line_is_shown_around_its_place() -> None:
    line, at = caret("x" * 50_000 + "HERE" + "y" * 50_000, 50_001)
    assert len(line) < 130
    assert line[at:].startswith("HERE")


def test_tabs_count_as_one_column() -> None:
    line, at = caret("\ttitel: A", 2)
    assert line[at:].startswith("titel")


def test_control_and_bidi_characters_are_made_harmless() -> None:
    assert harmless("a\x1b[31m\u202e\u200b\r\nb") == "a\\u001b[31m\\u202e\\u200b\\u000d\\u000ab"
    text = render_problems(problems(STEP + '"a\\e[31m\u202e": 1\n'))
    assert "\x1b" not in text
    assert "\u202e" not in text


def test_a_variable_of_the_command_line_is_shown_as_it_was_given() -> None:
    assert render_problems(problems(STEP, x="1")).startswith("--var x=1: There is no variable `x`.\n  hint: ")
