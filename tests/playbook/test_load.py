from __future__ import annotations

import time
from typing import Any

import pytest
import yaml

from runner.errors import InvalidInput
from runner.playbook.document import plain
from runner.playbook.load import MAX_DEPTH, read_document, scan

both_parsers = pytest.mark.parametrize(
    "libyaml", [pytest.param(True, marks=pytest.mark.skipif(not yaml.__with_libyaml__, reason="no libyaml")), False]
)


def read(text: str | bytes, *, libyaml: bool = yaml.__with_libyaml__) -> Any:  # noqa: ANN401  # a JSON value
    document, problems = scan(text.encode() if isinstance(text, str) else text, "f", libyaml=libyaml)
    assert document is not None
    assert not problems
    return plain(document.root)


def told(text: str | bytes, *, libyaml: bool = yaml.__with_libyaml__) -> list[tuple[str, int, int]]:
    _, problems = scan(text.encode() if isinstance(text, str) else text, "f", libyaml=libyaml)
    return [(problem.code, problem.line, problem.column) for problem in problems]


@both_parsers
def test_scalars_follow_the_core_schema_of_yaml_1_2(libyaml: bool) -> None:  # noqa: FBT001
    text = "a: no\nb: true\nc: 010\nd: 0x1F\ne: 2026-01-31\nf: ~\ng: 1.5\nh: '5'\ni: |\n  text\n"
    assert read(text, libyaml=libyaml) == {
        "a": "no", "b": True, "c": 10, "d": "0x1F", "e": "2026-01-31", "f": None, "g": 1.5, "h": "5", "i": "text\n",
    }  # fmt: skip


@both_parsers
def test_every_key_and_value_knows_its_place(libyaml: bool) -> None:  # noqa: FBT001
    document, _ = scan("ä: 1\nb:\n  - {c: [x, 'y']}\n".encode(), "f", libyaml=libyaml)
    assert document is not None
    assert document.place(("ä",)) == (1, 4)
    assert document.place(("b", 0, "c"), key=True) == (3, 6)
    assert document.place(("b", 0, "c", 1)) == (3, 13)


def test_a_scalar_keeps_its_text() -> None:
    document, _ = scan(b"a: [007, null, True, 1.50]", "f")
    assert document is not None
    nodes = document.root.entries["a"].node
    assert [getattr(node, "raw", None) for node in getattr(nodes, "items", ())] == ["007", "null", "True", "1.50"]


def test_keys_are_text() -> None:
    assert read("1: a\nnull: b\ntrue: c\n") == {"1": "a", "null": "b", "true": "c"}


def test_an_alias_repeats_its_value() -> None:
    assert read("a: &x [1, 2]\nb: *x\n") == {"a": [1, 2], "b": [1, 2]}


def test_a_byte_order_mark_does_not_shift_columns() -> None:
    assert told(b"\xef\xbb\xbfa: *b") == [("yaml-alias", 1, 4)]


def test_all_kinds_of_line_breaks_count() -> None:
    assert told("a: 1\r\nb: 2\rc: 3\nd: *x") == [("yaml-alias", 4, 4)]


