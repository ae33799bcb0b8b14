from __future__ import annotations

from runner.sources.conditions import all_sources, inner_sources, with_where
from runner.sources.parse import parse_source
from runner.where.check import parse_where

VALUE = {
    "generator": "links",
    "of": {"titles": ["A"], "where": [{"redirect": False}]},
    "except": {"titles": ["B"], "except": {"titles": ["C"], "where": [{"redirect": False}]}},
    "where": [{"redirect": False}],
}


def test_sources_are_found_at_any_depth() -> None:
    source = parse_source("pages", VALUE)
    assert [name for name, _ in inner_sources(source)] == ["of", "excluded"]
    assert len(list(all_sources(source))) == 4
    assert sum(one.where is not None for one in all_sources(source)) == 3


def test_each_where_is_changed_and_nothing_else() -> None:
    source = parse_source("pages", VALUE)
    changed = with_where(source, lambda _source, _condition: parse_where([{"redirect": True}]))
    assert {one.where for one in all_sources(changed)} == {parse_where([{"redirect": True}]), None}
    assert with_where(changed, lambda _source, _condition: parse_where([{"redirect": False}])) == source
