"""The texts of the wiki's errors and warnings, whatever `errorformat` was asked for. Pure.

https://www.mediawiki.org/wiki/API:Errors_and_warnings#Error_formats: each message has its `code` in every format but `bc`,
and its text as `text` (plaintext, wikitext), as `html`, as `key` and `params` (raw), or not at all (none).
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from typing import Any

WRITTEN_OUT = frozenset({"plaintext", "wikitext"})
_TAG = re.compile(r"<[^<>]*>")


def write_out(answer: Any) -> None:  # noqa: ANN401 - a JSON value
    """Give every message in an answer its `text`, in place. Messages stand in many parts of an answer: whatever has a
    `code` and no text may be one."""
    left = [answer]  # an answer may be nested deeper than Python's own stack goes
    while left:
        value = left.pop()
        if isinstance(value, dict):
            left += value.values()
            if isinstance(value.get("code"), str) and "text" not in value:
                value["text"] = _text(value)
        elif isinstance(value, list):
            left += value


def _text(message: Mapping[str, Any]) -> str:
    if isinstance(markup := message.get("html"), str):
        return html.unescape(_TAG.sub("", markup))
    if isinstance(key := message.get("key"), str):
        params = message.get("params")
        told = ", ".join(map(_parameter, params)) if isinstance(params, list) else ""
        return f"{key}: {told}" if told else key
    return str(message["code"])


def _parameter(value: object) -> str:
    """A parameter is a text, a number, or an object with one key, such as `{"num": 5}` or another message."""
    if isinstance(value, Mapping):
        inner = next(iter(value.values()), "")
        return str(inner.get("key", "")) if isinstance(inner, Mapping) else str(inner)
    return str(value)
