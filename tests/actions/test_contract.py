"""What every action keeps to: a new one is covered the day that it is listed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import product
from typing import Any

import jsonschema
import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner.actions import ACTIONS
from runner.actions.action import Account, Action, Again, Contribution, Evidence, Inverse, LogEntry
from runner.actions.edit_survey import sha256
from runner.kinds import KINDS
from runner.model import Blocked, Item, Kind, Outcome, Policy, Ref, State, digits, ref_of
from runner.planning.batches import form_batches
from runner.planning.lines import item_line

NAMES = sorted(ACTIONS)
ACCOUNT = Account(name="Sysop", rights=frozenset())
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from([*NAMES, "items", "id", "status", "title", "pageid", "warnings", "code"]), inner, max_size=3
        )
    ),
    max_leaves=10,
)


FACTS: Mapping[Kind, Mapping[str, Any]] = {
    "pages": {"length": 3},
    "deleted_pages": {"revisions": 1, "newest": 7, "exists": False},
    "revisions": {"hidden": [], "current": False, "timestamp": "2026-01-01T00:00:00Z"},
    "deleted_revisions": {"hidden": [], "timestamp": "2026-01-01T00:00:%02dZ", "revids": [7], "exists": False},
    "file_versions": {"hidden": [], "timestamp": "2026-01-01T00:00:%02dZ", "archivename": "202601010000%02d!P7.png"},
    "deleted_files": {"hidden": [], "timestamp": "2026-01-01T00:00:00Z", "exists": False},
    "log_entries": {"hidden": [], "timestamp": "2026-01-01T00:00:00Z", "log": "delete/delete"},
    "users": {"userid": 7, "block": {"expiry": "infinity", "reason": "x", "flags": []}, "blockid": 7},
}


# What the survey of an action brings along, with %s for the item's number.
SURVEYED: Mapping[str, Mapping[str, Any]] = {
    "move": {"to": "Q%s", "to_ns": 0},
    "edit": {"old_sha256": sha256("old"), "new_sha256": sha256("new")},
    "api": {"parameters": {"titles": "${item.title}"}},
    "protect": {"protection": []},
    "rollback": {"editor": "Vandal", "to_revid": 1},
    "tag": {"tagged": []},
    "watch": {"watched": False},
    "setpagelanguage": {"language": "en"},
    "changecontentmodel": {"contentmodel": "json"},
    "mergehistory": {"into": "Q", "into_ns": 0, "into_pageid": 999},
}
# What becomes of such facts, as the answer or the log tells it.
CHANGED: Mapping[str, Mapping[str, Any]] = {
    "protect": {"protection": ["edit=sysop"]},
    "tag": {"tagged": ["checked"]},
    "watch": {"watched": True},
    "setpagelanguage": {"language": "de", "lang_before": "default"},
    "changecontentmodel": {"contentmodel": "wikitext"},
}


def item(action: Action, number: int = 1, kind: Kind | None = None) -> Item:
    """An item as its action takes it: of the given kind, or of the first that it takes."""
    first: Kind = next(one for one in KINDS if one in action.takes)
    one = item_of(kind or first, number)
    brought = SURVEYED.get(action.name, {})
    facts = {name: fact % number if isinstance(fact, str) and "%s" in fact else fact for name, fact in brought.items()}
    if "parameters" in facts:
        facts["parameters"] = {"titles": one.title}
    return replace(one, facts={**one.facts, **facts}, content="new" if "new_sha256" in facts else None)


def item_of(kind: Kind, number: int) -> Item:
    """An item of a kind, with what it must say."""
    facts = {name: fact % number if isinstance(fact, str) and "%" in fact else fact for name, fact in FACTS[kind].items()}
    title = f"User:P{number}" if kind == "users" else f"P{number}" if kind in ("pages", "deleted_pages") else "P7"
    ref = Ref(
        kind=kind, title=title, ns=0, pageid=number if kind == "pages" else 7, revid=number, revids=(number,), number=number,
        timestamp=str(facts.get("timestamp", "")),
    )  # fmt: skip
    revid = number * 10 if kind == "pages" else number if kind == "revisions" else None
    ns = 6 if "file" in kind else 0
    pageid = ref.pageid if kind in ("pages", "revisions", "file_versions") else None
    return Item(step="s", key=ref.key, pageid=pageid, ns=ns, title=title, revid=revid, seq=number, facts=facts)


def values(schema: Mapping[str, Any]) -> Iterator[object]:
    """Some values for a part of an action's schema."""
    kinds = schema.get("type", "string")
    if "boolean" in kinds:
        yield from (True, False)
    elif schema.get("examples") and kinds != "string":
        yield from schema["examples"]
    elif kinds == "array":
        yield from [[value] for value in values(schema["items"])]
    else:
        yield from schema.get("then", {}).get("enum") or schema.get("examples", ["some text"])


