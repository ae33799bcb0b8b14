"""YAML to a document, by YAML 1.2 core rules, with the place of everything.

Events are read one by one instead of composing: libyaml's composer crashes the process on deep nesting, and YAML's own
features for hostile input (tags, aliases without end) are refused on the way.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import yaml

from runner.errors import InvalidInput, Problem
from runner.playbook.document import Document, Entry, ListNode, MapNode, Node, ScalarNode
from runner.playbook.scalars import resolve
from runner.playbook.syntax import begun_at, explain

MAX_BYTES = 10_000_000
MAX_DEPTH = 50
MAX_NODES = 250_000
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]")
_BREAK = re.compile(r"\r\n|\r|\n")


class _Fatal(Exception):
    """Reading cannot go on after this problem; never leaves this module."""


def read_document(data: bytes, file: str, *, secretive: bool = False) -> Document:
    """A document whose top is a mapping, or InvalidInput with every problem; `file` only names it in messages."""
    document, problems = scan(data, file, secretive=secretive)
    if document is None or problems:
        raise InvalidInput(tuple(problems))
    return document


def scan(
    data: bytes, file: str, *, secretive: bool = False, libyaml: bool = yaml.__with_libyaml__
) -> tuple[Document | None, list[Problem]]:
    """As `read_document`, but a document that its mistakes leave readable (a duplicate key) comes with its problems.

    `secretive` keeps what was written out of every problem. `libyaml` False reads with PyYAML's own, slower parser.
    """
    scanner = _Scanner(file=file, secretive=secretive)
    try:
        scanner.decode(data)
        return scanner.document(libyaml=libyaml), scanner.problems
    except _Fatal:
        return None, scanner.problems


def _place(event: yaml.Event) -> tuple[int, int]:
    mark = event.start_mark
    return (mark.line + 1, mark.column + 1) if mark else (1, 1)


@dataclass(slots=True)
class _Anchor:
    node: Node | None
    size: int


@dataclass(slots=True, kw_only=True)
class _Scanner:
    file: str
    secretive: bool
    text: str = ""
    lines: tuple[str, ...] = ()
    problems: list[Problem] = field(default_factory=list)
    anchors: dict[str, _Anchor] = field(default_factory=dict)
    nodes: int = 0
    broken: set[tuple[int, int]] = field(default_factory=set)
    events: Iterator[yaml.Event] = field(default_factory=lambda: iter(()))

    def report(self, line: int, column: int, code: str, message: str, hint: str = "") -> None:
        excerpt = "" if self.secretive or line > len(self.lines) else self.lines[line - 1]
        self.problems.append(
            Problem(
                file=self.file,
                line=line,
                column=column,
                path="",
                code=code,
                message=message,
                hint=hint,
                excerpt=excerpt,
            )
        )

    def fatal(self, line: int, column: int, code: str, message: str, hint: str = "") -> _Fatal:
        self.report(line, column, code, message, hint)
        return _Fatal()

    def report_event(self, event: yaml.Event, code: str, message: str, hint: str = "") -> None:
        self.report(*_place(event), code, message, hint)

    def decode(self, data: bytes) -> None:
        if len(data) > MAX_BYTES:
            size = f"{len(data) / 1_000_000:.0f} MB"
            most = f"At most {MAX_BYTES // 1_000_000} MB are read."
            hint = f"{most} Put long lists into a file of their own: `file: titles.txt`."
            raise self.fatal(1, 1, "yaml-too-large", f"The file is too large ({size}).", hint)
        try:
            self.text = data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            before = data[: error.start]
            column = len(before[before.rfind(b"\n") + 1 :].decode("utf-8", "replace")) + 1
            raise self.fatal(
                before.count(b"\n") + 1, column, "yaml-encoding", "The file is not UTF-8.", "Save it as UTF-8."
            ) from None
        self.lines = tuple(_BREAK.split(self.text))
        if found := CONTROL.search(self.text):
            raise self.control(found)

    def control(self, found: re.Match[str]) -> _Fatal:
        breaks = [broken.end() for broken in _BREAK.finditer(self.text, 0, found.start())]
        column = found.start() - (breaks[-1] if breaks else 0) + 1
        code = ord(found.group())
        return self.fatal(
            len(breaks) + 1, column, "yaml-control",
            f"There is an invisible control character (U+{code:04X}) here.",
            f'Remove it; if it is meant, write it as "\\u{code:04x}" in double quotes.',
        )  # fmt: skip

    def document(self, *, libyaml: bool) -> Document:
        loader = yaml.CSafeLoader if libyaml else yaml.SafeLoader
        self.events = yaml.parse(self.text, Loader=loader)
        try:
            root = self.top()
        except yaml.MarkedYAMLError as error:
            line, column = begun_at(error, self.lines)
            message, hint = explain(error, self.lines[line - 1])
            raise self.fatal(line, column, "yaml-syntax", message, hint) from None
        return Document(file=self.file, root=root, lines=self.lines, secretive=self.secretive, broken=frozenset(self.broken))

    def top(self) -> MapNode:
        next(self.events)
        event = next(self.events)
        if not isinstance(event, yaml.DocumentStartEvent):
            raise self.fatal(1, 1, "yaml-empty", "The file is empty.")
        root = self.node(next(self.events), 0)
        next(self.events)
        after = next(self.events)
        if isinstance(after, yaml.DocumentStartEvent):
            self.report_event(
                after, "yaml-documents", "A second document begins here; one file holds one.", "Remove this `---`."
            )
        if isinstance(root, ScalarNode) and root.value is None:
            raise self.fatal(1, 1, "yaml-empty", "The file is empty.")
        if not isinstance(root, MapNode):
            message = "The file must hold `key: value` lines at its top."
            raise self.fatal(root.line, root.column, "yaml-top", message)
        return root

    def node(self, event: yaml.Event, depth: int) -> Node:
        self.spend(event, 1)
        if isinstance(event, yaml.AliasEvent):
            return self.alias(event)
        if not isinstance(event, yaml.ScalarEvent | yaml.CollectionStartEvent):
            raise TypeError(event)  # the parser's grammar has nothing else here
        if event.tag is not None:
            self.tag(event)
        if event.anchor is None:
            return self.content(event, depth)
        anchor = self.anchors[event.anchor] = _Anchor(None, self.nodes)
        anchor.node = self.content(event, depth)
        anchor.size = self.nodes - anchor.size + 1
        return anchor.node

    def content(self, event: yaml.ScalarEvent | yaml.CollectionStartEvent, depth: int) -> Node:
        line, column = _place(event)
        if isinstance(event, yaml.ScalarEvent):
            text = event.value
            if event.style and CONTROL.search(text):
                self.report(line, column, "yaml-control", "This text contains a control character.", "Remove its escape.")
            return ScalarNode(line, column, text if event.style else resolve(text), text)
        if depth == MAX_DEPTH:
            raise self.fatal(line, column, "yaml-depth", f"Brackets or indents are nested more than {MAX_DEPTH} deep here.")
        if isinstance(event, yaml.SequenceStartEvent):
            return ListNode(line, column, tuple(self.items(depth + 1)))
        return MapNode(line, column, self.entries(event, depth + 1))

    def items(self, depth: int) -> Iterator[Node]:
        while not isinstance(event := next(self.events), yaml.SequenceEndEvent):
            yield self.node(event, depth)

    def entries(self, start: yaml.Event, depth: int) -> dict[str, Entry]:
        found: dict[str, Entry] = {}
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            key = self.key(event, depth, found, start)
            node = self.node(next(self.events), depth)
            if key is not None:
                found[key] = Entry(*_place(event), node)
        return found

    def key(self, event: yaml.Event, depth: int, found: dict[str, Entry], start: yaml.Event) -> str | None:
        node = self.node(event, depth)
        if not isinstance(event, yaml.ScalarEvent) or not isinstance(node, ScalarNode):
            self.no_key(event, start)
        elif node.raw == "<<" and not event.style:
            hint = "Write the keys out; `*name` alone repeats a whole value."
            self.report_event(event, "yaml-merge", "`<<` (merging) is not part of YAML 1.2.", hint)
            self.broken.add(_place(start))
        elif node.raw in found:
            first = found[node.raw].line
            name = "A key" if self.secretive else f"The key `{node.raw}`"
            message = f"{name} stands here twice; it is already in line {first}."
            self.report_event(event, "yaml-duplicate", message, "Keep one.")
        else:
            return node.raw
        return None

    def no_key(self, event: yaml.Event, start: yaml.Event) -> None:
        hint = 'Text that begins with {, [ or * needs quotes: "{{Template}}".'
        # in `{{Draft}}` the quotes belong before the outer one
        whole = start if getattr(start, "flow_style", False) else event
        self.report_event(whole, "yaml-key", "A key must be a plain word.", hint)
        self.broken.add(_place(start))

    def alias(self, event: yaml.AliasEvent) -> Node:
        anchor = self.anchors.get(event.anchor or "")
        line, column = _place(event)
        if anchor is not None and anchor.node is not None:
            self.spend(event, anchor.size)
            return anchor.node
        name = "" if self.secretive else f" `*{event.anchor}`"
        if anchor is None:
            message, hint = f"The alias{name} names no anchor above it.", 'If it is text, quote it: "*text".'
        else:
            message, hint = f"The alias{name} refers to what it stands in.", "Write the value out."
        self.report(line, column, "yaml-alias", message, hint)
        return ScalarNode(line, column, None, "")

    def tag(self, event: yaml.ScalarEvent | yaml.CollectionStartEvent) -> None:
        name = "A tag" if self.secretive else f"The tag `{event.tag}`"
        hint = 'Remove it. If it is text that begins with an exclamation mark, quote it: "!text".'
        self.report_event(event, "yaml-tag", f"{name} is not allowed: values have the type they are written as.", hint)

    def spend(self, event: yaml.Event, nodes: int) -> None:
        self.nodes += nodes
        if self.nodes > MAX_NODES:
            line, column = _place(event)
            hint = "Put long lists into a file of their own (`file: titles.txt`), and write aliases out."
            raise self.fatal(line, column, "yaml-too-many", f"There are more than {MAX_NODES:,} values up to here.", hint)
