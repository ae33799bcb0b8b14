from __future__ import annotations

from datetime import UTC, datetime

from runner.sources.fix import check_times, fix_namespaces, fix_times
from runner.sources.parse import parse_source
from runner.sources.source import Module, Source, inside

NOW = datetime(2026, 3, 31, 12, 0, 0, tzinfo=UTC)
NAMESPACES = {
    "": 0, "Talk": 1, "User": 2, "User talk": 3, "Project": 4, "Example": 4, "Special": -1, "Media": -2, "Draft": 118,
}  # fmt: skip


def params(source: Source) -> dict[str, str]:
    assert isinstance(source.head, Module)
    return dict(source.head.params)


def test_times_are_fixed_to_any_depth() -> None:
    changes = {"generator": "recentchanges", "end": "7 days ago"}
    source = fix_times(parse_source("pages", {"generator": "links", "of": changes, "except": changes}), NOW)
    assert source.of is not None
    assert source.excluded is not None
    assert params(source.of) == params(source.excluded) == {"end": "2026-03-24T12:00:00Z"}


def test_a_text_that_reads_like_a_time_is_left_alone() -> None:
    source = parse_source("pages", {"generator": "search", "search": "7 days ago"})
    assert fix_times(source, NOW) == source


def test_a_pair_that_only_a_clock_can_compare_is_told_once_it_is_fixed() -> None:
    value = {"generator": "recentchanges", "start": "2026-01-01T00:00:00Z", "end": "7 days ago"}
    source = parse_source("pages", {"titles": ["A"], "except": value})
    assert check_times(source) == []
    assert [one.path for one in check_times(fix_times(source, NOW))] == [("except", "start")]


def test_namespaces_become_numbers() -> None:
    names = ["user_talk", 118, "example", "Project", "draft:", "(Main)"]
    source = parse_source("pages", {"generator": "search", "search": "x", "namespace": names})
    source, found = fix_namespaces(source, NAMESPACES)
    assert params(source)["namespace"] == "3|118|4|0"
    assert found == []


def test_all_namespaces_stay_all() -> None:
    source = parse_source("pages", {"generator": "search", "search": "x", "namespace": "*"})
    assert fix_namespaces(source, NAMESPACES) == (source, [])


def test_sources_in_sets_are_fixed_too() -> None:
    one, two = {"generator": "allpages", "namespace": "Talk"}, {"generator": "allpages", "namespace": "Nowhere"}
    source = parse_source("pages", {"union": [one, {"intersect": [one, two]}]})
    fixed, found = fix_namespaces(source, NAMESPACES)
    assert [finding.path for finding in found] == [("union", 1, "intersect", 1, "namespace")]
    first = next(inner for _, inner in inside(fixed))
    assert first.head == Module(name="allpages", mode="generator", params={"namespace": "1"})


def test_a_namespace_that_the_wiki_lacks_is_told_with_the_nearest_one() -> None:
    inner = {"generator": "allpages", "namespace": "Drafts"}
    source = parse_source("pages", {"generator": "links", "namespace": [0, 120], "of": inner})
    found = fix_namespaces(source, NAMESPACES)[1]
    assert [(one.path, one.hint) for one in found] == [
        (("namespace",), "it has: -2, -1, 0, 1, 2, 3, 4, 118"),
        (("of", "namespace"), "did you mean `Draft`?"),
    ]


def test_main_is_told_how_to_write_it() -> None:
    source = parse_source("pages", {"generator": "allpages", "namespace": "Main"})
    assert fix_namespaces(source, NAMESPACES)[1][0].hint == "did you mean `(main)`?"
