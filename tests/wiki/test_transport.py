"""HTTP against servers that behave badly on purpose: what may have been sent, and what surely was not."""

from __future__ import annotations

import gzip
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from runner.addresses import is_loopback
from runner.errors import UsageError
from runner.retry import Kind
from runner.wiki.transport import Connection, RequestFailed, Transport

PEM = Path(__file__).parent / "throwaway.pem"
ASK = {"action": "query", "titles": "Ångström & Å"}
Answer = Callable[[socket.socket, bytes], None]


@contextmanager
def server(answer: Answer, *, tls: bool = False, certified: bool = False) -> Iterator[tuple[int, list[bytes]]]:
    """A server that hears one request on each connection, whole, and lets `answer` do the rest; what it heard. `certified`:
    it lets nobody in without a certificate."""
    heard: list[bytes] = []
    listening = socket.create_server(("127.0.0.1", 0))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(PEM)
    if certified:
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(PEM)

    def serve() -> None:
        while True:
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            try:
                with context.wrap_socket(connection, server_side=True) if tls else connection as ready:
                    ready.settimeout(5)
                    request = _whole(ready)
                    heard.append(request)
                    answer(ready, request)
            except OSError:
                continue

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield int(listening.getsockname()[1]), heard
    finally:
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        thread.join(5)


