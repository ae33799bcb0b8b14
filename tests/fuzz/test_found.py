"""What fuzzing found, and what was looked for by hand: each with the answer that did it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from itertools import count
from typing import Any

import pytest

from runner.wiki.transport import Reply
from tests.fuzz import conversation
from tests.fuzz.conversation import Desk, converse, looked_over
from tests.fuzz.player import Player

BOOK = conversation.playbook()
Asked = Mapping[str, str]


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with conversation.desk(tmp_path_factory.mktemp("found")) as around:
        yield around


class Instead(Player):
    """Answers some questions otherwise than the tape: `answer` gives a body, or changes the one that there is."""

    def __init__(self, where: Callable[[Asked], bool], answer: Callable[[Any], Any]) -> None:
        super().__init__()
        self._where = where
        self._answer = answer

    def send(self, parameters: Asked, *, post: bool) -> Reply:
        reply = super().send(parameters, post=post)
        if not self._where(parameters):
            return reply
        return Reply(status=200, headers={}, body=json.dumps(self._answer(json.loads(reply.body))).encode())


def always(value: Any) -> Callable[[Any], Any]:  # noqa: ANN401 - a JSON value
    return lambda _body: value


def error(code: str) -> Callable[[Any], Any]:
    return always({"errors": [{"code": code, "text": f"It is {code}.", "module": "main"}]})


def asks(**parameters: str) -> Callable[[Asked], bool]:
    return lambda asked: all(value in re.split(r"\||$", asked.get(name, "")) for name, value in parameters.items())


@pytest.mark.parametrize("code", ["blocked", "readapidenied", "unknown", "\x1b[2J"])
def test_a_login_that_is_an_error(desk: Desk, code: str) -> None:
    """It went on as an exception of ours."""
    (said,) = converse(Instead(asks(action="login"), error(code)), desk, BOOK)
    assert said.startswith("4: the wiki refused the login: ")


def test_a_session_that_is_lost_while_we_log_in(desk: Desk) -> None:
    """Each login began another one."""
    player = Instead(lambda _asked: True, error("assertnameduserfailed"))
    (said,) = converse(player, desk, BOOK)
    assert "loses the session" in said
    assert player.asked < 20


def test_a_token_that_is_refused_fails_no_item(desk: Desk) -> None:
    said = converse(Instead(asks(meta="tokens", type="csrf"), error("permissiondenied")), desk, BOOK)
    assert said[0].startswith("4: the wiki gives no token")


def test_another_name_after_another_login(desk: Desk) -> None:
    logins = count()

    def renamed(body: Any) -> Any:  # noqa: ANN401 - a JSON value
        body["login"]["lgusername"] = f"Somebody {next(logins)}"
        return body

    lost = count()

    class Losing(Instead):
        def send(self, parameters: Asked, *, post: bool) -> Reply:
            if parameters.get("action") == "delete" and next(lost) == 0:
                body = error("assertnameduserfailed")(None)
                return Reply(status=200, headers={}, body=json.dumps(body).encode())
            return super().send(parameters, post=post)

    player = Losing(asks(action="login"), renamed)
    said = converse(player, desk, BOOK)
    assert "takes us for" in said[0], said


@pytest.mark.parametrize(
    "body", [{"batchcomplete": True}, {"batchcomplete": True, "query": {"pages": []}}], ids=["no-query", "no-page"]
)
def test_a_stop_page_that_is_not_told_of_stops(desk: Desk, body: object) -> None:
    """No word of it was taken for an empty page."""
    player = Instead(lambda asked: asked.get("titles") == "User:Mop/Stop", always(body))
    assert converse(player, desk, BOOK)[0].startswith("4: ")
    assert player.written == []


def test_what_must_not_be_touched_has_to_be_told_of(desk: Desk) -> None:
    """No word of it was taken for a title that guards nothing."""
    silent = always({"batchcomplete": True, "query": {}})
    (said,) = converse(Instead(lambda asked: asked.get("titles") == "Main Page", silent), desk, BOOK)
    assert said.startswith("2: never_touch")


@pytest.mark.parametrize("logid", [2**64 - 1, 2**63, 0, -5, "7", True, 1.5, [], None])
def test_a_log_id_that_is_none_is_no_success(desk: Desk, logid: object) -> None:
    """One that no database can hold ended the run with an exception."""

    def with_logid(body: Any) -> Any:  # noqa: ANN401 - a JSON value
        body["delete"]["logid"] = logid
        return body

    said = converse(Instead(asks(action="delete"), with_logid), desk, BOOK)
    assert said[0] == "0: applied"


@pytest.mark.parametrize("users", [None, {}, [], [None], ["x"], [{}], [{"name": 5}], 7], ids=str)
def test_users_of_another_shape(desk: Desk, users: object) -> None:
    def with_users(body: Any) -> Any:  # noqa: ANN401 - a JSON value
        body["query"]["users"] = users
        return body

    said = converse(Instead(asks(list="users", ususers="Vandal"), with_users), desk, BOOK)
    assert said[0].startswith(("2: ", "4: ", "0: "))


@pytest.mark.parametrize("value", [None, 7, "x", [], {}, [[]]], ids=str)
def test_a_description_of_another_shape(desk: Desk, value: object) -> None:
    player = Instead(asks(action="paraminfo"), always({"paraminfo": value, "batchcomplete": True}))
    assert converse(player, desk, BOOK)[0][0] in "024"


@pytest.mark.parametrize("name", ["sitename", "generator"])
@pytest.mark.parametrize("value", [None, 7, [], {"a": 1}], ids=str)
def test_a_wiki_without_a_name(desk: Desk, name: str, value: object) -> None:
    def nameless(body: Any) -> Any:  # noqa: ANN401 - a JSON value
        body["query"]["general"][name] = value
        return body

    assert converse(Instead(asks(meta="siteinfo"), nameless), desk, BOOK)[0].startswith("4: ")
    assert looked_over(Instead(asks(meta="siteinfo"), nameless))[0].startswith("4: ")
