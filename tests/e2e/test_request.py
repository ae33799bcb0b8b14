"""What `request:` sends, seen on the way to a real wiki: each parameter's effect there, or its refusal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import orjson
import pytest

from tests.desk import Desk, someone
from tests.e2e.reading import applied, carried_out, ends, log_comments, nothing_happened, page_id, plan_file, revisions, sealed
from tests.faults.broken import cut_after, to_another_request, under_header
from tests.faults.proxy import Exchange, Proxy, Response, proxied
from tests.mediawiki import MediaWiki

PURGE = "- id: a\n  pages: {titles: [Article 01, Article 02]}\n  purge: {}"


class Way:
    """Every call on the way to the wiki, with its answer."""

    def __init__(self, proxy: Proxy) -> None:
        self.proxy = proxy
        self.calls: list[tuple[Mapping[str, str], Response]] = []
        proxy.rule(self._keep)

    def _keep(self, exchange: Exchange) -> None:
        exchange.headers.pop("Accept-Encoding", None)
        answer = exchange.forward()
        self.calls.append((exchange.parameters, answer))
        exchange.answer(answer)

    def told(self, name: str) -> list[Any]:
        """What each answer says under this name, None where it does not."""
        return [orjson.loads(answer.body).get(name) for _, answer in self.calls]

    def headers(self, name: str) -> list[tuple[str, str]]:
        """The action of each call, and this header of its answer."""
        return [(call["action"], answer.headers.get(name, "")) for call, answer in self.calls]


@pytest.fixture
def way(wiki: MediaWiki) -> Iterator[Way]:
    with proxied(wiki) as proxy:
        yield Way(proxy)


@pytest.fixture
def mop(tmp_path: Path, way: Way) -> Desk:
    return Desk(tmp_path, way.proxy.api)


def logged(desk: Desk, run: str) -> list[dict[str, Any]]:
    """The run's log."""
    lines = (desk.folder / f".wikimop/runs/{run}.jsonl").read_bytes().splitlines()
    return [orjson.loads(line) for line in lines]


def test_what_is_asked_of_each_answer_stands_in_the_log(mop: Desk, way: Way, wiki: MediaWiki) -> None:
    wiki.settings("$wgShowHostnames = true;")
    asked = "request: {servedby: true, curtimestamp: true, responselanginfo: true, uselang: de, errorlang: uselang}"
    run = carried_out(mop, PURGE, asked)
    (batch,) = [line for line in logged(mop, run["run"]) if line["event"] == "batch_finished"]
    assert batch["servedby"]
    assert (batch["uselang"], batch["errorlang"]) == ("de", "de")
    assert batch["curtimestamp"].endswith("Z")
    for name in ("servedby", "curtimestamp"):
        assert all(way.told(name))
    assert set(way.told("uselang")) == set(way.told("errorlang")) == {"de"}
    assert not any(way.told("warnings"))


def test_without_them_nothing_of_it_is_sent_or_logged(mop: Desk, way: Way, wiki: MediaWiki) -> None:
    wiki.settings("$wgShowHostnames = true;")
    run = carried_out(mop, PURGE)
    names = {"servedby", "curtimestamp", "responselanginfo", "uselang", "variant", "errorsuselocal", "maxage", "smaxage"}
    assert not any(names & call.keys() for call, _ in way.calls)
    assert not any(names & line.keys() for line in logged(mop, run["run"]))


def test_a_wiki_that_lags_is_waited_for_unless_the_playbook_bears_more(desk: Desk, wiki: MediaWiki) -> None:
    """A wiki may count its queue of jobs as lag: twenty of them are twenty seconds here."""
    row = "('refreshLinks', 0, 'X', '20240101000000', '{}', '', '')"
    columns = "job_cmd, job_namespace, job_title, job_timestamp, job_params, job_token, job_sha1"
    wiki.maintenance("sql", "--query", f"INSERT INTO job ({columns}) VALUES {', '.join([row] * 20)}")
    wiki.settings("$wgJobQueueIncludeInMaxLagFactor = 1;")
    for patient in ("request: {maxlag: 30}", "request: {maxlag: null}"):
        assert carried_out(desk, PURGE, patient)["counts"]["done"] == 2
    process = desk.start("run", desk.playbook(PURGE, "request: {maxlag: 19}"), "--yes", "--format", "json")
    assert process.stderr is not None
    waiting = next(line for line in process.stderr if "waiting" in line)
    assert "reason=lag" in waiting
    assert "20" in waiting
    wiki.maintenance("sql", "--query", "DELETE FROM job")
    out, err = process.communicate(timeout=90)
    assert process.returncode == 0, out + err
    assert orjson.loads(out)["counts"]["done"] == 2


