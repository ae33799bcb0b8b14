"""What `revisiondelete` hides is hidden from others: each type, seen through the API by somebody without any rights, and as
before once it is taken back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from tests.desk import Desk, someone
from tests.e2e.reading import carried_out
from tests.e2e.test_undo import undone
from tests.mediawiki import MediaWiki

# Who may not see the archive's lists sees nothing of it at all; who may is told users and comments, with the flags beside them.
SEEING = "$wgGroupPermissions['user']['deletedhistory'] = true;"
ARCHIVES = ("archive", "filearchive")
FILE = "File:Red square.png"
# For each type: the source, the query of somebody else, and what the entries are called in its answer.
TYPES: Mapping[str, tuple[str, dict[str, str], str]] = {
    "revision": (
        "revisions: {generator: revisions, of: {titles: [History/Long]}, limit: 1, dir: newer}",
        {
            "prop": "revisions",
            "titles": "History/Long",
            "rvdir": "newer",
            "rvlimit": "1",
            "rvprop": "ids|user|comment|sha1|flags",
        },
        "revisions",
    ),
    "archive": (
        "deleted_revisions: {titles: [Bulk/001]}",
        {"prop": "deletedrevisions", "titles": "Bulk/001", "drvprop": "ids|user|comment|sha1"},
        "deletedrevisions",
    ),
    "oldimage": (
        f"file_versions: {{titles: ['{FILE}']}}",
        {"prop": "imageinfo", "titles": FILE, "iilimit": "5", "iiprop": "user|comment|sha1|archivename"},
        "imageinfo",
    ),
    "filearchive": (
        "deleted_files: {list: filearchive}",
        {"list": "filearchive", "faprop": "user|description|sha1|timestamp"},
        "filearchive",
    ),
    "logging": (
        "log_entries: {list: logevents, action: delete/delete}",
        {"list": "logevents", "leaction": "delete/delete", "leprop": "ids|title|user|comment", "lelimit": "5"},
        "logevents",
    ),
}
FLAGS = {"userhidden", "commenthidden", "texthidden", "filehidden", "actionhidden", "sha1hidden"}


def seen(wiki: MediaWiki, kind: str) -> list[dict[str, Any]]:
    """What Bob, who has no rights, is told of the entries."""
    _, query, name = TYPES[kind]
    answer = someone(wiki, "bob").get(action="query", **query)["query"]
    entries: list[dict[str, Any]] = answer[name] if name in answer else answer["pages"][0][name]
    return entries


@pytest.mark.parametrize("kind", TYPES)
def test_hidden_from_others_and_seen_again(desk: Desk, wiki: MediaWiki, kind: str) -> None:
    wiki.settings((SEEING if kind in ARCHIVES else "") + "$wgGroupPermissions['sysop']['deletelogentry'] = true;")
    admin = someone(wiki)
    if kind in ("archive", "logging"):
        admin.delete("Bulk/001")
    if kind == "filearchive":
        admin.delete("File:Unused.png")
    before = seen(wiki, kind)
    assert before
    assert not any(FLAGS & one.keys() for one in before)
    run = carried_out(desk, f"- id: a\n  {TYPES[kind][0]}\n  revisiondelete: {{hide: [content, comment, user]}}")
    assert run["counts"]["done"] >= 1
    hidden = [one for one in seen(wiki, kind) if FLAGS & one.keys()]
    assert len(hidden) == run["counts"]["done"]
    for one in hidden:
        assert {"userhidden", "commenthidden"} <= one.keys()
        assert {"texthidden", "filehidden", "actionhidden", "sha1hidden"} & one.keys()
        told = {"sha1"} if kind in ARCHIVES else {"user", "comment", "sha1", *(["title"] if kind == "logging" else [])}
        assert not told & one.keys()
    undone(desk, run["run"])
    assert seen(wiki, kind) == before
