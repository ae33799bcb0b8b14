"""A checkout that a stranger's pull request wrote, on the desk of somebody with secrets: it reads no file outside, runs
nothing, and no server of theirs hears of any secret."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from runner.errors import InvalidInput
from runner.playbook.wikis import load_wikis
from tests import leaks
from tests.desk import TIMEOUT, Desk
from tests.fuzz.player import Player
from tests.fuzz.test_hostile_wiki import hosted

ENVIRONMENTS, CONFIGURED, UNNAMED, OUTSIDE = (f"{name}-0123456789-abcdef" for name in ("first", "second", "third", "fourth"))
STEP = "- id: a\n  pages: {titles: [article 01]}\n  purge: {}"
OWN = """\
wikis:
  mine:
    api: https://wiki.example.org/api.php
    contact: alice@example.org
    auth: {username: Alice@mop, password: {env: MOP_PASSWORD}}
    headers: {X-Gate: {env: MOP_PASSWORD}}
"""
RUNS = "import pathlib; pathlib.Path({marker!r}).touch()\n"


@pytest.fixture
def victim(bare_desk: Desk) -> Desk:
    """Somebody with secrets for other wikis, both in the environment and in a configuration."""
    bare_desk.environment |= {
        "WIKIMOP_API": "https://other.example.org/api.php",
        "WIKIMOP_USERNAME": "Alice@mop",
        "WIKIMOP_PASSWORD": ENVIRONMENTS,
        "MOP_PASSWORD": CONFIGURED,
        "UNNAMED": UNNAMED,
    }
    bare_desk.write(OWN, "config/wikimop/wikis.yaml")
    bare_desk.write(OUTSIDE, "outside.txt")
    return bare_desk


def said(desk: Desk, player: Player) -> list[str]:
    """Secrets that the server heard, or that were printed or written."""
    written = [("the server", "\n".join(player.heard).encode()), *leaks.files(desk.folder, desk.own)]
    written.append(("the screen", "\n".join(desk.printed).encode()))
    known = [ENVIRONMENTS, CONFIGURED, UNNAMED, OUTSIDE]
    return [where for where, data in written for secret in known if any(form in data for form in leaks.forms(secret))]


def checkout(desk: Desk, text: str, beside: str = "") -> Path:
    """The stranger's folder, which is the current one; the user's own is beside it."""
    if beside:
        desk.write(beside, "pr/wikis.yaml")
    return desk.write(text, "pr/book.yaml")


def book(wiki: str, steps: str = STEP) -> str:
    body = "\n".join("  " + line for line in steps.splitlines())
    return f"playbook: 1\nname: test\nwiki: {wiki}\nsteps:\n{body}\n"


@pytest.mark.parametrize("named", ["address", "beside", "mine"])
def test_no_server_of_theirs_hears_a_secret(victim: Desk, named: str) -> None:
    player = Player()
    with hosted(player) as api:
        wiki = {"address": api, "beside": "theirs", "mine": "mine"}[named]
        beside = f"wikis:\n  theirs: {{api: '{api}'}}\n  mine: {{api: '{api}'}}\n"
        path = checkout(victim, book(wiki), beside)
        commands = (("run", path, "--yes"), ("doctor", "--wiki", wiki)) if named != "mine" else (("validate", path),)
        for command in commands:
            victim.wikimop(*command)
    assert bool(player.heard) == (named != "mine")  # the user's own name leads where the user says
    assert said(victim, player) == []


BESIDE = {
    "auth": "auth: {username: A@b, password: {env: UNNAMED}}",
    "token": "auth: {oauth2_token: {env: UNNAMED}}",
    "file": "auth: {oauth2_token: {file: ../outside.txt}}",
    "program": "auth: {oauth2_token: {command: [touch, marker]}}",
    "header": "headers: {X: {env: UNNAMED}}",
    "literal-header": "headers: {X-A: b}",
    "basic": "http_auth: {username: a, password: {env: UNNAMED}}",
    "certificate": "client_cert: ../outside.txt",
    "bundle": "ca_bundle: ../outside.txt",
    "proxy": "proxy: http://127.0.0.1:1",
    "http": "allow_http: true",
    "allow": "allow: {suppress: true}",
}


@pytest.mark.parametrize("name", BESIDE)
def test_a_configuration_of_theirs_gives_a_name_and_an_address(name: str) -> None:
    text = f"wikis:\n  theirs:\n    api: https://theirs.example.org/api.php\n    {BESIDE[name]}\n"
    with pytest.raises(InvalidInput) as refused:
        load_wikis(text.encode(), file="wikis.yaml", beside_playbook=True)
    assert "beside-playbook" in {problem.code for problem in refused.value.problems}


def test_nothing_that_such_a_configuration_names_is_run_or_read(victim: Desk) -> None:
    player = Player()
    with hosted(player) as api:
        entry = "\n    ".join(BESIDE[name] for name in ("program", "header", "certificate", "bundle"))
        path = checkout(victim, book("theirs"), f"wikis:\n  theirs:\n    api: {api}\n    {entry}\n")
        victim.wikimop("plan", path, code=2)
    assert player.heard == []
    assert said(victim, player) == []
    assert list(victim.folder.rglob("marker")) == []


FILES = ("../outside.txt", "/etc/hostname", "link.txt", "folder/outside.txt")


def test_no_file_outside_is_read(victim: Desk) -> None:
    (victim.folder / "pr").mkdir()
    (victim.folder / "pr/link.txt").symlink_to("../outside.txt")
    (victim.folder / "pr/folder").symlink_to("..")
    steps = "".join(f"- id: s{number}\n  pages: {{file: {file}}}\n  purge: {{}}\n" for number, file in enumerate(FILES))
    player = Player()
    with hosted(player) as api:
        path = checkout(victim, book(api, steps))
        result = victim.wikimop("validate", path, "--format", "json", code=2)
        victim.wikimop("plan", path, code=2)
    assert {problem["line"] for problem in result.lines} == {6, 9, 12, 15}
    assert player.heard == []
    assert said(victim, player) == []


@pytest.mark.parametrize("name", ["${env.UNNAMED}", "${UNNAMED}", "$UNNAMED", "${vars.UNNAMED}", "{{UNNAMED}}", "!ENV UNNAMED"])
def test_no_variable_of_the_environment_is_reached(victim: Desk, name: str) -> None:
    player = Player()
    text = name if name.startswith("!") else json.dumps(name)
    with hosted(player) as api:
        path = checkout(victim, book(api, f"- id: a\n  pages: {{titles: [article 01]}}\n  delete: {{reason: {text}}}"))
        victim.wikimop("run", path, "--yes")
    assert said(victim, player) == []


def test_no_code_beside_a_playbook_is_run(victim: Desk) -> None:
    """Neither a module with the name of one of ours, nor a program with that of git."""
    marker = str(victim.folder / "marker")
    with hosted(Player()) as api:
        path = checkout(victim, book(api))
        for name in ("yaml.py", "requests.py", "sitecustomize.py", "usercustomize.py", "click.py", "runner/__init__.py"):
            victim.write(RUNS.format(marker=marker), f"pr/{name}")
        for name in ("git", "pass"):
            victim.write(f"#!/bin/sh\ntouch '{marker}'\n", f"pr/{name}").chmod(0o755)
        command = [str(Path(sys.executable).with_name("wikimop")), "plan", path.name]
        done = subprocess.run(
            command, cwd=path.parent, env=victim.environment, capture_output=True, text=True, timeout=TIMEOUT, check=False
        )
    victim.printed += [done.stdout, done.stderr]
    assert done.returncode == 0, done.stderr
    assert not Path(marker).exists()
