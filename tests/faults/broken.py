"""The ways in which an answer can be wrong: each a fault for the proxy."""

from __future__ import annotations

import gzip
import json
import time
from collections.abc import Mapping
from email.utils import formatdate
from typing import Any

from runner.failures import CAUSES
from tests.faults.proxy import Exchange, Fault, Response, whole

JSON = {"Content-Type": "application/json; charset=utf-8"}
HTML = Response(headers={"Content-Type": "text/html"}, body=b"<!DOCTYPE html><title>Please log in</title><p>Proxy")
EMPTY = Response(headers=JSON)
OTHER = "wikimop/r00000000/9"


def cut_before(exchange: Exchange) -> None:
    """The wiki never sees the request."""
    exchange.cut()


def cut_after(exchange: Exchange) -> None:
    """The wiki carries it out, and nobody hears of it."""
    exchange.forward()
    exchange.cut()


def instead(response: Response) -> Fault:
    """An answer without the wiki."""
    return lambda exchange: exchange.answer(response)


def afterwards(response: Response) -> Fault:
    """Another answer than the wiki gave."""

    def fault(exchange: Exchange) -> None:
        exchange.forward()
        exchange.answer(response)

    return fault


def late(seconds: float) -> Fault:
    """The wiki's own answer, but later."""

    def fault(exchange: Exchange) -> None:
        response = exchange.forward()
        time.sleep(seconds)
        exchange.answer(response)

    return fault


def truncated(exchange: Exchange) -> None:
    """The connection ends in the middle of the answer."""
    response = exchange.forward()
    exchange.answer(Response(headers=response.headers, body=response.body[:7], length=len(response.body)))


def half_json(exchange: Exchange) -> None:
    """An answer of the promised length, whose JSON stops in the middle."""
    response = exchange.forward()
    exchange.answer(Response(headers=_plain(response), body=b'{"batchcomplete":true,"que'))


def json_then_html(exchange: Exchange) -> None:
    """As PHP does when it breaks down after it has answered."""
    exchange.forward()
    exchange.answer(Response(status=500, headers=JSON, body=b'{"batchcomplete":true}<br />\n<b>Fatal error</b>'))


def bad_gzip(exchange: Exchange) -> None:
    """Said to be gzip, and is not."""
    exchange.forward()
    exchange.answer(Response(headers={**JSON, "Content-Encoding": "gzip"}, body=b"\x1f\x8b\x08\x00 this is no gzip"))


def without_session(exchange: Exchange) -> None:
    """The wiki does not know the session any more: it answers as it really does."""
    exchange.headers.pop("Cookie", None)
    exchange.answer(exchange.forward())


def once_carried_out(fault: Fault) -> Fault:
    """A fault of the first of these requests that the wiki carries out. What the wiki itself refuses, such as a token of the
    session that another fault has just ended, it answers as it is."""
    waiting = [fault]

    def strike(exchange: Exchange) -> None:
        refused = "MediaWiki-API-Error" in exchange.forward().headers
        (whole if refused or not waiting else waiting.pop())(exchange)

    return strike


def under_header(codes: str) -> Fault:
    """The wiki's own answer, under a header that names these errors."""

    def fault(exchange: Exchange) -> None:
        answer = exchange.forward()
        exchange.answer(Response(headers={**answer.headers, "MediaWiki-API-Error": codes}, body=answer.body))

    return fault


def to_another_request(exchange: Exchange) -> None:
    """The wiki's own answer, but it says that it is to another request."""
    answer = exchange.forward()
    text = gzip.decompress(answer.body) if answer.headers.get("Content-Encoding") == "gzip" else answer.body
    told = {**json.loads(text), "requestid": OTHER}
    exchange.answer(Response(headers=_plain(answer), body=json.dumps(told).encode()))


def body(value: Any) -> Response:  # noqa: ANN401 - a JSON value
    """An answer with this JSON."""
    return Response(headers=JSON, body=json.dumps(value).encode())


def error(code: str, text: str = "", headers: Mapping[str, str] | None = None, **more: Any) -> Response:  # noqa: ANN401 - JSON
    """An API error as MediaWiki gives it."""
    told = {"code": code, "text": text or f"It is {code}.", "module": "main", **more}
    value = {"errors": [told], "docref": "See the API."}
    headers = {**JSON, "MediaWiki-API-Error": code, **(headers or {})}
    return Response(headers=headers, body=json.dumps(value).encode())


def status(number: int, headers: Mapping[str, str] | None = None) -> Response:
    """An HTTP error with a page for people."""
    return Response(status=number, headers={"Content-Type": "text/html", **(headers or {})}, body=b"<h1>Error</h1>")


def at_date(seconds: float) -> Mapping[str, str]:
    """`Retry-After` as a date."""
    now = time.time()
    return {"Date": formatdate(now, usegmt=True), "Retry-After": formatdate(now + seconds, usegmt=True)}


MAXLAG = error("maxlag", "Waiting for a database server: 7 seconds lagged.", {"Retry-After": "1", "X-Database-Lag": "7"})
READONLY = error("readonly", "The wiki is currently in read-only mode.")
RATELIMITED = error("ratelimited", "You've exceeded your rate limit. Please wait some time and try again.")
BADTOKEN = error("badtoken", "Invalid CSRF token.")
LOGGED_OUT = error("assertnameduserfailed", 'You are no longer logged in as "Sysop", so the action could not be completed.')
BROKE = error("internal_api_error_DBQueryError", "[abc] Caught exception of type Wikimedia\\Rdbms\\DBQueryError")

