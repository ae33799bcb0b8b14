"""The same for people: lines of text, safe to print whatever the wiki's titles hold."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from runner.harmless import harmless
from runner.model import COUNTED, Item, Outcome, Run
from runner.report.checks import Check
from runner.report.explain import cost_line
from runner.report.shapes import Counts, run_shape

SHOWN = 25
SHOWN_PARENTS = 1
DIFF_SHOWN = 10
LONGEST_OPTION = 200


def plan_lines(
    header: Mapping[str, Any], items: Mapping[str, Iterable[Item]], *, everything: bool, sha256: str = ""
) -> Iterator[str]:
    """A plan to be read before it is applied; `items` gives the items of each step."""
    return map(harmless, _plan_lines(header, items, everything=everything, sha256=sha256))


def _plan_lines(
    header: Mapping[str, Any], items: Mapping[str, Iterable[Item]], *, everything: bool, sha256: str
) -> Iterator[str]:  # fmt: skip
    wiki = header["wiki"]
    yield f"Plan {header['id']}: {header['playbook']['name']}"
    yield f"  on {wiki['sitename']} ({wiki['api']}, {wiki['generator']}) as {header['user']}"
    for step in header["steps"]:
        yield ""
        yield step_line(step)
        rows = iter(items.get(step["id"], ()))
        yield from (
            line for item in (rows if everything else islice(rows, SHOWN)) for line in item_lines(item, everything=everything)
        )
        if not everything and step["items"] > SHOWN:
            yield f"    … and {step['items'] - SHOWN} more: wikimop show {header['id']} --items"
    yield ""
    yield from plan_summary(header, sha256)


def question(header: Mapping[str, Any]) -> str:
    """What somebody says yes to: what is done, how often, where, and as whom."""
    what = _work(header["steps"])
    wiki = header["wiki"]
    name, user = header["playbook"]["name"], header["user"]
    return harmless(f"Carry out {name} (plan {header['id']}: {what}) on {wiki['sitename']}, {wiki['api']}, as {user}?")


def step_line(step: Mapping[str, Any]) -> str:
    """One step's heading."""
    options = ", ".join(f"{name}: {_option(value)}" for name, value in step["options"].items())
    condition = f"  when {step['when']}" if step.get("when") else ""
    outcome = f"  of parents {' or '.join(step['outcome'])}" if step.get("outcome") else ""
    return harmless(f"  {step['id']}: {step['action']} {_amount(step)}  {options}{condition}{outcome}".rstrip())


def _amount(step: Mapping[str, Any]) -> str:
    """What a step works on, as far as the plan knows."""
    if step["options"].get("direct"):
        return f"what the wiki finds by {_number(step['items'], 'query', 'queries')}"
    return _number(step["items"], "item")


def _work(steps: Iterable[Mapping[str, Any]]) -> str:
    """What is done, and how often."""
    return ", ".join(
        f"{step['action']} {'what the wiki finds' if step['options'].get('direct') else step['items'] - step['blocked']}"
        for step in steps
    )


def _option(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name}: {_option(inner)}" for name, inner in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return ", ".join(map(_option, value))
    text = str(value)
    return text if len(text) <= LONGEST_OPTION else f"{text[:LONGEST_OPTION]}… ({len(text)} characters)"


def item_lines(item: Item, *, everything: bool) -> Iterator[str]:
    """One item, and below it what an edit changes: the first few lines of it, or as much as the plan holds."""
    yield item_line(item)
    diff = item.facts.get("diff", ())
    few = len(diff) if everything or len(diff) <= DIFF_SHOWN + 1 else DIFF_SHOWN
    yield from (harmless(f"        {line}") for line in diff[:few])
    if few < len(diff):
        yield f"        … and {len(diff) - few} more lines"


def item_line(item: Item) -> str:
    """One item with the facts that matter to a reader."""
    sign = "!" if item.blocked else "-"
    text = f"    {sign} {item.title or item.key}"
    target = item.facts.get("to") or item.facts.get("into")
    text += f" → {target}" if target else ""
    facts = [] if item.pageid is None else [f"page {item.pageid}"]
    if item.revid is not None:
        facts.append(f"revision {item.revid}")
    facts += [f"user {item.facts['userid']}"] if item.facts.get("userid") else []
    facts += [block_text(item.facts["block"])] if item.facts.get("block") else []
    facts += [_restored(item.facts["restores"])] if "block" in item.facts.get("restores", {}) else []
    facts += [f"revision {', '.join(map(str, item.facts['revids']))}"] if item.facts.get("revids") else []
    facts += [_number(item.facts[name], noun) for name, noun in _COUNTED if item.facts.get(name)]
    facts += [str(item.facts[name]) for name in ("log", "archivename", "timestamp") if item.facts.get(name)]
    facts += [f"hidden: {', '.join(item.facts['hidden'])}"] if item.facts.get("hidden") else []
    facts += [item.facts["related"]] if item.facts.get("related") else []
    facts += [f"redirect from {item.facts['through']}"] if item.facts.get("through") else []
    facts += [f"by {item.facts['from']}"] if item.facts.get("from") else []
    facts += [f"through {key} of {step}" for step, key in item.parents[:SHOWN_PARENTS]]
    facts += [f"and {len(item.parents) - SHOWN_PARENTS} more"] if len(item.parents) > SHOWN_PARENTS else []
    facts += ["redirect"] if item.facts.get("redirect") else []
    facts += [", ".join(item.facts["protection"])] if item.facts.get("protection") else []
    facts += [tell(item.facts) for fact, tell in _STANDING.items() if fact in item.facts]
    facts += _of_the_write(item.facts)
    facts += ["NEVER TOUCH"] if item.facts.get("never_touch") else []
    facts += [harmless(f"{name}={value}") for name, value in item.facts.get("query", {}).items()]
    text += f"  ({', '.join(facts)})" if facts else ""
    if item.blocked:
        text += f"  blocked: {item.blocked.code}, {item.blocked.detail}"
    return harmless(text)


