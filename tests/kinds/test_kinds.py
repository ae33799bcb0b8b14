"""What is asked for the facts of each kind of items, and what is made of answers that a small wiki does not give."""

from __future__ import annotations

import re
from typing import Any

import pytest

from runner.kinds import KINDS
from runner.kinds.kind import KindSpec
from runner.model import Item, Kind, Ref, ref_of
from runner.sources.records import MOST_VERSIONS

FILE = "File:A.png"


def read(kind: Kind, ref: Ref, *queries: dict[str, Any]) -> Item:
    """The one item that the answers give for a ref."""
    (item,) = KINDS[kind].read(queries, [ref], "s")
    return item


def entry(at: str) -> Ref:
    return Ref(kind="log_entries", number=1, timestamp=at)


def test_log_entries_that_lie_near_one_another_are_asked_about_together() -> None:
    times = ["2026-01-01T00:00:00Z", "2026-01-01T00:09:00Z", "2026-01-01T00:18:59Z", "2026-01-01T01:00:00Z"]
    asked = list(KINDS["log_entries"].questions([entry(at) for at in reversed(times)], {}))
    assert [(question["lestart"], question["leend"]) for question in asked] == [(times[0], times[2]), (times[3], times[3])]


def test_a_log_that_is_not_told_is_not_empty() -> None:
    with pytest.raises(KeyError):
        list(KINDS["log_entries"].read([{"pages": []}], [entry("2026-01-01T00:00:00Z")], "s"))
    item = read("log_entries", entry("2026-01-01T00:00:00Z"), {"logevents": []})
    assert item.blocked is not None
    assert item.blocked.code == "missing"


def test_what_a_hidden_log_entry_is_about_is_not_kept() -> None:
    told = {"logid": 1, "title": "Secret", "ns": 0, "timestamp": "2026-01-01T00:00:00Z", "type": "move", "action": "move"}
    item = read("log_entries", entry("2026-01-01T00:00:00Z"), {"logevents": [{**told, "actionhidden": True}]})
    assert (item.title, item.ns, item.facts["hidden"]) == ("", None, ["content"])
    assert "Secret" not in repr(item)


def archived(*revids: int, meant: tuple[int, ...] = (1,), **more: object) -> Item:
    ref = Ref(kind="deleted_revisions", title="A", timestamp="2026-01-01T00:00:00Z", revids=meant)
    found: list[dict[str, Any]] = [{"revid": revid, "timestamp": ref.timestamp} for revid in revids]
    found[-1:] = [{**found[-1], **more}] if found else []
    page = {
        "title": "A",
        "ns": 0,
        "missing": True,
        "deletedrevisions": [*found, {"revid": 99, "timestamp": "2026-01-01T00:00:01Z"}],
    }
    return read("deleted_revisions", ref, {"pages": [page]})


@pytest.mark.parametrize(
    ("item", "code"),
    [
        (archived(1), None),
        (archived(1, 2, meant=(1, 2)), None),
        (archived(1, 2), "same_second"),
        (archived(1, 2, meant=(1, 2), userhidden=True), "same_second"),
        (archived(), "missing"),
        (archived(3), "missing"),
    ],
)
def test_archived_revisions_of_one_second(item: Item, code: str | None) -> None:
    assert (item.blocked and item.blocked.code) == code


def version(*entries: dict[str, Any], name: str = "", **page: object) -> Item:
    ref = Ref(kind="file_versions", title=FILE, timestamp="2026-01-01T00:00:00Z", archivename=name)
    current = {"timestamp": "2026-01-02T00:00:00Z"}
    told = {"pageid": 5, "ns": 6, "title": FILE, "imagerepository": "local", "imageinfo": [current, *entries], **page}
    return read("file_versions", ref, {"pages": [told]})


OLD = {"timestamp": "2026-01-01T00:00:00Z", "archivename": "20260102000000!A.png"}
HIDDEN = {"timestamp": "2026-01-01T00:00:00Z", "filehidden": True}


@pytest.mark.parametrize(
    ("item", "code"),
    [
        (version(OLD), None),
        (version(HIDDEN), "no_archive_name"),
        (version(HIDDEN, name="20260102000000!A.png"), None),
        (version(OLD, {**OLD, "archivename": "20260103000000!A.png"}), "same_second"),
        (version(OLD, {**OLD, "archivename": "20260103000000!A.png"}, name="20260103000000!A.png"), None),
        (version(OLD, HIDDEN, name="20260102000000!A.png"), None),
        (version(OLD, HIDDEN), "same_second"),
        (version(OLD, HIDDEN, name="20260104000000!A.png"), "same_second"),
        (version(OLD, name="20260104000000!A.png"), "missing"),
        (version(), "missing"),
        (version(OLD, imagerepository="shared"), "foreign"),
    ],
)
def test_old_versions(item: Item, code: str | None) -> None:
    assert (item.blocked and item.blocked.code) == code
    assert item.blocked or item.facts["archivename"]


def test_of_versions_of_one_second_the_facts_are_told_by_archive_name() -> None:
    other = {**OLD, "archivename": "20260103000000!A.png", "size": 7}
    page = {"title": FILE, "ns": 6, "imageinfo": [{"timestamp": "2026-01-02T00:00:00Z"}, OLD, other, HIDDEN]}
    found = dict(KINDS["file_versions"].facts([{"pages": [page]}]))
    assert {name.rpartition(":")[2]: facts.get("file_size") for name, facts in found.items()} == {
        "20260102000000!A.png": None, "20260103000000!A.png": 7
    }  # fmt: skip


