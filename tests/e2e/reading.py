"""Reading what the commands left: plans as files, items by step, and the wiki's own rows."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.desk import Desk, Result
from tests.mediawiki import MediaWiki

Line = dict[str, Any]


def plan_file(desk: Desk, steps: str, top: str = "", name: str = "plan.jsonl", code: int = 0, **more: str) -> Path:
    """Plan these steps into a file; `more` are options (`wiki="..."` is `--wiki ...`)."""
    path = desk.folder / name
    options = [part for key, value in more.items() for part in (f"--{key}", value)]
    desk.wikimop("plan", desk.playbook(steps, top), "--out", path, *options, code=code)
    return path


def lines_of(path: Path) -> list[Line]:
    """Every line of a plan file: the header, the items, the seal."""
    return [json.loads(line) for line in path.read_bytes().splitlines()]


def sealed(path: Path, text: str) -> Path:
    """A plan with a right seal over what it says now, as anybody can make one."""
    *lines, seal = text.splitlines()
    digest = hashlib.sha256("".join(f"{line}\n" for line in lines).encode()).hexdigest()
    path.write_text("\n".join([*lines, json.dumps({**json.loads(seal), "sha256": digest}, separators=(",", ":"))]) + "\n")
    return path


def planned(desk: Desk, steps: str, top: str = "", code: int = 0) -> dict[str, list[Line]]:
    """The items of each step, as the plan file has them."""
    header, *items, _ = lines_of(plan_file(desk, steps, top, code=code))
    return {step["id"]: [item for item in items if item["step"] == step["id"]] for step in header["steps"]}


def titles(items: list[Line]) -> list[str]:
    """The items' titles, in the plan's order."""
    return [str(item["title"]) for item in items]


def blocked(items: list[Line]) -> dict[str, str]:
    """For each blocked item, by title or else key: the code."""
    return {str(item.get("title", item["key"])): item["blocked"]["code"] for item in items if "blocked" in item}


def carried_out(desk: Desk, steps: str, top: str = "", code: int = 0) -> Line:
    """`run --yes` and what it printed, with the items as `items`."""
    run: Line = desk.wikimop("run", desk.playbook(steps, top), "--yes", "--format", "json", code=code).json
    return {**run, "items": desk.items(run["run"])}


def applied(desk: Desk, plan: str | Path, *options: str, code: int = 0) -> Line:
    """`apply --yes` and what it printed, with the items as `items`."""
    run: Line = desk.wikimop("apply", plan, "--yes", "--format", "json", *options, code=code).json
    return {**run, "items": desk.items(run["run"])}


def ends(run: Line) -> dict[str, tuple[str, str | None]]:
    """For each item, by title: its state and code."""
    return {item["title"]: (item["state"], item["code"]) for item in run["items"]}


def log_comments(wiki: MediaWiki, action: str = "delete") -> dict[str, str]:
    """The wiki's log entries of an action, by database: title (with spaces, without namespace) to comment."""
    rows = wiki.rows(
        "SELECT log_title, comment_text FROM logging JOIN comment ON comment_id = log_comment_id"
        " WHERE log_action = ? ORDER BY log_id",
        action,
    )
    return {_text(title).replace("_", " "): _text(comment) for title, comment in rows}


def existing(wiki: MediaWiki, prefix: str) -> set[str]:
    """The titles of pages (without namespace) that begin so, by the database."""
    rows = wiki.rows("SELECT page_title FROM page")
    return {title for (raw,) in rows if (title := _text(raw).replace("_", " ")).startswith(prefix)}


def hidden_bits(wiki: MediaWiki, revids: list[int]) -> list[int]:
    """`rev_deleted` of revisions (1 content, 2 comment, 4 user, 8 suppressed)."""
    return [int(wiki.rows("SELECT rev_deleted FROM revision WHERE rev_id = ?", revid)[0][0]) for revid in revids]


def revisions(wiki: MediaWiki, title: str) -> list[int]:
    """The live revision ids of a page of the main namespace, oldest first."""
    rows = wiki.rows(
        "SELECT rev_id FROM revision JOIN page ON page_id = rev_page WHERE page_namespace = 0 AND page_title = ?"
        " ORDER BY rev_timestamp, rev_id",
        title.replace(" ", "_"),
    )
    return [int(row[0]) for row in rows]


def page_id(wiki: MediaWiki, title: str) -> int:
    """The id of a page of the main namespace."""
    return int(wiki.rows("SELECT page_id FROM page WHERE page_namespace = 0 AND page_title = ?", title.replace(" ", "_"))[0][0])


def settled(holds: Callable[[], bool]) -> None:
    """Wait until something holds of the wiki, or fail: it writes tags, for one, after it has answered."""
    deadline = time.monotonic() + 30
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def nothing_happened(desk: Desk, wiki: MediaWiki, result: Result) -> None:
    """A refused command: one sentence for the user, no run here, no write there."""
    assert result.err.count("error:") == 1, result.err
    assert desk.wikimop("runs", "--format", "json", code=0).out == ""
    assert log_comments(wiki) == {}


def _text(value: object) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)
