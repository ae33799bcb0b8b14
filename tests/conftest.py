"""Fixtures: one throw-away MediaWiki for the whole session, reset for each test that asks for it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests import leaks
from tests.desk import Desk
from tests.mediawiki import MediaWiki, start

# On a machine with other things to do an example may take long: that is no failure.
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")


@pytest.fixture(autouse=True)
def no_secret_is_written(request: pytest.FixtureRequest) -> Iterator[None]:
    """Whatever a test is about: no password of the wiki's accounts, and no cookie or token that the wiki gave out, stands in
    what was printed or written, at a desk or anywhere else in the test's folder. A test that writes one on purpose is marked
    `leaky`."""
    wiki = request.getfixturevalue("mediawiki") if "mediawiki" in request.fixturenames else None
    folder = request.getfixturevalue("tmp_path") if "tmp_path" in request.fixturenames else None
    yield
    desks = Desk.made[:]
    Desk.made.clear()
    issued = wiki.issued() if wiki else ()
    found = [leak for desk in desks for leak in desk.leaks(issued)]
    if folder and not request.node.get_closest_marker("leaky"):
        own = {path: data for desk in desks for path, data in desk.own.items()}
        found += leaks.found(leaks.files(folder, own), issued)
    assert found == []


@pytest.fixture(scope="session")
def mediawiki() -> Iterator[MediaWiki]:
    """The running wiki; use `wiki` unless a test leaves nothing behind."""
    with start() as wiki:
        yield wiki


@pytest.fixture
def wiki(mediawiki: MediaWiki) -> MediaWiki:
    """The wiki as it was seeded."""
    mediawiki.settings("")
    mediawiki.reset()
    return mediawiki


@pytest.fixture
def desk(tmp_path: Path, wiki: MediaWiki) -> Desk:
    """A desk at the freshly seeded wiki, as an ordinary administrator."""
    return Desk(tmp_path, wiki.api)


@pytest.fixture
def bare_desk(tmp_path: Path) -> Desk:
    """A desk without any wiki."""
    return Desk(tmp_path)
