"""Users as items: what each source finds is held against the wiki's own tables. Hidden names are in no file of ours."""

# ruff: noqa: ISC004 - pairs of texts, most of them long
from __future__ import annotations

import pytest

from tests.desk import Desk, someone
from tests.e2e.reading import blocked, lines_of, plan_file, planned, titles
from tests.mediawiki import ACCOUNTS, Client, MediaWiki

HIDE_NAMES = "$wgGrantPermissions['oversight']['hideuser'] = true;"


@pytest.fixture
def peopled(desk: Desk, wiki: MediaWiki) -> Desk:
    """Some users are blocked, one edits, and not all are of the same age."""
    admin = someone(wiki)
    admin.edit("Sandbox", "One edit.")
    admin.block("Vandal", expiry="infinite", reason="Spam", nocreate=1)
    admin.block("Carol", expiry="1 week", partial=1, allowusertalk=1, namespacerestrictions="0")
    admin.block("192.0.2.7", expiry="1 week", anononly=1)
    admin.block("198.51.100.0/24", expiry="infinite")
    someone(wiki, "sysop").block("Bob", expiry="1 week")
    old = "UPDATE user SET user_registration = '20200101000000' WHERE user_name IN ('Alice', 'Bob')"
    wiki.maintenance("sql", "--query", old)
    wiki.maintenance("sql", "--query", "UPDATE ipblocks SET ipb_timestamp = '20240101000000' WHERE ipb_address = 'Vandal'")
    wiki.maintenance("sql", "--query", "UPDATE user SET user_registration = NULL WHERE user_name = 'Carol'")
    return desk


def keys(desk: Desk, source: str) -> list[str]:
    """The keys of what a source finds, in order."""
    (items,) = planned(desk, f"- id: a\n  users: {source}\n  block: {{expiry: 1 week, reblock: true}}").values()
    return [item["key"] for item in items]


def users(wiki: MediaWiki, query: str) -> list[str]:
    return ["user:" + (row[0].decode() if isinstance(row[0], bytes) else str(row[0])) for row in wiki.rows(query)]


USERS = "SELECT user_name FROM user"
BLOCKS = "SELECT ipb_address FROM ipblocks"
BY = "JOIN actor ON actor_id = ipb_by_actor"
OF_ALL = "{list: allusers, where: [%s]}"
NO_GROUP = "NOT EXISTS (SELECT 1 FROM user_groups WHERE ug_user = user_id AND ug_group IN ('sysop', 'bot'))"

# What the playbook says, and what it means in SQL.
SOURCES: dict[str, tuple[str, str]] = {
    "all": ("{list: allusers}", USERS),
    "prefix": ("{list: allusers, prefix: a, dir: descending}", f"{USERS} WHERE user_name LIKE 'A%'"),
    "group": (
        "{list: allusers, group: [sysop, bot]}",
        f"{USERS} WHERE user_id IN (SELECT ug_user FROM user_groups WHERE ug_group IN ('sysop', 'bot'))",
    ),
    "blocks": ("{list: blocks}", BLOCKS),
    "accounts": ("{list: blocks, show: [account, '!temp']}", f"{BLOCKS} WHERE ipb_user > 0 AND ipb_expiry = 'infinity'"),
    "ranges": ("{list: blocks, bkshow: range}", f"{BLOCKS} WHERE ipb_range_end > ipb_range_start"),
    "by-time": ("{list: blocks, end: 1 day ago}", f"{BLOCKS} WHERE ipb_timestamp > strftime('%Y%m%d000000', 'now', '-1 day')"),
    "name": (OF_ALL % "{name: {regex: '^[A-C]'}}", f"{USERS} WHERE user_name GLOB '[A-C]*'"),
    "blocked": (OF_ALL % "{blocked: true}", f"{USERS} WHERE user_id IN (SELECT ipb_user FROM ipblocks)"),
    "free": (OF_ALL % "{blocked: false}", f"{USERS} WHERE user_id NOT IN (SELECT ipb_user FROM ipblocks)"),
    "addresses": ("{list: blocks, where: [{account: false}]}", f"{BLOCKS} WHERE ipb_user = 0"),
    "old-blocks": ("{list: blocks, where: [{block: {older_than: 1 year}}]}", f"{BLOCKS} WHERE ipb_timestamp < '20250101'"),
    "blocked-by": ("{list: blocks, where: [{block: {not_by: sysop}}]}", f"{BLOCKS} {BY} WHERE actor_name <> 'Sysop'"),
    "registered": (
        OF_ALL % "{not: {name: {glob: Carol}}}, {registered: {older_than: '2021-01-01T00:00:00Z'}}",
        f"{USERS} WHERE user_registration < '2021'",
    ),
    "edits": (OF_ALL % "{edits: {min: 1}}", f"{USERS} WHERE user_editcount > 0"),
    "groups": (OF_ALL % "{groups: {none: [sysop, bot]}}", f"{USERS} WHERE {NO_GROUP}"),
    "implicit-groups": (OF_ALL % "{groups: {all: [autoconfirmed], any: [user]}}", USERS),
    "union": ("{union: [{names: [vandal, 192.0.2.7]}, {list: blocks, show: account}]}", f"{BLOCKS} WHERE ipb_user > 0"
                                                                                        " OR ipb_address = '192.0.2.7'"),
    "intersect": ("{intersect: [{list: blocks}, {list: allusers}]}", f"{BLOCKS} WHERE ipb_user > 0"),
    "except": ("{list: blocks, except: {names: [vandal, 198.51.100.9/24]}}", f"{BLOCKS} WHERE ipb_address NOT IN"
                                                                            " ('Vandal', '198.51.100.0/24')"),
}  # fmt: skip


