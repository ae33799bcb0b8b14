"""Names that a user got wrong where a wrong name would mean more than was meant."""

from __future__ import annotations

import pytest

from tests.desk import Desk
from tests.e2e.reading import planned


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
