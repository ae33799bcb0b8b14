"""A direct purge, struck at each of its requests: it goes on where it stood, and no page is lost."""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Mapping, Sequence
from typing import Any

import orjson
import pytest

from tests.desk import Desk
from tests.faults.broken import AFTER, BEFORE, REFUSED, afterwards, body, error, instead
from tests.faults.conftest import impatient
from tests.faults.proxy import Exchange, Fault, Proxy, Response
from tests.mediawiki import MediaWiki

BULK = "- id: all\n  pages: {generator: allpages, prefix: Bulk/}\n  purge: {direct: true}"
PAGES, REQUESTS = 200, 4  # fifty a request
TOUCHED = "SELECT page_title, page_touched FROM page WHERE page_title LIKE 'Bulk/%'"


@pytest.fixture
def small(wiki: MediaWiki) -> MediaWiki:
    """The wiki takes fifty values a request."""
    wiki.settings("$wgGroupPermissions['sysop']['apihighlimits'] = false;")
    return wiki


def begins(proxy: Proxy) -> list[str]:
    """Where each purge that reached the proxy begins."""
    return [request.get("gapcontinue", "") for request in proxy.met if request["action"] == "purge"]


def sizes(proxy: Proxy) -> list[str]:
    """How many pages each purge that reached the proxy asked for."""
    return [request["gaplimit"] for request in proxy.met if request["action"] == "purge"]


def carried_out(desk: Desk, code: int = 0, steps: str = BULK) -> dict[str, Any]:
    result = desk.wikimop("run", desk.playbook(steps), "--yes", "--format", "json", code=code)
    return {**result.json, "err": result.err, "items": desk.items(result.json["run"])}


def all_done(run: Mapping[str, Any], wiki: MediaWiki, before: Mapping[str, str]) -> None:
    """Each page once, and done, by the run and by the wiki's own table."""
    assert {item["state"] for item in run["items"]} == {"done"}
    assert [item["title"] for item in run["items"]] == sorted(before)
    after = dict(wiki.rows(TOUCHED))
    assert [title for title in before if after[title] == before[title]] == []


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("number", [1, 3, 4])
def test_a_killed_run_goes_on_at_the_last_continue(
    mop: Desk, proxy: Proxy, small: MediaWiki, number: int, *, after: bool
) -> None:
    before = dict(small.rows(TOUCHED))
    plan = mop.wikimop("plan", mop.playbook(BULK), "--format", "json", code=0).json["plan"]
    victims: list[subprocess.Popen[str]] = []

    def kill(exchange: Exchange) -> None:
        if after:
            exchange.forward()
        victims[0].send_signal(signal.SIGKILL)
        victims[0].wait(30)
        exchange.cut()

    proxy.rule(kill, number, action="purge")
    victims.append(mop.start("apply", plan, "--yes"))
    victims[0].communicate(timeout=60)
    assert victims[0].returncode == -signal.SIGKILL
    stopped = mop.wikimop("show", f"r{plan[1:]}", "--format", "json", code=0).json
    assert stopped["counts"] == {**dict.fromkeys(stopped["counts"], 0), "done": 50 * (number - 1), "pending": 1}
    run = mop.wikimop("resume", "--format", "json", code=0).json
    all_done({**run, "items": mop.items(run["run"])}, small, before)
    # Only the request whose answer nobody heard was sent twice, from the same place.
    assert len(set(begins(proxy))) == REQUESTS
    assert begins(proxy)[number - 1] == begins(proxy)[number]
    assert len(begins(proxy)) == REQUESTS + 1


FINAL = {"redirect-302", "forbidden-403", "forbidden-404", "no-content-204"}  # whoever stands in the way will not have it
ARTICLES = BULK.replace("prefix: Bulk/", "namespace: 0")
HEARD = [fault for name, fault in AFTER.items() if name not in FINAL]
UNHEARD = list(BEFORE.values())
STRUCK: Mapping[str, Sequence[Fault]] = {
    "before": UNHEARD[::2],
    "before-too": UNHEARD[1::2],
    "after": HEARD[::2],
    "after-too": HEARD[1::2],
}


@pytest.mark.parametrize("when", STRUCK)
def test_lost_answers_cost_no_page(mop: Desk, proxy: Proxy, small: MediaWiki, when: str) -> None:
    """Every fault in one run, each on a request of its own; after each of them something goes well."""
    every = "SELECT page_title, page_touched FROM page WHERE page_namespace = 0"
    before = dict(small.rows(every))
    for number, fault in enumerate(STRUCK[when], 1):
        proxy.rule(fault, 2 * number, action="purge")
    run = carried_out(mop, steps=ARTICLES)
    assert len(begins(proxy)) > 2 * len(STRUCK[when])
    assert {item["state"] for item in run["items"]} == {"done"}
    assert sorted(item["title"].replace(" ", "_") for item in run["items"]) == sorted(before)
    after = dict(small.rows(every))
    assert [title for title in before if after[title] == before[title]] == []


