"""HTTP, and nothing of MediaWiki: one request, one whole answer or a `Failure`. The only user of `requests`."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.cookiejar import DefaultCookiePolicy
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter

from runner.errors import Unreachable
from runner.retry import Failure, Kind

CONNECT_SECONDS = 10.0
READ_SECONDS = 90.0
LARGEST_ANSWER = 128 * 1024 * 1024


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
    """How to reach a wiki. `proxy` and `ca_bundle` override the environment's; `headers` may carry a bearer token."""

    api: str
    user_agent: str
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    proxy: str | None = field(default=None, repr=False)
    ca_bundle: str | None = None
    threads: int = 1


def is_loopback(url: str) -> bool:
    """Whether the address is this machine, where a password may travel over plain http."""
    host = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


class Transport:
    """A pool of kept-alive connections and one cookie jar, in memory only. Safe to share between threads."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._session = requests.Session()
        # The environment may hold a .netrc that silently replaces our Authorization header.
        self._session.trust_env = False
        adapter = HTTPAdapter(max_retries=0, pool_maxsize=connection.threads + 1)
        self._session.mount("https://", adapter)
        self._session.mount("http://", adapter)
        self._session.headers.update({"User-Agent": connection.user_agent, "Accept-Encoding": "gzip, deflate"})
        self._session.headers.update(connection.headers)
        self._session.cookies.set_policy(DefaultCookiePolicy(strict_ns_domain=DefaultCookiePolicy.DomainStrict))
        self._session.proxies = _proxies(connection)
        self._session.verify = connection.ca_bundle or True

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
                timeout=(CONNECT_SECONDS, READ_SECONDS),
                allow_redirects=False,
                stream=True,
            )
            with response:
                return Reply(status=response.status_code, headers=_headers(response), body=_body(response))
        except requests.exceptions.SSLError as error:
            raise Unreachable(f"the certificate of {self._connection.api} was not accepted: {_reason(error)}") from None
        except requests.exceptions.RequestException as error:
            raise RequestFailed(_failure(error)) from None


def _proxies(connection: Connection) -> dict[str, str]:
    if connection.proxy:
        return {"http": connection.proxy, "https": connection.proxy}
    if is_loopback(connection.api):
        return {}
    return dict(requests.utils.get_environ_proxies(connection.api))


def _headers(response: requests.Response) -> Mapping[str, str]:
    return {name.lower(): value for name, value in response.headers.items()}


def _body(response: requests.Response) -> bytes:
    parts: list[bytes] = []
    size = 0
    for part in response.iter_content(1 << 16):
        size += len(part)
        if size > LARGEST_ANSWER:
            raise RequestFailed(Failure(kind=Kind.NOT_JSON, detail=f"an answer of more than {LARGEST_ANSWER >> 20} MiB"))
        parts.append(part)
    return b"".join(parts)


# Names in the causes of errors that say that no connection was made: nothing was sent.
NEVER_SENT = re.compile("NewConnectionError|NameResolutionError")


def _failure(error: requests.exceptions.RequestException) -> Failure:
    unconnected = (requests.exceptions.ConnectTimeout, requests.exceptions.ProxyError)
    never_sent = isinstance(error, unconnected) or (
        isinstance(error, requests.exceptions.ConnectionError) and NEVER_SENT.search(repr(error)) is not None
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
