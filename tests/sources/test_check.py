from __future__ import annotations

from typing import Any

import pytest

from runner.model import Kind
from runner.sources.check import check_source

MEMBERS = {"generator": "categorymembers", "title": "Category:A"}
CONTRIBS = {"list": "usercontribs", "user": "V"}


@pytest.mark.parametrize(
    ("value", "path", "code", "hint"),
    [
        ({"generator": "categorymembers"}, (), "required", "API:Categorymembers"),
        ({**MEMBERS, "pageid": 3}, ("pageid",), "together", "remove"),
        ({**MEMBERS, "cmtitle": "Category:B"}, ("cmtitle",), "twice", "remove"),
        ({**MEMBERS, "start": "now"}, ("start",), "needs", "sort: timestamp"),
        ({**MEMBERS, "cmtype": "page", "sort": "timestamp"}, ("cmtype",), "needs", "sort: sortkey"),
        ({**MEMBERS, "titel": "x"}, ("titel",), "unknown-key", "`title`"),
        ({**MEMBERS, "gcmtitle": "x"}, ("gcmtitle",), "unknown-key", "write `title`"),
        ({**MEMBERS, "cmlimit": 5}, ("cmlimit",), "unknown-key", "first N"),
        ({**MEMBERS, "continue": "x"}, ("continue",), "unknown-key", "continuation"),
        ({**MEMBERS, "cmprop": "ids"}, ("cmprop",), "unknown-key", "properties"),
        ({**MEMBERS, "of": {"titles": ["A"]}}, ("of",), "unknown-key", "remove"),
        ({**MEMBERS, "outcome": "done"}, ("outcome",), "unknown-key", "`step`"),
        ({**MEMBERS, "titles": ["A"]}, ("titles",), "unknown-key", "remove one"),
        ({**MEMBERS, "limit": 0}, ("limit",), "minimum", "leave it out"),
        ({**MEMBERS, "expect": {"min": 5, "max": 4}}, ("expect", "min"), "order", "swap"),
        ({**MEMBERS, "except": {"titels": ["A"]}}, ("except", "titels"), "unknown-key", "`titles`"),
        ({"generator": "watchlist", "wltoken": "x"}, ("wltoken",), "unknown-key", "secret"),
        ({"generator": "watchlist", "owner": "x"}, ("owner",), "unknown-key", "secret"),
        ({"generator": "links", "titles": ["A"], "of": {"titles": ["A"]}}, ("titles",), "unknown-key", "`pltitles`"),
        ({"generator": "links"}, (), "required", "add `of:`"),
        ({"generator": "links", "of": {"generator": "search"}}, ("of",), "required", "API:Search"),
        ({"generator": "random"}, (), "required", "whole wiki"),
        ({"generator": "allpages", "prlevel": "sysop"}, ("prlevel",), "needs", "add `prtype`"),
        ({"generator": "allpages", "prfiltercascade": "cascading"}, ("prfiltercascade",), "needs", "add `prtype`"),
        ({"generator": "allimages", "user": "V"}, ("user",), "needs", "sort: timestamp"),
        ({"generator": "allimages", "sort": "timestamp", "from": "A"}, ("from",), "needs", "sort: name"),
        ({"generator": "iwbacklinks", "title": "A"}, ("title",), "needs", "add `prefix`"),
        ({"generator": "alldeletedrevisions", "start": "now"}, ("start",), "needs", "add `user`"),
        ({"generator": "recentchanges", "user": "A", "excludeuser": "B"}, ("excludeuser",), "together", "remove"),
        ({"generator": "recentchanges", "show": ["bot", "!bot"]}, ("show",), "contradiction", "keep one"),
        ({"generator": "recentchanges", "show": "bot|!bot"}, ("show",), "contradiction", "keep one"),
        ({"generator": "recentchanges", "start": "7 days ago", "end": "now"}, ("start",), "order", "dir: newer"),
        ({"generator": "allrevisions", "dir": "newer", "start": "now", "end": "1 day ago"}, ("start",), "order", "older"),
        ({"generator": "recentchanges", "rcstart": "2 days ago", "end": "now"}, ("rcstart",), "order", "swap"),
        ({"list": "filearchive"}, ("list",), "module", "wikimop generators filearchive"),
        ({"generator": "catmembers"}, ("generator",), "module", "`categorymembers`"),
        ({"generator": "usercontribs"}, ("generator",), "module", "`list: usercontribs`"),
        ({"generator": ["allpages"]}, ("generator",), "module", ""),
        ({"titels": ["A"]}, ("titels",), "unknown-key", "`titles`"),
        ({"limit": 4}, (), "head", "add one"),
        ({}, (), "head", "add one"),
        ("Main Page", (), "type", "titles"),
        ({"titles": ["A", ""]}, ("titles", 1), "empty", "remove"),
        ({"titles": []}, ("titles",), "empty", ""),
        ({"pageids": [1, 0]}, ("pageids", 1), "minimum", "from 1"),
        ({"revids": "12"}, ("revids",), "minimum", "from 1"),
        ({"file": "/etc/passwd"}, ("file",), "path", "below"),
        ({"file": "C:\\keep.txt"}, ("file",), "path", "below"),
        ({"file": "a/../../keep.txt"}, ("file",), "path", "below"),
        ({"file": {"path": "..\\keep.txt"}}, ("file", "path"), "path", "below"),
        ({"file": {"path": "keep.csv", "format": "csv"}}, ("file",), "required", "column"),
        ({"file": {"path": "keep.txt", "column": "a"}}, ("file", "column"), "needs", "format"),
        ({"union": [{"titles": ["A"]}, {"titels": ["A"]}]}, ("union", 1, "titels"), "unknown-key", "`titles`"),
        ({"union": [{"intersect": [{"limit": 1}]}]}, ("union", 0, "intersect", 0), "head", "add one"),
        ({"union": {"titles": ["A"]}}, ("union",), "type", "union: ["),
        ({"intersect": []}, ("intersect",), "type", "intersect: ["),
        ({"intersect": ["A"]}, ("intersect", 0), "type", "titles"),
        ({"union": [{"titles": ["A"]}], "converttitles": True}, ("converttitles",), "unknown-key", ""),
        ({"titles": ["A"], "related": ["talk", "tlak"]}, ("related", 1), "enum", "subpages"),
        ({"titles": ["A"], "related": {"talk": True}}, ("related",), "enum", "subpages"),
        ({"step": "a", "outcome": ["done", "dnoe"]}, ("outcome", 1), "enum", "unsure"),
    ],
)
def test_one_mistake_is_one_finding(value: object, path: tuple[str | int, ...], code: str, hint: str) -> None:
    found = check_source("pages", value)
    assert [(one.path, one.code) for one in found] == [(path, code)]
    assert hint in found[0].hint


