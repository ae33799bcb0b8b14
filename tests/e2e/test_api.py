"""`api` on the real wiki: every write module of core planned or refused, and some carried out, judged by the wiki's tables."""

from __future__ import annotations

import hashlib
import sqlite3
import threading
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from runner.actions import ACTIONS
from runner.actions.api_modules import REFUSED
from tests.desk import Desk, someone
from tests.e2e.allowed import allow
from tests.e2e.reading import applied, carried_out, ends, plan_file, planned
from tests.mediawiki import MediaWiki

USER = "pages: {titles: ['User:Bob']}"
PAGE = "pages: {titles: [Bulk/001]}"
FILE = "pages: {titles: ['File:Red square.png']}"
# For each module of core that is neither refused nor an action of its own: items, and parameters that fit.
CALLS: Mapping[str, tuple[str, str]] = {
    "changecontentmodel": (PAGE, "{pageid: '${item.pageid}', model: text}"),
    "clearhasmsg": (USER, "{}"),
    "emailuser": (USER, "{target: '${item.name}', subject: 'Hello ${item.name}', text: Dear Bob}"),
    "filerevert": (
        "file_versions: {titles: ['File:Red square.png']}",
        "{filename: '${item.name}', archivename: '${item.archivename}'}",
    ),
    "imagerotate": (FILE, "{titles: '${item.title}', rotation: 90}"),
    "import": (PAGE, "{interwikisource: elsewhere, interwikipage: '${item.title}', namespace: 118, fullhistory: true}"),
    "managetags": (PAGE, "{operation: create, tag: 'seen-${item.pageid}', reason: Needed}"),
    "mergehistory": (PAGE, "{fromid: '${item.pageid}', to: Bulk/002}"),
    "options": (USER, "{optionname: 'userjs-mop', optionvalue: '${item.title}'}"),
    "patrol": (PAGE, "{revid: '${item.revid}'}"),
    "protect": (PAGE, "{pageid: '${item.pageid}', protections: [edit=sysop, move=sysop]}"),
    "rollback": (PAGE, "{pageid: '${item.pageid}', user: Robot}"),
    "setnotificationtimestamp": (PAGE, "{titles: '${item.title}', timestamp: 2026-01-31T00:00:00Z}"),
    "setpagelanguage": (PAGE, "{pageid: '${item.pageid}', lang: de}"),
    "stashedit": (
        PAGE,
        "{title: '${item.title}', text: x, contentmodel: wikitext, contentformat: text/x-wiki, baserevid: '${item.revid}'}",
    ),
    "tag": ("revisions: {list: usercontribs, user: Vandal, limit: 1}", "{revid: '${item.revid}', remove: x}"),
    "upload": (PAGE, "{filename: 'Copy ${item.pageid}.png', url: '${vars.image}', comment: Copied, ignorewarnings: true}"),
    "userrights": (USER, "{user: '${item.name}', add: bot, reason: 'For ${item.name}'}"),
    "watch": (PAGE, "{titles: '${item.title}', unwatch: true}"),
}
SETTINGS = """
$wgImportSources = [ 'elsewhere' ];
$wgAllowCopyUploads = true;
$wgPageLanguageUseDB = true;
$wgEnableEmail = $wgEnableUserEmail = true;
$wgGroupPermissions['sysop']['upload_by_url'] = true;
foreach ( [ 'managechangetags', 'deletechangetags', 'userrights' ] as $right ) {
	$wgGrantPermissions['basic'][$right] = true;
}
$wgHooks['AlternateUserMailer'][] = function ( $headers, $to, $from, $subject, $body ) {
	wfGetDB( DB_PRIMARY )->insert( 'updatelog', [ 'ul_key' => "mail: {$to[0]->name}: $subject: $body" ] );
	return false;
};
"""


def write_modules(wiki: MediaWiki) -> set[str]:
    """Every module of the wiki's that writes, by its own word."""
    client = someone(wiki)
    (main,) = client.get(action="paraminfo", modules="main")["paraminfo"]["modules"]
    (names,) = [one["type"] for one in main["parameters"] if one["name"] == "action"]
    found = client.get(action="paraminfo", modules="|".join(names))["paraminfo"]["modules"]
    return {one["name"] for one in found if one.get("writerights")}


