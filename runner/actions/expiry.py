"""Until when something lasts, as people write it: a duration, a time, or for good. Checked without a clock.

The wiki reads far more (https://www.php.net/manual/en/datetime.formats.php), such as `next friday`: a plan should say when.
"""

from __future__ import annotations

import re
from datetime import datetime

FOREVER = ("infinite", "infinity", "indefinite", "never")
_UNITS = "second|minute|hour|day|week|fortnight|month|year"
_DURATION = re.compile(rf"[1-9][0-9]{{0,4}} ?({_UNITS})s?( [1-9][0-9]{{0,4}} ?({_UNITS})s?)*", re.ASCII)
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ|\d{14}", re.ASCII)
LONGEST = 50  # characters that the wiki reads
HINT = "write 2 weeks, 2027-01-31T00:00:00Z or infinite"


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
