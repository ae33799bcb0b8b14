"""Lines and the seal over them: what was written is read back, and what was altered is told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner.errors import UsageError
from runner.model import Blocked, Item
from runner.planning.lines import COLUMNS, item_line, read_item
from runner.planning.seal import digest, header_line, open_plan, seal_line

TEXT = st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=12)
NUMBER = st.integers(0, 2**53 - 1)
JSON = st.none() | st.booleans() | NUMBER | TEXT | st.lists(TEXT, max_size=3)
ITEMS = st.builds(
    Item,
    step=TEXT,
    key=TEXT,
    pageid=st.none() | NUMBER,
    ns=st.none() | st.integers(-2, 3000),
    title=TEXT,
    revid=st.none() | NUMBER,
    facts=st.dictionaries(TEXT.filter(lambda name: name not in COLUMNS), JSON, max_size=4),
    parents=st.lists(st.tuples(TEXT, TEXT), max_size=3).map(tuple),
    blocked=st.none() | st.builds(Blocked, code=TEXT, detail=TEXT),
    seq=st.integers(1, 1000),
)
HEADER = {"kind": "plan", "version": 1, "id": "p12345678"}


@given(item=ITEMS)
def test_a_line_is_read_back(item: Item) -> None:
    line = item_line(item)
    assert b"\n" not in line
    assert read_item(line, item.seq) == item
    assert item_line(read_item(line, item.seq)) == line


def test_a_line_is_made_for_a_diff() -> None:
    item = Item(step="drafts", key="page:12", pageid=12, ns=118, title="Ü", revid=345, facts={"z": 1, "a": True}, seq=9)
    expected = '{"kind":"item","step":"drafts","key":"page:12","pageid":12,"ns":118,"title":"Ü","revid":345,"a":true,"z":1}'
    assert item_line(item).decode() == expected


def sealed(items: Sequence[Mapping[str, Any]], header: Mapping[str, Any] = HEADER) -> list[bytes]:
    lines = [header_line(header), *(orjson.dumps({"kind": "item", **item}) for item in items)]
    return [line + b"\n" for line in [*lines, seal_line(len(items), digest(lines))]]


PLAN = sealed([{"key": "page:1"}, {"key": "page:2"}, {"key": "page:3"}])


def kinds(lines: Sequence[bytes]) -> list[str]:
    return [kind for kind, _, _ in open_plan(lines, "x.plan")]


def test_a_whole_plan() -> None:
    assert kinds(PLAN) == ["plan", "item", "item", "item", "seal"]
    assert kinds([line.rstrip(b"\n") + b"\r\n" for line in PLAN]) == kinds(PLAN)  # as git may have checked it out
    assert kinds(sealed([])) == ["plan", "seal"]


@pytest.mark.parametrize(
    "altered",
    [
        PLAN[:-1], PLAN[1:], PLAN[:2] + PLAN[3:], [*PLAN[:2], PLAN[3], PLAN[2], PLAN[4]], [*PLAN[:2], PLAN[1], *PLAN[2:]],
        [PLAN[0], PLAN[1].replace(b"1", b"7"), *PLAN[2:]], [PLAN[0].replace(b"p12", b"p13"), *PLAN[1:]],
        [*PLAN[:4], seal_line(2, digest(line.rstrip() for line in PLAN[:4]))], [b"{}\n", *PLAN[1:]], [b"nonsense", *PLAN[1:]],
        [b"[1]\n", *PLAN[1:]], [*PLAN[:2], b"\n", *PLAN[2:]], [], [b""], sealed([], {**HEADER, "version": 2}), sealed([], {}),
        [PLAN[0], PLAN[0], *PLAN[1:]], PLAN[-1:],
    ],
    ids=lambda lines: str(len(lines)),
)  # fmt: skip
def test_anything_else_is_told(altered: list[bytes]) -> None:
    with pytest.raises(UsageError, match=r"x\.plan"):
        kinds(altered)


@given(data=st.data())
def test_a_single_changed_byte_is_found(data: st.DataObject) -> None:
    whole = b"".join(PLAN)
    at = data.draw(st.integers(0, len(whole) - 1))
    byte = data.draw(st.integers(0, 255).filter(lambda value: value != whole[at] and bytes([value]) not in b"\r\n"))
    changed = whole[:at] + bytes([byte]) + whole[at + 1 :]
    if changed.rstrip() == whole.rstrip():
        return
    with pytest.raises(UsageError):
        kinds(changed.splitlines(keepends=True))
