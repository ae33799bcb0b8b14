"""A YAML document as a tree that remembers where everything was written, and how."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from runner.errors import Problem

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class ScalarNode:
    """One value. `raw` is its text as written, which is what counts where text is expected (`010`, `null`)."""

    line: int
    column: int
    value: str | int | float | bool | None
    raw: str

    @property
    def empty(self) -> bool:
        """Nothing was written at all (`title:`), as against `null`."""
        return self.value is None and not self.raw


@dataclass(frozen=True, slots=True)
class ListNode:
    """A list."""

    line: int
    column: int
    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """A key's place, and the value that belongs to it."""

    line: int
    column: int
    node: Node


@dataclass(frozen=True, slots=True)
class MapNode:
    """A mapping; keys are always text, as written."""

    line: int
    column: int
    entries: Mapping[str, Entry]


Node = ScalarNode | ListNode | MapNode


def plain(node: Node) -> Any:  # noqa: ANN401  # a JSON value
    """The bare value: dict, list, str, int, float, bool or None. Every call gives fresh containers."""
    if isinstance(node, ScalarNode):
        return node.value
    if isinstance(node, ListNode):
        return [plain(item) for item in node.items]
    return {key: plain(entry.node) for key, entry in node.entries.items()}


def child(node: Node, step: str | int) -> Node | None:
    """What stands under a key or an index, or None."""
    if isinstance(node, MapNode) and isinstance(step, str):
        entry = node.entries.get(step)
        return entry.node if entry else None
    if isinstance(node, ListNode) and isinstance(step, int) and step < len(node.items):
        return node.items[step]
    return None


def dotted(path: Path) -> str:
    """A path as people write it: `steps.0.pages.titel`."""
    return ".".join(str(step) for step in path)


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One file: its tree and its lines. `secretive` documents never quote what was written in them.

    `broken` are the places of values that could not be read whole, which was reported: nothing more is said of them.
    """

    file: str
    root: MapNode
    lines: tuple[str, ...]
    secretive: bool = False
    broken: frozenset[tuple[int, int]] = frozenset()

    def find(self, path: Path) -> Node | None:
        """The node at a path, or None."""
        node: Node | None = self.root
        for step in path:
            node = child(node, step) if node is not None else None
        return node

    def place(self, path: Path, *, key: bool = False) -> tuple[int, int]:
        """Line and column, from 1, of the value at a path or of its key; of the nearest ancestor if it is missing."""
        node: Node = self.root
        here = (node.line, node.column)
        for depth, step in enumerate(path):
            below = child(node, step)
            if below is None:
                break
            last = depth == len(path) - 1
            owner = node.entries[step] if key and last and isinstance(node, MapNode) and isinstance(step, str) else below
            here = (owner.line, owner.column)
            node = below
        return here

    def problem(self, path: Path, code: str, message: str, *, hint: str = "", key: bool = False) -> Problem:
        """A mistake at the value of a path, or with `key` at its key."""
        return self.problem_at(self.place(path, key=key), path, code, message, hint=hint)

    def problem_at(self, place: tuple[int, int], path: Path, code: str, message: str, *, hint: str = "") -> Problem:
        """A mistake at a line and column of this file."""
        line, column = place
        excerpt = "" if self.secretive or line > len(self.lines) else self.lines[line - 1]
        return Problem(
            file=self.file,
            line=line,
            column=column,
            path=dotted(path),
            code=code,
            message=message,
            hint=hint,
            excerpt=excerpt,
        )
