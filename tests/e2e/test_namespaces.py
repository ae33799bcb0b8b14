"""A namespace that was asked for is never left, whatever else a source says."""

from __future__ import annotations

import pytest

from tests.desk import Desk, someone
from tests.e2e.reading import planned, titles
from tests.mediawiki import MediaWiki

OVERRULED = {
    "search-file": "generator: search, search: 'File:square', namespace: 118",
    "search-alias": "generator: search, search: 'image:square', namespace: [0, 118]",
    "search-narrower": "generator: search, search: 'File:square', namespace: '*'",
    "search-main": "generator: search, search: ':step', namespace: 118",
    "search-all": "generator: search, search: 'all:step', namespace: 118",
    "prefix-draft": "generator: prefixsearch, search: 'Draft:I', namespace: 0",
    "in-order": "generator: prefixsearch, search: 'Draft:I', namespace: 0, limit: 2",
}


@pytest.mark.parametrize("name", OVERRULED)
def test_a_text_that_overrules_the_namespace_is_refused(desk: Desk, name: str) -> None:
    for source in (f"{{{OVERRULED[name]}}}", f"{{titles: [Article 01], except: {{{OVERRULED[name]}}}}}"):
        told = desk.wikimop("plan", desk.playbook(f"- id: a\n  pages: {source}\n  purge: {{}}"), code=2).err
        assert "step a: `search` begins with " in told
        assert "keep one of the two" in told


def test_a_text_and_a_namespace_that_agree(desk: Desk) -> None:
    steps = """
- {id: same, pages: {generator: prefixsearch, search: 'Draft:Idea 0', namespace: Draft}, purge: {}}
- {id: text, pages: {generator: prefixsearch, search: 'Draft:Idea 0'}, purge: {}}
- {id: colon, pages: {generator: search, search: 'intitle:Idea', namespace: Draft}, purge: {}}
- {id: all, pages: {generator: search, search: 'all:step', namespace: '*', where: [{namespace: Draft}]}, purge: {}}
"""
    found = planned(desk, steps)
    assert titles(found["same"]) == titles(found["text"]) != []
    assert {item["ns"] for item in (*found["colon"], *found["all"])} <= {118}


def test_what_the_wiki_finds_elsewhere_ends_the_plan(desk: Desk, wiki: MediaWiki) -> None:
    """A search engine has other words for namespaces than its texts begin with."""
    wiki.settings("""$wgHooks['PrefixSearchExtractNamespace'][] = static function ( &$namespaces, &$search ) {
        if ( str_starts_with( $search, 'concepts:' ) ) { $namespaces = [ 118 ]; $search = substr( $search, 9 ); } };""")
    for limit in ("", ", limit: 3"):
        source = f"{{generator: prefixsearch, search: 'concepts:Idea', namespace: 0{limit}}}"
        told = desk.wikimop("plan", desk.playbook(f"- id: a\n  pages: {source}\n  purge: {{}}"), code=2).err
        assert "step a: prefixsearch leaves the namespaces that were asked for, with `Draft:Idea 0" in told
        assert "where: [{namespace: " in told


def test_what_was_moved_to_another_namespace_is_left_out_and_told(desk: Desk, wiki: MediaWiki) -> None:
    """The watchlist goes by the page that was changed, wherever it is now."""
    me = someone(wiki, "sysop")
    me.edit("Wandering", "one", watchlist="watch")
    someone(wiki).edit("Wandering", "two")
    someone(wiki).move("Wandering", "Draft:Wandering")
    wiki.run_jobs()
    for source in ("generator: watchlist", "generator: watchlist, limit: 50"):
        steps = f"- id: a\n  pages: {{{source}, namespace: 0}}\n  purge: {{}}"
        assert "Draft:Wandering" not in titles(planned(desk, steps)["a"])
        assert "watchlist: what is not in the namespaces that were asked for is left out, such as Draft:Wandering" in (
            desk.wikimop("plan", desk.playbook(steps), code=0).out
        )


def test_a_namespace_of_links_is_that_of_what_is_linked_to(desk: Desk) -> None:
    steps = "- id: a\n  pages: {generator: alltransclusions, namespace: 10}\n  purge: {}"
    assert {item["ns"] for item in planned(desk, steps)["a"]} - {10}


@pytest.mark.parametrize("kind", ["deleted_files", "file_versions"])
def test_only_a_file_has_files(desk: Desk, wiki: MediaWiki, kind: str) -> None:
    """What is archived of a file has its name without the namespace: that of another page is not meant."""
    someone(wiki).delete("File:Unused.png")
    given = ["Talk:Unused.png", "Unused.png", "User:Unused.png", "File:Unused.png"]
    desk.write("\n".join(given), "files.txt")
    for source in (f"titles: {given}", "file: files.txt"):
        (items,) = planned(desk, f"- id: a\n  {kind}: {{{source}}}\n  revisiondelete: {{hide: [comment]}}").values()
        found = {item["title"]: item.get("blocked", {}) for item in items}
        assert {found[title].get("code") for title in given[:3]} == {"missing"}
        assert {found[title].get("detail") for title in given[:3]} == {"only a title of a file has any"}
        assert (found[given[3]] == {}) == (kind == "deleted_files")
