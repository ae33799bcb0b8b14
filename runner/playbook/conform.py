"""A document against a schema. Where the schema wants text, a plain scalar counts as it was written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from jsonschema import Draft202012Validator, ValidationError, validators

from runner.playbook.document import Document, Path, ScalarNode, plain
from runner.sources.words import SETS

MAX_ERRORS = 500
_ROUNDS = 4  # a text put right may let the schema look further, into `then` or `$ref`

Schema = dict[str, Any]

# JSON Schema takes 5.0 for an integer; a playbook's counts are written without a point.
_TYPES = Draft202012Validator.TYPE_CHECKER.redefine(
    "integer", lambda _checker, value: isinstance(value, int) and not isinstance(value, bool)
)
_Validator = validators.extend(Draft202012Validator, type_checker=_TYPES)  # type: ignore[no-untyped-call]


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """A rule of a schema that a value breaks: `rule` is the keyword, `wanted` what it says, `schema` where it stands.

    `in_names` says that the value is itself a key of the mapping at `path`.
    """

    path: Path
    rule: str
    wanted: Any
    value: Any
    schema: Mapping[str, Any] = field(default_factory=dict)
    in_names: bool = False


def conform(document: Document, schema: Schema) -> tuple[Any, list[Broken]]:
    """The document's plain value with its texts as written, and what the schema has against it (at most MAX_ERRORS)."""
    validator = _Validator(schema)
    value = plain(document.root)
    for _ in range(_ROUNDS):
        texts: dict[Path, str] = {}
        errors: list[Broken] = []
        for error in validator.iter_errors(value):
            broken = _broken(error)
            if (raw := _as_written(document, broken)) is not None:
                texts[broken.path] = raw
            elif len(errors) < MAX_ERRORS:
                errors.append(broken)
        if not texts:
            break
        _put(value, texts)
    return value, errors


def _broken(error: ValidationError) -> Broken:
    return Broken(
        path=tuple(error.absolute_path),
        rule=str(error.validator),
        wanted=error.validator_value,
        value=error.instance,
        schema=error.schema if isinstance(error.schema, Mapping) else {},
        in_names="propertyNames" in error.absolute_schema_path,
    )


def kinds_of(wanted: Any) -> list[str]:  # noqa: ANN401  # what `type` says
    """The types that a schema allows."""
    return [wanted] if isinstance(wanted, str) else list(wanted)


def _as_written(document: Document, broken: Broken) -> str | None:
    """The text of a scalar that failed only because it looks like a number, a boolean or null."""
    if broken.rule != "type" or "string" not in kinds_of(broken.wanted) or isinstance(broken.value, str):
        return None
    node = document.find(broken.path)
    return node.raw if isinstance(node, ScalarNode) and not node.empty else None


def _put(value: Any, texts: dict[Path, str]) -> None:  # noqa: ANN401  # a JSON value
    for path, raw in texts.items():
        owner = value
        for step in path[:-1]:
            owner = owner[step]
        owner[path[-1]] = raw


def within(path: Path, other: Path) -> bool:
    """Whether `path` is `other` or stands below it."""
    return path[: len(other)] == other


def sources_of(value: Any, path: Path) -> Iterator[tuple[dict[str, Any], Path]]:  # noqa: ANN401  # a JSON value
    """A source and those inside it, with their places."""
    if not isinstance(value, dict):
        return
    yield value, path
    for key in ("of", "except"):
        yield from sources_of(value.get(key), (*path, key))
    for key in SETS:
        inner = value.get(key)
        for number, one in enumerate(inner if isinstance(inner, list) else []):
            yield from sources_of(one, (*path, key, number))
