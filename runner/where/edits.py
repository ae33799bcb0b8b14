"""The value of `last_edit` and `creation`: ages or times, and users."""

from __future__ import annotations

from typing import Any

from runner.errors import Finding
from runner.sources.params import clean
from runner.sources.times import newer_first, read_time
from runner.sources.users import written
from runner.where.conditions import Edit, Leaf
from runner.where.shape import TEXT, TEXTS, Schema, Shape, below, finding, listed, mapping

AGES = ["180 days", "2026-01-31T00:00:00Z"]


def age(text: str) -> str:
    """`180 days` as `180 days ago`; anything else as it is."""
    text = text.strip()
    return f"{text} ago" if read_time(text) is None and read_time(f"{text} ago") is not None else text


def user(name: str) -> str:
    """A user name as the wiki writes it: with a capital, and an address of IPv6 in full
    (https://www.mediawiki.org/wiki/Manual:Usernames)."""
    text = written(clean(name))
    return text[:1].upper() + text[1:]


def users(value: Any) -> tuple[str, ...]:  # noqa: ANN401 - a JSON value
    """One user or several."""
    return tuple(user(one) for one in listed(value))


def _parse_edit(fact: str, value: Any) -> Leaf:  # noqa: ANN401 - a JSON value
    times = {key: age(value[key]) for key in ("older_than", "newer_than") if key in value}
    return Edit(fact=fact, **times, by=users(value.get("by", [])), not_by=users(value.get("not_by", [])))


def _check_edit(value: Any) -> list[Finding]:  # noqa: ANN401 - any value
    found = []
    for path, text in below(value, "older_than", "newer_than"):
        if read_time(age(text)) is None:
            hint = "write 180 days, 2026-01-31T00:00:00Z or 20260131000000"
            found.append(finding(path, "timestamp", f"`{text}` is neither an age nor a time", hint))
    return found or _check_contradiction(value)


def _check_contradiction(value: Any) -> list[Finding]:  # noqa: ANN401 - any value
    times = {path[0]: age(text) for path, text in below(value, "older_than", "newer_than")}
    by = {user(text) for _, text in below(value, "by")}
    both = [(path, text) for path, text in below(value, "not_by") if user(text) in by]
    if len(times) > 1 and (newer_first(times["newer_than"], times["older_than"]) or -1) >= 0:
        message = "nothing is older than the one and newer than the other"
        return [finding(("newer_than",), "order", message, "swap `older_than` and `newer_than`")]
    return [finding(path, "contradiction", f"`{text}` stands in `by`, too", "remove it from one") for path, text in both]


_SINCE: Schema = {
    "older_than": {"description": "Made before; an age, or a time.", **TEXT, "examples": AGES},
    "newer_than": {"description": "Made after; an age, or a time.", **TEXT, "examples": AGES},
}
SINCE = Shape(schema=mapping(_SINCE), check=_check_edit, parse=_parse_edit)
"""A time alone."""

EDIT = Shape(
    schema=mapping(
        {
            **_SINCE,
            "by": {"description": "Made by one of these users.", **TEXTS, "examples": ["Alice"]},
            "not_by": {"description": "Made by somebody else than these users.", **TEXTS, "examples": ["Alice"]},
        }
    ),
    check=_check_edit,
    parse=_parse_edit,
)