def test_each_write_can_be_found_in_the_wikis_own_log(mop: Desk, wiki: MediaWiki, tmp_path: Path) -> None:
    log = tmp_path / "api.log"
    wiki.settings(f"$wgDebugLogGroups['api'] = '{log}';")
    delete, purge = PURGE.replace("purge", "delete"), "- id: b\n  pages: {titles: [Article 03]}\n  purge: {}"
    steps = f"{delete}\n{purge}"
    run = carried_out(mop, steps, "request: {requestid: nightly.1}")
    lines = log.read_text(encoding="utf-8").splitlines()
    deletions = [line for line in lines if "action=delete" in line]
    assert [line.partition("requestid=")[2].split()[0] for line in deletions] == [
        f"nightly.1/{run['run']}/1", f"nightly.1/{run['run']}/2",
    ]  # fmt: skip
    assert any("action=purge" in line and f"requestid=nightly.1/{run['run']}/3" in line for line in lines)
    reads = {line.partition("requestid=")[2].split()[0] for line in lines if "action=query" in line}
    assert reads == {"nightly.1", f"nightly.1/p{run['run'][1:]}", f"nightly.1/{run['run']}"}


def test_a_cache_may_keep_what_is_read_while_planning_and_nothing_else(mop: Desk, way: Way) -> None:
    carried_out(mop, "- id: a\n  pages: {titles: [Article 01]}\n  delete: {}", "request: {maxage: 60, smaxage: 30}")
    kept = [call for call, answer in way.calls if "max-age=60" in answer.headers["Cache-Control"]]
    assert kept
    assert {call["action"] for call in kept} == {"query"}
    assert all("/p" in call["requestid"] and call["smaxage"] == "30" for call in kept)
    fresh = [call for call, answer in way.calls if "max-age=0" in answer.headers["Cache-Control"]]
    assert len(kept) + len(fresh) == len(way.calls)
    assert {"query", "delete"} <= {call["action"] for call in fresh if "/r" in call["requestid"]}
    assert not any({"maxage", "smaxage"} & call.keys() for call in fresh)


def test_anonymous_reads_may_be_kept_by_shared_caches_too(mop: Desk, way: Way) -> None:
    for name in ("WIKIMOP_USERNAME", "WIKIMOP_PASSWORD"):
        del mop.environment[name]
    plan_file(mop, PURGE, "request: {maxage: 60, smaxage: 30, uselang: content}")
    controls = {value for _, value in way.headers("Cache-Control")}
    assert any("s-maxage=30" in value and "public" in value for value in controls), controls


def without_its_tag(desk: Desk, wiki: MediaWiki, steps: str, top: str) -> dict[str, Any]:
    """Planned while the wiki knows the tag `soon-gone`, and applied when it does not: that is refused."""
    wiki.maintenance("addChangeTag", "--tag", "soon-gone", "--reason", "test")
    plan = plan_file(desk, steps, top)
    wiki.maintenance("deleteTag", "soon-gone")
    return applied(desk, plan, code=1)


TEXTS = """
- id: refused
  pages: {titles: [Article 05]}
  delete: {tags: [soon-gone]}
- id: hidden
  revisions: {revids: [%s]}
  revisiondelete: {hide: [comment]}
- id: current
  revisions: {revids: [%s]}
  revisiondelete: {hide: [comment]}
- id: blocked
  pages: {titles: [History/Long, "A[b", Special:Version]}
  delete: {}
"""
CODES = {
    "Article 05": ("failed", "badtags"),
    "History/Long": ("skipped", "blocked:bigdelete"),
    "A[b": ("skipped", "blocked:invalid"),
    "Special:Version": ("skipped", "blocked:special"),
}


