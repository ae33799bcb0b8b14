"""Guards, stages, the run's mark, and what goes with a write."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import pytest

from tests.desk import Desk, deletions, someone
from tests.e2e.reading import (
    applied,
    carried_out,
    ends,
    existing,
    lines_of,
    log_comments,
    nothing_happened,
    page_id,
    plan_file,
    settled,
)  # fmt: skip
from tests.mediawiki import MediaWiki

NINE = "- id: bulk\n  pages: {generator: allpages, prefix: Bulk/00}\n  delete: {reason: Tidy}"


def until(condition: Callable[[], bool], patience: float = 30) -> None:
    """Wait for a condition that another process brings about."""
    end = time.monotonic() + patience
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.02)


def create_tag(wiki: MediaWiki, tag: str) -> None:
    """Let the wiki know a change tag."""
    grant = "$wgGrantPermissions['protect']"
    wiki.settings(f"{grant}['managechangetags'] = {grant}['deletechangetags'] = true;")
    someone(wiki).post(action="managetags", operation="create", tag=tag, reason="test")


def test_guards_over_the_whole_plan(desk: Desk, wiki: MediaWiki) -> None:
    expecting = NINE.replace("prefix: Bulk/00", "prefix: Bulk/00, expect: {%s}")
    guards = {
        "limits.items": (NINE, "limits: {items: 8}"),
        "Bulk/003": (NINE, "never_touch: {titles: [bulk/003, Main Page]}"),
        "never_touch": (NINE, "never_touch: {namespaces: [(main)]}"),
        "at least 10": (expecting % "min: 10", ""),
        "at most 8": (expecting % "min: 1, max: 8", ""),
    }
    for word, (steps, top) in guards.items():
        header, *items, _ = lines_of(plan_file(desk, steps, top, code=3))
        assert len(items) == 9, word  # the plan lists everything all the same
        assert word in " ".join(header["guards"])
        if word == "Bulk/003":
            assert word in desk.wikimop("apply", header["id"], "--yes", code=3).err
    dry = desk.wikimop("run", "--dry-run", desk.playbook(NINE, "limits: {items: 8}"), code=3)
    assert "Bulk/009" in dry.out
    nothing_happened(desk, wiki, desk.wikimop("run", desk.playbook(NINE, "limits: {items: 8}"), "--yes", code=3))
    fine = "limits: {items: 9}\nnever_touch: {titles: [Main Page], namespaces: [Project, 8]}"
    assert carried_out(desk, expecting % "min: 9, max: 9", fine)["counts"]["done"] == 9


def test_never_touch_by_the_name_of_a_namespace(desk: Desk) -> None:
    steps = "- id: d\n  pages: {generator: categorymembers, title: Category:Drafts}\n  delete: {}"
    lines = lines_of(plan_file(desk, steps, "never_touch: {namespaces: [draft]}", code=3))
    assert all(line.get("never_touch") for line in lines[1:-1])
    for wrong in ("never_touch: {titles: ['[x]']}", "never_touch: {namespaces: [120]}"):
        desk.wikimop("plan", desk.playbook(steps, wrong), code=2)


def test_failures_stop_the_run_and_it_can_be_finished(desk: Desk, wiki: MediaWiki) -> None:
    steps = "- id: bulk\n  pages: {generator: allpages, prefix: Bulk/0}\n  delete: {tags: [no-such-tag]}"
    refused = desk.wikimop("plan", desk.playbook(steps), code=2)
    assert "no change tag `no-such-tag` that may be set" in refused.err
    create_tag(wiki, "no-such-tag")
    few = plan_file(desk, steps, "limits: {failures: 3}")
    share = plan_file(desk, steps, "limits: {failures: 10%}", name="share.jsonl")
    someone(wiki).post(action="managetags", operation="deactivate", tag="no-such-tag", ignorewarnings=True)
    run = desk.wikimop("apply", few, "--yes", "--format", "json", code=3)
    assert "limits.failures: 4 items failed" in run.err
    assert run.json["state"] == "stopped"
    assert (run.json["counts"]["failed"], run.json["counts"]["pending"]) == (4, 95)
    run = desk.wikimop("apply", share, "--yes", "--format", "json", code=3)
    assert run.json["counts"]["failed"] == 20
    failed = desk.wikimop("show", run.json["run"], "--items", "--state", "failed", "--format", "json", code=0).lines
    assert {item["code"] for item in failed} == {"badtags"}
    assert all("no-such-tag" in item["detail"] for item in failed)
    assert deletions(wiki) == []
    create_tag(wiki, "no-such-tag")
    ended = desk.wikimop("resume", run.json["run"], "--retry-failed", "--format", "json", code=0).json
    assert (ended["state"], ended["counts"]["done"]) == ("finished", 99)
    assert len(deletions(wiki)) == 99
    tagged = "SELECT count(*) FROM change_tag JOIN change_tag_def ON ctd_id = ct_tag_id WHERE ctd_name = 'no-such-tag'"
    # The wiki writes tags after it has answered.
    settled(lambda: wiki.rows(f"{tagged} AND ct_log_id IS NOT NULL") == [(99,)])


def test_a_stop_page_stops_the_run_while_it_is_not_empty(desk: Desk, wiki: MediaWiki) -> None:
    other = someone(wiki)
    plan = plan_file(desk, NINE, "stop_page: User:Mop/Stop")
    other.edit("User:Mop/Stop", "Please stop.")
    stopped = desk.wikimop("apply", plan, "--yes", "--format", "json", code=3)
    assert "User:Mop/Stop" in stopped.err
    assert (stopped.json["state"], stopped.json["counts"]["pending"]) == ("stopped", 9)
    assert "resume" in stopped.err
    assert deletions(wiki) == []
    desk.wikimop("resume", code=3)
    other.edit("User:Mop/Stop", "")
    assert desk.wikimop("resume", "--format", "json", code=0).json["counts"]["done"] == 9


def test_a_stop_page_is_heeded_in_the_middle(desk: Desk, wiki: MediaWiki) -> None:
    steps = NINE.replace("Bulk/00", "Bulk/0")
    plan = plan_file(desk, steps, "stop_page: User:Mop/Stop\nlimits: {rate: 20/s}")
    process = desk.start("apply", plan, "--yes", "--format", "json")
    until(lambda: len(deletions(wiki)) >= 5)
    someone(wiki).edit("User:Mop/Stop", "Please stop.")
    out, err = process.communicate(timeout=60)
    assert process.returncode == 3, out + err
    done = len(deletions(wiki))
    assert 5 <= done < 99
    someone(wiki).delete("User:Mop/Stop")
    assert desk.wikimop("resume", "--format", "json", code=0).json["counts"]["done"] == 99
    assert len({title for title, _ in deletions(wiki)} - {"Mop/Stop"}) == 99
    assert len(deletions(wiki)) == 100


def test_a_duration_ends_the_run(desk: Desk, wiki: MediaWiki) -> None:
    steps = NINE.replace("Bulk/00", "Bulk/0")
    run = desk.wikimop("run", desk.playbook(steps, "limits: {duration: 1s, rate: 10/s}"), "--yes", "--format", "json", code=3)
    assert "limits.duration" in run.err
    assert run.json["state"] == "stopped"
    assert 0 < run.json["counts"]["done"] == len(deletions(wiki)) < 20


def test_stages_are_planned_one_after_the_other(desk: Desk, wiki: MediaWiki) -> None:
    steps = """