@pytest.mark.parametrize("fault", [REFUSED["login-page-407"], AFTER["forbidden-404"]], ids=["before", "after"])
def test_what_is_refused_on_the_way_ends_the_query_and_can_be_tried_again(
    mop: Desk, proxy: Proxy, small: MediaWiki, fault: Fault
) -> None:
    before = dict(small.rows(TOUCHED))
    proxy.rule(fault, 3, action="purge")
    run = carried_out(mop, code=1)
    (failed,) = [item for item in run["items"] if item["state"] != "done"]
    assert (failed["key"], failed["state"], failed["code"]) == ("query:1", "failed", "http")
    assert (run["counts"]["done"], run["counts"]["failed"]) == (100, 1)
    again = mop.wikimop("resume", run["run"], "--retry-failed", "--format", "json", code=0).json
    all_done({**again, "items": mop.items(run["run"])}, small, before)
    assert begins(proxy)[2] == begins(proxy)[3]


@pytest.mark.parametrize("fault", [REFUSED["too-large-413"], AFTER["too-large-413"]], ids=["before", "after"])
def test_what_is_too_much_on_the_way_is_asked_for_with_fewer_pages(
    mop: Desk, proxy: Proxy, small: MediaWiki, fault: Fault
) -> None:
    before = dict(small.rows(TOUCHED))
    proxy.rule(fault, 3, action="purge")
    all_done(carried_out(mop), small, before)
    assert sizes(proxy)[:4] == ["50", "50", "50", "12"]
    assert begins(proxy)[2] == begins(proxy)[3]


def test_what_is_too_much_even_alone_ends_the_query(mop: Desk, proxy: Proxy, small: MediaWiki) -> None:
    before = dict(small.rows(TOUCHED))
    proxy.rule(REFUSED["too-large-413"], action="purge")
    run = carried_out(mop, code=1)
    assert [(item["key"], item["state"], item["code"]) for item in run["items"]] == [("query:1", "failed", "too_large")]
    assert sizes(proxy) == ["50", "12", "3", "1"]
    assert dict(small.rows(TOUCHED)) == before


def test_what_the_wiki_refuses_ends_the_query(mop: Desk, proxy: Proxy, small: MediaWiki) -> None:
    proxy.rule(instead(error("badcontinue", "Invalid continue param.", module="purge")), 2, action="purge")
    run = carried_out(mop, code=1)
    (failed,) = [item for item in run["items"] if item["state"] != "done"]
    assert (failed["code"], failed["detail"]) == ("badcontinue", "Invalid continue param.")
    assert run["counts"]["done"] == 50
    assert small.rows("SELECT count(*) FROM logging WHERE log_type = 'delete'") == [(0,)]


def test_a_broken_answer_is_asked_for_with_fewer_pages_and_not_for_ever(mop: Desk, proxy: Proxy, small: MediaWiki) -> None:
    proxy.rule(afterwards(Response(status=500, body=b"Fatal error")), action="purge")
    run = carried_out(mop, code=1)
    assert [(item["state"], item["code"]) for item in run["items"]] == [("failed", "internal")]
    assert sizes(proxy) == ["50", "12", "10", "10", "10"]
    assert small.rows("SELECT count(*) FROM page WHERE page_title LIKE 'Bulk/%'") == [(PAGES,)]


def changed(**more: Any) -> Fault:  # noqa: ANN401 - JSON values
    """The wiki's own answer, and this besides."""

    def fault(exchange: Exchange) -> None:
        exchange.headers.pop("Accept-Encoding", None)
        answer = exchange.forward()
        exchange.answer(Response(headers=answer.headers, body=orjson.dumps({**orjson.loads(answer.body), **more})))

    return fault


@pytest.mark.parametrize("code", ["unrecognizedvalues", "unrecognizedparams", "redirectsandrevids"])
def test_a_warning_about_what_was_asked_stops_it_before_more_is_purged(
    mop: Desk, proxy: Proxy, small: MediaWiki, code: str
) -> None:
    before = dict(small.rows(TOUCHED))
    proxy.rule(changed(warnings=[{"code": code, "text": "Nobody knows it.", "module": "purge"}]), 2, action="purge")
    stopped = carried_out(mop, code=3)
    assert f"the wiki did not take the write as asked: Nobody knows it. ({code})" in stopped["err"]
    assert (len(begins(proxy)), stopped["counts"]["done"], stopped["counts"]["pending"]) == (2, 100, 1)
    run = mop.wikimop("resume", "--format", "json", code=0).json
    all_done({**run, "items": mop.items(run["run"])}, small, before)


