"""Which credentials go to which wiki: only where the user's own configuration ties them."""

from __future__ import annotations

from pathlib import Path

import pytest

from runner.cli.access import Access, find_access
from runner.cli.connect import refuse_plain_http
from runner.errors import InvalidInput, UsageError

WIKI = "https://wiki.example.org/w/api.php"
OTHER = "https://elsewhere.example.net/w/api.php"
OWN = """
wikis:
  example:
    api: https://wiki.example.org/w/api.php
    contact: admin@example.org
    auth: {username: Mop@cleanup, password: {env: MOP_PASSWORD}}
    patience: 2m
    limits: {items: 10, rate: 60/min}
  token:
    api: https://token.example.org/w/api.php
    auth: {oauth2_token: {file: TOKEN}}
"""


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("WIKIMOP_API", "WIKIMOP_USERNAME", "WIKIMOP_PASSWORD", "WIKIMOP_OAUTH2_TOKEN", "WIKIMOP_CONTACT"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("MOP_PASSWORD", "hunter2hunter2")


@pytest.fixture
def own(tmp_path: Path) -> Path:
    (tmp_path / "token").write_text("bearer-of-the-wiki\n")
    (tmp_path / "token").chmod(0o600)
    path = tmp_path / "own.yaml"
    path.write_text(OWN.replace("TOKEN", str(tmp_path / "token")))
    return path


def from_environment(monkeypatch: pytest.MonkeyPatch, api: str = WIKI) -> None:
    monkeypatch.setenv("WIKIMOP_API", api)
    monkeypatch.setenv("WIKIMOP_USERNAME", "Mop@env")
    monkeypatch.setenv("WIKIMOP_PASSWORD", "swordfish")


def secretless(access: Access) -> bool:
    return access.secrets == () and access.username is None


def test_a_name_of_the_users_own(own: Path, tmp_path: Path) -> None:
    access = find_access("example", own, tmp_path)
    assert (access.api, access.username, access.password) == (WIKI, "Mop@cleanup", "hunter2hunter2")
    assert (access.patience, access.items, access.rate, access.contact) == (120.0, 10, 1.0, "admin@example.org")
    assert "hunter2" not in repr(access)


def test_a_token_from_a_file(own: Path, tmp_path: Path) -> None:
    assert find_access("token", own, tmp_path).token == "bearer-of-the-wiki"


def test_an_address_of_the_users_own_gets_its_credentials(own: Path, tmp_path: Path) -> None:
    assert find_access(WIKI, own, tmp_path).password == "hunter2hunter2"


def test_another_address_gets_none(own: Path, tmp_path: Path) -> None:
    assert secretless(find_access(OTHER, own, tmp_path))


def test_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    from_environment(monkeypatch)
    assert find_access(None, None, None).password == "swordfish"
    assert find_access("https://wiki.example.org/other/api.php", None, None).password == "swordfish"


@pytest.mark.parametrize(
    "api",
    [
        OTHER,
        "http://wiki.example.org/w/api.php",
        "https://wiki.example.org:8443/w/api.php",
        "https://wiki.example.org.evil.net/api.php",
    ],
)
def test_the_environments_credentials_stay_with_its_origin(monkeypatch: pytest.MonkeyPatch, api: str) -> None:
    from_environment(monkeypatch)
    assert secretless(find_access(api, None, None))


def test_a_file_beside_the_playbook_only_gives_names(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from_environment(monkeypatch)
    (tmp_path / "wikis.yaml").write_text(
        f"wikis: {{theirs: {{api: '{OTHER}', contact: x@example.net}}, ours: {{api: '{WIKI}'}}}}\n"
    )
    assert secretless(find_access("theirs", None, tmp_path))
    assert find_access("ours", None, tmp_path).password == "swordfish"


def test_a_file_beside_the_playbook_cannot_bring_a_login(tmp_path: Path) -> None:
    text = f"wikis: {{theirs: {{api: '{OTHER}', auth: {{username: a@b, password: {{env: MOP_PASSWORD}}}}}}}}\n"
    (tmp_path / "wikis.yaml").write_text(text)
    with pytest.raises(InvalidInput, match="beside a playbook"):
        find_access("theirs", None, tmp_path)


def test_the_users_own_name_comes_first(own: Path, tmp_path: Path) -> None:
    (tmp_path / "wikis.yaml").write_text(f"wikis: {{example: {{api: '{OTHER}'}}}}\n")
    assert find_access("example", own, tmp_path).api == WIKI


@pytest.mark.parametrize("wiki", ["nowhere", "https://user:secret@wiki.example.org/api.php", "https://[broken/api.php"])
def test_what_cannot_be_meant_is_told_without_secrets(wiki: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError) as told:
        find_access(wiki, None, tmp_path)
    assert "secret" not in f"{told.value}{told.value.hint}"


def test_half_a_login_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WIKIMOP_API", WIKI)
    monkeypatch.setenv("WIKIMOP_USERNAME", "Mop@env")
    with pytest.raises(UsageError, match="belong together"):
        find_access(None, None, None)


def test_a_secret_that_is_not_there_is_told(own: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MOP_PASSWORD")
    with pytest.raises(UsageError, match="MOP_PASSWORD"):
        find_access("example", own, None)


WHOLE = """
wikis:
  whole:
    api: https://wiki.example.org/w/api.php
    auth: {username: Mop@cleanup, password: {env: MOP_PASSWORD}}
    http_auth: {username: stage, password: {file: gate}}
    headers: {X-Stage: beta, X-Gate: {file: gate}}
    client_cert: {cert: mop.crt, key: mop.key}
    ca_bundle: ca.pem
  signed:
    api: https://signed.example.org/w/api.php
    auth:
      oauth1:
        consumer_token: {env: MOP_PASSWORD}
        consumer_secret: {env: MOP_PASSWORD}
        access_token: {file: gate}
        access_secret: {file: gate}
"""


@pytest.fixture
def whole(tmp_path: Path) -> Path:
    home = tmp_path / "home"
    home.mkdir()
    for name, text in {"gate": "open-sesame-now\n", "mop.key": "a key", "wikis.yaml": WHOLE}.items():
        (home / name).write_text(text)
        (home / name).chmod(0o600)
    return home / "wikis.yaml"


def test_everything_that_lets_a_request_in(whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Files are seen from the configuration: the current folder may be a stranger's, with a `ca.pem` of its own."""
    monkeypatch.chdir(tmp_path)
    access = find_access("whole", whole, tmp_path)
    assert access.http_auth == ("stage", "open-sesame-now")
    assert (access.headers, access.secret_headers) == ({"X-Stage": "beta"}, {"X-Gate": "open-sesame-now"})
    assert access.client_cert == (str(whole.parent / "mop.crt"), str(whole.parent / "mop.key"))
    assert access.ca_bundle == str(whole.parent / "ca.pem")
    assert set(access.secrets) == {"hunter2hunter2", "open-sesame-now"}
    keys = find_access("signed", whole, tmp_path).oauth1
    assert keys is not None
    assert keys.all == ("hunter2hunter2", "hunter2hunter2", "open-sesame-now", "open-sesame-now")
    shown = f"{access} {keys}"
    assert "sesame" not in shown
    assert "hunter" not in shown


def test_a_key_with_a_passphrase_would_ask_the_terminal(whole: Path, tmp_path: Path) -> None:
    (whole.parent / "mop.key").write_text("-----BEGIN ENCRYPTED PRIVATE KEY-----\n")
    with pytest.raises(UsageError, match="passphrase"):
        find_access("whole", whole, tmp_path)


def test_what_cannot_stand_in_a_header(whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (whole.parent / "gate").write_text("öpen-sesame-now")
    with pytest.raises(UsageError, match="printable ASCII"):
        find_access("whole", whole, tmp_path)
    monkeypatch.setenv("WIKIMOP_API", WIKI)
    monkeypatch.setenv("WIKIMOP_OAUTH2_TOKEN", "token-with-€-in-it")
    with pytest.raises(UsageError, match="printable ASCII"):
        find_access(None, None, None)
    monkeypatch.setenv("WIKIMOP_OAUTH2_TOKEN", "a-sound-token")
    monkeypatch.setenv("WIKIMOP_CONTACT", "Łukasz")
    with pytest.raises(UsageError, match="WIKIMOP_CONTACT"):
        find_access(None, None, None)


def test_plain_http_only_to_this_machine() -> None:
    """Whoever is logged in or not: what a plan rests on must not be written by somebody on the way."""
    for api in ("https://wiki.example.org/api.php", "http://127.0.0.1:80/api.php", "http://localhost/api.php"):
        refuse_plain_http(Access(api=api))
    refuse_plain_http(Access(api="http://wiki.example.org/api.php", allow_http=True))
    refuse_plain_http(Access(api="http://127.0.0.1/api.php", proxy="http://localhost:3128"))
    for access in (
        Access(api="http://wiki.example.org/api.php"),
        Access(api="http://wiki.example.org/api.php", username="u", password="p"),
        Access(api="http://127.0.0.1.example.org/api.php"),
        Access(api="http://127.0.0.1/api.php", proxy="http://proxy.example.org:3128"),
    ):
        with pytest.raises(UsageError, match="plain http"):
            refuse_plain_http(access)
