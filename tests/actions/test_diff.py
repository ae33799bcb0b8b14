"""What an edit changes, as the plan shows it: right where it is whole, and bounded where it is not."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner.actions.diff import LONGEST, MOST_LINES, unified

LINE = st.text("ab ", max_size=3)
TEXT = st.lists(LINE, max_size=12).map("\n".join)
_HUNK = re.compile(r"@@ -(\d+),(\d+) \+(\d+),(\d+) @@")


def patched(old: str, diff: list[str]) -> str:
    """The old text with a whole diff carried out."""
    lines = old.split("\n") if old else []
    new: list[str] = []
    at = 0
    for line in diff:
        if hunk := _HUNK.fullmatch(line):
            start = int(hunk[1]) - (int(hunk[2]) > 0)
            new += lines[at:start]
            at = start
            assert int(hunk[3]) - (int(hunk[4]) > 0) == len(new)
            continue
        sign, text = line[:1], line[1:]
        if sign in " -":
            assert lines[at] == text
            at += 1
        if sign in " +":
            new.append(text)
    return "\n".join([*new, *lines[at:]])


@given(old=TEXT, new=TEXT)
def test_a_whole_diff_makes_the_new_text(old: str, new: str) -> None:
    diff = unified(old, new)
    if len(diff) < MOST_LINES:
        # A text of nothing but one empty line cannot be told from no text at all.
        assert patched(old, diff) == new or not new.strip("\n")
    assert bool(diff) == (old != new)


def test_it_looks_like_one() -> None:
    assert unified("a\nb\nc\nd\ne", "a\nX\nc\nd\ne\nf") == [
        "@@ -1,3 +1,3 @@", " a", "-b", "+X", " c", "@@ -5,1 +5,2 @@", " e", "+f",
    ]  # fmt: skip
    assert unified("", "new\npage") == ["@@ -0,0 +1,2 @@", "+new", "+page"]


def test_it_is_bounded() -> None:
    diff = unified("", "\n".join(str(number) for number in range(500)))
    assert len(diff) == MOST_LINES
    assert diff[-1] == f"… and {500 + 1 - MOST_LINES + 1} more lines"


def test_a_long_line_is_shown_where_it_changes() -> None:
    old = "x" * 5000 + "needle" + "y" * 5000
    diff = unified(old, old.replace("needle", "thread"))
    assert [line[0] for line in diff[1:]] == ["-", "+"]
    assert ("needle" in diff[1], "thread" in diff[2]) == (True, True)
    assert max(map(len, diff)) <= LONGEST + 3


@pytest.mark.parametrize(("old", "new"), [
    ("\n".join(str(n % 7) for n in range(40_000)), "\n".join(str(n % 5) for n in range(50_000))),
    ("a\n" * 100_000, "b\n" * 100_000),
    ("x" * 2_000_000, "y" * 2_000_000),
    ("\n".join(f"line {n}" for n in range(50_000)), "\n".join(f"line {n}" for n in range(0, 50_000, 2))),
])  # fmt: skip
def test_no_pair_of_texts_takes_for_ever(old: str, new: str) -> None:
    start = time.monotonic()
    assert 0 < len(unified(old, new)) <= MOST_LINES
    assert time.monotonic() - start < 5
