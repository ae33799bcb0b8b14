"""The entries of a file: whatever is no entry is told with its line, because in `except` a line that is passed over lets a
page be acted on."""

from __future__ import annotations

from pathlib import Path

import pytest

from runner.cli.reading import file_values, read_playbook
from runner.errors import UsageError
from runner.sources.source import File

PLAYBOOK = "playbook: 1\nname: test\nsteps:\n  - {id: a, pages: {titles: [A]}, purge: {}}\n"


def read(folder: Path, text: str, head: File) -> list[str]:
    """The entries of a file with this text."""
    (folder / "playbook.yaml").write_text(PLAYBOOK, encoding="utf-8")
    (folder / head.path).write_text(text, encoding="utf-8", newline="")
    return list(file_values(read_playbook(folder / "playbook.yaml", {}))(head))


LINES = File(path="f.jsonl", format="jsonl", column="t")
TABLE = File(path="f.csv", format="csv", column="t")


@pytest.mark.parametrize("value", [
    "null", "true", "false", '["A"]', '{"A": 1}', "1.5", "1e3", '""', '"  "', "123456789012345678901234567890",
])  # fmt: skip
def test_a_value_that_is_no_text_is_told_with_its_line(tmp_path: Path, value: str) -> None:
    with pytest.raises(UsageError, match=r"f\.jsonl:3: .*`t`"):
        read(tmp_path, f'{{"t": "A"}}\n\n{{"t": {value}}}\n', LINES)


def test_a_line_without_a_column_is_told_as_well(tmp_path: Path) -> None:
    bare = File(path="f.jsonl", format="jsonl")
    assert read(tmp_path, '"A"\n12\n', bare) == ["A", "12"]
    with pytest.raises(UsageError, match=r"f\.jsonl:2: "):
        read(tmp_path, '"A"\nnull\n', bare)


def test_texts_and_whole_numbers_are_entries(tmp_path: Path) -> None:
    assert read(tmp_path, '{"t": "A"}\n{"t": 12}\n{"t": "None"}\n', LINES) == ["A", "12", "None"]


@pytest.mark.parametrize(("text", "line"), [
    ("n,t\n1,A\n2\n", 3),
    ("t,n\nA,1\n,2\n", 3),
    ("t,n\nA,1\n  ,2\n", 3),
    ("t,n\nA, B,1\n", 2),
    ('t,n\n"A"B,1\n', 2),
    ('t,n\nA,1\n"B,2\nC,3\n', 4),
])  # fmt: skip
def test_a_row_that_does_not_fit_is_told_with_its_line(tmp_path: Path, text: str, line: int) -> None:
    with pytest.raises(UsageError, match=rf"f\.csv:{line}: "):
        read(tmp_path, text, TABLE)


def test_a_column_that_stands_twice_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="has the column t twice"):
        read(tmp_path, "t,t\nA,B\n", TABLE)


def test_rows_and_empty_lines(tmp_path: Path) -> None:
    assert read(tmp_path, 'n,t\n1,A\n\n2,"B, C"\n', TABLE) == ["A", "B, C"]


@pytest.mark.parametrize("value", ["0", "-1", "1.0", "٣", "9" * 5000])
def test_what_is_no_id_is_told_with_its_line(tmp_path: Path, value: str) -> None:
    with pytest.raises(UsageError, match=r"f\.txt:2: "):
        read(tmp_path, f"1\n{value}\n", File(path="f.txt", kind="pageids"))