- id: redirects
  pages: {generator: allpages, prefix: Old name 0, filterredir: redirects}
  delete: {reason: First}
- id: broken
  fresh: true
  when: steps.redirects.done > 0
  pages: {generator: allpages, prefix: Double redirect}
  delete: {reason: Second}
- id: last
  fresh: true
  pages: {step: broken, outcome: done}
  purge: {}
"""
    book = desk.playbook(steps)
    first = desk.wikimop("plan", book, code=0)
    assert "broken" in first.out
    plan = desk.wikimop("plan", book, "--format", "json", code=0).json
    assert [step["id"] for step in plan["steps"]] == ["redirects"]
    run = applied(desk, plan["plan"])
    second = desk.wikimop("plan", book, "--after", run["run"], "--format", "json", code=0).json
    assert [(step["id"], step["items"]) for step in second["steps"]] == [("broken", 3)]
    assert "last stage" not in desk.wikimop("apply", second["plan"], "--yes", code=0).err
    third = desk.wikimop("plan", book, "--after", "r" + second["plan"][1:], "--format", "json", code=0).json
    assert third["steps"] == [{"id": "last", "action": "purge", "items": 3, "blocked": 3}]
    desk.wikimop("plan", book, "--after", "rnothere1", code=2)
    desk.wikimop("plan", desk.playbook(steps + "# changed\n"), "--after", run["run"], code=2)
    assert {title: comment.split(" ")[0] for title, comment in deletions(wiki)} == {
        **{f"Old_name_0{number}": "First" for number in range(1, 10)},
        **{f"Double_redirect_{number}": "Second" for number in range(1, 4)},
    }


def test_run_goes_through_all_stages(desk: Desk, wiki: MediaWiki) -> None:
    steps = """
