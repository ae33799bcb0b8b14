"""A suppression whose answer was lost: only an account that may read the suppression log can tell whose it was."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.desk import Desk
from tests.e2e.reading import hidden_bits, revisions
from tests.faults.proxy import Exchange, Proxy
from tests.mediawiki import MediaWiki


def step(ids: list[int]) -> str:
    return f"- id: a\n  revisions: {{revids: {ids}}}\n  revisiondelete: {{hide: [user], suppress: yes}}"


@pytest.mark.parametrize("sees", [True, False], ids=["sees", "does-not-see"])
def test_a_lost_answer(tmp_path: Path, proxy: Proxy, wiki: MediaWiki, *, sees: bool) -> None:
    wiki.settings(f"$wgGroupPermissions['suppress']['suppressionlog'] = {str(sees).lower()};")
    mop = Desk(tmp_path, proxy.api, "admin")
    ids = revisions(wiki, "History/Long")[:2]

    def lost(exchange: Exchange) -> None:
        exchange.forward()
        exchange.cut()

    proxy.rule(lost, 1, action="revisiondelete")
    book = mop.playbook(step(ids))
    run = mop.wikimop("run", book, "--allow-suppress", "--yes", "--format", "json", code=0 if sees else 1).json
    assert hidden_bits(wiki, ids) == [12, 12]
    found = {(item["state"], item["code"]) for item in mop.items(run["run"])}
    assert found == {("done", "looked_up") if sees else ("unsure", "unseen_log")}
    if not sees:
        # Once the account may read that log, a resume finds out.
        wiki.settings("")
        after = mop.wikimop("resume", run["run"], "--format", "json", code=0).json
        assert after["counts"]["done"] == 2