def steps_of(*names: str) -> str:
    return "\n".join(
        f"- {{id: {name}, {CALLS[name][0]}, api: {{action: {name}, parameters: {CALLS[name][1]}}}}}" for name in names
    )


EXPORT = b"""<mediawiki xmlns="http://www.mediawiki.org/xml/export-0.11/" version="0.11" xml:lang="en">
<page><title>Bulk/001</title><ns>0</ns><id>7</id>
<revision><id>70</id><timestamp>2020-01-01T00:00:00Z</timestamp><contributor><username>Somebody</username><id>3</id></contributor>
<model>wikitext</model><format>text/x-wiki</format><text xml:space="preserve">One.</text></revision>
<revision><id>71</id><timestamp>2020-01-02T00:00:00Z</timestamp><contributor><username>Somebody</username><id>3</id></contributor>
<model>wikitext</model><format>text/x-wiki</format><text xml:space="preserve">Two.</text></revision>
</page></mediawiki>"""


class Elsewhere(BaseHTTPRequestHandler):
    """Another wiki, as far as an import needs one: its `Special:Export`. (This one cannot be asked: it waits for itself.)"""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.send_response(200)
        self.send_header("Content-Type", "application/xml")
        self.end_headers()
        self.wfile.write(EXPORT)

    def log_message(self, *args: object) -> None:
        """Not into the tests' output."""


@pytest.fixture
def elsewhere() -> Iterator[int]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Elsewhere) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port
        server.shutdown()


def ready(desk: Desk, wiki: MediaWiki, *names: str, account: str = "admin", port: int = 9) -> str:
    """A wiki where these modules can work, a user who allows them, and the top of a playbook. `port` is where a wiki is to
    import from."""
    wiki.settings(SETTINGS + ("$wgMainCacheType = CACHE_DB;" if names == ("stashedit",) else ""))
    url = f"http://127.0.0.1:{port}/wiki/$1"
    columns = "(iw_prefix, iw_url, iw_api, iw_wikiid, iw_local, iw_trans)"
    wiki.maintenance("sql", "--query", f"INSERT INTO interwiki {columns} VALUES ('elsewhere', '{url}', '', '', 0, 1)")
    allow(desk, wiki.api, f"api: [{', '.join(names)}]", account)
    (image,) = wiki.rows("SELECT img_name FROM image WHERE img_name = 'Red_square.png'")[0]
    (page,) = someone(wiki).get(action="query", titles=f"File:{image}", prop="imageinfo", iiprop="url")["query"]["pages"]
    return f"wiki: allowing\nvars: {{image: '{page['imageinfo'][0]['url']}'}}"


def test_every_write_module_of_core_is_planned_or_refused_with_the_reason(desk: Desk, wiki: MediaWiki) -> None:
    names = write_modules(wiki)
    assert len(names) == 35
    refused = {name for name in names if name in REFUSED or name in ACTIONS}
    assert names - refused == CALLS.keys() - ACTIONS.keys()
    for name in refused:
        book = desk.playbook(f"- {{id: a, {PAGE}, api: {{action: {name}, parameters: {{}}}}}}")
        (problem,) = desk.wikimop("validate", book, "--format", "json", code=2).lines
        reason = REFUSED.get(name, "is an action of its own")
        assert (problem["code"], reason in problem["message"]) == ("refused", True), problem
    free = sorted(names - refused)
    top = ready(desk, wiki, *free)
    items = planned(desk, steps_of(*free), top)
    assert {name: [item.get("blocked") for item in rows] for name, rows in items.items()} == {name: [None] for name in free}
    assert items["setnotificationtimestamp"][0]["parameters"] == {"titles": "Bulk/001", "timestamp": "2026-01-31T00:00:00Z"}
    assert items["userrights"][0]["parameters"] == {"user": "Bob", "add": "bot"}
    assert items["userrights"][0]["reason"] == "For Bob"


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """What the wiki's tables say before and after; `%s` is the run's mark."""

    query: str
    before: object
    after: object


