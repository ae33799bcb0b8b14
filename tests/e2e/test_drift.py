"""Between plan and apply: what somebody else changed is skipped, and what the run itself changed is known to it."""

from __future__ import annotations

from tests.desk import Desk, deletions, someone
from tests.e2e.reading import applied, carried_out, ends, existing, hidden_bits, plan_file, revisions
from tests.mediawiki import MediaWiki

PREFIX = "generator: allpages, prefix: Bulk/00"


def test_a_page_that_somebody_changed_is_not_deleted(desk: Desk, wiki: MediaWiki) -> None:
    path = plan_file(desk, f"- id: delete\n  pages: {{{PREFIX}}}\n  delete: {{}}")
    other = someone(wiki)
    other.edit("Bulk/001", "I want to keep this.")
    other.move("Bulk/002", "Kept")
    other.move("Bulk/003", "Kept too", noredirect=True)
    other.delete("Bulk/004")
    other.delete("Bulk/005")
    other.edit("Bulk/005", "Created anew.")
    other.delete("Bulk/006")
    other.undelete("Bulk/006")
    other.protect("Bulk/007", "edit=sysop")
    run = applied(desk, path, code=1)
    assert ends(run) == {
        "Bulk/001": ("skipped", "drift:edited"),
        "Bulk/002": ("skipped", "drift:moved"),
        "Bulk/003": ("skipped", "drift:moved"),
        "Bulk/004": ("skipped", "drift:gone"),
        "Bulk/005": ("skipped", "drift:gone"),
        "Bulk/006": ("done", None),
        "Bulk/007": ("skipped", "drift:edited"),
        "Bulk/008": ("done", None),
        "Bulk/009": ("done", None),
    }
    assert all(item["detail"] for item in run["items"] if item["state"] == "skipped")
    mine = f"(wikimop {run['run']})"
    assert [title for title, comment in deletions(wiki) if comment == mine] == ["Bulk/006", "Bulk/008", "Bulk/009"]
    assert existing(wiki, "Bulk/00") == {"Bulk/001", "Bulk/002", "Bulk/005", "Bulk/007"}
    assert existing(wiki, "Kept") == {"Kept", "Kept too"}


def test_a_page_that_is_gone_is_not_purged(desk: Desk, wiki: MediaWiki) -> None:
    path = plan_file(desk, f"- id: purge\n  pages: {{{PREFIX}}}\n  purge: {{}}")
    other = someone(wiki)
    other.delete("Bulk/001")
    other.edit("Bulk/002", "Newer.")
    other.move("Bulk/003", "Kept", noredirect=True)
    run = applied(desk, path, code=1)
    assert ends(run)["Bulk/001"] == ("skipped", "drift:gone")
    assert (ends(run)["Bulk/002"], ends(run)["Bulk/003"]) == (("done", None), ("done", None))
    assert run["counts"]["done"] == 8


def test_a_revision_that_somebody_touched_is_not_hidden(desk: Desk, wiki: MediaWiki) -> None:
    first, second, third = revisions(wiki, "Article 02")[:3]
    long = revisions(wiki, "History/Long")
    gone = revisions(wiki, "Bulk/001")
    current = revisions(wiki, "Bulk/002")
    other = someone(wiki)
    other.edit("Bulk/002", "A newer one.")
    steps = f"""
- id: hide
  revisions: {{revids: [{first}, {second}, {third}, {long[0]}, {long[1]}, {gone[0]}, {current[0]}]}}
  revisiondelete: {{hide: [content], reason: Private}}
"""
    other.post(action="revisiondelete", type="revision", ids=long[1], hide="content", target="History/Long")
    path = plan_file(desk, steps.replace(f"{gone[0]}, ", ""))
    other.post(action="revisiondelete", type="revision", ids=first, hide="user", target="Article 02")
    other.post(action="revisiondelete", type="revision", ids=second, hide="content|comment", target="Article 02")
    newest = revisions(wiki, "Bulk/002")[-1]
    other.delete("Bulk/002")
    other.undelete("Bulk/002", timestamps=_timestamp(wiki, current[0]))
    assert revisions(wiki, "Bulk/002") == [current[0]] != [newest]
    other.move("History/Long", "History/Renamed")
    run = applied(desk, path, code=1)
    by_revision = {item["revid"]: (item["state"], item["code"]) for item in run["items"]}
    assert by_revision == {
        first: ("skipped", "drift:visibility"),
        second: ("skipped", "drift:visibility"),
        third: ("done", None),
        long[0]: ("done", None),  # the same page under another name
        long[1]: ("unchanged", "revdelete-no-change"),
        current[0]: ("skipped", "drift:current"),
    }
    assert hidden_bits(wiki, [first, second, third, long[0], long[1], current[0]]) == [4, 3, 1, 1, 1, 0]


