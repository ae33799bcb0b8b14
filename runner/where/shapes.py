"""The shapes that a condition's value may have.

A check is given any value; where the schema has something to say already, it says nothing. Paths go from the value down.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from runner.errors import Finding
from runner.marks import MARK, What
from runner.sources.params import clean, title_problem
from runner.where import patterns
from runner.where.conditions import Choice, Flag, Leaf, Members, Namespace, Pattern, Property, Protection, Span
from runner.where.edits import users
from runner.where.shape import TEXT, TEXTS, Schema, Shape, below, finding, listed, mapping, texts

FLAG = Shape(schema={"type": "boolean"}, parse=lambda fact, value: Flag(fact=fact, wanted=value))


def span(minimum: int | None = 0) -> Shape:
    """A number, or `{min, max}`."""
    least = {"minimum": minimum} if minimum is not None else {}
    number: Schema = {"type": "integer", **least}
    bounds = {"min": {"description": "At least so much.", **number}, "max": {"description": "At most so much.", **number}}
    examples = [{"min": 10}, {"min": 10, "max": 99}, 0]
    schema: Schema = {"if": {"type": "object"}, "then": mapping(bounds), "else": {**number, "examples": examples}}
    return Shape(schema=schema, check=_check_span, parse=_parse_span)


def _parse_span(fact: str, value: Any) -> Leaf:  # noqa: ANN401 - a JSON value
    if isinstance(value, Mapping):
        return Span(fact=fact, min=value.get("min"), max=value.get("max"))
    return Span(fact=fact, min=value, max=value)


def _check_span(value: Any) -> list[Finding]:  # noqa: ANN401 - any value
    least, most = (value.get("min"), value.get("max")) if isinstance(value, Mapping) else (None, None)
    if isinstance(least, int) and isinstance(most, int) and least > most:
        return [finding(("min",), "order", f"nothing is at least {least} and at most {most}", "swap them")]
    return []


def _parse_pattern(fact: str, value: Any) -> Leaf:  # noqa: ANN401 - a JSON value
    ((way, text),) = value.items()
    return Pattern(fact=fact, way=way, text=clean(text) if fact == "title" else text)


def _check_pattern(value: Any) -> list[Finding]:  # noqa: ANN401 - any value
    found = []
    for way in ("glob", "regex"):
        for path, text in below(value, way):
            if told := patterns.problem(way, text):
                found.append(finding(path, "pattern", f"`{text}` {told[0]}", told[1]))
    return found


PATTERN = Shape(
    schema=mapping(
        {
            "glob": {"description": "The whole text: `*` is any text, `?` any character.", **TEXT, "examples": ["Draft:*"]},
            "regex": {"description": "Found anywhere in it; RE2's syntax.", **TEXT, "examples": [r"\d{4}$"]},
            "contains": {"description": "Found anywhere in it, as written.", **TEXT, "examples": ["old"]},
        },
        most=1,
    ),
    check=_check_pattern,
    parse=_parse_pattern,
)


def members(what: str, example: str, *, titles: bool, offered: What | None = None) -> Shape:
    """`{any, all, none}` of names; `offered` says of what a wiki has a list."""
    words = {"any": "At least one of these", "all": "Every one of these", "none": "None of these"}
    value: Schema = {**TEXTS, "examples": [[example]], **({MARK: offered} if offered else {})}
    keys = {key: {"description": f"{text} {what}.", **value} for key, text in words.items()}
    return Shape(
        schema=mapping(keys),
        check=_check_titles if titles else _check_members,
        parse=lambda fact, value: Members(fact=fact, **{key: texts(value[key]) for key in words if key in value}),
    )


def _check_members(value: Any) -> list[Finding]:  # noqa: ANN401 - any value
    wanted = {clean(text) for _, text in below(value, "all")}
    return [
        finding(path, "contradiction", f"`{text}` stands in `all`, too", "remove it from one")
        for path, text in below(value, "none")
        if clean(text) in wanted
    ]


def _check_titles(value: Any) -> list[Finding]:  # noqa: ANN401 - any value
    wrong = [
        finding(path, "title", f"`{text}`: {told}", "write the page without its section" if "#" in text else "")
        for path, text in below(value, "any", "all", "none")
        if (told := title_problem(clean(text)))
    ]
    return wrong + _check_members(value)


def choice(
    examples: list[str],
    *,
    names: bool = False,
    offered: What | None = None,
    check: Callable[[Any], list[Finding]] = lambda _value: [],
) -> Shape:
    """One text, or several of which one must be it; `names` are those of users, `offered` says of what a wiki has a list."""
    read = users if names else texts
    schema: Schema = {**TEXTS, "examples": examples, **({MARK: offered} if offered else {})}
    return Shape(schema=schema, check=check, parse=lambda fact, value: Choice(fact=fact, values=read(value)))


def check_mime(value: Any) -> list[Finding]:  # noqa: ANN401 - any value
    """`image/png`, or `image/*`."""
    return [
        finding((), "type", f"`{one}` is no type of files", "types are like image/png, image/svg+xml or image/*")
        for one in listed(value)
        if isinstance(one, str) and (one.count("/") != 1 or one.startswith("/") or one.endswith("/"))
    ]


NAMESPACE = Shape(
    schema={
        "type": ["array", "integer", "string"],
        "minItems": 1,
        "items": {"type": ["integer", "string"]},
        "examples": [0, "User talk", [0, 118]],
        MARK: "namespaces",
    },
    check=lambda value: [
        finding((), "namespace", f"`{one}` is no namespace", "write a name or a number; several as a list")
        for one in listed(value)
        if isinstance(one, str) and title_problem(clean(one).rstrip(":") or ":")
    ],
    parse=lambda _fact, value: Namespace(
        values=tuple(one if isinstance(one, int) else clean(one).rstrip(":").strip() for one in listed(value))
    ),
)

_LEVEL: Schema = {
    "type": ["array", "boolean", "string"],
    "minItems": 1,
    "items": TEXT,
    "examples": ["sysop", True],
    MARK: "protection_levels",
}


def _parse_protection(_fact: str, value: Any) -> Leaf:  # noqa: ANN401 - a JSON value
    if isinstance(value, bool):
        return Protection(wanted=value)
    return Protection(levels=tuple((kind, one if isinstance(one, bool) else texts(one)) for kind, one in value.items()))


PROTECTION = Shape(
    schema={
        "if": {"type": "object"},
        "then": {
            "type": "object",
            "minProperties": 1,
            "properties": {
                kind: {"description": f"The level at which it is protected against {what}.", **_LEVEL}
                for kind, what in (("edit", "editing"), ("move", "moving"), ("create", "creation"), ("upload", "uploads"))
            },
            "additionalProperties": _LEVEL,
        },
        "else": {"type": "boolean", "examples": [{"edit": "sysop"}, False]},
    },
    parse=_parse_protection,
)


def _check_property(value: Any) -> list[Finding]:  # noqa: ANN401 - any value
    if isinstance(value, Mapping) and len(value) > 1:
        return [finding((), "together", "one condition is about one page property", "write each as a condition of its own")]
    return []


def _parse_property(_fact: str, value: Any) -> Leaf:  # noqa: ANN401 - a JSON value
    if isinstance(value, Mapping):
        ((name, wanted),) = value.items()
        return Property(name=clean(name), value=wanted)
    return Property(name=clean(value))


PROPERTY = Shape(
    schema={
        "if": {"type": "object"},
        "then": {"type": "object", "minProperties": 1, "maxProperties": 1, "properties": {}, "additionalProperties": TEXT},
        "else": {**TEXT, "examples": ["noindex", {"displaytitle": "eBay"}]},
    },
    check=_check_property,
    parse=_parse_property,
)
