"""The check that `apply` makes of every line of a plan that it did not write itself."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import jsonschema
import orjson

from runner.actions import ACTIONS
from runner.actions.schema import VARIABLE
from runner.actions.texts import strange
from runner.errors import UsageError
from runner.kinds import KINDS
from runner.kinds.kind import KindSpec
from runner.model import ref_of
from runner.planning.lines import read_item
from runner.planning.schema import HEADER_SCHEMA, ITEM_SCHEMA

LONGEST_REASON = 300  # it quotes what is wrong, which may be very long


def check_header(header: Mapping[str, Any], path: str) -> None:
    """Raise `UsageError` for a header that this version would not have written."""
    _check(header, HEADER_SCHEMA, f"{path}:1")
    if len({step["id"] for step in header["steps"]}) < len(header["steps"]):
        raise UsageError(f"{path}:1: two steps have one id")
    direct = next((step["id"] for step in header["steps"] if step["options"].get("direct") is True), None)
    if direct and any(header.get("never_touch", {}).values()):
        raise UsageError(f"{path}:1: step {direct}: never_touch cannot be held against pages that only the wiki knows")
    for step in header["steps"]:
        _check_step(step, f"{path}:1: step {step['id']}")


def _check_step(step: Mapping[str, Any], where: str) -> None:
    action, options = ACTIONS[step["action"]], step["options"]
    _check(options, dict(action.schema), where)
    if any(isinstance(value, str) and re.match(VARIABLE, value) for value in options.values()):
        raise UsageError(f"{where}: a variable stands where its value belongs")
    source = step.get("source", "pages")
    if source not in action.takes:
        raise UsageError(f"{where}: `{action.name}` does not work on {source}")
    for found in action.check(options):
        raise UsageError(f"{where}: {found.message}", hint=found.hint)
    for text in _texts([value for name, value in options.items() if name in action.per_item]):
        for written in strange(text):
            raise UsageError(f"{where}: `{written}` names nothing of an item")


def _texts(value: Any) -> Iterator[str]:  # noqa: ANN401 - a JSON value
    if isinstance(value, str):
        yield value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _texts(inner)


_ITEM = jsonschema.Draft202012Validator(ITEM_SCHEMA)


def check_item(value: Mapping[str, Any], steps: Mapping[str, Any], where: str) -> None:
    """Raise `UsageError` for an item line that this version would not have written."""
    error = next(_ITEM.iter_errors(value), None)
    if error is not None:
        raise UsageError(f"{where}: not an item of a plan: {error.message[:LONGEST_REASON]}")
    if value["step"] not in steps:
        raise UsageError(f"{where}: the item's step does not fit the plan")
    direct = steps[value["step"]]["options"].get("direct") is True
    if "blocked" not in value and not (direct == ("query" in value) == value["key"].startswith("query:")):
        raise UsageError(f"{where}: the item and its step do not agree on who finds the pages")
    if "blocked" in value or direct:
        return
    # Without these facts nothing can be compared with what the wiki says at the time.
    step = steps[value["step"]]
    spec = KINDS[step.get("source", "pages")]
    if not _needed(spec, step, value) <= value.keys():
        raise UsageError(f"{where}: the item lacks what is needed to act on it")
    item = read_item(orjson.dumps(value), 0)
    if item.kind != spec.name or ref_of(item).key != item.key:
        raise UsageError(f"{where}: the item's key does not fit what it says")


def _needed(spec: KindSpec, step: Mapping[str, Any], value: Mapping[str, Any]) -> frozenset[str]:
    action = ACTIONS[step["action"]]
    if value["key"].startswith("title:") and action.creates(action.parse(step["options"])):
        return (spec.needed | action.needs) - {"pageid", "revid"}
    return spec.needed | action.needs


def _check(value: object, schema: dict[str, Any], where: str) -> None:
    error = next(jsonschema.Draft202012Validator(schema).iter_errors(value), None)
    if error is not None:
        raise UsageError(f"{where}: not a plan that this wikimop can apply: {error.message[:LONGEST_REASON]}")