- id: members
  pages: {generator: categorymembers, title: 'Category:Checked in January 2023'}
  delete: {reason: First}
- id: empty
  fresh: true
  pages: {generator: querypage, page: Unusedcategories, except: {titles: ['Category:Empty 01']}}
  delete: {reason: Second}
"""
    wiki.settings("$wgMiserMode = false;")
    desk.wikimop("run", desk.playbook(steps), "--yes", code=0)
    runs = desk.wikimop("runs", "--format", "json", code=0).lines
    assert [run["state"] for run in runs] == ["finished", "finished"]
    deleted = [title for title, _ in deletions(wiki)]
    assert deleted[0] == "Checked_January"
    assert "Checked_in_January_2023" in deleted
    assert "Empty_02" in deleted
    assert "Empty_01" not in deleted


@pytest.mark.parametrize(
    ("stamp", "reason", "expected"),
    [
        ("", "reason: Tidy", "Tidy (wikimop RUN)"),
        ("", "", "(wikimop RUN)"),
        ("stamp: {place: start}", "reason: Tidy", "(wikimop RUN) Tidy"),
        ("stamp: {text: '[[Mop]]/{run}'}", "reason: Tidy", "Tidy [[Mop]]/RUN"),
        ("stamp: false", "reason: Tidy", "Tidy"),
    ],
)
def test_the_summary_bears_the_mark(desk: Desk, wiki: MediaWiki, stamp: str, reason: str, expected: str) -> None:
    steps = f"- id: one\n  pages: {{titles: [Bulk/001]}}\n  delete: {{{reason}}}\n"
    steps += "- id: two\n  revisions: {list: usercontribs, user: Vandal, limit: 1}\n"
    steps += f"  revisiondelete: {{hide: [user], {reason}}}"
    run = carried_out(desk, steps, stamp)
    wanted = expected.replace("RUN", run["run"])
    assert log_comments(wiki)["Bulk/001"] == wanted
    assert list(log_comments(wiki, "revision").values()) == [wanted]


def test_no_mark_and_no_reason(desk: Desk, wiki: MediaWiki) -> None:
    run = carried_out(desk, "- id: one\n  pages: {titles: [Bulk/001]}\n  delete:", "stamp: false")
    assert run["counts"]["done"] == 1
    assert "wikimop" not in log_comments(wiki)["Bulk/001"]


def test_tags_and_watchlist(desk: Desk, wiki: MediaWiki) -> None:
    create_tag(wiki, "cleanup")
    sysop = someone(wiki, "sysop")
    sysop.post(action="options", change="watchdeletion=1")
    steps = """
- id: plain
  pages: {titles: [Bulk/001]}
  delete: {tags: [cleanup]}
- id: watched
  pages: {titles: [Bulk/002]}
  delete: {watchlist: watch}
- id: preferred
  pages: {titles: [Bulk/003]}
  delete: {watchlist: preferences}
