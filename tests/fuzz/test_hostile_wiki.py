"""The command itself against a wiki that means harm: bounded in time and memory, and nothing of it acts on the screen."""

from __future__ import annotations

import json
import re
import resource
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from runner.wiki.transport import Reply
from tests.desk import Desk
from tests.fuzz import conversation
from tests.fuzz.player import Player
from tests.fuzz.test_found import Instead, always, asks

MEMORY = 1 << 30
"""Bytes of address space: what a command may take, whatever it is sent."""
EVIL = "\n::error::pwned\n\x1b[2J\x1b]0;pwned\x07\u202e##[error]pwned<script>"
Write = Callable[[bytes], Any]


def serve(player: Player, body: Callable[[Mapping[str, str], Write], None] | None) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            data = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
            player.heard.append(f"{self.path}\n{self.headers}\n{data}")
            asked = dict(parse_qsl(data or urlsplit(self.path).query, keep_blank_values=True))
            reply = player.send(asked, post=bool(data))
            self.send_response(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            if body is None:
                self.send_header("Content-Length", str(len(reply.body)))
            self.end_headers()
            try:
                body(asked, self.wfile.write) if body else self.wfile.write(reply.body)
            except OSError:  # it has heard enough
                self.close_connection = True

        do_GET = do_POST  # noqa: N815 - what http.server calls

        def log_message(self, *_: object) -> None: ...

    return Handler


@contextmanager
def hosted(player: Player, body: Callable[[Mapping[str, str], Write], None] | None = None) -> Iterator[str]:
    """The address of a server that answers like the player, or writes a body of its own."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), serve(player, body))
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/api.php"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def bounded() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


def run(desk: Desk, api: str, *arguments: str | Path) -> tuple[int, str, str]:
    """A command with little memory, as the administrator of the tape; it ends within a minute."""
    desk.environment |= {"WIKIMOP_API": api, "WIKIMOP_USERNAME": "Admin@mop", "WIKIMOP_PASSWORD": "correct-horse-battery"}
    process = desk.start(*arguments, preexec_fn=bounded)
    out, err = process.communicate(timeout=90)
    assert "Traceback" not in err
    assert "a bug in wikimop" not in err, err
    return process.returncode, out, err


def book(desk: Desk) -> Path:
    return desk.write(conversation.BOOK.read_text())


def endless(piece: bytes) -> Callable[[Mapping[str, str], Write], None]:
    def write(_asked: Mapping[str, str], out: Write) -> None:
        for _ in range(40_000):  # 2.6 GB
            out(piece * (65536 // len(piece)))

    return write


@pytest.mark.parametrize("piece", [b"[", b'{"a":', b"x", b'{"a":[{}],', b" ", b"1,"], ids=str)
def test_gigabytes_of_an_answer(bare_desk: Desk, piece: bytes) -> None:
    with hosted(Player(), endless(piece)) as api:
        code, out, err = run(bare_desk, api, "plan", book(bare_desk))
    assert (code, out) == (4, "")
    assert "an answer of more than 32 MiB" in err


def large(value: Any) -> Callable[[Any], Any]:  # noqa: ANN401 - a JSON value
    return lambda body: {**body, "query": {**body.get("query", {}), **value}}


SMALL = [{"pageid": n, "ns": 0, "title": "P"} for n in range(600_000)]


@pytest.mark.parametrize(
    "player",
    [
        Instead(asks(meta="siteinfo"), large({"pages": SMALL})),
        Instead(asks(generator="allpages"), large({"pages": SMALL})),
        Instead(asks(list="usercontribs"), large({"usercontribs": [{"revid": n} for n in range(900_000)]})),
        Instead(asks(meta="tokens"), large({"x": [[]] * 3_000_000})),
    ],
    ids=["pages-nobody-asked-for", "pages", "edits", "lists"],
)
def test_an_answer_of_a_million(bare_desk: Desk, player: Player) -> None:
    started = time.monotonic()
    with hosted(player) as api:
        code, _, err = run(bare_desk, api, "plan", book(bare_desk))
    assert code in (0, 2, 4), err
    assert time.monotonic() - started < 80


class Turning(Instead):
    """There is always more, at another place."""

    def send(self, parameters: Mapping[str, str], *, post: bool) -> Reply:
        reply = super().send(parameters, post=post)
        if parameters.get("generator") != "allpages":
            return reply
        body = {**json.loads(reply.body), "continue": {"gapcontinue": str(self.asked % 7), "continue": "gapcontinue||"}}
        return Reply(status=200, headers={}, body=json.dumps(body).encode())


def test_a_query_that_turns_in_a_circle(bare_desk: Desk) -> None:
    with hosted(Turning(lambda _asked: False, always(None))) as api:
        code, _, err = run(bare_desk, api, "plan", book(bare_desk))
    assert code == 2
    assert "does not end" in err


def evil(value: Any) -> Any:  # noqa: ANN401 - a JSON value
    """Every text that is for people, with something in it that acts."""
    if isinstance(value, dict):
        return {
            name: f"{inner}{EVIL}" if name in NAMED and isinstance(inner, str) else evil(inner) for name, inner in value.items()
        }
    return [evil(inner) for inner in value] if isinstance(value, list) else value


NAMED = {"sitename", "text", "reason", "comment", "summary", "code", "invalidreason", "by", "blockreason", "level"}


def acts(text: str) -> list[str]:
    """What in a text would act on a terminal or a CI."""
    lines = [line for line in text.splitlines() if line.lstrip().startswith("::") or re.search(r"##\w*\[", line)]
    return lines + re.findall(r"[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069]", text)


@pytest.mark.parametrize("form", ["text", "json"])
def test_nothing_of_it_acts_on_the_screen(bare_desk: Desk, form: str) -> None:
    more = ("--format", form, "-v")
    said = ""
    with hosted(Instead(lambda _asked: True, evil)) as api:
        for arguments in (("doctor",), ("plan", book(bare_desk)), ("run", book(bare_desk), "--yes"), ("runs",)):
            _, out, err = run(bare_desk, api, *arguments, *more[: 2 if arguments[0] == "runs" else 3])
            said += out + err
    assert acts(said) == []
    assert "pwned" in said


@pytest.mark.parametrize("code", ["blocked", "unknown", "readonly"])
def test_an_error_that_acts(bare_desk: Desk, code: str) -> None:
    body = {"errors": [{"code": code + EVIL, "text": EVIL * 1000, "module": "main"}]}
    with hosted(Instead(lambda asked: asked.get("action") != "login", always(body))) as api:
        number, out, err = run(bare_desk, api, "plan", book(bare_desk), "-v")
    assert number == 4
    assert acts(out + err) == []
    assert len(err) < 20_000
