"""Plans that come as files from somebody else: refused with a sentence, or sound enough to be shown and applied."""

from __future__ import annotations

import copy
import json
import time
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runner.actions import ACTIONS
from runner.errors import UsageError, WikimopError
from runner.flows.imports import import_plan
from runner.flows.plan import make_plan
from runner.flows.runs import refuse_applied
from runner.flows.stages import first_stage
from runner.planning.seal import digest, header_line, seal_line
from runner.report.explain import explain_lines
from runner.report.shapes import plan_shape
from runner.report.text import plan_lines, question
from runner.store.plans import Plans, StoredPlan
from tests.fuzz import conversation, texts
from tests.fuzz.conversation import Desk, applied, connected
from tests.fuzz.player import Player, edited, edits

LONGEST = 20.0
Lines = list[bytes]


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with conversation.desk(tmp_path_factory.mktemp("plans")) as around:
        yield around


@cache
def original(desk: Desk) -> tuple[Any, ...]:
    """The header and the items of a plan that was really made, as JSON values."""
    context = desk.context()
    plan = make_plan(
        conversation.playbook(), first_stage(conversation.playbook()), connected(Player()), context, values=lambda _f: ()
    )
    return plan.header, [json.loads(line) for line in Plans(context.database).lines(plan.id)]


def lines_of(header: Any, items: Sequence[Any]) -> Lines:  # noqa: ANN401 - JSON values
    """A plan file with a seal that fits, whatever stands in it: a seal finds damage, not forgery."""
    lines = [
        json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")
        for value in (header, *items)
    ]
    return [*lines, seal_line(len(items), digest(lines))]


def survives(desk: Desk, lines: Sequence[bytes]) -> bool:
    """Whether the plan is taken; whatever becomes of it, no word of it breaks anything."""
    started = time.process_time()
    context = desk.context()
    try:
        plan = import_plan(lines, "x.plan", context.database)
        shown(plan, desk)
        refuse_applied(plan, context)
        applied(plan, Player(), context, lambda _plan: None)
    except WikimopError as error:
        plan, said = None, error.message
    else:
        said = "applied"
    assert 0 < len(said) < 5000
    assert time.process_time() - started < LONGEST
    return plan is not None


def shown(plan: StoredPlan, desk: Desk) -> None:
    plans = Plans(desk.database)
    items = {step["id"]: plans.items(plan.id, step["id"]) for step in plan.header["steps"]}
    for line in (*plan_lines(plan.header, items, everything=True), *explain_lines(plan.header), question(plan.header)):
        assert not set(line) & set("\x1b\x00\u202e\r\n"), line
    json.dumps(plan_shape(plan.header, sha256="", file=None, explain=True))


def renamed(header: Any, number: int) -> Any:  # noqa: ANN401 - a JSON value
    """As another plan: one that was made here is only held against itself."""
    if isinstance(header, dict) and header.get("id", "").startswith("p0"):
        header["id"] = f"p9{number:07}"
    return header


def test_the_plan_as_it_was_made(desk: Desk) -> None:
    header, items = copy.deepcopy(original(desk))
    assert len(items) > 15
    assert {step["action"] for step in header["steps"]} <= set(ACTIONS)
    assert survives(desk, lines_of(renamed(header, 0), items))
    assert not survives(desk, [header_line(header)])


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda step: step.pop("source"), "does not work on pages"),
        (lambda step: step.update(source="users"), "does not work on users"),
    ],
    ids=["no-source", "another-source"],
)
def test_a_step_that_says_not_what_it_works_on(desk: Desk, change: Callable[[Any], object], said: str) -> None:
    """Without the word it was an exception of ours."""
    header, items = copy.deepcopy(original(desk))
    change(next(step for step in header["steps"] if step["action"] == "revisiondelete"))
    with pytest.raises(UsageError, match=said):
        import_plan(lines_of(renamed(header, 1), items), "x.plan", desk.database)


def test_a_blocked_item_says_a_code_and_a_detail_and_nothing_else(desk: Desk) -> None:
    header, items = copy.deepcopy(original(desk))
    item = next(item for item in items if "blocked" not in item)
    item["blocked"] = {"code": "x", "detail": "y"}
    next(step for step in header["steps"] if step["id"] == item["step"])["blocked"] += 1
    assert import_plan(lines_of(renamed(header, 2), items), "x.plan", desk.database)
    item["blocked"]["more"] = {"a": 1}
    with pytest.raises(UsageError, match="more"):
        import_plan(lines_of(header, items), "x.plan", desk.database)


numbers = st.integers(1, 9_999_999)
places = st.lists(st.tuples(st.integers(0, 40), edits), min_size=1, max_size=3)


def forged(desk: Desk, number: int, deeds: Sequence[tuple[int, Any]]) -> Lines:
    """The plan with some of its lines changed, and sealed anew."""
    header, items = copy.deepcopy(original(desk))
    values = [renamed(header, number), *items]
    for place, (way, deed, more) in deeds:
        # the header is the most interesting line
        at = 0 if place > 20 else place % len(values)
        values[at] = edited(values[at], way, deed, more)
    return lines_of(values[0], values[1:])


@given(numbers, places)
@settings(max_examples=300)
def test_a_plan_that_somebody_forged(desk: Desk, number: int, deeds: list[tuple[int, Any]]) -> None:
    survives(desk, forged(desk, number, deeds))


def damaged(desk: Desk, number: int, deeds: Sequence[tuple[str, int, Any]]) -> Lines:
    header, items = copy.deepcopy(original(desk))
    whole = b"\n".join(lines_of(renamed(header, number), items)).decode()
    return texts.changed(whole, deeds).encode("utf-8", "surrogatepass").splitlines(keepends=True)


@given(numbers, texts.changes)
@settings(max_examples=150)
def test_a_plan_that_was_damaged(desk: Desk, number: int, deeds: list[tuple[str, int, Any]]) -> None:
    survives(desk, damaged(desk, number, deeds))


@given(st.lists(st.binary(max_size=80), max_size=5))
@settings(max_examples=100)
def test_what_is_no_plan(desk: Desk, lines: list[bytes]) -> None:
    assert not survives(desk, lines)


@pytest.mark.soak
@given(numbers, places)
@settings(max_examples=10_000)
def test_ten_thousand_forged_plans(desk: Desk, number: int, deeds: list[tuple[int, Any]]) -> None:
    survives(desk, forged(desk, number, deeds))
