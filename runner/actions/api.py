"""`api:` call any write module that the wiki describes, one item a request.

https://www.mediawiki.org/wiki/API:Main_page. Of a module that Wikimop does not know nothing more is known than its own answer:
one that was lost stays unsure, and nothing is taken back.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, get_args

from runner.actions.action import Account, Action, Evidence, Inverse, Result, Survey
from runner.actions.api_modules import (
    REFUSED,
    Given,
    Module,
    Value,
    check_given,
    find,
    module_of,
    problem,
    problem_of_module,
    sent,
)  # fmt: skip
from runner.actions.texts import Valueless, differs, frozen_summary, render
from runner.errors import Finding
from runner.model import Blocked, Item, Kind, Outcome, Policy, State

SCHEMA: Mapping[str, Any] = {
    "description": "Call a write module of the wiki's API that has no action of its own here.",
    "type": "object",
    "additionalProperties": False,
    "instead": {
        "token": "Wikimop fetches it itself; leave it out",
        **dict.fromkeys(("reason", "summary", "tags", "title", "titles"), "It belongs into `parameters`, if the module has it"),
    },
    "required": ["action"],
    "properties": {
        "action": {
            "description": "The module; your own wikis.yaml must allow it: `allow: {api: [NAME]}`.",
            "type": "string",
            "pattern": "^[a-z][A-Za-z0-9_-]*$",
            "examples": ["setnotificationtimestamp"],
        },
        "parameters": {
            "description": "Its parameters, as the wiki describes them; texts may hold ${item.title} and its like.",
            "type": "object",
            "propertyNames": {"pattern": r"^[A-Za-z0-9_{}-]+$", "examples": ["titles"]},
            "additionalProperties": {
                "description": "A text, true or false, or a list of texts.",
                "type": ["string", "boolean", "array"],
                "items": {"type": "string"},
                "examples": ["${item.title}"],
            },
            "examples": [{"titles": "${item.title}"}],
        },
    },
}  # fmt: skip
ADDS: Mapping[str, Any] = {"parameters": {"type": "object", "additionalProperties": {"type": "string"}}}
# What an answer says of something that was not done, beside what it says of what was.
FAILURES = ("errors", "error", "missing", "invalid", "special", "notwatched")
# What `userrights` and its like changed: both are there and empty where the account may not, or had nothing to change.
CHANGES = ("added", "removed")
HARMLESS = ("deprecation",)
EMPTY = "no_entry"


@dataclass(frozen=True, slots=True, kw_only=True)
class Api:
    """`module` is the wiki's description, once it is known; `reason` the parameter that bears the run's mark."""

    action: str
    parameters: Given = ()
    module: Module | None = None
    reason: str = ""


def parse(value: Mapping[str, Any]) -> Api:
    given = value.get("parameters", {})
    return Api(action=value["action"], parameters=tuple((name, _value(one)) for name, one in given.items()))


def _value(given: Any) -> Value:  # noqa: ANN401 - a JSON value
    return tuple(map(str, given)) if isinstance(given, list) else given if isinstance(given, bool) else str(given)


def settle(options: Api, raw: Mapping[str, Any] | None) -> tuple[Api, Sequence[Finding]]:
    """The options with the wiki's own description of the module, and everything that it has against them."""
    wrong = problem_of_module(raw, options.action)
    if raw is None or wrong:
        return options, [wrong] if wrong else []
    module = module_of(raw)
    varying = [name for name, value in options.parameters if _differs(value)]
    reason = dict(options.parameters).get(module.summary, "")
    settled = replace(options, module=module, reason=str(reason))
    return settled, list(check_given(module, options.parameters, varying))


def _differs(value: Value) -> bool:
    texts = (value,) if isinstance(value, str) else value if isinstance(value, tuple) else ()
    return any(differs(text) for text in texts)


def survey(options: Api, items: Sequence[Item], planned: Mapping[str, Item]) -> Survey:
    """Nothing has to be asked: the parameters of each item are written out."""
    yield from ()
    return [item if item.blocked or planned else _written_out(options, item) for item in items]


def _written_out(options: Api, item: Item) -> Item:
    try:
        facts = {"parameters": parameters(options, item), **frozen_summary(options.reason, item)}
    except Valueless as wrong:
        obstacle = {"code": wrong.blocked.code, "detail": wrong.blocked.detail}
        return replace(item, facts={**item.facts, "obstacle": obstacle})
    if detail := _misfit(options, item):
        facts["obstacle"] = {"code": "value", "detail": detail}
    return replace(item, facts={**item.facts, **facts})


def parameters(options: Api, item: Item) -> dict[str, str]:
    """What is sent for an item, beside the log summary. Raises `Valueless`."""
    summary = options.module.summary if options.module else ""
    values = {name: sent(_rendered(value, item)) for name, value in options.parameters if name != summary}
    return {name: value for name, value in values.items() if value is not None}


def _rendered(value: Value, item: Item) -> Value:
    if isinstance(value, bool):
        return value
    return render(value, item) if isinstance(value, str) else tuple(render(text, item) for text in value)


def _misfit(options: Api, item: Item) -> str:
    """Why a value that differs from item to item does not do for this one."""
    for name, value in options.parameters:
        if options.module and _differs(value):
            wrong = problem(find(options.module, options.parameters, name), _rendered(value, item))
            if wrong:
                return f"`{name}` {wrong[0]}"
    return ""


