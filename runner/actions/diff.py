"""What an edit changes, line by line, in the way of `diff -u`: bounded, for it stands in the plan of every page.

However large and odd the texts are, it takes time that grows with their length: what is too much to compare is shown as one
change.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from itertools import groupby

MOST_LINES = 40
LONGEST = 240
BEFORE = 60  # characters of a long line that are shown before what changes in it
CONTEXT = 1
COMPARED = 200_000  # pairs of lines

Span = tuple[int, int, int, int]
"""Lines of the old text (from, to) that become lines of the new."""


def unified(old: str, new: str) -> list[str]:
    """The change of one text into another: at most MOST_LINES lines of at most about LONGEST characters."""
    a, b = (text.split("\n") if text else [] for text in (old, new))
    lines = [line for span in _near(_spans(a, b)) for line in _hunk(a, b, span)]
    if len(lines) <= MOST_LINES:
        return lines
    return [*lines[: MOST_LINES - 1], f"… and {len(lines) - MOST_LINES + 1} more lines"]


def _spans(a: Sequence[str], b: Sequence[str]) -> list[Span]:
    """What differs, in order."""
    start = _common(a, b)
    end = _common(a[start:][::-1], b[start:][::-1])
    left, right = a[start : len(a) - end], b[start : len(b) - end]
    return [(i + start, j + start, k + start, m + start) for i, j, k, m in _inner(left, right)]


def _inner(left: Sequence[str], right: Sequence[str]) -> list[Span]:
    if len(left) == len(right):
        runs = groupby(range(len(left)), key=lambda number: left[number] != right[number])
        changed = [list(run) for differs, run in runs if differs]
        return [(run[0], run[-1] + 1, run[0], run[-1] + 1) for run in changed]
    if len(left) * len(right) > COMPARED or not left or not right:
        return [(0, len(left), 0, len(right))]
    matcher = SequenceMatcher(None, left, right, autojunk=False)
    return [(i, j, k, m) for tag, i, j, k, m in matcher.get_opcodes() if tag != "equal"]


def _common(a: Sequence[str], b: Sequence[str]) -> int:
    """How many lines at the beginning are the same."""
    pairs = zip(a, b, strict=False)
    return next((number for number, (one, other) in enumerate(pairs) if one != other), min(len(a), len(b)))


def _near(spans: Sequence[Span]) -> Iterator[list[Span]]:
    """Those that share lines of context together."""
    group: list[Span] = []
    for span in spans:
        if group and span[0] - group[-1][1] > 2 * CONTEXT:
            yield group
            group = []
        group.append(span)
    if group:
        yield group


def _hunk(a: Sequence[str], b: Sequence[str], spans: Sequence[Span]) -> Iterator[str]:
    first, last = spans[0], spans[-1]
    before, after = min(CONTEXT, first[0]), min(CONTEXT, len(a) - last[1])
    old = _range(first[0] - before, last[1] - first[0] + before + after)
    new = _range(first[2] - before, last[3] - first[2] + before + after)
    yield f"@@ -{old} +{new} @@"
    at = first[0] - before
    for i, j, k, m in spans:
        yield from (" " + _cut(line, 0) for line in a[at:i])
        yield from _changed(a[i:j], b[k:m])
        at = j
    yield from (" " + _cut(line, 0) for line in a[at : at + after])


def _range(start: int, count: int) -> str:
    """As `diff -u` counts: from 1, and of no lines the one before."""
    return f"{start + (count > 0)},{count}"


def _changed(old: Sequence[str], new: Sequence[str]) -> Iterator[str]:
    starts = [_first_difference(one, other) for one, other in zip(old, new, strict=False)]
    for sign, lines in (("-", old), ("+", new)):
        for number, line in enumerate(lines):
            yield sign + _cut(line, starts[number] if number < len(starts) else 0)


def _first_difference(one: str, other: str) -> int:
    pairs = zip(one, other, strict=False)
    return next((at for at, (left, right) in enumerate(pairs) if left != right), min(len(one), len(other)))


def _cut(line: str, at: int) -> str:
    """A long line around a place in it."""
    start = max(0, at - BEFORE) if len(line) > LONGEST else 0
    end = start + LONGEST
    return ("…" if start else "") + line[start:end] + ("…" if len(line) > end else "")
