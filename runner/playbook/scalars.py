"""What a plain scalar means: YAML 1.2's core schema (https://yaml.org/spec/1.2.2/#103-core-schema), with decimal integers."""

from __future__ import annotations

import re

_LONGEST_NUMBER = 18
_INTEGER = re.compile(r"[-+]?[0-9]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]{1,2})?")
_WORDS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_NULLS = frozenset({"", "~", "null", "Null", "NULL"})


def resolve(text: str) -> str | int | float | bool | None:
    """The value of a plain scalar: `no`, `0x1F`, `1_000` and dates are text, `010` is 10."""
    if text in _NULLS:
        return None
    # longer numbers are ids or titles, never counts, and Python refuses to parse very long ones
    if text[0].isalpha() or len(text) > _LONGEST_NUMBER:
        return _WORDS.get(text, text)
    if _INTEGER.fullmatch(text):
        return int(text)
    return float(text) if _FLOAT.fullmatch(text) else text
