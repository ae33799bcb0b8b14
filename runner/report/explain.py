"""`--explain`: why a plan holds what it holds, from the counts in its header."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from runner.harmless import harmless

Tree = Mapping[str, Any]
Place = tuple[str, ...]
EXCEPT = "by except"
_APART = (("blocked", "blocked"), ("never_touch", "never to be touched"))


def explain_lines(header: Mapping[str, Any]) -> Iterator[str]:
    """Every step's sources as a tree: what each gave, what was left out, what it cost."""
    return map(harmless, _explain_lines(header))


def _explain_lines(header: Mapping[str, Any]) -> Iterator[str]:
    if "explain" not in header:
        yield "This plan does not say how it came about: an undo, or made by an earlier wikimop."
        return
    for step in header["explain"]:
        yield from _step_lines(step)
        yield ""
    if "cost" in header:
        yield f"{_requests(header['cost']['checks'])} before the steps: the wiki's modules, and names in the playbook"


def _step_lines(step: Tree) -> Iterator[str]:
    yield f"{harmless(step['step'])}: {_requests(step['planning'])} to plan; to carry it out {_carrying(step)}"
    yield from _handed(step) if step.get("direct") else _found(step)
    told = [_number(step["items"], *(("query", "queries") if step.get("direct") else ("item",))) + " in the plan"]
    told += [f"{step[name]} {text}" for name, text in _APART if step[name]]
    yield f"  = {', '.join(told)}"


def _handed(step: Tree) -> Iterator[str]:
    """A source that only the wiki will go through: nobody knows what it gives."""
    yield f"  {harmless(step['source'])}: handed to the wiki itself when the plan is applied  ({_requests(step['requests'])})"


def _found(step: Tree) -> Iterator[str]:
    yield from _Sources(step.get("inside", ())).lines(step, (), "  ")
    if folded := step["gives"] - step["items"]:
        yield f"  - {folded} of the same second as another; {step['items']} left"
    facts = step["facts"]
    yield f"  facts of the items: {_requests(facts['requests'])}{_one_by_one(facts)}"


class _Sources:
    """The sources inside a step's, by where they stand."""

    def __init__(self, inside: Sequence[Tree]) -> None:
        self._inside: dict[Place, list[tuple[Place, Tree]]] = {}
        for one in inside:
            place = _steps(one["place"])
            self._inside.setdefault(place[:-1], []).append((place, one))

    def lines(self, tree: Tree, place: Place, indent: str) -> Iterator[str]:
        """A source and those in it; each number of left items is what the line before it left, less its own."""
        name = f"{place[-1]}: " if place else ""
        through = f", {tree['redirected']} of them through a redirect" if tree.get("redirected") else ""
        yield f"{indent}{name}{tree['source']}: found {tree['found']}{through}  ({_requests(tree['requests'])})"
        inside = self._inside.get(place, [])
        for at, one in inside:
            if at[-1] != "except":
                yield from self.lines(one, at, indent + "  ")
        left = tree["found"]
        excepts = [(at, one) for at, one in inside if at[-1] == "except"]
        for count, why in _left_out(tree, excepts=bool(excepts)):
            left -= count
            yield f"{indent}  - {count} {why}; {left} left"
            if why == EXCEPT:
                for at, one in excepts:
                    yield from self.lines(one, at, indent + "    ")
        yield from (f"{indent}  {line}" for line in _rest(tree))


def _left_out(tree: Tree, *, excepts: bool) -> Iterator[tuple[int, str]]:
    """How many were left out, and why, in this order."""
    if tree.get("repeated"):
        yield tree["repeated"], "found more than once"
    if excepts:
        yield tree.get("excepted", 0), EXCEPT
    for row in tree.get("where", ()):
        unknown = f" ({row['unknown']} not known)" if row["unknown"] else ""
        yield row["dropped"], f"by where {row['condition']}{unknown}"
    if tree.get("not_judged"):
        yield tree["not_judged"], "not judged any more: the limit was reached"


def _rest(tree: Tree) -> Iterator[str]:
    if "limit" in tree:
        yield f"limit {tree['limit']}"
    if tree.get("related"):
        yield f"+ {tree['related']} related"
    if tree.get("one_by_one"):
        yield f"of the requests{_one_by_one(tree)}"
    yield f"gives {tree['gives']}" + (f", {tree['problems']} of which cannot be done" if tree.get("problems") else "")


def _steps(place: str) -> Place:
    """`of.union.1` is (`of`, `union.1`)."""
    steps: list[str] = []
    for part in place.split("."):
        if part.isdecimal() and steps:
            steps[-1] += f".{part}"
        else:
            steps.append(part)
    return tuple(steps)


def _one_by_one(told: Tree) -> str:
    kinds = ", ".join(f"{count} for {what}" for what, count in told.get("one_by_one", {}).items())
    return f", one at a time: {kinds}" if kinds else ""


def _requests(count: int) -> str:
    return _number(count, "request")


def _number(count: int, noun: str, several: str = "") -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {several or noun + 's'}"


def _carrying(step: Tree) -> str:
    return f"at least {_number(step['writes'], 'write')} and {_number(step['reads'], 'read')}"


def cost_line(header: Mapping[str, Any]) -> str:
    """What the plan cost, and what carrying it out will; empty for a plan that does not tell."""
    cost = header.get("cost")
    if cost is None:
        return ""
    carrying = _carrying({"writes": cost["writing"], "reads": cost["reading"]})
    seconds = f", and by the rate limit {_duration(cost['seconds'])}" if cost["seconds"] else ""
    return f"{_requests(cost['planning'])} made this plan; carrying it out takes {carrying}{seconds}"


def _duration(seconds: float) -> str:
    """In a unit that somebody who plans the evening thinks in."""
    for size, unit in ((3600, "hours"), (60, "minutes")):
        if seconds >= 2 * size:
            return f"{seconds / size:.1f} {unit}"
    return f"{seconds:.0f} seconds"
