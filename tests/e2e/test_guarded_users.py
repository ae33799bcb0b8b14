"""`never_touch` and users: a title guards the user, a namespace only pages."""

from __future__ import annotations

from tests.desk import Desk
from tests.mediawiki import MediaWiki


def test_a_title_guards_a_user_and_a_namespace_only_pages(desk: Desk, wiki: MediaWiki) -> None:
    steps = "- id: a\n  users: {names: [Bob]}\n  block: {expiry: 1 day}"
    for command in (("plan",), ("run", "--yes")):
        stopped = desk.wikimop(*command, desk.playbook(steps, "never_touch: {titles: ['User:Bob']}"), code=3)
        assert "never_touch: the plan holds User:Bob" in stopped.out + stopped.err
    assert wiki.rows("SELECT count(*) FROM ipblocks") == [(0,)]
    desk.wikimop("run", desk.playbook(steps, "never_touch: {namespaces: [User]}"), "--yes", code=0)
    assert wiki.rows("SELECT ipb_address FROM ipblocks") == [("Bob",)]
