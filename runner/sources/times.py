"""Times as a playbook writes them: absolute, `now`, or `7 days ago`, which are fixed when the plan is made."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

_AGO = re.compile(r"(\d{1,5}) (second|minute|hour|day|week|month|year)s? ago", re.ASCII)
_DIGITS = re.compile(r"\d{14}", re.ASCII)
_ISO = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:?\d\d)", re.ASCII)
_SECONDS = {"second": 1, "minute": 60, "hour": 3600, "day": 86400, "week": 604800}
_MONTHS = {"month": 1, "year": 12}
_DAYS = {"month": 30.44, "year": 365.25}  # only to compare two ages before they are fixed


@dataclass(frozen=True, slots=True, kw_only=True)
class Ago:
    """An age: so many units before the plan is made. `now` is 0 seconds."""

    count: int
    unit: str

    def before(self, now: datetime) -> datetime:
        """The moment; months and years go by the calendar (31 March less a month is the last of February)."""
        try:
            if self.unit in _MONTHS:
                return _months_before(now, self.count * _MONTHS[self.unit])
            return now - timedelta(seconds=self.count * _SECONDS[self.unit])
        except (OverflowError, ValueError):
            return datetime.min.replace(tzinfo=UTC)

    @property
    def seconds(self) -> float:
        """About how long ago; months and years by their average."""
        return self.count * (_SECONDS.get(self.unit) or _DAYS[self.unit] * _SECONDS["day"])


def read_time(text: str) -> datetime | Ago | None:
    """`2026-01-31T00:00:00Z` (or with an offset), 14 digits (UTC), `now`, `7 days ago`; None for anything else."""
    text = text.strip()
    if text == "now":
        return Ago(count=0, unit="second")
    if found := _AGO.fullmatch(text):
        return Ago(count=int(found[1]), unit=found[2])
    try:
        if _DIGITS.fullmatch(text):
            return datetime.strptime(text, "%Y%m%d%H%M%S").replace(tzinfo=UTC)
        return datetime.fromisoformat(text).astimezone(UTC) if _ISO.fullmatch(text) else None
    except (ValueError, OverflowError):
        return None


def fix_time(text: str, now: datetime) -> str:
    """The time that is sent, as `2026-01-31T00:00:00Z`; `text` must be one that `read_time` reads, `now` aware."""
    time = read_time(text)
    if time is None:
        raise ValueError(text)
    return stamp(time.before(now) if isinstance(time, Ago) else time)


def stamp(time: datetime) -> str:
    """ISO 8601 in UTC, to the second, as the wiki writes it."""
    return time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ").rjust(20, "0")


def newer_first(one: str, other: str) -> int | None:
    """Above 0 if `one` is newer than `other`, below 0 if older, 0 if the same; None where only a clock can tell."""
    first, second = read_time(one), read_time(other)
    if isinstance(first, Ago) and isinstance(second, Ago):
        return _sign(second.seconds - first.seconds)
    if isinstance(first, datetime) and isinstance(second, datetime):
        return _sign((first - second).total_seconds())
    return None


def _sign(number: float) -> int:
    return (number > 0) - (number < 0)


def _months_before(now: datetime, months: int) -> datetime:
    year, month = divmod(now.year * 12 + now.month - 1 - months, 12)
    day = min(now.day, calendar.monthrange(year, month + 1)[1])
    return now.replace(year=year, month=month + 1, day=day)
