"""What the wiki's query modules take: recorded from `action=paraminfo`, with what it does not tell added by hand.

The record, `catalogue.json`, merges the MediaWiki versions it names; it is read on first use. See
https://www.mediawiki.org/wiki/API:Parameter_information and, for each module, `ModuleSpec.page`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any, Literal

from runner.sources.words import NEVER, RESERVED

ParamType = Literal["string", "integer", "boolean", "timestamp", "namespace", "title", "user", "enum", "undescribed"]

# Texts of paraminfo that are whole titles of this wiki; all others are parts of titles or titles elsewhere.
TITLES = frozenset({"title", "titles", "categories", "images", "templates", "fromtitle", "totitle"})
FOREIGN = frozenset({"iwbacklinks", "langbacklinks"})
# Lists of values that a wiki's own configuration or extensions extend: another value is left for the wiki to judge.
OPEN = frozenset(
    {"page", "prlevel", "prtype", "level", "protocol", "what", "sort", "group", "excludegroup", "rights", "action"}
)
OPEN_TYPE = frozenset({"logevents"})
CLOSED_SORT = frozenset({"allimages", "categorymembers"})
# Parameters that name change tags: the wiki does not warn of a tag that it lacks, it finds nothing.
TAGS = frozenset({"tag"})
# Bounds that core checks only in its code, or not at all.
BOUNDS = {"pageid": 1, "startid": 1, "endid": 1, "userids": 1, "min": 0, "max": 0, "minsize": 0, "maxsize": 0}


@dataclass(frozen=True, slots=True, kw_only=True)
class ParamSpec:
    """One parameter, by the API's name without prefix.

    `values` are those of an `enum`; `open_` says that a wiki may have others. `every` is the word for all values (`*`).
    `extra` are namespaces below 0 that are taken. `versions` is empty where every recorded version has the parameter;
    `value_versions` names the values that only some have. `about` is what a wiki says of it. One that is `undescribed` is
    known by its name alone: only the wiki can tell how its value is sent.
    """

    name: str
    type: ParamType
    values: tuple[str, ...] = ()
    open_: bool = False
    multi: bool = False
    required: bool = False
    minimum: int | None = None
    maximum: int | None = None
    default: str = ""
    every: str = ""
    extra: tuple[int, ...] = ()
    deprecated: bool = False
    versions: tuple[str, ...] = ()
    value_versions: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    about: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModuleSpec:
    """One module of `action=query`: `group` is `prop` for those that work on other pages (`of:`), else `list`.

    `templates` are parameters whose names depend on the values of others: (parameter, ((variable, other parameter), …)), such
    as (`{fruit}-quantity`, ((`fruit`, `fruits`),)).
    `paged` says that it takes a `limit`; `about` and `url` are what a wiki says of one that only it has. One that is
    `undescribed` is known by its name alone (`modules:` of a playbook): every key that is no word of ours is taken for a
    parameter.
    """

    name: str
    prefix: str
    group: Literal["list", "prop", "meta"]
    generator: bool
    parameters: Mapping[str, ParamSpec]
    templates: tuple[tuple[ParamSpec, tuple[tuple[str, str], ...]], ...] = ()
    paged: bool = True
    about: str = ""
    url: str = ""
    undescribed: bool = False

    @property
    def needs_of(self) -> bool:
        """A property generator: it finds pages that belong to other pages."""
        return self.group == "prop"

    @property
    def page(self) -> str:
        """The API's own page about it, or what the wiki names; "" if it names none."""
        return self.url if self.about else f"https://www.mediawiki.org/wiki/API:{self.name.capitalize()}"

    def canonical(self, key: str) -> str | None:
        """The parameter that a playbook's key means, with or without prefix; None if there is none."""
        if self.undescribed:
            return None if key in RESERVED or key in NEVER else key
        if key in self.parameters and key not in RESERVED:
            return key
        bare = key.removeprefix(self.prefix)
        return bare if bare != key and bare in self.parameters else None

    def expanded(self, values: Mapping[str, Sequence[str]]) -> ModuleSpec:
        """With the templated parameters by every name that these values make of them:
        https://www.mediawiki.org/wiki/API:Data_formats#Templated_parameters."""
        made: dict[str, ParamSpec] = {}
        for template, variables in self.templates:
            names = [template.name]
            for variable, other in variables:
                named = self._each(other, values.get(other, ()))
                names = [name.replace(f"{{{variable}}}", one) for name in names for one in named]
            made |= {name: replace(template, name=name) for name in names}
        return replace(self, parameters={**made, **self.parameters}) if made else self

    def _each(self, name: str, values: Sequence[str]) -> Sequence[str]:
        """The values, with those that the word for all of them stands for."""
        known = self.parameters.get(name)
        return known.values if known and known.every and known.every in values else values

    def parameter(self, name: str) -> ParamSpec:
        """The parameter of this canonical name."""
        return undescribed(name) if self.undescribed else self.parameters[name]

    def spelling(self, name: str) -> str:
        """How a playbook writes a parameter: bare, or with the prefix where it equals a word of ours."""
        return self.prefix + name if name in RESERVED else name


