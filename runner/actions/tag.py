"""`tag:` put change tags on revisions and log entries, or take them off; many a request.

https://www.mediawiki.org/wiki/API:Tag. Each item has an entry of its own in the answer, and one in the tag log where anything
was changed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from runner.actions.action import Account, Action, Again, Evidence, Inverse, LogEntry, Result, Survey
from runner.actions.schema import INSTEAD, REASON, TAGS, Schema
from runner.actions.verdicts import all_failed, failed, lacking, unsure
from runner.errors import Finding
from runner.marks import MARK
from runner.model import Blocked, Item, Kind, Outcome, State, ref_of
from runner.multivalue import join

IDS: Mapping[Kind, str] = {"revisions": "revid", "log_entries": "logid"}


def _tags(description: str, offered: str, example: str) -> Schema:
    pattern = {"type": "string", "pattern": r"^[^|,/]+$", "examples": [example]}
    return {
        "description": description, "type": "array", "minItems": 1, "uniqueItems": True, "items": pattern, MARK: offered,
        "examples": [[example]],
    }  # fmt: skip


SCHEMA: Mapping[str, Any] = {
    "description": "Put change tags on revisions or log entries, or take them off.",
    "type": "object",
    "additionalProperties": False,
    "instead": {
        **dict.fromkeys(("revid", "rcid", "logid"), "The source says what is worked on"),
        "token": INSTEAD["token"],
    },
    "minProperties": 1,
    "properties": {
        "add": _tags("Tags to put on; the wiki must know them and let people set them.", "manual_tags", "checked"),
        "remove": _tags("Tags to take off; the wiki's own cannot be.", "tags", "unchecked"),
        "reason": REASON,
        "tags": TAGS,
    },
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Tag:
    add: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()
    reason: str = ""
    tags: tuple[str, ...] = ()

    @property
    def named(self) -> frozenset[str]:
        """The tags that the step is about."""
        return frozenset({*self.add, *self.remove})


def parse(value: Mapping[str, Any]) -> Tag:
    lists = {key: tuple(value.get(key, ())) for key in ("add", "remove", "tags")}
    return Tag(**{**value, **lists})


def check(value: Mapping[str, Any]) -> list[Finding]:
    """Some tag must be put on or taken off, and none both."""
    if not {"add", "remove"} & value.keys():
        return [Finding(path=(), code="required", message="`tag` needs `add` or `remove`", hint="add `add: [NAME]`")]
    add, remove = (value[key] if isinstance(value.get(key), list) else [] for key in ("add", "remove"))
    return [
        Finding(path=("remove", at), code="contradiction", message=f"`{tag}` is both put on and taken off", hint="keep one")
        for at, tag in enumerate(remove)
        if tag in add
    ]


def survey(options: Tag, items: Sequence[Item], _planned: Mapping[str, Item]) -> Survey:
    """Nothing has to be asked: of the items' tags those matter that the step names."""
    yield from ()
    return [item if item.blocked else _known(options, item) for item in items]


def _known(options: Tag, item: Item) -> Item:
    tagged = sorted(options.named.intersection(item.facts.get("tags", ())))
    facts = {name: fact for name, fact in item.facts.items() if name != "tags"}
    as_wanted = set(tagged) == set(options.add)
    return replace(item, facts={**facts, "tagged": tagged, **({"unchanged": True} if as_wanted else {})})


def request(options: Tag, batch: Sequence[Item], summary: str) -> Mapping[str, str]:
    parameters = {"action": "tag", IDS[batch[0].kind]: "|".join(map(_number, batch))}
    for name, values in (("add", options.add), ("remove", options.remove), ("tags", options.tags)):
        if values:
            parameters[name] = join(values)
    if summary:
        parameters["reason"] = summary
    return parameters


def _number(item: Item) -> str:
    return item.key.partition(":")[2]


def read(options: Tag, batch: Sequence[Item], answer: Mapping[str, Any]) -> tuple[Result, ...]:
    entries = {str(entry[IDS[batch[0].kind]]): entry for entry in answer["tag"]}
    return tuple(_result(options, item, entries.get(_number(item))) for item in batch)


def _result(options: Tag, item: Item, entry: Mapping[str, Any] | None) -> Result:
    if entry is None:
        return unsure(item, "no_entry", "the answer does not name it")
    if entry["status"] == "skipped":
        return Again(seq=item.seq, code="ratelimited", wait=True)
    if entry["status"] != "success":
        error = entry["errors"][0] if entry.get("errors") else entry
        return failed(item, str(error["code"]), str(error["text"]))
    if entry.get("noop"):
        return Outcome(seq=item.seq, state=State.UNCHANGED, code="no_change", detail="it already is as wanted")
    after = _after(item, entry["added"], entry["removed"])
    if set(after) != set(options.add):
        return failed(item, "not_effective", f"of these tags it has: {', '.join(after) or 'none'}")
    return Outcome(seq=item.seq, state=State.DONE, logid=int(entry["actionlogid"]), facts={"tagged": after})


def _after(item: Item, added: Iterable[str], removed: Iterable[str]) -> list[str]:
    return sorted({*item.facts["tagged"], *added} - set(removed))


def drift(_options: Tag, planned: Item, current: Item | None) -> str | None:
    if current is None:
        return "gone"
    return "tags" if current.facts.get("tagged") != planned.facts.get("tagged") else None


def blocked(_options: Tag, _item: Item, account: Account) -> Blocked | None:
    return lacking(account, "changetags")


def probe(_options: Tag, item: Item, evidence: Evidence) -> Result:
    """The log names what a request changed."""
    for entry in evidence.entries:
        if _is_about(entry, item):
            facts = {"tagged": _after(item, entry.params.get("tagsAdded", ()), entry.params.get("tagsRemoved", ()))}
            return Outcome(seq=item.seq, state=State.DONE, code="looked_up", logid=entry.logid, facts=facts)
    if item.key in evidence.current:
        return Again(seq=item.seq, code="not_tagged")
    return Outcome(seq=item.seq, state=State.SKIPPED, code="drift:gone", detail="it no longer exists")


def _is_about(entry: LogEntry, item: Item) -> bool:
    return entry.action == "update" and str(entry.params.get(IDS[item.kind])) == _number(item)


def inverse(_options: Tag, item: Item, changed: Mapping[str, Any]) -> tuple[Inverse, ...]:
    """Only what was really put on or taken off."""
    before, after = set(item.facts["tagged"]), set(changed["tagged"])
    options = {"add": sorted(before - after), "remove": sorted(after - before)}
    return (
        Inverse(
            action="tag",
            kind=item.kind,
            options={name: tags for name, tags in options.items() if tags},
            refs=(ref_of(item),),
            expect={"tagged": options["remove"]},
            restores={"tagged": options["add"]},
        ),
    )


TAG = Action(
    name="tag",
    takes=frozenset(IDS),
    schema=SCHEMA,
    parse=parse,
    check=check,
    request=request,
    read=read,
    refused=all_failed,
    drift=drift,
    blocked=blocked,
    rights=("changetags",),
    survey=survey,
    adds={"tagged": {"type": "array", "items": {"type": "string"}}},
    needs=frozenset({"tagged"}),
    log=lambda _options: {"letype": "tag"},
    probe=probe,
    inverse=inverse,
)
