"""Which wiki is meant, and which credentials the user's own configuration ties to it.

A `wikis.yaml` beside a playbook may come with a stranger's change: it gives names, never credentials, and credentials go
only to the origin that the user's configuration or `WIKIMOP_API` names.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import click

from runner.addresses import origin_of, same_api
from runner.cli.folder_files import open_inside
from runner.cli.reading import read_bytes
from runner.cli.secret import read_secret, registered
from runner.errors import UsageError
from runner.model import Policy
from runner.playbook.load import MAX_BYTES
from runner.playbook.logins import OAUTH1_KEYS, BotPassword, ClientCert, Login, OAuth1, OAuth2, Secret
from runner.playbook.wikis import WikiEntry, load_wikis
from runner.playbook.wikis_schema import WIKI_NAME
from runner.wiki.login import OAuth1Keys

BESIDE = "wikis.yaml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """How to reach one wiki, and as whom. `items`, `rate` (writes a second) and `concurrency` bound every playbook;
    `patience` is in seconds; `allow_suppress` is None where the user's configuration says nothing of this wiki, and then
    `policy` allows nothing. `http_auth` is a name and a password, `client_cert` one file or two; the values of
    `secret_headers` are secrets."""

    api: str
    contact: str | None = None
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    token: str | None = field(default=None, repr=False)
    oauth1: OAuth1Keys | None = field(default=None, repr=False)
    http_auth: tuple[str, str] | None = field(default=None, repr=False)
    headers: Mapping[str, str] = field(default_factory=dict)
    secret_headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    client_cert: str | tuple[str, str] | None = None
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
        basic = self.http_auth[1] if self.http_auth else None
        keys = self.oauth1.all if self.oauth1 else ()
        return tuple(secret for secret in (self.password, self.token, basic, *keys, *self.secret_headers.values()) if secret)


def find_access(wiki: str | None, wikis: Path | None, folder: Path | None, *, by_hand: bool = False) -> Access:
    """The access for a wiki's name or api.php URL; without one, that of the environment. Raises `UsageError`.

    A playbook's name that no file knows means the environment's wiki only where there is no configuration at all, and
    never if somebody gave it `by_hand`: a misspelt name must not end up on another wiki.
    """
    own = _own(wikis)
    home = (wikis or default_path()).parent
    if wiki is None:
        return _only(own, home)
    if not re.fullmatch(WIKI_NAME, wiki):
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
    if not path.is_file() or (wikis is not None and path.samefile(wikis)):
        return {}
    with open_inside(folder or Path(), BESIDE) as file:
        return load_wikis(file.read(MAX_BYTES + 1), file=str(path), beside_playbook=True)


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
        if same_api(entry.api, api):
            # The connection goes to the address as it stands in the user's own file.
            return _from_entry(entry, home)
    return _from_environment(api, contact)


def _address(api: str) -> str:
    if origin_of(api) is None:
        raise UsageError("the wiki's address is not one of an api.php", hint="such as https://wiki.example.org/w/api.php")
    return api


def _from_environment(api: str, contact: str | None) -> Access:
    contact = _own_contact() or contact
    tied = os.environ.get("WIKIMOP_API")
    if not tied or origin_of(_address(tied)) != origin_of(api):
        return Access(api=api, contact=contact)
    username, password = os.environ.get("WIKIMOP_USERNAME"), os.environ.get("WIKIMOP_PASSWORD")
    token = os.environ.get("WIKIMOP_OAUTH2_TOKEN")
    if bool(username) != bool(password):
        raise UsageError("WIKIMOP_USERNAME and WIKIMOP_PASSWORD belong together: one of them is not set")
    return Access(
        api=api,
        contact=contact,
        username=username or None,
        password=registered(password, "WIKIMOP_PASSWORD") if password else None,
        token=_in_header(registered(token, "WIKIMOP_OAUTH2_TOKEN")) if token else None,
    )


def _own_contact() -> str | None:
    contact = os.environ.get("WIKIMOP_CONTACT") or None
    if contact and not (contact.isascii() and contact.isprintable()):
        raise UsageError("WIKIMOP_CONTACT can hold only printable ASCII characters: it stands in a header")
    return contact


def _from_entry(entry: WikiEntry, home: Path) -> Access:
    basic = entry.http_auth
    return Access(
        api=entry.api,
        contact=entry.contact or _own_contact(),
        **_login(entry.auth, home),
        http_auth=(basic.username, read_secret(basic.password, home)) if basic else None,
        headers={name: value for name, value in entry.headers.items() if isinstance(value, str)},
        secret_headers={name: _header(value, home) for name, value in entry.headers.items() if not isinstance(value, str)},
        client_cert=_certificate(entry.client_cert, home),
        proxy=entry.proxy,
        # Seen from the configuration: a stranger's folder may hold a file of this name.
        ca_bundle=_path(entry.ca_bundle, home) if entry.ca_bundle else None,
        allow_http=entry.allow_http,
        patience=entry.patience,
        items=entry.limits.items,
        rate=entry.limits.rate,
        concurrency=entry.limits.concurrency,
        allow_suppress=entry.allow_suppress,
        policy=entry.policy,
    )


def _login(auth: Login | None, home: Path) -> dict[str, Any]:
    """The part of an `Access` that says who we are to the wiki."""
    if isinstance(auth, BotPassword):
        return {"username": auth.username, "password": read_secret(auth.password, home)}
    if isinstance(auth, OAuth2):
        return {"token": _header(auth.token, home)}
    if isinstance(auth, OAuth1):
        return {"oauth1": OAuth1Keys(**{key: _header(getattr(auth, key), home) for key in OAUTH1_KEYS})}
    return {}


def _header(secret: Secret, home: Path) -> str:
    return _in_header(read_secret(secret, home))


def _in_header(text: str) -> str:
    if not (text.isascii() and text.isprintable()):
        raise UsageError("a secret that goes into a header can hold only printable ASCII characters")
    return text


def _certificate(given: ClientCert | None, home: Path) -> str | tuple[str, str] | None:
    if given is None:
        return None
    cert = _path(given.cert, home)
    key = _path(given.key, home) if given.key else None
    _refuse_passphrase(Path(key or cert))
    return (cert, key) if key else cert


def _refuse_passphrase(key: Path) -> None:
    """OpenSSL would ask the terminal for it, and a job without one would wait for ever."""
    if b"ENCRYPTED" in read_bytes(key):
        raise UsageError(f"the key in {key} has a passphrase", hint="`openssl pkey` writes it without; chmod 600 it")


def _path(given: str, home: Path) -> str:
    return str(home / Path(given).expanduser())
