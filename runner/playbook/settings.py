"""The parts of a playbook that are not steps: what each may hold, and how it is read.

A fragment of the schema stands above the function that reads what it lets through. `examples` become hints.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from runner.marks import MARK
from runner.playbook.playbook import Limits, NeverTouch, Stamp

Schema = dict[str, Any]

MAX_CONCURRENCY = 8

_RATE = re.compile(r"([0-9.]+)\s*/\s*([a-z]+)")
_SPAN = re.compile(r"([0-9.]+)\s*([a-z]+)")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_NUMBER = r"[0-9]{1,9}(\.[0-9]{1,9})?"
_UNIT = r"(s|sec|secs|second|seconds|m|min|mins|minute|minutes|h|hour|hours|d|day|days)"

LIMITS: Schema = {
    "title": "Limits",
    "description": "Bounds of a run. One that is reached stops it (exit 3).",
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "items": {
            "description": "A plan with more items than this is not carried out.",
            "type": "integer",
            "minimum": 1,
            "examples": [500],
        },
        "failures": {
            "description": "How many items may fail: a number, or a share, which counts once 20 items were tried.",
            "type": ["integer", "string"],
            "minimum": 0,
            "pattern": r"^(100|[0-9]{1,2}(\.[0-9]{1,9})?)\s*%$",
            "examples": [10, "5%"],
        },
        "rate": {
            "description": "The most writing requests in a time.",
            "type": "string",
            "pattern": rf"^(?!0+(\.0+)?\s*/){_NUMBER}\s*/\s*(s|sec|second|m|min|minute|h|hour|d|day)$",
            "examples": ["60/min", "2/s", "500/h"],
        },
        "concurrency": {
            "description": "How many requests may be under way at once.",
            "type": "integer",
            "minimum": 1,
            "maximum": MAX_CONCURRENCY,
            "default": 1,
            "examples": [1],
        },
        "duration": {
            "description": "The longest time that a run may take.",
            "type": "string",
            "pattern": rf"^(?=.*[1-9])({_NUMBER}\s*{_UNIT}\s*)+$",
            "examples": ["2h", "90 min", "1h 30m"],
        },
    },
}

NEVER_TOUCH: Schema = {
    "title": "Never touch",
    "description": "A planned item that matches keeps the whole plan from being carried out, whatever a step says.",
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "titles": {
            "description": "Full titles of pages.",
            "type": "array",
            "items": {"type": "string", "minLength": 1},
            "examples": [["Main Page"]],
        },
        "namespaces": {
            "description": "Namespaces, by number or name.",
            "type": "array",
            "items": {"type": ["integer", "string"], "minLength": 1},
            MARK: "namespaces",
            "examples": [[8, "Help"]],
        },
    },
}

STOP_PAGE: Schema = {
    "title": "Stop page",
    "description": "The run stops, resumable, while this page is not empty.",
    "type": "string",
    "minLength": 1,
    "pattern": r"^[^\[\]{}|<>#\n]+$",
    "examples": ["User:Mop/Stop"],
}

STAMP: Schema = {
    "title": "Stamp",
    "description": "The run's mark in the log summary of every write; false leaves it out.",
    "type": ["boolean", "object"],
    "additionalProperties": False,
    "properties": {
        "text": {
            "description": "The mark itself, with {run} once where the run's id goes.",
            "type": "string",
            "maxLength": 100,
            "pattern": r"^(?!.*\{run\}.*\{run\}).*\{run\}.*$",
            "default": "(wikimop {run})",
            "examples": ["(wikimop {run})"],
        },
        "place": {
            "description": "Where the mark stands, seen from the reason.",
            "enum": ["end", "start"],
            "default": "end",
        },
    },
}


def parse_limits(value: Mapping[str, Any]) -> Limits:
    """`limits:` after validation."""
    failures = value.get("failures")
    rate, duration = value.get("rate"), value.get("duration")
    return Limits(
        items=value.get("items"),
        failures=failures if isinstance(failures, int) else None,
        failure_share=float(failures.rstrip(" %\t\n")) / 100 if isinstance(failures, str) else None,
        rate=parse_rate(rate) if rate is not None else None,
        concurrency=value.get("concurrency", 1),
        duration=parse_duration(duration) if duration is not None else None,
    )


def parse_rate(text: str) -> float:
    """Requests per second, from a text such as `60/min`."""
    match = _RATE.match(text)
    if match is None:
        raise ValueError(text)
    return float(match[1]) / _SECONDS[match[2][0]]


def parse_duration(text: str) -> float:
    """Seconds, from a text such as `1h 30m`."""
    return sum(float(number) * _SECONDS[unit[0]] for number, unit in _SPAN.findall(text))


def parse_never_touch(value: Mapping[str, Any]) -> NeverTouch:
    """`never_touch:` after validation."""
    return NeverTouch(titles=tuple(value.get("titles", ())), namespaces=tuple(value.get("namespaces", ())))


def parse_stamp(value: bool | Mapping[str, Any]) -> Stamp:  # noqa: FBT001  # `stamp: false` is what users write
    """`stamp:` after validation."""
    return Stamp(on=value) if isinstance(value, bool) else Stamp(**value)
