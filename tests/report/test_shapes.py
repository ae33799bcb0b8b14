"""The JSON that scripts rely on, and the lines that people read: pure functions of a journal's rows."""

from __future__ import annotations

from dataclasses import replace

import pytest

from runner.model import Blocked, Item, Outcome, State
from runner.report.shapes import item_shape, plan_shape, run_shape
from runner.report.text import SHOWN, item_line, item_lines, outcome_line, plan_lines, run_lines, step_line

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


def test_what_a_write_made_of_an_item() -> None:
    made = Item(step="s", key="title:New", ns=0, title="New", facts={"creates": True})
    shape = item_shape(made, Outcome(seq=1, state=State.DONE, facts={"pageid": 7, "revid": 9}))
    assert (shape["pageid"], shape["revid"], shape["newrevid"]) == (7, None, 9)
    moved = replace(ITEM, facts={"to": "Draft:Y", "to_ns": 118})
    shape = item_shape(moved, Outcome(seq=1, state=State.DONE, facts={"title": "Draft:Y", "ns": 118, "revid": 400}))
    assert (shape["title"], shape["to"], shape["newrevid"]) == ("Draft:X", "Draft:Y", 400)
    assert "Draft:X → Draft:Y" in outcome_line(moved, Outcome(seq=1, state=State.DONE))


@pytest.mark.parametrize(("facts", "told"), [
    ({"to": "B", "over": 7}, ["→ B", "over the redirect, page 7"]),
    ({"creates": True}, ["new page"]),
    ({"replacements": 1}, ["1 replacement"]),
    ({"replacements": 0, "unchanged": True}, ["0 replacements", "nothing to change"]),
    ({"reverts": 345, "to_revid": 344}, ["takes revision 345 back to 344"]),
    ({"expands": True, "reason": "Old"}, ["signatures", "summary: Old"]),
    ({"parameters": {"titles": "A", "nocreate": "1"}}, ["titles=A", "nocreate=1"]),
])  # fmt: skip
def test_what_is_written_stands_beside_the_item(facts: dict[str, object], told: list[str]) -> None:
    line = item_line(replace(ITEM, facts=facts))
    assert [text for text in told if text not in line] == []


def test_a_change_is_shown_below_its_item() -> None:
    item = replace(ITEM, facts={"diff": ["@@ -1,1 +1,30 @@", *(f"+line {number}\x1b" for number in range(30))]})
    whole = list(item_lines(item, everything=True))
    assert len(whole) == 32
    assert "\x1b" not in "".join(whole)
    some = list(item_lines(item, everything=False))
    assert some[:11] == whole[:11]
    assert some[11:] == ["        … and 21 more lines"]


def test_options_are_shown_in_brief() -> None:
    replace_ = [{"text": "a", "with": "b" * 500}]
    step = {**HEADER["steps"][0], "action": "edit", "options": {"replace": replace_, "minor": True}}  # type: ignore[index]
    line = step_line(step)
    assert "replace: {text: a, with: bbb" in line
    assert "(500 characters)" in line
    assert len(line) < 400


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