def samples(action: Action) -> list[dict[str, Any]]:
    """Values of a step that the schema lets through: each option by each of its values, with the others at their first."""
    properties = action.schema["properties"]
    first = {name: next(values(schema)) for name, schema in properties.items()}
    found = [first, *({**first, name: value} for name, schema in properties.items() for value in values(schema))]
    needed = {name: first[name] for name in action.schema.get("required", ())}
    found += [{**needed, name: value} for name, schema in properties.items() for value in values(schema)]
    valid = jsonschema.Draft202012Validator(action.schema)
    right = [sample for sample in found if valid.is_valid(sample) and not action.check(sample)]
    if action.name != "edit":
        return right
    # Its ways of changing a text exclude one another, so that no sample holds every option.
    more = [{"append": "some text", name: value} for name, schema in properties.items() for value in values(schema)]
    return [*right, *(sample for sample in more if valid.is_valid(sample) and not action.check(sample))]


CASES = [(name, number) for name in NAMES for number in range(len(samples(ACTIONS[name])))]
KIND_CASES = [(name, kind) for name in NAMES for kind in KINDS if kind in ACTIONS[name].takes]


@pytest.mark.parametrize("name", NAMES)
def test_the_schema_is_one_and_is_strict(name: str) -> None:
    schema = ACTIONS[name].schema
    jsonschema.Draft202012Validator.check_schema(schema)
    assert schema["additionalProperties"] is False
    assert schema["description"]
    assert all(part.get("description") for part in schema["properties"].values())
    assert len(samples(ACTIONS[name])) >= len(schema["properties"])


@pytest.mark.parametrize(("name", "number"), CASES)
def test_a_valid_value_becomes_options_and_a_request(name: str, number: int) -> None:
    action = ACTIONS[name]
    sample = samples(action)[number]
    options = action.parse(sample)
    assert hash(options) == hash(action.parse(sample))
    (batch,) = form_batches(action, [item(action)], 50)
    request = action.request(options, batch, "the mark")
    assert request["action"] == (sample["action"] if name == "api" else name)
    assert all(isinstance(value, str) for value in request.values())
    # Every option that is said and not at rest is sent, under its own name.
    silent = {action.summary, "files", "existing", "direct", *TURNED_INTO.get(name, ())}
    for option, value in sample.items():
        sent = request.get(option)
        assert option in silent or value is False or (sent is not None and sent != ""), f"{option} is not sent"
    # What `api` bears its mark in, the wiki tells.
    bears = action.summary in action.schema["properties"]
    assert request.get(action.summary, "").startswith("the mark") if bears else action.summary not in request


# Options that are sent as something else: the whole new text, the parameters themselves.
TURNED_INTO = {
    "edit": ("append", "prepend", "replace", "text", "nulledit", "revert", "create"),
    "api": ("action", "parameters"),
    "protect": ("others",),
    "mergehistory": ("to",),
}


