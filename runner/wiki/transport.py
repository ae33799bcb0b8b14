"""HTTP, and nothing of MediaWiki: one request, one whole answer or a `Failure`. The only user of `requests`."""

from __future__ import annotations

import re
import ssl
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from http.cookiejar import DefaultCookiePolicy
from urllib.parse import unquote, urlsplit

import requests
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError

from runner.addresses import is_loopback
from runner.errors import UsageError
from runner.redaction import Secrets
from runner.retry import Failure, Kind
from runner.wiki.bounded import BoundedAdapter
from runner.wiki.login import OAuth1Keys
from runner.wiki.oauth1 import signing

LARGEST_ANSWER = 32 * 1024 * 1024
"""Four times what a wiki gives by default ($wgAPIMaxResultSize)."""
# What ends a TLS handshake, before anything was sent, and will not change by waiting. Later errors of TLS are lost answers.
HANDSHAKE = frozenset(
    {"CERTIFICATE_VERIFY_FAILED", "WRONG_VERSION_NUMBER", "UNSUPPORTED_PROTOCOL", "SSLV3_ALERT_HANDSHAKE_FAILURE"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """One answer: `headers` with lower-case names, `body` decoded from gzip."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class RequestFailed(Exception):
    """One request got no whole answer."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.detail)
        self.failure = failure


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """How to reach a wiki. `proxy` overrides the environment's; `ca_bundle` the certificates that `requests` brings;
    `headers` may hold secrets; `oauth1` signs every request; `client_cert` is one file or two."""

    api: str
    user_agent: str
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    oauth1: OAuth1Keys | None = None
    client_cert: str | tuple[str, str] | None = None
    proxy: str | None = field(default=None, repr=False)
    ca_bundle: str | None = None
    threads: int = 1
    connect_seconds: float = 10.0
    read_seconds: float = 90.0


class Transport:
    """A pool of kept-alive connections and one cookie jar, in memory only. Safe to share between threads.

    `secrets` learns each cookie, and what the environment's proxy wants to hear.
    """

    def __init__(self, connection: Connection, *, secrets: Secrets | None = None) -> None:
        self._connection = connection
        self._secrets = secrets or Secrets()
        self._session = requests.Session()
        # The environment may hold a .netrc that silently replaces our Authorization header.
        self._session.trust_env = False
        adapter = BoundedAdapter(max_retries=0, pool_maxsize=connection.threads + 1)
        self._session.mount("https://", adapter)
        self._session.mount("http://", adapter)
        self._session.headers.update({"User-Agent": connection.user_agent, "Accept-Encoding": "gzip, deflate"})
        self._session.headers.update(connection.headers)
        self._session.cookies.set_policy(DefaultCookiePolicy(strict_ns_domain=DefaultCookiePolicy.DomainStrict))
        self._session.proxies = _proxies(connection)
        self._session.verify = connection.ca_bundle or True
        self._session.cert = connection.client_cert
        self._session.auth = signing(connection.oauth1) if connection.oauth1 else None
        for proxy in self._session.proxies.values():
            self._learn_proxy(proxy)

    def forget(self) -> None:
        """Drop every cookie: the next login starts clean."""
        self._session.cookies.clear()

    def send(self, parameters: Mapping[str, str], *, post: bool) -> Reply:
        """Send one API request and read its whole answer, or raise `RequestFailed`."""
        try:
            response = self._session.request(
                "POST" if post else "GET",
                self._connection.api,
                data=parameters if post else None,
                params=None if post else parameters,
                timeout=(self._connection.connect_seconds, self._connection.read_seconds),
                allow_redirects=False,
                stream=True,
            )
            with response:
                self._learn_cookies(response)
                return Reply(status=response.status_code, headers=_headers(response), body=_body(response))
        except requests.exceptions.RequestException as error:
            causes = list(_causes(error))
            if any(isinstance(cause, ssl.SSLError) and cause.reason in HANDSHAKE for cause in causes):
                raise RequestFailed(Failure(kind=Kind.TLS, detail=f"no secure connection: {_reason(error)}")) from None
            raise RequestFailed(_failure(error, causes)) from None
        except OSError as error:
            files = self._connection.client_cert, self._connection.ca_bundle
            named = " or ".join(str(file) for file in files if file)
            raise UsageError(f"the certificates in {named} cannot be used: {error}") from None

    def _learn_cookies(self, response: requests.Response) -> None:
        for cookie in response.cookies:
            # What says who we are is no secret, and stands in many texts.
            if not cookie.name.endswith(("UserName", "UserID")):
                self._secrets.learn_passing(cookie.value or "")

    def _learn_proxy(self, proxy: str) -> None:
        password = urlsplit(proxy).password or ""
        self._secrets.learn(password)
        self._secrets.learn(unquote(password))


def _proxies(connection: Connection) -> dict[str, str]:
    if connection.proxy:
        return {"http": connection.proxy, "https": connection.proxy}
    if is_loopback(connection.api):
        return {}
    return dict(requests.utils.get_environ_proxies(connection.api))


def _headers(response: requests.Response) -> Mapping[str, str]:
    return {name.lower(): value for name, value in response.headers.items()}


def _body(response: requests.Response) -> bytes:
    if "," in response.headers.get("Content-Encoding", ""):
        raise RequestFailed(Failure(kind=Kind.NOT_JSON, detail="the answer is packed more than once"))
    parts: list[bytes] = []
    size = 0
    for part in response.iter_content(1 << 16):
        size += len(part)
        if size > LARGEST_ANSWER:
            raise RequestFailed(Failure(kind=Kind.NOT_JSON, detail=f"an answer of more than {LARGEST_ANSWER >> 20} MiB"))
        parts.append(part)
    return b"".join(parts)


def _causes(error: BaseException) -> Iterator[BaseException]:
    """An error and what it wraps, down to the innermost."""
    yield error
    for inner in (*error.args, getattr(error, "reason", None), getattr(error, "original_error", None)):
        if isinstance(inner, BaseException) and inner is not error:
            yield from _causes(inner)


def _failure(error: requests.exceptions.RequestException, causes: Sequence[BaseException]) -> Failure:
    """Only what failed while the connection was made was surely never sent."""
    never_sent = any(isinstance(cause, (NewConnectionError, ConnectTimeoutError)) for cause in causes) or any(
        isinstance(cause, OSError) and str(cause).startswith("Tunnel connection failed") for cause in causes
    )
    return Failure(kind=Kind.CONNECT if never_sent else Kind.LOST, detail=_reason(error))


def _reason(error: Exception) -> str:
    """The innermost cause in a line, without addresses of objects and without what was sent."""
    text = re.sub(r"<[^>]*object at 0x[0-9a-f]+>:? ?", "", str(error))
    inner = re.search(r"\[Errno -?\d+\] ([A-Za-z ]+)|Failed to resolve '[^']+'|certificate verify failed[^)(]*", text)
    if inner:
        return inner.group(1) or inner.group(0)
    if isinstance(error, requests.exceptions.Timeout):
        return "no answer in time"
    return "the connection was lost before the answer was complete"