def request(options: Api, batch: Sequence[Item], summary: str) -> Mapping[str, str]:
    (item,) = batch
    # As everywhere, the watchlist stays as it is unless something is said of it.
    calm = {"watchlist": "nochange"} if options.module and options.module.watchlist else {}
    told = {options.module.summary: summary} if options.module and options.module.summary and summary else {}
    return {"action": options.action, **calm, **item.facts["parameters"], **told}


def read(options: Api, batch: Sequence[Item], answer: Mapping[str, Any]) -> tuple[Result, ...]:
    (item,) = batch
    for warning in answer.get("warnings", ()):
        if not str(warning["code"]).startswith(HARMLESS):
            detail = f"the wiki did something, and warned: {warning.get('text', '')}"
            return (Outcome(seq=item.seq, state=State.UNSURE, code=str(warning["code"]), detail=detail),)
    body = answer[options.action]
    if wrong := _failure(body):
        # Nothing is said of what was done, or that it was not done: only the latter may be tried again.
        state = State.UNSURE if wrong == EMPTY else State.FAILED
        return (Outcome(seq=item.seq, state=state, code=wrong, detail="so the wiki's own answer says"),)
    logid = body.get("logid") if isinstance(body, Mapping) else None
    return (Outcome(seq=item.seq, state=State.DONE, logid=logid if isinstance(logid, int) else None),)


def _failure(body: Any) -> str:  # noqa: ANN401 - a JSON value
    """What the module's own part of the answer says of a failure; empty if nothing."""
    if isinstance(body, str):
        return "" if body.lower() == "success" else body
    entries = body if isinstance(body, list) else [body]
    if not entries or not all(entry and isinstance(entry, Mapping) for entry in entries):
        return EMPTY
    for entry in entries:
        result, status = (str(entry.get(name, "success")).lower() for name in ("result", "status"))
        if result != "success" or status.startswith(("fail", "error")):
            return status if result == "success" else result
        if entry.get("success") is False:
            return "no_success"
        if failed := next((name for name in FAILURES if entry.get(name)), ""):
            return failed
        if all(entry.get(name) == [] for name in CHANGES):
            return "nothing_changed"
    return ""


def refused(_options: Api, batch: Sequence[Item], code: str, text: str) -> tuple[Result, ...]:
    return tuple(Outcome(seq=item.seq, state=State.FAILED, code=code, detail=text) for item in batch)


def drift(options: Api, planned: Item, current: Item | None) -> str | None:
    if current is None:
        return "gone"
    if current.title != planned.title or current.ns != planned.ns or current.pageid != planned.pageid:
        return "moved"
    # Whatever the request says of the item must still be so, even if it was this run that changed it.
    return "text" if any(_said(options, one) != planned.facts["parameters"] for one in (planned, current)) else None


def _said(options: Api, item: Item) -> Mapping[str, str] | None:
    try:
        return parameters(options, item)
    except Valueless:
        return None


def blocked(_options: Api, item: Item, _account: Account) -> Blocked | None:
    obstacle = item.facts.get("obstacle")
    return Blocked(code=obstacle["code"], detail=obstacle["detail"]) if obstacle else None


def forbidden(options: Api, _item: Item | None, policy: Policy) -> Blocked | None:
    if options.action in policy.api:
        return None
    detail = f"calling `{options.action}` needs `allow: {{api: [{options.action}]}}` in your own wikis.yaml"
    return Blocked(code="not_allowed", detail=detail)


def probe(_options: Api, item: Item, _evidence: Evidence) -> Result:
    """Nothing is known of what the module leaves behind."""
    detail = "what became of it cannot be told: look on the wiki; it is never sent again by itself"
    return Outcome(seq=item.seq, state=State.UNSURE, code="unanswered", detail=detail)


def inverse(_options: Api, _item: Item, _changed: Mapping[str, Any]) -> tuple[Inverse, ...] | Blocked:
    return Blocked(code="irreversible", detail="of a call of any module nothing is known that takes it back")


def check(value: Mapping[str, Any], owned: frozenset[str]) -> list[Finding]:
    """Whether the module is one that is never called."""
    name = value.get("action")
    if name in owned:
        hint = f"write `{name}: {{...}}` as the step's action"
        return [Finding(path=("action",), code="refused", message=f"`{name}` is an action of its own", hint=hint)]
    if name in REFUSED:
        message = f"`{name}` is never called: {REFUSED[str(name)]}"
        return [Finding(path=("action",), code="refused", message=message, hint="leave it to the people concerned")]
    return []


def api_action(owned: frozenset[str]) -> Action:
    """The action; `owned` are the modules that have an action of their own, whose guards it must not go round."""
    return Action(
        name="api",
        takes=frozenset(get_args(Kind)),
        schema=SCHEMA,
        parse=parse,
        check=lambda value: check(value, owned),
        per_item=frozenset({"parameters"}),
        describes=lambda options: options.action,
        settle=settle,
        forbidden=forbidden,
        request=request,
        read=read,
        refused=refused,
        drift=drift,
        blocked=blocked,
        token=lambda options: options.module.token if options.module else "csrf",
        survey=survey,
        adds=ADDS,
        needs=frozenset({"parameters"}),
        single=True,
        probe=probe,
        inverse=inverse,
    )
