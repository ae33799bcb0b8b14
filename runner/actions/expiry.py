"""When something ends, as a playbook writes it: a time, a length of time from the write on, or never.

https://www.mediawiki.org/wiki/API:Data_formats#Timestamps. The wiki would read many another text, and often as something else
than was meant.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from runner.actions.protection import ENDLESS
from runner.actions.schema import VARIABLE, Schema
from runner.errors import Finding
from runner.sources.times import read_time, stamp

_UNIT = r"[1-9]\d{0,3} (second|minute|hour|day|week|fortnight|month|year)s?"
_LENGTH = re.compile(rf"{_UNIT}( {_UNIT})*", re.ASCII)
HINT = "write 1 month, 2030-01-31T00:00:00Z, or infinite"
EXAMPLES = ["1 month", "2030-01-31T00:00:00Z", "infinite"]


def expiry(description: str) -> Schema:
    """One such text."""
    return {"description": description, "type": "string", "minLength": 1, "examples": EXAMPLES}


def fixed(text: str) -> str | None:
    """The time that a text names, as the wiki writes it; empty for never, None where it is counted from the write on."""
    if text in ENDLESS:
        return ""
    time = read_time(text)
    return stamp(time) if isinstance(time, datetime) else None


def check_expiry(value: Mapping[str, Any], *names: str) -> list[Finding]:
    """What is wrong with the options of these names, where they are given as texts."""
    given = {name: value[name] for name in names if isinstance(value.get(name), str)}
    return [found for name, text in given.items() if (found := problem((name,), text))]


def problem(path: tuple[str, ...], text: str) -> Finding | None:
    """Why a text is no end of anything."""
    if not text or re.match(VARIABLE, text) or _LENGTH.fullmatch(text) or fixed(text) is not None:
        return None
    return Finding(path=path, code="expiry", message=f"`{text}` says no end that the wiki would surely understand", hint=HINT)
