"""What other people do while an answer is missing: nothing of theirs is undone, nothing of ours is done twice."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.desk import Desk, deletions, someone
from tests.faults.broken import cut_after, cut_before, error, instead, status
from tests.faults.conftest import impatient
from tests.faults.proxy import Exchange, Proxy
from tests.mediawiki import MediaWiki

PAGE = "Bulk/001"
DELETE = f"- id: gone\n  pages: {{titles: [{PAGE}, Bulk/002]}}\n  delete: {{reason: Broken}}"
HIDE = "- id: hide\n  revisions: {list: usercontribs, user: Vandal, limit: 3}\n  revisiondelete: {hide: [comment]}"


def then(fault: Callable[[Exchange], None], act: Callable[[], object]) -> Callable[[Exchange], None]:
    """A fault, and what somebody does before wikimop can find out."""

    def both(exchange: Exchange) -> None:
        if fault is cut_after:
            exchange.forward()
        act()
        exchange.cut()

    return both


def run(desk: Desk, steps: str = DELETE, code: int = 0) -> list[tuple[str, str | None]]:
    """The state and code of each item of a run."""
    result = desk.wikimop("run", desk.playbook(steps), "--yes", "--format", "json", code=code)
    return [(item["state"], item["code"]) for item in desk.items(result.json["run"])]


def page_id(wiki: MediaWiki, title: str = PAGE) -> str:
    ((number,),) = wiki.rows("SELECT page_id FROM page WHERE page_title = ?", title)
    return str(number)


def test_deleted_by_us_and_recreated(mop: Desk, proxy: Proxy, wiki: MediaWiki) -> None:
    other = someone(wiki)
    proxy.rule(then(cut_after, lambda: other.edit(PAGE, "Mine now.")), 1, action="delete", pageid=page_id(wiki))
    assert run(mop) == [("done", "looked_up"), ("done", None)]
    assert other.text(PAGE) == "Mine now."
    assert [title for title, _ in deletions(wiki)] == [PAGE, "Bulk/002"]


def test_never_deleted_by_us_but_by_somebody_and_recreated(mop: Desk, proxy: Proxy, wiki: MediaWiki) -> None:
    other = someone(wiki)

    def replaced() -> None:
        other.delete(PAGE)
        other.edit(PAGE, "Mine now.")

    proxy.rule(then(cut_before, replaced), 1, action="delete", pageid=page_id(wiki))
    assert run(mop, code=1) == [("skipped", "drift:gone"), ("done", None)]
    assert other.text(PAGE) == "Mine now."


def test_deleted_by_us_and_restored(mop: Desk, proxy: Proxy, wiki: MediaWiki) -> None:
    other = someone(wiki)
    proxy.rule(then(cut_after, lambda: other.undelete(PAGE)), 1, action="delete", pageid=page_id(wiki))
    assert run(mop) == [("done", "looked_up"), ("done", None)]
    assert other.exists(PAGE)
    assert [title for title, _ in deletions(wiki)] == [PAGE, "Bulk/002"]


def test_edited_after_a_request_that_never_arrived(mop: Desk, proxy: Proxy, wiki: MediaWiki) -> None:
    other = someone(wiki)
    proxy.rule(then(cut_before, lambda: other.edit(PAGE, "Not yet!")), 1, action="delete", pageid=page_id(wiki))
    assert run(mop, code=1) == [("skipped", "drift:edited"), ("done", None)]
    assert other.text(PAGE) == "Not yet!"


def test_landing_late_and_restored(mop: Desk, proxy: Proxy, wiki: MediaWiki) -> None:
    """The wiki was still at it when it was asked what had happened; by the next pass somebody has restored the page."""
    other = someone(wiki)
    kept: list[Exchange] = []

    def lost(exchange: Exchange) -> None:
        kept.append(exchange)
        exchange.cut()

    def landed(exchange: Exchange) -> None:
        response = exchange.forward()
        kept[0].forward()
        other.undelete(PAGE)
        exchange.answer(response)

    proxy.rule(lost, 1, action="delete", pageid=page_id(wiki))
    # The second page is deleted between the look-up, which finds nothing, and the next pass.
    proxy.rule(landed, 1, action="delete", pageid=page_id(wiki, "Bulk/002"))
    assert run(mop) == [("done", "looked_up"), ("done", None)]
    assert other.exists(PAGE)
    assert sorted(title for title, _ in deletions(wiki)) == [PAGE, "Bulk/002"]


@pytest.mark.parametrize("lookup", [1, 2])
def test_landing_between_log_and_state(mop: Desk, proxy: Proxy, wiki: MediaWiki, lookup: int) -> None:
    """The log does not have it yet, and then the page is gone: that was us."""
    kept: list[Exchange] = []

    def lost(exchange: Exchange) -> None:
        kept.append(exchange)
        proxy.rule(landed, lookup, letype="delete")
        exchange.cut()

    def landed(exchange: Exchange) -> None:
        response = exchange.forward()
        kept[0].forward()
        exchange.answer(response)

    proxy.rule(lost, 1, action="delete", pageid=page_id(wiki))
    assert run(mop) == [("done", "looked_up"), ("done", None)]
    assert [title for title, _ in deletions(wiki)].count(PAGE) == 1


def test_landing_between_look_up_and_facts(mop: Desk, proxy: Proxy, wiki: MediaWiki) -> None:
    """Looked up before it is sent again, found undone, and gone when its facts are read: that was us."""
    kept: list[Exchange] = []

    def lost(exchange: Exchange) -> None:
        kept.append(exchange)
        exchange.cut()
        # Two looks after the loss, one before the next pass, then its facts.
        proxy.rule(landing, 4, intestactions="delete")

    def landing(exchange: Exchange) -> None:
        kept[0].forward()
        exchange.answer(exchange.forward())

    proxy.rule(lost, 1, action="delete", pageid=page_id(wiki))
    assert run(mop) == [("done", "looked_up"), ("done", None)]
    assert [title for title, _ in deletions(wiki)].count(PAGE) == 1


def test_hidden_by_us_and_shown_again(mop: Desk, proxy: Proxy, wiki: MediaWiki) -> None:
    other = someone(wiki)
    shown: list[object] = []

    def show() -> None:
        (ids,) = {request["ids"] for request in proxy.forwarded if request["action"] == "revisiondelete"}
        shown.append(other.post(action="revisiondelete", type="revision", ids=ids, show="comment"))

    proxy.rule(then(cut_after, show), 1, action="revisiondelete")
    assert run(mop, HIDE) == [("done", "looked_up"), ("done", None), ("done", None)]
    assert len(shown) == 1
    assert wiki.rows("SELECT count(*) FROM revision WHERE rev_deleted = 2") == [(2,)]


def test_a_renewed_login_never_works_anonymously(mop: Desk, proxy: Proxy, wiki: MediaWiki) -> None:
    """While one thread logs in again, what the others send is still asserted: a purge would go on as anybody's."""

    def stripped(exchange: Exchange) -> None:
        exchange.headers.pop("Cookie", None)
        exchange.answer(exchange.forward())

    def slow(exchange: Exchange) -> None:
        time.sleep(0.2)
        exchange.answer(exchange.forward())

    proxy.rule(stripped, 3, 20, action="delete")
    proxy.rule(slow, action="login")
    steps = "- id: bulk\n  pages: {generator: allpages, prefix: Bulk/0}\n  delete:"
    result = mop.wikimop("run", mop.playbook(steps, "limits: {concurrency: 8}"), "--yes", "--format", "json", code=0)
    assert result.json["counts"]["done"] == 99
    writes = [request for request in proxy.met if request["action"] == "delete"]
    assert {request.get("assertuser") for request in writes} == {"Sysop"}
    # Where both sessions are lost in one moment, one login mends it; nobody logs in for each request.
    assert sum(request["action"] == "login" for request in proxy.met) in (2, 3)
    assert len(deletions(wiki)) == 99


