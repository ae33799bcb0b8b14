"""Whatever lets a request in, against a scripted https server; and answers that would never end."""

from __future__ import annotations

import base64
import gzip
import hashlib
import hmac
import re
import socket
import sys
import time
from urllib.parse import parse_qsl, quote, unquote

import pytest

from runner.errors import Unreachable, UsageError
from runner.redaction import Secrets
from runner.retry import Kind
from runner.wiki import bounded
from runner.wiki.login import OAuth1Keys
from runner.wiki.transport import Connection, RequestFailed, Transport
from tests.wiki.test_transport import PEM, Answer, says, server

KEYS = OAuth1Keys(
    consumer_token="c-token-1234",
    consumer_secret="c-secret-/5678",
    access_token="a-token-1234",
    access_secret="a-secret-+5678",
)


def connection(port: int, **more: object) -> Connection:
    given = {"api": f"https://127.0.0.1:{port}/w/api.php", "user_agent": "x", "ca_bundle": str(PEM), **more}
    return Connection(**given)  # type: ignore[arg-type]  # a test gives what it likes


def sent(made: Connection, heard: list[bytes], *, post: bool = True, secrets: Secrets | None = None) -> bytes:
    transport = Transport(made, secrets=secrets)
    try:
        transport.send({"action": "query", "titles": "Ångström & Å=1+2"}, post=post)
    finally:
        transport._session.close()
    return heard[-1]


def test_headers() -> None:
    headers = {"X-Gate": "open-sesame", "Authorization": "Basic c3RhZ2luZzpzZWNyZXQ="}
    with server(says(b"{}"), tls=True) as (port, heard):
        request = sent(connection(port, headers=headers), heard)
    assert b"X-Gate: open-sesame\r\n" in request
    assert b"Authorization: Basic c3RhZ2luZzpzZWNyZXQ=\r\n" in request
    assert "sesame" not in repr(connection(port, headers=headers))


def test_a_certificate_is_shown_where_one_is_wanted() -> None:
    with server(says(b"{}"), tls=True, certified=True) as (port, heard):
        assert b"POST /w/api.php" in sent(connection(port, client_cert=str(PEM)), heard)
        assert b"POST /w/api.php" in sent(connection(port, client_cert=(str(PEM), str(PEM))), heard)
        with pytest.raises((Unreachable, RequestFailed)):
            sent(connection(port), heard)
    assert len(heard) == 2


def test_a_certificate_that_is_not_there() -> None:
    with pytest.raises(UsageError, match=r"/nowhere/mop\.crt"):
        sent(connection(9, client_cert="/nowhere/mop.crt"), [])


@pytest.mark.parametrize("post", [True, False])
def test_oauth1_signs_every_request(*, post: bool) -> None:
    """The signature is made anew here, by https://www.rfc-editor.org/rfc/rfc5849#section-3.4."""
    with server(says(b"{}"), tls=True) as (port, heard):
        request = sent(connection(port, oauth1=KEYS), heard, post=post).decode()
    head, _, body = request.partition("\r\n\r\n")
    (authorization,) = re.findall(r"Authorization: OAuth (.*)", head)
    fields = {name: unquote(value) for name, value in re.findall(r'(\w+)="([^"]*)"', authorization)}
    signature = fields.pop("oauth_signature")
    method, target = head.split(" ")[:2]
    path, _, query = target.partition("?")
    parameters = [*fields.items(), *parse_qsl(query), *parse_qsl(body)]
    listed = "&".join(f"{name}={value}" for name, value in sorted((escaped(n), escaped(v)) for n, v in parameters))
    base = "&".join(map(escaped, (method, f"https://127.0.0.1:{port}{path}", listed)))
    key = f"{escaped(KEYS.consumer_secret)}&{escaped(KEYS.access_secret)}"
    assert signature == base64.b64encode(hmac.new(key.encode(), base.encode(), hashlib.sha1).digest()).decode()
    assert (fields["oauth_consumer_key"], fields["oauth_token"]) == (KEYS.consumer_token, KEYS.access_token)
    assert "secret" not in request + repr(KEYS)


def escaped(text: str) -> str:
    return quote(text, safe="~")


def test_oauth1_without_its_package_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "requests_oauthlib", None)  # as where it is not installed
    with pytest.raises(UsageError, match="requests-oauthlib") as told:
        Transport(connection(9, oauth1=KEYS))
    assert "wikimop[oauth1]" in told.value.hint


def test_cookies_and_the_proxys_password_are_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("https_proxy", "http://mop:pass%2Fword1@127.0.0.1:9")
    secrets = Secrets()
    cookies = ["Set-Cookie: wiki_session=0123456789abcdef; path=/", "Set-Cookie: wikiUserName=Sysop-the-first; path=/"]
    with server(says(b"{}", *cookies), tls=True) as (port, heard):
        sent(connection(port), heard, secrets=secrets)
        Transport(Connection(api="https://wiki.example.org/api.php", user_agent="x"), secrets=secrets)
    text = "0123456789abcdef Sysop-the-first pass%2Fword1 pass/word1"
    assert secrets.clean(text) == "*** Sysop-the-first *** ***"


def drips(connection: socket.socket, _request: bytes) -> None:
    """A byte now and then, for ever: never so late that a single read would take too long."""
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
    while True:
        connection.sendall(b"x")
        time.sleep(0.02)


def drips_headers(connection: socket.socket, _request: bytes) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\n")
    while True:
        connection.sendall(b"X")
        time.sleep(0.02)


@pytest.mark.parametrize("answer", [drips, drips_headers])
@pytest.mark.parametrize("tls", [True, False])
def test_an_answer_that_drips_is_cut_off(answer: Answer, monkeypatch: pytest.MonkeyPatch, *, tls: bool) -> None:
    monkeypatch.setattr(bounded, "LONGEST_SECONDS", 0.5)
    started = time.monotonic()
    with server(answer, tls=tls) as (port, heard):
        api = f"{'https' if tls else 'http'}://127.0.0.1:{port}/api.php"
        with pytest.raises(RequestFailed) as told:
            sent(connection(port, api=api), heard)
    assert told.value.failure.kind is Kind.LOST
    assert time.monotonic() - started < 5


def test_a_proxys_answer_is_cut_off_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounded, "LONGEST_SECONDS", 0.5)
    with server(drips) as (port, heard), pytest.raises(RequestFailed):
        sent(connection(9, api="http://wiki.invalid/api.php", proxy=f"http://127.0.0.1:{port}"), heard)
    assert len(heard) == 1


def test_what_is_packed_in_layers_is_not_unpacked() -> None:
    packed = gzip.compress(gzip.compress(gzip.compress(b"0" * (64 << 20), 9), 9), 9)
    with server(says(packed, "Content-Encoding: gzip, gzip, gzip"), tls=True) as (port, heard):
        with pytest.raises(RequestFailed, match="packed more than once") as told:
            sent(connection(port), heard)
        assert told.value.failure.kind is Kind.NOT_JSON