- id: hide
  revisions: {list: usercontribs, user: Vandal, limit: 2}
  revisiondelete: {hide: [user], tags: [cleanup]}
"""
    run = carried_out(desk, steps)
    assert {state for state, _ in ends(run).values()} == {"done"}
    watched = wiki.rows("SELECT DISTINCT wl_title FROM watchlist WHERE wl_title LIKE 'Bulk/%' ORDER BY wl_title")
    assert watched == [("Bulk/002",), ("Bulk/003",)]
    tagged = (
        "SELECT DISTINCT log_action FROM change_tag JOIN change_tag_def ON ctd_id = ct_tag_id"
        " JOIN logging ON log_id = ct_log_id WHERE ctd_name = 'cleanup' ORDER BY 1"
    )
    settled(lambda: wiki.rows(tagged) == [("delete",), ("revision",)])


def test_four_at_a_time_leave_one_log_entry_each(desk: Desk, wiki: MediaWiki) -> None:
    steps = "- id: bulk\n  pages: {generator: allpages, prefix: Bulk/1}\n  delete: {}"
    run = carried_out(desk, steps, "limits: {concurrency: 4}")
    assert run["counts"]["done"] == 100
    titles = [title for title, _ in deletions(wiki)]
    assert sorted(titles) == sorted(set(titles)) == sorted(f"Bulk/{number}" for number in range(100, 200))
    logged = dict(wiki.rows("SELECT log_title, log_id FROM logging WHERE log_action = 'delete'"))
    assert {item["title"]: item["logid"] for item in run["items"]} == logged
    assert existing(wiki, "Bulk/1") == set()


def test_a_deletion_that_the_wiki_queues_is_followed(desk: Desk, wiki: MediaWiki) -> None:
    desk.use(wiki.api, "admin")
    wiki.settings("$wgDeleteRevisionsBatchSize = 10;")
    page = page_id(wiki, "History/Long")
    plan = plan_file(desk, "- id: big\n  pages: {titles: [Bulk/001, History/Long]}\n  delete: {reason: Big}")
    process = desk.start("apply", plan, "--yes", "--format", "json")
    worker = threading.Thread(target=lambda: until(lambda: "Bulk/001" in dict(deletions(wiki))))
    worker.start()
    worker.join()
    until(lambda: wiki.rows("SELECT 1 FROM job WHERE job_cmd = 'deletePage'") != [])
    assert process.poll() is None
    wiki.run_jobs()
    out, err = process.communicate(timeout=60)
    assert process.returncode == 0, out + err
    assert wiki.rows("SELECT 1 FROM page WHERE page_id = ?", page) == []
    run = desk.wikimop("runs", "--format", "json").lines[0]["run"]
    logged = dict(wiki.rows("SELECT log_title, log_id FROM logging WHERE log_action = 'delete'"))
    assert {item["title"]: (item["state"], item["logid"]) for item in desk.items(run)} == {
        title: ("done", logid) for title, logid in logged.items()
    }
    assert len(deletions(wiki)) == 2


def test_a_queued_deletion_survives_an_interruption(desk: Desk, wiki: MediaWiki) -> None:
    desk.use(wiki.api, "admin")
    wiki.settings("$wgDeleteRevisionsBatchSize = 10;")
    plan = plan_file(desk, "- id: big\n  pages: {titles: [History/Long]}\n  delete: {reason: Big}")
    process = desk.start("apply", plan, "--yes", "--format", "json")
    until(lambda: wiki.rows("SELECT 1 FROM job WHERE job_cmd = 'deletePage'") != [])
    until(lambda: '"scheduled":1' in desk.wikimop("show", "r" + lines_of(plan)[0]["id"][1:], "--format", "json").out)
    process.terminate()
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130, out + err
    assert "resume" in err
    wiki.run_jobs()
    resumed = desk.wikimop("resume", "--format", "json", code=0).json
    assert (resumed["counts"]["done"], resumed["state"]) == (1, "finished")
    assert len(deletions(wiki)) == 1
