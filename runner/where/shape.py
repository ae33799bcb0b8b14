"""What a condition's value may look like: its schema, what that cannot say, and the reader of what it lets through."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from runner.errors import Finding
from runner.sources.params import clean
from runner.where.conditions import Leaf

Schema = dict[str, Any]
Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """`schema` of the value; `check` finds what that cannot say; `parse` takes the fact's name and a right value."""

    schema: Schema
    parse: Callable[[str, Any], Leaf]
    check: Callable[[Any], list[Finding]] = lambda _value: []


TEXT: Schema = {"type": "string", "minLength": 1}
TEXTS: Schema = {"type": ["array", "string"], "minItems": 1, "minLength": 1, "items": TEXT}


def listed(value: Any) -> list[Any]:  # noqa: ANN401 - one value or several, as the schemas have it
    """One value or several as a list."""
    return value if isinstance(value, list) else [value]


def texts(value: Any) -> tuple[str, ...]:  # noqa: ANN401 - as above
    """One text or several, cleaned."""
    return tuple(clean(one) for one in listed(value))


def finding(path: Path, code: str, message: str, hint: str) -> Finding:
    """What is wrong at a place in the value."""
    return Finding(path=path, code=code, message=message, hint=hint)


def mapping(properties: Schema, *, most: int | None = None) -> Schema:
    """The schema of a mapping with at least one (and with `most` at most so many) of these keys."""
    bound = {"maxProperties": most} if most else {}
    return {"type": "object", "minProperties": 1, **bound, "additionalProperties": False, "properties": properties}


def below(value: Any, *keys: str) -> Iterator[tuple[Path, str]]:  # noqa: ANN401 - any value
    """The texts below these keys of a mapping, with their places."""
    given = value if isinstance(value, Mapping) else {}
    for key in keys:
        inside = given.get(key, [])
        for index, one in enumerate(listed(inside)):
            if isinstance(one, str):
                yield ((key, index) if isinstance(inside, list) else (key,)), one
