"""Log entries of which everything is hidden, read by an account that sees it all: the names stand in no file of ours."""

from __future__ import annotations

from tests.desk import Desk, someone
from tests.e2e.reading import plan_file
from tests.mediawiki import MediaWiki


def test_hidden_names_are_in_no_file(desk: Desk, wiki: MediaWiki) -> None:
    wiki.settings("$wgGroupPermissions['sysop']['deletelogentry'] = true;")
    admin = someone(wiki)
    admin.edit("Zebedee Quux", "Private.")
    someone(wiki, "sysop").delete("Zebedee Quux")
    ((logid,),) = wiki.rows("SELECT log_id FROM logging WHERE log_title = 'Zebedee_Quux' AND log_action = 'delete'")
    hide = {"hide": "content|comment|user", "suppress": "yes"}
    admin.post(action="revisiondelete", type="logging", ids=str(logid), **hide)
    assert wiki.rows("SELECT log_deleted FROM logging WHERE log_id = ?", logid) == [(15,)]
    desk.use(wiki.api, "admin")
    # The stock page of the same user would be named by other entries: what is looked for is the title and the run.
    steps = "- id: a\n  log_entries: {list: logevents, type: delete}\n  revisiondelete: {show: [comment], reason: Again}"
    path = plan_file(desk, steps)
    assert f'"logging:{logid}"' in path.read_text(encoding="utf-8")
    run = desk.wikimop("apply", path, "--yes", "--format", "json").json
    desk.items(run["run"])
    desk.wikimop("show", path, "--explain", code=0)
    files = [one for one in desk.folder.rglob("*") if one.is_file()]
    assert len(files) >= 3
    for one in files:
        data = one.read_bytes()
        assert b"Zebedee" not in data, one
        assert b'"Sysop"' not in data, one
