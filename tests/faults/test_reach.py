"""A wiki that cannot be reached, or answers nonsense: told within patience, with exit 4, and finished by `resume`."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest

from tests.desk import Desk, Result, deletions
from tests.faults.broken import BEFORE, HTML, READONLY, body, error, instead, status
from tests.faults.conftest import impatient
from tests.faults.proxy import Exchange, Fault, Proxy, Response
from tests.mediawiki import ACCOUNTS, MediaWiki

STEPS = "- id: bulk\n  pages: {generator: allpages, prefix: Bulk/01}\n  delete: {reason: Broken}"
ALL = [f"Bulk/01{digit}" for digit in range(10)]


def run(desk: Desk, code: int, top: str = "") -> Result:
    return desk.wikimop("run", desk.playbook(STEPS, top), "--yes", "--format", "json", code=code)


def finished(desk: Desk, wiki: MediaWiki) -> None:
    """`resume` does the rest: each page is deleted, once."""
    ended = desk.wikimop("resume", "--format", "json", code=0).json
    assert (ended["state"], ended["counts"]["done"]) == ("finished", 10)
    assert sorted(title for title, _ in deletions(wiki)) == ALL


def test_nobody_listens(mop: Desk, proxy: Proxy, wiki: MediaWiki) -> None:
    impatient(mop, proxy, "3s")
    proxy.close()
    start = time.monotonic()
    result = run(mop, 4)
    assert 3 <= time.monotonic() - start < 40
    assert "Connection refused" in result.err
    assert result.out == ""
    proxy.reopen()
    assert run(mop, 0).json["counts"]["done"] == 10
    assert len(deletions(wiki)) == 10


def test_nobody_listens_any_more(mop: Desk, proxy: Proxy, wiki: MediaWiki) -> None:
    impatient(mop, proxy, "3s")

    def last(exchange: Exchange) -> None:
        Thread(target=proxy.close).start()
        exchange.forward()
        exchange.cut()

    proxy.rule(last, 4, action="delete")
    result = run(mop, 4)
    assert "wikimop resume" in result.err
    assert result.json["state"] == "stopped"
    proxy.reopen()
    finished(mop, wiki)


def test_a_short_break_is_waited_out(mop: Desk, proxy: Proxy, wiki: MediaWiki) -> None:
    def gone(exchange: Exchange) -> None:
        def away() -> None:
            proxy.close()
            time.sleep(1.5)
            proxy.reopen()

        Thread(target=away).start()
        exchange.cut()

    proxy.rule(gone, 4, action="delete")
    assert run(mop, 0).json["counts"]["done"] == 10
    assert sorted(title for title, _ in deletions(wiki)) == ALL


@pytest.mark.parametrize("end", [Exchange.cut, Exchange.hang_up], ids=["reset", "closed"])
def test_a_connection_that_ends_after_each_answer(
    mop: Desk, proxy: Proxy, wiki: MediaWiki, end: Callable[[Exchange], None]
) -> None:
    """It was promised to be kept. What it was answered on may be lost with it, what comes next never is."""

    def answered(exchange: Exchange) -> None:
        exchange.answer(exchange.forward())
        end(exchange)

    proxy.rule(answered)
    ended = run(mop, 0).json
    assert ended["counts"]["done"] == 10
    assert sorted(title for title, _ in deletions(wiki)) == ALL
    assert proxy.asked(action="delete") == 10
    assert {item["code"] for item in mop.items(ended["run"])} <= {None, "looked_up"}


@pytest.mark.parametrize("answer", [READONLY, status(503), status(429)], ids=["readonly", "503", "429"])
def test_patience_ends(mop: Desk, proxy: Proxy, wiki: MediaWiki, answer: Response) -> None:
    impatient(mop, proxy, "2s")
    proxy.rule(instead(answer), action="delete")
    start = time.monotonic()
    result = run(mop, 4)
    assert time.monotonic() - start < 100
    assert result.json["state"] == "stopped"
    assert result.json["counts"]["pending"] == 10
    assert deletions(wiki) == []
    proxy.heal()
    finished(mop, wiki)


def test_a_wait_that_is_longer_than_patience_is_not_begun(mop: Desk, proxy: Proxy) -> None:
    impatient(mop, proxy, "5min")
    proxy.rule(instead(error("readonly", headers={"Retry-After": "3600"})), action="delete")
    start = time.monotonic()
    assert "asks to wait" in run(mop, 4).err
    assert time.monotonic() - start < 100


READS: Mapping[str, Fault] = {
    **{name: BEFORE[name] for name in ("reset-before", "html", "session", "overloaded-503-seconds")},
    "null": instead(body(None)),
    "nothing": instead(body({})),
    "no-pages": instead(body({"batchcomplete": True, "query": {"pages": [], "logevents": []}})),
    "no-log": instead(body({"batchcomplete": True, "query": {"pages": [{"pageid": 1, "missing": True}]}})),
    "no-query": instead(body({"batchcomplete": True})),
    "other-page": instead(body({"batchcomplete": True, "query": {"pages": [{"pageid": 1, "missing": True}], "logevents": []}})),
}


@pytest.mark.parametrize("name", READS)
def test_facts_that_do_not_come_delete_and_skip_nothing(mop: Desk, proxy: Proxy, wiki: MediaWiki, name: str) -> None:
    """Whatever is answered in place of the facts before a write: nothing is taken for gone. More shapes: tests/flows."""
    proxy.rule(READS[name], 2, intestactions="delete")  # the first was for the plan
    result = mop.wikimop("run", mop.playbook(STEPS), "--yes", "--format", "json")
    assert result.code in (0, 4), result.err
    assert result.json["counts"]["skipped"] == 0
    if result.code:
        finished(mop, wiki)
    assert sorted(title for title, _ in deletions(wiki)) == ALL


@pytest.mark.parametrize("name", ["no-query", "nothing", "html", "no-pages"])
def test_a_log_that_does_not_come_decides_nothing(mop: Desk, proxy: Proxy, wiki: MediaWiki, name: str) -> None:
    """An answer was lost, and the wiki's log answers nonsense at first."""

    def lost(exchange: Exchange) -> None:
        exchange.forward()
        proxy.rule(READS[name], 1, letype="delete")
        exchange.cut()

    proxy.rule(lost, 3, action="delete")
    result = mop.wikimop("run", mop.playbook(STEPS), "--yes", "--format", "json")
    assert result.code in (0, 4), result.err
    if result.code:
        finished(mop, wiki)
    assert sorted(title for title, _ in deletions(wiki)) == ALL