def test_the_current_version_is_none_of_the_old_ones() -> None:
    ref = Ref(kind="file_versions", title=FILE, timestamp="2026-01-02T00:00:00Z")
    page = {"pageid": 5, "ns": 6, "title": FILE, "imageinfo": [{"timestamp": "2026-01-02T00:00:00Z"}, OLD]}
    item = read("file_versions", ref, {"pages": [page]})
    assert item.blocked is not None


def test_a_history_that_was_cut_short_is_asked_about_alone() -> None:
    """Of several files the wiki tells a part, and says nothing of the rest."""
    long = {"title": FILE, "ns": 6, "imageinfo": [OLD] * MOST_VERSIONS}
    short = {"title": "File:B.png", "ns": 6, "imageinfo": [OLD]}
    (question,) = KINDS["file_versions"].more([{"pages": [long, short]}])
    assert question["titles"] == FILE
    assert list(KINDS["file_versions"].more([{"pages": [long]}])) == []


BLOCK = {
    "id": 3, "user": "Anna", "by": "Sysop", "timestamp": "2026-01-01T00:00:00Z", "expiry": "infinity", "reason": "Spam",
    "nocreate": True, "autoblock": False, "partial": True,
    "restrictions": {"pages": [{"id": 9, "ns": 0, "title": "B"}, {"id": 2}], "namespaces": [118, 0], "actions": ["move"]},
}  # fmt: skip
PAGES = {"normalized": [{"from": "User:Anna", "to": "Benutzerin:Anna"}], "pages": [{"title": "Benutzerin:Anna", "ns": 2}]}


def anna(*queries: dict[str, Any]) -> Item:
    return read("users", Ref(kind="users", title="User:Anna"), *queries)


def test_a_user_is_called_as_the_wiki_calls_their_page() -> None:
    item = anna({**PAGES, "users": [{"userid": 5, "name": "Anna"}], "blocks": []})
    assert (item.key, item.title, item.ns) == ("user:Anna", "Benutzerin:Anna", None)
    assert item.facts == {"userid": 5, "block": None}


def test_a_block_is_told_as_it_can_be_set_again() -> None:
    """An answer in parts may tell of it twice."""
    first = {**PAGES, "users": [{"userid": 5, "name": "Anna"}], "blocks": [BLOCK, {"id": 8, "automatic": True}]}
    item = anna(first, {"blocks": [BLOCK]})
    assert item.blocked is None
    assert item.facts == {
        "userid": 5,
        "blockid": 3,
        "block": {
            "expiry": "infinity", "reason": "Spam", "flags": ["nocreate", "partial"],
            "pages": [{"id": 2}, {"id": 9, "title": "B"}], "namespaces": [0, 118], "actions": ["move"],
        },
    }  # fmt: skip


@pytest.mark.parametrize(
    ("users", "blocks", "code"),
    [
        ([{"name": "Anna", "missing": True}], [], "missing"),
        ([{"userid": 5, "name": "Anna", "hidden": True}], [], "hidden_name"),
        ([{"userid": 5, "name": "Anna"}], [{**BLOCK, "hidden": True}], "hidden_name"),
        ([{"userid": 5, "name": "Anna"}], [BLOCK, {**BLOCK, "id": 4}], "several_blocks"),
    ],
)
def test_users_of_whom_nothing_can_be_done(users: list[dict[str, Any]], blocks: list[dict[str, Any]], code: str) -> None:
    item = anna({**PAGES, "users": users, "blocks": blocks})
    assert item.blocked is not None
    assert (item.blocked.code, item.facts["block"] if code != "hidden_name" else None) == (code, None)


def test_who_is_not_told_of_is_not_gone() -> None:
    ref = Ref(kind="users", title="User:Anna")
    assert list(KINDS["users"].read([{**PAGES, "users": [], "blocks": []}], [ref], "s")) == []
    with pytest.raises(KeyError):
        list(KINDS["users"].read([{**PAGES, "users": [{"userid": 5, "name": "Anna"}]}], [ref], "s"))


def test_an_address_is_asked_about_its_block_alone() -> None:
    ip, wide = (Ref(kind="users", title=f"User:192.0.2.{end}") for end in ("7", "0/24"))
    (question,) = KINDS["users"].questions([ip, wide], {})
    assert (question["list"], question["bkusers"]) == ("blocks", "192.0.2.7|192.0.2.0/24")
    assert "ususers" not in question
    (question,) = KINDS["users"].questions([ip, Ref(kind="users", title="User:Anna")], {})
    assert (question["list"], question["ususers"]) == ("users|blocks", "Anna")
    answer = {"pages": [{"title": ip.title}, {"title": wide.title}], "blocks": [{**BLOCK, "user": "192.0.2.0/24"}]}
    items = list(KINDS["users"].read([answer], [ip, wide], "s"))
    assert [(item.facts["address"], bool(item.facts["block"])) for item in items] == [("ip", False), ("range", True)]


@pytest.mark.parametrize("kind", KINDS)
def test_a_key_leads_back_to_what_it_is_of(kind: Kind) -> None:
    spec: KindSpec = KINDS[kind]
    ref = Ref(
        kind=kind, title=FILE, ns=6, pageid=5, revid=7, timestamp="2026-01-01T00:00:00Z", revids=(7,), number=9,
    )  # fmt: skip
    facts = {"timestamp": ref.timestamp, "revids": [7]}
    item = Item(step="s", key=ref.key, title=FILE, ns=6, pageid=5, revid=7, facts=facts)
    assert re.fullmatch(spec.key, ref.key)
    assert (item.kind, ref_of(item).key) == (kind, ref.key)
