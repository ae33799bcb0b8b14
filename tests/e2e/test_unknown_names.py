"""Names in sources and conditions that the wiki does not know: refused where they would widen the set, else warned of."""

from __future__ import annotations

import pytest

from tests.desk import Desk, someone
from tests.e2e.reading import blocked, lines_of, plan_file, planned, titles
from tests.mediawiki import MediaWiki

RECORDS = "revisiondelete: {hide: [comment]}"
NOBODY = {
    "pages: {generator: allrevisions, excludeuser: Alcie}": ("purge: {}", "allrevisions: there is no user Alcie"),
    "pages: {generator: recentchanges, excludeuser: Alcie}": ("purge: {}", "recentchanges: there is no user Alcie"),
    "users: {list: blocks, users: [Alcie, Vandal, 192.0.2.7, 192.0.2.0/24]}": (
        "unblock: {}", "blocks: there is no user Alcie"
    ),
    "revisions: {list: usercontribs, user: [Alcie, Vandal]}": (RECORDS, "usercontribs: there is no user Alcie"),
    "revisions: {list: usercontribs, userids: [1, 99999]}": (RECORDS, "usercontribs: there is no user 99999"),
}  # fmt: skip


@pytest.mark.parametrize("source", NOBODY)
def test_a_user_that_there_is_not_is_warned_of(desk: Desk, source: str) -> None:
    action, warning = NOBODY[source]
    header = lines_of(plan_file(desk, f"- id: a\n  {source}\n  {action}"))[0]
    assert header["warnings"] == [warning]


def test_where_names_are_hidden_the_warning_names_nobody(desk: Desk) -> None:
    steps = "- id: a\n  revisions: {list: usercontribs, userids: [99999]}\n  revisiondelete: {hide: [user]}"
    assert lines_of(plan_file(desk, steps))[0]["warnings"] == ["usercontribs: there is no such user"]


LOG_TYPES = {
    "{not: {log_type: delte/delete}}": "did you mean `delete/delete`",
    "{not: {log_type: delte}}": "did you mean `delete`",
    "{log_type: [move/move, delete/delet]}": "did you mean `delete/delete`",
    "{log_type: delte/*}": "did you mean `delete/*`",
    "{log_type: Delete}": "did you mean `delete`",
}


@pytest.mark.parametrize("where", LOG_TYPES)
def test_a_log_type_that_the_wiki_lacks_refuses_the_plan(desk: Desk, where: str) -> None:
    steps = f"- id: a\n  log_entries: {{list: logevents, where: [{where}]}}\n  {RECORDS}"
    told = desk.wikimop("plan", desk.playbook(steps), code=2).err
    assert "the wiki has no log type" in told
    assert LOG_TYPES[where] in told


def test_a_log_type_alone_is_all_of_its_actions(desk: Desk, wiki: MediaWiki) -> None:
    admin = someone(wiki)
    for title in ("Bulk/001", "Bulk/002"):
        admin.delete(title)
    admin.undelete("Bulk/001")
    desk.use(wiki.api, "admin")
    conditions = {"alone": "delete", "star": "delete/*", "one": "delete/delete", "two": "[delete/restore, delete/delete]"}
    written = [(name, f"{{log_type: {one}}}") for name, one in conditions.items()]
    written += [(f"not-{name}", f"{{not: {one}}}") for name, one in written]
    source = "{list: logevents, where: [{namespace: 0}, %s]}"
    items = planned(desk, "\n".join(f"- id: {name}\n  log_entries: {source % one}\n  {RECORDS}" for name, one in written))
    whole = wiki.rows("SELECT count(*) FROM logging WHERE log_namespace = 0")[0][0]
    for name, found in {"alone": 3, "star": 3, "one": 2, "two": 3}.items():
        assert (len(items[name]), len(items[f"not-{name}"])) == (found, whole - found), name


def test_a_type_that_no_file_has_is_warned_of(desk: Desk) -> None:
    where = "[{not: {file_type: [image/pgn, image/png, video/*]}}]"
    header = lines_of(plan_file(desk, f"- id: a\n  pages: {{titles: ['File:Unused.png'], where: {where}}}\n  purge: {{}}"))[0]
    assert header["warnings"] == ["step a: where: no file of the wiki has the type image/pgn"]


def test_the_pages_of_users_are_in_their_namespace(desk: Desk) -> None:
    steps = """
- id: users
  users: {names: [Bob, Alice]}
  block: {expiry: 1 day}
- id: theirs
  pages: {step: users, where: [{namespace: User}, {title: {glob: '*:A*'}}]}
  purge: {}
- id: others
  pages: {step: users, where: [{not: {namespace: User}}]}
  purge: {}
"""
    items = planned(desk, steps)
    assert titles(items["theirs"]) == ["User:Alice"]
    assert "unknown_fact" not in blocked(items["theirs"]).values()
    assert items["others"] == []