EFFECTS: Mapping[str, Effect] = {
    "clearhasmsg": Effect(
        query="SELECT count(*) FROM user_newtalk JOIN user USING (user_id) WHERE user_name = 'Admin'",
        before=[(1,)],
        after=[(0,)],
    ),
    "emailuser": Effect(
        query="SELECT substr(ul_key, 1, 34) FROM updatelog WHERE ul_key LIKE 'mail:%'",
        before=[],
        after=[("mail: Bob: Hello Bob: Dear Bob\n\n--",)],
    ),
    "filerevert": Effect(
        query="SELECT img_width, (SELECT count(*) FROM oldimage WHERE oi_name = img_name) FROM image"
        " WHERE img_name = 'Red_square.png'",
        before=[(16, 1)],
        after=[(8, 2)],
    ),
    "import": Effect(
        query="SELECT page_title, count(*), group_concat(DISTINCT actor_name) FROM revision"
        " JOIN page ON page_id = rev_page JOIN actor ON actor_id = rev_actor"
        " WHERE page_namespace = 118 AND page_title = 'Bulk/001' AND actor_name GLOB 'elsewhere*' GROUP BY page_id",
        before=[],
        after=[("Bulk/001", 2, "elsewhere>Somebody")],
    ),
    "managetags": Effect(
        query="SELECT ctd_name, ctd_user_defined FROM change_tag_def WHERE ctd_name GLOB 'seen-*'",
        before=[],
        after=[("seen-%p", 1)],
    ),
    "options": Effect(
        query="SELECT up_value FROM user_properties WHERE up_property = 'userjs-mop'",
        before=[],
        after=[("User:Bob",)],
    ),
    "setnotificationtimestamp": Effect(
        query="SELECT wl_notificationtimestamp FROM watchlist WHERE wl_title = 'Bulk/001' AND wl_namespace = 0",
        before=[(None,)],
        after=[("20260131000000",)],
    ),
    "stashedit": Effect(
        query="SELECT count(*) > 0 FROM cached.objectcache WHERE keyname GLOB '*stashedit*'",
        before=[(0,)],
        after=[(1,)],
    ),
    "upload": Effect(
        query="SELECT img_name, comment_text FROM image JOIN comment ON comment_id = img_description_id"
        " WHERE img_name GLOB 'Copy*'",
        before=[],
        after=[("Copy_%p.png", "Copied (wikimop %s)")],
    ),
    "userrights": Effect(
        query="SELECT ug_group FROM user_groups JOIN user ON user_id = ug_user WHERE user_name = 'Bob'",
        before=[],
        after=[("bot",)],
    ),
}


def told(wiki: MediaWiki, query: str) -> list[tuple[Any, ...]]:
    """What the database says, and the wiki's cache, which stands in a database of its own."""
    with closing(sqlite3.connect(f"{wiki.database.as_uri()}?mode=ro", uri=True, timeout=30)) as database:
        database.execute("ATTACH ? AS cached", [f"{wiki.database.with_name('wikicache.sqlite').as_uri()}?mode=ro"])
        return database.execute(query).fetchall()


def prepare(wiki: MediaWiki, name: str) -> None:
    """What has to be there for a module to act on."""
    admin = someone(wiki)
    if name == "clearhasmsg":
        someone(wiki, "bob").edit("User talk:Admin", "Hello.")
    if name == "emailuser":
        wiki.maintenance("sql", "--query", "UPDATE user SET user_email = user_name || '@example.org',"
                         " user_email_authenticated = '20230101000000'")  # fmt: skip
    if name == "setnotificationtimestamp":
        admin._send({"action": "watch", "titles": "Bulk/001", "token": admin.token("watch")})


@pytest.mark.parametrize("name", [name for name in EFFECTS if name not in ACTIONS])
def test_what_a_module_does_is_seen_in_the_database(desk: Desk, wiki: MediaWiki, elsewhere: int, name: str) -> None:
    effect = EFFECTS[name]
    top = ready(desk, wiki, name, port=elsewhere)
    prepare(wiki, name)
    assert told(wiki, effect.query) == effect.before
    run = carried_out(desk, steps_of(name), top)
    assert [(item["state"], item["code"]) for item in run["items"]] == [("done", None)]
    ((page,),) = wiki.rows("SELECT page_id FROM page WHERE page_title = 'Bulk/001' AND page_namespace = 0")
    expected = str(effect.after).replace("%s", run["run"]).replace("%p", str(page))
    assert str(told(wiki, effect.query)) == expected
    back = desk.wikimop("undo", run["run"], "--format", "json", code=0).json
    assert (back["items"], back["steps"][0]["blocked"]) == (1, 1)