SHAPES: Mapping[str, Any] = {
    "nothing": {},
    "list": [],
    "text": "deleted",
    "null": None,
    "other": {"batchcomplete": True},
    "empty-list": {"delete": [], "purge": [], "revisiondelete": [], "edit": [], "move": []},
    "text-inside": {"delete": "yes", "purge": "yes", "revisiondelete": "yes", "edit": "yes", "move": "yes"},
    "errors-text": {"errors": "yes"},
    "errors-texts": {"errors": ["yes"]},
    "warnings-object": {"warnings": {"main": "x"}, "delete": {}, "purge": [], "revisiondelete": {"items": []}},
    "items-text": {"delete": {"logid": "7"}, "purge": ["x"], "revisiondelete": {"items": ["x"]}, "edit": {"result": "Success"}},
    "items-null": {"delete": None, "purge": None, "revisiondelete": {"items": None}, "edit": None, "move": None},
}


def _plain(response: Response) -> dict[str, str]:
    return {name: value for name, value in response.headers.items() if name.lower() != "content-encoding"}


# Each row's name begins with that of its cause in runner/failures.py.
# Before the wiki saw the request: it has to be sent again, or given up.
BEFORE: Mapping[str, Fault] = {
    "reset-before": cut_before,
    "broken-500": instead(status(500)),
    "broken-500-seconds": instead(status(500, {"Retry-After": "1"})),
    "overloaded-502": instead(status(502)),
    "overloaded-503": instead(status(503)),
    "overloaded-503-seconds": instead(status(503, {"Retry-After": "1"})),
    "overloaded-503-date": lambda exchange: exchange.answer(status(503, at_date(1))),
    "overloaded-504": instead(status(504)),
    "busy-408": instead(status(408)),
    "busy-425": instead(status(425)),
    "too-many-429": instead(status(429)),
    "too-many-429-seconds": instead(status(429, {"Retry-After": "1"})),
    "too-many-429-date": lambda exchange: exchange.answer(status(429, at_date(1))),
    "html": instead(HTML),
    "json-html": instead(Response(headers=JSON, body=b'{"batchcomplete":true}<br />\n<b>Fatal error</b>')),
    "half-json": instead(Response(headers=JSON, body=b'{"batchcomplete":true,"que')),
    "gzip": instead(Response(headers={**JSON, "Content-Encoding": "gzip"}, body=b"\x1f\x8b\x08\x00 this is no gzip")),
    "empty": instead(EMPTY),
    "disagreement": instead(error("permissiondenied", headers={"MediaWiki-API-Error": "badtoken"})),
    "disagreement-result": lambda exchange: exchange.answer(
        body({**json.loads(BADTOKEN.body), exchange.parameters["action"]: {}, "batchcomplete": True})
    ),
    "other-request": instead(body({"requestid": OTHER, **json.loads(error("permissiondenied").body)})),
    "maxlag": instead(MAXLAG),
    "readonly": instead(READONLY),
    "ratelimited": instead(RATELIMITED),
    "badtoken": instead(BADTOKEN),
    "session-said": instead(LOGGED_OUT),
    "session": without_session,
    "internal": instead(BROKE),
}
# After the wiki carried it out: it must not be taken for undone.
AFTER: Mapping[str, Fault] = {
    "reset-after": cut_after,
    "reset-during": truncated,
    "half-json": half_json,
    "broken-500-json-html": json_then_html,
    "json-html": afterwards(Response(headers=JSON, body=b'{"batchcomplete":true}<br />\n<b>Fatal error</b>')),
    "gzip": bad_gzip,
    "late": late(0.5),
    "broken-500": afterwards(status(500)),
    "overloaded-502": afterwards(status(502)),
    "overloaded-503-seconds": afterwards(status(503, {"Retry-After": "1"})),
    "overloaded-504": afterwards(status(504)),
    "busy-408": afterwards(status(408)),
    "too-many-429-seconds": afterwards(status(429, {"Retry-After": "1"})),
    "too-large-413": afterwards(status(413)),
    "redirect-302": afterwards(status(302, {"Location": "http://192.0.2.1/"})),
    "forbidden-403": afterwards(status(403)),
    "forbidden-404": afterwards(status(404)),
    "no-content-204": afterwards(Response(status=204)),
    "html": afterwards(HTML),
    "empty": afterwards(EMPTY),
    "internal": afterwards(BROKE),
    "no-utf8": afterwards(Response(headers=JSON, body=b'{"delete":"\xff"}')),
    "disagreement": under_header("permissiondenied"),
    "disagreement-empty": afterwards(
        Response(headers={**JSON, "MediaWiki-API-Error": "internal_api_error_DBQueryError"}, body=b"{}")
    ),
    "other-request": to_another_request,
    **{f"shape-{name}": afterwards(body(value)) for name, value in SHAPES.items()},
}
# Somebody on the way, or the wiki itself, says no.
REFUSED: Mapping[str, Fault] = {
    "forbidden-401": instead(status(401, {"WWW-Authenticate": 'Basic realm="Proxy"'})),
    "forbidden-403": instead(status(403)),
    "too-large-413": instead(status(413)),
    "too-large-414": instead(status(414)),
    "redirect-307": instead(status(307, {"Location": "http://192.0.2.1/w/api.php"})),
    "login-page-302": instead(status(302, {"Location": "http://192.0.2.1/login?to=wiki"})),
    "login-page-407": instead(status(407)),
    "permission": instead(error("permissiondenied")),
    "hook": instead(error("hookaborted")),
    "partly-blocked": instead(error("blocked", data={"blockinfo": {"blockid": 7, "blockpartial": True}})),
    "unknown": instead(error("no-such-code-as-yet")),
}


def cause_of(row: str) -> str:
    """The cause in runner/failures.py that a row is an example of; the row's own name where it is none."""
    names = [cause.name for cause in CAUSES if row == cause.name or row.startswith(f"{cause.name}-")]
    return max(names, key=len, default=row)
