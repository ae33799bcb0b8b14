"""Which wiki is meant, and which credentials the user's own configuration ties to it.

A `wikis.yaml` beside a playbook may come with a stranger's change: it gives names, never credentials, and credentials go
only to the origin that the user's configuration or `WIKIMOP_API` names.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import click

from runner.cli.reading import read_bytes
from runner.cli.secret import read_secret
from runner.errors import UsageError
from runner.model import Policy
from runner.playbook.wikis import BotPassword, OAuth2, WikiEntry, load_wikis

BESIDE = "wikis.yaml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """How to reach one wiki, and as whom. `items`, `rate` (writes a second) and `concurrency` bound every playbook;
    `patience` is in seconds; `allow_suppress` is None where the user's configuration says nothing of this wiki, and then
    `policy` allows nothing."""

    api: str
    contact: str | None = None
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    token: str | None = field(default=None, repr=False)
    proxy: str | None = field(default=None, repr=False)
    ca_bundle: str | None = None
    allow_http: bool = False
    patience: float | None = None
    items: int | None = None
    rate: float | None = None
    concurrency: int | None = None
    allow_suppress: bool | None = None
    policy: Policy = field(default_factory=Policy)

    @property
    def secrets(self) -> tuple[str, ...]:
        """What must never be written anywhere."""
        return tuple(secret for secret in (self.password, self.token) if secret)


def find_access(wiki: str | None, wikis: Path | None, folder: Path | None, *, by_hand: bool = False) -> Access:
    """The access for a wiki's name or api.php URL; without one, that of the environment. Raises `UsageError`.

    A playbook's name that no file knows means the environment's wiki only where there is no configuration at all, and
    never if somebody gave it `by_hand`: a misspelt name must not end up on another wiki.
    """
    own = _own(wikis)
    home = (wikis or default_path()).parent
    if wiki is None:
        return _only(own, home)
    if wiki.startswith(("http://", "https://")):
        return _by_address(wiki, own, None, home)
    if wiki in own:
        return _from_entry(own[wiki], home)
    beside = _beside(folder, wikis)
    if wiki in beside:
        return _by_address(beside[wiki].api, own, beside[wiki].contact, home)
    api = os.environ.get("WIKIMOP_API")
    if api and not (own or beside or by_hand):
        return _from_environment(_address(api), None)
    known = ", ".join(sorted({*own, *beside})) or "none"
    raise UsageError(
        f"no wiki named {wiki} is configured",
        hint=f"known: {known}; add it to {default_path()}, give --wiki URL, or set WIKIMOP_API",
    )


def default_path() -> Path:
    """The user's own configuration."""
    return Path(click.get_app_dir("wikimop", force_posix=False)) / BESIDE


def _own(wikis: Path | None) -> Mapping[str, WikiEntry]:
    path = wikis or default_path()
    return load_wikis(read_bytes(path), file=str(path)) if wikis or path.is_file() else {}


def _beside(folder: Path | None, wikis: Path | None) -> Mapping[str, WikiEntry]:
    path = (folder or Path()) / BESIDE
    if wikis is not None and path.exists() and path.samefile(wikis):
        return {}
    return load_wikis(read_bytes(path), file=str(path), beside_playbook=True) if path.is_file() else {}


def _only(own: Mapping[str, WikiEntry], home: Path) -> Access:
    if api := os.environ.get("WIKIMOP_API"):
        return _from_environment(_address(api), None)
    if len(own) == 1:
        return _from_entry(next(iter(own.values())), home)
    raise UsageError(
        "no wiki is named",
        hint="say `wiki:` in the playbook, give --wiki NAME|URL, or set WIKIMOP_API",
    )


def _by_address(api: str, own: Mapping[str, WikiEntry], contact: str | None, home: Path) -> Access:
    """An address: with the credentials of the user's own entry for exactly it, or the environment's for its origin."""
    api = _address(api)
    for entry in own.values():
        if entry.api == api:
            return _from_entry(entry, home)
    return _from_environment(api, contact)


def _address(api: str) -> str:
    try:
        parts = urlsplit(api)
        sound = parts.scheme in ("http", "https") and parts.hostname and "@" not in parts.netloc
    except ValueError:
        sound = None
    if not sound:
        raise UsageError("the wiki's address is not one of an api.php", hint="such as https://wiki.example.org/w/api.php")
    return api


def _origin(api: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(api)
    return parts.scheme, parts.hostname, parts.port or {"http": 80, "https": 443}.get(parts.scheme)


def _from_environment(api: str, contact: str | None) -> Access:
    contact = os.environ.get("WIKIMOP_CONTACT") or contact
    tied = os.environ.get("WIKIMOP_API")
    if not tied or _origin(_address(tied)) != _origin(api):
        return Access(api=api, contact=contact)
    username, password = os.environ.get("WIKIMOP_USERNAME"), os.environ.get("WIKIMOP_PASSWORD")
    token = os.environ.get("WIKIMOP_OAUTH2_TOKEN")
    if bool(username) != bool(password):
        raise UsageError("WIKIMOP_USERNAME and WIKIMOP_PASSWORD belong together: one of them is not set")
    return Access(api=api, contact=contact, username=username or None, password=password or None, token=token or None)


def _from_entry(entry: WikiEntry, home: Path) -> Access:
    auth = entry.auth
    return Access(
        api=entry.api,
        contact=entry.contact or os.environ.get("WIKIMOP_CONTACT"),
        username=auth.username if isinstance(auth, BotPassword) else None,
        password=read_secret(auth.password, home) if isinstance(auth, BotPassword) else None,
        token=read_secret(auth.token, home) if isinstance(auth, OAuth2) else None,
        proxy=entry.proxy,
        ca_bundle=entry.ca_bundle,
        allow_http=entry.allow_http,
        patience=entry.patience,
        items=entry.limits.items,
        rate=entry.limits.rate,
        concurrency=entry.limits.concurrency,
        allow_suppress=entry.allow_suppress,
        policy=entry.policy,
    )
