"""Whatever a wiki, a playbook or somebody's plan is called: a line for people is one line, and acts on nothing."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from typing import Any

from runner.model import Blocked, Item, Outcome, Run, State
from runner.report.checks import Check
from runner.report.explain import explain_lines
from runner.report.text import check_line, item_lines, outcome_line, plan_lines, question, run_lines, runs_lines

EVIL = "A\n::error::x\r\x1b[31m\u202e\u2028\x00##[debug]"
TREE = {
    "source": EVIL, "requests": 1, "found": 1, "gives": 1, "problems": 1, "related": 1, "limit": 1, "repeated": 1,
    "redirected": 1, "not_judged": 1, "one_by_one": {EVIL: 1},
    "where": [{"condition": EVIL, "saw": 1, "kept": 0, "dropped": 1, "unknown": 1}],
}  # fmt: skip
HEADER: dict[str, Any] = {
    "id": "p12345678", "playbook": {"name": EVIL, "path": EVIL, "sha256": "", "commit": None},
    "wiki": {"api": EVIL, "sitename": EVIL, "generator": EVIL}, "user": EVIL, "created": "2026-01-31T00:00:00Z",
    "steps": [{
        "id": "a", "action": "delete", "options": {EVIL: [EVIL, {EVIL: EVIL}]}, "items": 30, "blocked": 1, "when": EVIL,
        "outcome": [EVIL],
    }],
    "warnings": [EVIL], "guards": [EVIL], "later": [EVIL],
    "explain": [{
        **TREE, "step": EVIL, "planning": 1, "writes": 1, "reads": 1, "items": 1, "blocked": 1, "never_touch": 1,
        "facts": {"requests": 1, "one_by_one": {EVIL: 1}}, "inside": [{**TREE, "place": EVIL}, {**TREE, "place": "except"}],
    }],
    "cost": {"planning": 1, "checks": 1, "writing": 1, "reading": 1, "seconds": 1.0},
}  # fmt: skip
BLOCK = {
    "expiry": EVIL, "reason": EVIL, "flags": [EVIL], "pages": [{"title": EVIL, "id": 1}], "namespaces": [1], "actions": [EVIL],
}  # fmt: skip
FACTS: dict[str, Any] = {
    "to": EVIL, "log": EVIL, "archivename": EVIL, "timestamp": EVIL, "hidden": [EVIL], "related": EVIL, "through": EVIL,
    "from": EVIL, "protection": [EVIL], "parameters": {EVIL: EVIL}, "reason": EVIL, "diff": [EVIL], "block": BLOCK,
    "restores": {"block": BLOCK}, "redirect": True, "userid": 1, "revids": [1], "creates": True, "replacements": 1,
}  # fmt: skip
ITEMS = [
    Item(step="a", key=f"title:{EVIL}", title=title, facts=FACTS, parents=(("a", EVIL), ("b", "x")), blocked=blocked, seq=1)
    for title in (EVIL, "")
    for blocked in (None, Blocked(code=EVIL, detail=EVIL))
]


def every_line() -> Iterator[str]:
    yield from plan_lines(HEADER, {"a": ITEMS * 10}, everything=False, sha256="x")
    yield question(HEADER)
    yield from explain_lines(HEADER)
    for item in ITEMS:
        yield from item_lines(item, everything=True)
        yield outcome_line(item, Outcome(seq=1, state=State.FAILED, code=EVIL, detail=EVIL))
    yield from run_lines("r12345678", "finished", HEADER, {"a": {"done": 1}}, {("a", "failed", EVIL): 1})
    run = Run(id="r1", plan="p1", state="stopped", created=EVIL, ended=None, user=EVIL, reason=EVIL)
    yield from runs_lines([run], {"p1": HEADER, "p2": HEADER})
    yield from check_line(Check(name=EVIL, state="failed", detail=EVIL, hint=EVIL)).split("\n           hint: ")


def test_every_line_is_one_line_that_acts_on_nothing() -> None:
    lines = list(every_line())
    assert len(lines) > 40
    for line in lines:
        assert not {unicodedata.category(char) for char in line} & {"Cc", "Cf", "Zl", "Zp"}, line
    assert sum("::error" in line for line in lines) > 20
