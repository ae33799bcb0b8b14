"""A proxy between wikimop and the wiki that breaks what it is told to break.

A fault is a function of one `Exchange`: it may forward the request or not, and answer it or not. A rule names the requests
that a fault is for, by their parameters, and which of them (the first, the second, ...) it strikes.
"""

from __future__ import annotations

import http.client
import socket
import struct
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

from tests.mediawiki import MediaWiki

HOP_BY_HOP = frozenset({"connection", "keep-alive", "transfer-encoding", "content-length", "host"})
RESET = struct.pack("ii", 1, 0)  # closing sends a reset, as a firewall or a crashed server would


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """A whole HTTP answer. `length` may promise more than the body holds."""

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    length: int | None = None


class Exchange:
    """One request on its way: `parameters` are those of the query and of the form together."""

    def __init__(self, handler: _Handler, parameters: Mapping[str, str], body: bytes, port: int) -> None:
        self._handler = handler
        self._body = body
        self._port = port
        self._answer: Response | None = None
        self.parameters = parameters
        self.headers = {name: value for name, value in handler.headers.items() if name.lower() not in HOP_BY_HOP}

    def forward(self) -> Response:
        """Let the wiki carry the request out, once, and give its answer."""
        if self._answer is None:
            self._answer = self._forwarded()
        return self._answer

    def _forwarded(self) -> Response:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=60)
        headers = {**self.headers, "Host": self._handler.headers["Host"], "Connection": "close"}
        connection.request(self._handler.command, self._handler.path, body=self._body or None, headers=headers)
        with connection.getresponse() as answer:
            kept = {name: value for name, value in answer.getheaders() if name.lower() not in HOP_BY_HOP}
            self._handler.cookies = answer.headers.get_all("Set-Cookie") or []
            if "MediaWiki-API-Error" not in answer.headers:
                self._handler.proxy.forwarded.append(self.parameters)
            return Response(status=answer.status, headers=kept, body=answer.read())

    def answer(self, response: Response) -> None:
        """Give an answer to wikimop."""
        self._handler.give(response)

    def cut(self) -> None:
        """End the connection without an answer."""
        self._handler.cut()

    def hang_up(self) -> None:
        """Close the connection after the answer, though nobody said so."""
        self._handler.close_connection = True


Fault = Callable[[Exchange], None]


def whole(exchange: Exchange) -> None:
    """No fault."""
    exchange.answer(exchange.forward())


@dataclass(slots=True, kw_only=True)
class Rule:
    """`where`: parameters that a request must have (None: it has the parameter at all); `at`: which of those requests,
    counted from 1, or every one."""

    where: Mapping[str, str | None]
    fault: Fault
    at: frozenset[int] | None
    met: int = 0

    def strikes(self, parameters: Mapping[str, str]) -> bool:
        """Whether this request is one to break; counts it."""
        fits = all(name in parameters and value in (None, parameters[name]) for name, value in self.where.items())
        self.met += fits
        return fits and (self.at is None or self.met in self.at)


class Proxy:
    """`api` is where wikimop goes instead of the wiki; `met` are all requests, `forwarded` those that the wiki carried out,
    `struck` how many a rule broke."""

    def __init__(self, wiki: MediaWiki) -> None:
        self._wiki = wiki
        self._lock = threading.Lock()
        self._rules: list[Rule] = []
        self.met: list[Mapping[str, str]] = []
        self.forwarded: list[Mapping[str, str]] = []
        self.struck = 0
        self._server = self._listen(0)
        self.port = int(self._server.server_address[1])
        self.api = f"http://127.0.0.1:{self.port}/api.php"

    def rule(self, fault: Fault, *at: int, **where: str | None) -> None:
        """Break requests with these parameters: those of the given numbers, or all of them."""
        self._rules.append(Rule(where=where, fault=fault, at=frozenset(at) or None))

    def heal(self) -> None:
        """From now on nothing is broken."""
        self._rules.clear()

    def fault_for(self, parameters: Mapping[str, str]) -> Fault:
        """What the first rule that strikes wants; every rule counts the request."""
        with self._lock:
            self.met.append(parameters)
            struck = [rule for rule in self._rules if rule.strikes(parameters)]
            self.struck += bool(struck)
        return struck[0].fault if struck else whole

    def asked(self, **where: str) -> int:
        """How many such requests the wiki carried out."""
        return sum(all(request.get(name) == value for name, value in where.items()) for request in self.forwarded)

    def close(self) -> None:
        """Refuse connections from now on."""
        self._server.shutdown()
        self._server.server_close()

    def reopen(self) -> None:
        """Listen again, on the same port."""
        self._server = self._listen(self.port)

    def _listen(self, port: int) -> ThreadingHTTPServer:
        handler = type("_Bound", (_Handler,), {"proxy": self, "wiki_port": self._wiki.port})
        server = _Server(("127.0.0.1", port), handler)
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return server


@contextmanager
def proxied(wiki: MediaWiki) -> Iterator[Proxy]:
    """A proxy before the wiki, until the block ends."""
    proxy = Proxy(wiki)
    try:
        yield proxy
    finally:
        proxy.close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    allow_reuse_address = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Wikimop was killed while it was answered: that is what the tests are about."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    proxy: Proxy
    wiki_port: int
    cookies: list[str]

    def do_GET(self) -> None:
        self._handle(b"")

    def do_POST(self) -> None:
        self._handle(self.rfile.read(int(self.headers.get("Content-Length", 0))))

    def _handle(self, body: bytes) -> None:
        self.cookies = []
        pairs = parse_qsl(urlsplit(self.path).query, keep_blank_values=True) + parse_qsl(body.decode(), keep_blank_values=True)
        parameters = dict(pairs)
        self.proxy.fault_for(parameters)(Exchange(self, parameters, body, self.wiki_port))

    def give(self, response: Response) -> None:
        self.send_response_only(response.status)
        for name, value in response.headers.items():
            if name.lower() != "set-cookie":
                self.send_header(name, value)
        for cookie in self.cookies:
            self.send_header("Set-Cookie", cookie)
        self.send_header("Content-Length", str(len(response.body) if response.length is None else response.length))
        self.end_headers()
        self.wfile.write(response.body)
        if response.length is not None and response.length > len(response.body):
            self.cut()

    def cut(self) -> None:
        self.close_connection = True
        self.wfile.flush()
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        self.connection.close()
        self.wfile = _Nowhere()  # type: ignore[assignment]

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        pass


class _Nowhere:
    """Where a handler writes after its connection was cut."""

    closed = False

    def write(self, data: bytes) -> int:
        return len(data)

    def flush(self) -> None:
        pass

    def close(self) -> None:
        self.closed = True
