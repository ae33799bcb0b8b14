"""Text from a wiki or a file, made safe for where it goes: a terminal, a CI's log, Markdown, a spreadsheet, HTML. Pure."""

from __future__ import annotations

import html as _html
import re
import unicodedata

_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})
# Letters and marks that show as nothing at all.
_EMPTY = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
_BASIC_PLANE = 0x10000
# What a CI's runner takes for an order to itself: GitHub `::error` at a line's start and `##[error]` anywhere, Azure
# `##vso[`, TeamCity `##teamcity[`.
_ORDER = re.compile(r"^(\s*):(?=:)|#(?=#(?:\[|[a-z]+\[))")
# With one of these a spreadsheet begins a formula; the wide ones are read like the narrow ones.
_FORMULA = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def harmless(text: str) -> str:
    """A text without what a terminal would act on: control, bidi and other invisible characters as escapes."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(_escaped(char) if char in _EMPTY or unicodedata.category(char) in _UNSEEN else char for char in text)


def harmless_lines(text: str) -> str:
    """Whole lines that are printed: each is harmless, and none is an order to the CI that shows it."""
    return "\n".join(_ORDER.sub(_unordered, harmless(line)) for line in text.split("\n"))


def markdown(text: str) -> str:
    """A text for Markdown, in a table, too: as code, which holds no mention, reference, link, image or HTML."""
    text = harmless(text).replace("|", "\\u007c")
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    fence, room = "`" * (longest + 1), " " if "`" in text or text.strip(" ") != text else ""
    return f"{fence}{room}{text}{room}{fence}" if text else ""


def csv_cell(text: str) -> str:
    """A text for a cell of a spreadsheet, never a formula."""
    text = harmless(text)
    return f"'{text}" if text.lstrip().startswith(_FORMULA) else text


def html(text: str) -> str:
    """A text for HTML, between tags or in a quoted attribute."""
    return _html.escape(harmless(text), quote=True)


def _escaped(char: str) -> str:
    return f"\\u{ord(char):04x}" if ord(char) < _BASIC_PLANE else f"\\U{ord(char):08x}"


def _unordered(found: re.Match[str]) -> str:
    sign = found.group().strip()
    return f"{found.group(1) or ''}{_escaped(sign)}"
