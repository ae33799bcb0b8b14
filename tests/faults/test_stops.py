"""What is no fault of one item: it stops the run with everything left in order. And what is one item's own: it keeps the
others from nothing."""

from __future__ import annotations

from collections import Counter

import pytest

from runner.failures import CAUSES
from tests.desk import Desk, deletions, someone
from tests.faults.broken import BROKE, error, instead, status
from tests.faults.conftest import impatient
from tests.faults.proxy import Exchange, Proxy
from tests.mediawiki import MediaWiki

STEPS = "- id: bulk\n  pages: {generator: allpages, prefix: Bulk/01}\n  delete: {reason: Stopped}"
ALL = [f"Bulk/01{digit}" for digit in range(10)]
UNAUTHORISED = next(cause.codes for cause in CAUSES if cause.name == "unauthorised")


def finished(desk: Desk, wiki: MediaWiki) -> None:
    assert desk.wikimop("resume", "--format", "json", code=0).json["counts"]["done"] == 10
    assert sorted(title for title, _ in deletions(wiki)) == ALL


def test_an_account_that_is_blocked_meanwhile(mop: Desk, proxy: Proxy, wiki: MediaWiki) -> None:
    """The real thing: the wiki would refuse every single item that is left."""
    other = someone(wiki)

    def blocked(exchange: Exchange) -> None:
        other.block("Sysop", reason="Slow down")
        exchange.answer(exchange.forward())

    proxy.rule(blocked, 4, action="delete")
    result = mop.wikimop("run", mop.playbook(STEPS), "--yes", "--format", "json", code=4)
    assert "lets this account do nothing" in result.err
    assert "wikimop resume" in result.err
    assert result.json["state"] == "stopped"
    assert (result.json["counts"]["done"], result.json["counts"]["pending"]) == (3, 7)
    other.unblock("Sysop")
    finished(mop, wiki)


@pytest.mark.parametrize("code", UNAUTHORISED[:2])
def test_an_account_that_may_do_nothing_any_more(mop: Desk, proxy: Proxy, wiki: MediaWiki, code: str) -> None:
    proxy.rule(instead(error(code.replace("*", "-invalid-user"))), 4, action="delete")
    result = mop.wikimop("run", mop.playbook(STEPS), "--yes", "--format", "json", code=4)
    assert (result.json["counts"]["done"], result.json["counts"]["pending"]) == (3, 7)
    assert result.json["counts"]["failed"] == 0
    finished(mop, wiki)


def test_a_page_that_the_account_is_blocked_from(mop: Desk, wiki: MediaWiki) -> None:
    """The real thing, after the plan: only that page fails."""
    plan = mop.wikimop("plan", mop.playbook(STEPS), "--format", "json", code=0).json["plan"]
    someone(wiki).block("Sysop", partial=1, allowusertalk=1, pagerestrictions="Bulk/014|Bulk/017")
    run = mop.wikimop("apply", plan, "--yes", "--format", "json", code=1).json
    assert Counter((item["state"], item["code"]) for item in mop.items(run["run"])) == {
        ("done", None): 8, ("failed", "blocked"): 2,
    }  # fmt: skip
    assert len(deletions(wiki)) == 8


def test_a_request_that_is_too_large_is_sent_in_parts(mop: Desk, proxy: Proxy) -> None:
    """Until somebody on the way takes it; and what is too large alone keeps the others from nothing."""

    def strict(exchange: Exchange) -> None:
        ids = exchange.parameters["pageids"].split("|")
        if len(ids) > 3 or bad in ids:
            exchange.answer(status(413))
        else:
            exchange.answer(exchange.forward())

    steps = "- id: bulk\n  pages: {generator: allpages, prefix: Bulk/0}\n  purge: {}"
    plan = mop.wikimop("plan", mop.playbook(steps), "--format", "json", code=0).json["plan"]
    bad = str(mop.wikimop("show", plan, "--items", "--format", "json", code=0).lines[50]["pageid"])
    proxy.rule(strict, action="purge")
    run = mop.wikimop("apply", plan, "--yes", "--format", "json", code=1).json
    assert Counter((item["state"], item["code"]) for item in mop.items(run["run"])) == {
        ("done", None): 98, ("failed", "too_large"): 1,
    }  # fmt: skip


def test_hiding_two_revisions_that_are_too_much_at_once(mop: Desk, proxy: Proxy, wiki: MediaWiki) -> None:
    def strict(exchange: Exchange) -> None:
        exchange.answer(status(413) if "|" in exchange.parameters["ids"] else exchange.forward())

    proxy.rule(strict, action="revisiondelete")
    steps = "- id: hide\n  revisions: {generator: revisions, of: {titles: [Article 01]}, limit: 4}\n"
    steps += "  revisiondelete: {hide: [comment], reason: Large}"
    run = mop.wikimop("run", mop.playbook(steps), "--yes", "--format", "json", code=0).json
    assert {item["state"] for item in mop.items(run["run"])} == {"done"}
    hidden = wiki.rows("SELECT count(*) FROM revision WHERE rev_deleted = 2")
    assert wiki.rows("SELECT count(*) FROM logging WHERE log_action = 'revision'") == hidden == [(run["counts"]["done"],)]


def test_an_item_that_breaks_the_wiki_is_unsure_and_the_others_are_done(mop: Desk, proxy: Proxy, wiki: MediaWiki) -> None:
    """Each time that it is sent; in between everything else goes on."""
    impatient(mop, proxy, "60s")
    plan = mop.wikimop("plan", mop.playbook(STEPS), "--format", "json", code=0).json["plan"]
    bad = mop.wikimop("show", plan, "--items", "--format", "json", code=0).lines[2]
    proxy.rule(instead(BROKE), action="delete", pageid=str(bad["pageid"]))
    run = mop.wikimop("apply", plan, "--yes", "--format", "json", code=1).json
    states = {item["title"]: (item["state"], item["code"]) for item in mop.items(run["run"])}
    assert states.pop(bad["title"]) == ("unsure", "not_deleted")
    assert set(states.values()) == {("done", None)}
    proxy.heal()
    finished(mop, wiki)
