"""`start` and `end` against `dir`: the wiki answers a swapped pair with nothing at all, and without a word.

See https://www.mediawiki.org/wiki/API:Query#Sorting
"""

from __future__ import annotations

from collections.abc import Mapping

from runner.errors import Finding
from runner.sources.catalogue import ModuleSpec
from runner.sources.times import newer_first

FORWARD = frozenset({"newer", "ascending", "asc"})


def check_order(spec: ModuleSpec, given: Mapping[str, str]) -> list[Finding]:
    """At most one finding, at `start`. Times that only a clock can compare pass: check again once they are fixed."""
    if not {"start", "end", "dir"} <= spec.parameters.keys() or not {"start", "end"} <= given.keys():
        return []
    if spec.parameters["start"].type != "timestamp":
        return []
    forward = _direction(spec, given) in FORWARD
    newer = newer_first(given["start"], given["end"])
    if not newer or (newer < 0) == forward:
        return []
    first, other = ("oldest", "older") if forward else ("newest", "newer")
    side = "after" if forward else "before"
    message = f"`start` is {side} `end`, but `dir: {_direction(spec, given)}` lists the {first} first"
    hint = f"swap `start` and `end`, or write `dir: {other}`"
    return [Finding(path=("start",), code="order", message=message, hint=hint)]


def _direction(spec: ModuleSpec, given: Mapping[str, str]) -> str:
    return given.get("dir", spec.parameters["dir"].default)
