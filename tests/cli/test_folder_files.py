"""A playbook that came with a stranger's change reads files of its own folder, and nothing else, by no way."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from runner.cli.folder_files import LONGEST_LINE, open_inside, trouble_with
from runner.cli.reading import file_values, read_bytes, read_playbook
from runner.errors import InvalidInput, UsageError
from runner.playbook.playbook import Playbook
from runner.sources.source import File
from tests.desk import Desk

BOOK = "playbook: 1\nname: x\nwiki: theirs\nsteps:\n- {{id: a, pages: {{file: {file}}}, purge: {{}}}}\n"


@pytest.fixture
def checkout(tmp_path: Path) -> Iterator[Path]:
    """A folder with everything that leads out of it, and a file that is all right."""
    folder = tmp_path / "checkout"
    (folder / "lists").mkdir(parents=True)
    (tmp_path / "outside.txt").write_text("Outside\n")
    (folder / "lists" / "good.txt").write_text("Good\n")
    for name, target in {
        "link": "../outside.txt", "absolute-link": str(tmp_path / "outside.txt"), "proc": "/proc/self/environ",
        "circle": "circle", "up": "..", "device": "/dev/zero", "fd": "/dev/fd/0", "inner-link": "lists/good.txt",
        "dangling": "nowhere",
    }.items():  # fmt: skip
        (folder / name).symlink_to(target)
    os.mkfifo(folder / "pipe")
    with socket.socket(socket.AF_UNIX) as listening:
        previous = Path.cwd()
        os.chdir(folder)  # a socket's path is short
        try:
            listening.bind("socket")
        finally:
            os.chdir(previous)
        yield folder


OUT = [
    "../outside.txt", "lists/../../outside.txt", "link", "absolute-link", "proc", "up/outside.txt", "device", "fd",
    "/etc/passwd", "/proc/self/environ", "/proc/self/cwd/lists/good.txt", "//etc/passwd", "~/.netrc", "circle", "dangling",
    "pipe", "socket", ".", "lists", "", "lists/good.txt/", "lists/good.txt/x", "a" * 5000, "a\0b",
]  # fmt: skip


@pytest.mark.parametrize("name", OUT, ids=range(len(OUT)))
def test_nothing_leads_out_and_nothing_waits(checkout: Path, name: str) -> None:
    started = time.monotonic()
    told = trouble_with(checkout, name)
    if name == "lists/good.txt/":
        return  # a spelling of the file itself
    assert told
    assert "Outside" not in told
    if name and "\0" not in name:
        book = checkout / "book.yaml"
        book.write_text(BOOK.format(file=repr(name)))
        with pytest.raises(InvalidInput):
            read_playbook(book, {})
    assert time.monotonic() - started < 5


def test_what_is_inside_is_read(checkout: Path) -> None:
    for name in ("lists/good.txt", "lists/../lists/good.txt", "inner-link", str(checkout / "lists/good.txt")):
        with open_inside(checkout, name) as file:
            assert file.read() == b"Good\n"


def values(folder: Path, text: bytes, **more: str) -> list[str]:
    (folder / "list").write_bytes(text)
    playbook = Playbook(name="x", path=str(folder / "book.yaml"), sha256="", steps=())
    return list(file_values(playbook)(File(path="list", **more)))  # type: ignore[arg-type]  # words


@pytest.mark.parametrize(
    ("text", "more", "said"),
    [
        (b"9" * 5000, {"kind": "pageids"}, "is no number"),
        (b"1" * 19, {"kind": "revids"}, "is no number"),
        (b"x" * (LONGEST_LINE + 1), {}, "longer than"),
        (b"\0" * (LONGEST_LINE * 3), {}, "longer than"),
        (b'a,b\n"x' + b"y" * 200_000, {"format": "csv", "column": "a"}, "not CSV"),
        (b"a,b\n\0,\n", {"format": "csv", "column": "a"}, None),
        (b"a\n" + b'"' + b"x\n" * 100_000, {"format": "csv", "column": "a"}, "not CSV"),
        (b"[" * 100_000, {"format": "jsonl"}, "not JSON"),
        (b'{"a": null}', {"format": "jsonl", "column": "a"}, "no text and no whole number"),
        (b'{"a": {"b": 1}}', {"format": "jsonl", "column": "a"}, "no text and no whole number"),
        (b"true", {"format": "jsonl"}, "no text and no whole number"),
        (b'"\\ud800"', {"format": "jsonl"}, "not JSON"),
        (b"\xff\xfe", {}, "not UTF-8"),
        (b"ok\n\xff\xfe", {}, "not UTF-8"),
    ],
)
def test_a_list_that_is_nonsense_is_told(checkout: Path, text: bytes, more: dict[str, str], said: str | None) -> None:
    if said is None:
        assert values(checkout, text, **more) == ["\0"]
        return
    with pytest.raises(UsageError, match=said):
        values(checkout, text, **more)


def test_a_list_as_ever(checkout: Path) -> None:
    assert values(checkout, b"\xef\xbb\xbf# c\r\nA\r\n\r\nB") == ["A", "B"]
    assert values(checkout, b'{"t": "A"}\n\n{"t": 1984}\n', format="jsonl", column="t") == ["A", "1984"]
    assert values(checkout, b'n,t\n1,"A\nB"\n2,C\n', format="csv", column="t") == ["A\nB", "C"]


def test_a_pipe_in_place_of_a_playbook_does_not_hold_us_up(checkout: Path, bare_desk: Desk) -> None:
    with pytest.raises(UsageError, match="it is no file"):
        read_bytes(checkout / "pipe")
    started = time.monotonic()
    assert "no file" in bare_desk.wikimop("validate", checkout / "pipe", code=2).err
    assert time.monotonic() - started < 10
    reading, writing = os.pipe()
    os.write(writing, b"playbook: 1\n")
    os.close(writing)
    assert read_bytes(Path(f"/dev/fd/{reading}")) == b"playbook: 1\n"
    os.close(reading)


@pytest.mark.parametrize("target", ["../outside.yaml", "/proc/self/environ"])
def test_a_wikis_yaml_beside_that_leads_out_is_not_read(checkout: Path, bare_desk: Desk, target: str) -> None:
    (checkout.parent / "outside.yaml").write_text("wikis: {theirs: {api: 'https://x.example.org/api.php'}}\n")
    (checkout / "wikis.yaml").symlink_to(target)
    (checkout / "book.yaml").write_text(BOOK.format(file="lists/good.txt"))
    result = bare_desk.wikimop("plan", checkout / "book.yaml", code=2)
    assert "leads out" in result.err or "no wiki named" in result.err