def _timestamp(wiki: MediaWiki, revid: int) -> str:
    rows = wiki.rows(
        "SELECT rev_timestamp FROM revision WHERE rev_id = ? UNION SELECT ar_timestamp FROM archive WHERE ar_rev_id = ?",
        revid, revid,
    )  # fmt: skip
    raw = rows[0][0]
    return raw.decode() if isinstance(raw, bytes) else str(raw)


def test_what_the_run_itself_changed_is_no_drift(desk: Desk, wiki: MediaWiki) -> None:
    run = carried_out(
        desk,
        f"""
- id: comments
  revisions: {{generator: revisions, of: {{{PREFIX}}}}}
  revisiondelete: {{hide: [comment], reason: One}}
- id: users
  revisions: {{generator: revisions, of: {{{PREFIX}}}}}
  revisiondelete: {{hide: [user], show: [comment], reason: Two}}
- id: refresh
  pages: {{{PREFIX}}}
  purge: {{forcelinkupdate: true}}
- id: again
  revisions: {{step: users}}
  revisiondelete: {{hide: [user], reason: Three}}
- id: delete
  pages: {{{PREFIX}, limit: 4}}
  delete: {{reason: Four}}
""",
    )
    counts = {step["id"]: step["counts"] for step in run["steps"]}
    assert [counts[name]["done"] for name in ("comments", "users", "refresh", "delete")] == [9, 9, 9, 4]
    assert counts["again"]["unchanged"] == 9
    live = "SELECT DISTINCT rev_deleted FROM revision JOIN page ON page_id = rev_page WHERE page_title LIKE 'Bulk/00%'"
    assert wiki.rows(live) == [(4,)]
    assert wiki.rows("SELECT DISTINCT ar_deleted FROM archive") == [(4,)]
    assert len(deletions(wiki)) == 4
    hides = wiki.rows("SELECT log_title FROM logging WHERE log_type = 'delete' AND log_action = 'revision'")
    assert len(hides) == 18  # one request a page and step, and nothing for what was hidden already


def test_when_and_outcome(desk: Desk, wiki: MediaWiki) -> None:
    someone(wiki).edit("Uses", "[[Bulk/001]] [[Bulk/002]]")
    someone(wiki).edit("Uses 1", "[[Bulk/001]]")
    someone(wiki).edit("Uses 2", "[[Bulk/002]]")
    wiki.run_jobs()
    path = plan_file(
        desk,
        """
- id: drafts
  pages: {titles: [Bulk/001, Bulk/002, Bulk/003]}
  delete: {}
- id: links
  pages: {generator: linkshere, of: {step: drafts, outcome: done}}
  purge: {forcelinkupdate: true}
- id: left
  pages: {step: drafts, outcome: skipped}
  purge: {}
- id: never
  when: steps.drafts.failed > 0 or not steps.drafts.done > 1
  pages: {titles: [Bulk/010]}
  delete: {}
- id: always
  when: (steps.drafts.done == 2 and steps.links.skipped >= 1) and steps.never.skipped == 1
  pages: {titles: [Bulk/011]}
  delete: {}
- id: after
  when: steps.always.done > 0
  pages: {titles: [Bulk/012]}
  purge: {}
""",
    )
    someone(wiki).edit("Bulk/002", "Kept.")
    run = applied(desk, path, code=1)
    by_step = {(item["step"], item["title"]): (item["state"], item["code"]) for item in run["items"]}
    assert by_step == {
        ("drafts", "Bulk/001"): ("done", None),
        ("drafts", "Bulk/002"): ("skipped", "drift:edited"),
        ("drafts", "Bulk/003"): ("done", None),
        ("links", "Uses"): ("done", None),
        ("links", "Uses 1"): ("done", None),
        ("links", "Uses 2"): ("skipped", "outcome"),
        ("never", "Bulk/010"): ("skipped", "when"),
        ("always", "Bulk/011"): ("done", None),
        ("after", "Bulk/012"): ("done", None),
    } | {("left", f"Bulk/00{number}"): ("skipped", "blocked:deleted_earlier") for number in (1, 2, 3)}
    assert existing(wiki, "Bulk/01") >= {"Bulk/010", "Bulk/012"}
    assert [title for title, _ in deletions(wiki)] == ["Bulk/001", "Bulk/003", "Bulk/011"]


def test_revisions_of_a_page_that_was_deleted_and_restored(desk: Desk, wiki: MediaWiki) -> None:
    revision = revisions(wiki, "Bulk/001")
    path = plan_file(desk, f"- id: hide\n  revisions: {{revids: {revision}}}\n  revisiondelete: {{hide: [comment]}}")
    other = someone(wiki)
    other.delete("Bulk/001")
    run = applied(desk, path, code=1)
    assert ends(run) == {"Bulk/001": ("skipped", "drift:gone")}
    assert wiki.rows("SELECT ar_deleted FROM archive WHERE ar_rev_id = ?", revision[0]) == [(0,)]