def undescribed(name: str) -> ParamSpec:
    """A parameter of which nothing is known but its name."""
    return ParamSpec(name=name, type="undescribed", multi=True, about="Only the wiki knows what it takes.")


Modules = Mapping[str, ModuleSpec]


class Catalogue(Modules):
    """The recorded modules by name, in alphabetical order."""

    def __getitem__(self, name: str) -> ModuleSpec:
        return _modules()[name]

    def __iter__(self) -> Iterator[str]:
        return iter(_modules())

    def __len__(self) -> int:
        return len(_modules())


CATALOGUE = Catalogue()


def generators(modules: Modules = CATALOGUE) -> tuple[str, ...]:
    """Every module that can generate pages."""
    return tuple(name for name, spec in modules.items() if spec.generator)


@cache
def recorded_versions() -> tuple[str, ...]:
    """The MediaWiki versions that the catalogue holds for, as `1.39`."""
    return tuple(_record()["versions"])


@cache
def _record() -> dict[str, Any]:
    record: dict[str, Any] = json.loads(Path(__file__).with_name("catalogue.json").read_bytes())
    return record


@cache
def _modules() -> Mapping[str, ModuleSpec]:
    return {name: module_spec(name, raw) for name, raw in _record()["modules"].items()}


def module_spec(name: str, raw: Mapping[str, Any]) -> ModuleSpec:
    """A module from its record."""
    return ModuleSpec(
        name=name,
        prefix=raw["prefix"],
        group=raw["group"],
        generator=raw["generator"],
        parameters={key: _parameter(name, key, value) for key, value in raw["parameters"].items()},
    )


def _parameter(module: str, name: str, raw: Mapping[str, Any]) -> ParamSpec:
    return ParamSpec(
        name=name,
        type=_type(module, name, raw["type"]),
        values=tuple(raw.get("values", ())),
        open_=(name in OPEN or (name == "type" and module in OPEN_TYPE)) and not (name == "sort" and module in CLOSED_SORT),
        multi=raw.get("multi", False),
        required=raw.get("required", False),
        minimum=raw.get("min", BOUNDS.get(name) if raw["type"] == "integer" else None),
        maximum=raw.get("max"),
        default=raw.get("default", ""),
        every=raw.get("allspecifier", ""),
        extra=tuple(sorted(raw.get("extranamespaces", ()))),
        deprecated=raw.get("deprecated", False),
        versions=tuple(raw.get("versions", ())),
        value_versions={value: tuple(versions) for value, versions in raw.get("value_versions", {}).items()},
    )


def _type(module: str, name: str, recorded: ParamType) -> ParamType:
    return "title" if recorded == "string" and name in TITLES and module not in FOREIGN else recorded
