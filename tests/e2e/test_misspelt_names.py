"""Names that a user got wrong where a wrong name would mean more than was meant."""

from __future__ import annotations

import pytest

from tests.desk import Desk
from tests.e2e.reading import planned, revisions, titles
from tests.mediawiki import MediaWiki


@pytest.mark.parametrize("title", ["[[Bulk/004]]", "Bulk/005 # important", "Special:Version"])
def test_what_can_be_no_page_is_refused_in_except(desk: Desk, title: str) -> None:
    desk.write(f"Bulk/001\n{title}\n", "keep.txt")
    playbook = desk.playbook(
        "- id: one\n  pages: {generator: allpages, prefix: Bulk/00, except: {file: keep.txt}}\n  delete: {}"
    )
    refused = desk.wikimop("plan", playbook, code=2)
    assert "leaves nothing out" in refused.err


def test_what_is_missing_in_except_is_warned_of(desk: Desk) -> None:
    playbook = desk.playbook(
        "- id: one\n  pages: {generator: allpages, prefix: Bulk/00, except: {titles: [Bulk/777]}}\n  delete: {}"
    )
    assert "there is no Bulk/777" in desk.wikimop("plan", playbook, code=0).out


def test_a_section_never_means_the_whole_page(desk: Desk) -> None:
    (item,) = planned(desk, "- id: one\n  pages: {titles: ['Bulk/001#See also']}\n  delete: {}")["one"]
    assert item["blocked"]["code"] == "invalid"


# What stands in `except`, and what is said of it.
NO_PAGE = {
    "in-a-union": "{union: [{titles: ['Bulk/002#top']}, {titles: [Bulk/003]}]}",
    "in-an-intersection": "{intersect: [{generator: allpages, prefix: Bulk}, {titles: ['[[Bulk/002]]']}]}",
    "in-of": "{generator: links, of: {titles: ['Bulk/002#top']}}",
    "before-a-condition": "{titles: ['Bulk/002#top'], where: [{title: {contains: other}}]}",
    "in-an-except": "{generator: allpages, prefix: Bulk/00, except: {titles: ['Bulk/002#top']}}",
    "in-a-file": "{union: [{file: keep.txt}]}",
}
MISSING = {
    "in-a-union": ("{union: [{titles: [Bulk/777]}, {titles: [Bulk/003]}]}", "there is no Bulk/777"),
    "before-a-condition": ("{titles: [Bulk/777], where: [{exists: true}]}", "there is no Bulk/777"),
    "page-id": ("{pageids: [99999999]}", "there is no page with the id 99999999"),
    "revision-id": ("{revids: [99999999]}", "there is no revision 99999999"),
    "in-of": ("{generator: links, of: {union: [{pageids: [99999999]}]}}", "there is no page with the id 99999999"),
    "empty-file": ("{file: empty.txt}", "empty.txt names nothing"),
    "empty-file-inside": ("{union: [{titles: [Bulk/003]}, {file: empty.txt}]}", "empty.txt names nothing"),
}


@pytest.mark.parametrize("name", NO_PAGE)
def test_what_can_be_no_page_is_refused_at_any_depth_of_except(desk: Desk, name: str) -> None:
    desk.write("Special:Version\n", "keep.txt")
    steps = f"- id: one\n  pages: {{generator: allpages, prefix: Bulk/00, except: {NO_PAGE[name]}}}\n  delete: {{}}"
    assert "leaves nothing out" in desk.wikimop("plan", desk.playbook(steps), code=2).err


@pytest.mark.parametrize("name", MISSING)
def test_what_is_missing_is_warned_of_at_any_depth_of_except(desk: Desk, name: str) -> None:
    source, told = MISSING[name]
    desk.write("# nothing yet\n\n", "empty.txt")
    steps = f"- id: one\n  pages: {{generator: allpages, prefix: Bulk/00, except: {source}}}\n  delete: {{}}"
    assert f"except: {told}" in desk.wikimop("plan", desk.playbook(steps), code=0).out


def test_other_kinds_warn_as_well(desk: Desk, wiki: MediaWiki) -> None:
    first, *_ = revisions(wiki, "Article 02")
    hide = "revisiondelete: {hide: [comment]}"
    steps = f"""
- {{id: live, revisions: {{list: usercontribs, user: Vandal, except: {{revids: [{first}, 99999999]}}}}, {hide}}}
- {{id: log, log_entries: {{list: logevents, except: {{union: [{{logids: [99999998]}}]}}}}, {hide}}}
- {{id: gone, deleted_revisions: {{generator: alldeletedrevisions, except: {{revids: [99999997]}}}}, {hide}}}
- {{id: users, users: {{names: [Bob], except: {{union: [{{names: [Vandall]}}]}}}}, unblock: {{}}}}
"""
    told = desk.wikimop("plan", desk.playbook(steps), code=0).out
    for what in ("revision with the id 99999999", "log entry with the id 99999998", "archived revision with the id 99999997"):
        assert f"except: there is no {what}" in told
    assert f"no revision with the id {first}" not in told
    assert "except: there is no User:Vandall" in told


def test_a_redirect_that_is_followed_in_except_stays_out_itself(desk: Desk) -> None:
    steps = "- id: one\n  pages: {titles: [Old name 02, Article 02, Article 03], except: %s}\n  delete: {}"
    for source in ("{titles: [Old name 02], redirects: true}", "{union: [{titles: [Old name 02], redirects: true}]}"):
        assert titles(planned(desk, steps % source)["one"]) == ["Article 03"]
