"""Texts that are nearly right: lines moved, words of YAML put where they do not belong, values of another kind."""

from __future__ import annotations

import copy
import json
from collections.abc import Sequence
from typing import Any

from hypothesis import strategies as st

from tests.fuzz.player import NONSENSE, edited, edits

# What means something to YAML, to a template, to the playbook, or to nobody.
WORDS = (
    "&a ", "*a", "<<: *a", "!!python/object/apply:os.system [id]", "!x ", "? ", ": ", "- ", "--- ", "...", "%YAML 1.1",
    "%TAG ! x", "|", ">-", "'", '"', "{", "}", "[", "]", "{{", "}}", "${vars.x}", "${vars.reason}", "$${", "${",
    "${env.HOME}", "${item.title}", "#", "\t", "\x00", "\x1b[31m", "\u202e", "\ufeff", "\u2028", "\r", "\n", "\n\n", "  ",
    "null", "true", "no", "~", "0x1F", "1_000", "1e400", "9" * 400, "-0", ".inf", "2026-01-31", "steps:", "pages:",
    "delete:", "of: {step: a}", "where:", "union: []", "file: ../x", "limit: -1", "when: steps.a.done > 0 and (",
    "not " * 60, "(" * 200, "[" * 200, "- " * 200, "a: " * 60, "::error::x", "😀", "e\u0301", "ﬀ", "\ud7ff",
)  # fmt: skip

positions = st.integers(0, 10_000)
changes = st.lists(
    st.one_of(
        st.tuples(st.just("insert"), positions, st.sampled_from(WORDS)),
        st.tuples(st.just("drop"), positions, st.integers(1, 40)),
        st.tuples(st.just("double"), positions, st.integers(1, 60)),
        st.tuples(st.just("move"), positions, positions),
        st.tuples(st.just("indent"), positions, st.integers(-4, 4)),
    ),
    min_size=1,
    max_size=6,
)


def changed(text: str, deeds: Sequence[tuple[str, int, Any]]) -> str:
    """The text after some changes."""
    for deed, where, more in deeds:
        at = where % (len(text) + 1)
        lines = text.split("\n")
        line = where % len(lines)
        if deed == "insert":
            text = text[:at] + more + text[at:]
        elif deed == "drop":
            text = text[:at] + text[at + more :]
        elif deed == "double":
            text = text[: at + more] + text[at:]
        elif deed == "move":
            lines.insert(more % len(lines), lines.pop(line))
            text = "\n".join(lines)
        else:
            lines[line] = " " * more + lines[line] if more > 0 else lines[line][-more:]
            text = "\n".join(lines)
    return text


def values(whole: Any) -> st.SearchStrategy[Any]:  # noqa: ANN401 - a JSON value
    """A JSON value with some of its parts replaced."""

    def apply(deeds: Sequence[tuple[tuple[int, ...], str, Any]]) -> Any:  # noqa: ANN401 - a JSON value
        value = copy.deepcopy(whole)
        for way, deed, more in deeds:
            value = edited(value, way, deed, more)
        return value

    return st.lists(edits, min_size=1, max_size=4).map(apply)


def written(value: Any) -> str:  # noqa: ANN401 - a JSON value
    """A value as YAML: JSON is a part of it."""
    return json.dumps(value, ensure_ascii=False)


nonsense = st.sampled_from(NONSENSE)
