"""One parameter of a query module: from its value in a playbook to the text that is sent, checked without a wiki.

How the API reads values: https://www.mediawiki.org/wiki/API:Data_formats and
https://www.mediawiki.org/wiki/API:Main_page#Multivalue_fields (the U+001F form).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from runner.errors import Finding
from runner.multivalue import UNIT, join
from runner.sources.catalogue import ParamSpec, ParamType
from runner.sources.nearest import did_you_mean, nearest
from runner.sources.times import read_time

_NUMBER = re.compile(r"[+-]?\d{1,18}", re.ASCII)
_BAD_IN_TITLE = re.compile(r"[\[\]{}<>#|\x00-\x1f\x7f\ufffd]")
_TITLE_BYTES = 255
Check = Callable[[ParamSpec, Any], Finding | None]


def encode(spec: ParamSpec, value: object) -> str | None:
    """What is sent for a value that `check_param` found nothing wrong with; None where it is left out (false).

    Relative times and names of namespaces stay as they are written, see `fix`.
    """
    if spec.type == "boolean":
        return "1" if value else None
    texts = [_text(spec, one) for _, one in _each(spec, value)]
    return join(texts) if spec.multi else texts[0]


def check_param(spec: ParamSpec, value: object) -> list[Finding]:
    """Everything wrong with a value, each at its place in it (`()`, or `(2,)` for the third of a list)."""
    if isinstance(value, list) and not spec.multi:
        return [_finding("list", f"`{spec.name}` takes one value, not a list")]
    if value in ([], None) or isinstance(value, dict):
        wanted = "an empty list" if value == [] else "null" if value is None else "a mapping"
        return [_finding("empty", f"`{spec.name}` is {wanted}", "give a value, or leave it out")]
    found = [(path, _CHECKS[spec.type](spec, one)) for path, one in _each(spec, value)]
    return [Finding(path=path, code=one.code, message=one.message, hint=one.hint) for path, one in found if one]


def split(text: str) -> list[str]:
    """The values of one text: `a|b`, or U+001F in front of each."""
    return text[1:].split(UNIT) if text.startswith(UNIT) else text.split("|")


def clean(value: object) -> str:
    """A text as it is sent: without space around it, in NFC (what the wiki would make of it anyway)."""
    return unicodedata.normalize("NFC", str(value)).strip()


def title_problem(title: str) -> str:
    """Why a text can be no title, as far as that is the same on every wiki; "" if it may be one.

    See https://www.mediawiki.org/wiki/Manual:Page_title
    """
    if bad := _BAD_IN_TITLE.search(title):
        return f"a title cannot hold `{bad[0]}`" if bad[0].isprintable() else "a title cannot hold control characters"
    if not title.strip(" _:"):
        return "a title cannot be empty"
    if len(title.rpartition(":")[2].strip().encode()) > _TITLE_BYTES:
        return f"a title has at most {_TITLE_BYTES} bytes"
    return ""


def _each(spec: ParamSpec, value: object) -> Iterator[tuple[tuple[int, ...], object]]:
    if isinstance(value, list):
        yield from (((index,), one) for index, one in enumerate(value))
    elif spec.multi and isinstance(value, str):
        yield from (((), one) for one in split(value))
    else:
        yield (), value


def _text(spec: ParamSpec, value: object) -> str:
    text = clean(value)
    if spec.type in {"integer", "namespace"} and _NUMBER.fullmatch(text):
        return str(int(text))
    return text.rstrip(":").strip() if spec.type == "namespace" else text


def _finding(code: str, message: str, hint: str = "") -> Finding:
    return Finding(path=(), code=code, message=message, hint=hint)


def _check_text(spec: ParamSpec, value: object) -> Finding | None:
    if isinstance(value, (bool, list, dict)) or value is None:
        return _finding("type", f"`{spec.name}` must be text", f'write it in quotes: "{str(value).lower()}"')
    if not clean(value):
        # an empty filter is no filter: it would widen the set
        return _finding("empty", f"`{spec.name}` is empty", "give a value, or leave it out")
    return None


def _check_title(spec: ParamSpec, value: object) -> Finding | None:
    wrong = _check_text(spec, value)
    if wrong is None and (problem := title_problem(clean(value))):
        hint = "write the page without its section" if "#" in str(value) else ""
        return _finding("title", f"`{spec.name}`: {problem}", hint)
    return wrong


def _check_integer(spec: ParamSpec, value: object) -> Finding | None:
    if isinstance(value, bool) or not _NUMBER.fullmatch(clean(value)):
        return _finding("integer", f"`{spec.name}` must be a whole number, not {_shown(value)}")
    number = int(clean(value))
    if spec.minimum is not None and number < spec.minimum:
        return _finding("minimum", f"`{spec.name}` is {number}; the least is {spec.minimum}")
    if spec.maximum is not None and number > spec.maximum:
        return _finding("maximum", f"`{spec.name}` is {number}; the most is {spec.maximum}")
    return None


def _check_boolean(spec: ParamSpec, value: object) -> Finding | None:
    if isinstance(value, bool):
        return None
    return _finding("boolean", f"`{spec.name}` must be true or false, not {_shown(value)}")


def _check_timestamp(spec: ParamSpec, value: object) -> Finding | None:
    if not isinstance(value, bool) and read_time(str(value)) is not None:
        return None
    text = str(value).strip()
    completed = {10: text + "T00:00:00Z", 19: text.replace(" ", "T") + "Z", 16: text.replace(" ", "T") + ":00Z"}
    whole = completed.get(len(text), "")
    hint = f"write {whole}" if read_time(whole) else "write 2026-01-31T00:00:00Z, 20260131000000, 7 days ago, or now"
    return _finding("timestamp", f"`{spec.name}` is no time: {_shown(value)}", hint)


def _check_namespace(spec: ParamSpec, value: object) -> Finding | None:
    if value == "*":
        return None if spec.every else _finding("namespace", f"`{spec.name}` takes one namespace, not all of them")
    if wrong := _check_text(spec, value):
        return wrong
    text = clean(value)
    if _NUMBER.fullmatch(text) and int(text) < 0 and int(text) not in spec.extra:
        return _finding("namespace", f"`{spec.name}` takes no namespace below 0: {text}")
    if not _NUMBER.fullmatch(text) and (problem := title_problem(text)):
        hint = "several namespaces are written as a list, or as 0|1" if spec.multi else "it takes one namespace"
        return _finding("namespace", f"`{spec.name}`: {_shown(value)} is no namespace ({problem})", hint)
    return None


def _check_enum(spec: ParamSpec, value: object) -> Finding | None:
    if wrong := _check_text(spec, value):
        return wrong
    text = clean(value)
    if text in spec.values or (spec.every and text == spec.every):
        return None
    # where a wiki may have values of its own, only what is nearly a known one is surely a slip
    if spec.open_ and nearest(text, spec.values, cutoff=0.85) is None:
        return None
    return _finding("enum", f"`{spec.name}` has no value `{text}`", did_you_mean(text, spec.values))


def _shown(value: object) -> str:
    return f"`{value}`" if isinstance(value, str) else f"`{str(value).lower()}`"


_CHECKS: Mapping[ParamType, Check] = {
    "string": _check_text,
    "user": _check_text,
    "title": _check_title,
    "integer": _check_integer,
    "boolean": _check_boolean,
    "timestamp": _check_timestamp,
    "namespace": _check_namespace,
    "enum": _check_enum,
    "undescribed": lambda _spec, _value: None,
}
