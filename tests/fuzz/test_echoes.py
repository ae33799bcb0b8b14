"""A wiki that repeats what it was told in confidence: none of it reaches a file, the screen, or the list of processes."""

from __future__ import annotations

import base64
import json
import urllib.parse
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from runner.wiki.transport import Reply
from tests.desk import Desk
from tests.fuzz import conversation
from tests.fuzz.player import Player
from tests.fuzz.test_hostile_wiki import hosted

PASSWORD = 'correct/horse "battery"+staple'
COOKIE = "0123456789abcdef0123456789abcdef"
TOKEN = "fedcba9876543210fedcba9876543210deadbeef+\\"
TEXTS = {"text", "reason", "comment", "summary", "sitename", "generator", "invalidreason", "blockreason"}


class Echo(Player):
    """Every text for people ends with all that is secret, in every form; so does every error, and all writes are errors."""

    def __init__(self, *, titles: bool = False) -> None:
        super().__init__()
        self.seen: list[str] = []
        self._named = TEXTS | ({"title"} if titles else set())

    def send(self, parameters: Mapping[str, str], *, post: bool) -> Reply:
        self.seen += processes()
        reply = super().send(parameters, post=post)
        body = json.loads(reply.body)
        for name in body.get("query", {}).get("tokens", {}):
            body["query"]["tokens"][name] = TOKEN
        if parameters.get("action") == "delete":
            body = {"errors": [{"code": f"no-{PASSWORD}", "text": f"{PASSWORD} {TOKEN} {COOKIE}", "module": "delete"}]}
        cookie = {"Set-Cookie": f"wiki_session={COOKIE}; path=/; HttpOnly"}
        return Reply(status=200, headers=cookie, body=json.dumps(self._echoed(body)).encode())

    def _echoed(self, value: Any) -> Any:  # noqa: ANN401 - a JSON value
        if isinstance(value, list):
            return [self._echoed(one) for one in value]
        if not isinstance(value, dict):
            return value
        told = {name: self._echoed(one) for name, one in value.items()}
        for name in told.keys() & self._named:
            if isinstance(told[name], str):
                told[name] += " " + " ".join(sorted(spelt()))
        return told


def spelt() -> set[str]:
    """All secrets, in the forms in which a wiki could say them."""
    found = {PASSWORD, TOKEN, COOKIE}
    for secret in (PASSWORD, TOKEN):
        found |= {urllib.parse.quote(secret, safe=""), urllib.parse.quote_plus(secret), json.dumps(secret)[1:-1]}
        found |= {base64.b64encode(f"Admin@mop:{secret}".encode()).decode(), base64.b64encode(secret.encode()).decode()}
    return found


def processes() -> Iterator[str]:
    """The command lines that anybody on this machine may read."""
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            yield path.read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue


def written(desk: Desk) -> bytes:
    """Every byte below the folder that the test did not write, and everything that was printed."""
    files = [path.read_bytes() for path in desk.folder.rglob("*") if path.is_file() and path.resolve() not in desk.own]
    return b"\n".join([*files, *(text.encode() for text in desk.printed)])


def at(desk: Desk, api: str) -> Desk:
    desk.environment |= {"WIKIMOP_API": api, "WIKIMOP_USERNAME": "Admin@mop", "WIKIMOP_PASSWORD": PASSWORD}
    desk.environment |= {"WIKIMOP_TRACEBACK": "1"}
    return desk


def parts() -> list[bytes]:
    """What must not be found: of what is coded the middle, which is the same wherever it stands."""
    coded = [text[4:-4] for text in spelt() if len(text) > 40]
    return [text.encode() for text in (*spelt(), *coded)]


def test_what_a_wiki_repeats_is_blotted_out(bare_desk: Desk) -> None:
    book = bare_desk.write(conversation.BOOK.read_text())
    echo = Echo()
    with hosted(echo) as api:
        desk = at(bare_desk, api)
        for arguments in (("doctor", "-v"), ("plan", book, "-v", "--explain"), ("run", book, "--yes", "-v"), ("runs",)):
            desk.wikimop(*arguments)
        run = desk.wikimop("runs", "--format", "json", code=0).lines[0]["run"]
        for more in ((), ("--format", "json")):
            desk.wikimop("show", run, "--items", *more, code=0)
        desk.wikimop("resume", run, "-v")
        desk.wikimop("undo", run, "-v", "--out", "undo.plan")
    everything = written(desk)
    assert [text for text in parts() if text in everything] == []
    assert everything.count(b"***") > 50
    assert b"delete" in everything
    assert not [line for line in echo.seen if PASSWORD in line or TOKEN in line]
    assert any("-m runner run" in line for line in echo.seen)  # so that the list of processes was looked at


def test_a_secret_in_a_title_is_not_planned(bare_desk: Desk) -> None:
    """Blotted out, it would be another title; as it is, it would be in the plan."""
    book = bare_desk.write(conversation.BOOK.read_text())
    with hosted(Echo(titles=True)) as api:
        desk = at(bare_desk, api)
        result = desk.wikimop("plan", book, "-v", "--out", "x.plan")
    assert result.code in (2, 4), result.err
    everything = written(desk)
    assert [text for text in parts() if text in everything] == []
    assert not (desk.folder / "x.plan").exists()


@pytest.mark.parametrize("where", ["--var", "vars", "reason"])
def test_a_secret_in_a_playbook_is_not_planned(bare_desk: Desk, where: str) -> None:
    secret = json.dumps(PASSWORD)
    reason = {"--var": '"${vars.why}"', "vars": '"${vars.why}"', "reason": secret}[where]
    top = f"vars: {{why: {secret if where == 'vars' else 'x'}}}"
    book = bare_desk.playbook(f"- id: a\n  pages: {{titles: [article 01]}}\n  delete: {{reason: {reason}}}", top)
    with hosted(Player()) as api:
        desk = at(bare_desk, api)
        more = ("--var", f"why={PASSWORD}") if where == "--var" else ()
        result = desk.wikimop("plan", book, *more, "-v", code=2)
    assert "would hold one of your secrets" in result.err
    everything = written(desk)
    assert [text for text in parts() if text in everything] == []
