"""What a wiki says its modules take (https://www.mediawiki.org/wiki/API:Parameter_information), and which tags it knows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from runner.wiki.answer import understood
from runner.wiki.query import Read, answers, ask_unchecked

MODULES = 50


def read_modules(read: Read, names: Iterable[str]) -> dict[str, Mapping[str, Any]]:
    """The query modules of these names that the wiki has; one that it lacks is left out."""
    paths = sorted({f"query+{name}" for name in names})
    found: dict[str, Mapping[str, Any]] = {}
    for start in range(0, len(paths), MODULES):
        # A module that is missing is a warning here, and the very thing that is asked.
        found |= {module["name"]: module for module in _described(read, "|".join(paths[start : start + MODULES]))}
    return found


def read_tags(read: Read) -> frozenset[str]:
    """Every change tag of the wiki (https://www.mediawiki.org/wiki/API:Tags)."""
    query = {"action": "query", "list": "tags", "tglimit": "max"}
    return frozenset(tag["name"] for tag in _tags(read, query))


def read_action(read: Read, name: str) -> Mapping[str, Any] | None:
    """The module that is called as `action=NAME`; None where the wiki has none."""
    # A module that is missing is a warning here, and the very thing that is asked.
    found = _described(read, name)
    return next((module for module in found if module["name"] == name and module.get("group") == "action"), None)


def read_tag_sources(read: Read) -> Mapping[str, tuple[str, ...]]:
    """Every change tag with where it comes from: users may put those on what they do that are defined by hand (`manual`) and
    active, and take off any but the software's own (`extension`). https://www.mediawiki.org/wiki/Manual:Tags"""
    query = {"action": "query", "list": "tags", "tglimit": "max", "tgprop": "active|source"}
    found = _tags(read, query)
    with understood():
        return {tag["name"]: tuple(one for one in tag["source"] if one != "manual" or tag["active"]) for tag in found}


def _described(read: Read, modules: str) -> list[Mapping[str, Any]]:
    answer = ask_unchecked(read, {"action": "paraminfo", "modules": modules, "helpformat": "none"})
    with understood():
        return [{**module, "name": str(module["name"])} for module in answer["paraminfo"].get("modules", ())]


def _tags(read: Read, query: Mapping[str, str]) -> list[Mapping[str, Any]]:
    with understood():
        return [{**tag, "name": str(tag["name"])} for answer in answers(read, query) for tag in answer["query"]["tags"]]
