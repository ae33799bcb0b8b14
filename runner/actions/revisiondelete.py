"""`revisiondelete:` hide or show the content, comment or user of revisions, archived revisions, versions of files and log
entries.

https://www.mediawiki.org/wiki/API:Revisiondelete. One page a request: ids of a second page fail. The answer's top `status` is
always Success and says nothing; each item is judged by its own flags.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from runner.actions.action import Account, Action, Again, Evidence, Inverse, LogEntry, Result
from runner.actions.revisiondelete_schema import PARTS, SCHEMA, check
from runner.actions.verdicts import failed, unsure
from runner.model import Blocked, Item, Kind, Outcome, State, digits, ref_of
from runner.multivalue import join

FLAGS = {"comment": "commenthidden", "user": "userhidden"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Type:
    """What the API calls a kind of items: how it names one of them, the flag that says that its content is hidden, and the
    right to hide. `logged`: the action of the log entry that tells of it."""

    name: str
    ident: Callable[[Item], str]
    content: str
    right: str = "deleterevision"
    logged: str = "revision"


def _number(item: Item) -> str:
    return item.key.partition(":")[2]


TYPES: Mapping[Kind, Type] = {
    "revisions": Type(name="revision", ident=lambda item: str(item.revid), content="texthidden"),
    "deleted_revisions": Type(name="archive", ident=lambda item: digits(item.facts["timestamp"]), content="texthidden"),
    # Of an old version it is the time that stands in its archive name, not its own.
    "file_versions": Type(
        name="oldimage", ident=lambda item: str(item.facts["archivename"]).partition("!")[0], content="contenthidden"
    ),
    "deleted_files": Type(name="filearchive", ident=_number, content="contenthidden"),
    "log_entries": Type(name="logging", ident=_number, content="actionhidden", right="deletelogentry", logged="event"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class RevisionDelete:
    hide: tuple[str, ...] = ()
    show: tuple[str, ...] = ()
    suppress: str = "nochange"
    reason: str = ""
    tags: tuple[str, ...] = ()


def parse(value: Mapping[str, Any]) -> RevisionDelete:
    lists = {key: tuple(value.get(key, ())) for key in ("hide", "show", "tags")}
    return RevisionDelete(**{**value, **lists})


def request(options: RevisionDelete, batch: Sequence[Item], summary: str) -> Mapping[str, str]:
    kind = TYPES[batch[0].kind]
    parameters = {
        "action": "revisiondelete",
        "type": kind.name,
        "ids": "|".join(kind.ident(item) for item in batch),
        "suppress": options.suppress,
        # Log entries of any page go together; what one is about may be hidden.
        **({} if kind.name == "logging" else {"target": batch[0].title}),
    }
    for name, values in (("hide", options.hide), ("show", options.show), ("tags", options.tags)):
        if values:
            parameters[name] = join(values)
    if summary:
        parameters["reason"] = summary
    return parameters


def read(options: RevisionDelete, batch: Sequence[Item], answer: Mapping[str, Any]) -> tuple[Result, ...]:
    ident = TYPES[batch[0].kind].ident
    entries = {str(entry["id"]): entry for entry in answer["revisiondelete"]["items"]}
    return tuple(_result(options, item, entries.get(ident(item))) for item in batch)


def _result(options: RevisionDelete, item: Item, entry: Mapping[str, Any] | None) -> Result:
    if entry is None:
        return Outcome(seq=item.seq, state=State.UNSURE, code="no_entry", detail="the answer does not name it")
    for error in entry.get("errors", ()):
        return Outcome(seq=item.seq, state=State.FAILED, code=error["code"], detail=error["text"])
    flags = {**FLAGS, "content": TYPES[item.kind].content}
    wrong = [part for part in options.hide if not entry.get(flags[part])]
    wrong += [part for part in options.show if entry.get(flags[part])]
    if entry.get("status") != "Success" or wrong:
        detail = f"unchanged: {', '.join(wrong)}"
        return Outcome(seq=item.seq, state=State.FAILED, code="not_effective", detail=detail, facts=_became(item, entry, flags))
    if any(warning["code"] == "revdelete-no-change" for warning in entry.get("warnings", ())):
        return Outcome(seq=item.seq, state=State.UNCHANGED, code="revdelete-no-change")
    return Outcome(seq=item.seq, state=State.DONE)


def _became(item: Item, entry: Mapping[str, Any], flags: Mapping[str, str]) -> dict[str, list[str]]:
    """What is hidden of it now, if that is not what was: an undo takes it back."""
    kept = {"suppressed"} & set(item.facts["hidden"])
    hidden = sorted({part for part in PARTS if entry.get(flags[part])} | kept)
    return {"hidden": hidden} if hidden != sorted(item.facts["hidden"]) else {}


def confirm(options: RevisionDelete, item: Item, current: Item | None) -> Result:
    """The answer does not tell whether it is hidden from administrators, too: that is read again."""
    if current is None:
        return unsure(item, "gone", "hidden, it seems, and not found again")
    then = "suppressed" in wanted(options, item.facts["hidden"])
    if ("suppressed" in current.facts["hidden"]) == then:
        return Outcome(seq=item.seq, state=State.DONE)
    told = failed(item, "not_effective", "it is not hidden from administrators" if then else "it is still suppressed")
    now = sorted(current.facts["hidden"])
    return replace(told, facts={"hidden": now} if now != sorted(item.facts["hidden"]) else {})


def refused(_options: RevisionDelete, batch: Sequence[Item], code: str, text: str) -> tuple[Result, ...]:
    return tuple(Outcome(seq=item.seq, state=State.FAILED, code=code, detail=text) for item in batch)


def wanted(options: RevisionDelete, hidden: Sequence[str]) -> frozenset[str]:
    """What will be hidden of a revision afterwards, from what is hidden now."""
    after = (set(hidden) | set(options.hide)) - set(options.show)
    if options.suppress == "yes" and after - {"suppressed"}:
        after.add("suppressed")
    if options.suppress == "no" or not after - {"suppressed"}:
        after.discard("suppressed")
    return frozenset(after)


def drift(options: RevisionDelete, planned: Item, current: Item | None) -> str | None:
    if current is None:
        return "gone"
    if current.pageid != planned.pageid:
        return "moved"
    if set(current.facts["hidden"]) != set(planned.facts["hidden"]):
        return "visibility"
    if current.facts.get("revids") != planned.facts.get("revids"):
        return "archive"
    return "current" if "content" in options.hide and current.facts.get("current") else None


def blocked(options: RevisionDelete, item: Item, account: Account) -> Blocked | None:
    suppression = options.suppress != "nochange" or "suppressed" in item.facts.get("hidden", ())
    for right in (TYPES[item.kind].right, *(("suppressrevision",) if suppression else ())):
        if right not in account.rights:
            return Blocked(code="permission", detail=f"your account lacks the right '{right}'")
    if "content" in options.hide and item.facts.get("current"):
        return Blocked(code="current", detail="the content of a page's current revision cannot be hidden")
    return None


def probe(options: RevisionDelete, item: Item, evidence: Evidence) -> Result:
    """The log names what a request hid; failing that, its state tells."""
    for entry in evidence.entries:
        if _is_about(entry, item):
            return Outcome(seq=item.seq, state=State.DONE, code="looked_up", logid=entry.logid)
    current = evidence.current.get(item.key)
    if current is None:
        return Outcome(seq=item.seq, state=State.SKIPPED, code="drift:gone", detail="it no longer exists")
    if frozenset(current.facts["hidden"]) == wanted(options, item.facts["hidden"]):
        if _in_the_other_log(options, item) and "suppressionlog" not in evidence.rights:
            detail = "it is as wanted; whether by this run tells a log that needs the right 'suppressionlog'"
            return unsure(item, "unseen_log", detail)
        return Outcome(
            seq=item.seq,
            state=State.UNCHANGED,
            code="looked_up",
            detail="it is as wanted; the log has no entry of this run",
        )
    return Again(seq=item.seq, code="not_hidden")


def _in_the_other_log(options: RevisionDelete, item: Item) -> bool:
    """What is or was suppressed stands in the suppression log alone, which not everybody may read."""
    return "suppressed" in {*item.facts["hidden"], *wanted(options, item.facts["hidden"])}


def _is_about(entry: LogEntry, item: Item) -> bool:
    """Times are no ids of their own: of what is archived, the title counts as well."""
    kind = TYPES[item.kind]
    dated = item.kind in ("deleted_revisions", "file_versions")
    named = entry.action == kind.logged and kind.ident(item) in entry.ids and entry.type in ("", kind.name)
    return named and (not dated or entry.title == item.title)


def log(_options: RevisionDelete) -> Mapping[str, str]:
    """Of any type: what is or was suppressed stands in a log of its own."""
    return {}


def effect(options: RevisionDelete, item: Item) -> Mapping[str, Any]:
    return {"hidden": sorted(wanted(options, item.facts["hidden"]))}


def shown(options: RevisionDelete, item: Item) -> Item:
    """What a log entry is about is its content."""
    return replace(item, title="", ns=None) if item.kind == "log_entries" and "content" in options.hide else item


def inverse(_options: RevisionDelete, item: Item, changed: Mapping[str, Any]) -> tuple[Inverse, ...]:
    """Only what was really changed: a part that was hidden before stays hidden."""
    before, after = set(item.facts["hidden"]), set(changed.get("hidden", item.facts["hidden"]))
    options: dict[str, Any] = {
        "hide": [part for part in PARTS if part in before - after],
        "show": [part for part in PARTS if part in after - before],
    }
    if ("suppressed" in before) != ("suppressed" in after):
        options["suppress"] = "yes" if "suppressed" in before else "no"
    if not options["hide"] and not options["show"]:
        # The API wants something to hide: what is hidden anyway.
        options["hide"] = [part for part in PARTS if part in before]
    given = {name: value for name, value in options.items() if value}
    return (
        Inverse(
            action="revisiondelete",
            kind=item.kind,
            options=given,
            refs=(ref_of(item),),
            expect={"hidden": sorted(after)},
            restores={"hidden": sorted(before)},
        ),
    )


REVISIONDELETE = Action(
    name="revisiondelete",
    takes=frozenset(TYPES),
    schema=SCHEMA,
    parse=parse,
    check=check,
    request=request,
    read=read,
    confirm=confirm,
    confirms=lambda options: options.suppress != "nochange",
    refused=refused,
    drift=drift,
    blocked=blocked,
    rights=("deleterevision",),
    group=lambda item: None if item.kind == "log_entries" else item.pageid or item.title,
    together=True,
    log=log,
    probe=probe,
    effect=effect,
    inverse=inverse,
    shown=shown,
)
