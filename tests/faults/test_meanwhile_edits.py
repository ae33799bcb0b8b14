"""What other people do while an answer to an edit, a move or a call of `api` is missing: nothing of theirs is undone, nothing
of ours is done twice."""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Callable
from typing import Any

import pytest

from tests.desk import Desk, someone
from tests.e2e.allowed import WIKIS
from tests.e2e.test_undo import undone
from tests.faults.broken import READONLY, cut_after, cut_before, instead
from tests.faults.conftest import impatient
from tests.faults.proxy import Exchange, Proxy
from tests.faults.test_meanwhile import run, then
from tests.mediawiki import MediaWiki

EDIT = "- id: a\n  pages: {titles: [Bulk/001, Bulk/002]}\n  edit: {append: '\\n!', summary: Broken}".replace("'\\n!'", '"\\n!"')
MOVE = "- id: a\n  pages: {titles: [Bulk/001, Bulk/002]}\n  move: {to: 'Away/${item.title}', reason: Broken}"
TEXT = "Page 1 of many.\n[[Category:Bulk]]"


def history(wiki: MediaWiki, title: str = "Bulk/001") -> list[str]:
    """Who made each revision of a page, oldest first."""
    query = (
        "SELECT actor_name FROM revision JOIN page ON page_id = rev_page JOIN actor ON actor_id = rev_actor"
        " WHERE page_title = ? AND page_namespace = 0 ORDER BY rev_id"
    )
    return [str(name) for (name,) in wiki.rows(query, title)]


def first(wiki: MediaWiki) -> dict[str, str]:
    """What names the first page in a request."""
    ((number,),) = wiki.rows("SELECT page_id FROM page WHERE page_title = 'Bulk/001'")
    return {"action": "edit", "pageid": str(number)}


def moving(wiki: MediaWiki) -> dict[str, str]:
    return {"action": "move", "fromid": first(wiki)["pageid"]}


def test_edited_by_us_and_by_somebody_after(mop: Desk, proxy: Proxy, wiki: MediaWiki) -> None:
    other = someone(wiki)
    proxy.rule(then(cut_after, lambda: other.edit("Bulk/001", "Theirs.")), 1, **first(wiki))
    assert run(mop, EDIT) == [("done", "looked_up"), ("done", None)]
    assert other.text("Bulk/001") == "Theirs."
    assert history(wiki) == ["Robot", "Sysop", "Admin"]


def test_never_edited_by_us_but_by_somebody(mop: Desk, proxy: Proxy, wiki: MediaWiki) -> None:
    other = someone(wiki)
    proxy.rule(then(cut_before, lambda: other.edit("Bulk/001", "Theirs.")), 1, **first(wiki))
    assert run(mop, EDIT, code=1) == [("skipped", "drift:edited"), ("done", None)]
    assert other.text("Bulk/001") == "Theirs."


def test_edited_by_us_and_moved_since(mop: Desk, proxy: Proxy, wiki: MediaWiki) -> None:
    other = someone(wiki)
    proxy.rule(then(cut_after, lambda: other.move("Bulk/001", "Elsewhere")), 1, **first(wiki))
    assert run(mop, EDIT) == [("done", "looked_up"), ("done", None)]
    assert other.text("Elsewhere") == f"{TEXT}\n!"


def test_deleted_before_it_could_be_looked_up(mop: Desk, proxy: Proxy, wiki: MediaWiki) -> None:
    """Whether it was edited before stands only in its deleted history: nothing is guessed."""
    other = someone(wiki)
    proxy.rule(then(cut_after, lambda: other.delete("Bulk/001")), 1, **first(wiki))
    assert run(mop, EDIT, code=1) == [("unsure", "gone"), ("done", None)]


@pytest.mark.parametrize("lookup", [1, 2])
def test_landing_while_it_is_looked_up(mop: Desk, proxy: Proxy, wiki: MediaWiki, lookup: int) -> None:
    """The history does not have it yet, and then the text is another: that was us."""
    kept: list[Exchange] = []

    def lost(exchange: Exchange) -> None:
        kept.append(exchange)
        proxy.rule(landed, lookup, rvuser="Sysop")
        exchange.cut()

    def landed(exchange: Exchange) -> None:
        response = exchange.forward()
        kept[0].forward()
        exchange.answer(response)

    proxy.rule(lost, 1, **first(wiki))
    assert run(mop, EDIT) == [("done", "looked_up"), ("done", None)]
    assert history(wiki) == ["Robot", "Sysop"]