@pytest.mark.parametrize("errorformat", ["plaintext", "wikitext", "html", "raw", "none"])
def test_errors_and_warnings_are_understood_in_every_format(mop: Desk, way: Way, wiki: MediaWiki, errorformat: str) -> None:
    """An error, an error of one page, an invalid title, and a warning that changes what became of an item."""
    wiki.settings("$wgRateLimits['purge'] = ['user' => [1, 2]]; $wgGroupPermissions['sysop']['noratelimit'] = false;")
    someone(wiki).post(
        action="revisiondelete", type="revision", ids=str(hidden := revisions(wiki, "Article 07")[0]), hide="comment"
    )
    steps = TEXTS % (hidden, revisions(wiki, "Article 09")[0]) + PURGE
    run = without_its_tag(mop, wiki, steps, f"request: {{errorformat: {errorformat}}}")
    found = ends(run)
    assert {title: found[title] for title in CODES} == CODES
    assert found["Article 07"] == ("unchanged", "revdelete-no-change")
    assert (found["Article 01"], found["Article 02"], found["Article 09"]) == (("done", None),) * 3
    details = {item["title"]: item["detail"] for item in run["items"]}
    assert all(details[title] for title in CODES)
    assert not any("<" in details[title] for title in CODES)
    assert all(call["errorformat"] == errorformat for call, _ in way.calls)
    warned = [one for answer in way.told("warnings") for one in answer or ()]
    assert "ratelimited" in {one["code"] for one in warned}
    assert not {"unrecognizedparams", "unrecognizedvalues", "badutf8"} & {one["code"] for one in warned}


def refusal(desk: Desk, wiki: MediaWiki, request: str) -> str:
    """What the wiki says of a tag that it does not know any more."""
    run = without_its_tag(desk, wiki, "- id: a\n  pages: {titles: [Article 05]}\n  delete: {tags: [soon-gone]}", request)
    (item,) = run["items"]
    assert (item["state"], item["code"]) == ("failed", "badtags")
    return str(item["detail"])


def test_errors_come_in_the_language_that_was_asked_for(mop: Desk, wiki: MediaWiki) -> None:
    assert refusal(mop, wiki, "") == 'The tag "soon-gone" is not allowed to be manually applied.'
    assert "soon-gone" in (german := refusal(mop, wiki, "request: {errorlang: de}"))
    assert "Markierung" in german
    assert refusal(mop, wiki, "request: {uselang: de, errorlang: uselang}") == german
    assert refusal(mop, wiki, "request: {uselang: de}") != german


def test_errors_may_be_worded_by_the_wikis_own_pages_and_in_a_variant(mop: Desk, way: Way, wiki: MediaWiki) -> None:
    wiki.settings(
        "$wgLanguageCode = 'zh'; $wgMessageCacheType = CACHE_NONE; $wgGroupPermissions['sysop']['editinterface'] = true;"
    )
    someone(wiki).edit("MediaWiki:Tags-apply-not-allowed-one", "头发")
    local = "uselang: content, errorlang: uselang, errorsuselocal: true"
    assert "头发" not in refusal(mop, wiki, "request: {uselang: content, errorlang: uselang}")
    assert refusal(mop, wiki, f"request: {{{local}}}") == "头发"
    assert refusal(mop, wiki, f"request: {{{local}, errorformat: html, variant: zh-hant}}") == "頭髮"
    assert not any(way.told("warnings"))


