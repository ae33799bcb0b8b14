"""`block` and `unblock` on the real wiki, judged by its table of blocks."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.desk import Desk, someone
from tests.e2e.reading import applied, blocked, carried_out, ends, log_comments, plan_file, planned
from tests.e2e.test_guards import create_tag
from tests.mediawiki import MediaWiki

EMAIL = "$wgEnableEmail = true; $wgEnableUserEmail = true;"
ACTIONS = "$wgEnablePartialActionBlocks = true;"
COLUMNS = (
    "ipb_create_account AS nocreate, ipb_enable_autoblock AS autoblock, ipb_block_email AS noemail, ipb_anon_only AS anononly,"
    " ipb_allow_usertalk AS allowusertalk, NOT ipb_sitewide AS partial"
)
FLAGS = ("nocreate", "autoblock", "noemail", "anononly", "allowusertalk", "partial")


def flags(wiki: MediaWiki, user: str) -> set[str]:
    """What is set of the one block on a user, by the database."""
    (row,) = wiki.rows(f"SELECT {COLUMNS} FROM ipblocks WHERE ipb_address = ? AND ipb_auto = 0", user)
    return {name for name, value in zip(FLAGS, row, strict=True) if value}


def expiry(wiki: MediaWiki, user: str) -> str:
    return str(wiki.rows("SELECT ipb_expiry FROM ipblocks WHERE ipb_address = ?", user)[0][0])


def restrictions(wiki: MediaWiki) -> list[tuple[int, int]]:
    return wiki.rows("SELECT ir_type, ir_value FROM ipblocks_restrictions ORDER BY 1, 2")


def block(desk: Desk, options: str, names: str = "Vandal, 192.0.2.7", code: int = 0) -> dict[str, Any]:
    return carried_out(desk, f"- id: a\n  users: {{names: [{names}]}}\n  block: {{{options}}}", code=code)


@pytest.mark.parametrize(
    ("option", "account", "address"),
    [
        ("nocreate", {"nocreate"}, {"nocreate"}),
        ("autoblock", {"autoblock"}, set()),
        ("noemail", {"noemail"}, {"noemail"}),
        ("anononly", set(), {"anononly"}),
        ("allowusertalk", {"allowusertalk"}, {"allowusertalk"}),
    ],
)
def test_every_flag_is_set_and_only_it(desk: Desk, wiki: MediaWiki, option: str, account: set[str], address: set[str]) -> None:
    wiki.settings(EMAIL)
    run = block(desk, f"expiry: 1 week, {option}: true")
    assert ends(run) == {"User:Vandal": ("done", None), "User:192.0.2.7": ("done", None)}
    assert (flags(wiki, "Vandal"), flags(wiki, "192.0.2.7")) == (account, address)
    run = block(desk, "expiry: 1 week, reblock: true")
    assert run["counts"]["done"] == 2
    assert flags(wiki, "Vandal") == flags(wiki, "192.0.2.7") == set()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("infinite", "infinity"),
        ("never", "infinity"),
        ("'2030-01-31T12:00:00Z'", "20300131120000"),
        ("20300131120000", "20300131120000"),
    ],
)
def test_until_when(desk: Desk, wiki: MediaWiki, text: str, found: str) -> None:
    block(desk, f"expiry: {text}", "Vandal")
    assert expiry(wiki, "Vandal") == found


@pytest.mark.parametrize(
    ("text", "days"),
    [("2 weeks", 14), ("36 hours", 1.5), ("1 month 3 days", 34), ("1 fortnight", 14), ("90seconds", 0)],
)
def test_for_how_long(desk: Desk, wiki: MediaWiki, text: str, days: float) -> None:
    block(desk, f"expiry: {text}", "Vandal")
    query = (
        "SELECT julianday(substr(x,1,4)||'-'||substr(x,5,2)||'-'||substr(x,7,2)||' '||substr(x,9,2)||':'||substr(x,11,2)"
        "||':'||substr(x,13,2)) - julianday('now') FROM (SELECT ipb_expiry AS x FROM ipblocks)"
    )
    assert abs(wiki.rows(query)[0][0] - days) < 3.1 * (days == 34) + 0.01  # months are not all of one length


def test_an_account_an_address_and_a_range(desk: Desk, wiki: MediaWiki) -> None:
    run = block(desk, "expiry: 1 week, reason: Spam, nocreate: true", "vandal, 192.0.2.7, 10.1.2.3/24, '2001:db8::/40'")
    assert run["counts"]["done"] == 4
    found = wiki.rows(
        "SELECT ipb_address, ipb_user, comment_text, actor_name FROM ipblocks JOIN comment ON comment_id = ipb_reason_id"
        " JOIN actor ON actor_id = ipb_by_actor ORDER BY ipb_id"
    )
    reason = f"Spam (wikimop {run['run']})"
    assert found == [
        ("Vandal", 5, reason, "Sysop"), ("192.0.2.7", 0, reason, "Sysop"), ("10.1.2.0/24", 0, reason, "Sysop"),
        ("2001:DB8:0:0:0:0:0:0/40", 0, reason, "Sysop"),
    ]  # fmt: skip
    assert set(log_comments(wiki, "block").values()) == {reason}


def test_in_part(desk: Desk, wiki: MediaWiki) -> None:
    wiki.settings(ACTIONS)
    parts = "partial: true, allowusertalk: true, pagerestrictions: [Main_Page, article 01, Main Page]"
    wanted = f"expiry: 1 week, {parts}, namespacerestrictions: [118, 2], actionrestrictions: [move, upload]"
    run = block(desk, wanted, "Vandal")
    assert ends(run) == {"User:Vandal": ("done", None)}
    pages = sorted(row[0] for row in wiki.rows("SELECT page_id FROM page WHERE page_title IN ('Main_Page', 'Article_01')"
                                               " AND page_namespace = 0"))  # fmt: skip
    assert flags(wiki, "Vandal") == {"partial", "allowusertalk"}
    # 1 is a page, 2 a namespace, 3 an action (1 upload, 2 move)
    assert restrictions(wiki) == [*((1, page) for page in pages), (2, 2), (2, 118), (3, 1), (3, 2)]


def test_in_part_without_a_restriction(desk: Desk, wiki: MediaWiki) -> None:
    block(desk, "expiry: 1 week, partial: true, allowusertalk: true, nocreate: true", "Vandal")
    assert flags(wiki, "Vandal") == {"partial", "allowusertalk", "nocreate"}
    block(desk, "expiry: 1 week, partial: true, namespacerestrictions: [3]", "Bob")
    assert flags(wiki, "Bob") == {"partial"}


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ("namespacerestrictions: [999]", "the wiki has no namespace 999"),
        ("pagerestrictions: [Nowhere]", "nobody can be blocked from `Nowhere`: there is no such page"),
        ("pagerestrictions: ['Special:Move']", "there is no such page"),
        ("pagerestrictions: ['Bad[title']", "there is no such page"),
        ("actionrestrictions: [move]", "the wiki cannot block anybody from single actions"),
    ],
)
def test_what_the_wiki_lacks_of_a_block_in_part(desk: Desk, wiki: MediaWiki, options: str, told: str) -> None:
    step = f"- id: a\n  users: {{names: [Vandal]}}\n  block: {{expiry: 1 day, partial: true, allowusertalk: true, {options}}}"
    assert told in desk.wikimop("run", desk.playbook(step), "--yes", code=2).err
    assert wiki.rows("SELECT 1 FROM ipblocks") == []


def test_an_action_that_the_wiki_lacks(desk: Desk, wiki: MediaWiki) -> None:
    wiki.settings(ACTIONS)
    parts = "partial: true, allowusertalk: true, actionrestrictions: [moves]"
    step = f"- id: a\n  users: {{names: [Vandal]}}\n  block: {{expiry: 1 day, {parts}}}"
    told = desk.wikimop("plan", desk.playbook(step), code=2).err
    assert "blocks nobody from the action `moves`" in told
    assert "`move`" in told


def watched(wiki: MediaWiki) -> set[str]:
    query = "SELECT wl_title FROM watchlist JOIN user ON user_id = wl_user WHERE user_name = 'Sysop' AND wl_namespace = 2"
    return {str(title) for (title,) in wiki.rows(query)}


def test_tags_and_the_watchlist(desk: Desk, wiki: MediaWiki) -> None:
    create_tag(wiki, "mop")
    before = watched(wiki)
    block(desk, "expiry: 1 week, tags: [mop], watchuser: true", "Vandal, 192.0.2.7")
    query = "SELECT log_title FROM logging JOIN change_tag ON ct_log_id = log_id JOIN change_tag_def ON ctd_id = ct_tag_id"
    wiki.run_jobs()
    assert sorted(str(title) for (title,) in wiki.rows(f"{query} WHERE ctd_name = 'mop'")) == ["192.0.2.7", "Vandal"]
    assert watched(wiki) - before == {"192.0.2.7", "Vandal"}
    carried_out(desk, "- id: a\n  users: {names: [Vandal]}\n  unblock: {reason: Sorry, tags: [mop]}")
    assert [str(title) for (title,) in wiki.rows(f"{query} WHERE log_action = 'unblock'")] == ["Vandal"]
    assert "no change tag `mops`" in desk.wikimop(
        "plan", desk.playbook("- id: a\n  users: {names: [Bob]}\n  unblock: {tags: [mops]}"), code=2
    ).err  # fmt: skip


def test_what_is_told_in_the_plan(desk: Desk, wiki: MediaWiki) -> None:
    someone(wiki).block("Vandal", expiry="infinite", reason="Old")
    someone(wiki).block("Carol", expiry="2030-01-31T00:00:00Z")
    steps = """
