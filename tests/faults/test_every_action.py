"""Every action, struck at each boundary of its requests: lost before and after the wiki saw it, and the process killed
there. By the wiki's own tables everything was done once."""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.desk import Desk
from tests.faults.broken import cut_after, cut_before
from tests.faults.conftest import impatient
from tests.faults.proxy import Exchange, Fault, Proxy
from tests.faults.recipes import RECIPES, Recipe
from tests.mediawiki import MediaWiki

FAULTS: Mapping[str, Fault] = {"lost-before": cut_before, "lost-after": cut_after}


@pytest.fixture
def prepared(request: pytest.FixtureRequest, tmp_path: Path, proxy: Proxy, wiki: MediaWiki) -> tuple[Desk, Recipe]:
    """A desk behind the proxy, and a recipe whose wiki is ready."""
    recipe = RECIPES[request.param]
    recipe.prepare(wiki)
    return impatient(Desk(tmp_path, proxy.api, recipe.account), proxy, "30s"), recipe


def was_done_once(desk: Desk, wiki: MediaWiki, recipe: Recipe, run: str) -> None:
    """The journal, the log and the tables agree."""
    items = desk.items(run)
    assert {item["state"] for item in items} == {"done"}, items
    assert len(items) == recipe.items
    log = f"SELECT count(*) FROM logging JOIN comment ON comment_id = log_comment_id WHERE {recipe.logged}"
    marked = recipe.logged if recipe.logged.startswith("SELECT") else log
    assert wiki.rows(f"{marked} AND comment_text LIKE ?", f"%(wikimop {run})") == [(recipe.entries,)]
    assert wiki.rows(recipe.effect) == [(recipe.is_,)]


@pytest.mark.parametrize("prepared", RECIPES, indirect=True)
@pytest.mark.parametrize("fault", FAULTS)
def test_a_lost_request_is_done_once(prepared: tuple[Desk, Recipe], proxy: Proxy, wiki: MediaWiki, fault: str) -> None:
    desk, recipe = prepared
    proxy.rule(FAULTS[fault], 1, action=recipe.action)
    run = desk.wikimop("run", desk.playbook(f"- {{id: job, {recipe.step[1:]}"), "--yes", "--format", "json", code=0).json
    assert proxy.struck == 1
    was_done_once(desk, wiki, recipe, run["run"])


@pytest.mark.parametrize("prepared", RECIPES, indirect=True)
@pytest.mark.parametrize("after", [False, True], ids=["killed-before", "killed-after"])
def test_a_killed_run_is_finished_by_resume(
    prepared: tuple[Desk, Recipe], proxy: Proxy, wiki: MediaWiki, *, after: bool
) -> None:
    desk, recipe = prepared
    plan = desk.wikimop("plan", desk.playbook(f"- {{id: job, {recipe.step[1:]}"), "--format", "json", code=0).json["plan"]
    victims: list[subprocess.Popen[str]] = []

    def kill(exchange: Exchange) -> None:
        if after:
            exchange.forward()
        victims[0].send_signal(signal.SIGKILL)
        victims[0].wait(30)
        exchange.cut()

    proxy.rule(kill, 1, action=recipe.action)
    victims.append(desk.start("apply", plan, "--yes"))
    victims[0].communicate(timeout=60)
    assert victims[0].returncode == -signal.SIGKILL
    run = "r" + plan[1:]
    assert desk.wikimop("resume", run, "--format", "json", code=0).json["state"] == "finished"
    was_done_once(desk, wiki, recipe, run)