@pytest.mark.parametrize("account", ["Alice", "Sysop_", "sysoP", "Sysop@mop"])
def test_a_playbook_for_another_account_is_refused_before_anything_is_planned(mop: Desk, way: Way, account: str) -> None:
    wrong = account != "Sysop_"  # the wiki reads it as Sysop
    book = mop.playbook(PURGE, f"request: {{assertuser: {account}}}")
    for command in (("plan",), ("run", "--yes")):
        way.calls.clear()
        result = mop.wikimop(*command, book, code=2 if wrong else 0)
        if wrong:
            assert f"for the account {account} (`assertuser`), and you are logged in as Sysop" in result.err
            assert {call["action"] for call, _ in way.calls} <= {"login", "query"}
            assert not any("titles" in call for call, _ in way.calls)


def test_a_plan_knows_whom_it_is_for_too(mop: Desk, wiki: MediaWiki) -> None:
    plan = plan_file(mop, PURGE, "request: {assertuser: Sysop}")
    mop.use(mop.environment["WIKIMOP_API"], "admin")
    result = mop.wikimop("apply", plan, "--yes", code=2)
    nothing_happened(mop, wiki, result)
    assert "for the account Sysop" in result.err


def test_what_the_account_must_be(mop: Desk, way: Way) -> None:
    book = mop.playbook(PURGE, "request: {assert: bot}")
    assert '"bot" right' in mop.wikimop("plan", book, code=4).err
    assert "nobody is logged in" in mop.wikimop("plan", mop.playbook(PURGE, "request: {assert: anon}"), code=2).err
    carried_out(mop, PURGE, "request: {assert: user}")
    mop.use(mop.environment["WIKIMOP_API"], "robot")
    way.calls.clear()
    carried_out(mop, PURGE, "request: {assert: bot}")
    assert {call["assert"] for call, _ in way.calls if "assertuser" in call} == {"bot"}
    for name in ("WIKIMOP_USERNAME", "WIKIMOP_PASSWORD"):
        del mop.environment[name]
    for asserted in ("assert: user", "assertuser: Sysop"):
        result = mop.wikimop("plan", mop.playbook(PURGE, f"request: {{{asserted}}}"), code=2)
        assert "asserts a login" in result.err
    way.calls.clear()
    carried_out(mop, PURGE, "request: {assert: anon}")
    assert {call.get("assert") for call, _ in way.calls} == {"anon"}


def test_apply_sends_what_was_planned_without_the_playbook(mop: Desk, way: Way) -> None:
    everything = (
        "maxlag: 7, assert: user, assertuser: Sysop, uselang: de, variant: de-at, errorformat: raw, errorlang: de,"
        " errorsuselocal: true, servedby: true, curtimestamp: true, responselanginfo: true, smaxage: 5, maxage: 5, requestid: x"
    )
    plan = plan_file(mop, PURGE, f"request: {{{everything}}}")
    (mop.folder / "playbook.yaml").unlink()
    way.calls.clear()
    run = mop.wikimop("apply", plan, "--yes", "--format", "json", code=0).json["run"]
    (purge,) = [call for call, _ in way.calls if call["action"] == "purge"]
    sent = {
        "maxlag": "7", "assert": "user", "assertuser": "Sysop", "uselang": "de", "variant": "de-at", "errorformat": "raw",
        "errorlang": "de", "errorsuselocal": "1", "servedby": "1", "curtimestamp": "1", "responselanginfo": "1",
        "requestid": f"x/{run}/1",
    }  # fmt: skip
    assert {name: purge.get(name) for name in sent} == sent
    assert not any({"smaxage", "maxage"} & call.keys() for call, _ in way.calls)
    assert not any(way.told("warnings"))


