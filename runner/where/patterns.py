"""Patterns that a playbook's author writes, matched in time that grows with the text alone.

A playbook may come from anybody, and Python's own `re` takes exponential time on some patterns: RE2 cannot
(https://github.com/google/re2/wiki/Syntax). It lacks look-around and back-references, which is the price.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import re2

from runner.where.conditions import Pattern, Way

_LACKS = ("(?=", "(?!", "(?<", "invalid escape sequence: \\1", "invalid escape sequence: \\2")


def problem(way: Way, text: str) -> tuple[str, str] | None:
    """Why a pattern cannot be used, and what to do; None if it can."""
    try:
        text.encode()
        compiled(way, text)
    except UnicodeEncodeError:
        return "holds half a character", "write it as one character"
    except re2.error as error:
        return f"is no {_NAMES[way]}: {_said(error)}", _hint(_said(error))
    return None


def matches(pattern: Pattern, text: str) -> bool:
    """Whether a text fits. Titles may be written with underscores, as in addresses."""
    if pattern.fact == "title" and "_" in pattern.text:
        return _fits(pattern, text) or _fits(pattern, text.replace(" ", "_"))
    return _fits(pattern, text)


def _fits(pattern: Pattern, text: str) -> bool:
    if pattern.way == "contains":
        return pattern.text in text
    return compiled(pattern.way, pattern.text).search(text) is not None


@lru_cache(maxsize=1000)
def compiled(way: Way, text: str) -> Any:  # noqa: ANN401 - re2 has no types
    """The pattern as RE2 runs it; it must have no `problem`."""
    options = re2.Options()
    options.log_errors = False
    return re2.compile(_from_glob(text) if way == "glob" else text, options)


def literal(text: str) -> str:
    """A pattern that stands for just this text."""
    return str(re2.escape(text))


def _from_glob(glob: str) -> str:
    """`*` is any text, `?` any one character, `[abc]` and `[!abc]` one of (or none of) these; all else is itself."""
    parts, rest = [], glob
    while rest:
        part, rest = _glob_part(rest)
        parts.append(part)
    return rf"(?s)\A(?:{''.join(parts)})\z"


def _glob_part(rest: str) -> tuple[str, str]:
    end = rest.find("]", 3 if rest.startswith("[!") else 2)
    if rest[0] == "[" and end > 0:
        inside = rest[1:end].removeprefix("!").replace("\\", r"\\").replace("[", r"\[").replace("^", r"\^")
        return f"[{'^' if rest[1] == '!' else ''}{inside.replace(']', chr(92) + ']')}]", rest[end + 1 :]
    return {"*": ".*", "?": "."}.get(rest[0]) or re2.escape(rest[0]), rest[1:]


_NAMES: dict[Way, str] = {"glob": "glob", "regex": "regular expression", "contains": "text"}


def _said(error: Exception) -> str:
    text = error.args[0] if error.args else ""
    return text.decode("utf-8", "replace") if isinstance(text, bytes) else str(text)


def _hint(said: str) -> str:
    if any(lack in said for lack in _LACKS):
        return "look-around and back-references are not to be had; nest conditions with `not` and `all` instead"
    return "the syntax is RE2's: https://github.com/google/re2/wiki/Syntax"