def test_ten_modules_are_carried_out() -> None:
    assert len([name for name in EFFECTS if name not in ACTIONS]) >= 10


def test_only_what_the_users_own_configuration_names(desk: Desk, wiki: MediaWiki) -> None:
    """At plan, and again where the plan is applied."""
    steps = steps_of("options")
    for allowed in ("suppress: true", "api: [managetags]"):
        allow(desk, wiki.api, allowed)
        result = desk.wikimop("plan", desk.playbook(steps), code=2)
        assert "allow: {api: [options]}" in result.err
    allow(desk, wiki.api, "api: [options]")
    path = plan_file(desk, steps)
    allow(desk, wiki.api, "api: [managetags]")
    assert "allow: {api: [options]}" in desk.wikimop("apply", path, "--yes", code=2).err
    assert desk.wikimop("runs", "--format", "json", code=0).out == ""
    allow(desk, wiki.api, "api: [options]")
    assert applied(desk, path)["counts"]["done"] == 1


def test_a_configuration_beside_a_playbook_allows_nothing(desk: Desk, wiki: MediaWiki) -> None:
    desk.write(f"wikis: {{near: {{api: '{wiki.api}', allow: {{api: [options]}}}}}}", "wikis.yaml")
    result = desk.wikimop("plan", desk.playbook(steps_of("options"), "wiki: near"), code=2)
    assert "cannot stand in a wikis.yaml beside a playbook" in result.err


@pytest.mark.parametrize(("name", "parameters", "told"), [
    ("options", "{optoinname: x}", "has no parameter `optoinname`"),
    ("managetags", "{operation: craete, tag: x}", "cannot be `craete`"),
    ("managetags", "{operation: create}", "needs `tag`"),
    ("userrights", "{user: Bob, expiries: never}", "has no parameter `expiries`"),
    ("managetags", "{operation: create, tag: x, ignorewarnings: yes-please}", "must be true or false"),
    ("setnotificationtimestamp", "{titles: A, timestamp: soon}", "is no time"),
    ("setnotificationtimestamp", "{titles: A, generator: allpages}", "not stand in the plan"),
    ("userrights", "{user: Bob, add: [bots]}", "cannot be `bots`"),
    ("upload", "{filename: X.png, file: /etc/passwd}", "takes a file"),
    ("upload", "{filename: X.png, filekey: x, watchlist: watch, watchlistexpiry: soon}", "neither a duration nor a time"),
    ("nosuchmodule", "{a: b}", "has no module"),
    ("query", "{titles: A}", "writes nothing"),
])  # fmt: skip
def test_what_the_wiki_does_not_take_is_told_before_anything_is_planned(
    desk: Desk, wiki: MediaWiki, name: str, parameters: str, told: str
) -> None:
    wiki.settings("$wgWatchlistExpiry = true;")
    allow(desk, wiki.api, f"api: [{name}]")
    result = desk.wikimop(
        "plan", desk.playbook(f"- {{id: a, {PAGE}, api: {{action: {name}, parameters: {parameters}}}}}"), code=2
    )
    assert told in result.err
    assert "playbook.yaml:5: step a" in result.err
    assert desk.wikimop("runs", code=0).out == ""