- {id: new, users: {names: [Vandal, Carol, Bob, sysop]}, block: {expiry: 1 week}}
- {id: again, users: {names: [Vandal, Bob]}, block: {expiry: 1 week, reblock: true}}
- {id: free, users: {names: [Vandal, Bob, sysop]}, unblock: {}}
- {id: other, users: {names: [Alice]}, block: {expiry: as before}}
"""
    found = planned(desk, steps)
    assert blocked(found["new"]) == {"User:Vandal": "already_blocked", "User:Carol": "already_blocked", "User:Sysop": "self"}
    details = [item["blocked"]["detail"] for item in found["new"] if "blocked" in item]
    assert details[0].startswith("blocked for good;")
    assert details[1].startswith("blocked until 2030-01-31T00:00:00Z;")
    assert blocked(found["again"]) == {}
    assert blocked(found["free"]) == {"User:Bob": "not_blocked", "User:Sysop": "self"}
    assert blocked(found["other"]) == {"User:Alice": "nothing_to_restore"}
    desk.use(wiki.api, "bob")
    (items,) = planned(desk, "- id: a\n  users: {names: [Vandal, Alice]}\n  block: {expiry: 1 day}").values()
    assert [item["blocked"]["code"] for item in items] == ["permission", "permission"]


def test_a_right_that_noemail_needs(desk: Desk, wiki: MediaWiki) -> None:
    wiki.settings(f"{EMAIL} $wgGroupPermissions['sysop']['blockemail'] = false;")
    step = "- id: a\n  users: {names: [Vandal]}\n  block: {expiry: 1 day, noemail: true}"
    (items,) = planned(desk, step).values()
    assert "blockemail" in items[0]["blocked"]["detail"]


def test_what_the_wiki_refuses_is_told_of_that_user_alone(desk: Desk) -> None:
    run = block(desk, "expiry: '2001-01-01T00:00:00Z'", "Vandal", code=1)
    assert ends(run) == {"User:Vandal": ("failed", "ipb_expiry_old")}
    run = block(desk, "expiry: 1 day", "10.0.0.0/8, Vandal", code=1)
    assert ends(run) == {"User:10.0.0.0/8": ("failed", "ip_range_toolarge"), "User:Vandal": ("done", None)}
    # without e-mail nobody can be kept from it
    run = block(desk, "expiry: 1 day, noemail: true", "Bob", code=1)
    assert ends(run) == {"User:Bob": ("failed", "cantblock-email")}


def test_a_block_is_replaced_and_keeps_its_place(desk: Desk, wiki: MediaWiki) -> None:
    someone(wiki).block("Vandal", expiry="1 day", reason="Old", anononly=1, autoblock=1)
    before = wiki.rows("SELECT ipb_id FROM ipblocks")
    run = block(desk, "expiry: infinite, reblock: true, nocreate: true, reason: Worse", "Vandal, Bob")
    assert run["counts"]["done"] == 2
    assert wiki.rows("SELECT ipb_id FROM ipblocks WHERE ipb_address = 'Vandal'") == before
    assert (expiry(wiki, "Vandal"), flags(wiki, "Vandal")) == ("infinity", {"nocreate"})
    assert log_comments(wiki, "reblock") == {"Vandal": f"Worse (wikimop {run['run']})"}


def test_a_block_that_is_as_wanted_is_unchanged(desk: Desk, wiki: MediaWiki) -> None:
    wanted = "expiry: '2030-01-31T00:00:00Z', reason: Spam, reblock: true"
    step = f"- id: a\n  users: {{names: [Vandal]}}\n  block: {{{wanted}}}"
    carried_out(desk, step, "stamp: false")
    run = carried_out(desk, step, "stamp: false")
    assert ends(run) == {"User:Vandal": ("unchanged", "looked_up")}
    assert len(wiki.rows("SELECT 1 FROM logging WHERE log_type = 'block'")) == 1


def test_what_the_wiki_leaves_out_without_a_word_is_not_done(desk: Desk, wiki: MediaWiki) -> None:
    """Some wikis let nobody who is blocked edit their talk page, and the answer says all the same that they may."""
    wiki.settings("$wgBlockAllowsUTEdit = false;")
    run = block(desk, "expiry: 1 day, allowusertalk: true", "Vandal", code=1)
    assert ends(run) == {"User:Vandal": ("failed", "not_effective")}
    assert run["items"][0]["detail"].endswith("allowusertalk")
    assert flags(wiki, "Vandal") == set()
    undo = desk.wikimop("undo", run["run"], "--format", "json", code=0).json["plan"]
    assert ends(applied(desk, undo)) == {"User:Vandal": ("done", None)}
    assert wiki.rows("SELECT 1 FROM ipblocks") == []


def test_unblocking(desk: Desk, wiki: MediaWiki) -> None:
    for name in ("Vandal", "192.0.2.7", "10.1.2.0/24", "Bob"):
        someone(wiki).block(name, expiry="1 week", nocreate=1)
    run = carried_out(desk, "- id: a\n  users: {list: blocks, where: [{not: {name: {glob: Bob}}}]}\n  unblock: {reason: Sorry}")
    assert run["counts"]["done"] == 3
    assert wiki.rows("SELECT ipb_address FROM ipblocks") == [("Bob",)]
    assert set(log_comments(wiki, "unblock").values()) == {f"Sorry (wikimop {run['run']})"}


def test_an_address_that_an_account_used_is_left_alone(desk: Desk, wiki: MediaWiki) -> None:
    """An autoblock has no name: the address is none that is blocked."""
    someone(wiki, "vandal").edit("Sandbox", "From here.")
    block(desk, "expiry: 1 week, autoblock: true", "Vandal")
    (auto,) = wiki.rows("SELECT ipb_address FROM ipblocks WHERE ipb_auto = 1")
    (items,) = planned(desk, f"- id: a\n  users: {{names: ['{auto[0]}', Vandal]}}\n  unblock: {{}}").values()
    assert blocked(items) == {f"User:{auto[0]}": "not_blocked"}
    (items,) = planned(desk, "- id: a\n  users: {list: blocks}\n  unblock: {}").values()
    assert [item["key"] for item in items] == ["user:Vandal"]
    carried_out(desk, "- id: a\n  users: {list: blocks}\n  unblock: {}")
    assert wiki.rows("SELECT 1 FROM ipblocks") == []  # what it brought along is gone with it


def test_what_somebody_else_did_meanwhile(desk: Desk, wiki: MediaWiki) -> None:
    admin = someone(wiki)
    for name in ("Vandal", "Carol", "Robot"):
        admin.block(name, expiry="1 week")
    steps = """