def block_text(block: Mapping[str, Any]) -> str:
    """A block in a line: `blocked until 2027-01-31T00:00:00Z, nocreate, partial: Main Page, namespace 0: Spam`."""
    until = "for good" if block["expiry"] == "infinity" else f"until {block['expiry']}"
    parts = [*(page.get("title", f"page {page['id']}") for page in block.get("pages", ()))]
    parts += [f"namespace {number}" for number in block.get("namespaces", ())] + [*block.get("actions", ())]
    told = [f"blocked {until}", *block["flags"]]
    text = ", ".join(told) + (f" from {', '.join(parts)}" if parts else "")
    return f"{text}: {block['reason']}" if block["reason"] else text


def _restored(restores: Mapping[str, Any]) -> str:
    return f"restores: {block_text(restores['block'])}" if restores["block"] else "restores: no block"


def _of_the_write(facts: Mapping[str, Any]) -> Iterator[str]:
    """What is particular about what is written."""
    if facts.get("creates"):
        yield "new page"
    if "over" in facts:
        yield f"over the redirect, page {facts['over']}"
    if "reverts" in facts:
        yield f"takes revision {facts['reverts']} back to {facts['to_revid']}"
    if "replacements" in facts:
        yield _number(facts["replacements"], "replacement")
    if facts.get("unchanged"):
        yield "nothing to change"
    if facts.get("expands"):
        yield "the wiki writes out signatures or subst: when it is saved"
    yield from (f"{name}={value}" for name, value in facts.get("parameters", {}).items())
    if "reason" in facts:
        yield f"summary: {facts['reason']}"


def _watched(facts: Mapping[str, Any]) -> str:
    watched = facts["watched"]
    if isinstance(watched, bool):
        return "watched" if watched else "not watched"
    return f"watched until {watched}"


# How things stand with an item, where its action is about that.
_STANDING: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "editor": lambda facts: f"last edited by {facts['editor']}, goes back to revision {facts['to_revid']}",
    "watched": _watched,
    "tagged": lambda facts: f"has of these tags: {', '.join(facts['tagged']) or 'none'}",
    "language": lambda facts: f"in {facts['language']}",
    "contentmodel": lambda facts: str(facts["contentmodel"]),
}


_COUNTED = (("revisions", "revision"), ("files", "file version"))


def plan_summary(header: Mapping[str, Any], sha256: str) -> Iterator[str]:
    """The counts, the warnings, and what stands in the way."""
    items = sum(step["items"] for step in header["steps"] if not step["options"].get("direct"))
    blocked = sum(step["blocked"] for step in header["steps"])
    # Of what only the wiki knows there is no number.
    known = items or not any(step["options"].get("direct") for step in header["steps"])
    number = f"{_number(items, 'item')}: " if known else ""
    yield number + _work(header["steps"]) + (f"; {blocked} blocked" if blocked else "")
    if line := cost_line(header):
        yield line
    if sha256:
        yield f"sha256 {sha256}"
    for warning in header["warnings"]:
        yield f"warning: {warning}"
    if header["later"]:
        yield f"This plan ends before step {header['later'][0]}, which is planned after it has run."
    for guard in header["guards"]:
        yield f"STOPPED BY A GUARD: {guard}"


def run_lines(
    run: str, state: str, header: Mapping[str, Any], counts: Counts, codes: Mapping[tuple[str, str, str], int]
) -> Iterator[str]:
    """What became of a run, step by step; `codes` counts the items that are not simply done by step, state and code."""
    shape = run_shape(run, state, header, counts)
    yield f"Run {run} of plan {header['id']}: {state}"
    for step in shape["steps"]:
        yield f"  {step['id']}: {step['action']}  {_states(step['counts'])}"
        yield from (harmless(f"    {n} {s}: {code}") for (name, s, code), n in codes.items() if name == step["id"])
    yield f"in all: {_states(shape['counts'])}"


def _states(counts: Mapping[str, int]) -> str:
    named = [f"{counts[state]} {state.value}" for state in COUNTED if counts[state]]
    return ", ".join(named) or "nothing"


def runs_lines(runs: Sequence[Run], headers: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    """The list of runs, and the plans (headers by id, oldest first) that none of them applies."""
    for run in runs:
        name = headers[run.plan]["playbook"]["name"]
        yield harmless(f"{run.id}  {run.state:<11}  {run.created[:19]}Z  {name}  plan {run.plan}  {run.reason}".rstrip())
    applied = {run.plan for run in runs}
    for plan, header in headers.items():
        if plan not in applied:
            yield harmless(f"{plan}  not applied  {header['created'][:19]}Z  {header['playbook']['name']}")


def outcome_line(item: Item, outcome: Outcome) -> str:
    """A line of `show RUN --items` for people."""
    code = f"  {outcome.code}" if outcome.code else ""
    detail = f": {outcome.detail}" if outcome.detail else ""
    logid = f"  log {outcome.logid}" if outcome.logid else ""
    title = item.title + (f" → {item.facts['to']}" if item.facts.get("to") else "")
    return harmless(f"{outcome.state.value:<10} {item.step}  {item.key}  {title}{logid}{code}{detail}")


def _number(count: int, noun: str, several: str = "") -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {several or noun + 's'}"


def check_line(check: Check) -> str:
    """A line of `doctor`."""
    hint = f"\n           hint: {harmless(check.hint)}" if check.hint else ""
    return f"{check.state:<8}  {harmless(check.name)}: {harmless(check.detail)}{hint}"