BASKET = """
class ApiTestBasket extends ApiBase {
	public function execute() {
		$given = $this->extractRequestParams();
		foreach ( $given['fruits'] as $fruit ) {
			$put = "basket: {$given['title']}: $fruit: " . $given["$fruit-quantity"];
			wfGetDB( DB_PRIMARY )->insert( 'updatelog', [ 'ul_key' => $put ] );
		}
		$this->getResult()->addValue( null, $this->getModuleName(), [ 'result' => 'Success' ] );
	}

	public function getAllowedParams() {
		return [
			'title' => [ self::PARAM_REQUIRED => true ],
			'fruits' => [ self::PARAM_TYPE => [ 'apples', 'pears', 'plums' ], self::PARAM_ISMULTI => true ],
			'{fruit}-quantity' => [
				self::PARAM_TYPE => 'integer', self::PARAM_REQUIRED => true,
				self::PARAM_TEMPLATE_VARS => [ 'fruit' => 'fruits' ],
			],
		];
	}

	public function isWriteMode() {
		return true;
	}

	public function mustBePosted() {
		return true;
	}

	public function needsToken() {
		return 'csrf';
	}
}
$wgAPIModules['testbasket'] = ApiTestBasket::class;
"""


def basket(parameters: str) -> str:
    return f"- {{id: a, {PAGE}, api: {{action: testbasket, parameters: {{title: '${{item.title}}', {parameters}}}}}}}"


def test_templated_parameters_of_an_extension(desk: Desk, wiki: MediaWiki) -> None:
    """A module of an extension, with a parameter for each value of another one: `{fruit}-quantity`."""
    wiki.settings(BASKET)
    allow(desk, wiki.api, "api: [testbasket]")
    run = carried_out(desk, basket("fruits: [apples, pears], apples-quantity: 3, pears-quantity: '${item.pageid}'"))
    (item,) = run["items"]
    assert (item["state"], item["title"]) == ("done", "Bulk/001")
    put = wiki.rows("SELECT ul_key FROM updatelog WHERE ul_key LIKE 'basket%' ORDER BY ul_key")
    assert put == [("basket: Bulk/001: apples: 3",), (f"basket: Bulk/001: pears: {item['pageid']}",)]


@pytest.mark.parametrize(("parameters", "told"), [
    ("fruits: [apples], pears-quantity: 3", "has no parameter `pears-quantity`"),
    ("fruits: [apples]", "needs `apples-quantity`"),
    ("fruits: apples|plums, apples-quantity: 3", "needs `plums-quantity`"),
    ("fruits: [apples], apples-quantity: many", "`apples-quantity` of `testbasket` must be a whole number"),
    ("fruits: [figs], figs-quantity: 3", "cannot be `figs`"),
])  # fmt: skip
def test_templated_parameters_are_held_against_what_names_them(desk: Desk, wiki: MediaWiki, parameters: str, told: str) -> None:
    wiki.settings(BASKET)
    allow(desk, wiki.api, "api: [testbasket]")
    assert told in desk.wikimop("plan", desk.playbook(basket(parameters)), code=2).err
    assert wiki.rows("SELECT count(*) FROM updatelog WHERE ul_key LIKE 'basket%'") == [(0,)]


def test_a_refusal_of_the_wiki_is_a_failure_of_its_item(desk: Desk, wiki: MediaWiki) -> None:
    wiki.settings(SETTINGS)
    allow(desk, wiki.api, "api: [userrights]", "admin")
    run = carried_out(desk, """
- {id: a, pages: {titles: ['User:Bob', Bulk/001]}, api: {action: userrights, parameters: {user: '${item.name}', add: bot}}}
""", code=1)  # fmt: skip
    assert ends(run) == {"User:Bob": ("done", None), "Bulk/001": ("failed", "baduser")}
    assert wiki.rows(EFFECTS["userrights"].query) == [("bot",)]


@pytest.mark.parametrize("account", ["sysop", "admin"])
def test_an_answer_that_lists_no_change_is_no_success(desk: Desk, wiki: MediaWiki, account: str) -> None:
    """An administrator may not make bots, which the wiki does not call an error; nor is Bob one of those who could lose it."""
    wiki.settings(SETTINGS)
    allow(desk, wiki.api, "api: [userrights]", account)
    verb = "add" if account == "sysop" else "remove"
    run = carried_out(
        desk,
        f"""
- {{id: a, pages: {{titles: ['User:Bob']}}, api: {{action: userrights, parameters: {{user: '${{item.name}}', {verb}: bot}}}}}}
""",
        code=1,
    )
    assert ends(run) == {"User:Bob": ("failed", "nothing_changed")}
    assert wiki.rows(EFFECTS["userrights"].query) == []