- {id: new, users: {names: [Bob, 192.0.2.7, Alice]}, block: {expiry: 1 day}}
- {id: free, users: {names: [Vandal, Carol, Robot]}, unblock: {}}
"""
    path = plan_file(desk, steps)
    admin.block("Bob", expiry="1 hour")
    admin.unblock("Vandal")
    admin.block("Carol", expiry="1 year", reblock=1)
    admin.unblock("Robot")
    admin.block("Robot", expiry="1 week")
    wiki.maintenance("sql", "--query", "UPDATE user SET user_name = 'Alice Renamed' WHERE user_name = 'Alice'")
    run = applied(desk, path, code=1)
    assert ends(run) == {
        "User:Bob": ("skipped", "drift:block"), "User:192.0.2.7": ("done", None), "User:Alice": ("skipped", "drift:gone"),
        "User:Vandal": ("skipped", "drift:block"), "User:Carol": ("skipped", "drift:block"),
        "User:Robot": ("skipped", "drift:block"),
    }  # fmt: skip


def test_another_account_of_the_same_name(desk: Desk, wiki: MediaWiki) -> None:
    path = plan_file(desk, "- id: a\n  users: {names: [Alice]}\n  block: {expiry: 1 day}")
    rename = "UPDATE user SET user_name = '%s' WHERE user_name = '%s'"
    wiki.maintenance("sql", "--query", rename % ("Alice Renamed", "Alice"))
    wiki.maintenance("sql", "--query", rename % ("Alice", "Carol"))
    assert ends(applied(desk, path, code=1)) == {"User:Alice": ("skipped", "drift:renamed")}


def test_what_the_run_did_itself_is_no_drift(desk: Desk, wiki: MediaWiki) -> None:
    someone(wiki).block("Vandal", expiry="1 week")
    steps = """
