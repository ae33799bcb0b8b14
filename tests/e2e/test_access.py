"""Access: who we are to the wiki, where credentials go, and what is waited out or renewed without losing an item."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.desk import Desk, Result, deletions
from tests.e2e.reading import applied, blocked, carried_out, lines_of, plan_file, planned
from tests.e2e.test_guards import until
from tests.mediawiki import ACCOUNTS, MediaWiki

PURGE = "- id: purge\n  pages: {generator: allpages, prefix: Bulk/00}\n  purge: {}"
DELETE = "- id: delete\n  pages: {generator: allpages, prefix: Bulk/0}\n  delete: {reason: Tidy}"
SECRETS = [secret for account in ACCOUNTS.values() for secret in (account.password, account.bot_password)]


def no_secret(desk: Desk, *results: Result) -> None:
    """Nowhere in what was printed, nor in any file of the desk that the commands wrote."""
    for result in results:
        assert not [secret for secret in SECRETS if secret in result.out + result.err]
    written = [path for path in desk.folder.rglob("*") if path.is_file() and path.suffix != ".secret"]
    assert written
    for path in written:
        text = path.read_bytes()
        assert not [secret for secret in SECRETS if secret.encode() in text], path


def test_a_login_that_the_wiki_refuses(desk: Desk, wiki: MediaWiki) -> None:
    book = desk.playbook(DELETE)
    plan = plan_file(desk, DELETE)
    right = desk.environment["WIKIMOP_PASSWORD"]
    wrong = [
        {"WIKIMOP_PASSWORD": "f" * 32},
        {"WIKIMOP_USERNAME": "Nobody@mop"},
        {"WIKIMOP_USERNAME": "Sysop"},
        {"WIKIMOP_USERNAME": "Sysop@other"},
    ]
    for change in wrong:
        desk.use(wiki.api, "sysop")
        desk.environment |= change
        for name, *more in (("plan", book), ("run", book, "--yes"), ("apply", plan, "--yes")):
            result = desk.wikimop(str(name), *more, "-v", code=4)
            assert "refused the login" in result.err
            assert "BotPasswords" in result.err
            assert desk.environment["WIKIMOP_PASSWORD"] not in result.out + result.err
            assert right not in result.out + result.err
    assert (deletions(wiki), desk.wikimop("runs", "--format", "json").out) == ([], "")
    no_secret(desk)


def test_without_an_account(desk: Desk, wiki: MediaWiki) -> None:
    for name in ("WIKIMOP_USERNAME", "WIKIMOP_PASSWORD"):
        del desk.environment[name]
    items = planned(desk, PURGE + "\n" + DELETE)
    assert (blocked(items["purge"]), set(blocked(items["delete"]).values())) == ({}, {"permission"})
    asserting = desk.wikimop("plan", desk.playbook(PURGE, "request: {assert: user}"), code=2)
    assert "credentials" in asserting.err
    desk.environment["WIKIMOP_USERNAME"] = "Sysop@mop"
    assert "WIKIMOP_PASSWORD" in desk.wikimop("plan", desk.playbook(PURGE), code=2).err
    wiki.settings("$wgGroupPermissions['*']['read'] = false;")
    del desk.environment["WIKIMOP_USERNAME"]
    assert "error:" in desk.wikimop("plan", desk.playbook(PURGE), code=4).err


def test_assert_bot(desk: Desk, wiki: MediaWiki) -> None:
    top = "request: {assert: bot}"
    result = desk.wikimop("plan", desk.playbook(PURGE, top), code=4)
    assert "bot" in result.err
    desk.use(wiki.api, "robot")
    assert carried_out(desk, PURGE, top)["counts"]["done"] == 9


def test_no_secret_is_ever_written(desk: Desk, wiki: MediaWiki) -> None:
    result = desk.wikimop("run", desk.playbook(PURGE + "\n" + DELETE), "--yes", "-v", code=0)
    assert len(deletions(wiki)) == 99
    no_secret(desk, result, desk.wikimop("show", "rnothere1", "-v", code=2))
    (log,) = (desk.folder / ".wikimop/runs").glob("r*.jsonl")
    assert "run_started" in log.read_text(encoding="utf-8")
    assert log.stat().st_mode & 0o777 == 0o600
    assert (desk.folder / ".wikimop").stat().st_mode & 0o777 == 0o700


def test_readonly_time_is_waited_out(desk: Desk, wiki: MediaWiki) -> None:
    plan = plan_file(desk, DELETE)
    wiki.settings("$wgReadOnly = 'Moving house';")
    process = desk.start("apply", plan, "--yes", "--format", "json", "-v")
    assert process.stderr is not None
    assert "read-only" in _line_with(process.stderr, "reason=readonly")
    assert deletions(wiki) == []
    wiki.settings("")
    out, err = process.communicate(timeout=90)
    assert process.returncode == 0, out + err
    titles = [title for title, _ in deletions(wiki)]
    assert len(titles) == len(set(titles)) == 99


def _line_with(stream: Iterable[str], word: str) -> str:
    for line in stream:
        if word in line:
            return line
    raise AssertionError(f"nothing was said of {word}")


@pytest.mark.parametrize("account", ["bob", "narrow"])
def test_a_rate_limited_purge_ends_with_every_page_purged(desk: Desk, wiki: MediaWiki, account: str) -> None:
    desk.use(wiki.api, account)
    wiki.settings("$wgRateLimits['purge'] = $wgRateLimits['linkpurge'] = ['user' => [12, 3]];")
    before = dict(wiki.rows("SELECT page_title, page_touched FROM page WHERE page_title LIKE 'Bulk/01%'"))
    steps = "- id: purge\n  pages: {generator: allpages, prefix: Bulk/0, limit: 20}\n  purge: {forcelinkupdate: true}"
    run = carried_out(desk, steps)
    assert run["counts"]["done"] == 20
    after = dict(wiki.rows("SELECT page_title, page_touched FROM page WHERE page_title LIKE 'Bulk/01%'"))
    assert all(after[title] > before[title] for title in before)
    log = (desk.folder / f".wikimop/runs/{run['run']}.jsonl").read_text(encoding="utf-8")
    assert '"again":' in log


def test_a_session_lost_in_the_middle_is_renewed(desk: Desk, wiki: MediaWiki) -> None:
    plan = plan_file(desk, DELETE + "\n" + PURGE.replace("Bulk/00", "Bulk/1"), "limits: {rate: 40/s, concurrency: 2}")
    process = desk.start("apply", plan, "--yes", "--format", "json")
    for number in (10, 40, 70):
        until(lambda number=number: len(deletions(wiki)) >= number)  # type: ignore[misc]
        wiki._clear("all")
    out, err = process.communicate(timeout=90)
    assert process.returncode == 0, out + err
    titles = [title for title, _ in deletions(wiki)]
    assert len(titles) == len(set(titles)) == 99
    users = "SELECT DISTINCT actor_name FROM logging JOIN actor ON actor_id = log_actor WHERE log_action = 'delete'"
    assert wiki.rows(users) == [("Sysop",)]


TOKEN = b'{"batchcomplete": true, "query": {"tokens": {"logintoken": "abc"}}}'


class Recorder:
    """A server that is no wiki, and remembers everything it was sent."""

    def __init__(self) -> None:
        self.heard: list[bytes] = []
        recorder = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                recorder.heard.append(f"{self.path}\n{self.headers}\n".encode() + body)
                asked = self.path.encode() + body
                token, failed = b"type=login" in asked, b"lgtoken=" in asked
                answer = TOKEN if token else b'{"login": {"result": "Failed"}}'
                self.send_response(200 if token or failed else 404)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            do_POST = do_GET  # noqa: N815 - what http.server calls

            def log_message(self, *_: object) -> None: ...

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.api = f"http://127.0.0.1:{self.server.server_port}/api.php"

    def knows(self, *secrets: str) -> bool:
        """Whether any of the secrets was sent to it."""
        return any(secret.encode() in heard for secret in secrets for heard in self.heard)


@contextmanager
def recording() -> Iterator[Recorder]:
    recorder = Recorder()
    thread = threading.Thread(target=recorder.server.serve_forever)
    thread.start()
    try:
        yield recorder
    finally:
        recorder.server.shutdown()
        recorder.server.server_close()
        thread.join()


def test_credentials_go_only_where_the_user_sends_them(desk: Desk, wiki: MediaWiki) -> None:
    secrets = (desk.environment["WIKIMOP_PASSWORD"], desk.environment["WIKIMOP_USERNAME"], "Sysop")
    book = desk.playbook(PURGE, "wiki: ours")
    with recording() as stranger:
        desk.write(f"wikis:\n  ours: {{api: {stranger.api!r}, contact: a@example.org}}\n", "wikis.yaml")
        desk.wikimop("plan", book, code=4)
        assert stranger.heard
        desk.wikimop("plan", book, "--wiki", stranger.api, code=4)
        assert not stranger.knows(*secrets)
        auth = f"wikis:\n  ours: {{api: {stranger.api!r}, auth: {{username: X@y, password: {{env: WIKIMOP_PASSWORD}}}}}}\n"
        desk.write(auth, "wikis.yaml")
        heard = len(stranger.heard)
        assert "wikis.yaml" in desk.wikimop("plan", book, code=2).err
        assert len(stranger.heard) == heard
        # the user's own entry of that name wins over the stranger's
        desk.write(f"wikis:\n  ours: {{api: {wiki.api!r}}}\n", "config/wikimop/wikis.yaml")
        assert desk.wikimop("plan", book, "--format", "json", code=0).json["items"] == 9
        assert len(stranger.heard) == heard
        # and with credentials that the user ties to that very address, they are sent
        desk.write(auth.replace("beside", "own"), "config/wikimop/wikis.yaml")
        desk.write("", "wikis.yaml").unlink()
        desk.wikimop("plan", book, code=4)
        assert stranger.knows(secrets[0]), stranger.heard[-2:]


def test_another_name_of_the_same_machine_is_another_origin(desk: Desk, wiki: MediaWiki) -> None:
    other = wiki.api.replace("127.0.0.1", "localhost")
    assert lines_of(plan_file(desk, PURGE))[0]["user"] == "Sysop"
    assert lines_of(plan_file(desk, PURGE, wiki=other))[0]["user"] == "127.0.0.1"


def test_the_users_own_wikis(desk: Desk, wiki: MediaWiki) -> None:
    account = ACCOUNTS["sysop"]
    for name in ("WIKIMOP_API", "WIKIMOP_USERNAME", "WIKIMOP_PASSWORD", "WIKIMOP_CONTACT"):
        desk.environment.pop(name)
    secret = desk.write(account.bot_password + "\n", "mop.secret")
    secret.chmod(0o600)
    desk.environment["MOP"] = account.bot_password

    def entry(password: str, more: str = "") -> str:
        auth = f"auth: {{username: {account.bot_username!r}, password: {password}}}"
        return f"wikis:\n  test: {{api: {wiki.api!r}, contact: a@example.org, {auth}{more}}}\n"

    own = "config/wikimop/wikis.yaml"
    book = desk.playbook(PURGE, "wiki: test")
    desk.write(entry(f"{{file: {str(secret)!r}}}"), own)
    assert desk.wikimop("plan", book, "--format", "json", code=0).json["items"] == 9
    secret.chmod(0o644)
    assert "chmod" in desk.wikimop("plan", book, code=0).err
    desk.write(entry("{env: MOP}"), own)
    run = desk.wikimop("run", book, "--yes", "--format", "json", code=0).json
    assert run["counts"]["done"] == 9
    assert desk.wikimop("plan", desk.playbook(PURGE), code=0).out.count("as Sysop") == 1  # the only wiki there is
    desk.write(entry("{env: MOP}", ", limits: {items: 8}"), own)
    plan = desk.wikimop("plan", book, "--format", "json", code=3)
    assert "guard" in plan.err
    desk.write(entry("{env: NOT_SET}"), own)
    assert "NOT_SET" in desk.wikimop("plan", book, code=2).err
    desk.write(entry(account.bot_password), own)
    literal = desk.wikimop("plan", book, code=2)
    assert "secret" in literal.err.lower()
    assert account.bot_password not in literal.out + literal.err
    desk.write(entry("{env: MOP}"), "elsewhere.yaml")
    book = desk.playbook(PURGE, "wiki: test")
    (desk.folder / own).unlink()
    assert "no wiki named test" in desk.wikimop("plan", book, code=2).err
    assert desk.wikimop("plan", book, "--wikis", "elsewhere.yaml", code=0).out.count("as Sysop") == 1
    (desk.folder / "elsewhere.yaml").unlink()
    no_secret(desk)


def test_a_stricter_configuration_holds_for_a_plan_that_was_made_before(desk: Desk, wiki: MediaWiki) -> None:
    plan = plan_file(desk, PURGE)
    env = "auth: {username: Sysop@mop, password: {env: WIKIMOP_PASSWORD}}"
    desk.write(f"wikis:\n  test: {{api: {wiki.api!r}, {env}, limits: {{items: 8}}}}\n", "config/wikimop/wikis.yaml")
    assert "8" in desk.wikimop("apply", plan, "--yes", code=3).err
    (desk.folder / "config/wikimop/wikis.yaml").unlink()
    assert applied(desk, plan)["counts"]["done"] == 9


def test_a_wiki_that_is_not_there(bare_desk: Desk) -> None:
    started = time.monotonic()
    with recording() as stranger:
        bare_desk.use(stranger.api, "sysop")
        assert "error:" in bare_desk.wikimop("plan", bare_desk.playbook(PURGE), code=4).err
    assert time.monotonic() - started < 30


def test_a_right_that_is_lost_meanwhile_is_told_item_by_item(desk: Desk, wiki: MediaWiki) -> None:
    plan = plan_file(desk, DELETE, "limits: {failures: 2}")
    wiki.settings("$wgGroupPermissions['sysop']['delete'] = false;")
    result = desk.wikimop("apply", plan, "--yes", "--format", "json", code=3)
    assert result.json["counts"]["failed"] == 3
    failed = desk.wikimop("show", result.json["run"], "--items", "--state", "failed", "--format", "json", code=0).lines
    assert {item["code"] for item in failed} == {"permissiondenied"}
    assert deletions(wiki) == []
    wiki.settings("")
    assert desk.wikimop("resume", "--retry-failed", "--format", "json", code=0).json["counts"]["done"] == 99