def test_users_are_called_by_their_names(desk: Desk, wiki: MediaWiki) -> None:
    """An account has an id to be named by, an address has none."""
    wiki.settings(SETTINGS)
    allow(desk, wiki.api, "api: [userrights]", "admin")
    run = carried_out(desk, """
- {id: a, users: {names: [Bob, 192.0.2.7]}, api: {action: userrights, parameters: {userid: '${item.userid}', add: bot}}}
""", code=1)  # fmt: skip
    assert ends(run) == {"User:Bob": ("done", None), "User:192.0.2.7": ("skipped", "blocked:no_value")}
    assert wiki.rows(EFFECTS["userrights"].query) == [("bot",)]


def test_what_nothing_was_done_to_is_no_success(desk: Desk, wiki: MediaWiki) -> None:
    allow(desk, wiki.api, "api: [setnotificationtimestamp]")
    sysop = someone(wiki, "sysop")
    sysop._send({"action": "watch", "titles": "Bulk/001", "token": sysop.token("watch")})
    run = carried_out(desk, """
- {id: a, pages: {titles: [Bulk/001, Bulk/002]}, api: {action: setnotificationtimestamp, parameters: {titles: '${item.title}'}}}
""", code=1)  # fmt: skip
    assert ends(run) == {"Bulk/001": ("done", None), "Bulk/002": ("failed", "notwatched")}


def test_what_a_request_says_of_a_page_must_still_be_so(desk: Desk, wiki: MediaWiki) -> None:
    allow(desk, wiki.api, "api: [setnotificationtimestamp]")
    call = "api: {action: setnotificationtimestamp, parameters: {titles: '${item.title}', torevid: '${item.revid}'}}"
    steps = f"""
- {{id: moved, pages: {{titles: [Bulk/003]}}, move: {{to: "Away"}}}}
- {{id: told, pages: {{titles: [Bulk/001, Bulk/002, Bulk/003, Bulk/004]}}, {call}}}
"""
    sysop = someone(wiki, "sysop")
    watched = "Bulk/001|Bulk/002|Bulk/003|Bulk/004"
    sysop._send({"action": "watch", "titles": watched, "token": sysop.token("watch")})
    path = plan_file(desk, steps)
    other = someone(wiki)
    other.edit("Bulk/001", "Newer.")
    other.move("Bulk/002", "Elsewhere")
    run = applied(desk, path, code=1)
    assert {item["title"]: (item["state"], item["code"]) for item in run["items"] if item["step"] == "told"} == {
        "Bulk/001": ("skipped", "drift:text"),
        "Bulk/002": ("skipped", "drift:moved"),
        "Bulk/003": ("skipped", "drift:text"),
        "Bulk/004": ("done", None),
    }


def test_a_forged_plan_goes_no_way_round(desk: Desk, wiki: MediaWiki) -> None:
    """Whoever can edit a plan can seal it anew: what is not allowed is refused all the same."""
    allow(desk, wiki.api, "api: [options, delete, login]")
    path = plan_file(desk, steps_of("options"))
    header, item, _ = path.read_text(encoding="utf-8").splitlines()

    def forged(old: str, new: str) -> Any:  # noqa: ANN401 - a result
        assert old in header + item
        lines = [header.replace(old, new), item.replace(old, new)]
        digest = hashlib.sha256("".join(f"{line}\n" for line in lines).encode()).hexdigest()
        path.write_text("\n".join([*lines, f'{{"kind":"seal","items":1,"sha256":"{digest}"}}', ""]), encoding="utf-8")
        return desk.wikimop("apply", path, "--yes", "--state-dir", f"state-{new.strip(chr(34))[:5]}")

    for module in ("delete", "login"):
        result = forged('"action":"options"', f'"action":"{module}"')
        assert (result.code, "own" in result.err or "never called" in result.err) == (2, True), result.err
    result = forged("userjs-mop", "password")  # only in the header: the item's line says something else
    assert result.code in (0, 1)
    assert wiki.rows("SELECT up_value FROM user_properties WHERE up_property = 'userjs-mop'") == []
    result = forged("${item.title}", "${vars.secret}")
    assert (result.code, "names nothing of an item" in result.err) == (2, True)
