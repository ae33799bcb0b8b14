"""Fixtures: a proxy before the freshly seeded wiki, and a desk whose way to the wiki goes through it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.desk import Desk
from tests.faults.proxy import Proxy, proxied
from tests.mediawiki import MediaWiki

WIKIS = """\
wikis:
  faulty:
    api: {api}
    contact: admin@example.org
    patience: {patience}
    auth: {{username: {username}, password: {{env: MOP_PASSWORD}}}}
    allow: {{api: [managetags]}}
"""


@pytest.fixture
def proxy(wiki: MediaWiki) -> Iterator[Proxy]:
    """The way to the wiki."""
    with proxied(wiki) as way:
        yield way


@pytest.fixture
def mop(tmp_path: Path, proxy: Proxy) -> Desk:
    """A desk at the proxy, with the patience of a test."""
    return impatient(Desk(tmp_path, proxy.api), proxy, "30s")


def impatient(desk: Desk, proxy: Proxy | MediaWiki, patience: str) -> Desk:
    """The wiki is in the user's own configuration, with this patience."""
    environment = desk.environment
    environment["MOP_PASSWORD"] = environment.pop("WIKIMOP_PASSWORD", environment.get("MOP_PASSWORD", ""))
    username = environment.pop("WIKIMOP_USERNAME", environment.get("MOP_USERNAME", ""))
    environment["MOP_USERNAME"] = username
    environment.pop("WIKIMOP_API", None)
    desk.write(WIKIS.format(api=proxy.api, patience=patience, username=username), "config/wikimop/wikis.yaml")
    return desk
