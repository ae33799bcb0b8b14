"""Reading one HTTP reply as an Action API answer. Pure.

Errors come with HTTP 200, in `errors[]` and in the header `MediaWiki-API-Error`
(https://www.mediawiki.org/wiki/API:Errors_and_warnings).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from email.utils import parsedate_to_datetime
from typing import Any, TypeVar

import orjson

from runner.errors import Unreachable
from runner.failures import kind_of_error, kind_of_status
from runner.retry import RULES, Failure, Kind, Tries
from runner.wiki.messages import WRITTEN_OUT, write_out
from runner.wiki.sound import is_small, is_sound
from runner.wiki.transport import Reply, RequestFailed

T = TypeVar("T")

HTTP_OK = 200
PARTS = {"errors": list, "warnings": list, "query": dict, "continue": dict}
# What may stand beside errors: they take the place of any result.
BESIDE_ERRORS = frozenset(
    {"errors", "warnings", "docref", "trace", "servedby", "requestid", "curtimestamp", "uselang", "errorlang", "debuginfo"}
)
NO_CODE = "<invalid-code>"


class Refused(Exception):
    """The API understood the request and refused it: its first error's code and text, and all codes."""

    def __init__(self, code: str, text: str, codes: tuple[str, ...] = ()) -> None:
        super().__init__(f"{text} ({code})")
        self.code = code
        self.text = text
        self.codes = codes or (code,)


@contextmanager
def understood() -> Iterator[None]:
    """Raise `Unreachable` where an answer lacks what the API documents: nothing is concluded from what is not there."""
    try:
        yield
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise Unreachable(f"the wiki's answer lacks what the API documents ({type(error).__name__}: {error})") from None


def told(read: Iterable[T]) -> list[T]:
    """Everything that a reader makes of an answer; raises `Unreachable` as `understood` does."""
    with understood():
        return list(read)


def read_answer(reply: Reply, *, query: bool = False, errorformat: str = "plaintext", requestid: str = "") -> Mapping[str, Any]:
    """The answer's body, or `RequestFailed` for what may be tried again, or `Refused`. `query`: it answers
    `action=query`, so that it says whether there is more to come. Its messages have a `text` in every `errorformat`; one
    that names another `requestid` answers somebody else."""
    if reply.status != HTTP_OK:
        raise RequestFailed(_http_failure(reply))
    if not is_small(reply.body):
        raise RequestFailed(Failure(kind=Kind.NOT_JSON, detail="the answer holds too many parts"))
    try:
        body: Any = orjson.loads(reply.body)
    except orjson.JSONDecodeError:
        detail = "the answer is not JSON" if reply.body else "the answer is empty"
        raise RequestFailed(Failure(kind=Kind.NOT_JSON, detail=detail)) from None
    if not isinstance(body, dict) or not _is_sound(body) or not is_sound(body):
        raise RequestFailed(Failure(kind=Kind.NOT_JSON, detail="the answer is JSON, but not the API's"))
    if body.get("requestid", requestid) != requestid:
        raise RequestFailed(Failure(kind=Kind.NOT_JSON, detail="the answer is to another request"))
    if not _agree(body, reply):
        raise RequestFailed(Failure(kind=Kind.NOT_JSON, detail="the answer's header and body do not name the same errors"))
    if errorformat not in WRITTEN_OUT:
        write_out(body)
    if errors := body.get("errors"):
        raise _error(errors, reply)
    if query and not {"batchcomplete", "continue"} & body.keys():
        raise RequestFailed(Failure(kind=Kind.NOT_JSON, detail="the answer is not one to a query"))
    return body


def _is_sound(body: Mapping[str, Any]) -> bool:
    """Whether the parts that every answer may have are of the documented kinds."""
    if not all(isinstance(body.get(name, kind()), kind) for name, kind in PARTS.items()):
        return False
    pages = body.get("query", {}).get("pages", [])
    if not isinstance(pages, list):
        return False
    return all(isinstance(entry, dict) for entry in (*body.get("errors", ()), *body.get("warnings", ()), *pages))


def _agree(body: Mapping[str, Any], reply: Reply) -> bool:
    """Whether the header and the body name the same errors, and errors no result beside them. Without the header (somebody
    on the way may have taken it out) the body's word counts."""
    codes = {str(error.get("code")) for error in body.get("errors", ())}
    named = {code for part in reply.headers.get("mediawiki-api-error", "").split(",") if (code := part.strip())}
    if named and NO_CODE not in named and named != codes:
        return False
    if not codes:
        return not named
    return body.keys() <= BESIDE_ERRORS


def _error(errors: list[Mapping[str, Any]], reply: Reply) -> Exception:
    codes = tuple(str(error.get("code", "unknown")) for error in errors)
    text = str(errors[0].get("text", codes[0]))
    if isinstance(data := errors[0].get("data"), Mapping) and data.get("readonlyreason"):
        text += f" ({data['readonlyreason']})"
    for error in errors:
        if kind := kind_of_error(error):
            return RequestFailed(Failure(kind=kind, detail=text, retry_after=retry_after(reply.headers)))
    return Refused(codes[0], "; ".join(str(error.get("text", "")) for error in errors), codes)


def _http_failure(reply: Reply) -> Failure:
    detail = f"HTTP {reply.status}"
    if location := reply.headers.get("location"):
        detail += f", which points to {location}: if that is the wiki, use it as the address of its api.php"
    kind = kind_of_status(reply.status)
    asked = retry_after(reply.headers) if RULES[kind].tries is not Tries.NONE else None
    return Failure(kind=kind, detail=detail, retry_after=asked)


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
