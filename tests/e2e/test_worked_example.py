"""The worked example of CONTRIBUTING.md: an action like any other, by the contract and on the real wiki."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.desk import Desk, someone
from tests.e2e.reading import applied, blocked, ends, plan_file, planned
from tests.faults.broken import cut_after, cut_before
from tests.faults.conftest import impatient
from tests.faults.proxy import Fault, proxied
from tests.mediawiki import MediaWiki
from tests.worked_example import install

ROOT = Path(__file__).parents[2]
STEPS = "- id: a\n  file_versions: {titles: ['File:Red square.png']}\n  filerevert: {comment: As it was}"
WIDTH = (
    "SELECT img_width, (SELECT count(*) FROM oldimage WHERE oi_name = img_name) FROM image WHERE img_name = 'Red_square.png'"
)


@pytest.fixture
def taught(tmp_path: Path, desk: Desk) -> Desk:
    """A desk whose wikimop has the action."""
    (tmp_path / "code").mkdir()
    desk.environment |= install(tmp_path / "code")
    return desk


def test_it_keeps_to_the_contract(tmp_path: Path) -> None:
    """What every action keeps to, run with the example among the actions."""
    command = [sys.executable, "-m", "pytest", "-n", "0", "-q", "tests/actions/test_contract.py", "-k", "filerevert"]
    environment = {**os.environ, **install(tmp_path)}
    result = subprocess.run(command, cwd=ROOT, env=environment, text=True, capture_output=True, check=False)
    assert result.returncode == 0, result.stdout
    assert " passed" in result.stdout or "[100%]" in result.stdout


def test_it_does_what_it_says(taught: Desk, wiki: MediaWiki) -> None:
    assert wiki.rows(WIDTH) == [(16, 1)]
    run = taught.wikimop("run", taught.playbook(STEPS), "--yes", "--format", "json", code=0).json
    assert wiki.rows(WIDTH) == [(8, 2)]
    ((comment,),) = wiki.rows("SELECT comment_text FROM image JOIN comment ON comment_id = img_description_id"
                              " WHERE img_name = 'Red_square.png'")  # fmt: skip
    assert str(comment).startswith(f"As it was (wikimop {run['run']}) ")


@pytest.mark.parametrize("fault", [cut_before, cut_after])
def test_a_lost_answer(taught: Desk, wiki: MediaWiki, fault: Fault) -> None:
    with proxied(wiki) as proxy:
        desk = impatient(taught, proxy, "30s")
        proxy.rule(fault, 1, action="filerevert")
        desk.wikimop("run", desk.playbook(STEPS), "--yes", code=0)
    assert wiki.rows(WIDTH) == [(8, 2)]


def test_what_is_told_beforehand_and_what_is_drift(taught: Desk, wiki: MediaWiki) -> None:
    plan = plan_file(taught, STEPS, name="frozen.jsonl")
    taught.use(wiki.api, "bob")
    wiki.settings("$wgGroupPermissions['user']['reupload'] = false;")
    assert list(blocked(planned(taught, STEPS)["a"]).values()) == ["permission"]
    wiki.settings("")
    taught.use(wiki.api, "sysop")
    someone(wiki).move("File:Red square.png", "File:Crimson.png", noredirect=1)
    assert ends(applied(taught, plan, code=1)) == {"File:Red square.png": ("skipped", "drift:gone")}
