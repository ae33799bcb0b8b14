"""The playbooks that come with the project: each is valid, finds on the seeded wiki what it should, and does it."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from runner.cli.reading import read_playbook
from runner.errors import InvalidInput
from tests.desk import Desk, deletions, someone
from tests.mediawiki import MediaWiki
from tests.mediawiki.seeds import ARTICLES, BROKEN_REDIRECTS, EMPTY_CATEGORIES, EXPIRED

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "playbooks"
PLAYBOOKS = sorted(FOLDER.glob("*.yaml"))
VANDAL = ("--var", "user=Vandal", "--var", "since=2024-01-01T00:00:00Z")
RENAMED = ("--var", "old=Old", "--var", "name=[Oo]ld", "--var", "new=Infobox")
HIDDEN = """
    SELECT rev_deleted, count(*) FROM revision JOIN actor ON actor_id = rev_actor
    WHERE actor_name = 'Vandal' GROUP BY rev_deleted
"""
REFRESHED = "SELECT page_namespace, page_title FROM page WHERE page_links_updated > ? ORDER BY page_namespace, page_title"

EXPECTED: tuple[tuple[str, tuple[str, ...], dict[str, int]], ...] = (
    ("demo", (), {"stale": 15, "drafts": 14, "vandalism": 15, "links": 1}),
    ("purge-template-users", (), {"users": 60}),
    ("purge-template-users", ("--var", "template=Template:Old"), {"users": 15}),
    ("delete-expired-drafts", (), {"drafts": 14, "links": 1}),
    ("delete-expired-drafts", ("--var", "until=2020-08-01T00:00:00Z"), {"drafts": 2, "links": 1}),
    ("delete-expired-drafts", ("--var", "keep=Category:Drafts"), {"drafts": 0, "links": 0}),
    ("hide-user-edits", VANDAL, {"past": 15, "current": 10}),
    ("refresh-after-move", ("--var", "old=Article 01", "--var", "new=Article 02"), {"moved": 2, "links": 4, "users": 0}),
    (
        "refresh-after-move",
        ("--var", "old=Template:Old", "--var", "new=Template:Infobox"),
        {"moved": 2, "links": 0, "users": 15},
    ),
    ("clean-up-broken-redirects", (), {"broken": 12, "links": 0}),
    ("delete-unused-categories", (), {"unused": 9}),
    ("delete-unused-categories", ("--var", "keep=Category:Maintenance categories"), {"unused": 0}),
    ("delete-listed-pages", ("--var", "list=lists/decided.txt"), {"listed": 3}),
    ("archive-expired-drafts", (), {"archive": 20, "mark": 16, "links": 1}),
    ("replace-template", RENAMED, {"users": 15}),
    ("replace-template", (), {"users": 0}),
    ("roll-back-user", VANDAL, {"back": 8, "closed": 8, "watched": 8}),
)


@pytest.fixture
def copies(desk: Desk) -> Desk:
    """A desk with the playbooks on it, without the rates that would only make tests wait, and a list beside them."""
    shutil.copytree(FOLDER, desk.folder / "playbooks")
    for path in (desk.folder / "playbooks").glob("*.yaml"):
        path.write_text(re.sub(r", rate: \d+/min", "", path.read_text()))
    desk.write("# decided\nBulk/001\n\nBulk/002\nTalk:Orphan 1\n", "playbooks/lists/decided.txt")
    return desk


@pytest.mark.parametrize("path", PLAYBOOKS, ids=lambda path: path.stem)
def test_it_is_valid_as_it_stands(path: Path) -> None:
    try:
        playbook = read_playbook(path, {})
    except InvalidInput as error:
        pytest.fail(str(error))
    assert (playbook.name, playbook.wiki) == (path.stem, None)
    assert playbook.description
    assert playbook.limits.items


@pytest.mark.parametrize("path", PLAYBOOKS, ids=lambda path: path.stem)
def test_an_editor_finds_its_schema(path: Path) -> None:
    first = path.read_text().splitlines()[0]
    assert first.startswith("# yaml-language-server: $schema=")
    assert (path.parent / first.partition("=")[2]).resolve() == ROOT / "schemas" / "playbook.schema.json"


def test_there_are_enough_and_each_is_planned() -> None:
    assert len(PLAYBOOKS) >= 7
    assert {name for name, *_ in EXPECTED} == {path.stem for path in PLAYBOOKS}


def test_each_finds_what_it_should(copies: Desk, wiki: MediaWiki) -> None:
    before = _state(wiki)
    for name, variables, expected in EXPECTED:
        plan = _plan(copies, name, *variables)
        assert {step["id"]: step["items"] for step in plan["steps"]} == expected, (name, variables)
        assert not any(step["blocked"] for step in plan["steps"])
    assert _state(wiki) == before


def test_the_demo(copies: Desk, wiki: MediaWiki) -> None:
    since = _newest_refresh(wiki)
    planned = copies.wikimop("plan", "playbooks/demo.yaml", "--out", "demo.plan", "--format", "json", code=0).json
    run = copies.wikimop("apply", "demo.plan", "--yes", "--format", "json", code=0).json
    assert (run["state"], run["counts"]["done"]) == ("finished", planned["items"])
    assert deletions(wiki) == [(_dbkey(title), f"Expired draft (wikimop {run['run']})") for title in EXPIRED]
    assert dict(wiki.rows(HIDDEN)) == {0: 10, 3: 15}
    refreshed = _refreshed(wiki, since)
    assert {(0, _dbkey(title)) for title in ARTICLES[::4]} <= refreshed
    assert (4, "Draft_index") in refreshed


def test_what_the_demo_writes_is_as_the_schemas_say(copies: Desk) -> None:
    copies.wikimop("plan", "playbooks/demo.yaml", "--out", "demo.plan", code=0)
    copies.wikimop("apply", "demo.plan", "--yes", code=0)
    (log,) = (copies.folder / ".wikimop" / "runs").glob("*.jsonl")
    for file, name in ((copies.folder / "demo.plan", "plan"), (log, "log")):
        schema = json.loads((ROOT / "schemas" / f"{name}.schema.json").read_text())
        lines = [json.loads(line) for line in file.read_text().splitlines()]
        assert len(lines) > 30
        assert [error.message for line in lines for error in Draft202012Validator(schema).iter_errors(line)] == []


def test_expired_drafts_are_deleted_and_their_index_refreshed(copies: Desk, wiki: MediaWiki) -> None:
    run = _run(copies, "delete-expired-drafts")
    assert run["counts"]["done"] == 15
    assert [title for title, _ in deletions(wiki)] == [_dbkey(title) for title in EXPIRED]


def test_a_vandals_edits_are_hidden(copies: Desk, wiki: MediaWiki) -> None:
    _run(copies, "hide-user-edits", *VANDAL)
    assert dict(wiki.rows(HIDDEN)) == {2: 10, 3: 15}


def test_a_user_that_does_not_exist_stops_it(copies: Desk) -> None:
    stopped = copies.wikimop("plan", "playbooks/hide-user-edits.yaml", code=3)
    assert "there is no user Example vandal" in stopped.out
    assert "expect: step past has 0 items" in stopped.out


def test_what_linked_to_a_moved_page_is_refreshed(copies: Desk, wiki: MediaWiki) -> None:
    someone(wiki).move("Article 02", "Article two", reason="test")
    since = _newest_refresh(wiki)
    run = _run(copies, "refresh-after-move", "--var", "old=Article 02", "--var", "new=Article two")
    refreshed = _refreshed(wiki, since)
    assert run["counts"]["done"] == len(refreshed)
    assert {(0, "Article_two"), (0, "Article_02"), (0, "Article_01"), (0, "Old_name_02")} <= refreshed


def test_the_users_of_a_template_are_refreshed(copies: Desk, wiki: MediaWiki) -> None:
    since = _newest_refresh(wiki)
    _run(copies, "purge-template-users")
    assert _refreshed(wiki, since) == {(0, _dbkey(title)) for title in ARTICLES}


def test_broken_redirects_are_cleaned_up_in_two_stages(copies: Desk, wiki: MediaWiki) -> None:
    someone(wiki).edit("Leads to a broken one", f"#REDIRECT [[{BROKEN_REDIRECTS[0]}]]")
    plan = _plan(copies, "clean-up-broken-redirects")
    run = copies.wikimop("apply", plan["plan"], "--yes", "--format", "json", code=0).json
    assert run["counts"]["done"] == 13  # the page that led to one of them was refreshed
    assert [title for title, _ in deletions(wiki)] == [_dbkey(title) for title in BROKEN_REDIRECTS]
    second = _plan(copies, "clean-up-broken-redirects", "--after", run["run"])
    assert [(step["id"], step["items"]) for step in second["steps"]] == [("newly-broken", 1)]
    copies.wikimop("apply", second["plan"], "--yes", code=0)
    assert deletions(wiki)[-1][0] == "Leads_to_a_broken_one"


def test_unused_categories_are_deleted_but_for_those_kept(copies: Desk, wiki: MediaWiki) -> None:
    someone(wiki).edit("Category:Empty 01", "Kept. [[Category:Categories that may be empty]]")
    _run(copies, "delete-unused-categories")
    gone = {title for title, _ in deletions(wiki)}
    assert gone == {_dbkey(title) for title in EMPTY_CATEGORIES[1:]} | {"Checked_in_March_2023"}


def test_a_vandals_last_edits_are_rolled_back(copies: Desk, wiki: MediaWiki) -> None:
    vandalised = wiki.rows(
        "SELECT page_title FROM page JOIN revision ON rev_id = page_latest JOIN actor ON actor_id = rev_actor"
        " WHERE actor_name = 'Vandal' AND rev_parent_id ORDER BY 1"
    )
    run = _run(copies, "roll-back-user", *VANDAL)
    assert run["counts"]["done"] == 3 * len(vandalised)
    reverted = wiki.rows(
        "SELECT page_title FROM page JOIN revision ON revision.rev_id = page_latest JOIN page_restrictions ON pr_page = page_id"
        " JOIN revision AS before ON before.rev_id = revision.rev_parent_id JOIN actor ON actor_id = before.rev_actor"
        " WHERE actor_name = 'Sysop' AND pr_level = 'autoconfirmed' AND pr_type = 'edit' AND pr_expiry <> 'infinity' ORDER BY 1"
    )
    assert reverted == vandalised
    watched = wiki.rows("SELECT wl_title FROM watchlist JOIN user ON user_id = wl_user WHERE user_name = 'Sysop'"
                        " AND wl_namespace = 0 ORDER BY 1")  # fmt: skip
    assert watched == vandalised


def test_the_pages_of_a_list_are_deleted(copies: Desk, wiki: MediaWiki) -> None:
    run = _run(copies, "delete-listed-pages", "--var", "list=lists/decided.txt", "--var", "discussion=Project:Deletion/May")
    reason = f"As decided in [[Project:Deletion/May]] (wikimop {run['run']})"
    assert deletions(wiki) == [("Bulk/001", reason), ("Bulk/002", reason), ("Orphan_1", reason)]


def test_expired_drafts_are_archived_with_what_belongs_to_them(copies: Desk, wiki: MediaWiki) -> None:
    run = _run(copies, "archive-expired-drafts")
    assert run["counts"]["done"] == 37
    reader = someone(wiki)
    for title in (EXPIRED[0], f"{EXPIRED[0]}/Notes"):
        archived = title.replace("Draft:", "Draft:Archive/")
        assert (reader.text(archived) or "").startswith("{{Archived draft}}\n")
        assert (reader.text(title) or "").startswith(f"#REDIRECT [[{archived}]]")
    assert reader.text("Draft talk:Archive/Idea 01") == "Is this any good?"
    moved = wiki.rows("SELECT count(*) FROM logging WHERE log_type = 'move'")
    assert moved == [(20,)]


def test_a_template_is_replaced_wherever_it_is_used(copies: Desk, wiki: MediaWiki) -> None:
    someone(wiki).edit("By another way", "{{:Article 01}} {{ old |x}} {{Oldest}} {{Template:Old}}")
    wiki.run_jobs()
    run = _run(copies, "replace-template", *RENAMED)
    assert run["counts"]["done"] == 16
    reader = someone(wiki)
    assert reader.text("By another way") == "{{:Article 01}} {{ Infobox |x}} {{Oldest}} {{Template:Infobox}}"
    assert "{{Old}}" not in (reader.text("Article 01") or "")
    again = _run(copies, "replace-template", *RENAMED)
    assert again["counts"]["done"] == 0


def _plan(desk: Desk, name: str, *arguments: str) -> Any:  # noqa: ANN401 - a JSON value
    return desk.wikimop("plan", f"playbooks/{name}.yaml", *arguments, "--format", "json", code=0).json


def _run(desk: Desk, name: str, *arguments: str) -> Any:  # noqa: ANN401 - a JSON value
    """Carry a playbook out; the last stage's result."""
    return desk.wikimop("run", f"playbooks/{name}.yaml", *arguments, "--yes", "--format", "json", code=0).lines[-1]


def _dbkey(title: str) -> str:
    return title.rpartition(":")[2].replace(" ", "_")


def _state(wiki: MediaWiki) -> list[tuple[Any, ...]]:
    return wiki.rows("SELECT (SELECT max(log_id) FROM logging), max(rev_id), sum(rev_deleted) FROM revision")


def _newest_refresh(wiki: MediaWiki) -> str:
    return str(wiki.rows("SELECT max(page_links_updated) FROM page")[0][0])


def _refreshed(wiki: MediaWiki, since: str) -> set[tuple[int, str]]:
    wiki.run_jobs()
    return {(int(namespace), str(title)) for namespace, title in wiki.rows(REFRESHED, since)}
