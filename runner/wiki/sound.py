"""Whether an answer is of the kind that the API gives: bounded, not too deep, and with ids that are ids. Pure.

A wiki may be broken, or somebody on the way may write its answers. What is not of this kind is no answer: it is asked for
again, and nothing is concluded from it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

DEEPEST = 50
MOST_PARTS = 2_000_000
"""Of lists and objects: a few bytes of JSON each, but a hundred in memory."""
LONGEST_TITLE = 1_000
LONGEST_TEXT = 2_000
LONGEST_CODE = 200
_LARGEST = 2**63
_LONGEST_POSITION = 10_000
# A `continue` of these would ask another question.
_OURS = frozenset({"action", "format", "token", "assert", "assertuser", "maxlag", "meta", "list", "prop", "generator"})
# What stands in these has names of its own.
_FREE = frozenset({"params", "pageprops", "paraminfo"})


def _is_id(value: object) -> bool:
    return type(value) is int and 0 <= value < _LARGEST


def _is_number(value: object) -> bool:
    return type(value) is int and -_LARGEST <= value < _LARGEST


def _is_title(value: object) -> bool:
    return isinstance(value, str) and len(value) <= LONGEST_TITLE


def _is_text(value: object) -> bool:
    return isinstance(value, str) and len(value) <= LONGEST_TEXT


def is_named(pageid: object, ns: object, title: object) -> bool:
    """Whether a page is named as pages are, where the answer to a write names it."""
    return (pageid is None or _is_id(pageid)) and (ns is None or _is_number(ns)) and _is_title(title)


_KNOWN: Mapping[str, Callable[[object], bool]] = {
    **dict.fromkeys(("pageid", "revid", "parentid", "lastrevid", "logid", "logpage", "userid", "length"), _is_id),
    **dict.fromkeys(("ns", "index"), _is_number),
    "title": _is_title,
    **dict.fromkeys(("timestamp", "archivename"), _is_text),
}
_NOTHING_KNOWN: Mapping[str, Callable[[object], bool]] = {}


def is_small(body: bytes) -> bool:
    """Whether JSON takes a bearable amount of memory, told before it is read."""
    return body.count(b"[") + body.count(b"{") <= MOST_PARTS


def is_sound(answer: Mapping[str, Any]) -> bool:
    """Whether an answer, whatever it is to, holds no nonsense. Texts of errors and warnings are cut to what people read.

    What a query tells is held to its documentation. The results of writes are not: they have other types for the same
    things, and each action reads its own.
    """
    if not all(map(_is_position, answer.get("continue", {}).items())):
        return False
    rest = {name: value for name, value in answer.items() if name != "query"}
    if not all(map(_is_result, answer.get("query", {}).values())):
        return False
    return _is_bounded(rest, _NOTHING_KNOWN) and _is_bounded(answer.get("query", {}), _KNOWN)


def _is_result(value: object) -> bool:
    """What a module of a query gives: an object, or a list of objects."""
    return all(isinstance(one, dict) for one in (value if isinstance(value, list) else [value]))


def _is_bounded(whole: Any, known: Mapping[str, Callable[[object], bool]]) -> bool:  # noqa: ANN401 - a JSON value
    parts, deeper = [whole], 0
    while parts:
        # One level after the other: every answer goes through here, so it has to be quick.
        inner: list[Any] = []
        for part in parts:
            if isinstance(part, dict):
                if not _holds_sound(part, known, inner):
                    return False
            else:
                inner += [value for value in part if isinstance(value, (dict, list))]
        parts = inner
        deeper += 1
        if deeper > DEEPEST:
            return False
    return True


def _holds_sound(part: dict[str, Any], known: Mapping[str, Callable[[object], bool]], inner: list[Any]) -> bool:
    for name, value in part.items():
        if name in known and not known[name](value):
            return False
        if isinstance(value, (dict, list)) and value and name not in _FREE:
            inner.append(value)
    if "code" in part:
        _cut(part)
    return True


def _cut(message: dict[str, Any]) -> None:
    for name, longest in (("code", LONGEST_CODE), ("text", LONGEST_TEXT), ("html", LONGEST_TEXT)):
        text = message.get(name)
        if isinstance(text, str) and len(text) > longest:
            message[name] = f"{text[:longest]}…"


def _is_position(item: tuple[str, object]) -> bool:
    name, value = item
    sound = isinstance(value, str | int | float) and len(str(value)) + len(name) <= _LONGEST_POSITION
    return sound and name not in _OURS
