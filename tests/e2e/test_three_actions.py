"""The main job: a playbook with a purge, a delete and a revision hide, on the real wiki."""

from __future__ import annotations

from tests.desk import Desk, deletions
from tests.mediawiki import MediaWiki

STEPS = """
- id: fresh
  pages: {generator: embeddedin, title: "Template:Old"}
  purge: {forcelinkupdate: true}
- id: bulk
  pages: {generator: allpages, prefix: Bulk/00}
  delete: {reason: Trying it}
- id: hide
  revisions: {list: usercontribs, user: Vandal}
  revisiondelete: {hide: [comment], reason: Vandalism}
"""


def test_plan_and_dry_run_leave_no_trace(desk: Desk, wiki: MediaWiki) -> None:
    before = (
        wiki.rows("SELECT count(*), max(log_id) FROM logging"),
        wiki.rows("SELECT max(rev_id), sum(rev_deleted) FROM revision"),
    )
    desk.wikimop("plan", desk.playbook(STEPS), code=0)
    dry = desk.wikimop("run", "--dry-run", desk.playbook(STEPS), code=0)
    assert "Bulk/009" in dry.out
    after = (
        wiki.rows("SELECT count(*), max(log_id) FROM logging"),
        wiki.rows("SELECT max(rev_id), sum(rev_deleted) FROM revision"),
    )
    assert before == after
    assert desk.wikimop("runs", "--format", "json", code=0).out == ""


def test_apply_leaves_the_wiki_as_planned(desk: Desk, wiki: MediaWiki) -> None:
    plan = desk.wikimop("plan", desk.playbook(STEPS), "--format", "json", code=0).json
    assert [step["items"] for step in plan["steps"]] == [plan["steps"][0]["items"], 9, 25]
    run = desk.wikimop("apply", plan["plan"], "--yes", "--format", "json", code=0).json
    assert run["state"] == "finished"
    assert run["counts"] == {
        "done": plan["items"], "unchanged": 0, "skipped": 0, "failed": 0, "scheduled": 0, "unsure": 0, "pending": 0
    }  # fmt: skip
    expected = [(f"Bulk/00{number}", f"Trying it (wikimop {run['run']})") for number in range(1, 10)]
    assert deletions(wiki) == expected
    hidden = wiki.rows(
        "SELECT count(*) FROM revision JOIN actor ON actor_id = rev_actor WHERE actor_name = 'Vandal' AND rev_deleted = 2"
    )
    assert hidden == [(25,)]
    logids = [item["logid"] for item in desk.items(run["run"]) if item["step"] == "bulk"]
    assert logids == [row[0] for row in wiki.rows("SELECT log_id FROM logging WHERE log_action = 'delete' ORDER BY log_id")]


def test_a_plan_is_applied_once(desk: Desk, wiki: MediaWiki) -> None:
    plan = desk.wikimop("plan", desk.playbook(STEPS), "--format", "json", code=0).json
    run = desk.wikimop("apply", plan["plan"], "--yes", "--format", "json", code=0).json
    again = desk.wikimop("apply", plan["plan"], "--yes", code=2)
    assert run["run"] in again.err
    assert "resume" in again.err
    assert len(deletions(wiki)) == 9