def test_one_item_waits_and_none_is_lost(mop: Desk, proxy: Proxy, wiki: MediaWiki) -> None:
    """Read-only for longer than facts stay fresh: they are read again, and everything is done in the end."""
    proxy.rule(instead(error("readonly", headers={"Retry-After": "10"})), 1, action="delete")
    assert run(mop) == [("done", None), ("done", None)]
    assert sorted(title for title, _ in deletions(wiki)) == [PAGE, "Bulk/002"]
    assert sum(request.get("intestactions") == "delete" for request in proxy.met) > 2


@pytest.mark.parametrize("place", ["start", "end"])
@pytest.mark.parametrize("letter", ["x", "é", "語"])
def test_the_longest_reason_leaves_room_for_the_mark(mop: Desk, proxy: Proxy, wiki: MediaWiki, place: str, letter: str) -> None:
    """The wiki cuts summaries at 500 characters; without its mark a lost deletion would be taken for somebody else's."""
    proxy.rule(cut_after, 1, action="delete")
    reason = letter * (500 - len(" (wikimop r12345678, see the project page)"))
    steps = f'- id: gone\n  pages: {{titles: [{PAGE}]}}\n  delete: {{reason: "{reason}"}}'
    book = mop.playbook(steps, f'stamp: {{text: "(wikimop {{run}}, see the project page)", place: {place}}}')
    result = mop.wikimop("run", book, "--yes", "--format", "json", code=0).json
    ((_, comment),) = deletions(wiki)
    assert f"(wikimop {result['run']}, see the project page)" in comment
    assert reason in comment