def test_a_tag_with_a_bar_is_one_tag(mop: Desk, way: Way, wiki: MediaWiki) -> None:
    """The API would take it for two, and set both."""
    for tag in ("one", "two"):
        wiki.maintenance("addChangeTag", "--tag", tag, "--reason", "test")
    steps = """
- id: a
  pages: {titles: [Article 05]}
  delete: {tags: [%s]}
- id: b
  revisions: {revids: [%s]}
  revisiondelete: {hide: [comment], tags: [%s]}
- id: c
  pages: {titles: [Article 06]}
  delete: {tags: [one, two]}
"""
    hidden = revisions(wiki, "Article 07")[0]
    refused = mop.wikimop("plan", mop.playbook(steps % ('"one|two"', hidden, "one")), code=2)
    assert "`one|two`" in refused.err
    # Whatever the plan says: what is sent must not be two.
    plan = plan_file(mop, steps % ("one", hidden, "one"))
    forged = sealed(
        mop.folder / "forged.jsonl", plan.read_text(encoding="utf-8").replace('"tags":["one"]', '"tags":["one|two"]')
    )
    mop.environment["WIKIMOP_STATE_DIR"] = str(mop.folder / "other")
    run = applied(mop, forged, code=1)
    assert [(item["state"], item["code"]) for item in run["items"]] == [("failed", "badtags")] * 2 + [("done", None)]
    assert "one|two" in run["items"][0]["detail"]
    assert [call["tags"] for call, _ in way.calls if "tags" in call] == ["\x1fone|two", "\x1fone|two", "one|two"]
    tagged = wiki.rows(
        "SELECT log_title, ctd_name FROM change_tag JOIN change_tag_def ON ctd_id = ct_tag_id"
        " JOIN logging ON log_id = ct_log_id WHERE log_type = 'delete' ORDER BY ctd_name"
    )
    assert tagged == [("Article_06", "one"), ("Article_06", "two")]


def test_text_in_another_form_of_unicode_goes_out_in_nfc(mop: Desk, way: Way, wiki: MediaWiki) -> None:
    """Titles, reason and mark as a Macintosh would write them."""
    pageid = page_id(wiki, "Café société")
    top = 'stamp: {text: "(mo\u0308p {run})"}'
    steps = '- id: a\n  pages: {titles: ["Cafe\u0301 socie\u0301te\u0301"]}\n  delete: {reason: "De\u0301suet | e\u0301crit"}'
    run = carried_out(mop, steps, top)
    assert [item["key"] for item in run["items"]] == [f"page:{pageid}"]
    assert log_comments(wiki)["Café société"] == f"Désuet | écrit (möp {run['run']})"
    assert not any(way.told("warnings"))


def test_a_mark_in_another_form_of_unicode_is_recognised(mop: Desk, way: Way) -> None:
    """The answer to a deletion is lost: the log, which is in NFC, has to tell that it was ours."""
    way.proxy.heal()
    way.proxy.rule(cut_after, 1, action="delete")
    steps = "- id: a\n  pages: {titles: [Article 05]}\n  delete: {}"
    run = carried_out(mop, steps, 'stamp: {text: "(mo\u0308p {run})"}')
    assert ends(run) == {"Article 05": ("done", "looked_up")}
    assert way.proxy.asked(action="delete") == 1


def test_where_header_and_body_disagree_a_write_is_looked_up(mop: Desk, way: Way, wiki: MediaWiki) -> None:
    """What the body calls success is none under a header that names an error, and no refusal under another's name."""
    way.proxy.heal()
    deleted, refused = page_id(wiki, "Article 05"), page_id(wiki, "Article 06")
    way.proxy.rule(under_header("permissiondenied"), 1, action="delete", pageid=str(deleted))
    way.proxy.rule(under_header("badtoken"), 1, action="delete", pageid=str(refused))
    steps = """
- id: a
  pages: {titles: [Article 05]}
  delete: {}
- id: b
  pages: {titles: [Article 06]}
  delete: {tags: [soon-gone]}
"""
    run = without_its_tag(mop, wiki, steps, "")
    assert ends(run) == {"Article 05": ("done", "looked_up"), "Article 06": ("failed", "badtags")}
    assert log_comments(wiki).keys() == {"Article 05"}
    assert sum(call.get("pageid") == str(refused) and call["action"] == "delete" for call in way.proxy.met) == 2


def test_an_answer_to_another_request_is_looked_up(mop: Desk, way: Way) -> None:
    way.proxy.heal()
    way.proxy.rule(to_another_request, 1, action="delete")
    run = carried_out(mop, "- id: a\n  pages: {titles: [Article 05]}\n  delete: {}")
    assert ends(run) == {"Article 05": ("done", "looked_up")}
