"""`make demo`: the main job on a throw-away real MediaWiki, and what it changed there, by the wiki's own tables."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tests import leaks
from tests.mediawiki import ACCOUNTS, MediaWiki, start

ROOT = Path(__file__).parent.parent
PLAYBOOK = ROOT / "playbooks" / "demo.yaml"
ACCOUNT = ACCOUNTS["sysop"]
PRINTED: list[str] = []
"""On stdout, by all commands."""

PAGES = "SELECT count(*) FROM page"
DELETED = """
    SELECT log_id, log_namespace, log_title, comment_text FROM logging JOIN comment ON comment_id = log_comment_id
    WHERE log_type = 'delete' AND log_action = 'delete' ORDER BY log_id
"""
REFRESHED = "SELECT count(*) FROM page WHERE page_links_updated > ?"
HIDDEN = "SELECT count(*) FROM revision WHERE rev_deleted <> 0"


def main() -> int:
    """Show the whole way; 0 if the wiki is as the playbook says."""
    print("Bringing up a throw-away MediaWiki (the first time takes about a minute) ...", flush=True)
    with start() as wiki, tempfile.TemporaryDirectory(prefix="wikimop-demo-") as folder:
        print(f"It answers at {wiki.api}, with {wiki.rows(PAGES)[0][0]} pages.")
        return _demo(wiki, Path(folder))


def _demo(wiki: MediaWiki, folder: Path) -> int:
    since = str(wiki.rows("SELECT max(page_links_updated) FROM page")[0][0])
    before = _state(wiki, since)
    _wikimop(wiki, folder, "doctor")
    _wikimop(wiki, folder, "validate", str(PLAYBOOK))
    _wikimop(wiki, folder, "plan", str(PLAYBOOK), "--out", "plan.jsonl")
    _wikimop(wiki, folder, "apply", "plan.jsonl", "--yes")
    run = json.loads(_wikimop(wiki, folder, "runs", "--format", "json", quiet=True).splitlines()[-1])["run"]
    _wikimop(wiki, folder, "show", run, "--items", "--state", "skipped")
    _heading("What changed on the wiki, by its own tables")
    after = _state(wiki, since)
    for name, value in after.items():
        print(f"  {name}: {before[name]} -> {value}")
    print("  the deletion log's newest entries:")
    for logid, namespace, title, comment in wiki.rows(DELETED)[-3:]:
        print(f"    {logid}: {namespace}:{title} - {comment}")
    counts = json.loads(_wikimop(wiki, folder, "show", run, "--format", "json", quiet=True))["counts"]
    told = sum(1 for *_, comment in wiki.rows(DELETED) if run in comment)
    sound = not counts["failed"] and not counts["pending"] and not counts["unsure"]
    back = _taken_back(wiki, folder, run, since)
    print("\nThe wiki and all state of this demo are gone now. `make wiki` brings one up to play with.")
    same = all(back[name] == before[name] for name in ("pages", "revisions with something hidden"))
    for leak in (leaking := _leaks(wiki, folder)):
        print(f"A secret was said or written: {leak}")
    return 0 if sound and told == before["pages"] - after["pages"] and same and not leaking else 1


def _leaks(wiki: MediaWiki, folder: Path) -> list[str]:
    """Whose secrets stand in any file, or in what was printed as results."""
    printed = (leaks.OWN_NAME, "\n".join(PRINTED).encode())
    return list(leaks.found([printed, *leaks.files(folder, {})], wiki.issued()))


def _taken_back(wiki: MediaWiki, folder: Path, run: str, since: str) -> dict[str, int]:
    """Undo the run; what the tables say then."""
    _heading("And back again, but for the purges, which nothing takes back")
    _wikimop(wiki, folder, "undo", run, "--out", "undo.jsonl", quiet=True)
    _wikimop(wiki, folder, "apply", "undo.jsonl", "--yes")
    back = _state(wiki, since)
    for name in ("pages", "revisions with something hidden"):
        print(f"  {name}: {back[name]}")
    return back


def _state(wiki: MediaWiki, since: str) -> dict[str, int]:
    return {
        "pages whose links were refreshed": int(wiki.rows(REFRESHED, since)[0][0]),
        "pages": int(wiki.rows(PAGES)[0][0]),
        "deletion log entries": len(wiki.rows(DELETED)),
        "revisions with something hidden": int(wiki.rows(HIDDEN)[0][0]),
    }


def _heading(text: str) -> None:
    print(f"\n\033[1m{text}\033[0m" if sys.stdout.isatty() else f"\n{text}", flush=True)


def _wikimop(wiki: MediaWiki, folder: Path, *arguments: str, quiet: bool = False) -> str:
    """Run a command as a user would, and give what it printed on stdout."""
    if not quiet:
        shown = " ".join(argument.replace(f"{ROOT}/", "") for argument in arguments)
        _heading(f"$ wikimop {shown}")
    environment = {
        **os.environ,
        "WIKIMOP_API": wiki.api,
        "WIKIMOP_USERNAME": ACCOUNT.bot_username,
        "WIKIMOP_PASSWORD": ACCOUNT.bot_password,
        "WIKIMOP_CONTACT": "admin@example.org",
        "WIKIMOP_STATE_DIR": str(folder / ".wikimop"),
    }
    command = [sys.executable, "-m", "runner", *arguments]
    done = subprocess.run(
        command, cwd=folder, env=environment, stdout=subprocess.PIPE, text=True, check=False, stdin=subprocess.DEVNULL
    )
    PRINTED.append(done.stdout)
    if not quiet:
        print(done.stdout, end="", flush=True)
    return done.stdout


if __name__ == "__main__":
    sys.exit(main())
