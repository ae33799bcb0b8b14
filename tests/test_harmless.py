"""Text that somebody else wrote, where it goes: nothing of it acts on a terminal, a CI, a spreadsheet or a page."""

from __future__ import annotations

import html as html_
import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner.harmless import csv_cell, harmless, harmless_lines, html, markdown

NASTY = st.text(st.sampled_from("a`|@#:[]<>&=+-\\ \t\r\n\x1b\u202e\u200b\u2028\ud800\U000e0041*_!()\"'") | st.characters())


@given(NASTY)
def test_nothing_invisible_is_left(text: str) -> None:
    shown = harmless(text)
    assert not {unicodedata.category(char) for char in shown} & {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
    assert harmless(shown) == shown
    shown.encode()


def test_letters_that_look_like_nothing_are_shown() -> None:
    assert harmless("Main\u3164Page\u2800") == "Main\\u3164Page\\u2800"
    assert harmless("Ångström 日本語 👍") == "Ångström 日本語 👍"


@pytest.mark.parametrize(
    "line",
    [
        "::error::pwned", "  ::set-output name=x::y", "\u3000::stop-commands::x", "##[error]pwned", "a ##[add-path]/tmp",
        "###[debug]x", "x ##vso[task.setvariable variable=a]b", "##teamcity[buildStop comment='x']",
    ],
)  # fmt: skip
def test_no_line_is_an_order_to_a_ci(line: str) -> None:
    for text in (line, f"before\n{line}", f"{line}\nafter"):
        shown = harmless_lines(text)
        assert not any(one.lstrip().startswith("::") for one in shown.split("\n"))
        assert not re.search(r"##([a-z]+)?\[", shown)
        assert shown.count("\n") == text.count("\n")


def test_what_is_no_order_stays_as_it_is() -> None:
    for line in ("a::b", "## Heading", "error: ::x", "Talk: [[A]]", "#[x]", "# #[x]"):
        assert harmless_lines(line) == line


def rendered(text: str) -> str:
    """What CommonMark makes of one code span (https://spec.commonmark.org/0.31.2/#code-spans), or an error if it is none."""
    (fence,) = re.findall(r"^`+", text)
    assert text.endswith(fence)
    assert len(text) >= 2 * len(fence)
    inner = text[len(fence) : -len(fence)]
    assert fence not in re.findall("`+", inner)
    assert "\n" not in inner
    assert not inner.startswith("`")
    assert not inner.endswith("`")
    return inner[1:-1] if inner.startswith(" ") and inner.endswith(" ") and inner.strip(" ") else inner


@given(NASTY)
def test_in_markdown_all_of_it_is_one_piece_of_code(text: str) -> None:
    shown = markdown(text)
    assert "|" not in shown
    if text.strip(" "):
        assert rendered(shown) == harmless(text).replace("|", "\\u007c")


@pytest.mark.parametrize(
    "text", ["@alice", "#12", "<img src=x onerror=alert(1)>", "[x](javascript:a)", "![x](//evil)", "a``b`"]
)
def test_markdown_examples(text: str) -> None:
    assert rendered(markdown(text)) == text


@given(NASTY)
def test_no_cell_is_a_formula(text: str) -> None:
    shown = csv_cell(text)
    assert not shown.lstrip().startswith(("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠"))  # noqa: RUF001 - the point
    assert shown.removeprefix("'") == harmless(text) or shown == harmless(text)


def test_csv_examples() -> None:
    assert [csv_cell(text) for text in ("=1+1", "  @SUM(A1)", "\t=1", "Plain")] == [
        "'=1+1",
        "'  @SUM(A1)",
        "\\u0009=1",
        "Plain",
    ]


@given(NASTY)
def test_in_html_it_is_text(text: str) -> None:
    shown = html(text)
    assert not set(shown) & set("<>\"'")
    assert html_.unescape(shown) == harmless(text)
