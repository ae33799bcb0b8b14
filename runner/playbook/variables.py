"""`vars:` of a playbook, and `--var`: what each variable holds.

A variable is a plain value (`reason: Cleanup`), a list of them, or `{type, default, description}`; without a default it
has to be given. Nothing is rendered inside `vars`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from runner.errors import Problem
from runner.playbook.document import Document, ListNode, MapNode, Node, ScalarNode
from runner.playbook.scalars import resolve
from runner.playbook.wording import suggest
from runner.sources.nearest import nearest

TYPES = ("string", "integer", "number", "boolean", "list")
COMMAND_LINE = "--var"
_EXAMPLES = {
    "string": "some text",
    "integer": "a whole number such as 10",
    "number": "a number such as 2.5",
    "boolean": "true or false",
    "list": "values with | between them, such as A|B",
}
_LINE_BREAK = re.compile(r"[\r\n].*", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """What every variable holds (None: reported), and what was wrong with `vars:` or `--var`."""

    values: Mapping[str, ScalarNode | ListNode | None]
    problems: tuple[Problem, ...]


def settle(document: Document, given: Mapping[str, str]) -> Settled:
    """The variables of a document, with those of the command line in place. `given` maps names to texts as typed."""
    # `vras:` is told once, as an unknown key, and not again for each variable that is used
    top = "vars" if "vars" in document.root.entries else nearest("vars", document.root.entries) or "vars"
    declared = document.find((top,))
    entries = declared.entries if isinstance(declared, MapNode) else {}
    settling = _Settling(document=document, top=top)
    for name, entry in entries.items():
        settling.declare(name, entry.node, given.get(name))
    for name in given:
        if name not in entries:
            settling.unknown(name, given[name], list(entries))
    return Settled(values=settling.values, problems=tuple(settling.problems))


@dataclass(slots=True, kw_only=True)
class _Settling:
    document: Document
    top: str
    values: dict[str, ScalarNode | ListNode | None] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def declare(self, name: str, node: Node, text: str | None) -> None:
        default = _default(node)
        kind = _declared(node, default)
        self.values[name] = None
        if text is not None and kind is not None:
            self.values[name] = self.override(name, kind, text)
        elif default is None or (isinstance(default, ScalarNode) and default.value is None):
            hint = f'Give it with --var {name}=VALUE, or add a default. (For the text null write "null".)'
            self.problems.append(
                self.document.problem((self.top, name), "var-missing", f"`{name}` has no value.", hint=hint, key=True)
            )
        elif kind is not None and not isinstance(default, MapNode):
            self.values[name] = self.default(name, kind, default)

    def default(self, name: str, kind: str, default: ScalarNode | ListNode) -> ScalarNode | ListNode | None:
        value = _as_text(default) if kind == "string" else default
        if _type(value) in {kind, "integer" if kind == "number" else kind}:
            return value
        path = (self.top, name, "default")
        message = f"The default of `{name}` is not of type {kind}."
        self.problems.append(self.document.problem(path, "var-type", message, hint=f"Write {_EXAMPLES[kind]}."))
        return None

    def override(self, name: str, kind: str, text: str) -> ScalarNode | ListNode | None:
        if kind == "string":
            return ScalarNode(1, 1, text, text)
        if kind == "list":
            return ListNode(1, 1, tuple(ScalarNode(1, 1, resolve(part), part) for part in text.split("|")))
        value = ScalarNode(1, 1, resolve(text), text)
        if _type(value) in {kind, "integer" if kind == "number" else kind}:
            return value
        hint = f"Write {_EXAMPLES[kind]}; for any text declare it as `{name}: {{type: string, default: ...}}`."
        self.command_line(name, text, "var-type", f"`{name}` is of type {kind}.", hint)
        return None

    def unknown(self, name: str, text: str, known: list[str]) -> None:
        hint = suggest(name, known) or "The playbook declares no variables: add it under `vars:`."
        self.command_line(name, text, "var-unknown", f"There is no variable `{name}`.", hint)

    def command_line(self, name: str, text: str, code: str, message: str, hint: str) -> None:
        excerpt = _LINE_BREAK.sub("…", f"{COMMAND_LINE} {name}={text}")
        path = f"vars.{name}"
        problem = Problem(
            file=COMMAND_LINE, line=1, column=1, path=path, code=code, message=message, hint=hint, excerpt=excerpt
        )
        self.problems.append(problem)


def _default(node: Node) -> Node | None:
    if not isinstance(node, MapNode):
        return node
    return node.entries["default"].node if "default" in node.entries else None


def _declared(node: Node, default: Node | None) -> str | None:
    """The type of a variable, or None where the schema has something to say about it."""
    kind = node.entries["type"].node if isinstance(node, MapNode) and "type" in node.entries else None
    if isinstance(kind, ScalarNode):
        return kind.raw if kind.raw in TYPES else None
    return "string" if default is None else _type(default)


def _type(node: Node) -> str | None:
    if isinstance(node, ListNode):
        return "list" if all(isinstance(item, ScalarNode) and not item.empty for item in node.items) else None
    if not isinstance(node, ScalarNode):
        return None
    names: dict[type, str] = {bool: "boolean", int: "integer", float: "number", str: "string"}
    return names.get(type(node.value))


def _as_text(node: ScalarNode | ListNode) -> ScalarNode | ListNode:
    return replace(node, value=node.raw) if isinstance(node, ScalarNode) else node