@pytest.mark.parametrize("name", SOURCES)
def test_what_a_source_finds_is_what_the_tables_hold(peopled: Desk, wiki: MediaWiki, name: str) -> None:
    source, query = SOURCES[name]
    found, expected = keys(peopled, source), users(wiki, query)
    assert sorted(found) == sorted(expected)
    assert expected, "the query must find something"
    assert len(set(found)) == len(found)


def test_the_first_so_many_in_the_order_of_the_list(peopled: Desk, wiki: MediaWiki) -> None:
    assert keys(peopled, "{list: allusers, limit: 3}") == users(wiki, f"{USERS} ORDER BY 1 LIMIT 3")
    newest = users(wiki, f"{BLOCKS} ORDER BY ipb_timestamp DESC, ipb_id DESC LIMIT 2")
    assert keys(peopled, "{list: blocks, limit: 2}") == newest
    assert keys(peopled, "{list: blocks, where: [{account: true}], limit: 1}") == ["user:Bob"]


def test_names_are_taken_as_the_wiki_writes_them(peopled: Desk) -> None:
    peopled.write('{"who": "bob"}\n{"who": "2001:db8::7/33"}\n', "who.jsonl")
    peopled.write("# spammers\n vandal \n10.1.2.3\nBob\n", "who.txt")
    found = keys(peopled, "{names: [vandal, Vandal, '192.0.2.7', '2001:db8::1', 10.1.2.3/20, some_body]}")
    assert found == ["user:Vandal", "user:192.0.2.7", "user:2001:DB8:0:0:0:0:0:1", "user:10.1.0.0/20", "user:Some body"]
    assert keys(peopled, "{file: who.txt}") == ["user:Vandal", "user:10.1.2.3", "user:Bob"]
    assert keys(peopled, "{file: {path: who.jsonl, format: jsonl, column: who, kind: names}}") == [
        "user:Bob", "user:2001:DB8:0:0:0:0:0:0/33",
    ]  # fmt: skip


