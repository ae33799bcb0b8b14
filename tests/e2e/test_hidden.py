"""What `revisiondelete` hides stands in no file of ours and in nothing that was printed: not before it is hidden, not after,
and not when it is shown again."""

from __future__ import annotations

from tests.desk import Desk, someone
from tests.e2e.reading import hidden_bits
from tests.mediawiki import MediaWiki

COMMENT, TEXT, FORMER = "Jane lives in Elm Street 12", "Her number is 555 0199 277", "Everybody's former words 31415"
LOGGED = "For she moved to Oak Lane 44"


def told(desk: Desk) -> str:
    """Everything that was written below the folder, but for the playbooks, and everything that was printed."""
    files = [path.read_bytes() for path in desk.folder.rglob("*") if path.is_file() and path.resolve() not in desk.own]
    return b"\n".join(files).decode(errors="replace") + "\n".join(desk.printed)


def carried_out_and_taken_back(desk: Desk, steps: str) -> None:
    """Every command that tells of items: plan, apply, show, undo; each with all that it can say."""
    book = desk.playbook(steps)
    desk.wikimop("plan", book, "--explain", "-v", "--out", "first.plan", code=0)
    run = desk.wikimop("apply", "first.plan", "--yes", "-v", "--format", "json", code=0).json
    assert run["counts"]["done"] > 0
    for more in ((), ("--format", "json")):
        desk.wikimop("show", run["run"], "--items", *more, code=0)
        desk.wikimop("show", run["plan"], "--items", *more, code=0)
    desk.wikimop("undo", run["run"], "-v", "--out", "undo.plan", code=0)
    desk.wikimop("apply", "undo.plan", "--yes", "-v", code=0)


def test_revisions(desk: Desk, wiki: MediaWiki) -> None:
    vandal = someone(wiki, "vandal")
    vandal.edit("Article 20", FORMER)
    revid = vandal.edit("Article 20", TEXT, summary=COMMENT)["newrevid"]
    vandal.edit("Article 20", "Nothing.")
    steps = (
        f"- id: by-id\n  revisions: {{revids: [{revid}]}}\n  revisiondelete: {{hide: [content, comment, user]}}\n"
        f"- id: by-fact\n  revisions: {{list: usercontribs, user: Vandal, where: [comment: {{contains: {COMMENT}}}]}}\n"
        "  revisiondelete: {hide: [content, comment, user]}"
    )
    carried_out_and_taken_back(desk, steps)
    assert hidden_bits(wiki, [revid]) == [0]
    written = told(desk)
    assert [secret for secret in (COMMENT, TEXT, FORMER, "Vandal") if secret in written] == []
    assert f"rev:{revid}" in written


def test_log_entries(desk: Desk, wiki: MediaWiki) -> None:
    someone(wiki).delete("Article 51", LOGGED)
    wanted = "SELECT log_id FROM logging JOIN comment ON comment_id = log_comment_id WHERE comment_text = ?"
    logid = wiki.rows(wanted, LOGGED)[0][0]
    steps = f"- id: a\n  log_entries: {{logids: [{logid}]}}\n  revisiondelete: {{hide: [content, comment, user]}}"
    carried_out_and_taken_back(desk, steps)
    written = told(desk)
    assert [secret for secret in (LOGGED, "Article 51") if secret in written] == []
    assert f"logging:{logid}" in written
