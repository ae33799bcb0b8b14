"""From the configuration to a wiki with an open session."""

from __future__ import annotations

import base64
import random
import sys
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from unicodedata import normalize
from urllib.parse import quote

from runner import __version__
from runner.addresses import is_loopback
from runner.cli.access import Access
from runner.cli.output import SECRETS
from runner.cli.stop import Stop
from runner.errors import UsageError
from runner.flows.context import Connected
from runner.wiki.client import Manners, Wiki
from runner.wiki.login import BearerToken, BotPassword, Credentials, OAuth1Keys
from runner.wiki.pace import Clock, Pace
from runner.wiki.site import may_write, read_site, read_standing
from runner.wiki.transport import Connection, Transport

Waiting = Callable[[str, str, float], None]
PATIENCE = 300.0
UNANSWERED = 60.0


def connect(
    access: Access,
    *,
    manners: Manners,
    stop: Stop,
    waiting: Waiting,
    rate: float | None = None,
    threads: int = 1,
) -> Connected:
    """Log in and read what the wiki says of itself and of the account; raises `Unreachable` or `UsageError`."""
    wiki, pace = open_session(access, manners=manners, stop=stop, waiting=waiting, rate=rate, threads=threads)
    site, standing = read_site(wiki.read), read_standing(wiki.read)
    return Connected(
        wiki=wiki,
        pace=pace,
        site=site,
        account=may_write(standing.account, site),
        api=access.api,
        now=lambda: datetime.now(UTC),
        monotonic=time.monotonic,
        policy=access.policy,
    )


def open_session(
    access: Access,
    *,
    manners: Manners,
    stop: Stop,
    waiting: Waiting = lambda _reason, _detail, _seconds: None,
    rate: float | None = None,
    threads: int = 1,
) -> tuple[Wiki, Pace]:
    """A wiki with a session that is logged in, and its pace; `waiting` is told why and for how long it waits."""
    refuse_plain_http(access)
    credentials = credentials_of(access)
    refuse_assertion(manners, access)
    patience = access.patience or PATIENCE
    pace = Pace(
        Clock(time.monotonic, stop.wait),
        rate=_slower(rate, access.rate),
        unanswered=min(UNANSWERED, patience),
        stalled=patience,
    )
    wiki = Wiki(
        Transport(_connection(access, credentials, threads), secrets=SECRETS),
        pace=pace,
        credentials=credentials,
        manners=manners,
        jitter=random.random,
        heard=lambda failure, seconds: waiting(failure.kind.value, failure.detail, seconds),
        secrets=SECRETS,
    )
    user = wiki.log_in()
    if manners.assertuser and canonical(manners.assertuser) != user:
        raise UsageError(
            f"the playbook is for the account {manners.assertuser} (`assertuser`), and you are logged in as {user}",
            hint="log in as that account, or name yours: without the @ of a bot password, and plan again",
        )
    return wiki, pace


def refuse_assertion(manners: Manners, access: Access) -> None:
    """What the playbook asserts has to fit the credentials, before anything is sent; raises `UsageError`."""
    known = credentials_of(access) is not None
    asserted = "assertuser" if manners.assertuser else f"assert: {manners.assertion}"
    if not known and (manners.assertuser or manners.assertion in ("user", "bot")):
        raise UsageError(
            f"the playbook asserts a login (`{asserted}`), and there are no credentials for {access.api}",
            hint="set WIKIMOP_USERNAME and WIKIMOP_PASSWORD, or `auth:` of this wiki in your own wikis.yaml",
        )
    if known and manners.assertion == "anon":
        raise UsageError(
            f"the playbook asserts that nobody is logged in (`assert: anon`), and there are credentials for {access.api}",
            hint="take `assert` out, or work without the credentials",
        )


def canonical(user: str) -> str:
    """A user's name as the wiki writes it: https://www.mediawiki.org/wiki/Manual:User.php#Usernames."""
    name = normalize("NFC", user).replace("_", " ").strip()
    return name[:1].upper() + name[1:]


def refuse_plain_http(access: Access) -> None:
    """Without TLS anybody on the way can read the session and write the answers that a plan rests on: only to this machine,
    or where the user's configuration says so."""
    stays_here = is_loopback(access.api) and (access.proxy is None or is_loopback(access.proxy))
    if access.api.startswith("http:") and not (stays_here or access.allow_http):
        raise UsageError(
            f"{access.api} would be spoken to over plain http",
            hint="use https, or say `allow_http: true` for this wiki in your own wikis.yaml",
        )


def credentials_of(access: Access) -> Credentials:
    """The account's credentials, if any."""
    if access.token:
        return BearerToken(token=access.token)
    if access.oauth1:
        return access.oauth1
    if access.username and access.password:
        return BotPassword(username=access.username, password=access.password)
    return None


def _connection(access: Access, credentials: Credentials, threads: int) -> Connection:
    contact = access.contact or quote(access.username or "no contact given", safe=" @")
    return Connection(
        api=access.api,
        user_agent=f"wikimop/{__version__} ({contact}) python/{sys.version_info.major}.{sys.version_info.minor}",
        headers={**access.headers, **access.secret_headers, **_authorization(access)},
        oauth1=credentials if isinstance(credentials, OAuth1Keys) else None,
        client_cert=access.client_cert,
        proxy=access.proxy,
        ca_bundle=access.ca_bundle,
        threads=threads,
    )


def _authorization(access: Access) -> Mapping[str, str]:
    if access.token:
        return {"Authorization": f"Bearer {access.token}"}
    if access.http_auth:
        coded = base64.b64encode(":".join(access.http_auth).encode()).decode()
        SECRETS.learn(coded)
        return {"Authorization": f"Basic {coded}"}
    return {}


def _slower(one: float | None, other: float | None) -> float | None:
    rates = [rate for rate in (one, other) if rate]
    return min(rates) if rates else None
