"""Record `action=paraminfo` of one or more MediaWiki versions as `runner/sources/catalogue.json`.

    python -m tests.catalogue.record --file paraminfo-1.39.json --file paraminfo-1.43.json
    python -m tests.catalogue.record --api http://127.0.0.1:8080/api.php --version 1.39 --file paraminfo-1.43.json

A file has the shape `{"version": "MediaWiki 1.39.17", "modules": {"query+allpages": {...}}}`. Each `--api` takes
the next `--version`, or asks the wiki for its own. The bytes written depend on nothing but what was recorded.
See https://www.mediawiki.org/wiki/API:Parameter_information
"""

from __future__ import annotations

import argparse
import json
import urllib.parse
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from runner.sources.paraminfo import enumeration, parameter
from runner.sources.words import REFUSED

CATALOGUE = Path(__file__).parents[2] / "runner" / "sources" / "catalogue.json"
LISTS = ("allusers", "blocks", "filearchive", "logevents", "usercontribs")  # no generators
CHUNK = 40  # modules a request; the API takes 50
Json = dict[str, Any]


def main(argv: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description="Record action=paraminfo as runner/sources/catalogue.json.")
    parser.add_argument("--file", action="append", default=[], type=Path, help="a recorded answer")
    parser.add_argument("--api", action="append", default=[], help="the api.php of a live wiki")
    parser.add_argument("--version", action="append", default=[], help="what to call the wiki of the next --api")
    parser.add_argument("--out", type=Path, default=CATALOGUE)
    options = parser.parse_args(argv)
    recorded = dict(from_file(path) for path in options.file)
    names = [*options.version, *[None] * len(options.api)]
    recorded |= dict(from_wiki(api, name) for api, name in zip(options.api, names, strict=False))
    options.out.write_text(render(merge(recorded)), encoding="utf-8")


def short(version: str) -> str:
    """`MediaWiki 1.39.17` → `1.39`: what is recorded holds for a release branch."""
    return ".".join(version.rsplit(maxsplit=1)[-1].split(".")[:2])


def from_file(path: Path) -> tuple[str, Json]:
    document = json.loads(path.read_text(encoding="utf-8"))
    return short(document["version"]), document["modules"]


def from_wiki(api: str, version: str | None) -> tuple[str, Json]:
    generator = ask(api, action="query", meta="siteinfo", siprop="general")["query"]["general"]["generator"]
    query = ask(api, action="paraminfo", modules="query")["paraminfo"]["modules"][0]
    offered = {name for one in query["parameters"] if one["name"] == "generator" for name in one["type"]}
    paths = [f"query+{name}" for name in sorted(offered | set(LISTS))]
    modules: Json = {}
    for start in range(0, len(paths), CHUNK):
        answer = ask(api, action="paraminfo", modules="|".join(paths[start : start + CHUNK]))
        modules |= {one["path"]: one for one in answer["paraminfo"]["modules"]}
    return version or short(generator), modules


def ask(api: str, **parameters: str) -> Json:
    query = urllib.parse.urlencode({**parameters, "format": "json", "formatversion": "2", "helpformat": "none"})
    request = urllib.request.Request(f"{api}?{query}", headers={"User-Agent": "wikimop-catalogue"})
    with urllib.request.urlopen(request, timeout=60) as response:
        answer: Json = json.load(response)
    return answer


def merge(recorded: Mapping[str, Json]) -> Json:
    """One catalogue of all versions; where they differ in more than presence, the newest is right."""
    versions = sorted(recorded, key=lambda version: [int(part) for part in version.split(".")])
    names = sorted({name for version in versions for name in offered(recorded[version])})
    modules = {name: module([recorded[version].get(f"query+{name}") for version in versions]) for name in names}
    parameters = {name: merged_parameters(name, versions, recorded) for name in names}
    return {
        "versions": versions,
        "modules": {name: {**modules[name], "parameters": parameters[name]} for name in names},
    }


def offered(modules: Json) -> Iterator[str]:
    for one in modules.values():
        if one["path"].startswith("query+") and (one.get("generator") or one["name"] in LISTS):
            yield one["name"]


def module(found: Sequence[Json | None]) -> Json:
    newest = [one for one in found if one][-1]
    return {"prefix": newest["prefix"], "group": newest["group"], "generator": bool(newest.get("generator"))}


def merged_parameters(name: str, versions: Sequence[str], recorded: Mapping[str, Json]) -> Json:
    by_version = {
        version: {one["name"]: one for one in recorded[version].get(f"query+{name}", {}).get("parameters", ())}
        for version in versions
    }
    names = dict.fromkeys(one for version in reversed(versions) for one in by_version[version])
    return {one: merged({version: by_version[version].get(one) for version in versions}) for one in names if one not in REFUSED}


def merged(found: Mapping[str, Json | None]) -> Json:
    present = {version: one for version, one in found.items() if one}
    record = parameter(list(present.values())[-1])
    if len(present) < len(found):
        record["versions"] = list(present)
    if "values" in record:
        record |= values(present)
    return record


def values(present: Mapping[str, Json]) -> Json:
    """Every value of every version, and where one is missing somewhere."""
    where: dict[str, list[str]] = {}
    for version, one in present.items():
        for value in enumeration(one):
            where.setdefault(value, []).append(version)
    partial = {value: versions for value, versions in sorted(where.items()) if len(versions) < len(present)}
    return {"values": sorted(where)} | ({"value_versions": partial} if partial else {})


def render(catalogue: Json) -> str:
    """JSON with a line for each parameter, so that a change reads well in a diff."""
    lines = ["{", f'"versions": {json.dumps(catalogue["versions"])},', '"modules": {']
    for name, one in catalogue["modules"].items():
        head = {key: value for key, value in one.items() if key != "parameters"}
        lines.append(f'"{name}": {json.dumps(head)[:-1]}, "parameters": {{')
        rows = [f' "{key}": {json.dumps(value, ensure_ascii=False)}' for key, value in one["parameters"].items()]
        lines += [",\n".join(rows), "}},"]
    lines[-1] = "}}"
    return "\n".join([*lines, "}", "}", ""])


if __name__ == "__main__":
    main()
