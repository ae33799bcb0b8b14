"""Addresses that look like the wiki's own: what is not plainly it gets no credentials, and what can be read in two ways is
refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from runner.cli.access import find_access
from runner.errors import UsageError
from tests.cli.test_access import WIKI, environment, from_environment, own, secretless

__all__ = ["environment", "own"]  # fixtures


@pytest.mark.parametrize(
    "api",
    [
        "https://wiki.example.org:443/w/api.php", "https://WIKI.Example.ORG/w/api.php", "https://wiki.example.org:0443/w/api.php",
    ],
)  # fmt: skip
def test_another_spelling_of_the_same_address(own: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, api: str) -> None:
    access = find_access(api, own, tmp_path)
    assert (access.api, access.password) == (WIKI, "hunter2hunter2")  # and it goes where the user's own file says
    from_environment(monkeypatch)
    assert find_access(api, None, None).password == "swordfish"


STRANGE = [
    "https://wiki.example.org@evil.net/w/api.php",
    "https://wiki.example.org:443@evil.net/w/api.php",
    "https://Mop@wiki.example.org/w/api.php",
    "https://wiki.example.org\\@evil.net/w/api.php",
    "https://evil.net\\.wiki.example.org/w/api.php",
    "https://wiki.example.org\t.evil.net/w/api.php",
    "https://wiki.example.org%00.evil.net/w/api.php",
    "https://wiki%2eexample.org/w/api.php",
    "https://wiki.example.org#@evil.net/w/api.php",
    "https://wiki.example.org?@evil.net/w/api.php",
    "https://wiki.example.org:443:8443/w/api.php",
    "https://wiki.example.org:99999/w/api.php",
    "https://[::1]wiki.example.org/w/api.php",
    "https:\\\\wiki.example.org/w/api.php",
    "https://wiki.example.org/w/api.php\nX: y",
    " https://wiki.example.org/w/api.php",
    "hTTps://wiki.example.org/w/api.php",
]
OTHERS = [
    "https://wiki.example.org./w/api.php",
    "https://wiki.example.org:8443/w/api.php",
    "http://wiki.example.org/w/api.php",
    "http://wiki.example.org:443/w/api.php",
    "https://wiki.example.org.evil.net/w/api.php",
    "https://wik\u0131.example.org/w/api.php",  # a dotless i
    "https://\u212aiki.example.org/w/api.php",
    "https://w\u0456ki.example.org/w/api.php",  # a Cyrillic i
    "https://wiki\uff0eexample.org/w/api.php",  # a full stop that some fold
    "https://wiki\u3002example.org/w/api.php",
    "https://wi\u00adki.example.org/w/api.php",
    "https://xn--wki-2na.example.org/w/api.php",
]


@pytest.mark.parametrize("api", STRANGE)
def test_an_address_that_somebody_could_read_differently_is_refused(
    own: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, api: str
) -> None:
    from_environment(monkeypatch)
    for wikis in (own, None):
        with pytest.raises(UsageError) as told:
            find_access(api, wikis, tmp_path)
        assert "swordfish" not in str(told.value)


@pytest.mark.parametrize("api", OTHERS)
def test_an_address_that_only_looks_alike_gets_nothing(
    own: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, api: str
) -> None:
    from_environment(monkeypatch)
    assert secretless(find_access(api, own, tmp_path))
    assert secretless(find_access(api, None, tmp_path))


def test_another_api_of_the_same_server_gets_nothing_of_an_entry(own: Path, tmp_path: Path) -> None:
    assert secretless(find_access("https://wiki.example.org/other/api.php", own, tmp_path))
    assert secretless(find_access("https://wiki.example.org/w/../other/api.php", own, tmp_path))