def test_landing_after_it_was_sent_again(mop: Desk, proxy: Proxy, wiki: MediaWiki) -> None:
    """The first request arrives when the second is on its way: the wiki has the text already, and makes no second revision."""
    kept: list[Exchange] = []

    def lost(exchange: Exchange) -> None:
        kept.append(exchange)
        exchange.cut()

    def second(exchange: Exchange) -> None:
        kept[0].forward()
        exchange.answer(exchange.forward())

    proxy.rule(lost, 1, **first(wiki))
    proxy.rule(second, 2, **first(wiki))
    assert run(mop, EDIT) == [("done", "looked_up"), ("done", None)]
    assert history(wiki) == ["Robot", "Sysop"]


def quick(act: Callable[[], object]) -> Callable[[Exchange], None]:
    """Somebody acts between our last look and our request."""

    def fault(exchange: Exchange) -> None:
        act()
        exchange.answer(exchange.forward())

    return fault


def test_an_edit_conflict_is_drift(mop: Desk, proxy: Proxy, wiki: MediaWiki) -> None:
    other = someone(wiki)
    proxy.rule(quick(lambda: other.edit("Bulk/001", f"{TEXT}\nTheirs.")), 1, **first(wiki))
    assert run(mop, EDIT, code=1) == [("skipped", "drift:edited"), ("done", None)]
    assert other.text("Bulk/001") == f"{TEXT}\nTheirs."


def test_an_edit_of_our_own_in_between_is_not_overwritten(mop: Desk, proxy: Proxy, wiki: MediaWiki) -> None:
    """With `basetimestamp` the wiki would suppress a conflict with oneself."""
    own = someone(wiki, "sysop")
    proxy.rule(quick(lambda: own.edit("Bulk/001", f"{TEXT}\nBy hand.")), 1, **first(wiki))
    assert run(mop, EDIT, code=1) == [("skipped", "drift:edited"), ("done", None)]
    assert own.text("Bulk/001") == f"{TEXT}\nBy hand."


def test_what_the_wiki_merged_is_not_what_was_reviewed(mop: Desk, proxy: Proxy, wiki: MediaWiki) -> None:
    other = someone(wiki)
    other.edit("Bulk/001", "\n".join(str(number) for number in range(9)))
    before = other.text("Bulk/001") or ""
    proxy.rule(quick(lambda: other.edit("Bulk/001", f"Theirs.\n{before}")), 1, **first(wiki))
    assert run(mop, EDIT, code=1) == [("failed", "merged"), ("done", None)]
    assert other.text("Bulk/001") == f"Theirs.\n{before}\n!"


def test_what_the_wiki_merged_is_taken_back_without_what_others_wrote(mop: Desk, proxy: Proxy, wiki: MediaWiki) -> None:
    other = someone(wiki)
    other.edit("Bulk/001", "\n".join(str(number) for number in range(9)))
    before, second = other.text("Bulk/001") or "", other.text("Bulk/002")
    proxy.rule(quick(lambda: other.edit("Bulk/001", f"Theirs.\n{before}")), 1, **first(wiki))
    ran = mop.wikimop("run", mop.playbook(EDIT), "--yes", "--format", "json", code=1).json
    assert other.text("Bulk/001") == f"Theirs.\n{before}\n!"
    undone(mop, ran["run"])
    assert other.text("Bulk/001") == f"Theirs.\n{before}"
    assert other.text("Bulk/002") == second


def test_a_page_that_somebody_made_in_between(mop: Desk, proxy: Proxy, wiki: MediaWiki) -> None:
    other = someone(wiki)
    steps = "- {id: a, pages: {titles: [New one, New two]}, edit: {create: true, text: Ours}}"
    proxy.rule(quick(lambda: other.edit("New one", "Theirs.")), 1, action="edit", title="New one")
    assert run(mop, steps, code=1) == [("skipped", "drift:exists"), ("done", None)]
    assert other.text("New one") == "Theirs."


