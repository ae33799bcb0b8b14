from __future__ import annotations

import pytest

from runner.sources.catalogue import CATALOGUE
from runner.sources.describe import describe_module, describe_modules, module_text
from runner.sources.explained import PARAMETERS, SPECIAL


def test_a_row_for_each_module() -> None:
    rows = {row["name"]: row for row in describe_modules()}
    assert list(rows) == list(CATALOGUE)
    assert (rows["links"]["of"], rows["allpages"]["of"]) == (True, False)
    assert rows["allrevisions"]["kinds"] == ["pages", "revisions"]
    assert (rows["usercontribs"]["head"], rows["usercontribs"]["kinds"]) == ("list", ["pages", "revisions"])


def test_a_module_tells_what_its_parameters_demand() -> None:
    described = describe_module("categorymembers")
    assert "Exactly one of `title`, `pageid` is required." in described["notes"]
    assert "Only with `sort: timestamp`: `start`, `end`." in described["notes"]
    assert described["page"] == "https://www.mediawiki.org/wiki/API:Categorymembers"
    assert described["example"].startswith("pages:\n  generator: categorymembers\n")


def test_a_parameter_is_shown_as_it_is_written() -> None:
    assert "pltitles" in [param["name"] for param in describe_module("links")["parameters"]]


@pytest.mark.parametrize("name", list(CATALOGUE))
def test_the_text_names_every_parameter(name: str) -> None:
    lines = module_text(name).splitlines()
    for param in CATALOGUE[name].parameters.values():
        assert any(line.startswith(f"  {CATALOGUE[name].spelling(param.name)}: ") for line in lines)
    assert max(map(len, lines)) < 1500


def test_the_text_of_one_module() -> None:
    assert module_text("pageswithprop").splitlines() == [
        "pageswithprop: Pages with a page property.",
        "https://www.mediawiki.org/wiki/API:Pageswithprop",
        "",
        "Parameters:",
        "  propname: string; required",
        "      The page property that a page must have: disambiguation.",
        "  dir: one of ascending, descending; default ascending",
        "      The direction in which the wiki lists; it decides which of `start` and `end` is later.",
        "",
        "Example:",
        "  pages:",
        "    generator: pageswithprop",
        "    propname: noindex",
    ]


def test_no_description_is_of_nothing() -> None:
    names = {name for spec in CATALOGUE.values() for name in spec.parameters}
    full = {f"{spec.name}.{name}" for spec in CATALOGUE.values() for name in spec.parameters}
    assert set(PARAMETERS) == names
    assert set(SPECIAL) <= full