@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_sent_that_was_not_said(name: str) -> None:
    action = ACTIONS[name]
    options = action.parse(samples(action)[-1])
    assert "token" not in action.request(options, [item(action)], "")
    assert not action.request(options, [item(action)], "").get(action.summary)


NAMING = (
    "oldimage", "archivename", "fileids", "timestamps", "fromid", "revid", "logid", "pageid", "pageids", "ids", "titles",
    "title", "user", "id",
)  # fmt: skip


def named(one: Item, parameter: str = "") -> str:
    """How a request names an item."""
    if parameter == "id":
        return str(one.facts["blockid"])
    if one.kind == "file_versions":
        return str(one.facts["archivename"])
    if one.kind == "deleted_revisions":
        return digits(one.facts["timestamp"])
    names = {"pages": one.pageid, "revisions": one.revid, "deleted_pages": one.title}
    return str(names.get(one.kind, one.key.partition(":")[2]))


@pytest.mark.parametrize(("name", "kind"), KIND_CASES)
def test_the_whole_request_names_every_item(name: str, kind: Kind) -> None:
    action = ACTIONS[name]
    items = [item(action, number, kind) for number in range(1, 61)]
    batches = list(form_batches(action, items, 50))
    assert sorted(one.seq for batch in batches for one in batch) == list(range(1, 61))
    assert max(len(batch) for batch in batches) == (1 if action.single or kind == "deleted_pages" else 50)
    options = action.parse(samples(action)[0])
    for batch in batches:
        request = action.request(options, batch, "")
        parameter = next(one for one in NAMING if one in request)
        # An old version is hidden by the time in its archive name; `api` names what its parameters say.
        names = (
            [one.title for one in batch]
            if name == "api"
            else [named(one).partition("!")[0] if parameter == "ids" else named(one, parameter) for one in batch]
        )
        assert request[parameter].split("|") == names


@pytest.mark.parametrize("name", [name for name in NAMES if "tags" in ACTIONS[name].schema["properties"]])
def test_a_tag_with_a_bar_stays_one_tag(name: str) -> None:
    """Joined with bars it would be two, and the wiki would set both."""
    action = ACTIONS[name]
    options = action.parse({**samples(action)[0], "tags": ["one|two"]})
    (batch,) = form_batches(action, [item(action, 1)], 50)
    assert action.request(options, batch, "")["tags"] == "\x1fone|two"


@pytest.mark.parametrize("name", NAMES)
@given(answer=st.dictionaries(st.sampled_from([*NAMES, "warnings", "errors"]), ANYTHING, max_size=3))
def test_an_answer_of_any_shape_is_read_or_told_to_be_none(name: str, answer: Mapping[str, Any]) -> None:
    action = ACTIONS[name]
    batch = next(form_batches(action, [item(action, 1), item(action, 2)], 50))
    try:
        results = action.read(action.parse(samples(action)[0]), batch, answer)
    except (AttributeError, KeyError, TypeError, ValueError):
        return  # what the flow takes for an answer that was lost
    assert [result.seq for result in results] == [one.seq for one in batch]
    assert not any(isinstance(result, Outcome) and result.state in (State.PENDING, State.SENT) for result in results)


@pytest.mark.parametrize("name", NAMES)
def test_an_empty_answer_is_no_success(name: str) -> None:
    action = ACTIONS[name]
    (batch,) = form_batches(action, [item(action)], 50)
    sample = samples(action)[0]
    body = sample["action"] if name == "api" else name
    answers: list[dict[str, Any]] = [{body: {}}, {body: []}, {}]
    if name != "api":  # of a module that nobody knows, its own word counts
        answers += [{name: {"items": []}}, {name: {"status": "Success", "items": [{"id": 1}]}}]
    for answer in answers:
        try:
            results = action.read(action.parse(samples(action)[0]), batch, answer)
        except (AttributeError, KeyError, TypeError, ValueError):
            continue
        assert all(isinstance(result, Again) or result.state not in (State.DONE, State.UNCHANGED) for result in results)


