"""Everything that goes wrong on the way to a wiki or there, and the kind of failure that each is taken for.

The table is what the code decides by (`kind_of_status`, `kind_of_code`) and what docs/failures.md shows; what follows from a
kind is in `retry`. https://www.mediawiki.org/wiki/API:Errors_and_warnings.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from runner.retry import Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """One thing that goes wrong, in people's words. `kind` None: the wiki's word about one item, not a failure of the
    request. `statuses` and `codes` are how it is recognised where the wiki or a server names it; a code that ends in `*`
    stands for all that begin so."""

    name: str
    what: str
    kind: Kind | None
    statuses: tuple[int, ...] = ()
    codes: tuple[str, ...] = ()


CAUSES = (
    # Before anything was sent.
    Cause(name="refused", what="the connection is refused", kind=Kind.CONNECT),
    Cause(name="no-connection", what="no connection within 10 seconds", kind=Kind.CONNECT),
    Cause(name="dns", what="nobody knows the host's name", kind=Kind.CONNECT),
    Cause(name="no-tunnel", what="a proxy opens no tunnel to the host", kind=Kind.CONNECT),
    Cause(name="certificate", what="nobody vouches for the host's certificate", kind=Kind.TLS),
    Cause(name="no-tls", what="the host does not speak TLS, or no version that we do", kind=Kind.TLS),
    # Sent, and no whole answer.
    Cause(name="reset-before", what="the connection ends before the wiki has seen the request", kind=Kind.LOST),
    Cause(name="reset-after", what="it ends after the wiki has seen the request, before the answer", kind=Kind.LOST),
    Cause(name="reset-during", what="it ends in the middle of the answer", kind=Kind.LOST),
    Cause(name="tls-lost", what="it ends inside TLS, without a farewell", kind=Kind.LOST),
    Cause(name="time-out", what="no answer within 90 seconds", kind=Kind.LOST),
    Cause(name="gzip", what="an answer that cannot be unpacked", kind=Kind.LOST),
    Cause(name="no-http", what="an answer that is not HTTP", kind=Kind.LOST),
    # Answers of somebody on the way, or of the wiki's server.
    Cause(name="busy", what="a server gives up for now", kind=Kind.SERVER, statuses=(408, 425)),
    Cause(
        name="overloaded",
        what="a server is overloaded, or reaches the wiki no more",
        kind=Kind.SERVER,
        statuses=(502, 503, 504),
    ),
    Cause(name="broken", what="the server broke over the request", kind=Kind.INTERNAL, statuses=(500,)),
    Cause(name="too-many", what="too many requests", kind=Kind.TOO_MANY, statuses=(429,)),
    Cause(name="too-large", what="the request is too large", kind=Kind.TOO_LARGE, statuses=(413, 414, 431)),
    Cause(name="redirect", what="a redirect; none is followed", kind=Kind.HTTP, statuses=(301, 302, 303, 307, 308)),
    Cause(name="login-page", what="the redirect of a proxy that wants a login", kind=Kind.HTTP, statuses=(302, 407)),
    Cause(name="forbidden", what="somebody on the way says no", kind=Kind.HTTP, statuses=(401, 403, 404, 405, 410)),
    Cause(name="no-content", what="a success without an answer", kind=Kind.HTTP, statuses=(204,)),
    # HTTP 200, and not the API's answer, or none to this request.
    Cause(name="html", what="HTML in place of JSON, such as a proxy's login page", kind=Kind.NOT_JSON),
    Cause(name="json-html", what="JSON with HTML behind it, as PHP leaves it", kind=Kind.NOT_JSON),
    Cause(name="half-json", what="JSON that stops in the middle", kind=Kind.NOT_JSON),
    Cause(name="empty", what="nothing", kind=Kind.NOT_JSON),
    Cause(name="no-utf8", what="bytes that are no text", kind=Kind.NOT_JSON),
    Cause(name="endless", what="an answer of more than 32 MiB", kind=Kind.NOT_JSON),
    Cause(name="shape", what="JSON of a shape that the API does not have", kind=Kind.NOT_JSON),
    Cause(
        name="disagreement",
        what="a header `MediaWiki-API-Error` and a body that disagree about what went wrong",
        kind=Kind.NOT_JSON,
    ),
    Cause(name="other-request", what="an answer to another request, by its `requestid`", kind=Kind.NOT_JSON),
    # The wiki's own word.
    Cause(name="maxlag", what="its databases lag", kind=Kind.LAG, codes=("maxlag",)),
    Cause(name="readonly", what="it is read-only for a while", kind=Kind.READONLY, codes=("readonly",)),
    Cause(
        name="ratelimited",
        what="a rate limit, as an error or (of a purge) as a warning",
        kind=Kind.RATELIMITED,
        codes=("ratelimited", "actionthrottledtext"),
    ),
    Cause(name="badtoken", what="the token is no longer good", kind=Kind.TOKEN, codes=("badtoken",)),
    Cause(
        name="session",
        what="the session is lost",
        kind=Kind.SESSION,
        codes=("assertuserfailed", "assertbotfailed", "assertnameduserfailed"),
    ),
    Cause(name="internal", what="it broke over the request", kind=Kind.INTERNAL, codes=("internal_api_error_*",)),
    Cause(name="blocked", what="the account is blocked on the whole wiki", kind=Kind.ACCOUNT, codes=("blocked", "autoblocked")),
    Cause(
        name="unauthorised",
        what="the account's authorisation was withdrawn, or it may not use the API",
        kind=Kind.ACCOUNT,
        codes=("mwoauth-invalid-authorization*", "readapidenied", "writeapidenied", "noapiwrite", "assertanonfailed"),
    ),
    Cause(name="partly-blocked", what="the account is blocked from this page", kind=None, codes=("blocked",)),
    Cause(name="permission", what="it may not do this", kind=None, codes=("permissiondenied", "protectedpage")),
    Cause(name="hook", what="an extension forbids it", kind=None, codes=("hookaborted",)),
    Cause(name="unknown", what="any other code", kind=None),
)

STATUSES: Mapping[int, Kind] = {status: cause.kind for cause in CAUSES if cause.kind for status in cause.statuses}
CODES: Mapping[str, Kind] = {code: cause.kind for cause in CAUSES if cause.kind for code in cause.codes}
BROKEN_FROM = 500


def kind_of_status(status: int) -> Kind:
    """What an HTTP status other than 200 is taken for: of those that nobody knows, 5xx passes by itself, and others do not."""
    return STATUSES.get(status, Kind.SERVER if status > BROKEN_FROM else Kind.HTTP)


def kind_of_error(error: Mapping[str, Any]) -> Kind | None:
    """What an error of the API is taken for; None for a refusal of just what was asked."""
    code = str(error.get("code", ""))
    kind = CODES.get(code) or next((kind for known, kind in CODES.items() if _begins(code, known)), None)
    return None if kind is Kind.ACCOUNT and _is_partial(error) else kind


def _begins(code: str, known: str) -> bool:
    return known.endswith("*") and code.startswith(known.removesuffix("*").removesuffix("_"))


def _is_partial(error: Mapping[str, Any]) -> bool:
    """Whether a block keeps the account from some pages only (`ApiBlockInfoTrait`)."""
    data = error.get("data")
    block = data.get("blockinfo") if isinstance(data, Mapping) else None
    return isinstance(block, Mapping) and bool(block.get("blockpartial"))