def test_who_is_not_there_and_what_is_not_told(peopled: Desk) -> None:
    steps = """
- id: names
  users: {names: [Nobody, Foo/bar, a@b, 300.1.2.3, Alice]}
  block: {expiry: 1 week}
- id: unknown
  users: {list: blocks, where: [{edits: 0}]}
  block: {expiry: 1 week, reblock: true}
- id: missing
  users: {names: [Nobody, Alice], where: [{edits: {max: 5}}]}
  block: {expiry: 1 week}
- id: age
  users: {names: [Carol, Alice], where: [{registered: {older_than: 1 day}}]}
  block: {expiry: 1 week, reblock: true}
"""
    found = planned(peopled, steps)
    assert blocked(found["names"]) == {
        "User:Nobody": "missing", "User:Foo/bar": "invalid", "User:A@b": "missing",
        "User:300.1.2.3": "invalid",
    }  # fmt: skip
    assert blocked(found["unknown"]) == dict.fromkeys(["User:192.0.2.7", "User:198.51.100.0/24"], "unknown_fact")
    assert blocked(found["missing"]) == {"User:Nobody": "unknown_fact"}
    assert blocked(found["age"]) == {"User:Carol": "unknown_fact"}
    assert titles(found["age"]) == ["User:Carol", "User:Alice"]


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("{list: allusers, where: [{not: {groups: {any: [sysops]}}}]}", "has no group of users `sysops`"),
        ("{list: allusers, group: sysops}", "sysops"),
        ("{names: [Vandal], except: {names: ['Foo/bar']}}", "leaves nothing out"),
    ],
)
def test_what_the_wiki_lacks_widens_nothing(desk: Desk, source: str, told: str) -> None:
    book = desk.playbook(f"- id: a\n  users: {source}\n  block: {{expiry: 1 week}}")
    assert told in desk.wikimop("plan", book, code=2).err


def test_a_misspelt_name_in_except_is_told(desk: Desk) -> None:
    plan = desk.playbook("- id: a\n  users: {names: [Vandal], except: {names: [Vandall]}}\n  block: {expiry: 1 week}")
    assert "except: there is no User:Vandall" in desk.wikimop("plan", plan, code=0).out


def test_never_touch_guards_users_by_their_pages(desk: Desk) -> None:
    step = "- id: a\n  users: {names: [vandal, Bob]}\n  block: {expiry: 1 week}"
    path = plan_file(desk, step, "never_touch: {titles: ['user:vandal']}", code=3)
    assert [line.get("never_touch") for line in lines_of(path) if line["kind"] == "item"] == [True, None]
    assert "never_touch: the plan holds User:Vandal" in desk.wikimop("apply", path, "--yes", code=3).err
    plan_file(desk, step, "never_touch: {titles: ['User:Alice'], namespaces: [User]}", code=0)
    wide = "- id: a\n  users: {names: [192.0.0.0/20, '2001:db8::/32']}\n  block: {expiry: 1 week}"
    for guarded, code in (("192.0.2.7", 3), ("2001:db8:1::5", 3), ("192.0.16.1", 0)):
        plan_file(desk, wide, f"never_touch: {{titles: ['User:{guarded}']}}", code=code)


def test_more_than_one_request_can_name(desk: Desk) -> None:
    desk.write("".join(f"10.{number // 250}.{number % 250}.1\n" for number in range(1100)), "who.txt")
    (items,) = planned(desk, "- id: a\n  users: {file: who.txt}\n  block: {expiry: 1 week}").values()
    assert len({item["key"] for item in items}) == 1100
    assert blocked(items) == {}


def hide(wiki: MediaWiki, name: str) -> None:
    """Hide a user's name, as somebody who may at a desk of their own."""
    admin = ACCOUNTS["admin"]
    Client(wiki.api, admin.bot_username, admin.bot_password).block(name, expiry="infinite", hidename=1, reason="Private")


def test_a_hidden_name_is_nowhere(desk: Desk, wiki: MediaWiki) -> None:
    wiki.settings(HIDE_NAMES)
    hide(wiki, "Vandal")
    (number,) = wiki.rows("SELECT user_id FROM user WHERE user_name = 'Vandal'")[0]
    desk.use(wiki.api, "admin")
    steps = """
- {id: all, users: {list: allusers}, block: {expiry: 1 week}}
- {id: blocks, users: {list: blocks}, unblock: {}}
- {id: where, users: {list: blocks, where: [{edits: 0}]}, unblock: {}}
"""
    run = desk.wikimop("run", desk.playbook(steps), "--yes", "--format", "json", code=1).json
    ends = [(item["step"], item["key"], item["code"]) for item in desk.items(run["run"]) if "#" in item["key"]]
    assert ends == [(step, f"user:#{number}", "blocked:hidden_name") for step in ("all", "blocks")] + [
        ("where", f"user:#{number}", "blocked:hidden_name")
    ]
    report = desk.wikimop("show", run["run"], "--items").out + desk.wikimop("show", run["plan"], "--items").out
    kept = b"".join(path.read_bytes() for path in (desk.folder / ".wikimop").rglob("*") if path.is_file())
    assert b"Vandal" not in kept
    assert "Vandal" not in report
    assert wiki.rows("SELECT ipb_deleted FROM ipblocks WHERE ipb_address = 'Vandal'") == [(1,)]


