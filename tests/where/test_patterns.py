from __future__ import annotations

import time
from fnmatch import translate
from re import fullmatch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner.where.conditions import Pattern, Way
from runner.where.patterns import matches, problem


def fits(way: Way, pattern: str, text: str, fact: str = "comment") -> bool:
    return matches(Pattern(fact=fact, way=way, text=pattern), text)


@pytest.mark.parametrize(
    ("way", "pattern", "right", "wrong"),
    [
        ("glob", "Draft:*", ["Draft:", "Draft:A/B", "Draft:\nx"], ["A Draft:", "draft:A"]),
        ("glob", "A?", ["AB", "Aé", "A😀"], ["A", "ABC"]),
        ("glob", "[a-c]x", ["ax", "cx"], ["dx", "-x"]),
        ("glob", "[!a-c]x", ["dx"], ["ax"]),
        ("glob", "[]x]", ["]", "x"], ["[]x]"]),
        ("glob", "[^a]", ["^", "a"], ["b"]),
        ("glob", "a[b", ["a[b"], ["ab"]),
        ("glob", r"\d+.(x)", [r"\d+.(x)"], ["1.x"]),
        ("glob", "页面*", ["页面一"], ["x页面"]),
        ("regex", r"\d{4}$", ["in 1984"], ["1984 ", "198"]),
        ("regex", "(?i)CAFÉ", ["café"], ["cafe"]),
        ("regex", r"\p{Hebrew}", ["דף"], ["page"]),
        ("contains", "1+1=2?", ["is 1+1=2?"], ["11=2"]),
    ],
)
def test_patterns(way: Way, pattern: str, right: list[str], wrong: list[str]) -> None:
    assert problem(way, pattern) is None
    assert [text for text in right if not fits(way, pattern, text)] == []
    assert [text for text in wrong if fits(way, pattern, text)] == []


def test_titles_may_be_written_as_in_addresses() -> None:
    assert fits("glob", "Old_name*", "Old name 01", "title")
    assert fits("regex", "^Old[ _]name", "Old name 01", "title")
    assert fits("contains", "d_n", "Old name 01", "title")
    assert not fits("glob", "Old_name*", "Old name 01", "comment")


@pytest.mark.parametrize("pattern", ["(a+)+$", "(a|aa)+$", "(a*)*b", "(.*a){25}$"])
def test_no_pattern_takes_more_than_its_share(pattern: str) -> None:
    started = time.process_time()
    assert not fits("regex", pattern, "a" * 50_000 + "!")
    assert time.process_time() - started < 2


@pytest.mark.parametrize(
    ("pattern", "hint"),
    [
        ("(", "syntax"), ("a(?=b)", "look-around"), ("(?<!a)b", "look-around"), (r"(a)\1", "back-references"),
        ("a{2000}", "syntax"), ("[", "syntax"), ("\ud800", "one character"),
    ],
)  # fmt: skip
def test_what_is_no_pattern_is_told(pattern: str, hint: str) -> None:
    told = problem("regex", pattern)
    assert told is not None
    assert hint in told[1]


@given(st.text("ab*?[]!-^\\.", max_size=8), st.text("ab*?[]!-^\\.", max_size=5))
def test_globs_are_those_of_a_shell(glob: str, text: str) -> None:
    if problem("glob", glob) is None:
        assert fits("glob", glob, text) == bool(fullmatch(translate(glob), text))
    else:
        assert "[" in glob  # a range from high to low
