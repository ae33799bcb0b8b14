"""`setpagelanguage:` say in which language pages are; one a request, by page id.

https://www.mediawiki.org/wiki/API:Setpagelanguage. A wiki that has not switched this on refuses it all. Whether a page had a
language of its own before, only the answer and the log tell: `en[def]` is the wiki's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from runner.actions.action import Account, Action, Again, Evidence, Inverse, Result, Survey
from runner.actions.schema import INSTEAD, REASON, TAGS
from runner.actions.verdicts import elsewhere, failed, is_id, lacking, obstacle, obstructed, unlike, unsure
from runner.errors import Finding
from runner.model import Blocked, Item, Outcome, Ref, State, ref_of
from runner.multivalue import join

DEFAULT = "default"
UNCHANGED = "pagelang-unchanged-language"
_DEFAULT_MARK = "[def]"

SCHEMA: Mapping[str, Any] = {
    "description": "Say in which language the pages are.",
    "type": "object",
    "additionalProperties": False,
    "instead": {**INSTEAD, "language": "It is called `lang`"},
    "required": ["lang"],
    "properties": {
        "lang": {
            "description": "The language's code, or `default` for the wiki's own.",
            "type": "string",
            "minLength": 1,
            "examples": ["de", DEFAULT],
        },
        "reason": REASON,
        "tags": TAGS,
    },
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SetPageLanguage:
    lang: str
    reason: str = ""
    tags: tuple[str, ...] = ()


def parse(value: Mapping[str, Any]) -> SetPageLanguage:
    return SetPageLanguage(**{**value, "tags": tuple(value.get("tags", ()))})


def settle(options: SetPageLanguage, raw: Mapping[str, Any] | None) -> tuple[SetPageLanguage, Sequence[Finding]]:
    """The wiki's own list of languages counts."""
    return options, unlike(raw, "setpagelanguage", {"lang": options.lang})


def survey(_options: SetPageLanguage, items: Sequence[Item], _planned: Mapping[str, Item]) -> Survey:
    """The language that each page is in, be it its own or the wiki's."""
    there = [item for item in items if item.blocked is None]
    # The page that an undo restores first will have the language of its title.
    titles = [item.title for item in there if "archived_now" in item.facts]
    pageids = [str(item.pageid) for item in there if "archived_now" not in item.facts]
    languages: dict[Any, str] = {}
    for name, values in (("titles", titles), ("pageids", pageids)):
        if values:
            answer = yield {"action": "query", "prop": "info", name: "|".join(values)}
            languages |= {page[name[:-1]]: page["pagelanguage"] for page in answer["pages"] if _is_told(page, name)}
    return [item if item.blocked else _known(item, languages.get(_name(item))) for item in items]


def _name(item: Item) -> int | str | None:
    return item.title if "archived_now" in item.facts else item.pageid


def _is_told(page: Mapping[str, Any], name: str) -> bool:
    return name == "titles" or not page.get("missing")


def _known(item: Item, language: str | None) -> Item:
    facts = {"language": language} if language else obstacle("missing", "it was deleted in this very moment")
    return replace(item, facts={**item.facts, **facts})


def request(options: SetPageLanguage, batch: Sequence[Item], summary: str) -> Mapping[str, str]:
    (item,) = batch
    parameters = {"action": "setpagelanguage", "pageid": str(item.pageid), "lang": options.lang}
    if summary:
        parameters["reason"] = summary
    if options.tags:
        parameters["tags"] = join(options.tags)
    return parameters


def read(options: SetPageLanguage, batch: Sequence[Item], answer: Mapping[str, Any]) -> tuple[Result, ...]:
    (item,) = batch
    body = answer["setpagelanguage"]
    if not is_id(body["logid"]) or body["title"] != item.title:
        return (unsure(item, "no_logid", "the wiki named no log entry"),)
    facts = _facts(body)
    if _own(body["newlanguage"]) != options.lang:
        return (failed(item, "not_effective", f"its language is {facts['language']}"),)
    return (Outcome(seq=item.seq, state=State.DONE, logid=body["logid"], facts=facts),)


def _facts(told: Mapping[str, Any]) -> dict[str, str]:
    """What the answer and the log say of a change: the language now, and the own language before."""
    return {"language": told["newlanguage"].removesuffix(_DEFAULT_MARK), "lang_before": _own(told["oldlanguage"])}


def _own(language: str) -> str:
    return DEFAULT if language.endswith(_DEFAULT_MARK) else language


def refused(_options: SetPageLanguage, batch: Sequence[Item], code: str, text: str) -> tuple[Result, ...]:
    (item,) = batch
    state = State.UNCHANGED if code == UNCHANGED else State.FAILED
    return (Outcome(seq=item.seq, state=state, code=code, detail=text),)


def drift(_options: SetPageLanguage, planned: Item, current: Item | None) -> str | None:
    reason = elsewhere(planned, current)
    if reason or current is None:
        return reason
    return "language" if current.facts.get("language") != planned.facts.get("language") else None


def blocked(_options: SetPageLanguage, item: Item, account: Account) -> Blocked | None:
    return lacking(account, "pagelang", "edit") or obstructed(item)


def probe(_options: SetPageLanguage, item: Item, evidence: Evidence) -> Result:
    """The log is asked first: what we set and somebody changed since is done."""
    for entry in evidence.entries:
        if entry.action == "pagelang" and entry.pageid == item.pageid:
            facts = _facts(entry.params)
            return Outcome(seq=item.seq, state=State.DONE, code="looked_up", logid=entry.logid, facts=facts)
    if item.key in evidence.current:
        return Again(seq=item.seq, code="not_set")
    return Outcome(seq=item.seq, state=State.SKIPPED, code="drift:gone", detail="gone, and not by this run")


def given_back(item: Item, language: str) -> Inverse:
    """What gives a page that was deleted its own language again."""
    return Inverse(
        action="setpagelanguage",
        kind="pages",
        options={"lang": language},
        refs=(Ref(title=item.title, ns=item.ns, pageid=item.pageid),),
        restores={"language": language},
        with_page=True,
        only_unlike=True,
    )


def inverse(_options: SetPageLanguage, item: Item, changed: Mapping[str, Any]) -> tuple[Inverse, ...]:
    """The page's own language as it was, or none again."""
    return (
        Inverse(
            action="setpagelanguage",
            kind="pages",
            options={"lang": changed["lang_before"]},
            refs=(ref_of(item),),
            expect={"language": changed["language"]},
            restores={"language": item.facts["language"]},
        ),
    )


SETPAGELANGUAGE = Action(
    name="setpagelanguage",
    takes=frozenset({"pages"}),
    schema=SCHEMA,
    parse=parse,
    describes=lambda _options: "setpagelanguage",
    settle=settle,
    request=request,
    read=read,
    refused=refused,
    drift=drift,
    blocked=blocked,
    rights=("pagelang", "edit"),
    facts={"intestactions": "edit", "intestactionsdetail": "full"},
    survey=survey,
    adds={"language": {"type": "string"}},
    needs=frozenset({"language"}),
    single=True,
    log=lambda _options: {"letype": "pagelang"},
    probe=probe,
    inverse=inverse,
)
