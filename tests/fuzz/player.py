"""A wiki from a tape, some of whose answers are nonsense."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from runner.wiki.transport import Reply
from tests.fuzz.record import SECRET, TAPE

MOST_REQUESTS = 4000
"""Far more than a conversation needs with a wiki that is only slow: who asks this often would ask for ever."""
TAKES = json.loads(TAPE.read_text(encoding="utf-8"))
RUN = re.compile(r"\br\d{8}\b")
KINDS = ("action", "meta", "list", "prop", "generator")
# What differs from one recording to the next.
_ASIDE = frozenset({*SECRET, "requestid", "reason", "summary"})


def _deep(value: Any, depth: int) -> Any:  # noqa: ANN401 - a JSON value
    for number in range(depth):
        value = [value] if number % 2 else {"a": value}
    return value


NONSENSE: Sequence[Any] = (
    None, True, False, 0, -1, 1, 7.5, 1e308, 2**63 - 1, 2**63, 2**64 - 1, -(2**63), "", " ", "12", "-1", "0", "a", "|", "\x1f",
    "\x00", "\x1b[31m\x07", "\u202eevil\u2066", "::error::x", "##[error]x", "<script>", "=1+1", "#", "Main Page", "Main_Page",
    "User:Mop/Stop", "MediaWiki:Common.js", "2026-13-45T99:99:99Z", "99999-01-01T00:00:00Z", "infinity", "1" * 5000,
    "A" * 50_000, "\ud83d\ude00" * 300, "e\u0301", [], {}, [[]], [{}], {"a": {}}, [None], ["x"], {"text": {}},
    {"code": 7, "text": []},
    _deep("x", 40), _deep("x", 200), [{"pageid": n, "ns": 0, "title": f"P{n}"} for n in range(6000)],
    [{"pageid": "1", "ns": "0", "title": 5}], [{"pageid": 1}], [{"title": "X"}], [{"revid": 1}], {"0": {"pageid": 1}},
    [1, "a", []],
)  # fmt: skip

WRITES = ("rollback", "protect", "patrol", "tag", "watch", "setpagelanguage", "changecontentmodel", "mergehistory", "block")

ERRORS = (
    "maxlag", "readonly", "ratelimited", "badtoken", "assertuserfailed", "assertnameduserfailed", "blocked", "permissiondenied",
    "internal_api_error_x", "missingtitle", "unknown", "", "\x1b[2J", "readapidenied", "toomanyvalues", "hookaborted",
)  # fmt: skip

BODIES: Sequence[bytes] = (
    b"", b"null", b"[]", b"7", b'"x"', b"{", b"{}", b'{"query":', b"<html>Log in</html>", b"\xff\xfe", b"\xef\xbb\xbf{}",
    b'{"batchcomplete":true}', b'{"query":{}}', b'{"batchcomplete":true,"query":[]}', b'{"errors":[]}', b'{"errors":{}}',
    b'{"errors":[null]}', b'{"errors":[{}]}', b'{"errors":[{"code":[],"text":{}}]}', b'{"warnings":[{"code":null}]}',
    b'{"error":{"code":"x","info":"y"}}', b'{"batchcomplete":true,"continue":{"continue":{}}}',
    b'{"continue":{"action":"delete"}}', b'{"batchcomplete":true,"continue":{"a":"b"},"query":{"pages":[]}}',
    b"[" * 100_000, b'{"a":' * 100_000, b'{"a":"\\ud800"}',
    b'{"a":NaN}', b'{"a":1e999}', b'{"a":' + b"9" * 5000 + b"}", b'{"a":"' + b"x" * 1_000_000 + b'"}', b"{}{}", b"{}<br>",
    b'{"batchcomplete":true,"batchcomplete":false}', b'{"query":{"pages":{"1":{"pageid":1}}},"batchcomplete":true}',
)  # fmt: skip


@dataclass(frozen=True)
class Change:
    """What becomes of one answer: the body after `edits` (each a way down into it, and what to do there), or another body
    altogether, a status, headers. `from_then_on`: the same of every later one."""

    number: int
    edits: tuple[tuple[tuple[int, ...], str, Any], ...] = ()
    body: bytes | None = None
    cut: float | None = None
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    from_then_on: bool = False
    only: str = ""

    def meets(self, number: int, asked: Mapping[str, str]) -> bool:
        here = number >= self.number if self.from_then_on else number == self.number
        return here and (not self.only or self.only in " ".join(asked.get(kind, "") for kind in KINDS))


class Player:
    """A `Sender`. `written` are the parameters of every write that was sent, `heard` whole requests over HTTP."""

    def __init__(self, changes: Sequence[Change] = ()) -> None:
        self._changes = changes
        self.asked = 0
        self._run = "r00000001"
        self.written: list[Mapping[str, str]] = []
        self.heard: list[str] = []

    def send(self, parameters: Mapping[str, str], *, post: bool) -> Reply:
        self.asked += 1
        if named := RUN.search(parameters.get("reason", "")):
            self._run = named.group()
        assert self.asked <= MOST_REQUESTS, "it asks for ever"
        if post and parameters["action"] not in ("query", "login", "paraminfo"):
            self.written.append(parameters)
        take = best(parameters)
        # The run that was recorded had another name.
        status, headers, body = 200, dict(take["headers"]), RUN.sub(self._run, json.dumps(take["body"])).encode()
        for change in self._changes:
            if change.meets(self.asked, parameters):
                status, body = change.status, changed(change, body)
                headers |= dict(change.headers)
        return Reply(status=status, headers=headers, body=body)

    def forget(self) -> None:
        """There are no cookies on a tape."""


def best(parameters: Mapping[str, str]) -> Mapping[str, Any]:
    """The take whose question is the most like this one."""
    asked = {(name, value) for name, value in parameters.items() if name not in _ASIDE}
    kind = {item for item in asked if item[0] in KINDS}
    found: Mapping[str, Any] = max(
        TAKES, key=lambda take: (len(kind & take["asked"].items()), len(asked & take["asked"].items()), -len(take["asked"]))
    )
    return found


def changed(change: Change, body: bytes) -> bytes:
    if change.body is not None:
        body = change.body
    if change.edits:
        try:
            value = json.loads(body)
        except (ValueError, RecursionError):
            value = {}
        for way, deed, more in change.edits:
            value = edited(value, way, deed, more)
        body = json.dumps(value).encode()
    return body if change.cut is None else body[: int(len(body) * change.cut)]


def edited(value: Any, way: tuple[int, ...], deed: str, more: Any) -> Any:  # noqa: ANN401 - JSON values
    """A JSON value with one change, as deep inside as the way leads; each number chooses among what is there."""
    if not way or not isinstance(value, (dict, list)) or not value:
        return copy.deepcopy(more) if deed in ("put", "add") else value
    value = copy.copy(value)
    where = list(value)[way[0] % len(value)] if isinstance(value, dict) else way[0] % len(value)
    if len(way) > 1 and isinstance(value[where], (dict, list)) and value[where]:
        value[where] = edited(value[where], way[1:], deed, more)
    else:
        _DEEDS[deed](value, where, copy.deepcopy(more))
    return value


def _drop(value: Any, where: Any, _more: Any) -> None:  # noqa: ANN401 - JSON values
    del value[where]


def _put(value: Any, where: Any, more: Any) -> None:  # noqa: ANN401 - JSON values
    value[where] = more


def _add(value: Any, where: Any, more: Any) -> None:  # noqa: ANN401 - JSON values
    if isinstance(value, list):
        value.append(more)
    else:
        value[f"{where}x"] = more


def _twice(value: Any, where: Any, _more: Any) -> None:  # noqa: ANN401 - JSON values
    if isinstance(value, list):
        value.append(copy.deepcopy(value[where]))


def _swap(value: Any, where: Any, _more: Any) -> None:  # noqa: ANN401 - JSON values
    """Ids as text, texts as numbers, lists as maps."""
    old = value[where]
    if isinstance(old, list):
        value[where] = {str(number): one for number, one in enumerate(old)}
    elif isinstance(old, dict):
        value[where] = list(old.values())
    else:
        value[where] = str(old) if isinstance(old, (int, float)) else len(old or "")


_DEEDS: Mapping[str, Callable[[Any, Any, Any], None]] = {
    "drop": _drop,
    "put": _put,
    "add": _add,
    "twice": _twice,
    "swap": _swap,
}

edits = st.tuples(
    st.lists(st.integers(0, 30), min_size=1, max_size=8).map(tuple), st.sampled_from(sorted(_DEEDS)), st.sampled_from(NONSENSE)
)  # fmt: skip
error_bodies = st.builds(
    lambda code, text: json.dumps({"errors": [{"code": code, "text": text, "module": "main"}]}).encode(),
    st.sampled_from(ERRORS),
    st.sampled_from(["", "x", "\x1b[31m" * 50, "<b>" * 10_000]),
)
header = st.tuples(
    st.sampled_from(["retry-after", "mediawiki-api-error", "location", "date", "content-type"]),
    st.sampled_from(
        ["", "0", "-1", "1e9", "99999999999", "x", "\x1b[31m", "http://evil.example/", "badtoken", "maxlag,readonly"]
    ),
)
rough = st.builds(
    Change,
    number=st.integers(1, 150),
    edits=st.lists(edits, max_size=3).map(tuple),
    body=st.none() | st.none() | st.sampled_from(BODIES) | error_bodies,
    cut=st.none() | st.none() | st.none() | st.floats(0, 1),
    status=st.sampled_from([200] * 12 + [100, 204, 301, 400, 403, 404, 408, 413, 414, 429, 500, 502, 503, 504, 999]),
    headers=st.lists(header, max_size=1).map(tuple),
    from_then_on=st.booleans(),
    only=st.sampled_from(
        ["", "", "", "logevents", "info", "revisions", "delete", "tokens", "userinfo", "siteinfo", "usercontribs", *WRITES]
    ),
)
# One answer with little wrong: it comes further than the login.
gentle = st.builds(
    Change,
    number=st.integers(8, 220),
    edits=st.lists(edits, min_size=1, max_size=2).map(tuple),
    only=st.sampled_from(["", "", "", "", "logevents", "info", "revisions", "delete", *WRITES]),
    from_then_on=st.sampled_from([False, False, True]),
)
changes = rough | gentle
