"""`${vars.x}` in the texts of a playbook: names only, rendered once; what a variable holds is not looked into again.

`${item.x}` stands for something else in each item. It survives in the options that take it (`runner/actions/texts.py`), and
is an error elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from runner.actions.texts import escaped
from runner.errors import Problem
from runner.playbook.document import Document, Entry, ListNode, MapNode, Node, Path, ScalarNode
from runner.playbook.item_texts import Place, not_of_items, place_of
from runner.sources.nearest import nearest

NAME = r"[A-Za-z_][A-Za-z0-9_-]*"
_EXPRESSION = re.compile(r"\$\$\{|\$\{(?P<inside>[^{}]*)(?P<closed>\}?)")
_VARIABLE = re.compile(rf"vars\.({NAME})")
_ITEM = re.compile(r"item\.[A-Za-z_]+")

Values = Mapping[str, ScalarNode | ListNode | None]
"""What each declared variable holds; None: it is declared, but wrong or missing, and was reported already."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """The tree with every text rendered. `muted` are the places of values that are not known."""

    root: MapNode
    problems: tuple[Problem, ...]
    muted: frozenset[tuple[int, int]]


def render(document: Document, values: Values) -> Rendered:
    """Every text of the document, but for `vars` itself. Keys are not rendered. `$${` is a literal `${`."""
    renderer = _Renderer(document=document, values=values)
    entries = {
        key: entry if key == "vars" else replace(entry, node=renderer.node(entry.node, (key,)))
        for key, entry in document.root.entries.items()
    }
    root = replace(document.root, entries=entries)
    return Rendered(root=root, problems=tuple(renderer.problems), muted=frozenset(renderer.muted))


@dataclass(slots=True, kw_only=True)
class _Renderer:
    document: Document
    values: Values
    problems: list[Problem] = field(default_factory=list)
    muted: set[tuple[int, int]] = field(default_factory=set)

    def node(self, node: Node, path: Path) -> Node:
        if isinstance(node, ScalarNode):
            return self.scalar(node, path)
        if isinstance(node, ListNode):
            items = tuple(self.node(item, (*path, index)) for index, item in enumerate(node.items))
            return ListNode(node.line, node.column, items)
        entries = {
            key: Entry(entry.line, entry.column, self.node(entry.node, (*path, key))) for key, entry in node.entries.items()
        }
        return MapNode(node.line, node.column, entries)

    def scalar(self, node: ScalarNode, path: Path) -> Node:
        if not isinstance(node.value, str) or "${" not in node.value:
            return node
        place = place_of(self.document.root, path)
        whole = _EXPRESSION.fullmatch(node.value)
        if whole and whole["inside"] is not None and not _of_item(whole):
            found = self.value(whole, node, path)
            return _placed(found, node, escape=place is not None) if found else node
        text = self.composed(node, path, place)
        return ScalarNode(node.line, node.column, text, text)

    def composed(self, node: ScalarNode, path: Path, place: Place | None) -> str:
        """A text of several pieces. Where names of items may stand, what is literal is kept apart from them."""
        pieces, literal, end = [], "", 0
        for match in _EXPRESSION.finditer(str(node.value)):
            literal += str(node.value)[end : match.start()]
            end = match.end()
            if not _of_item(match):
                literal += self.text(match, node, path)
            elif wrong := not_of_items(match.group(), match["inside"].partition(".")[2], place, literal):
                self.report(node, path, *wrong)
            else:
                pieces += [escaped(literal), match.group()]
                literal = ""
        literal += str(node.value)[end:]
        return "".join([*pieces, escaped(literal) if place else literal])

    def text(self, match: re.Match[str], node: ScalarNode, path: Path) -> str:
        if match["inside"] is None:
            return "${"
        found = self.value(match, node, path)
        if isinstance(found, ListNode):
            hint = "A list can only be a whole value: `titles: ${vars.titles}`."
            self.report(node, path, "var-list", f"`{match.group()}` is a list and cannot stand inside a text.", hint)
        return found.raw if isinstance(found, ScalarNode) else ""

    def value(self, match: re.Match[str], node: ScalarNode, path: Path) -> ScalarNode | ListNode | None:
        name = _VARIABLE.fullmatch(match["inside"])
        if not match["closed"] or name is None:
            self.report(node, path, "var-syntax", *_not_a_name(match, self.values))
            return None
        if name[1] not in self.values:
            self.report(node, path, "var-unknown", f"There is no variable `{name[1]}`.", _unknown(name[1], self.values))
            return None
        if self.values[name[1]] is None:
            self.muted.add((node.line, node.column))
        return self.values[name[1]]

    def report(self, node: ScalarNode, path: Path, code: str, message: str, hint: str) -> None:
        self.muted.add((node.line, node.column))
        self.problems.append(self.document.problem_at((node.line, node.column), path, code, message, hint=hint))


def _of_item(match: re.Match[str]) -> bool:
    """Whether an expression means something of the item: `${item.title}`."""
    return bool(match["inside"] and match["closed"] and _ITEM.fullmatch(match["inside"]))


def _placed(value: ScalarNode | ListNode, node: ScalarNode, *, escape: bool) -> Node:
    """The value of a variable, as if it were written where it is used."""
    if isinstance(value, ScalarNode):
        inner = escaped(value.value) if escape and isinstance(value.value, str) else value.value
        return ScalarNode(node.line, node.column, inner, escaped(value.raw) if escape else value.raw)
    items = (item for item in value.items if isinstance(item, ScalarNode))  # as every list of a variable holds
    return ListNode(node.line, node.column, tuple(_placed(item, node, escape=escape) for item in items))


def _not_a_name(match: re.Match[str], values: Values) -> tuple[str, str]:
    literal = "For a literal ${ write $${."
    if not match["closed"]:
        return "`${` is never closed.", f"Write ${{vars.NAME}}. {literal}"
    inside = match["inside"].strip()
    name = inside.removeprefix("vars.")
    right = f"${{vars.{name}}}" if name in values else "${vars.NAME}"
    return f"`{match.group()}` is not a variable.", f"Write {right}; only names are allowed, no expressions. {literal}"


def _unknown(name: str, values: Values) -> str:
    near = nearest(name, values)
    if near is not None:
        return f"Did you mean ${{vars.{near}}}?"
    return f"Add it under `vars:`, as in `{name}: some text`. For a literal ${{ write $${{."