def test_a_lost_hiding_of_what_was_suppressed_before(proxy: Proxy, wiki: MediaWiki, tmp_path: Path) -> None:
    """Its entry stands in the suppression log."""
    admin = someone(wiki)
    (revid,) = wiki.rows("SELECT rev_id FROM revision JOIN page ON page_id = rev_page WHERE page_title = ?", PAGE)[0]
    admin.post(action="revisiondelete", type="revision", ids=revid, hide="user", suppress="yes")
    desk = impatient(Desk(tmp_path, proxy.api, "admin"), proxy, "30s")
    proxy.rule(cut_after, 1, action="revisiondelete")
    steps = f"- id: hide\n  revisions: {{revids: [{revid}]}}\n  revisiondelete: {{hide: [comment]}}"
    assert run(desk, steps) == [("done", "looked_up")]
    assert wiki.rows("SELECT rev_deleted FROM revision WHERE rev_id = ?", revid) == [(2 | 4 | 8,)]


def test_a_purge_that_is_too_much_for_somebody_gets_smaller(mop: Desk, proxy: Proxy) -> None:
    """A proxy on the way gives up on long requests: without smaller ones nothing would ever be done."""

    def tired(exchange: Exchange) -> None:
        if exchange.parameters["pageids"].count("|") >= 20:
            exchange.answer(status(504))
        else:
            exchange.answer(exchange.forward())

    proxy.rule(tired, action="purge")
    steps = "- id: bulk\n  pages: {generator: allpages, prefix: Bulk/0}\n  purge: {forcelinkupdate: true}"
    assert run(mop, steps) == [("done", None)] * 99


def test_a_step_that_was_begun_is_carried_on(mop: Desk, proxy: Proxy, wiki: MediaWiki) -> None:
    """Its condition held when it began; trying the failed items of an earlier step again does not end it half-way."""
    steps = f"""
- id: first
  pages: {{titles: [{PAGE}]}}
  delete:
- id: second
  pages: {{generator: allpages, prefix: Bulk/01}}
  when: steps.first.failed > 0
  delete:
"""
    plan = mop.wikimop("plan", mop.playbook(steps), "--format", "json", code=0).json["plan"]
    process = mop.start("apply", plan, "--yes")

    def interrupted(exchange: Exchange) -> None:
        process.send_signal(signal.SIGTERM)
        exchange.answer(exchange.forward())

    proxy.rule(instead(status(403)), 1, action="delete")
    proxy.rule(interrupted, 4, action="delete")
    process.communicate(timeout=60)
    assert process.returncode == 130
    ended = mop.wikimop("resume", "--retry-failed", "--format", "json", code=0).json
    assert ended["counts"]["done"] == 11
    assert len(deletions(wiki)) == 11
