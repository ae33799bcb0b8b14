"""`patrol`, `setpagelanguage` and `changecontentmodel`, by answers of MediaWiki 1.39."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from runner.actions import changecontentmodel, patrol, setpagelanguage
from runner.actions.action import Account, Evidence, LogEntry
from runner.actions.changecontentmodel import CHANGECONTENTMODEL, ChangeContentModel
from runner.actions.patrol import PATROL, Patrol
from runner.actions.setpagelanguage import SETPAGELANGUAGE, SetPageLanguage
from runner.model import Item, Outcome, Policy, State
from tests.actions.surveys import Query, surveyed

PAGE = Item(step="s", key="page:17", pageid=17, ns=0, title="A", revid=35, seq=1, facts={"language": "en"})
REVISION = Item(step="s", key="rev:26", pageid=15, title="A", revid=26, seq=1, facts={"timestamp": "2026-01-01T00:00:00Z"})


def described(module: str, name: str, values: list[str]) -> dict[str, Any]:
    """As `action=paraminfo` tells of a module."""
    return {"name": module, "writerights": True, "parameters": [{"name": name, "type": values}]}


def test_the_recent_changes_tell_what_is_patrolled() -> None:
    later = replace(REVISION, key="rev:27", revid=27, facts={"timestamp": "2026-01-01T00:00:01Z"})
    old = replace(REVISION, key="rev:5", revid=5, facts={"timestamp": "2020-01-01T00:00:00Z"})

    def wiki(query: Query) -> dict[str, Any]:
        changes = {"2026-01-01T00:00:00Z": [{"revid": 26, "patrolled": False}, {"revid": 99, "patrolled": True}],
                   "2026-01-01T00:00:01Z": [{"revid": 27, "patrolled": True}]}  # fmt: skip
        assert query["rcstart"] == query["rcend"]
        return {"recentchanges": changes.get(query["rcstart"], [])}

    found, asked = surveyed(PATROL, {}, [REVISION, later, old], wiki)
    assert [item.facts.get("unchanged", False) for item in found] == [False, True, False]
    account = Account(name="X", rights=frozenset({"patrol"}))
    assert [(patrol.blocked(Patrol(), item, account) or REVISION) is REVISION for item in found] == [True, True, False]
    assert len(asked) == 3
    _, asked = surveyed(PATROL, {}, [REVISION], wiki, planned=[REVISION])
    assert asked == []


def test_patrolling_is_read() -> None:
    assert patrol.request(Patrol(tags=("a",)), [REVISION], "x") == {"action": "patrol", "revid": "26", "tags": "a"}
    assert patrol.read(Patrol(), [REVISION], {"patrol": {"rcid": 7, "ns": 0, "title": "A"}}) == (
        Outcome(seq=1, state=State.DONE),
    )
    (result,) = patrol.read(Patrol(), [REVISION], {"patrol": {"rcid": 0}})
    assert isinstance(result, Outcome)
    assert result.state is State.UNSURE


ANSWER = {"title": "A", "oldlanguage": "en[def]", "newlanguage": "de", "logid": 28}


@pytest.mark.parametrize(("lang", "answer", "facts"), [
    ("de", ANSWER, {"language": "de", "lang_before": "default"}),
    ("default", {**ANSWER, "oldlanguage": "de", "newlanguage": "en[def]"}, {"language": "en", "lang_before": "de"}),
])  # fmt: skip
def test_what_a_language_was_is_told_by_the_answer(lang: str, answer: Mapping[str, Any], facts: Mapping[str, str]) -> None:
    options = SetPageLanguage(lang=lang)
    done = setpagelanguage.read(options, [PAGE], {"setpagelanguage": answer})
    assert done == (Outcome(seq=1, state=State.DONE, logid=28, facts=facts),)
    params = {name: answer[name] for name in ("oldlanguage", "newlanguage")}
    entry = LogEntry(logid=28, pageid=17, action="pagelang", user="Sysop", comment="", params=params)
    looked_up = setpagelanguage.probe(options, PAGE, Evidence(entries=(entry,), current={}))
    assert looked_up == Outcome(seq=1, state=State.DONE, code="looked_up", logid=28, facts=facts)
    (back,) = setpagelanguage.inverse(options, PAGE, facts)
    assert back.options == {"lang": facts["lang_before"]}
    assert (back.expect, back.restores) == ({"language": facts["language"]}, {"language": "en"})


@pytest.mark.parametrize(("change", "state", "code"), [
    ({"logid": None}, State.UNSURE, "no_logid"), ({"title": "B"}, State.UNSURE, "no_logid"),
    ({"newlanguage": "fr"}, State.FAILED, "not_effective"), ({"newlanguage": "de[def]"}, State.FAILED, "not_effective"),
])  # fmt: skip
def test_no_language_was_set(change: Mapping[str, Any], state: State, code: str) -> None:
    (result,) = setpagelanguage.read(SetPageLanguage(lang="de"), [PAGE], {"setpagelanguage": {**ANSWER, **change}})
    assert isinstance(result, Outcome)
    assert (result.state, result.code) == (state, code)


def test_the_languages_of_the_wiki_count() -> None:
    raw = described("setpagelanguage", "lang", ["default", "de", "en"])
    assert setpagelanguage.settle(SetPageLanguage(lang="de"), raw)[1] == []
    (found,) = setpagelanguage.settle(SetPageLanguage(lang="dee"), raw)[1]
    assert "cannot be `dee`" in found.message
    (found,) = setpagelanguage.settle(SetPageLanguage(lang="de"), None)[1]
    assert found.code == "module"


def test_the_language_is_that_of_the_page() -> None:
    (found,), _ = surveyed(SETPAGELANGUAGE, {"lang": "de"}, [PAGE], lambda _query: {
        "pages": [{"pageid": 17, "title": "A", "pagelanguage": "fr"}]
    })  # fmt: skip
    assert found.facts["language"] == "fr"
    assert setpagelanguage.drift(SetPageLanguage(lang="de"), PAGE, found) == "language"


def test_unchanged_is_what_the_wiki_calls_so() -> None:
    (same,) = setpagelanguage.refused(SetPageLanguage(lang="de"), [PAGE], "pagelang-unchanged-language", "Already.")
    (other,) = setpagelanguage.refused(SetPageLanguage(lang="de"), [PAGE], "pagelang-disabled", "No.")
    (model,) = changecontentmodel.refused(ChangeContentModel(model="text"), [PAGE], "nochanges", "None.")
    states = [one.state for one in (same, other, model) if isinstance(one, Outcome)]
    assert states == [State.UNCHANGED, State.FAILED, State.UNCHANGED]


MODEL = {"result": "Success", "title": "A", "pageid": 17, "contentmodel": "text", "logid": 30, "revid": 679}
WIKITEXT = replace(PAGE, facts={"contentmodel": "wikitext"})


def test_a_model_and_its_new_revision_are_read() -> None:
    options = ChangeContentModel(model="text", bot=True, tags=("a",))
    assert changecontentmodel.request(options, [WIKITEXT], "") == {
        "action": "changecontentmodel", "pageid": "17", "model": "text", "bot": "1", "summary": "", "tags": "a",
    }  # fmt: skip
    (done,) = changecontentmodel.read(options, [WIKITEXT], {"changecontentmodel": MODEL})
    assert done == Outcome(seq=1, state=State.DONE, logid=30, facts={"contentmodel": "text", "revid": 679})
    back = changecontentmodel.inverse(options, WIKITEXT, {"contentmodel": "text", "revid": 679})
    assert isinstance(back, tuple)
    assert (back[0].options, back[0].expect, back[0].restores) == (
        {"model": "wikitext"}, {"revid": 679}, {"contentmodel": "wikitext"},
    )  # fmt: skip


@pytest.mark.parametrize(("change", "state", "code"), [
    ({"result": "Failure"}, State.UNSURE, "no_logid"), ({"logid": False}, State.UNSURE, "no_logid"),
    ({"pageid": 18}, State.UNSURE, "no_logid"), ({"contentmodel": "wikitext"}, State.FAILED, "not_effective"),
    ({"revid": 35}, State.FAILED, "not_effective"),
])  # fmt: skip
def test_no_model_was_changed(change: Mapping[str, Any], state: State, code: str) -> None:
    (result,) = changecontentmodel.read(
        ChangeContentModel(model="text"), [WIKITEXT], {"changecontentmodel": {**MODEL, **change}}
    )
    assert isinstance(result, Outcome)
    assert (result.state, result.code) == (state, code)


def test_what_becomes_a_script_is_guarded() -> None:
    css = ChangeContentModel(model="css")
    assert changecontentmodel.forbidden(css, WIKITEXT, Policy()) is not None
    assert changecontentmodel.forbidden(css, WIKITEXT, Policy(scripts=True)) is None
    was = replace(PAGE, facts={"contentmodel": "javascript"})
    assert changecontentmodel.forbidden(ChangeContentModel(model="text"), was, Policy()) is not None


def test_a_plan_says_each_model() -> None:
    found, _ = surveyed(CHANGECONTENTMODEL, {"model": "json"}, [PAGE, replace(PAGE, facts={"contentmodel": "json"})])
    assert [(item.facts["contentmodel"], item.facts.get("unchanged", False)) for item in found] == [
        ("wikitext", False), ("json", True),
    ]  # fmt: skip