- {id: longer, users: {names: [Vandal]}, block: {expiry: infinite, reblock: true}}
- {id: free, users: {step: longer, outcome: done}, unblock: {}}
- {id: page, pages: {step: longer}, purge: {}}
"""
    run = carried_out(desk, steps, code=1)
    assert [(item["step"], item["state"], item["code"]) for item in run["items"]] == [
        ("longer", "done", None), ("free", "done", None), ("page", "skipped", "blocked:missing"),
    ]  # fmt: skip
    assert wiki.rows("SELECT 1 FROM ipblocks") == []


def test_a_plan_says_what_is_on_a_user(desk: Desk, wiki: MediaWiki) -> None:
    parts = {"partial": 1, "allowusertalk": 1, "pagerestrictions": "Main Page", "namespacerestrictions": "118|0"}
    someone(wiki).block("Vandal", expiry="2030-01-31T00:00:00Z", reason="::error Spam\x1b[31m", nocreate=1, **parts)
    (number, page) = wiki.rows("SELECT ipb_id, ir_value FROM ipblocks JOIN ipblocks_restrictions ON ir_ipb_id = ipb_id"
                               " WHERE ir_type = 1")[0]  # fmt: skip
    path = plan_file(desk, "- id: a\n  users: {names: [Vandal, 192.0.2.7]}\n  unblock: {}")
    vandal, ip = (json.loads(line) for line in path.read_text().splitlines()[1:3])
    assert vandal["block"].pop("reason").startswith("::error Spam")
    assert {name: vandal[name] for name in ("key", "title", "userid", "blockid", "block")} == {
        "key": "user:Vandal", "title": "User:Vandal", "userid": 5, "blockid": number,
        "block": {
            "expiry": "2030-01-31T00:00:00Z", "flags": ["allowusertalk", "nocreate", "partial"],
            "pages": [{"id": page, "title": "Main Page"}], "namespaces": [0, 118],
        },
    }  # fmt: skip
    assert (ip["address"], ip["block"], "userid" in ip) == ("ip", None, False)
    shown = desk.wikimop("show", path).out
    assert "blocked until 2030-01-31T00:00:00Z, allowusertalk, nocreate, partial from Main Page, namespace 0, " in shown
    assert "\x1b" not in shown