def test_a_name_that_somebody_knows_is_not_repeated(desk: Desk, wiki: MediaWiki) -> None:
    """A playbook may name whom it likes: what is kept of it does not."""
    wiki.settings(HIDE_NAMES)
    hide(wiki, "Vandal")
    for account, code in (("admin", "hidden_name"), ("sysop", "missing")):
        desk.use(wiki.api, account)
        (items,) = planned(desk, "- id: a\n  users: {names: [Vandal]}\n  unblock: {}").values()
        assert [item["blocked"]["code"] for item in items] == [code]
        assert (items[0].get("title") is None) == (account == "admin")
    asked = "{list: allusers, from: Vandal, where: [{not: {name: {contains: Vandal}}}], except: {names: [Vandal]}}"
    desk.use(wiki.api, "admin")
    (desk.folder / "state").mkdir()
    book = desk.playbook(f"- id: a\n  users: {asked}\n  unblock: {{}}")
    desk.wikimop("plan", book, "--state-dir", desk.folder / "state", "--explain", code=0)
    kept = [path.read_bytes() for path in (desk.folder / "state").rglob("*") if path.is_file()]
    assert kept
    assert b"Vandal" not in b"".join(kept)


def name_of(wiki: MediaWiki, number: int) -> str:
    """What the wiki calls an account."""
    ((name,),) = wiki.rows("SELECT user_name FROM user WHERE user_id = ?", number)
    return str(name)


def test_a_hidden_name_is_nowhere_as_a_page_either(desk: Desk, wiki: MediaWiki) -> None:
    wiki.settings(HIDE_NAMES)
    hide(wiki, "Vandal")
    hide(wiki, "Carol")
    someone(wiki).edit("User:Vandal", "Hello.")
    numbers = [row[0] for row in wiki.rows("SELECT user_id FROM user WHERE user_name IN ('Vandal', 'Carol') ORDER BY 1")]
    desk.use(wiki.api, "admin")
    steps = """
- {id: blocks, pages: {list: blocks}, purge: {}}
- {id: all, pages: {list: allusers, related: [talk], where: [{exists: true}]}, purge: {}}
- {id: union, pages: {union: [{list: blocks, limit: 5}, {titles: [Main Page]}]}, purge: {}}
- {id: both, pages: {intersect: [{generator: allpages, namespace: User}, {list: blocks}]}, purge: {}}
- {id: links, pages: {generator: links, of: {list: blocks}}, purge: {}}
- {id: users, users: {list: blocks}, unblock: {}}
- {id: step, pages: {step: users, outcome: skipped}, purge: {}}
"""
    run = desk.wikimop("run", desk.playbook(steps), "--yes", "--format", "json", code=1).json
    items = desk.items(run["run"])
    hidden = {f"title:#{number}" for number in numbers}
    for step in ("blocks", "all", "union", "step"):
        ends = {item["key"]: item["code"] for item in items if item["step"] == step and "#" in item["key"]}
        assert ends == dict.fromkeys(hidden, "blocked:hidden_name"), step
    both = {item["key"]: item["code"] for item in items if item["step"] == "both"}
    assert both == {f"title:#{number}": "blocked:hidden_name" for number in numbers if name_of(wiki, number) == "Vandal"}
    report = desk.wikimop("show", run["run"], "--items").out + desk.wikimop("show", run["plan"], "--items", "--explain").out
    kept = b"".join(path.read_bytes() for path in (desk.folder / ".wikimop").rglob("*") if path.is_file())
    for name in ("Vandal", "Carol"):
        assert name.encode() not in kept
        assert name not in report


def test_the_page_of_a_hidden_name_is_left_out_all_the_same(desk: Desk, wiki: MediaWiki) -> None:
    wiki.settings(HIDE_NAMES)
    hide(wiki, "Vandal")
    someone(wiki).edit("User:Vandal", "Hello.")
    desk.use(wiki.api, "admin")
    steps = "- id: a\n  pages: {titles: ['User:Vandal', Main Page], except: {list: blocks}}\n  delete: {}"
    assert titles(planned(desk, steps)["a"]) == ["Main Page"]
