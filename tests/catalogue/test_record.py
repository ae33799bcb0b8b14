from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from runner.sources.catalogue import CATALOGUE as MODULES
from tests.catalogue.record import CATALOGUE, main, merge, render


def _module(*parameters: dict[str, Any]) -> dict[str, Any]:
    return {
        "query+pages": {
            "name": "pages", "path": "query+pages", "prefix": "pp", "group": "list", "generator": True,
            "parameters": list(parameters),
        }
    }  # fmt: skip


def _enum(*values: str, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - whatever paraminfo has
    return {"name": "kind", "type": list(values), "multi": False, "required": False, **more}


def test_the_committed_catalogue_is_what_the_script_writes() -> None:
    record = json.loads(CATALOGUE.read_text(encoding="utf-8"))
    assert render(record) == CATALOGUE.read_text(encoding="utf-8")
    assert list(record["modules"]) == sorted(MODULES)


def test_what_only_some_versions_have_is_marked() -> None:
    old = _module(_enum("a", "b"))
    new = _module(_enum("b", "c"), {"name": "late", "type": "string", "multi": False, "required": False})
    parameters = merge({"1.43": new, "1.39": old})["modules"]["pages"]["parameters"]
    assert parameters["late"]["versions"] == ["1.43"]
    assert parameters["kind"]["values"] == ["a", "b", "c"]
    assert parameters["kind"]["value_versions"] == {"a": ["1.39"], "c": ["1.43"]}


def test_of_two_versions_the_newer_one_is_right() -> None:
    recorded = {"1.9": _module(_enum("a", default="a")), "1.10": _module(_enum("a", deprecated=True))}
    assert merge(recorded)["modules"]["pages"]["parameters"]["kind"] == {
        "type": "enum", "values": ["a"], "deprecated": True,
    }  # fmt: skip


def test_our_own_words_and_empty_values_are_left_out() -> None:
    limit = {"name": "limit", "type": "limit", "multi": False, "required": False}
    parameters = merge({"1.39": _module(limit, _enum("", "a"))})["modules"]["pages"]["parameters"]
    assert parameters == {"kind": {"type": "enum", "values": ["a"]}}


def test_a_recorded_file_becomes_a_catalogue(tmp_path: Path) -> None:
    recorded, out = tmp_path / "paraminfo.json", tmp_path / "catalogue.json"
    recorded.write_text(json.dumps({"version": "MediaWiki 1.39.17", "modules": _module(_enum("a"))}), encoding="utf-8")
    main(["--file", str(recorded), "--out", str(out)])
    assert json.loads(out.read_text(encoding="utf-8"))["versions"] == ["1.39"]
