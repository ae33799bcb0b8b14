"""Offset-based lists shift while pages are deleted; a plan is frozen before, and so nothing is skipped."""

from __future__ import annotations

import pytest

from tests.desk import Desk, deletions, someone
from tests.e2e.reading import carried_out, existing, titles
from tests.mediawiki import MediaWiki, seeds

# A source, the same question in the API's own words, and how many pages it means.
OFFSETS: dict[str, tuple[str, dict[str, object], int]] = {
    "search": ("generator: search, search: many, what: text", {"list": "search", "srsearch": "many", "srwhat": "text"}, 200),
    "querypage": (
        "generator: querypage, page: BrokenRedirects",
        {"list": "querypage", "qppage": "BrokenRedirects"},
        len(seeds.BROKEN_REDIRECTS),
    ),
}


@pytest.mark.parametrize("name", OFFSETS)
def test_everything_that_matched_when_it_was_planned_is_deleted(desk: Desk, wiki: MediaWiki, name: str) -> None:
    wiki.settings("$wgGroupPermissions['sysop']['apihighlimits'] = false;")  # 50 titles a request: several batches
    source, query, number = OFFSETS[name]
    key = str(query["list"])
    matched = []
    for answer in someone(wiki, "bob").query(**query, **{"srlimit" if key == "search" else "qplimit": 7}):
        entries = answer["query"][key]
        matched += [entry["title"] for entry in (entries["results"] if key == "querypage" else entries)]
    run = carried_out(desk, f"- id: all\n  pages: {{{source}}}\n  delete: {{reason: all of them}}\n")
    assert run["counts"]["done"] == len(matched) == number
    assert set(titles(run["items"])) == set(matched) == {title.replace("_", " ") for title, _ in deletions(wiki)}
    assert not existing(wiki, "") & set(matched)
