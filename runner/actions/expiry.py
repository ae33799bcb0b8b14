"""Until when something lasts, as people write it: a duration, a time, or for good. Checked without a clock.

The wiki reads far more (https://www.php.net/manual/en/datetime.formats.php), such as `next friday`: a plan should say when.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from runner.actions.schema import VARIABLE, Schema
from runner.errors import Finding

FOREVER = ("infinite", "infinity", "indefinite", "never")
_UNITS = "second|minute|hour|day|week|fortnight|month|year"
_DURATION = re.compile(rf"[1-9][0-9]{{0,4}} ?({_UNITS})s?( [1-9][0-9]{{0,4}} ?({_UNITS})s?)*", re.ASCII)
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ|\d{14}", re.ASCII)
LONGEST = 50  # characters that the wiki reads
HINT = "write 2 weeks, 2027-01-31T00:00:00Z or infinite"
EXAMPLES = ["2 weeks", "2027-01-31T00:00:00Z", "infinite"]


def expiry(description: str) -> Schema:
    """A fragment of a schema: one such text."""
    return {"description": description, "type": "string", "minLength": 1, "examples": EXAMPLES}


def check_expiry(value: Mapping[str, Any], *names: str) -> list[Finding]:
    """What is wrong with the options of these names, where they are given as texts."""
    given = {name: value[name] for name in names if isinstance(value.get(name), str)}
    return [found for name, text in given.items() if (found := wrong_expiry((name,), text))]


def wrong_expiry(path: tuple[str, ...], text: str) -> Finding | None:
    """The mistake of a text that is no expiry; none of one that is empty or a variable, which is told otherwise."""
    problem = expiry_problem(text) if text and not re.match(VARIABLE, text) else ""
    return Finding(path=path, code="format", message=problem, hint=HINT) if problem else None


def fixed(text: str) -> str | None:
    """The time that an expiry names, as the wiki writes it; empty for good, None where it is counted from the write on."""
    if text in FOREVER:
        return ""
    digits = moment(text)
    return datetime.strptime(f"{digits}+0000", "%Y%m%d%H%M%S%z").strftime("%Y-%m-%dT%H:%M:%SZ") if digits else None


def expiry_problem(text: str) -> str:
    """Why a text is no expiry; "" if it is one."""
    if text in FOREVER:
        return ""
    if len(text) > LONGEST:
        return f"an expiry has at most {LONGEST} characters"
    if _DURATION.fullmatch(text):
        return ""
    return "" if _TIME.fullmatch(text) and moment(text) else f"`{text}` is neither a duration nor a time"


def moment(text: str) -> str:
    """The 14 digits of a time; "" for anything else."""
    digits = "".join(char for char in text if char.isdecimal()) if _TIME.fullmatch(text) else ""
    try:
        return datetime.strptime(digits, "%Y%m%d%H%M%S").strftime("%Y%m%d%H%M%S") if digits else ""  # noqa: DTZ007 - digits again
    except ValueError:
        return ""


def same_expiry(wanted: str, found: str) -> bool:
    """Whether what the wiki says (a time, or `infinity`) can be what was wanted; of a duration only that it ends."""
    if wanted in FOREVER or found in FOREVER:
        return wanted in FOREVER and found in FOREVER
    return not moment(wanted) or moment(wanted) == moment(found)