@pytest.mark.parametrize("fault", [HTML, status(404), body([]), body({"query": 7})], ids=["html", "404", "list", "other"])
def test_no_wiki_at_all(mop: Desk, proxy: Proxy, fault: Response) -> None:
    impatient(mop, proxy, "5min")
    proxy.rule(instead(fault))
    start = time.monotonic()
    result = run(mop, 4)
    assert time.monotonic() - start < 100
    assert result.out == ""


@pytest.mark.parametrize("answer", [{}, {"login": []}, {"login": {"result": "Success"}}], ids=str)
def test_a_login_that_says_nothing(mop: Desk, proxy: Proxy, answer: object) -> None:
    proxy.rule(instead(body(answer)), action="login")
    assert "answer lacks" in run(mop, 4).err


def test_a_refused_login(mop: Desk) -> None:
    mop.environment["MOP_PASSWORD"] = "wrong" * 6
    result = run(mop, 4)
    assert "refused the login" in result.err
    assert "wrongwrong" not in result.err


class _Elsewhere(BaseHTTPRequestHandler):
    """Another host, which hears what it should not."""

    heard: list[str]

    def do_GET(self) -> None:
        length = int(self.headers.get("Content-Length", 0))
        self.heard.append(f"{self.path} {self.headers} {self.rfile.read(length)!r}")
        self.send_response(200)
        self.end_headers()

    do_POST = do_GET  # noqa: N815 - http.server's name

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        pass


@pytest.fixture
def elsewhere() -> Iterator[tuple[str, list[str]]]:
    """The address of another host, and what it heard."""
    heard: list[str] = []
    server = HTTPServer(("127.0.0.1", 0), type("_Bound", (_Elsewhere,), {"heard": heard}))
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/api.php", heard
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize(
    ("number", "action"), [(301, "query"), (302, "login"), (303, "delete"), (307, "login"), (308, "query")]
)
def test_nothing_follows_a_redirect(
    mop: Desk, proxy: Proxy, wiki: MediaWiki, elsewhere: tuple[str, list[str]], number: int, action: str
) -> None:
    address, heard = elsewhere
    proxy.rule(instead(Response(status=number, headers={"Location": address})), action=action)
    result = run(mop, 3 if action == "delete" else 4, "limits: {failures: 0}")
    assert heard == []
    assert deletions(wiki) == []
    if action != "delete":
        assert address in result.err


def test_no_secret_is_left_anywhere(mop: Desk, proxy: Proxy) -> None:
    """Every byte of the state folder, of stdout and of stderr, with everything said and much gone wrong."""
    cookies: list[str] = []

    def watched(exchange: Exchange) -> None:
        cookies.extend(part.partition("=")[2] for part in exchange.headers.get("Cookie", "").split("; "))
        exchange.answer(exchange.forward())

    proxy.rule(instead(error("badtoken")), 2, action="delete")
    proxy.rule(BEFORE["session"], 4, action="delete")
    proxy.rule(BEFORE["reset-before"], 6, action="delete")
    proxy.rule(instead(HTML), 8, action="delete")
    proxy.rule(watched)
    result = mop.wikimop("run", mop.playbook(STEPS), "--yes", "-v", code=0)
    tokens = [value for request in proxy.met for name, value in request.items() if name in ("token", "lgtoken", "lgpassword")]
    secrets = {ACCOUNTS["sysop"].bot_password, *tokens, *(cookie for cookie in cookies if len(cookie) > 8)}
    assert len(secrets) > 5
    files = [path for path in (mop.folder / ".wikimop").rglob("*") if path.is_file()]
    assert len(files) >= 3
    written = b"\n".join([*(path.read_bytes() for path in files), result.out.encode(), result.err.encode()])
    assert [secret for secret in secrets if secret.encode() in written or json.dumps(secret).encode() in written] == []
    assert {path.stat().st_mode & 0o777 for path in files} == {0o600}
    folders = [mop.folder / ".wikimop", *(path for path in (mop.folder / ".wikimop").rglob("*") if path.is_dir())]
    assert {path.stat().st_mode & 0o777 for path in folders} == {0o700}