@pytest.mark.parametrize(
    ("value", "path", "code"),
    [
        ({"list": "usercontribs"}, (), "required"),
        ({**CONTRIBS, "userprefix": "W"}, ("userprefix",), "together"),
        ({**CONTRIBS, "redirects": True}, ("redirects",), "unknown-key"),
        ({**CONTRIBS, "start": "2026-01-01T00:00:00Z", "end": "2026-01-31T00:00:00Z"}, ("start",), "order"),
        ({"generator": "revisions"}, (), "required"),
        ({"generator": "allpages"}, ("generator",), "module"),
        ({"titles": ["A"]}, ("titles",), "unknown-key"),
        ({"limit": 1}, (), "head"),
        ({"file": {"path": "a.txt", "kind": "titles"}}, ("file", "kind"), "enum"),
        ({**CONTRIBS, "except": {"titles": ["A"]}}, ("except", "titles"), "unknown-key"),
        ({"intersect": [CONTRIBS, {"titles": ["A"]}]}, ("intersect", 1, "titles"), "unknown-key"),
        ({**CONTRIBS, "related": "talk"}, ("related",), "unknown-key"),
    ],
)
def test_revisions(value: object, path: tuple[str | int, ...], code: str) -> None:
    assert [(one.path, one.code) for one in check_source("revisions", value)] == [(path, code)]


def test_every_mistake_at_once() -> None:
    found = check_source("pages", {"generator": "allpages", "namespace": -1, "minsize": "x", "apdir": "up", "foo": 1})
    assert {one.path for one in found} == {("namespace",), ("minsize",), ("apdir",), ("foo",)}


def test_a_wrong_value_is_not_told_as_missing() -> None:
    found = check_source("pages", {"generator": "categorymembers", "title": "", "sort": "timstamp", "start": "now"})
    assert [one.path for one in found] == [("title",), ("sort",)]


@pytest.mark.parametrize("kind", ["pages", "revisions"])
@pytest.mark.parametrize(
    "key",
    ["generator", "list", "titles", "file", "step", "of", "except", "limit", "expect", "outcome", "union", "related", "x"],
)
@pytest.mark.parametrize("value", [None, True, 0, 1.5, "", "x", [], [[]], [None], {}, {"path": 1}, {"min": "x"}, {1: 2}])
def test_no_value_breaks_the_check(kind: Kind, key: str, value: Any) -> None:  # noqa: ANN401 - anything that YAML holds
    for beside in ({}, {"generator": "allpages"}, {"generator": "revisions"}, {"step": "a"}):
        assert all(one.message for one in check_source(kind, {**beside, key: value}))