@pytest.mark.parametrize("name", NAMES)
def test_a_refusal_tells_of_every_item(name: str) -> None:
    action = ACTIONS[name]
    batch = next(form_batches(action, [item(action, 1), item(action, 2)], 50))
    results = action.refused(action.parse(samples(action)[0]), batch, "permissiondenied", "You may not.")
    assert [(result.seq, result.code) for result in results] == [(one.seq, "permissiondenied") for one in batch]
    assert all(isinstance(result, Outcome) and result.state is State.FAILED for result in results)
    assert all(isinstance(result, Outcome) and result.detail == "You may not." for result in results)


@pytest.mark.parametrize(("name", "kind"), KIND_CASES)
def test_what_is_as_planned_has_not_drifted_and_what_is_gone_has(name: str, kind: Kind) -> None:
    action = ACTIONS[name]
    for sample in samples(action):
        if name == "api" and "parameters" not in sample:
            continue  # as planned is what its parameters say
        options = action.parse(sample)
        assert action.drift(options, item(action, kind=kind), item(action, kind=kind)) is None
        assert action.drift(options, item(action, kind=kind), None) == "gone"


@pytest.mark.parametrize(("name", "kind"), [(name, kind) for name, kind in KIND_CASES if ACTIONS[name].rights])
def test_without_its_rights_an_action_is_blocked(name: str, kind: Kind) -> None:
    action = ACTIONS[name]
    options = action.parse(samples(action)[-1])
    blocked = action.blocked(options, item(action, kind=kind), ACCOUNT)
    assert blocked is not None
    assert blocked.code == "permission"
    assert any(right in blocked.detail for right in (*action.rights, "deletelogentry"))


@pytest.mark.parametrize(("name", "kind"), KIND_CASES)
def test_an_item_says_what_its_kind_needs(name: str, kind: Kind) -> None:
    one = item(ACTIONS[name], kind=kind)
    assert KINDS[kind].needed | ACTIONS[name].needs <= read_line(one).keys()
    assert ref_of(one).key == one.key


def read_line(one: Item) -> Mapping[str, Any]:
    line: Mapping[str, Any] = orjson.loads(item_line(one))
    return line


PROBED = [name for name in NAMES if ACTIONS[name].traces]


LOGGED = {
    "undelete": "restore", "revisiondelete": "revision", "tag": "update", "setpagelanguage": "pagelang",
    "changecontentmodel": "change", "mergehistory": "merge",
}  # fmt: skip
# What the wiki keeps with a log entry, with %s for the item's number.
KEPT: Mapping[str, Mapping[str, Any]] = {
    "tag": {"revid": "%s", "logid": "%s", "tagsAdded": ["checked"]},
    "setpagelanguage": {"oldlanguage": "en[def]", "newlanguage": "de"},
    "changecontentmodel": {"oldmodel": "json", "newmodel": "wikitext"},
    "mergehistory": {"dest_title": "Q"},
}


def kept(name: str, number: str) -> Mapping[str, Any]:
    return {key: number if value == "%s" else value for key, value in KEPT.get(name, {}).items()}


