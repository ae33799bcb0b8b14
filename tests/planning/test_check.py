"""What a plan file may say of steps and items, beyond its shape: nothing that this version would not have written."""

from __future__ import annotations

from typing import Any

import pytest

from runner.errors import UsageError
from runner.planning.check import check_header, check_item

PLAN: dict[str, Any] = {
    "kind": "plan", "version": 1, "id": "p12345678", "user": "Sysop", "created": "2026-01-31T00:00:00Z", "after": None,
    "later": [],
    "playbook": {"name": "x", "path": "x.yaml", "sha256": "", "commit": None}, "guards": [], "warnings": [],
    "wiki": {"api": "https://wiki.example.org/w/api.php", "sitename": "W", "generator": "MediaWiki 1.39.17"},
    "limits": dict.fromkeys(("items", "failures", "failure_share", "rate", "duration")) | {"concurrency": 1},
    "request": {"maxlag": 5, "assert": None, "errorlang": "en"}, "stamp": {"on": True, "text": "{run}", "place": "end"},
}  # fmt: skip
HASH = "0" * 64
PAGE = {"kind": "item", "step": "a", "key": "page:1", "pageid": 1, "ns": 0, "title": "A", "revid": 2}


def header(action: str, options: dict[str, Any], source: str = "pages") -> dict[str, Any]:
    step = {"id": "a", "action": action, "options": options, "items": 1, "blocked": 0, "source": source}
    return {**PLAN, "steps": [step]}


@pytest.mark.parametrize(("action", "options", "source", "told"), [
    ("move", {"to": "${item.titel}"}, "pages", "names nothing"),
    ("move", {"to": "${vars.x}/${item.title}"}, "pages", "names nothing"),
    ("edit", {"replace": [{"text": "a", "with": "${item.secret}"}]}, "pages", "names nothing"),
    ("api", {"action": "emailuser", "parameters": {"target": ["${env.HOME}"]}}, "pages", "names nothing"),
    ("api", {"action": "delete"}, "pages", "action of its own"),
    ("api", {"action": "createaccount"}, "pages", "never called"),
    ("edit", {"append": "x", "text": "y"}, "pages", "whole of it"),
    ("edit", {"replace": [{"regex": "(", "with": "x"}]}, "pages", "regular expression"),
    ("edit", {"append": "x"}, "revisions", "does not work on"),
    ("revisiondelete", {"hide": ["content"], "show": ["content"]}, "revisions", "both hidden and shown"),
])  # fmt: skip
def test_what_a_step_may_not_say(action: str, options: dict[str, Any], source: str, told: str) -> None:
    with pytest.raises(UsageError, match=told):
        check_header(header(action, options, source), "x.plan")


@pytest.mark.parametrize(("action", "options"), [
    ("move", {"to": "$${x} ${item.namespace}:${item.name}"}), ("move", {"to": "${item.origin}", "noredirect": True}),
    ("edit", {"revert": "${item.origin}"}), ("delete", {"reason": "${x} is a literal here"}),
])  # fmt: skip
def test_what_it_may(action: str, options: dict[str, Any]) -> None:
    check_header(header(action, options), "x.plan")


MADE = {
    "kind": "item",
    "step": "a",
    "key": "title:N",
    "ns": 0,
    "title": "N",
    "creates": True,
    "old_sha256": HASH,
    "new_sha256": HASH,
}


@pytest.mark.parametrize(("action", "options", "item", "right"), [
    ("move", {"to": "B"}, {**PAGE, "to": "B", "to_ns": 0}, True),
    ("move", {"to": "B"}, {**PAGE, "to": "B"}, False),
    ("edit", {"append": "x"}, {**PAGE, "old_sha256": HASH, "new_sha256": HASH}, True),
    ("edit", {"append": "x"}, {**PAGE, "old_sha256": HASH}, False),
    ("edit", {"append": "x"}, PAGE, False),
    ("edit", {"append": "x", "create": True}, MADE, True),
    ("edit", {"append": "x"}, MADE, False),
    ("delete", {}, {**MADE}, False),
    ("api", {"action": "block"}, {**PAGE, "parameters": {}}, True),
    ("api", {"action": "block"}, PAGE, False),
    ("api", {"action": "block"}, {**PAGE, "parameters": {"a": ["b"]}}, False),
    ("delete", {}, PAGE, True),
])  # fmt: skip
def test_what_an_item_must_say(action: str, options: dict[str, Any], item: dict[str, Any], *, right: bool) -> None:
    steps = {step["id"]: step for step in header(action, options)["steps"]}
    if right:
        check_item(item, steps, "x.plan:2")
    else:
        with pytest.raises(UsageError):
            check_item(item, steps, "x.plan:2")
