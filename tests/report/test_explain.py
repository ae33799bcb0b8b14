"""How a plan came about, as lines: each number of left items follows from the line before it."""

from __future__ import annotations

import re
from typing import Any

import pytest

from runner.report.explain import cost_line, explain_lines

ROW = {"saw": 5, "kept": 3, "dropped": 2, "unknown": 1}
STEP: dict[str, Any] = {
    "step": "a", "source": "generator links", "requests": 9, "found": 20, "redirected": 3, "repeated": 4, "excepted": 1,
    "where": [{"condition": "size: min 3", **ROW}, {"condition": "redirect: false", **ROW, "unknown": 0}],
    "dropped": 4, "not_judged": 5, "limit": 6, "related": 2, "gives": 8, "problems": 1, "one_by_one": {"subpages": 2},
    "inside": [
        {"place": "of", "source": "union", "requests": 3, "found": 2, "gives": 2},
        {"place": "of.union.0", "source": "titles (1)", "requests": 1, "found": 1, "gives": 1},
        {"place": "of.union.1", "source": "titles (1)", "requests": 1, "found": 1, "gives": 1},
        {"place": "except", "source": "file keep.txt", "requests": 1, "found": 1, "gives": 1},
    ],
    "facts": {"requests": 1}, "planning": 10, "items": 7, "blocked": 1, "never_touch": 1, "writes": 6, "reads": 1,
}  # fmt: skip
COST = {"planning": 12, "checks": 2, "writing": 6, "reading": 1, "seconds": None}


def told(step: dict[str, Any]) -> list[str]:
    return list(explain_lines({"explain": [step], "cost": COST}))


def test_the_whole_tree() -> None:
    assert told(STEP) == [
        "a: 10 requests to plan; to carry it out at least 6 writes and 1 read",
        "  generator links: found 20, 3 of them through a redirect  (9 requests)",
        "    of: union: found 2  (3 requests)",
        "      union.0: titles (1): found 1  (1 request)",
        "        gives 1",
        "      union.1: titles (1): found 1  (1 request)",
        "        gives 1",
        "      gives 2",
        "    - 4 found more than once; 16 left",
        "    - 1 by except; 15 left",
        "      except: file keep.txt: found 1  (1 request)",
        "        gives 1",
        "    - 2 by where size: min 3 (1 not known); 13 left",
        "    - 2 by where redirect: false; 11 left",
        "    - 5 not judged any more: the limit was reached; 6 left",
        "    limit 6",
        "    + 2 related",
        "    of the requests, one at a time: 2 for subpages",
        "    gives 8, 1 of which cannot be done",
        "  - 1 of the same second as another; 7 left",
        "  facts of the items: 1 request",
        "  = 7 items in the plan, 1 blocked, 1 never to be touched",
        "",
        "2 requests before the steps: the wiki's modules, and names in the playbook",
    ]


HANDED: dict[str, Any] = {
    "step": "a", "source": "generator links, of: titles (51)", "direct": True, "requests": 1, "facts": {"requests": 0},
    "planning": 1, "items": 2, "blocked": 0, "never_touch": 0, "writes": 2, "reads": 2,
}  # fmt: skip


def test_of_what_the_wiki_is_handed_nothing_is_said_to_be_found() -> None:
    assert told(HANDED)[:-1] == [
        "a: 1 request to plan; to carry it out at least 2 writes and 2 reads",
        "  generator links, of: titles (51): handed to the wiki itself when the plan is applied  (1 request)",
        "  = 2 queries in the plan",
        "",
    ]


def test_a_plan_that_does_not_tell_says_so() -> None:
    assert [line.split(":")[0] for line in explain_lines({})] == ["This plan does not say how it came about"]
    assert cost_line({}) == ""


def test_nothing_that_a_terminal_would_act_on() -> None:
    bad = "x\x1b[2J\ny"
    row = {"condition": bad, **ROW}
    lines = told({**STEP, "step": bad, "source": bad, "where": [row], "one_by_one": {bad: 1}})
    assert not [line for line in lines if re.search(r"[\x00-\x1f]", line)]


@pytest.mark.parametrize(("seconds", "words"), [
    (None, ""), (0, ""), (45.2, ", and by the rate limit 45 seconds"), (150, ", and by the rate limit 2.5 minutes"),
    (9000, ", and by the rate limit 2.5 hours"),
])  # fmt: skip
def test_the_cost_in_a_line(seconds: float | None, words: str) -> None:
    line = cost_line({"cost": {**COST, "seconds": seconds}})
    assert line == f"12 requests made this plan; carrying it out takes at least 6 writes and 1 read{words}"