def test_a_query_that_runs_in_a_circle_ends(mop: Desk, proxy: Proxy, small: MediaWiki) -> None:
    again = {"gapcontinue": "Bulk/005", "continue": "gapcontinue||"}
    proxy.rule(changed(**{"continue": again}), action="purge")
    run = carried_out(mop, code=1)
    (failed,) = [item for item in run["items"] if item["state"] != "done"]
    assert (failed["state"], failed["code"]) == ("failed", "endless")
    assert len(begins(proxy)) <= 4
    assert small.rows("SELECT count(*) FROM page WHERE page_title LIKE 'Bulk/%'") == [(PAGES,)]


def test_a_continue_cannot_become_another_action(mop: Desk, proxy: Proxy, small: MediaWiki) -> None:
    """A wiki that says anything: what it wants sent back is sent back, but never in the place of what was planned."""
    hostile = {"action": "delete", "title": "Main Page", "format": "xml", "assertuser": "Bob", "continue": "x||"}
    proxy.rule(changed(**{"continue": hostile}), 1, action="purge")
    mop.wikimop("run", mop.playbook(BULK), "--yes")
    sent = [request for request in proxy.met if request.get("generator") == "allpages" and request["action"] != "query"]
    assert {(one["action"], one["format"], one["assertuser"]) for one in sent} == {("purge", "json", "Sysop")}
    assert small.rows("SELECT count(*) FROM page WHERE page_title = 'Main_Page'") == [(1,)]


def test_a_page_that_the_wiki_never_purges_fails_in_the_end(mop: Desk, proxy: Proxy, small: MediaWiki) -> None:
    """Its entry lacks what was asked for, and no rate limit is told."""

    def left_out(exchange: Exchange) -> None:
        exchange.headers.pop("Accept-Encoding", None)
        answer = orjson.loads(exchange.forward().body)
        for entry in answer["purge"]:
            if entry["title"] == "Bulk/007":
                entry.pop("purged")
        exchange.answer(body(answer))

    proxy.rule(left_out, action="purge")
    run = carried_out(mop, code=1)
    (failed,) = [item for item in run["items"] if item["state"] != "done"]
    assert (failed["title"], failed["state"], failed["code"]) == ("Bulk/007", "failed", "not_purged")
    assert failed["pageid"] == small.rows("SELECT page_id FROM page WHERE page_title = 'Bulk/007'")[0][0]
    proxy.heal()
    assert mop.wikimop("resume", run["run"], "--retry-failed", "--format", "json", code=0).json["counts"]["done"] == PAGES


def test_a_page_that_is_gone_before_it_is_purged_by_id(mop: Desk, proxy: Proxy, small: MediaWiki) -> None:
    def gone(exchange: Exchange) -> None:
        entries = [{"ns": 0, "title": title, **({} if title == "Never/was" else {"purged": True})} for title in TITLES]
        warning = {"code": "ratelimited", "text": "Too fast.", "module": "purge"}
        exchange.answer(body({"batchcomplete": True, "warnings": [warning], "purge": entries}))

    proxy.rule(gone, 1, action="purge")
    run = carried_out(mop, code=1)
    assert [(item["title"], item["state"], item["code"]) for item in run["items"]] == [
        ("Bulk/001", "done", None), ("Never/was", "skipped", "drift:gone"),
    ]  # fmt: skip
    assert small.rows("SELECT count(*) FROM page WHERE page_title = 'Never/was'") == [(0,)]


TITLES = ("Bulk/001", "Never/was")


def test_a_run_that_is_interrupted_is_resumed(mop: Desk, proxy: Proxy, small: MediaWiki) -> None:
    before = dict(small.rows(TOUCHED))
    processes: list[subprocess.Popen[str]] = []

    def interrupt(exchange: Exchange) -> None:
        processes[0].send_signal(signal.SIGINT)
        exchange.answer(exchange.forward())

    proxy.rule(interrupt, 2, action="purge")
    processes.append(mop.start("run", mop.playbook(BULK), "--yes"))
    processes[0].communicate(timeout=60)
    assert processes[0].returncode == 130
    run = mop.wikimop("resume", "--format", "json", code=0).json
    all_done({**run, "items": mop.items(run["run"])}, small, before)
    assert len(begins(proxy)) == REQUESTS


def test_a_wiki_that_stays_away_leaves_it_resumable(mop: Desk, proxy: Proxy, small: MediaWiki) -> None:
    impatient(mop, proxy, "5s")
    before = dict(small.rows(TOUCHED))
    proxy.rule(instead(error("readonly", "The wiki is closed.")), 2, 3, 4, 5, 6, 7, 8, 9, action="purge")
    stopped = mop.wikimop("run", mop.playbook(BULK), "--yes", "--format", "json", code=4)
    assert stopped.json["counts"]["done"] == 50
    proxy.heal()
    run = mop.wikimop("resume", "--format", "json", code=0).json
    all_done({**run, "items": mop.items(run["run"])}, small, before)
