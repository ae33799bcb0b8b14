"""`wikis.yaml`: which wikis there are, how to log in, and what is allowed there.

    wikis:
      example:
        api: https://wiki.example.org/w/api.php
        contact: admin@example.org
        auth: {username: Mop@cleanup, password: {env: MOP_PASSWORD}}    # or {oauth2_token: {file: PATH}}, {oauth1: ...}, none
        http_auth: {username: staging, password: {command: [pass, show, staging]}}
        headers: {X-Gate: {file: ~/.secrets/gate}}
        client_cert: {cert: mop.crt, key: mop.key}              # paths are seen from this file
        ca_bundle: /etc/ssl/wiki.pem
        proxy: http://proxy.example.org:3128
        allow_http: false                                       # true: send a password over plain http, too
        patience: 10m                                           # waiting without progress; 5 minutes if not said
        limits: {items: 1000, rate: 60/min, concurrency: 2}     # with the playbook's, the stricter counts
        allow: {suppress: true, api: [managetags], namespaces: [MediaWiki], scripts: true}

Secrets are named, never written: `{env: NAME}`, `{file: PATH}` or `{command: [PROGRAM, ARGUMENT]}`.
No message repeats what the file holds.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from runner.addresses import is_loopback
from runner.errors import InvalidInput
from runner.model import Policy
from runner.playbook.conform import conform, within
from runner.playbook.document import Document
from runner.playbook.editors import for_values
from runner.playbook.load import read_document
from runner.playbook.logins import (
    ClientCert,
    HttpAuth,
    Login,
    Secret,
    login_mistakes,
    needs_secrecy,
    parse_auth,
    parse_client_cert,
    parse_headers,
    parse_http_auth,
)
from runner.playbook.messages import Mistake, Teller
from runner.playbook.playbook import Limits
from runner.playbook.settings import MAX_CONCURRENCY, parse_duration, parse_limits
from runner.playbook.wikis_schema import PUBLIC_KEYS, wikis_schema

_USERS_OWN = "your own configuration (--wikis FILE, or wikis.yaml in your config folder)"


@dataclass(frozen=True, slots=True, kw_only=True)
class WikiEntry:
    """One wiki. `auth` None is anonymous, `patience` is in seconds. `limits` are bounds: items, rate and concurrency (8
    where nothing is said)."""

    name: str
    api: str
    contact: str | None = None
    auth: Login | None = None
    http_auth: HttpAuth | None = None
    headers: Mapping[str, str | Secret] = field(default_factory=dict)
    client_cert: ClientCert | None = None
    ca_bundle: str | None = None
    proxy: str | None = None
    allow_http: bool = False
    patience: float | None = None
    limits: Limits = field(default_factory=Limits)
    allow_suppress: bool = False
    policy: Policy = field(default_factory=Policy)


def load_wikis(data: bytes, *, file: str, beside_playbook: bool = False) -> Mapping[str, WikiEntry]:
    """The wikis of a file by name, or InvalidInput with every problem; no problem carries an excerpt.

    A file beside a playbook may come from a stranger: there an entry holds nothing but `api` and `contact`.
    """
    return parse_wikis(read_document(data, file, secretive=True), beside_playbook=beside_playbook)


def parse_wikis(document: Document, *, beside_playbook: bool = False) -> Mapping[str, WikiEntry]:
    """As `load_wikis`, of a document that was read with `secretive`."""
    value, broken = conform(document, for_values(wikis_schema()))
    special = list(_mistakes(value, beside_playbook=beside_playbook))
    told = Teller(discreet=True, names=lambda path: None if path else "this file").tell(broken)
    shape = [mistake for mistake in told if not any(within(mistake.path, one.path) for one in special)]
    problems = [
        document.problem_at(
            document.place(one.path, key=one.key),
            one.path[:-1] if one.code in {"unknown-key", "name"} else one.path,
            one.code,
            one.message,
            hint=one.hint,
        )
        for one in (*special, *shape)
    ]
    if problems:
        raise InvalidInput(tuple(sorted(problems, key=lambda problem: (problem.line, problem.column))))
    return {name: _entry(name, entry) for name, entry in value["wikis"].items()}


def _mistakes(value: Any, *, beside_playbook: bool) -> Iterator[Mistake]:  # noqa: ANN401  # a JSON value
    wikis = value.get("wikis")
    for name, entry in wikis.items() if isinstance(wikis, dict) else ():
        if not isinstance(entry, dict):
            continue
        yield from _addresses(name, entry)
        if beside_playbook:
            yield from _private(name, entry)
        else:
            yield from login_mistakes(("wikis", name), entry)
            yield from _plain_http(name, entry)


def _private(name: str, entry: Mapping[str, Any]) -> Iterator[Mistake]:
    known = wikis_schema()["properties"]["wikis"]["additionalProperties"]["properties"]
    for key in entry:
        if key in known and key not in PUBLIC_KEYS:
            message = f"`{key}` cannot stand in a wikis.yaml beside a playbook, which may come with a stranger's change."
            path = ("wikis", name, key)
            yield Mistake(path=path, code="beside-playbook", message=message, hint=f"Move it to {_USERS_OWN}.", key=True)


def _addresses(name: str, entry: Mapping[str, Any]) -> Iterator[Mistake]:
    for key in ("api", "proxy"):
        if isinstance(entry.get(key), str) and "@" in _authority(entry[key]):
            message = f"`{key}` holds a user name or a password; a secret is never written into this file."
            yield Mistake(path=("wikis", name, key), code="literal-secret", message=message, hint="Remove what is before @.")


def _authority(url: str) -> str:
    """What stands between `//` and the path, by any reading of it."""
    return re.split(r"[/?#\\]", url.partition("//")[2])[0]


def _plain_http(name: str, entry: Mapping[str, Any]) -> Iterator[Mistake]:
    api = entry.get("api")
    plain = isinstance(api, str) and api.startswith("http:") and not is_loopback(api)
    if plain and needs_secrecy(entry) and entry.get("allow_http") is not True:
        message = "A secret would cross the network unencrypted."
        hint = "Use https, or say `allow_http: true` if the way to the wiki is safe."
        yield Mistake(path=("wikis", name, "api"), code="plain-http", message=message, hint=hint)


def _entry(name: str, entry: Mapping[str, Any]) -> WikiEntry:
    return WikiEntry(
        name=name,
        api=entry["api"],
        contact=entry.get("contact"),
        auth=parse_auth(entry.get("auth")),
        http_auth=parse_http_auth(entry.get("http_auth")),
        headers=parse_headers(entry.get("headers", {})),
        client_cert=parse_client_cert(entry.get("client_cert")),
        ca_bundle=entry.get("ca_bundle"),
        proxy=entry.get("proxy"),
        allow_http=entry.get("allow_http", False),
        patience=parse_duration(entry["patience"]) if "patience" in entry else None,
        limits=parse_limits({"concurrency": MAX_CONCURRENCY, **entry.get("limits", {})}),
        allow_suppress=entry.get("allow", {}).get("suppress", False),
        policy=_policy(entry.get("allow", {})),
    )


def _policy(allow: Mapping[str, Any]) -> Policy:
    return Policy(
        api=frozenset(allow.get("api", ())),
        interface=bool(allow.get("namespaces")),
        scripts=allow.get("scripts", False),
    )
