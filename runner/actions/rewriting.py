"""The new text of a page from its old one: texts and patterns replaced, text put before and behind it.

Patterns are RE2's (`runner/where/patterns.py`), so that neither a playbook nor a page can make them run for ever.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from runner.actions.texts import Valueless, render
from runner.errors import Finding
from runner.model import Item
from runner.where.patterns import compiled, literal, problem

# What the wiki itself trims from the end of a text, and what it writes out when a page is saved.
TRIMMED = " \t\n\r\0\x0b"
EXPANDED = re.compile(r"~~~|\{\{\s*(?:safe)?subst:|\[\[[^\[\]\n|]*\|\]\]|\[\[\|", re.IGNORECASE)
# How `with` of a pattern refers to what it found: https://github.com/google/re2/wiki/Syntax, as in Python's `re`.
_REFERENCE = re.compile(r"\\(?:([0-9])|g<([A-Za-z_][A-Za-z0-9_]*|[0-9])>|(\\)|(n)|(.?))", re.DOTALL)
MOST = 5_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Replacement:
    """A literal `text` or a `regex`, and what stands there instead; of a `regex` that may refer to its groups."""

    text: str = ""
    regex: str = ""
    with_: str = ""


class TooBig(Exception):
    """The new text would be larger than any wiki takes."""


def saved(text: str) -> str:
    """A text as the wiki keeps it: in NFC, with plain line ends, without blanks at its end."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    return unicodedata.normalize("NFC", plain).rstrip(TRIMMED)


def expands(text: str) -> bool:
    """Whether the wiki would write something else than the text: signatures, `subst:`, the pipe trick."""
    return EXPANDED.search(text) is not None


def replaced(old: str, replacements: Sequence[Replacement], item: Item) -> tuple[str, int]:
    """The text with every replacement made, one after the other, and how many there were. Raises `Valueless`, `TooBig`."""
    count = 0
    for one in replacements:
        old, number = _replaced(old, one, item)
        count += number
        if len(old) > MOST:
            raise TooBig
    return old, count


def _replaced(old: str, one: Replacement, item: Item) -> tuple[str, int]:
    if one.regex:
        with_ = render(one.with_, item, quoted=lambda value: value.replace("\\", "\\\\"))
        return _by_pattern(old, render(one.regex, item, quoted=literal), with_)
    text = render(one.text, item)
    if not text:
        raise Valueless("text")
    return old.replace(text, render(one.with_, item)), old.count(text)


def _by_pattern(old: str, pattern: str, with_: str) -> tuple[str, int]:
    parts = _parts(with_)
    pieces, end, count, size = [], 0, 0, 0
    for match in _found(compiled("regex", pattern), old):
        groups = {part: str(match.group(part) or "") for part in set(parts[1::2])}
        new = "".join(groups[part] if number % 2 else str(part) for number, part in enumerate(parts))
        pieces += [old[end : match.start()], new]
        end, count, size = match.end(), count + 1, size + len(new)
        if size > MOST:
            raise TooBig
    return "".join([*pieces, old[end:]]), count


def _found(pattern: Any, text: str) -> Iterator[Any]:  # noqa: ANN401 - re2 has no types
    """Every match once: RE2's Python module gives one that is empty (`(?m)^`) twice."""
    last = None
    for match in pattern.finditer(text):
        if match.span() != last:
            yield match
        last = match.span()


def _parts(with_: str) -> list[str | int]:
    """Literal texts and, between them, the groups that are referred to."""
    parts: list[str | int] = []
    literal, end = "", 0
    for reference in _REFERENCE.finditer(with_):
        literal += with_[end : reference.start()]
        end = reference.end()
        name = reference[1] or reference[2]
        if name is None:
            literal += "\\" if reference[3] else "\n"
        else:
            parts += [literal, int(name) if name.isdigit() else name]
            literal = ""
    return [*parts, literal + with_[end:]]


def check(value: Mapping[str, Any]) -> list[Finding]:
    """What is wrong with one replacement beyond its shape."""
    if ("text" in value) == ("regex" in value):
        message = "a replacement has a `text` or a `regex`, and only one of them"
        return [Finding(path=(), code="together", message=message, hint="keep one")]
    pattern = value.get("regex")
    if not isinstance(pattern, str):
        return []
    # Names of items stand for literal text.
    probed = re.sub(r"\$\{item\.[a-z]+\}", "x", pattern)
    if wrong := problem("regex", probed):
        hint = _AROUND if "look-around" in wrong[1] else wrong[1]
        return [Finding(path=("regex",), code="pattern", message=f"`regex` {wrong[0]}", hint=hint)]
    return _check_references(str(value.get("with", "")), compiled("regex", probed))


_AROUND = "look-around and back-references are not to be had; catch what stands around in groups, and write it again: `\\1`"


def _check_references(with_: str, pattern: Any) -> list[Finding]:  # noqa: ANN401 - re2 has no types
    for reference in _REFERENCE.finditer(with_):
        name = reference[1] or reference[2]
        unknown = name is None and not (reference[3] or reference[4])
        missing = name is not None and (int(name) > pattern.groups if name.isdigit() else name not in pattern.groupindex)
        if unknown or missing:
            hint = "\\1 to \\9 and \\g<name> are what the groups of the pattern found; a literal backslash is written twice"
            message = f"`with` refers to `{reference.group()}`, which the pattern does not have"
            return [Finding(path=("with",), code="pattern", message=message, hint=hint)]
    return []