@pytest.mark.parametrize(("name", "kind"), [(name, kind) for name, kind in KIND_CASES if name in PROBED])
def test_a_lost_write_is_judged_by_the_log_before_the_state(name: str, kind: Kind) -> None:
    """Of nine combinations none is guessed: our entry is done, and without it nothing is."""
    action = ACTIONS[name]
    options = action.parse(samples(action)[0])
    one = item(action, kind=kind)
    logged = "event" if (name, kind) == ("revisiondelete", "log_entries") else LOGGED.get(name, name)
    ours = LogEntry(
        logid=9, pageid=one.pageid, action=logged, user="Sysop", comment=f"Deleted old revision {named(one)}",
        title=one.title, ids=frozenset({named(one).partition("!")[0]}), params=kept(name, named(one)),
    )  # fmt: skip
    other = LogEntry(
        logid=8, pageid=999, action=ours.action, user="Sysop", comment="", title="Other", ids=frozenset({"999"}),
        params=kept(name, "999"),
    )  # fmt: skip
    written = Contribution(revid=99, parentid=one.revid or 0, pageid=one.pageid or 0, title=one.title, comment="")
    probe = action.probe
    assert probe is not None
    for entries, current in product([(), (other,), (other, ours)], [{}, {one.key: one}]):
        contributions = (written,) if action.edits and ours in entries else ()
        result = probe(options, one, Evidence(entries=entries, current=current, contributions=contributions))
        if ours in entries and current and name == "undelete" and kind != "deleted_pages":
            assert isinstance(result, Outcome)
            assert result.state is State.UNSURE  # the entry may be that of another request for this title
        elif ours in entries:
            assert isinstance(result, Outcome)
            assert (result.state, result.code, result.logid) == (State.DONE, "looked_up", None if action.edits else 9)
        elif not current and action.edits:
            assert isinstance(result, Outcome)
            assert result.state is State.UNSURE  # what it left went with the page
        else:
            assert isinstance(result, Again) if current else isinstance(result, Outcome) and result.code == "drift:gone"


@pytest.mark.parametrize("name", NAMES)
def test_what_cannot_be_looked_up_is_harmless_twice_or_stays_unsure(name: str) -> None:
    action = ACTIONS[name]
    assert action.replayable == (action.probe is None)
    assert action.probe is not None or not action.traces
    if action.probe is not None and not action.traces:
        one = item(action)
        for current in ({}, {one.key: one}):
            result = action.probe(action.parse(samples(action)[0]), one, Evidence(entries=(), current=current))
            assert isinstance(result, Outcome)
            assert result.state is State.UNSURE


@pytest.mark.parametrize(("name", "kind"), KIND_CASES)
def test_what_takes_it_back_is_a_step_that_can_be_planned(name: str, kind: Kind) -> None:
    action = ACTIONS[name]
    one = item(action, kind=kind)
    changed = {"revid": 99, "pageid": 7, "title": "Q1", "ns": 0, "newest": 99, **CHANGED.get(name, {})}
    for sample in samples(action):
        options = action.parse(sample)
        effect = action.effect(options, one)
        if effect and all(one.facts.get(fact) == value for fact, value in effect.items()):
            continue  # it was so before: unchanged, and nothing to take back
        inverses = action.inverse(options, one, {**effect, **changed}) if action.inverse else ()
        if isinstance(inverses, Blocked):
            assert (inverses.code, bool(inverses.detail)) == ("irreversible", True)
            continue
        for inverse in inverses:
            assert isinstance(inverse, Inverse)
            back = ACTIONS[inverse.action]
            jsonschema.validate(dict(inverse.options), dict(back.schema))
            assert not back.check(inverse.options)
            back.parse(inverse.options)
            assert inverse.kind in back.takes
            assert inverse.refs
            assert inverse.chosen or all(ref.kind == inverse.kind for ref in inverse.refs)


@pytest.mark.parametrize("name", NAMES)
def test_what_it_says_of_itself_fits(name: str) -> None:
    action = ACTIONS[name]
    assert action.per_item <= action.schema["properties"].keys()
    assert not action.per_item or action.survey or action.summary in action.per_item
    assert action.needs <= {*action.adds, "to", "to_ns"}
    for other in ACTIONS.values():
        assert all(other.adds.get(fact, schema) == schema for fact, schema in action.adds.items())
    options = action.parse(samples(action)[0])
    allowed = Policy(api=frozenset({getattr(options, "action", "")}), interface=True, scripts=True)
    assert action.forbidden(options, None, allowed) is None
    assert action.forbidden(options, item(action), allowed) is None
