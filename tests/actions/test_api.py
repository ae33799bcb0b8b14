"""`api`, by descriptions and answers of MediaWiki 1.39."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from runner.actions import ACTIONS
from runner.actions.action import Evidence
from runner.actions.api import Api, drift, forbidden, inverse, parse, probe, read, refused, request, settle
from runner.actions.api_modules import REFUSED
from runner.actions.named_pages import questioned
from runner.model import Blocked, Item, Outcome, Policy, State
from tests.actions.surveys import surveyed

API = ACTIONS["api"]
PAGE = Item(step="s", key="page:12", pageid=12, ns=2, title="User:Bob", revid=345, seq=4)


def parameter(name: str, kind: Any = "string", **more: Any) -> dict[str, Any]:  # noqa: ANN401 - as paraminfo gives it
    return {"name": name, "type": kind, **more}


# As `action=paraminfo` describes them, shortened.
TOKEN = parameter("token", tokentype="csrf", required=True)
NOTIFIED: Mapping[str, Any] = {
    "name": "setnotificationtimestamp", "group": "action", "writerights": True,
    "parameters": [
        parameter("entirewatchlist", "boolean", default=False), parameter("timestamp", "timestamp"),
        parameter("torevid", "integer", min=1), parameter("titles", multi=True), parameter("pageids", "integer", multi=True),
        parameter("generator", ["allpages"], submodules={}), parameter("continue"), TOKEN,
    ],
}  # fmt: skip
BLOCK: Mapping[str, Any] = {
    "name": "block", "group": "action", "writerights": True,
    "parameters": [
        parameter("user", "user"), parameter("expiry", default="never"), parameter("reason"), parameter("nocreate", "boolean"),
        parameter("tags", ["spam", "test"], multi=True), parameter("partial", "boolean"),
        parameter("namespacerestrictions", "namespace", multi=True, allspecifier="*"), TOKEN,
    ],
}  # fmt: skip
WATCHED: Mapping[str, Any] = {
    "name": "protectmore", "group": "action", "writerights": True,
    "parameters": [
        parameter("title", required=True), parameter("watchlist", ["nochange", "watch"]), parameter("comment", "text"),
        parameter("file", "upload"), parameter("secret", "password"),
        parameter("depth", "limit", min=1, max=9, enforcerange=True),
        parameter("token", tokentype="patrol", required=True),
    ],
    "templatedparameters": [{"name": "{slot}-text", "type": "text", "templatevars": {"slot": "slots"}}],
}  # fmt: skip


UNTIL = {**NOTIFIED, "parameters": [*NOTIFIED["parameters"], parameter("until", "expiry")]}


def settled(raw: Mapping[str, Any] | None, given: dict[str, Any]) -> tuple[Api, list[str]]:
    options, findings = settle(parse({"action": raw["name"] if raw else "nothing", "parameters": given}), raw)
    return options, [finding.code for finding in findings]


@pytest.mark.parametrize(("raw", "given"), [
    (NOTIFIED, {"titles": "${item.title}"}), (NOTIFIED, {"titles": ["A", "${item.title}"], "entirewatchlist": False}),
    (NOTIFIED, {"pageids": "${item.pageid}", "timestamp": "2026-01-31T00:00:00Z"}), (NOTIFIED, {"pageids": "1|2"}),
    (NOTIFIED, {"timestamp": "now"}), (NOTIFIED, {"timestamp": "20260131000000"}), (NOTIFIED, {}),
    (BLOCK, {"user": "${item.name}", "expiry": "3 days", "reason": "x", "nocreate": True, "tags": ["spam"]}),
    (BLOCK, {"user": "X", "namespacerestrictions": "*"}), (BLOCK, {"user": "X", "namespacerestrictions": ["0", "118"]}),
    (WATCHED, {"title": "X", "depth": "9"}),
    (UNTIL, {"until": "2 weeks"}), (UNTIL, {"until": "never"}), (UNTIL, {"until": "20270131000000"}),
])  # fmt: skip
def test_what_the_wiki_takes(raw: Mapping[str, Any], given: dict[str, Any]) -> None:
    assert settled(raw, given)[1] == []


@pytest.mark.parametrize(("raw", "given", "code"), [
    (None, {}, "module"),
    ({**NOTIFIED, "writerights": False}, {}, "module"),
    (NOTIFIED, {"title": "X"}, "parameter"),
    (NOTIFIED, {"token": "abc"}, "refused"),
    (NOTIFIED, {"generator": "allpages"}, "refused"),
    (NOTIFIED, {"continue": "x"}, "refused"),
    (NOTIFIED, {"entirewatchlist": "yes"}, "value"),
    (NOTIFIED, {"titles": True}, "value"),
    (NOTIFIED, {"torevid": "many"}, "value"),
    (NOTIFIED, {"torevid": "0"}, "value"),
    (NOTIFIED, {"torevid": ["1", "2"]}, "value"),
    (NOTIFIED, {"pageids": "1|x"}, "value"),
    (NOTIFIED, {"timestamp": "yesterday"}, "value"),
    (NOTIFIED, {"timestamp": "7 days ago"}, "value"),
    (BLOCK, {"tags": ["spam", "sapm"]}, "value"),
    (BLOCK, {"namespacerestrictions": "Draft"}, "value"),
    (WATCHED, {}, "required"),
    (WATCHED, {"title": "X", "watchlist": "wacth"}, "value"),
    (WATCHED, {"title": "X", "file": "a.png"}, "value"),
    (WATCHED, {"title": "X", "secret": "abc"}, "value"),
    (WATCHED, {"title": "X", "depth": "10"}, "value"),
    (UNTIL, {"until": "soon"}, "value"),
    (UNTIL, {"until": "2027-02-31T00:00:00Z"}, "value"),
])  # fmt: skip
def test_what_it_does_not(raw: Mapping[str, Any] | None, given: dict[str, Any], code: str) -> None:
    assert settled(raw, given)[1] == [code]


def test_everything_is_told_at_once() -> None:
    assert settled(NOTIFIED, {"titel": "X", "torevid": "x", "token": "y"})[1] == ["parameter", "value", "refused"]


def test_templated_parameters() -> None:
    raw = {**WATCHED, "parameters": [*WATCHED["parameters"], parameter("slots", ["main", "extra"], multi=True)]}
    options, codes = settled(raw, {"title": "X", "slots": ["main", "extra"], "main-text": "a", "extra-text": "${item.title}"})
    assert codes == []
    (item,), _ = surveyed_by(options)
    assert item.facts["parameters"] == {"title": "X", "slots": "main|extra", "main-text": "a", "extra-text": "User:Bob"}
    assert settled(raw, {"title": "X", "slots": "main", "extra-text": "b"})[1] == ["parameter"]


@pytest.mark.parametrize(("slots", "codes"), [
    ("main|extra", ["required"]), ("main", []), (["extra"], ["required", "parameter"]), ("*", ["required"]),
])  # fmt: skip
def test_a_templated_parameter_that_is_required(slots: str | list[str], codes: list[str]) -> None:
    """Once for each value of the parameter that names it."""
    every = {**parameter("slots", ["main", "extra"], multi=True), "allspecifier": "*"}
    (template,) = WATCHED["templatedparameters"]
    raw = {**WATCHED, "parameters": [*WATCHED["parameters"], every], "templatedparameters": [{**template, "required": True}]}
    assert sorted(settled(raw, {"title": "X", "slots": slots, "main-text": "a"})[1]) == sorted(codes)


def surveyed_by(options: Api, *items: Item) -> tuple[list[Item], Any]:
    """The survey with options that are settled already."""
    return surveyed(replace(API, parse=lambda _value: options), {}, items or (PAGE,))


def test_the_parameters_of_each_item_stand_in_the_plan() -> None:
    options, _ = settled(
        BLOCK, {"user": "${item.name}", "nocreate": True, "partial": False, "tags": ["spam", "a|b"], "reason": "By ${item.ns}"}
    )
    (item,), asked = surveyed_by(options)
    assert asked == []
    assert item.facts == {"parameters": {"user": "Bob", "nocreate": "1", "tags": "\x1fspam\x1fa|b"}, "reason": "By 2"}
    assert request(options, [item], "By 2 (wikimop r1)") == {
        "action": "block", "user": "Bob", "nocreate": "1", "tags": "\x1fspam\x1fa|b", "reason": "By 2 (wikimop r1)",
    }  # fmt: skip


def test_the_watchlist_stays_as_it_is_unless_it_is_said() -> None:
    options, _ = settled(WATCHED, {"title": "${item.title}"})
    (item,), _ = surveyed_by(options)
    assert request(options, [item], "m") == {
        "action": "protectmore",
        "title": "User:Bob",
        "watchlist": "nochange",
        "comment": "m",
    }
    options, _ = settled(WATCHED, {"title": "X", "watchlist": "watch"})
    (item,), _ = surveyed_by(options)
    assert request(options, [item], "m")["watchlist"] == "watch"
    assert (API.token(options), API.token(settled(BLOCK, {})[0])) == ("patrol", "csrf")
    without = {**WATCHED, "parameters": [parameter("title")]}
    assert API.token(settled(without, {"title": "X"})[0]) == ""


@pytest.mark.parametrize(("given", "code"), [
    ({"pageids": "${item.title}"}, "value"), ({"torevid": "${item.revid}"}, ""), ({"titles": "${item.pageid}"}, ""),
])  # fmt: skip
def test_a_value_that_does_not_do_for_an_item_blocks_it(given: dict[str, Any], code: str) -> None:
    (item,), _ = surveyed_by(settled(NOTIFIED, given)[0])
    assert item.facts.get("obstacle", {}).get("code", "") == code


def test_an_item_without_a_value_is_blocked() -> None:
    (item,), _ = surveyed_by(settled(NOTIFIED, {"pageids": "${item.pageid}"})[0], replace(PAGE, pageid=None))
    assert item.facts["obstacle"]["code"] == "no_value"


def test_what_the_request_says_must_still_be_so() -> None:
    options, _ = settled(NOTIFIED, {"titles": "${item.title}", "torevid": "${item.revid}"})
    (item,), _ = surveyed_by(options)
    assert drift(options, item, item) is None
    assert drift(options, item, None) == "gone"
    assert drift(options, item, replace(item, title="User:Bobby")) == "moved"
    assert drift(options, item, replace(item, revid=346)) == "text"
    # Moved by an earlier step of the same run: the title in the request would be that of a redirect.
    assert drift(options, replace(item, title="User:Bobby"), replace(item, title="User:Bobby")) == "text"
    forged = replace(item, facts={"parameters": {"titles": "Main Page"}})
    assert drift(options, forged, item) == "text"


@pytest.mark.parametrize(("body", "state", "code"), [
    ({"user": "Bob", "userID": 5, "id": 7}, State.DONE, ""),
    ([{"ns": 0, "title": "A", "notificationtimestamp": ""}], State.DONE, ""),
    ("success", State.DONE, ""),
    ("failure", State.FAILED, "failure"),
    ({"result": "Success", "filename": "X.png"}, State.DONE, ""),
    ({"result": "Warning", "warnings": {}}, State.FAILED, "warning"),
    ({"status": "stashed", "texthash": "x"}, State.DONE, ""),
    ({"status": "Failure"}, State.FAILED, "failure"),
    ([{"title": "A", "missing": True}], State.FAILED, "missing"),
    ([{"title": "A", "notwatched": True}], State.FAILED, "notwatched"),
    ([{"title": "A"}, {"title": "B", "invalid": True}], State.FAILED, "invalid"),
    ([{"pageid": 1, "errors": [{"code": "x"}]}], State.FAILED, "errors"),
    ({"tag": "x", "success": False}, State.FAILED, "no_success"),
    ({"user": "Bob", "userid": 2, "added": [], "removed": []}, State.FAILED, "nothing_changed"),
    ({"user": "Bob", "userid": 2, "added": ["bot"], "removed": []}, State.DONE, ""),
    ({"user": "Bob", "userid": 2, "added": [], "removed": ["bot"]}, State.DONE, ""),
    ({}, State.UNSURE, "no_entry"), ([], State.UNSURE, "no_entry"), ([{}], State.UNSURE, "no_entry"),
    (None, State.UNSURE, "no_entry"),
])  # fmt: skip
def test_only_the_modules_own_word_is_success(body: Any, state: State, code: str) -> None:  # noqa: ANN401
    (result,) = read(Api(action="block"), [PAGE], {"block": body})
    assert isinstance(result, Outcome)
    assert (result.state, result.code) == (state, code)


def test_a_log_entry_is_kept() -> None:
    (result,) = read(Api(action="managetags"), [PAGE], {"managetags": {"tag": "x", "success": True, "logid": 9}})
    assert result == Outcome(seq=4, state=State.DONE, logid=9)


def test_a_warning_is_no_success() -> None:
    odd = {"code": "something", "text": "Half of it.", "module": "block"}
    (result,) = read(Api(action="block"), [PAGE], {"warnings": [odd], "block": {"id": 7}})
    assert isinstance(result, Outcome)
    assert (result.state, result.code) == (State.UNSURE, "something")
    old = {"code": "deprecation", "text": "Old.", "module": "block"}
    (result,) = read(Api(action="block"), [PAGE], {"warnings": [old], "block": {"id": 7}})
    assert result == Outcome(seq=4, state=State.DONE)


def test_an_answer_without_it_tells_nothing() -> None:
    with pytest.raises(KeyError):
        read(Api(action="block"), [PAGE], {"batchcomplete": True})


def test_a_refusal_is_a_failure_and_a_lost_answer_stays_unsure() -> None:
    assert refused(Api(action="block"), [PAGE], "alreadyblocked", "x")[0].code == "alreadyblocked"
    result = probe(Api(action="block"), PAGE, Evidence(entries=(), current={"page:12": PAGE}))
    assert isinstance(result, Outcome)
    assert result.state is State.UNSURE
    assert not API.traces
    never = inverse(Api(action="block"), PAGE, {})
    assert isinstance(never, Blocked)
    assert never.code == "irreversible"


def test_only_what_the_configuration_names() -> None:
    assert forbidden(Api(action="block"), None, Policy(api=frozenset({"block"}))) is None
    refusal = forbidden(Api(action="block"), None, Policy(api=frozenset({"unblock"}), interface=True, scripts=True))
    assert refusal is not None
    assert "allow: {api: [block]}" in refusal.detail


@pytest.mark.parametrize("name", sorted({*REFUSED, *ACTIONS} - {"api"}))
def test_no_way_round(name: str) -> None:
    (found,) = API.check({"action": name})
    assert (found.path, found.code, bool(found.hint)) == (("action",), "refused", True)


def test_every_action_is_refused_but_itself() -> None:
    assert {name for name in ACTIONS if API.check({"action": name})} == set(ACTIONS) - {"api"}


def test_a_name_is_asked_about_as_it_is_sent() -> None:
    """Composed, as every text goes out: else the wiki's answer would be about another name, and no guard would meet it."""
    (named,) = questioned(None, {"title": "Cafe\u0301"})
    assert named == ("titles", "Caf\u00e9")