def _whole(connection: socket.socket) -> bytes:
    data = b""
    while b"\r\n\r\n" not in data:
        data += connection.recv(65536) or b"\r\n\r\n"
        if data.startswith(b"\x16"):  # the first byte of TLS, where none was expected
            return data
    head, _, body = data.partition(b"\r\n\r\n")
    length = next((int(line[15:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")), 0)
    while len(body) < length:
        body += connection.recv(65536)
    return head + b"\r\n\r\n" + body


def says(body: bytes, *headers: str, status: str = "200 OK", length: int | None = None) -> Answer:
    """An answer, and the connection's end; `length` may promise more."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body) if length is None else length}", "Connection: close", *headers]
    return lambda connection, _: connection.sendall("\r\n".join([*lines, "", ""]).encode() + body)


def resets(connection: socket.socket, _request: bytes) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def waits(connection: socket.socket, _request: bytes) -> None:
    """Until the other end has had enough."""
    connection.recv(1)


def closes(_connection: socket.socket, _request: bytes) -> None:
    pass


@contextmanager
def transport(port: int, *, scheme: str = "http", **more: str | float | Mapping[str, str]) -> Iterator[Transport]:
    given = Connection(api=f"{scheme}://127.0.0.1:{port}/api.php", user_agent="wikimop/test (me@example.org)", **more)  # type: ignore[arg-type]  # texts and seconds
    with ExitStack() as stack:
        made = Transport(given)
        stack.callback(made._session.close)
        yield made


def failure(port: int, *, scheme: str = "http", **more: str | float | Mapping[str, str]) -> Kind:
    with transport(port, scheme=scheme, **more) as made, pytest.raises(RequestFailed) as caught:
        made.send(ASK, post=True)
    return caught.value.failure.kind


def test_an_answer_is_whole_and_decoded() -> None:
    packed = gzip.compress(b'{"x":1}')
    with (
        server(says(packed, "Content-Encoding: gzip", "MediaWiki-API-Error: badtoken")) as (port, heard),
        transport(port) as made,
    ):
        reply = made.send(ASK, post=True)
        made.send(ASK, post=False)
    assert (reply.status, reply.body, reply.headers["mediawiki-api-error"]) == (200, b'{"x":1}', "badtoken")
    posted, got = heard
    assert posted.startswith(b"POST /api.php HTTP/1.1")
    assert posted.endswith(b"action=query&titles=%C3%85ngstr%C3%B6m+%26+%C3%85")
    assert got.startswith(b"GET /api.php?action=query&titles=%C3%85ngstr%C3%B6m+%26+%C3%85 HTTP/1.1")
    assert b"User-Agent: wikimop/test (me@example.org)" in got


@pytest.mark.parametrize(
    "answer",
    [
        closes,
        resets,
        says(b'{"x":', length=100),
        says(b"no gzip", "Content-Encoding: gzip"),
        says(b"", "Transfer-Encoding: chunked"),
        lambda connection, _: connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab"),
        lambda connection, _: connection.sendall(b"what is HTTP?\r\n\r\n"),
    ],
    ids=["closed", "reset", "short", "bad-gzip", "no-chunk", "half-chunk", "no-http"],
)
def test_what_was_sent_and_not_answered_whole_is_lost(answer: Answer) -> None:
    with server(answer) as (port, heard):
        assert failure(port) is Kind.LOST
    assert len(heard) == 1  # nothing below us has sent it again


@pytest.mark.parametrize("answer", [closes, resets, says(b'{"x":', length=100)], ids=["closed", "reset", "short"])
def test_what_was_lost_inside_tls_is_lost(answer: Answer) -> None:
    """An end without a farewell is an error of TLS: no reason to think that the write never arrived."""
    with server(answer, tls=True) as (port, heard):
        assert failure(port, scheme="https", ca_bundle=str(PEM)) is Kind.LOST
    assert len(heard) == 1


def test_half_a_head_is_an_answer_without_anything_in_it() -> None:
    half: Answer = lambda connection, _: connection.sendall(b"HTTP/1.1 200 OK\r\nX: y\r\n")  # noqa: E731 - as above
    with server(half) as (port, _), transport(port) as made:
        assert made.send(ASK, post=True).body == b""


def test_nobody_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as gone:
        port = int(gone.getsockname()[1])
    assert failure(port) is Kind.CONNECT


def test_a_connection_that_nobody_accepts() -> None:
    """The queue of those who wait is full, as before a firewall that says nothing."""
    with ExitStack() as stack:
        deaf = stack.enter_context(socket.create_server(("127.0.0.1", 0), backlog=0))
        for _ in range(3):
            waiting = stack.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(deaf.getsockname())
        assert failure(deaf.getsockname()[1], connect_seconds=0.3) is Kind.CONNECT


def test_an_answer_that_does_not_come() -> None:
    """It was heard: who knows what became of it."""
    with server(waits) as (port, heard):
        assert failure(port, read_seconds=0.3) is Kind.LOST
    assert len(heard) == 1


def test_a_name_that_nobody_knows() -> None:
    unknown = Transport(Connection(api="http://wiki.invalid/api.php", user_agent="x"))
    with pytest.raises(RequestFailed, match=r"wiki\.invalid|resolution|Name") as caught:
        unknown.send(ASK, post=True)
    assert caught.value.failure.kind is Kind.CONNECT


def test_a_proxy_that_nobody_runs() -> None:
    with socket.create_server(("127.0.0.1", 0)) as gone:
        port = int(gone.getsockname()[1])
    assert failure(9, proxy=f"http://127.0.0.1:{port}") is Kind.CONNECT


def test_a_proxy_that_loses_the_answer() -> None:
    """It has heard the request: who knows whom it told."""
    with server(resets) as (port, heard):
        assert failure(9, proxy=f"http://127.0.0.1:{port}") is Kind.LOST
    assert heard[0].startswith(b"POST http://127.0.0.1:9/api.php")


def test_a_proxy_that_opens_no_tunnel() -> None:
    with server(says(b"", status="403 Forbidden")) as (port, heard):
        assert failure(9, scheme="https", proxy=f"http://127.0.0.1:{port}") is Kind.CONNECT
    assert heard[0].startswith(b"CONNECT 127.0.0.1:9")


def test_a_certificate_that_nobody_vouches_for() -> None:
    with server(says(b"{}"), tls=True) as (port, heard), transport(port, scheme="https") as made:
        with pytest.raises(RequestFailed, match=r"no secure connection.*certificate verify failed") as caught:
            made.send(ASK, post=True)
        assert caught.value.failure.kind is Kind.TLS
        assert heard == []


def test_a_certificate_of_ones_own() -> None:
    with server(says(b"{}"), tls=True) as (port, _), transport(port, scheme="https", ca_bundle=str(PEM)) as made:
        assert made.send(ASK, post=True).body == b"{}"


def test_certificates_that_are_not_there() -> None:
    with (
        transport(9, scheme="https", ca_bundle="/nowhere/ca.pem") as made,
        pytest.raises(UsageError, match=r"/nowhere/ca\.pem"),
    ):
        made.send(ASK, post=True)


def test_https_to_a_server_without_it() -> None:
    with ExitStack() as stack:
        port, _ = stack.enter_context(server(says(b"{}")))
        made = stack.enter_context(transport(port, scheme="https"))
        caught = stack.enter_context(pytest.raises(RequestFailed, match="no secure connection"))
        made.send(ASK, post=True)
    assert caught.value.failure.kind is Kind.TLS


@pytest.mark.parametrize("post", [False, True], ids=["get", "post"])
@pytest.mark.parametrize(
    "status", ["301 Moved Permanently", "302 Found", "303 See Other", "307 Temporary Redirect", "308 Permanent"]
)
def test_a_redirect_is_not_followed(status: str, *, post: bool) -> None:
    """Wherever it leads, nobody there hears of a credential, a cookie or a parameter: nobody there hears anything."""
    with server(says(b"{}")) as (other, overheard):
        answer = says(b"", f"Location: http://127.0.0.1:{other}/", "Set-Cookie: session=abc; path=/", status=status)
        headers = {"Authorization": "Bearer secret"}
        with server(answer) as (port, heard), transport(port, headers=headers) as made:
            assert made.send(ASK, post=post).status == int(status[:3])
            assert made.send(ASK, post=post).status == int(status[:3])
    assert len(heard) == 2
    assert b"Bearer secret" in heard[1]
    assert overheard == []


def test_a_netrc_does_not_replace_the_token(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    netrc = tmp_path / ".netrc"
    netrc.write_text("machine 127.0.0.1 login somebody password else\n", encoding="utf-8")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    given = {"Authorization": "Bearer secret"}
    with server(says(b"{}")) as (port, heard):
        made = Transport(Connection(api=f"http://127.0.0.1:{port}/api.php", user_agent="x", headers=given))
        made.send(ASK, post=True)
        made._session.close()
    assert b"Authorization: Bearer secret" in heard[0]
    assert "secret" not in repr(Connection(api="x", user_agent="x", headers=given))


def test_cookies_are_kept_and_forgotten() -> None:
    with server(says(b"{}", "Set-Cookie: session=abc; path=/; HttpOnly")) as (port, heard), transport(port) as made:
        made.send(ASK, post=True)
        made.send(ASK, post=True)
        made.forget()
        made.send(ASK, post=True)
    assert [b"session=abc" in request for request in heard] == [False, True, False]


def test_an_answer_without_end_is_cut() -> None:
    packed = gzip.compress(b"0" * (200 << 20), 9)
    with server(says(packed, "Content-Encoding: gzip")) as (port, _):
        assert failure(port) is Kind.NOT_JSON


@pytest.mark.parametrize(
    ("url", "here"),
    [
        ("http://127.0.0.1:80/api.php", True), ("http://localhost/api.php", True), ("http://[::1]/api.php", True),
        ("http://127.9.9.9/", True), ("http://localhost.example.org/", False), ("http://192.0.2.1/", False),
        ("http://127.0.0.1.example.org/", False), ("nonsense", False),
    ],
)  # fmt: skip
def test_loopback(url: str, *, here: bool) -> None:
    assert is_loopback(url) is here
