"""The test wiki itself: that it answers, comes back as it was, and leaves nothing behind."""

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.mediawiki import ACCOUNTS, ApiError, Client, MediaWiki, SetupError, seeds, start

CHECKOUT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def running() -> Iterator[MediaWiki]:
    with start() as wiki:
        yield wiki


@pytest.fixture
def wiki(running: MediaWiki) -> MediaWiki:
    running.reset()
    return running


def login(wiki: MediaWiki, name: str) -> Client:
    account = ACCOUNTS[name]
    return Client(wiki.api, account.bot_username, account.bot_password)


def test_it_is_a_real_mediawiki_with_all_seeded_pages(wiki: MediaWiki) -> None:
    answer = Client(wiki.api).get(action="query", meta="siteinfo", siprop="general|namespaces")["query"]
    assert answer["general"]["generator"].startswith("MediaWiki 1.")
    assert answer["namespaces"]["118"]["canonical"] == "Draft"
    assert wiki.rows("SELECT count(*) FROM page WHERE page_namespace <> 6") == [(len(seeds.pages()),)]


def test_every_title_is_the_one_that_was_seeded(wiki: MediaWiki) -> None:
    client = Client(wiki.api)
    asked = [page.title for page in seeds.pages()]
    for at in range(0, len(asked), 50):
        answer = client.get(action="query", titles="|".join(asked[at : at + 50]))["query"]
        assert not [page for page in answer["pages"] if "missing" in page or "invalid" in page]
        assert "normalized" not in answer


@pytest.mark.parametrize("name", ACCOUNTS)
def test_every_account_can_log_in(wiki: MediaWiki, name: str) -> None:
    user = login(wiki, name).get(action="query", meta="userinfo", uiprop="groups")["query"]["userinfo"]
    assert user["name"] == ACCOUNTS[name].username
    assert set(ACCOUNTS[name].groups) <= set(user["groups"])


def test_a_wrong_password_is_refused(wiki: MediaWiki) -> None:
    with pytest.raises(ApiError, match="Failed"):
        Client(wiki.api, "Bob@mop", "wrong")


def test_reset_brings_a_deleted_page_back(wiki: MediaWiki) -> None:
    before = wiki.rows("SELECT page_id FROM page WHERE page_title = ?", "Bulk/001")
    login(wiki, "sysop").delete("Bulk/001")
    assert wiki.rows("SELECT page_id FROM page WHERE page_title = ?", "Bulk/001") == []
    wiki.reset()
    assert Client(wiki.api).exists("Bulk/001")
    assert wiki.rows("SELECT page_id FROM page WHERE page_title = ?", "Bulk/001") == before


def test_reset_brings_a_deleted_file_back_and_takes_settings_away(wiki: MediaWiki) -> None:
    files = sorted(path for path in wiki.folder.glob("images/**/*.png"))
    login(wiki, "sysop").delete("File:Unused.png")
    wiki.settings("$wgReadOnly = 'closed';")
    assert sorted(wiki.folder.glob("images/**/*.png")) != files
    wiki.reset()
    assert sorted(wiki.folder.glob("images/**/*.png")) == files
    login(wiki, "sysop").delete("File:Unused.png")


def test_settings_hold_at_once_and_end_at_once(wiki: MediaWiki) -> None:
    sysop = login(wiki, "sysop")
    for round_ in range(3):
        wiki.settings("$wgReadOnly = 'closed';")
        with pytest.raises(ApiError, match="readonly"):
            sysop.delete("Bulk/002")
        wiki.settings("")
        sysop.edit("Bulk/002", f"round {round_}")
    assert Client(wiki.api).text("Bulk/002") == "round 2"


def test_a_sysop_is_stopped_by_a_long_history_and_a_bureaucrat_is_not(wiki: MediaWiki) -> None:
    with pytest.raises(ApiError, match="bigdelete"):
        login(wiki, "sysop").delete(seeds.LONG_HISTORY)
    assert login(wiki, "admin").delete(seeds.LONG_HISTORY)["logid"]


def test_jobs_wait_until_they_are_run(wiki: MediaWiki) -> None:
    wiki.settings("$wgDeleteRevisionsBatchSize = 20;")
    assert login(wiki, "admin").delete(seeds.LONG_HISTORY)["scheduled"]
    assert Client(wiki.api).exists(seeds.LONG_HISTORY)
    wiki.run_jobs()
    assert not Client(wiki.api).exists(seeds.LONG_HISTORY)


def test_the_vandal_is_last_where_the_seeds_say_so(wiki: MediaWiki) -> None:
    mine = login(wiki, "bob").get(action="query", list="usercontribs", ucuser="Vandal", uclimit="max")
    contributions = mine["query"]["usercontribs"]
    assert len(contributions) == 25
    last = {edit["title"] for edit in contributions if edit["top"]}
    assert last == {*seeds.VANDAL_IS_LAST, *seeds.VANDAL_CREATED}


def test_the_database_cannot_be_changed_through_rows(wiki: MediaWiki) -> None:
    with pytest.raises(Exception, match="readonly"):
        wiki.rows("DELETE FROM page")


def test_a_reset_is_quick(wiki: MediaWiki) -> None:
    begun = time.monotonic()
    wiki.reset()
    assert time.monotonic() - begun < 1


def test_two_wikis_do_not_share_anything(wiki: MediaWiki, tmp_path: Path) -> None:
    with start(tmp_path / "other wiki") as other:
        login(other, "sysop").delete("Bulk/003")
        assert Client(wiki.api).exists("Bulk/003")
        assert not Client(other.api).exists("Bulk/003")


def test_a_taken_port_is_one_sentence(wiki: MediaWiki) -> None:
    with pytest.raises(SetupError, match=r"do not start on port \d+: .*in use"):
        start(port=wiki.port)


def test_nothing_is_left_when_the_parent_is_killed() -> None:
    script = "import os, tests.mediawiki as m\nw = m.start()\n"
    script += "print(w.pid, w.runtime, flush=True)\nos.kill(os.getpid(), 9)"
    command = [sys.executable, "-c", script]
    killed = subprocess.run(command, cwd=CHECKOUT, stdout=subprocess.PIPE, text=True, check=False)
    pid, runtime = killed.stdout.split()
    end = time.monotonic() + 10
    while (Path("/proc", pid).exists() or Path(runtime).exists()) and time.monotonic() < end:
        time.sleep(0.05)
    assert not Path(runtime).exists()
    assert runtime not in _command_lines()


def _command_lines() -> str:
    def read(process: Path) -> str:
        try:
            return (process / "cmdline").read_text(errors="replace")
        except OSError:
            return ""

    return "\n".join(read(process) for process in Path("/proc").glob("[0-9]*"))
