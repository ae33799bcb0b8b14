"""Everything of a wiki that a playbook may name: its modules, namespaces, tags, content models, protection levels.

https://www.mediawiki.org/wiki/API:Parameter_information, https://www.mediawiki.org/wiki/API:Siteinfo and
https://www.mediawiki.org/wiki/API:Tags. Three requests, more where there are very many tags.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from runner.sources.catalogue import CATALOGUE, Modules
from runner.sources.live import live_spec
from runner.sources.offered import Offered, own_entries
from runner.wiki.answer import understood
from runner.wiki.query import Read, answers, ask, ask_unchecked

Json = Mapping[str, Any]


def read_offered(read: Read) -> Offered:
    """Raises `Unreachable` if there is no wiki, or if it is one that this account may not read."""
    site = ask(read, {"action": "query", "meta": "siteinfo", "siprop": "general|namespaces|restrictions"})
    asked = {"action": "paraminfo", "modules": "query+*|edit", "helpformat": "wikitext"}
    with understood():
        described = ask_unchecked(read, asked)["paraminfo"]["modules"]
        tags = [tag for one in answers(read, _TAGS) for tag in one["query"]["tags"]]
        return _offered(site["query"], described, tags)


_TAGS = {"action": "query", "list": "tags", "tgprop": "source|active", "tglimit": "max"}


def _offered(query: Json, described: Iterable[Json], tags: Iterable[Json]) -> Offered:
    modules = read_modules_of(described)
    namespaces = [one for one in query["namespaces"].values() if one["id"] >= 0]
    manual = [tag["name"] for tag in tags if tag.get("active") and "manual" in tag.get("source", ())]
    levels = [level for level in query["restrictions"]["levels"] if level]
    return Offered(
        name=query["general"]["sitename"],
        modules=modules,
        numbers=tuple(one["id"] for one in query["namespaces"].values()),
        values={
            "namespaces": (*(one["name"] or "(main)" for one in namespaces), *(one["id"] for one in namespaces)),
            "tags": tuple(sorted(tag["name"] for tag in tags)),
            "manual_tags": tuple(sorted(manual)),
            "content_models": tuple(_content_models(described)),
            "protection_levels": (*levels, True),
            "modules": tuple(own_entries(modules)),
        },
    )


def read_modules_of(described: Iterable[Json]) -> Modules:
    """The modules that a source may name there: those of the catalogue, other generators, and the lists of extensions."""
    specs = {raw["name"]: live_spec(raw) for raw in described if raw["path"].startswith("query+") and _named(raw)}
    return dict(sorted(specs.items()))


def _named(raw: Json) -> bool:
    own = raw["group"] == "list" and raw.get("source") != "MediaWiki"
    return raw["name"] in CATALOGUE or bool(raw.get("generator")) or own


def _content_models(described: Iterable[Json]) -> Iterator[str]:
    """Those of the pages that can be written (https://www.mediawiki.org/wiki/API:Edit)."""
    for raw in described:
        if raw["path"] == "edit":
            yield from (value for each in raw["parameters"] if each["name"] == "contentmodel" for value in each["type"])
