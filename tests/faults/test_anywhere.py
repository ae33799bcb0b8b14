"""A run may end at any moment: before and after every commit and around every request, for every action, however it ends. Then
`resume` finishes it, and the plan, the journal and the wiki agree."""

from __future__ import annotations

import random
from collections.abc import Iterator
from copy import copy
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.desk import Desk, deletions, someone
from tests.e2e.reading import lines_of
from tests.faults.recipes import RECIPES
from tests.faults.striking import BOUNDARIES, ENDS, LAUNCHER, Strike, planned
from tests.mediawiki import MediaWiki

OTHERS = [what for what in ENDS if what != "kill"]
ENOUGH = 1000


@pytest.mark.parametrize("name", RECIPES)
def test_four_kills(wiki: MediaWiki, tmp_path: Path, name: str) -> None:
    """One before anything is written, two around writes, one around a commit of the session that finds out about them:
    chosen by the recipe's name, so that all of them together are everywhere, and each time the same."""
    chance = random.Random(name)
    job = planned(name, wiki, tmp_path)
    several = job.recipe.entries > 1 and not job.recipe.at_once
    strikes = (
        Strike(where=f"send-{chance.choice(BOUNDARIES)}", number=chance.randint(1, 4)),
        # Where there is only one write it must not land: the next strike waits for it.
        Strike(where=f"write-{chance.choice(BOUNDARIES) if several else 'before'}", number=1),
        Strike(where="write-answered", number=1),
        Strike(where=f"commit-{chance.choice(BOUNDARIES[:2])}", number=chance.randint(1, 3)),
    )
    for strike in strikes:
        assert job.struck(strike), f"{strike} never came"
    job.finish()
    job.agree()


def test_fifty_kills_are_in_make_test() -> None:
    assert 4 * len(RECIPES) >= 50


@pytest.mark.parametrize("what", OTHERS)
def test_another_end_around_a_deletion(wiki: MediaWiki, tmp_path: Path, what: str) -> None:
    job = planned("delete", wiki, tmp_path)
    assert job.struck(Strike(where="write-answered", number=2, what=what)) or what in ("files", "readonly")
    job.struck(Strike(where="commit-before", number=2, what=what))
    job.finish()
    job.agree()


def moments(job_moments: dict[str, int], chance: random.Random) -> Iterator[tuple[Strike, Strike]]:
    """Every moment of an undisturbed run, each with another one that strikes the session that goes on."""
    kinds = sorted((where, times) for where, times in job_moments.items() if not where.startswith("write"))  # sent, too
    for where, number in ((where, number) for where, times in kinds for number in range(1, times + 1)):
        then, times = chance.choice(kinds)
        yield Strike(where=where, number=number), Strike(where=then, number=chance.randint(1, times))


@pytest.mark.soak
@pytest.mark.parametrize("name", RECIPES)
def test_a_kill_at_every_moment(wiki: MediaWiki, tmp_path: Path, name: str) -> None:
    """Before and after each commit, and before, after and behind each request; and once more while that is looked into."""
    calm = planned(name, wiki, tmp_path / "calm")
    every = calm.moments()
    calm.agree()
    kills = 0
    for number, strikes in enumerate(moments(dict(every), random.Random(name))):
        wiki.reset()
        job = planned(name, wiki, tmp_path / str(number))
        for strike in strikes:
            kills += job.struck(strike)
        job.finish()
        job.agree()
    assert kills >= ENOUGH / len(RECIPES), f"only {kills} kills"
    print(f"{name}: {kills} kills")


@pytest.mark.soak
@pytest.mark.parametrize("name", RECIPES)
@pytest.mark.parametrize("what", OTHERS)
def test_another_end_at_some_moments(wiki: MediaWiki, tmp_path: Path, name: str, what: str) -> None:
    chance = random.Random(f"{name} {what}")
    every = planned(name, wiki, tmp_path / "calm").moments()
    struck = 0
    for number, (strike, _) in enumerate(chance.sample(list(moments(dict(every), chance)), 6)):
        wiki.reset()
        job = planned(name, wiki, tmp_path / str(number))
        struck += job.struck(Strike(where=strike.where, number=strike.number, what=what))
        job.finish()
        job.agree()
    # At some moments nothing more is opened or written, so that these two end nothing.
    assert struck or what in ("files", "readonly")


def test_a_plan_made_by_a_clock_that_is_wrong_is_still_applied_once(desk: Desk, wiki: MediaWiki) -> None:
    """By a year; and its journal is not at hand the second time. The wiki's own log ids tell."""
    book = desk.playbook("- id: gone\n  pages: {titles: [Bulk/001]}\n  delete: {reason: Once}")
    early = copy(desk)
    early.environment = {**desk.environment, "MOP_STRIKE": "send-before:1:clock"}
    process = early.start("plan", book, "--out", "one.plan", program=[str(LAUNCHER)])
    process.communicate(timeout=60)
    assert process.returncode == 0
    created = datetime.fromisoformat(lines_of(desk.folder / "one.plan")[0]["created"])
    assert created > datetime.now(UTC) + timedelta(days=300)
    desk.wikimop("apply", "one.plan", "--yes", code=0)
    someone(wiki).undelete("Bulk/001")
    refused = desk.wikimop("apply", "one.plan", "--yes", "--state-dir", "elsewhere", code=2)
    assert "was already applied: the wiki's log bears its mark" in refused.err
    assert len(deletions(wiki)) == 1
