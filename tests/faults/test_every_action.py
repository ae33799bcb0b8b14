"""Every action, with its first request lost before and after the wiki saw it: by the wiki's own tables everything was done
once. What ends the process instead is in test_anywhere.py."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import pytest
import yaml

from runner.actions import ACTIONS
from tests.desk import Desk
from tests.faults.broken import cut_after, cut_before
from tests.faults.conftest import impatient
from tests.faults.proxy import Fault, Proxy
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
    states = Counter(item["state"] for item in items)
    assert states.keys() <= ({"done"} if recipe.certain else {"done", "unsure"}), items
    assert len(items) == recipe.items
    log = f"SELECT count(*) FROM logging JOIN comment ON comment_id = log_comment_id WHERE {recipe.logged}"
    marked = recipe.logged if recipe.logged.startswith("SELECT") else log
    ((entries,),) = wiki.rows(f"{marked} AND comment_text LIKE ?", f"%(wikimop {run})")
    # What is unsure was carried out or was not.
    assert recipe.entries - states["unsure"] <= entries <= recipe.entries
    assert wiki.rows(recipe.effect) == [(recipe.is_,)]


def test_every_action_has_a_recipe() -> None:
    steps = [yaml.safe_load(recipe.step).keys() & ACTIONS.keys() for recipe in RECIPES.values()]
    assert set().union(*steps) == ACTIONS.keys()
    assert all(len(actions) == 1 for actions in steps)


@pytest.mark.parametrize("prepared", RECIPES, indirect=True)
@pytest.mark.parametrize("fault", FAULTS)
def test_a_lost_request_is_done_once(prepared: tuple[Desk, Recipe], proxy: Proxy, wiki: MediaWiki, fault: str) -> None:
    desk, recipe = prepared
    proxy.rule(FAULTS[fault], 1, action=recipe.action)
    result = desk.wikimop("run", desk.playbook(f"- {{id: job, {recipe.step[1:]}"), "--yes", "--format", "json")
    assert result.code == (0 if recipe.certain else 1), result.err
    assert proxy.struck == 1
    assert result.json["counts"]["unsure"] == (0 if recipe.certain else 1)
    was_done_once(desk, wiki, recipe, result.json["run"])
