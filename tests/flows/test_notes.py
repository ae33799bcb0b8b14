"""What is written down while a source is resolved, and when it is said aloud."""

from __future__ import annotations

from typing import Any

from runner.flows.notes import Note, Notes, OneByOne
from runner.model import Blocked, Ref
from runner.sources.parse import parse_source


class Said:
    """A log that remembers."""

    def __init__(self) -> None:
        self.lines: list[tuple[str, dict[str, Any]]] = []

    def info(self, event: str, /, **fields: Any) -> None:  # noqa: ANN401 - as structlog has it
        self.lines.append(("info", {"event": event, **fields}))

    def warning(self, event: str, /, **fields: Any) -> None:  # noqa: ANN401 - as structlog has it
        self.lines.append(("warning", {"event": event, **fields}))

    def bind(self, **_fields: Any) -> Said:  # noqa: ANN401 - as structlog has it
        return self


def test_a_warning_comes_when_the_sum_reaches_another_power_of_ten() -> None:
    said = Said()
    announce = OneByOne(said)
    for _ in range(25):
        announce("creation", 50)
    announce("subpages", 99)
    warned = [fields["total"] for level, fields in said.lines if level == "warning"]
    assert warned == [100, 1000]
    assert said.lines[-1] == ("info", {"event": "facts_read_one_by_one", "what": "subpages", "pages": 99, "total": 99})


def test_one_batch_may_reach_it_alone() -> None:
    said = Said()
    announce = OneByOne(said)
    announce("subpages", 500)
    announce("subpages", 400)
    assert [level for level, _ in said.lines] == ["warning", "info"]


def test_a_note_counts_what_passes() -> None:
    note = Note()
    refs = [Ref(title="A", through="B"), Ref(title="C"), Ref(title="D", problem=Blocked(code="missing"))]
    assert list(note.counted(note.counted(refs, "found"), "given")) == refs
    assert (note.found, note.redirected, note.given, note.problems) == (3, 1, 3, 1)
    heard: list[tuple[str, int]] = []
    announced = note.announcing(lambda what, requests: heard.append((what, requests)))
    announced("subpages", 2)
    announced("subpages", 3)
    assert note.cost() == {"requests": 0, "one_by_one": {"subpages": 5}}
    assert heard == [("subpages", 2), ("subpages", 3)]


def test_every_source_inside_has_its_place() -> None:
    source = parse_source(
        "pages",
        {"generator": "links", "of": {"union": [{"titles": ["A"]}, {"titles": ["B"], "except": {"titles": ["C"]}}]},
         "except": {"intersect": [{"titles": ["D"]}]}},
    )  # fmt: skip
    tree = Notes().tree(source)
    places = ["of", "of.union.0", "of.union.1", "of.union.1.except", "except", "except.intersect.0"]
    assert [one["place"] for one in tree["inside"]] == places