def test_without_a_mark_our_revision_is_known_by_what_it_follows(mop: Desk, proxy: Proxy, wiki: MediaWiki) -> None:
    proxy.rule(cut_after, 1, **first(wiki))
    result = mop.wikimop("run", mop.playbook(EDIT, "stamp: false"), "--yes", "--format", "json", code=0).json
    assert [item["code"] for item in mop.items(result["run"])] == ["looked_up", None]
    assert history(wiki) == ["Robot", "Sysop"]


def killed(desk: Desk, proxy: Proxy, plan: str, *, after: bool, **where: str) -> None:
    """`apply`, killed at the first request of this kind."""
    victims: list[subprocess.Popen[str]] = []

    def kill(exchange: Exchange) -> None:
        if after:
            exchange.forward()
        victims[0].send_signal(signal.SIGKILL)
        victims[0].wait(30)
        exchange.cut()

    proxy.rule(kill, 1, **where)
    victims.append(desk.start("apply", plan, "--yes"))
    victims[0].communicate(timeout=60)
    assert victims[0].returncode == -signal.SIGKILL


def plan_of(desk: Desk, steps: str) -> str:
    return str(desk.wikimop("plan", desk.playbook(steps), "--format", "json", code=0).json["plan"])


@pytest.mark.parametrize("after", [False, True], ids=["killed-before", "killed-after"])
def test_the_null_revision_of_our_own_move_is_no_edit(mop: Desk, proxy: Proxy, wiki: MediaWiki, *, after: bool) -> None:
    """It bears the mark, too, and follows on the revision that was planned from; but it is not the edit of the next step."""
    plan = plan_of(mop, MOVE + "\n" + EDIT.replace("id: a", "id: b"))
    killed(mop, proxy, plan, after=after, action="edit")
    assert mop.wikimop("resume", "--format", "json", code=0).json["counts"]["done"] == 4
    assert history(wiki, "Away/Bulk/001") == ["Robot", "Sysop", "Sysop"]
    assert someone(wiki).text("Away/Bulk/001") == f"{TEXT}\n!"


def titles(wiki: MediaWiki) -> dict[str, int]:
    rows = wiki.rows("SELECT page_title, page_id FROM page WHERE page_title GLOB '*Bulk/00[12]' AND NOT page_is_redirect")
    return {str(title): int(number) for title, number in rows}


def moves(wiki: MediaWiki) -> int:
    return int(wiki.rows("SELECT count(*) FROM logging WHERE log_type = 'move'")[0][0])


def test_moved_by_us_and_moved_back(mop: Desk, proxy: Proxy, wiki: MediaWiki) -> None:
    other, before = someone(wiki), titles(wiki)
    back = then(cut_after, lambda: other.move("Away/Bulk/001", "Bulk/001", noredirect=True))
    proxy.rule(back, 1, **moving(wiki))
    assert run(mop, MOVE) == [("done", "looked_up"), ("done", None)]
    assert titles(wiki) == {"Bulk/001": before["Bulk/001"], "Away/Bulk/002": before["Bulk/002"]}
    assert moves(wiki) == 3


def test_never_moved_by_us_and_the_target_taken(mop: Desk, proxy: Proxy, wiki: MediaWiki) -> None:
    other = someone(wiki)
    proxy.rule(then(cut_before, lambda: other.edit("Away/Bulk/001", "Taken.")), 1, **moving(wiki))
    assert run(mop, MOVE, code=1) == [("skipped", "drift:target"), ("done", None)]
    assert moves(wiki) == 1


def test_a_target_that_is_taken_at_the_last_moment(mop: Desk, proxy: Proxy, wiki: MediaWiki) -> None:
    other = someone(wiki)
    proxy.rule(quick(lambda: other.edit("Away/Bulk/001", "Taken.")), 1, **moving(wiki))
    assert run(mop, MOVE, code=1) == [("skipped", "drift:target"), ("done", None)]
    assert moves(wiki) == 1


