"""`request:` what of the API's main module goes with every call, and what of it a playbook cannot set.

https://www.mediawiki.org/wiki/API:Main_page and, of a wiki, `api.php?action=help&modules=main`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from types import MappingProxyType
from typing import Any

from runner.errors import Finding
from runner.playbook.playbook import Request

Schema = dict[str, Any]

_LANGUAGE = "^[a-z][a-z0-9-]*$"
_SECONDS: Schema = {"type": "integer", "minimum": 0, "examples": [60]}

REQUEST: Schema = {
    "title": "Request",
    "description": "What is sent with every call to the wiki.",
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "maxlag": {
            "description": "Wait while the wiki's databases lag more than this many seconds; null or false sends none.",
            "type": ["integer", "boolean", "null"],
            "minimum": 1,
            "not": {"const": True},
            "default": 5,
            "examples": [5],
        },
        "assert": {
            "description": "What the account must be for a call to be carried out; the user name is always asserted.",
            "enum": ["anon", "user", "bot"],
        },
        "assertuser": {
            "description": "The account that this playbook is for; logged in as anybody else, nothing is done.",
            "type": "string",
            "pattern": r"^[^#<>\[\]{}|]+$",
            "examples": ["Alice"],
        },
        "uselang": {
            "description": "The language of messages in answers: a code, user or content.",
            "type": "string",
            "pattern": _LANGUAGE,
            "examples": ["en", "content"],
        },
        "variant": {
            "description": "The variant of that language, where it has some.",
            "type": "string",
            "pattern": _LANGUAGE,
            "examples": ["zh-hans", "sr-el"],
        },
        "errorformat": {
            "description": "How the wiki writes its errors and warnings.",
            "enum": ["plaintext", "wikitext", "html", "raw", "none"],
            "default": "plaintext",
        },
        "errorlang": {
            "description": "The language of the wiki's error texts: a code, uselang or content.",
            "type": "string",
            "pattern": _LANGUAGE,
            "default": "en",
            "examples": ["en", "de"],
        },
        "errorsuselocal": {
            "description": "Error texts as the wiki's own MediaWiki: pages word them.",
            "type": "boolean",
            "default": False,
        },
        "servedby": {
            "description": "Which of the wiki's servers answered stands in the log.",
            "type": "boolean",
            "default": False,
        },
        "curtimestamp": {"description": "The wiki's own time stands in the log.", "type": "boolean", "default": False},
        "responselanginfo": {
            "description": "The languages that the wiki answered in stand in the log.",
            "type": "boolean",
            "default": False,
        },
        "smaxage": {
            "description": "While planning, shared caches may keep an answer for so many seconds.",
            **_SECONDS,
        },
        "maxage": {
            "description": "While planning, private caches may keep an answer for so many seconds.",
            **_SECONDS,
        },
        "requestid": {
            "description": "What the id of each request begins with; the run and the number of the request follow.",
            "type": "string",
            "pattern": r"^[A-Za-z0-9][A-Za-z0-9._:-]{0,59}$",
            "default": "wikimop",
            "examples": ["wikimop"],
        },
    },
}

_BROWSER = "It is for scripts in a browser that come from another site"
_FORMAT = "Wikimop reads one format, JSON of version 2"
_OURS = "The step says what is called, and Wikimop sends what belongs to it"
REFUSED: Mapping[str, str] = MappingProxyType(
    {
        "origin": f"{_BROWSER}; with `*` the wiki would forget who you are and answer as to an anonymous user",
        "crossorigin": _BROWSER,
        "centralauthtoken": f"{_BROWSER}, it is a secret, and it is good for one call and ten seconds",
        "callback": f"{_BROWSER}; with it the wiki forgets who you are",
        "format": f"{_FORMAT}; the formats that end in `fm` are web pages for people",
        "formatversion": _FORMAT,
        "utf8": _FORMAT,
        "ascii": _FORMAT,
        "wrappedhtml": _FORMAT,
        "action": _OURS,
        "token": "It is a secret; Wikimop fetches it when it is needed",
        "continue": "Wikimop follows the continuation itself",
    }
)
"""Parameters that any call may have and no playbook may set, each with the reason."""

_NO_CODES = "`errorformat: bc` gives warnings without codes, and a rate limit or an ignored parameter could not be told"


def check_request(value: object) -> list[Finding]:
    """What of the main module is refused; any value may be given, valid or not."""
    if not isinstance(value, Mapping):
        return []
    found = [
        Finding(
            path=(key,), code="unknown-key", message=f"`{key}` cannot be set in `request`", hint=f"{REFUSED[key]}; remove it"
        )
        for key in value
        if key in REFUSED
    ]
    if value.get("errorformat") == "bc":
        hint = "write plaintext, wikitext, html, raw or none"
        found.append(Finding(path=("errorformat",), code="choice", message=_NO_CODES, hint=hint))
    return found


def parse_request(value: Mapping[str, Any]) -> Request:
    """`request:` after validation."""
    given = {("assertion" if key == "assert" else key): one for key, one in value.items()}
    return Request(**{**given, "maxlag": value.get("maxlag", 5) or None})


def request_header(request: Request) -> dict[str, Any]:
    """As a plan's header has it, by the API's names: what is always told, and what differs from the default."""
    told = {"maxlag": request.maxlag, "assert": request.assertion, "errorlang": request.errorlang}
    default = Request()
    for field in fields(Request):
        given = getattr(request, field.name)
        if field.name != "assertion" and given != getattr(default, field.name):
            told[field.name] = given
    return told
