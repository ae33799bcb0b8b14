from __future__ import annotations

from typing import Any

import pytest

from runner.sources.page_sets import page_sets
from runner.sources.parse import parse_source


@pytest.mark.parametrize(
    ("source", "sets"),
    [
        ({"titles": ["A", "B"]}, [{"query": {"titles": "A|B"}}]),
        ({"titles": ["A", "B|C"]}, [{"query": {"titles": "\x1fA\x1fB|C"}}]),
        ({"pageids": [1, 2, 3]}, [{"query": {"pageids": "1|2"}}, {"query": {"pageids": "3"}}]),
        ({"revids": 7}, [{"query": {"revids": "7"}}]),
        ({"titles": "A", "redirects": True, "converttitles": True},
         [{"query": {"titles": "A", "redirects": "1", "converttitles": "1"}}]),
        ({"generator": "allpages", "namespace": 0, "filterredir": "redirects"},
         [{"query": {"generator": "allpages", "gapnamespace": "0", "gapfilterredir": "redirects"}, "sized": "gaplimit"}]),
        ({"generator": "links", "of": {"titles": ["A", "B", "C"]}},
         [{"query": {"generator": "links", "titles": "A|B"}, "sized": "gpllimit"},
          {"query": {"generator": "links", "titles": "C"}, "sized": "gpllimit"}]),
        ({"generator": "revisions", "of": {"pageids": [1, 2]}}, [{"query": {"generator": "revisions", "pageids": "1|2"}}]),
        ({"generator": "revisions", "user": "Bob", "of": {"pageids": [1, 2]}},
         [{"query": {"generator": "revisions", "grvuser": "Bob", "pageids": "1"}, "sized": "grvlimit"},
          {"query": {"generator": "revisions", "grvuser": "Bob", "pageids": "2"}, "sized": "grvlimit"}]),
        ({"generator": "alldeletedrevisions"},
         [{"query": {"generator": "alldeletedrevisions", "gadrgeneratetitles": "1"}, "sized": "gadrlimit"}]),
    ],
)  # fmt: skip
def test_what_the_wiki_is_handed(source: dict[str, Any], sets: list[dict[str, Any]]) -> None:
    assert list(page_sets(parse_source("pages", source), 2)) == sets
