"""The JSON that scripts rely on, and the lines that people read: pure functions of a journal's rows."""

from __future__ import annotations

import pytest

from runner.model import Blocked, Item, Outcome, State
from runner.report.shapes import item_shape, plan_shape, run_shape
from runner.report.text import SHOWN, item_line, outcome_line, plan_lines, run_lines

ITEM = Item(step="drafts", key="page:12", pageid=12, ns=118, title="Draft:X", revid=345, facts={"length": 3}, seq=1)
HEADER = {
    "id": "p12345678",
    "playbook": {"name": "expired-drafts"},
    "wiki": {"api": "https://wiki.example.org/w/api.php", "sitename": "Wiki", "generator": "MediaWiki 1.39.17"},
    "user": "Sysop",
    "steps": [
        {"id": "drafts", "action": "delete", "options": {}, "when": None, "outcome": [], "items": 3, "blocked": 1},
        {"id": "again", "action": "purge", "options": {}, "when": "steps.a.done > 0", "outcome": [], "items": 2, "blocked": 0},
    ],
    "warnings": [], "later": [], "guards": [],
}  # fmt: skip
COUNTS = {"drafts": {"done": 1, "sent": 1, "skipped": 1}, "again": {"pending": 2}}
NONE = {"done": 0, "unchanged": 0, "skipped": 0, "failed": 0, "scheduled": 0, "unsure": 0, "pending": 0}


def test_a_plan() -> None:
    assert plan_shape(HEADER, sha256="abc", file=None) == {
        "plan": "p12345678", "file": None, "sha256": "abc", "items": 5,
        "steps": [
            {"id": "drafts", "action": "delete", "items": 3, "blocked": 1},
            {"id": "again", "action": "purge", "items": 2, "blocked": 0},
        ],
    }  # fmt: skip


def test_a_run_counts_every_item_once() -> None:
    """What is on its way counts as pending: it has no end yet."""
    drafts = {**NONE, "done": 1, "pending": 1, "skipped": 1}
    assert run_shape("r12345678", "interrupted", HEADER, COUNTS) == {
        "run": "r12345678", "plan": "p12345678", "state": "interrupted",
        "counts": {**NONE, "done": 1, "pending": 3, "skipped": 1},
        "steps": [
            {"id": "drafts", "action": "delete", "counts": drafts},
            {"id": "again", "action": "purge", "counts": {**NONE, "pending": 2}},
        ],
    }  # fmt: skip


def test_a_run_that_has_not_begun_has_every_count() -> None:
    assert run_shape("r12345678", "running", HEADER, {})["counts"] == NONE


@pytest.mark.parametrize("state", list(State))
def test_every_state_is_counted(state: State) -> None:
    shape = run_shape("r12345678", "running", HEADER, {"drafts": {state.value: 2}})
    assert sum(shape["counts"].values()) == 2


def test_an_item() -> None:
    done = item_shape(ITEM, Outcome(seq=1, state=State.DONE, logid=152))
    assert done == {
        "step": "drafts", "key": "page:12", "pageid": 12, "ns": 118, "title": "Draft:X", "revid": 345,
        "state": "done", "code": None, "detail": None, "logid": 152,
    }  # fmt: skip
    failed = item_shape(ITEM, Outcome(seq=1, state=State.FAILED, code="badtags", detail="No such tag"))
    assert (failed["state"], failed["code"], failed["detail"], failed["logid"]) == ("failed", "badtags", "No such tag", None)


HOSTILE = "A\x1b[2J\nB\u202e::error::"


def test_hostile_titles_are_harmless_on_a_screen() -> None:
    item = Item(step="drafts", key="page:1", pageid=1, ns=0, title=HOSTILE, blocked=Blocked(code="x", detail=HOSTILE))
    for line in (item_line(item), outcome_line(item, Outcome(seq=1, state=State.FAILED, code="x", detail=HOSTILE))):
        assert "\x1b" not in line
        assert "\n" not in line
        assert "\u202e" not in line


def test_a_plan_is_shown_in_part_and_says_so() -> None:
    steps = [{**HEADER["steps"][0], "items": 100}]  # type: ignore[index]  # a dictionary of all kinds
    items = [Item(step="drafts", key=f"page:{n}", pageid=n, ns=0, title=f"P{n}") for n in range(100)]
    some = list(plan_lines({**HEADER, "steps": steps}, {"drafts": items}, everything=False))
    assert sum(line.startswith("    - ") for line in some) == SHOWN
    assert any(f"{100 - SHOWN} more" in line for line in some)
    whole = list(plan_lines({**HEADER, "steps": steps}, {"drafts": items}, everything=True))
    assert sum(line.startswith("    - ") for line in whole) == 100


def test_a_run_says_how_each_step_ended() -> None:
    text = "\n".join(run_lines("r12345678", "interrupted", HEADER, COUNTS, {}))
    assert "Run r12345678 of plan p12345678: interrupted" in text
    assert "drafts: delete  1 done, 1 skipped, 1 pending" in text
