"""The wiki's own log, read newest first until what is known."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from runner.errors import Unreachable
from runner.wiki.log import comments_since, entries_since, newest_logid


def entry(logid: int, **more: object) -> dict[str, object]:
    """As MediaWiki 1.39 gives it."""
    return {
        "logid": logid, "ns": 0, "title": f"P{logid}", "pageid": 0, "logpage": logid + 1000, "params": {}, "type": "delete",
        "action": "delete", "user": "Sysop", "comment": f"x (wikimop r{logid})", **more,
    }  # fmt: skip


class Log:
    """A log of some entries in its own order, three an answer."""

    def __init__(self, *logids: int) -> None:
        self._entries = [entry(logid) for logid in logids]
        self.asked: list[Mapping[str, str]] = []

    def __call__(self, parameters: Mapping[str, str]) -> Mapping[str, Any]:
        self.asked.append(parameters)
        at = int(parameters.get("lecontinue", "0"))
        more = {"continue": {"lecontinue": str(at + 3)}} if at + 3 < len(self._entries) else {"batchcomplete": True}
        return {**more, "query": {"logevents": self._entries[at : at + 3]}}


def since(log: Log, logid: int) -> list[int]:
    return [found.logid for found in entries_since(log, logid, user="Sysop", filters={"letype": "delete"})]


def test_what_is_newer_and_nothing_else() -> None:
    log = Log(9, 8, 7, 6, 5, 4, 3, 2, 1)
    assert since(log, 5) == [9, 8, 7, 6]
    assert len(log.asked) == 2
    assert {"leuser": "Sysop", "letype": "delete", "list": "logevents"}.items() <= log.asked[0].items()


def test_entries_that_clocks_have_put_out_of_order() -> None:
    """Sorted by time: number 8 came from a server whose clock is a second behind."""
    assert since(Log(7, 9, 8, 6, 5, 4), 7) == [9, 8]
    assert since(Log(9, 7, 8), 8) == [9]


def test_a_whole_log_that_is_new() -> None:
    assert since(Log(3, 2, 1), 0) == [3, 2, 1]
    assert since(Log(), 0) == []


def test_an_entry() -> None:
    log = Log(7)
    log._entries[0] |= {"action": "revision", "params": {"type": "revision", "ids": ["12", 13]}}
    (found,) = entries_since(log, 0, user="Sysop", filters={})
    assert (found.logid, found.pageid, found.action, found.user) == (7, 1007, "revision", "Sysop")
    assert (found.comment, found.ids) == ("x (wikimop r7)", frozenset({"12", "13"}))


@pytest.mark.parametrize("answer", [{}, {"query": {}}, {"query": {"logevents": [{}]}}, {"query": {"logevents": 7}}], ids=str)
def test_a_log_that_is_not_told_is_not_empty(answer: Mapping[str, Any]) -> None:
    with pytest.raises(Unreachable):
        list(entries_since(lambda _: answer, 0, user="Sysop", filters={}))


def test_the_newest_entry() -> None:
    assert newest_logid({"logevents": [{"logid": 7}]}) == 7
    assert newest_logid({"logevents": []}) == 0
    with pytest.raises(Unreachable, match="lacks what the API documents"):
        newest_logid({"pages": []})


def test_a_mark_in_the_log() -> None:
    told = list(comments_since(Log(9, 8, 7, 6), "2026-01-01T00:00:00Z", user="Sysop", filters={}))
    assert [comment[comment.index("(wikimop") :] for comment in told] == [f"(wikimop r{number})" for number in (9, 8, 7, 6)]
