"""Reading one HTTP reply as an Action API answer. Pure.

Errors come with HTTP 200, in `errors[]` and in the header `MediaWiki-API-Error`
(https://www.mediawiki.org/wiki/API:Errors_and_warnings).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from typing import Any

import orjson

from runner.retry import Failure, Kind
from runner.wiki.transport import Reply, RequestFailed

WAITED_FOR = {
    "maxlag": Kind.LAG,
    "readonly": Kind.READONLY,
    "ratelimited": Kind.RATELIMITED,
    "actionthrottledtext": Kind.RATELIMITED,
    "badtoken": Kind.TOKEN,
    "assertuserfailed": Kind.SESSION,
    "assertbotfailed": Kind.SESSION,
    "assertnameduserfailed": Kind.SESSION,
}
HTTP_OK = 200
HTTP_TOO_MANY = 429
HTTP_BROKEN = 500


class Refused(Exception):
    """The API understood the request and refused it: its first error's code and text, and all codes."""

    def __init__(self, code: str, text: str, codes: tuple[str, ...] = ()) -> None:
        super().__init__(f"{text} ({code})")
        self.code = code
        self.text = text
        self.codes = codes or (code,)


def read_answer(reply: Reply) -> Mapping[str, Any]:
    """The answer's body, or `RequestFailed` for what may be tried again, or `Refused`."""
    if reply.status != HTTP_OK:
        raise RequestFailed(_http_failure(reply))
    try:
        body = orjson.loads(reply.body)
    except orjson.JSONDecodeError:
        detail = "the answer is not JSON" if reply.body else "the answer is empty"
        raise RequestFailed(Failure(kind=Kind.NOT_JSON, detail=detail)) from None
    if not isinstance(body, dict):
        raise RequestFailed(Failure(kind=Kind.NOT_JSON, detail="the answer is no JSON object"))
    errors = body.get("errors")
    if errors:
        raise _error(errors, reply)
    if header := reply.headers.get("mediawiki-api-error"):
        raise Refused(header.split(",")[0].strip(), "the header names an error that the body lacks")
    return body


def _error(errors: list[Mapping[str, Any]], reply: Reply) -> Exception:
    codes = tuple(str(error.get("code", "unknown")) for error in errors)
    text = str(errors[0].get("text", codes[0]))
    for code in codes:
        if code in WAITED_FOR:
            return RequestFailed(Failure(kind=WAITED_FOR[code], detail=text, retry_after=retry_after(reply.headers)))
        if code.startswith("internal_api_error"):
            return RequestFailed(Failure(kind=Kind.INTERNAL, detail=text))
    return Refused(codes[0], "; ".join(str(error.get("text", "")) for error in errors), codes)


def _http_failure(reply: Reply) -> Failure:
    detail = f"HTTP {reply.status}"
    if reply.status == HTTP_TOO_MANY:
        return Failure(kind=Kind.TOO_MANY, detail=detail, retry_after=retry_after(reply.headers))
    if reply.status == HTTP_BROKEN:
        return Failure(kind=Kind.INTERNAL, detail=detail)
    if reply.status > HTTP_BROKEN:
        return Failure(kind=Kind.SERVER, detail=detail, retry_after=retry_after(reply.headers))
    if location := reply.headers.get("location"):
        detail += f", which points to {location}: if that is the wiki, use it as the address of its api.php"
    return Failure(kind=Kind.HTTP, detail=detail)


def retry_after(headers: Mapping[str, str]) -> float | None:
    """`Retry-After` in seconds, given in seconds or as a date (held against the answer's own `Date`)."""
    value = headers.get("retry-after", "").strip()
    if re.fullmatch(r"\d{1,6}", value):
        return float(value)
    try:
        seconds = (parsedate_to_datetime(value) - parsedate_to_datetime(headers["date"])).total_seconds()
    except (KeyError, TypeError, ValueError):
        return None
    return max(0.0, seconds)
