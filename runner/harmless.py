"""Text from a wiki or a file, made safe to show on a terminal."""

from __future__ import annotations

import unicodedata

_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})
_BASIC_PLANE = 0x10000


def harmless(text: str) -> str:
    """A text without what a terminal would act on: control, bidi and other invisible characters as escapes."""
    return "".join(_escaped(char) if unicodedata.category(char) in _UNSEEN else char for char in text)


def _escaped(char: str) -> str:
    return f"\\u{ord(char):04x}" if ord(char) < _BASIC_PLANE else f"\\U{ord(char):08x}"
