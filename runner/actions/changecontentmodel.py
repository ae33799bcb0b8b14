"""`changecontentmodel:` say what kind of content pages hold; one a request, by page id.

https://www.mediawiki.org/wiki/API:ChangeContentModel. The text stays as it is, in a new revision. The wiki would make a
script of any page that way: so what becomes one is guarded like what is one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from runner.actions.action import Account, Action, Again, Evidence, Inverse, Result, Survey
from runner.actions.interface import not_allowed
from runner.actions.schema import INSTEAD, REASON, TAGS, flag
from runner.actions.verdicts import elsewhere, failed, is_id, lacking, obstructed, unlike, unsure
from runner.errors import Finding
from runner.marks import MARK
from runner.model import Blocked, Item, Outcome, Policy, State, ref_of
from runner.multivalue import join

UNCHANGED = "nochanges"
WIKITEXT = "wikitext"  # what a plan does not say of a page

SCHEMA: Mapping[str, Any] = {
    "description": "Say what kind of content the pages hold.",
    "type": "object",
    "additionalProperties": False,
    "instead": {**INSTEAD, "reason": "It is called `summary`", "contentmodel": "It is called `model`"},
    "required": ["model"],
    "properties": {
        "model": {
            "description": "The content model; the text must be one of it.",
            "type": "string",
            "minLength": 1,
            "examples": ["wikitext", "json", "text"],
            MARK: "content_models",
        },
        "summary": {**REASON, "description": "What stands in the log and in the page's history, beside the run's mark."},
        "bot": flag("Mark the edits as a bot's; the account needs the right `bot`."),
        "tags": TAGS,
    },
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeContentModel:
    model: str
    summary: str = ""
    bot: bool = False
    tags: tuple[str, ...] = ()


def parse(value: Mapping[str, Any]) -> ChangeContentModel:
    return ChangeContentModel(**{**value, "tags": tuple(value.get("tags", ()))})


def settle(options: ChangeContentModel, raw: Mapping[str, Any] | None) -> tuple[ChangeContentModel, Sequence[Finding]]:
    """The wiki's own list of models counts."""
    return options, unlike(raw, "changecontentmodel", {"model": options.model})


def model_of(item: Item) -> str:
    return str(item.facts.get("contentmodel", WIKITEXT))


def survey(options: ChangeContentModel, items: Sequence[Item], _planned: Mapping[str, Item]) -> Survey:
    """Nothing has to be asked: each page's model is known, and so what needs no change."""
    yield from ()
    return [_known(options, item) if item.blocked is None else item for item in items]


def _known(options: ChangeContentModel, item: Item) -> Item:
    model = model_of(item)
    return replace(item, facts={**item.facts, "contentmodel": model, **({"unchanged": True} if model == options.model else {})})


def request(options: ChangeContentModel, batch: Sequence[Item], summary: str) -> Mapping[str, str]:
    (item,) = batch
    parameters = {"action": "changecontentmodel", "pageid": str(item.pageid), "model": options.model}
    if options.bot:
        parameters["bot"] = "1"
    # Without any, MediaWiki 1.39 breaks down over the request.
    parameters["summary"] = summary
    if options.tags:
        parameters["tags"] = join(options.tags)
    return parameters


def read(options: ChangeContentModel, batch: Sequence[Item], answer: Mapping[str, Any]) -> tuple[Result, ...]:
    (item,) = batch
    body = answer["changecontentmodel"]
    if body["result"] != "Success" or not is_id(body["logid"]) or body["pageid"] != item.pageid:
        return (unsure(item, "no_logid", "the wiki named no log entry"),)
    if body["contentmodel"] != options.model or not is_id(body["revid"]) or body["revid"] == item.revid:
        return (failed(item, "not_effective", f"its content model is {body['contentmodel']}"),)
    facts = {"contentmodel": body["contentmodel"], "revid": body["revid"]}
    return (Outcome(seq=item.seq, state=State.DONE, logid=body["logid"], facts=facts),)


def refused(_options: ChangeContentModel, batch: Sequence[Item], code: str, text: str) -> tuple[Result, ...]:
    (item,) = batch
    state = State.UNCHANGED if code == UNCHANGED else State.FAILED
    return (Outcome(seq=item.seq, state=state, code=code, detail=text),)


def drift(_options: ChangeContentModel, planned: Item, current: Item | None) -> str | None:
    """What was reviewed is a page with this text, not whatever has become of it."""
    reason = elsewhere(planned, current)
    if reason or current is None:
        return reason
    if model_of(current) != model_of(planned):
        return "contentmodel"
    return "edited" if current.revid != planned.revid else None


def blocked(options: ChangeContentModel, item: Item, account: Account) -> Blocked | None:
    marks = ("bot",) if options.bot else ()
    return lacking(account, "editcontentmodel", "edit", *marks) or obstructed(item)


def forbidden(options: ChangeContentModel, item: Item | None, policy: Policy) -> Blocked | None:
    if item is None:
        return None
    return not_allowed(item.ns, model_of(item), policy) or not_allowed(item.ns, options.model, policy)


def probe(_options: ChangeContentModel, item: Item, evidence: Evidence) -> Result:
    """The log is asked first: what we changed and somebody changed back is done."""
    for entry in evidence.entries:
        if entry.action == "change" and entry.pageid == item.pageid:
            facts = {"contentmodel": entry.params.get("newmodel", "")}
            return Outcome(seq=item.seq, state=State.DONE, code="looked_up", logid=entry.logid, facts=facts)
    if item.key in evidence.current:
        return Again(seq=item.seq, code="not_changed")
    return Outcome(seq=item.seq, state=State.SKIPPED, code="drift:gone", detail="gone, and not by this run")


def inverse(_options: ChangeContentModel, item: Item, changed: Mapping[str, Any]) -> tuple[Inverse, ...] | Blocked:
    if "revid" not in changed:
        return Blocked(code="changed_since", detail="the page was edited before its new last revision could be read")
    return (
        Inverse(
            action="changecontentmodel",
            kind="pages",
            options={"model": model_of(item)},
            refs=(ref_of(item),),
            expect={"revid": changed["revid"]},
            restores={"contentmodel": model_of(item)},
        ),
    )


CHANGECONTENTMODEL = Action(
    name="changecontentmodel",
    takes=frozenset({"pages"}),
    schema=SCHEMA,
    parse=parse,
    summary="summary",
    describes=lambda _options: "changecontentmodel",
    settle=settle,
    request=request,
    read=read,
    refused=refused,
    drift=drift,
    blocked=blocked,
    forbidden=forbidden,
    rights=("editcontentmodel", "edit"),
    facts={"intestactions": "edit|editcontentmodel", "intestactionsdetail": "full"},
    survey=survey,
    adds={"contentmodel": {"type": "string"}},
    needs=frozenset({"contentmodel"}),
    single=True,
    log=lambda _options: {"letype": "contentmodel"},
    probe=probe,
    inverse=inverse,
    revises=True,
)
