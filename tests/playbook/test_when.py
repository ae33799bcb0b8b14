from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner.playbook.when import WhenError, parse_when

COUNTS = {"a": {"done": 3, "failed": 1}, "b-2_x": {"pending": 5}}


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("steps.a.done == 3", True),
        ("steps.a.done != 3", False),
        ("steps.a.done<4", True),
        ("steps.a.done <= 2", False),
        ("3 >= steps.a.done", True),
        ("steps.a.done > steps.a.failed", True),
        ("steps.a.items == 4", True),
        ("steps.b-2_x.pending == 5", True),
        ("steps.a.skipped == 0", True),
        ("steps.c.done == 0", True),
        ("not steps.a.done == 3", False),
        ("not not 1 == 1", True),
        ("1 == 2 and 1 == 2 or 1 == 1", True),
        ("1 == 2 and (1 == 2 or 1 == 1)", False),
        ("not 1 == 2 and 1 == 1", True),
        ("  ( 1==1 )\n", True),
    ],
)
def test_evaluate(text: str, holds: bool) -> None:  # noqa: FBT001
    assert parse_when(text).evaluate(COUNTS) is holds


def test_steps_and_text() -> None:
    when = parse_when("steps.b.done > 0 and steps.a.done > steps.b.failed")
    assert when.steps == ("b", "a")
    assert str(when) == "steps.b.done > 0 and steps.a.done > steps.b.failed"


@pytest.mark.parametrize(
    ("text", "column", "hint"),
    [
        ("", 1, "whole numbers"),
        ("steps.a.done", 13, "`>`"),
        ("steps.a.done >", 15, "whole numbers"),
        ("steps.a.doen > 0", 9, "`done`"),
        ("steps.a > 0", 1, "STATE"),
        ("a.done > 0", 1, "steps.ID.STATE"),
        ("steps.a.done = 0", 14, "`==`"),
        ("1 == 1 && 1 == 1", 8, "`and`"),
        ("1 == 1 || 1 == 1", 8, "`or`"),
        ("!(1 == 1)", 1, "`not`"),
        ("1 == 1 AND 1 == 1", 8, "`and`"),
        ("1 < 2 < 3", 7, "`and`"),
        ("(1 == 1", 1, "`)`"),
        ("1 == 1)", 7, "`and`"),
        ("1 == 1 2 == 2", 8, "`and`"),
        ("steps.a.done > -1", 16, "whole numbers"),
        ("steps.a.done > 1.5", 17, "whole"),
        ("__import__('os').system('id')", 1, "whole numbers"),
        ("'a' == 'a'", 1, "whole numbers"),
        ("9" * 5000 + " == 1", 1, "whole numbers"),
        ("not " * 100 + "1 == 1", 85, "flatter"),
        ("(" * 1000, 22, "flatter"),
    ],
)
def test_what_is_no_condition(text: str, column: int, hint: str) -> None:
    with pytest.raises(WhenError) as caught:
        parse_when(text)
    assert caught.value.column == column
    assert hint in caught.value.hint


words = st.sampled_from(["steps.a.done", "steps.b.items", "1", "0", "==", "<", "and", "or", "not", "(", ")", "x", " "])


@given(st.one_of(st.text(max_size=60), st.lists(words, max_size=12).map(" ".join)))
def test_any_text_is_a_condition_or_an_error_inside_it(text: str) -> None:
    try:
        column = 1 if parse_when(text).evaluate(COUNTS) in {True, False} else 0
    except WhenError as error:
        column = error.column
    assert 1 <= column <= len(text) + 1