@both_parsers
@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("[" * 60_000, ("yaml-depth", 1, MAX_DEPTH + 1)),
        ("{a: " * 60_000, ("yaml-depth", 1, 4 * MAX_DEPTH + 1)),
        ("- " * 60_000, ("yaml-depth", 1, 2 * MAX_DEPTH + 1)),
        ("", ("yaml-empty", 1, 1)),
        ("# only a comment\n", ("yaml-empty", 1, 1)),
        ("---\n...\n", ("yaml-empty", 1, 1)),
        ("null", ("yaml-empty", 1, 1)),
        ("- a", ("yaml-top", 1, 1)),
        ("text", ("yaml-top", 1, 1)),
        ("a: 1\nb: 2\na: 3", ("yaml-duplicate", 3, 1)),
        ("1: a\n'1': b", ("yaml-duplicate", 2, 1)),
        ("a: 1\n---\nb: 2", ("yaml-documents", 2, 1)),
        ("a: !!python/object/apply:os.system [id]", ("yaml-tag", 1, 4)),
        ("a: !!str 5", ("yaml-tag", 1, 4)),
        ("a: !x b", ("yaml-tag", 1, 4)),
        ("a: &b [*b]", ("yaml-alias", 1, 8)),
        ("a: &b {c: *b}", ("yaml-alias", 1, 11)),
        ("a: *b", ("yaml-alias", 1, 4)),
        ("a: &b {c: 1}\nd:\n  <<: *b", ("yaml-merge", 3, 3)),
        ("? [a]\n: 1", ("yaml-key", 1, 3)),
        ("a: {{b}}", ("yaml-key", 1, 4)),
        ("a: b: c", ("yaml-syntax", 1, 5)),
        ("a: 'b", ("yaml-syntax", 1, 4)),
        ("a: 'b\nc: d\n", ("yaml-syntax", 1, 4)),
        ("a: [1", ("yaml-syntax", 1, 4)),
        ("a: [1\n\n", ("yaml-syntax", 1, 4)),
        ("a: {b: 1\nc: 2}\nd: 3", ("yaml-syntax", 2, 2)),
        ("a: 1\nb\nc: 2", ("yaml-syntax", 3, 1)),
        ("a: @b", ("yaml-syntax", 1, 4)),
        ("%YAML 3.0\n---\na: 1", ("yaml-syntax", 1, 1)),
        ("a: b\0c", ("yaml-control", 1, 5)),
        ("a: b\x1b[31m", ("yaml-control", 1, 5)),
        ("a: 1\nb: x\u2028y", ("yaml-control", 2, 5)),
        ('a: "\\0"', ("yaml-control", 1, 4)),
        (b"a: 1\n\xc3\xa4: \xff", ("yaml-encoding", 2, 4)),
        ("a: ä".encode("utf-16"), ("yaml-encoding", 1, 1)),
    ],
)
def test_hostile_or_broken_input_ends_in_a_message(
    text: str | bytes,
    problem: tuple[str, int, int],
    libyaml: bool,  # noqa: FBT001
) -> None:
    assert told(text, libyaml=libyaml) == [problem]


@both_parsers
def test_an_alias_bomb_is_cut_short(libyaml: bool) -> None:  # noqa: FBT001
    lines = ["a0: &a0 [x]", *(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 30))]
    started = time.process_time()
    assert [code for code, _, _ in told("\n".join(lines), libyaml=libyaml)] == ["yaml-too-many"]
    assert time.process_time() - started < 3


def test_a_hundred_megabytes_are_refused_at_once() -> None:
    data = b"a: x\n" * 20_000_000
    started = time.process_time()
    assert told(data) == [("yaml-too-large", 1, 1)]
    assert time.process_time() - started < 2


def test_mistakes_that_leave_it_readable_come_together() -> None:
    text = "a: 1\na: 2\nb: !t 3\nc: *d\n"
    with pytest.raises(InvalidInput) as caught:
        read_document(text.encode(), "f")
    assert [problem.code for problem in caught.value.problems] == ["yaml-duplicate", "yaml-tag", "yaml-alias"]
    assert caught.value.problems[1].excerpt == "b: !t 3"


def test_a_secretive_document_never_repeats_what_it_holds() -> None:
    _, problems = scan(b"a: {hunter2: 1, hunter2: !hunter2 2, c: *hunter2, {hunter2}: 1}", "f", secretive=True)
    assert len(problems) == 4
    assert "hunter2" not in repr(problems)


def test_ten_thousand_titles_load_quickly() -> None:
    text = "titles:\n" + "".join(f"  - Page number {n}\n" for n in range(10_000))
    started = time.process_time()
    assert len(read(text)["titles"]) == 10_000
    assert time.process_time() - started < (0.3 if yaml.__with_libyaml__ else 5)
