"""The new text of a page from its old one."""

from __future__ import annotations

import time
from typing import Any

import pytest

from runner.actions.rewriting import Replacement, TooBig, check, expands, replaced, saved
from runner.actions.texts import Valueless
from runner.model import Item

PAGE = Item(step="s", key="page:1", pageid=1, ns=0, title="A.B (\\1)", revid=2)


def replacement(**given: str) -> Replacement:
    return Replacement(text=given.get("text", ""), regex=given.get("regex", ""), with_=given.get("with_", ""))


@pytest.mark.parametrize(("old", "given", "new", "count"), [
    ("a b a", {"text": "a", "with_": "c"}, "c b c", 2),
    ("a b a", {"text": "x", "with_": "c"}, "a b a", 0),
    ("a.b", {"text": ".", "with_": r"\1"}, r"a\1b", 1),
    ("a b", {"text": "a ", "with_": ""}, "b", 1),
    ("x ${item.title} x", {"text": "$${item.title}", "with_": "y"}, "x y x", 1),
    ("see A.B (\\1)!", {"text": "${item.title}", "with_": "<${item.title}>"}, "see <A.B (\\1)>!", 1),
    ("aXb", {"regex": "[A-Z]", "with_": "-"}, "a-b", 1),
    ("[[Category:X]]", {"regex": r"\[\[(Category):(\w+)\]\]", "with_": r"[[:\1:\2|\g<2>]]"}, "[[:Category:X|X]]", 1),
    ("one two", {"regex": r"(?P<a>\w+) (?P<b>\w+)", "with_": r"\g<b> \g<a>\\n\n"}, "two one\\n\n", 1),
    ("ab", {"regex": "(a)|(b)", "with_": r"<\2>"}, "<><b>", 2),
    ("a\nb", {"regex": "(?m)^", "with_": "* "}, "* a\n* b", 2),
    ("axxb", {"regex": "x*", "with_": "-"}, "-a--b-", 4),
    ("see A.B (\\1) and AxB (\\1)", {"regex": "${item.title}", "with_": r"\0: ${item.title}"},
     "see A.B (\\1): A.B (\\1) and AxB (\\1)", 1),
    ("日本語 é 日本", {"regex": "日本", "with_": "Ñ"}, "Ñ語 é Ñ", 2),
    ("😀x😀", {"regex": "x", "with_": r"<\0>"}, "😀<x>😀", 1),
])  # fmt: skip
def test_replacing(old: str, given: dict[str, str], new: str, count: int) -> None:
    assert replaced(old, [replacement(**given)], PAGE) == (new, count)


def test_one_after_the_other() -> None:
    both = [replacement(text="a", with_="b"), replacement(regex="b+", with_="c")]
    assert replaced("a b", both, PAGE) == ("c c", 3)


def test_an_empty_text_is_not_found_everywhere() -> None:
    with pytest.raises(Valueless):
        replaced("abc", [replacement(text="${item.namespace}", with_="x")], PAGE)


@pytest.mark.parametrize("one", [
    replacement(text="a", with_="b" * 200), replacement(regex="a", with_="b" * 200), replacement(regex="a", with_=r"\0" * 100),
])  # fmt: skip
def test_a_text_that_explodes_is_stopped(one: Replacement) -> None:
    with pytest.raises(TooBig):
        replaced("a" * 200_000, [one, one], PAGE)


@pytest.mark.parametrize("pattern", ["(a+)+$", "(a|aa)*b", "a*a*a*a*a*b", r"(.*)(.*)(.*)[^x]$"])
def test_no_pattern_takes_for_ever(pattern: str) -> None:
    start = time.process_time()
    replaced("a" * 300_000 + "x", [replacement(regex=pattern, with_="")], PAGE)
    assert time.process_time() - start < 20


def test_a_large_text_with_many_matches_is_quick() -> None:
    start = time.process_time()
    new, count = replaced("é [[Kategorie:X]] \n" * 100_000, [replacement(regex=r"\[\[Kategorie:(\w)\]\]", with_=r"\1")], PAGE)
    assert (count, new) == (100_000, "é X \n" * 100_000)
    assert time.process_time() - start < 20


@pytest.mark.parametrize(("text", "kept"), [
    ("a\r\nb\rc\n", "a\nb\nc"), ("a \t\n\x0b\0", "a"), ("\n a", "\n a"), ("cafe\u0301", "caf\u00e9"), ("a\u00a0\n", "a\u00a0"),
])  # fmt: skip
def test_a_text_as_the_wiki_keeps_it(text: str, kept: str) -> None:
    assert saved(text) == kept


@pytest.mark.parametrize("text", ["~~~~", "a ~~~ b", "{{subst:x}}", "{{ SafeSubst:x}}", "[[A (b)|]]", "[[|A]]"])
def test_what_the_wiki_writes_out(text: str) -> None:
    assert expands(text)


@pytest.mark.parametrize("text", ["~~", "{{substitute}}", "[[A|b]]", "[[A\n|]]", "subst:"])
def test_what_it_leaves(text: str) -> None:
    assert not expands(text)


@pytest.mark.parametrize(("value", "code", "path"), [
    ({"with": "x"}, "together", ()),
    ({"text": "a", "regex": "b", "with": "x"}, "together", ()),
    ({"regex": "(", "with": "x"}, "pattern", ("regex",)),
    ({"regex": "(?=a)", "with": "x"}, "pattern", ("regex",)),
    ({"regex": "(a)", "with": r"\2"}, "pattern", ("with",)),
    ({"regex": "(?P<n>a)", "with": r"\g<m>"}, "pattern", ("with",)),
    ({"regex": "a", "with": r"\x"}, "pattern", ("with",)),
    ({"regex": "a", "with": "\\"}, "pattern", ("with",)),
])  # fmt: skip
def test_what_is_wrong_with_a_replacement(value: dict[str, Any], code: str, path: tuple[str, ...]) -> None:
    (found,) = check(value)
    assert (found.code, found.path) == (code, path)
    assert found.hint


@pytest.mark.parametrize("value", [
    {"text": "(", "with": r"\9"}, {"regex": "(a)(?P<n>b)", "with": r"\1\2\0\g<n>\g<1>\\\n"},
    {"regex": "^${item.title}$", "with": ""},
])  # fmt: skip
def test_what_is_right(value: dict[str, Any]) -> None:
    assert check(value) == []
