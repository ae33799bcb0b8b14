"""Who we are to the wiki: logging in, and the tokens of a session.

https://www.mediawiki.org/wiki/API:Login (bot passwords), https://www.mediawiki.org/wiki/OAuth/Owner-only_consumers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from runner.errors import Unreachable

Ask = Callable[[Mapping[str, str]], Mapping[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class BotPassword:
    """`username` as Special:BotPasswords shows it (`Alice@mop`)."""

    username: str
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class BearerToken:
    """An OAuth 2 owner-only access token; it goes with every request as a header."""

    token: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class OAuth1Keys:
    """An owner-only consumer of OAuth 1.0a: every request is signed with these."""

    consumer_token: str = field(repr=False)
    consumer_secret: str = field(repr=False)
    access_token: str = field(repr=False)
    access_secret: str = field(repr=False)

    @property
    def all(self) -> tuple[str, ...]:
        return (self.consumer_token, self.consumer_secret, self.access_token, self.access_secret)


Credentials = BotPassword | BearerToken | OAuth1Keys | None


def log_in(ask: Ask, credentials: Credentials) -> str | None:
    """Log in and give the account's name, or None when working without an account."""
    if isinstance(credentials, BotPassword):
        return _by_password(ask, credentials)
    return _by_token(ask) if credentials else None


def _by_password(ask: Ask, credentials: BotPassword) -> str:
    for _ in range(2):
        token = ask({"action": "query", "meta": "tokens", "type": "login"})["query"]["tokens"]["logintoken"]
        answer = ask(
            {
                "action": "login",
                "lgname": credentials.username,
                "lgpassword": credentials.password,
                "lgtoken": token,
            }
        )["login"]
        # A failed login is no error to the API: only its result tells.
        if answer["result"] == "Success":
            return str(answer["lgusername"])
        if answer["result"] != "WrongToken":
            break
    raise Unreachable(_refusal(answer), hint=_login_hint(credentials))


def _refusal(answer: Mapping[str, Any]) -> str:
    reason = answer.get("reason") or {}
    text = reason.get("text", "") if isinstance(reason, Mapping) else str(reason)
    return f"the wiki refused the login: {text or answer['result']}"


def _login_hint(credentials: BotPassword) -> str:
    if "@" in credentials.username:
        return "check the bot password on Special:BotPasswords"
    return "a bot password is wanted: its user name looks like Alice@mop; make one on Special:BotPasswords"


def _by_token(ask: Ask) -> str:
    user = ask({"action": "query", "meta": "userinfo"})["query"]["userinfo"]
    if user.get("anon") or not user.get("id"):
        raise Unreachable("the wiki did not accept the OAuth token", hint="is it an owner-only token of this very wiki?")
    return str(user["name"])
