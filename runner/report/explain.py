"""`--explain`: why a plan holds what it holds, from the counts in its header."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from runner.harmless import harmless

Tree = Mapping[str, Any]
_APART = (("blocked", "blocked"), ("never_touch", "never to be touched"))


def explain_lines(header: Mapping[str, Any]) -> Iterator[str]:
    """Every step's sources as a tree: what each gave, what was left out, what it cost."""
    return map(harmless, _explain_lines(header))


def _explain_lines(header: Mapping[str, Any]) -> Iterator[str]:
    for step in header.get("explain", ()):
        yield f"{step['step']}: {_requests(step['planning'])} to plan, {step['writes']} to carry out at the least"
        yield from _source_lines(step, "  ")
        told = [f"{step['items']} items in the plan"]
        told += [f"{step[name]} {text}" for name, text in _APART if step[name]]
        yield f"  = {', '.join(told)}"
        yield ""
    if "explain" not in header:
        yield "This plan was made by an earlier wikimop, which kept no counts."


def _source_lines(tree: Tree, indent: str, place: str = "") -> Iterator[str]:
    yield f"{indent}{place}{tree['source']}: found {tree['found']}  ({_requests(tree['requests'])})"
    inside = {str(one["place"]): one for one in tree.get("inside", ())}
    for name, one in inside.items():
        if name != "except":
            yield from _source_lines(one, indent + "  ", f"{name}: ")
    yield from _left_out(tree, "repeated", indent, "found more than once")
    if "except" in inside:
        yield f"{indent}  - {tree.get('excepted', 0)} by except"
        yield from _source_lines(inside["except"], indent + "    ", "except: ")
    for row in tree.get("where", ()):
        unknown = f", {row['unknown']} not known" if row["unknown"] else ""
        yield f"{indent}  - {row['dropped']} by where {row['condition']}  (of {row['saw']}{unknown})"
    yield from _left_out(tree, "not_judged", indent, "not judged any more: the limit was reached")
    if "limit" in tree:
        yield f"{indent}  limit {tree['limit']}"
    if tree.get("related"):
        yield f"{indent}  + {tree['related']} related"
    problems = f", {tree['problems']} of which cannot be done" if tree.get("problems") else ""
    yield f"{indent}  gives {tree['gives']}{problems}"


def _left_out(tree: Tree, name: str, indent: str, why: str) -> Iterator[str]:
    if tree.get(name):
        yield f"{indent}  - {tree[name]} {why}"


def _requests(count: int) -> str:
    return "1 request" if count == 1 else f"{count} requests"


def cost_line(header: Mapping[str, Any]) -> str:
    """What the plan cost, and what carrying it out will; empty for a plan that does not tell."""
    cost = header.get("cost")
    if cost is None:
        return ""
    seconds = f", {cost['seconds']:.0f} seconds by limits.rate" if cost["seconds"] else ""
    return f"{_requests(cost['planning'])} made this plan; carrying it out takes {cost['writing']} or more{seconds}"