def test_a_move_that_lands_after_it_was_sent_again(mop: Desk, proxy: Proxy, wiki: MediaWiki) -> None:
    kept: list[Exchange] = []

    def lost(exchange: Exchange) -> None:
        kept.append(exchange)
        exchange.cut()

    def second(exchange: Exchange) -> None:
        kept[0].forward()
        exchange.answer(exchange.forward())

    proxy.rule(lost, 1, **moving(wiki))
    proxy.rule(second, 2, **moving(wiki))
    assert run(mop, MOVE) == [("done", "looked_up"), ("done", None)]
    assert moves(wiki) == 2


def test_a_new_revision_that_cannot_be_read_takes_nothing_back(mop: Desk, proxy: Proxy, wiki: MediaWiki) -> None:
    """What was done is done; only what comes after it cannot know."""
    proxy.rule(cut_before, prop="revisions", rvprop="ids")
    book = impatient(mop, proxy, "3s").playbook(MOVE)
    result = mop.wikimop("run", book, "--yes", "--format", "json", code=4)
    states = [item["state"] for item in mop.items(result.json["run"])]
    assert states == ["done", "pending"]
    proxy.heal()
    assert mop.wikimop("resume", "--format", "json", code=0).json["counts"]["done"] == 2
    assert moves(wiki) == 2


CALL = "- {id: a, pages: {titles: [Bulk/001, Bulk/002]}, api: {action: options, parameters: {optionname: 'userjs-x-%s'"
CALLS = CALL.replace("%s", "${item.pageid}") + ", optionvalue: x}}}"


@pytest.fixture
def caller(mop: Desk, proxy: Proxy) -> Desk:
    """The desk of somebody whose configuration allows a module."""
    settings: dict[str, Any] = {"api": proxy.api, "username": mop.environment["MOP_USERNAME"], "allow": "api: [options]"}
    mop.write(WIKIS.format(**settings).replace("    allow:", "    patience: 30s\n    allow:"), "config/wikimop/wikis.yaml")
    return mop


def options(wiki: MediaWiki) -> int:
    return int(wiki.rows("SELECT count(*) FROM user_properties WHERE up_property GLOB 'userjs-x-*'")[0][0])


@pytest.mark.parametrize("after", [False, True], ids=["lost-before", "lost-after"])
def test_a_lost_call_stays_unsure_and_is_never_sent_again(caller: Desk, proxy: Proxy, wiki: MediaWiki, *, after: bool) -> None:
    proxy.rule(cut_after if after else cut_before, 1, action="options")
    result = caller.wikimop("run", caller.playbook(CALLS), "--yes", "--format", "json", code=1).json
    assert [(item["state"], item["code"]) for item in caller.items(result["run"])] == [("unsure", "lost"), ("done", None)]
    assert options(wiki) == (2 if after else 1)
    for _ in range(2):
        assert caller.wikimop("resume", result["run"], "--format", "json", code=1).json["counts"]["unsure"] == 1
    retried = caller.wikimop("resume", result["run"], "--retry-failed", "--format", "json", code=1).json
    assert retried["counts"]["unsure"] == 1
    assert sum(request["action"] == "options" for request in proxy.met) == 2


@pytest.mark.parametrize("after", [False, True], ids=["killed-before", "killed-after"])
def test_a_killed_call_stays_unsure(caller: Desk, proxy: Proxy, wiki: MediaWiki, *, after: bool) -> None:
    plan = plan_of(caller, CALLS)
    killed(caller, proxy, plan, after=after, action="options")
    result = caller.wikimop("resume", "--format", "json", code=1).json
    assert (result["counts"]["unsure"], result["counts"]["done"]) == (1, 1)
    assert options(wiki) == (2 if after else 1)
    assert sum(request["action"] == "options" for request in proxy.met) == 2


def test_a_call_that_never_left_us_is_sent_when_it_can_be(caller: Desk, proxy: Proxy, wiki: MediaWiki) -> None:
    """Read-only time is waited out: the intent is in the journal, but the wiki itself said no."""
    proxy.rule(instead(READONLY), 1, action="options")
    assert run(caller, CALLS) == [("done", None), ("done", None)]
    assert options(wiki) == 2
