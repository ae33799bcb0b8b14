"""Every pattern of ours that somebody else's text is held against ends in time that grows with the text alone.

Python's `re` takes exponential or quadratic time on some patterns; ours may be none of them. Those that a playbook brings run
in RE2 (`runner/where/patterns.py`).
"""

from __future__ import annotations

import importlib
import pkgutil
import re
import time
from collections.abc import Iterator
from itertools import product
from typing import Any

import pytest

import runner
from runner.playbook.editors import for_values
from tests.schemas.write import SCHEMAS

SHORT, LENGTH = 23, 10_000
SECONDS = 0.25
"""Far above the milliseconds that a sound pattern takes, far below the minutes of the other kind."""


def in_schema(value: Any) -> Iterator[str]:  # noqa: ANN401 - any part of a schema
    if isinstance(value, dict):
        if isinstance(value.get("pattern"), str):
            yield value["pattern"]
        for inner in value.values():
            yield from in_schema(inner)
    elif isinstance(value, (list, tuple)):
        for inner in value:
            yield from in_schema(inner)


def in_modules() -> Iterator[re.Pattern[str]]:
    for module in pkgutil.walk_packages(runner.__path__, "runner."):
        if not module.name.endswith("__main__"):
            yield from (one for one in vars(importlib.import_module(module.name)).values() if isinstance(one, re.Pattern))


def patterns() -> list[re.Pattern[str]]:
    schemas = [schema() for schema in SCHEMAS.values()]
    texts = {text for schema in (*schemas, *map(for_values, schemas)) for text in in_schema(schema)}
    found = {re.compile(text) for text in texts} | {one for one in in_modules() if isinstance(one.pattern, str)}
    return sorted(found, key=lambda one: one.pattern)


def hostile(pattern: str) -> Iterator[tuple[str, str]]:
    """What makes long texts out of what the pattern itself is made of: a beginning that may fit, and what is repeated."""
    signs = list(dict.fromkeys((*re.findall(r"[A-Za-z0-9]|[^\w\s\\]", pattern), *"a1 \n")))[:24]
    words = re.findall(r"[A-Za-z]{2,}", pattern)
    pairs = (f"{one}{other}" for one, other in product(signs[:6], repeat=2))
    pumps = (*signs, *words, *pairs, "1s ", "0.0", "${vars.a", "{run}", "::1.", "steps.a.done ")
    return product(("", "1", "https://a/"), pumps)


def slow(pattern: re.Pattern[str]) -> str | None:
    """A text that takes the pattern too long, if one does; its end does not fit."""
    for before, pump in hostile(pattern.pattern):
        started = time.process_time()
        # What is exponential shows in the shortest, and would never end in the longest.
        for length in (SHORT, LENGTH // 10, LENGTH):
            text = before + pump * (length // len(pump)) + "\x00"
            pattern.fullmatch(text)
            if length < LENGTH:
                pattern.search(text)
            if time.process_time() - started > SECONDS:
                return text[:40]
    return None


@pytest.mark.parametrize("pattern", patterns(), ids=lambda pattern: pattern.pattern[:40])
def test_no_text_takes_long(pattern: re.Pattern[str]) -> None:
    assert slow(pattern) is None


@pytest.mark.parametrize("bad", [r"^(\d+\s*)+s$", r"^([a-z]+)*=$"])
def test_a_pattern_of_the_other_kind_is_found(bad: str) -> None:
    assert slow(re.compile(bad))
