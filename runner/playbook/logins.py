"""How `wikis.yaml` says who we are to a wiki and to what stands before it: logins, headers, and where each secret is."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from runner.playbook.document import Path
from runner.playbook.messages import Mistake

OAUTH1_KEYS = ("consumer_token", "consumer_secret", "access_token", "access_secret")
# They are set by the request itself, or by another key of this file.
OWN_HEADERS = {
    "authorization": "Use `auth` or `http_auth`.",
    "proxy-authorization": "Name a proxy that needs no login with `proxy`, or set HTTPS_PROXY.",
    "cookie": "Cookies are the session's own.",
    "user-agent": "Use `contact`.",
    **dict.fromkeys(
        ("host", "content-length", "content-type", "content-encoding", "transfer-encoding", "accept-encoding", "connection"),
        "It belongs to each request.",
    ),
}
_SECRETIVE = re.compile("auth|cookie|key|pass|secret|session|sign|token", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class FromEnv:
    """A secret in an environment variable."""

    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FromFile:
    """A secret in a file, whose path may begin with `~`."""

    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FromCommand:
    """A secret that a program prints: the program and its arguments, without a shell."""

    command: tuple[str, ...]


Secret = FromEnv | FromFile | FromCommand


@dataclass(frozen=True, slots=True, kw_only=True)
class BotPassword:
    """https://www.mediawiki.org/wiki/Manual:Bot_passwords; `username` is `User@name`."""

    username: str
    password: Secret


@dataclass(frozen=True, slots=True, kw_only=True)
class OAuth2:
    """An owner-only access token: https://www.mediawiki.org/wiki/OAuth/Owner-only_consumers."""

    token: Secret


@dataclass(frozen=True, slots=True, kw_only=True)
class OAuth1:
    """The four parts of an owner-only consumer of OAuth 1.0a, as the wiki shows them."""

    consumer_token: Secret
    consumer_secret: Secret
    access_token: Secret
    access_secret: Secret


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpAuth:
    """HTTP Basic, which a web server asks for before it lets anybody through to the wiki."""

    username: str
    password: Secret


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientCert:
    """A certificate to show to the server, and its key where that stands in a file of its own."""

    cert: str
    key: str | None = None


Login = BotPassword | OAuth2 | OAuth1


def parse_auth(value: Any) -> Login | None:  # noqa: ANN401  # a JSON value
    """`auth`, as the schema lets it through."""
    if not isinstance(value, dict):
        return None
    if "oauth2_token" in value:
        return OAuth2(token=parse_secret(value["oauth2_token"]))
    if "oauth1" in value:
        return OAuth1(**{key: parse_secret(value["oauth1"][key]) for key in OAUTH1_KEYS})
    return BotPassword(username=value["username"], password=parse_secret(value["password"]))


def parse_http_auth(value: Mapping[str, Any] | None) -> HttpAuth | None:
    """`http_auth`."""
    return HttpAuth(username=value["username"], password=parse_secret(value["password"])) if value else None


def parse_headers(value: Mapping[str, Any]) -> Mapping[str, str | Secret]:
    """`headers`: each a text, or where a secret is."""
    return {name: given if isinstance(given, str) else parse_secret(given) for name, given in value.items()}


def parse_client_cert(value: Any) -> ClientCert | None:  # noqa: ANN401  # a JSON value
    """`client_cert`: one file, or two."""
    return ClientCert(cert=value) if isinstance(value, str) else ClientCert(**value) if value else None


def parse_secret(value: Mapping[str, Any]) -> Secret:
    """Where a secret is."""
    if "command" in value:
        return FromCommand(command=tuple(value["command"]))
    return FromEnv(name=value["env"]) if "env" in value else FromFile(path=value["file"])


def login_mistakes(path: Path, entry: Mapping[str, Any]) -> Iterator[Mistake]:
    """What the schema cannot say of an entry's logins."""
    for place, value in _secrets_of(entry):
        if isinstance(value, str | int | float | list):
            yield _literal((*path, *place))
    auth = _mapping(entry.get("auth"))
    ways = [way for way in ("password", "oauth2_token", "oauth1") if way in auth or (way == "password" and "username" in auth)]
    if len(ways) > 1:
        message = "`auth` holds more than one login; one of them logs in."
        yield Mistake(path=(*path, "auth"), code="two-logins", message=message, hint="Keep one.", key=True)
    elif "http_auth" in entry and ways and ways[0] != "password":
        message = "`http_auth` and a token both want the header Authorization; there is one."
        hint = "Use a bot password beside `http_auth`."
        yield Mistake(path=(*path, "http_auth"), code="two-logins", message=message, hint=hint, key=True)
    yield from _header_mistakes((*path, "headers"), _mapping(entry.get("headers")))


def needs_secrecy(entry: Mapping[str, Any]) -> bool:
    """Whether an entry sends a secret with its requests."""
    headers = _mapping(entry.get("headers")).values()
    return isinstance(entry.get("auth"), dict) or "http_auth" in entry or any(isinstance(one, dict) for one in headers)


def _secrets_of(entry: Mapping[str, Any]) -> Iterator[tuple[Path, Any]]:
    """Every place where a secret is named, and what stands there."""
    auth, http_auth = _mapping(entry.get("auth")), _mapping(entry.get("http_auth"))
    yield from ((("auth", key), auth.get(key)) for key in ("password", "oauth2_token"))
    yield from ((("auth", "oauth1", key), value) for key, value in _mapping(auth.get("oauth1")).items() if key in OAUTH1_KEYS)
    yield ("http_auth", "password"), http_auth.get("password")


def _header_mistakes(path: Path, headers: Mapping[str, Any]) -> Iterator[Mistake]:
    seen: set[str] = set()
    for name, value in headers.items():
        folded = name.lower()
        if folded in OWN_HEADERS:
            message = "This header cannot be given here."
            yield Mistake(path=(*path, name), code="header", message=message, hint=OWN_HEADERS[folded], key=True)
        elif folded in seen:
            yield Mistake(
                path=(*path, name), code="twice", message="This header stands here twice.", hint="Keep one.", key=True
            )
        elif isinstance(value, str) and _SECRETIVE.search(name):
            yield _literal((*path, name))
        seen.add(folded)


def _literal(path: Path) -> Mistake:
    message = "A secret is never written into this file."
    hint = (
        f"Write `{path[-1]}: {{env: NAME}}` or `{{file: PATH}}` or `{{command: [PROGRAM]}}`; change it if others could see it."
    )
    return Mistake(path=path, code="literal-secret", message=message, hint=hint)


def _mapping(value: Any) -> Mapping[str, Any]:  # noqa: ANN401  # a JSON value
    return value if isinstance(value, dict) else {}
