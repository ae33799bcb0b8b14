"""A query that is handed to a wiki which means harm (`purge: {direct: true}`): it ends, and what names no page is no page."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from itertools import count
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runner.flows import direct
from runner.playbook.check import load_playbook
from runner.store.journal import Journal
from runner.store.runs import Runs
from runner.wiki.transport import Reply
from tests.fuzz import conversation
from tests.fuzz.conversation import Desk
from tests.fuzz.player import Player, edited, edits
from tests.fuzz.test_found import Asked, Instead, asks

TEXT = b"playbook: 1\nname: test\nsteps:\n- id: all\n  pages: {generator: allpages}\n  purge: {direct: true}\n"
BOOK = load_playbook(TEXT, file="test.yaml", variables={}, read_file=lambda _path: None)
PAGE = {"ns": 0, "title": "Article 01", "purged": True}


@pytest.fixture
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with conversation.desk(tmp_path_factory.mktemp("direct")) as around:
        yield around


@pytest.fixture(scope="module")
def changed_desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with conversation.desk(tmp_path_factory.mktemp("changed")) as around:
        yield around


def answering(purge: Any, more: Callable[[], object] | None = None) -> Instead:  # noqa: ANN401 - a JSON value
    """A wiki that says this of each purge; `more` gives each answer's `continue`."""

    def body(_old: Any) -> Any:  # noqa: ANN401 - JSON values
        return {"batchcomplete": True, "purge": purge, **({"continue": {"gapcontinue": more()}} if more else {})}

    return Instead(asks(action="purge"), body)


def ended(desk: Desk, player: Player) -> tuple[dict[str, Any], list[str]]:
    """The one item that is no page, and the titles of the others; the whole conversation is over soon."""
    said = conversation.converse(player, desk, BOOK)
    assert said[0] == "0: applied", said
    (run, *_undone) = Runs(desk.database).all()
    rows = list(Journal(desk.database, run.id, run.plan).rows(None))
    queries = [outcome for item, outcome in rows if item.key.startswith("query:")]
    told = {"state": queries[0].state, "code": queries[0].code, "detail": queries[0].detail} if queries else {}
    return told, [item.title for item, _ in rows if not item.key.startswith("query:")]


def test_what_a_wiki_that_means_well_says(desk: Desk) -> None:
    """So that the others change something."""
    player = answering([PAGE])
    assert ended(desk, player) == ({}, ["Article 01"])
    assert player.asked < 50


@pytest.mark.parametrize(
    "purge",
    [
        None, 7, {}, [None], ["x"], [[]], [{}], [{"purged": True}],
        [{**PAGE, "pageid": "1"}], [{**PAGE, "pageid": True}], [{**PAGE, "pageid": -1}], [{**PAGE, "pageid": 2**63}],
        [{**PAGE, "ns": "0"}], [{**PAGE, "ns": []}], [{**PAGE, "title": "x" * 2000}],
        [PAGE] * 6000,
        [{**PAGE, "title": f"P{number}"} for number in range(6000)],
    ],
    ids=lambda purge: repr(purge)[:40],
)  # fmt: skip
def test_what_names_no_pages_is_no_answer(desk: Desk, purge: Any) -> None:  # noqa: ANN401 - a JSON value
    told, titles = ended(desk, answering(purge))
    assert (told["state"], told["code"], told["detail"]) == ("failed", "not_json", "the answer is of an unknown shape")
    assert titles == []


def test_the_same_place_again_ends_it(desk: Desk) -> None:
    numbers = count()
    told, titles = ended(desk, answering([PAGE], lambda: str(next(numbers) % 5)))
    assert (told["state"], told["code"]) == ("failed", "endless")
    assert titles == ["Article 01"]


@pytest.mark.parametrize("purge", [[], [PAGE]], ids=["nothing", "the-same-page"])
def test_ever_more_of_nothing_new_ends_it(desk: Desk, monkeypatch: pytest.MonkeyPatch, purge: list[object]) -> None:
    monkeypatch.setattr(direct, "MOST_EMPTY", 20)
    monkeypatch.setattr(direct, "MOST_ANSWERS", 40)
    numbers = count()
    player = answering(purge, lambda: str(next(numbers)))
    told, _ = ended(desk, player)
    assert (told["state"], told["code"], told["detail"]) == ("failed", "endless", "there is always more to come")
    assert len(player.written) == (40 if purge else 21)


@pytest.mark.parametrize("name", ["action", "format", "token"])
def test_a_place_that_would_ask_something_else_is_none(desk: Desk, name: str) -> None:
    """`continue: {action: delete}` would be sent with the next request."""

    class Turning(Player):
        def send(self, parameters: Asked, *, post: bool) -> Reply:
            reply = super().send(parameters, post=post)
            if parameters["action"] != "purge":
                return reply
            body = {"batchcomplete": True, "purge": [PAGE], "continue": {name: "delete"}}
            return Reply(status=200, headers={}, body=json.dumps(body).encode())

    player = Turning()
    told, titles = ended(desk, player)
    assert (told["state"], titles) == ("failed", [])
    assert {asked["action"] for asked in player.written} == {"purge"}


@given(st.lists(edits, min_size=1, max_size=3))
@settings(max_examples=40)
def test_any_answer_ends_in_a_sentence(changed_desk: Desk, changes: list[tuple[tuple[int, ...], str, Any]]) -> None:
    def body(_old: Any) -> Any:  # noqa: ANN401 - JSON values
        value: Any = {"batchcomplete": True, "purge": [PAGE, {**PAGE, "title": "Article 02", "pageid": 7}]}
        for way, deed, more in changes:
            value = edited(value, way, deed, more)
        return value

    player = Instead(asks(action="purge"), body)
    assert conversation.converse(player, changed_desk, BOOK)[0][0] in "01234"
    assert {asked["action"] for asked in player.written} <= {"purge"}
