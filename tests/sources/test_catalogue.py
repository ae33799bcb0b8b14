from __future__ import annotations

import pytest

from runner.sources.catalogue import CATALOGUE, generators, recorded_versions
from runner.sources.words import REFUSED, RESERVED


def test_has_the_36_generators_and_the_list_that_is_none() -> None:
    assert len(generators()) == 36
    assert set(CATALOGUE) - set(generators()) == {"allusers", "blocks", "filearchive", "logevents", "usercontribs"}
    assert recorded_versions() == ("1.39", "1.43")


def test_property_generators_work_on_other_pages() -> None:
    assert [name for name, spec in CATALOGUE.items() if spec.needs_of] == [
        "categories", "deletedrevisions", "duplicatefiles", "fileusage", "images", "links",
        "linkshere", "redirects", "revisions", "templates", "transcludedin",
    ]  # fmt: skip


def test_required_parameters_are_those_of_the_api() -> None:
    required = {(spec.name, one.name) for spec in CATALOGUE.values() for one in spec.parameters.values() if one.required}
    assert required == {
        ("pageswithprop", "propname"), ("prefixsearch", "search"), ("querypage", "page"), ("search", "search"),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("module", "name", "kind"),
    [
        ("categorymembers", "title", "title"),
        ("iwbacklinks", "title", "string"),
        ("allpages", "namespace", "namespace"),
        ("recentchanges", "start", "timestamp"),
        ("usercontribs", "user", "user"),
        ("allpages", "filterredir", "enum"),
    ],
)
def test_types(module: str, name: str, kind: str) -> None:
    assert CATALOGUE[module].parameters[name].type == kind


def test_defaults_keep_the_main_namespace() -> None:
    assert CATALOGUE["allpages"].parameters["namespace"].default == "0"


def test_what_a_wiki_configures_is_open_and_what_core_fixes_is_not() -> None:
    assert CATALOGUE["protectedtitles"].parameters["level"].open_
    assert CATALOGUE["search"].parameters["sort"].open_
    assert not CATALOGUE["categorymembers"].parameters["sort"].open_


def test_a_key_is_bare_or_prefixed() -> None:
    spec = CATALOGUE["allpages"]
    assert (spec.canonical("from"), spec.canonical("apfrom"), spec.canonical("apfro")) == ("from", "from", None)


def test_a_parameter_called_like_a_word_of_ours_needs_the_prefix() -> None:
    links = CATALOGUE["links"]
    assert (links.canonical("titles"), links.canonical("pltitles"), links.spelling("titles")) == (None, "titles", "pltitles")


def test_no_key_can_mean_two_parameters() -> None:
    for spec in CATALOGUE.values():
        assert not {spec.prefix + name for name in spec.parameters} & (set(spec.parameters) | RESERVED), spec.name


def test_what_is_refused_is_not_in_the_catalogue() -> None:
    assert not {name for spec in CATALOGUE.values() for name in spec.parameters} & set(REFUSED)
