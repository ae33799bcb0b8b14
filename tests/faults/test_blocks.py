"""What other people do with a block while an answer is missing, and blocks that cannot be read again."""

from __future__ import annotations

from typing import Any

from tests.desk import Desk, someone
from tests.faults.broken import cut_after, cut_before
from tests.faults.conftest import impatient
from tests.faults.proxy import Exchange, Fault, Proxy
from tests.faults.test_meanwhile import run, then
from tests.mediawiki import MediaWiki

BLOCK = "- id: a\n  users: {names: [Vandal, Bob]}\n  block: {expiry: 1 week, nocreate: true, reason: Spam}"
UNBLOCK = "- id: a\n  users: {list: blocks}\n  unblock: {reason: Sorry}"


def blocks(wiki: MediaWiki) -> dict[str, str]:
    """The reason of each block, by the database."""
    query = "SELECT ipb_address, comment_text FROM ipblocks JOIN comment ON comment_id = ipb_reason_id"
    return {str(name): str(reason) for name, reason in wiki.rows(query)}


def logged(wiki: MediaWiki, action: str) -> int:
    return len(wiki.rows("SELECT 1 FROM logging WHERE log_type = 'block' AND log_action = ?", action))


def lifted(desk: Desk, wiki: MediaWiki) -> str:
    """A plan that sets a block again, which was lifted."""
    someone(wiki).block("Vandal", expiry="infinite", reason="Old", nocreate=1)
    first = desk.wikimop("run", desk.playbook(UNBLOCK), "--yes", "--format", "json", code=0).json["run"]
    plan: str = desk.wikimop("undo", first, "--format", "json", code=0).json["plan"]
    return plan


def applied(desk: Desk, plan: str, code: int = 0) -> list[tuple[str, str | None]]:
    result: dict[str, Any] = desk.wikimop("apply", plan, "--yes", "--format", "json", code=code).json
    return [(item["state"], item["code"]) for item in desk.items(result["run"])]


def test_blocked_by_us_and_unblocked(mop: Desk, proxy: Proxy, wiki: MediaWiki) -> None:
    proxy.rule(then(cut_after, lambda: someone(wiki).unblock("Vandal")), 1, action="block", user="Vandal")
    assert run(mop, BLOCK) == [("done", "looked_up"), ("done", None)]
    assert (list(blocks(wiki)), logged(wiki, "block")) == (["Bob"], 2)


def test_never_blocked_by_us_but_by_somebody(mop: Desk, proxy: Proxy, wiki: MediaWiki) -> None:
    theirs: Fault = then(cut_before, lambda: someone(wiki).block("Vandal", expiry="1 hour", reason="Mine"))
    proxy.rule(theirs, 1, action="block", user="Vandal")
    assert run(mop, BLOCK, code=1) == [("skipped", "drift:block"), ("done", None)]
    assert blocks(wiki)["Vandal"] == "Mine"


def test_lifted_by_us_and_set_again(mop: Desk, proxy: Proxy, wiki: MediaWiki) -> None:
    someone(wiki).block("Vandal", expiry="infinite", reason="Old")
    proxy.rule(then(cut_after, lambda: someone(wiki).block("Vandal", expiry="1 hour", reason="Mine")), 1, action="unblock")
    assert run(mop, UNBLOCK) == [("done", "looked_up")]
    assert (blocks(wiki), logged(wiki, "unblock")) == ({"Vandal": "Mine"}, 1)


def test_never_lifted_by_us_but_by_somebody(mop: Desk, proxy: Proxy, wiki: MediaWiki) -> None:
    someone(wiki).block("Vandal", expiry="infinite", reason="Old")
    proxy.rule(then(cut_before, lambda: someone(wiki).unblock("Vandal")), 1, action="unblock")
    assert run(mop, UNBLOCK) == [("unchanged", "looked_up")]
    assert logged(wiki, "unblock") == 1


def test_set_again_by_an_undo_and_lifted_by_somebody(mop: Desk, proxy: Proxy, wiki: MediaWiki) -> None:
    """The entry bears no mark: its reason, which is the earlier block's, tells that it is ours."""
    plan = lifted(mop, wiki)
    proxy.rule(then(cut_after, lambda: someone(wiki).unblock("Vandal", reason="No")), 1, action="block")
    assert applied(mop, plan, code=1) == [("unsure", "differs")]  # done, and not so any more
    assert (blocks(wiki), logged(wiki, "block")) == ({}, 2)


def test_an_undo_that_never_came_there(mop: Desk, proxy: Proxy, wiki: MediaWiki) -> None:
    plan = lifted(mop, wiki)
    proxy.rule(cut_before, 1, action="block")
    assert applied(mop, plan) == [("done", None)]
    assert (blocks(wiki), logged(wiki, "block")) == ({"Vandal": "Old"}, 2)


def test_a_block_that_cannot_be_read_again_is_unsure_until_it_can(mop: Desk, proxy: Proxy, wiki: MediaWiki) -> None:
    """The wiki is away just after the answer: the run stops, and `resume` sends nothing."""
    impatient(mop, proxy, "2s")

    def last(exchange: Exchange) -> None:
        answer = exchange.forward()
        proxy.rule(cut_before)
        exchange.answer(answer)

    proxy.rule(last, 1, action="block")
    plan = mop.wikimop("plan", mop.playbook(BLOCK), "--format", "json", code=0).json["plan"]
    mop.wikimop("apply", plan, "--yes", code=4)
    one = "r" + plan[1:]
    assert [item["state"] for item in mop.items(one)] == ["unsure", "pending"]
    proxy.heal()
    mop.wikimop("resume", one, code=0)
    assert [(item["state"], item["code"]) for item in mop.items(one)] == [("done", "looked_up"), ("done", None)]
    assert logged(wiki, "block") == 2
