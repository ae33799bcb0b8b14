"""The search for secrets finds one, wherever and in whatever form it is; so its silence means something."""

from __future__ import annotations

import base64
import json
import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests import leaks
from tests.desk import Desk
from tests.mediawiki import ACCOUNTS, Client, MediaWiki

SECRET = ACCOUNTS["sysop"].bot_password
pytestmark = pytest.mark.leaky


def test_every_account_is_looked_for() -> None:
    assert len(leaks.secrets()) == 2 * 8
    assert all(len(form) > 20 for known in leaks.secrets().values() for form in known)


@pytest.mark.parametrize(
    "text",
    [
        SECRET,
        f"lgpassword={SECRET}&x=1",
        json.dumps({"password": SECRET}),
        "Authorization: Basic " + base64.b64encode(f"Sysop@mop:{SECRET}".encode()).decode(),
        base64.b64encode(f"x:{SECRET}".encode()).decode(),
        base64.urlsafe_b64encode(f"xy{SECRET}z".encode()).decode(),
        SECRET.encode().hex(),
    ],
    ids=["plain", "form", "json", "basic", "basic-1", "urlsafe", "hex"],
)
def test_a_secret_is_found_in_a_file(tmp_path: Path, text: str) -> None:
    desk = Desk(tmp_path)
    desk.made.remove(desk)  # it holds one on purpose
    desk.write(f"own: {text}", "config/wikis.yaml")
    assert desk.leaks() == []  # what a test wrote itself is no leak
    (tmp_path / ".wikimop/runs").mkdir(parents=True)
    (tmp_path / ".wikimop/runs/r12345678.jsonl").write_text(f'{{"detail": "{text}"}}')
    (leak,) = desk.leaks()
    assert "Sysop@mop (bot_password) in" in leak
    assert "r12345678.jsonl" in leak
    assert SECRET not in leak


def test_a_file_of_a_test_that_was_changed_is_searched(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.made.remove(desk)
    desk.write("x", "plan").write_text(SECRET)
    assert len(desk.leaks()) == 1


def test_a_secret_is_found_in_a_database(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.made.remove(desk)
    with closing(sqlite3.connect(tmp_path / "state.sqlite")) as database:
        database.execute("CREATE TABLE results (detail TEXT)")
        database.execute("INSERT INTO results VALUES (?)", [f"token={SECRET}"])
        database.commit()
    assert len(desk.leaks()) == 1


def test_a_secret_is_found_in_what_was_printed(bare_desk: Desk) -> None:
    bare_desk.made.remove(bare_desk)
    result = bare_desk.wikimop(SECRET)
    assert SECRET in result.err  # what somebody types is said again: it is registered nowhere
    assert bare_desk.leaks() == ["Sysop@mop (bot_password) in what the command printed"]


def test_the_wikis_cookies_and_tokens_are_looked_for(wiki: MediaWiki, tmp_path: Path) -> None:
    wiki.issued()
    account = ACCOUNTS["sysop"]
    token = Client(wiki.api, account.bot_username, account.bot_password).token("csrf")
    issued = wiki.issued()
    assert token in issued
    assert len(issued) >= 3  # the one to log in with, and the session
    assert wiki.issued() == []
    desk = Desk(tmp_path)
    desk.made.remove(desk)
    for number, text in enumerate(issued):
        (tmp_path / f"{number}.jsonl").write_text(json.dumps({"detail": text}))
    assert len(desk.leaks(issued)) == len(issued)


def test_every_command_of_a_test_is_listened_to() -> None:
    """Whoever starts one without the desk hands over what it printed."""
    texts = {path: path.read_text(encoding="utf-8") for path in Path(__file__).parent.rglob("*.py")}
    own = [path for path, text in texts.items() if '"-m", "runner"' in text and re.search(r"Popen\(|subprocess\.run\(", text)]
    deaf = [path.name for path in own if ".printed" not in texts[path] and path.parent.name != "bench"]
    assert {"test_ask.py", "test_commands.py", "test_disks.py"} <= {path.name for path in own}
    assert deaf == ["demo.py"]  # which is no test


def test_a_command_that_was_killed_is_listened_to(bare_desk: Desk) -> None:
    bare_desk.made.remove(bare_desk)
    process = bare_desk.start(SECRET)
    process.wait(timeout=60)
    assert bare_desk.leaks() == ["Sysop@mop (bot_password) in what the command printed"]


def test_what_a_test_writes_without_a_desk_is_searched_too(tmp_path: Path) -> None:
    """The check of `conftest.py` itself, which asks this for each test's folder."""
    (tmp_path / "inside").mkdir()
    (tmp_path / "inside/state.sqlite").write_bytes(b"\0" + SECRET.encode())
    assert list(leaks.found(leaks.files(tmp_path, {}))) == [f"Sysop@mop (bot_password) in {tmp_path}/inside/state.sqlite"]
