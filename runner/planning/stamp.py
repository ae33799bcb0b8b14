"""The run's mark in the wiki's log summaries: it tells a run's own entries from everybody else's."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from unicodedata import normalize


def mark(stamp: Mapping[str, Any], run: str) -> str:
    """The mark itself, `(wikimop r4x7k2mq)`, in NFC, as the wiki keeps it; empty with the stamp off."""
    return normalize("NFC", str(stamp["text"])).replace("{run}", run) if stamp.get("on") else ""


def summary(stamp: Mapping[str, Any], run: str, reason: str) -> str:
    """What is sent as the reason: the step's own, and the mark at its place."""
    parts = [reason, mark(stamp, run)]
    if stamp.get("place") == "start":
        parts.reverse()
    return " ".join(part for part in parts if part)
