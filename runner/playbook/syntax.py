"""What the YAML parser says, in words that help."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol


class Mark(Protocol):
    """Lines and columns from 0."""

    @property
    def line(self) -> int: ...

    @property
    def column(self) -> int: ...


class Marked(Protocol):
    """The parts of `yaml.MarkedYAMLError` that are used."""

    @property
    def problem(self) -> str | None: ...

    @property
    def context(self) -> str | None: ...

    @property
    def problem_mark(self) -> Mark | None: ...

    @property
    def context_mark(self) -> Mark | None: ...


# First match wins. Left: a part of libyaml's or PyYAML's own words.
_SENTENCES = (
    ("character '\\t'", "A tab is used for indenting here.", "YAML indents with spaces."),
    ("cannot start any token", "Text cannot begin with this character.", "Put the text in quotes."),
    (
        "mapping values are not allowed",
        "There is a `: ` here that YAML takes for a second key.",
        'Put a text that contains ": " in quotes, or check the indent of this line.',
    ),
    (
        "expected ':'",
        "This line is not `key: value`, or the one above it is not finished.",
        "Add the colon, check the indent, or quote a text of several lines.",
    ),
    (
        "quoted scalar",
        "A quote that is opened is never closed.",
        "Close it, or double a ' that is part of the text: ''.",
    ),
    ("unknown escape", "There is no such escape in a text in double quotes.", "Use single quotes, or double the \\."),
    (
        "expected hexdecimal",
        "There is no such escape in a text in double quotes.",
        "Use single quotes, or double the \\.",
    ),
    (
        "flow sequence",
        "A list in [brackets] is not closed, or lacks a comma.",
        "Close it with ], or put its texts in quotes.",
    ),
    (
        "flow mapping",
        "A mapping in {braces} is not closed, or lacks a comma.",
        "Close it with }; quote a text that begins with { or contains a bracket.",
    ),
    (
        "block mapping",
        "This line does not fit the indent of the keys above it.",
        "Indent it like its neighbours; quote a text that begins with a quote, a bracket or *.",
    ),
    (
        "block collection",
        "This line does not fit the indent of the list above it.",
        "Every `- ` of a list begins in one column.",
    ),
    ("block scalar", "A text block begins with `|` or `>`, and its lines are indented.", "Check its first line."),
    ("directive", "A line that begins with % is a YAML directive.", "Remove it, or quote the text."),
    ("incompatible YAML", "Another version of YAML is asked for.", "Remove the %YAML line: YAML 1.2 is read."),
    (
        "sequence entries are not allowed",
        "A list cannot begin here.",
        "Put the `- ` on a line of its own, below the key.",
    ),
    ("second occurrence", "An anchor name is used twice.", "Give each its own name."),
    ("anchor", "A text that begins with & or * is an anchor or an alias.", "Put the text in quotes."),
    ("alias", "A text that begins with & or * is an anchor or an alias.", "Put the text in quotes."),
    ("tag", "A text that begins with ! is a YAML tag.", "Put the text in quotes."),
)


def explain(error: Marked, line: str) -> tuple[str, str]:
    """A sentence and a hint for a syntax error of PyYAML or libyaml; `line` is where it was found."""
    words = f"{error.problem or ''} {error.context or ''}"
    if "${" in line and "flow" in words:
        return "A variable inside [ ] or { } needs quotes.", 'Write "${vars.NAME}".'
    if "cannot start any token" in words and line.lstrip(" ").startswith("\t"):
        words += " character '\\t'"  # libyaml does not say which character it is
    for part, message, hint in _SENTENCES:
        if part in words:
            return message, hint
    return (
        f"This is not YAML: {error.problem or error.context or 'it cannot be read'}.",
        "Check the indent and the quotes.",
    )


def begun_at(error: Marked, lines: Sequence[str]) -> tuple[int, int]:
    """Line and column, from 1, to look at: of what is never closed its beginning, not the end of the file."""
    found, context = error.problem_mark, error.context_mark
    rest = [lines[found.line][found.column :], *lines[found.line + 1 :]] if found and found.line < len(lines) else []
    at_end = not any(line.strip() for line in rest)
    open_quote = "quoted scalar" in (error.context or "") and "escape" not in (error.problem or "")
    mark = context if context is not None and (found is None or at_end or open_quote) else found
    return (min(mark.line + 1, len(lines)), mark.column + 1) if mark else (1, 1)
