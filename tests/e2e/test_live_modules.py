"""What only the wiki can judge: its namespaces, its tags, its own values. None of them may widen a set."""

from __future__ import annotations

import pytest

from tests.desk import Desk


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("{generator: allpages, namespace: 2300}", "no namespace 2300"),
        ("{generator: allpages, namespace: Drafft}", "no namespace `Drafft`"),
        ("{generator: querypage, page: Gadgetusage}", "`page` of `querypage` cannot be `Gadgetusage`"),
        ("{generator: protectedtitles, level: templateeditor}", "cannot be `templateeditor`"),
        ("{generator: recentchanges, tag: no such tag}", "no change tag `no such tag`"),
        ("{generator: linkshere, of: {generator: querypage, page: Gadgetusage}}", "cannot be `Gadgetusage`"),
        ("{titles: [Main Page], except: {generator: recentchanges, tag: nowhere}}", "no change tag `nowhere`"),
    ],
)
def test_what_the_wiki_lacks_is_refused_before_anything_is_asked(desk: Desk, source: str, words: str) -> None:
    playbook = desk.playbook(f"- id: one\n  pages: {source}\n  purge: {{}}")
    desk.wikimop("validate", playbook, code=0)
    refused = desk.wikimop("plan", playbook, code=2)
    assert words in refused.err
    assert "step one" in refused.err
    assert desk.wikimop("runs", code=0).out == ""


def test_what_the_wiki_has_is_taken(desk: Desk) -> None:
    playbook = desk.playbook("- id: one\n  pages: {generator: querypage, page: BrokenRedirects}\n  purge: {}")
    plan = desk.wikimop("plan", playbook, "--format", "json", code=0).json
    assert plan["items"] == 12
