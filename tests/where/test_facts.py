from __future__ import annotations

from typing import Any

import pytest

from runner.model import Kind, Ref
from runner.where import facts
from runner.where.catalogue import Group, groups
from runner.where.check import parse_where
from runner.where.needs import Needs, needs

PAGE = Ref(title="A", ns=0, pageid=7)


def needed(*where: dict[str, Any], kind: Kind = "pages") -> Needs:
    return needs(kind, parse_where(list(where)))


def test_only_what_a_condition_needs_is_asked_for() -> None:
    query = facts.page_query([PAGE], needed({"redirect": True}))
    assert query == {"action": "query", "prop": "info", "pageids": "7"}
    where = ({"protection": True}, {"watchers": 0}, {"last_edit": {"by": "A"}}, {"page_property": "x"})
    query = facts.page_query([PAGE], needed(*where))
    assert (query["inprop"], query["rvprop"], query["ppprop"]) == ("protection|watchers", "ids|timestamp|user", "x")
    assert set(query["prop"].split("|")) == {"info", "revisions", "pageprops"}
    assert "user" not in facts.page_query([PAGE], needed({"last_edit": {"older_than": "5 days"}}))["rvprop"]


def test_sets_are_asked_only_for_what_is_named() -> None:
    both = needed({"any": [{"categories": {"any": ["A", "B"]}}, {"not": {"categories": {"none": ["B", "C"]}}}]})
    assert both.names["categories"] == ("A", "B", "C")
    assert facts.members_query([PAGE], "categories", both.names["categories"])["clcategories"] == "A|B|C"


@pytest.mark.parametrize(
    ("bounds", "enough"),
    [(0, 1), (5, 6), ({"min": 5}, 5), ({"max": 5}, 6), ({"min": 2, "max": 5}, 6), ({"min": 0}, 1)],
)
def test_no_more_is_counted_than_makes_a_difference(bounds: object, enough: int) -> None:
    wanted = needed({"revisions": bounds})
    assert wanted.enough["revisions"] == enough
    assert facts.history_query(PAGE, wanted, 500)["rvlimit"] == str(enough)
    assert facts.history_query(PAGE, wanted, 0)["rvlimit"] == "max"


def test_the_creation_alone_takes_one_revision() -> None:
    query = facts.history_query(PAGE, needed({"creation": {"older_than": "5 days"}}), 500)
    assert (query["rvlimit"], query["rvdir"], query["rvprop"]) == ("1", "newer", "ids|timestamp")


def test_groups_come_from_cheap_to_costly() -> None:
    where = parse_where([{"creation": {"by": "A"}}, {"any": [{"links_here": 0}, {"categories": {"any": "A"}}]}, {"size": 1}])
    assert groups("pages", where) == (Group.PAGE, Group.MEMBERS, Group.COUNT, Group.HISTORY)
    assert groups("revisions", where) == (Group.REVISION, Group.MEMBERS, Group.COUNT, Group.HISTORY)


def test_what_is_not_told_is_absent() -> None:
    assert facts.page_facts({"pageid": 7, "title": "A", "ns": 0}).keys() == {"exists", "redirect", "page_property"}
    assert facts.page_facts({"title": "A", "ns": 0, "missing": True, "watchers": 3}) == {"exists": False, "watchers": 3}
    page = {"title": "A", "ns": 0}
    assert facts.revision_facts(page, {"revid": 1, "userhidden": True, "commenthidden": True}).keys() == {
        "title", "namespace", "minor",
    }  # fmt: skip
    assert facts.text_of({"revid": 1, "slots": {"main": {"texthidden": True}}}) is None
    assert facts.text_of({"revid": 1, "slots": {"main": {"content": ""}}}) == ""


def test_what_is_hidden_but_shown_to_us_is_known() -> None:
    told = facts.revision_facts({"title": "A", "ns": 0}, {"revid": 1, "userhidden": True, "user": "B"})
    assert told["user"] == "B"


def test_pages_are_found_by_id_or_by_any_writing_of_their_title() -> None:
    answer = {
        "normalized": [{"from": "draft:x_y", "to": "Draft:X y"}],
        "pages": [{"title": "Draft:X y", "pageid": 3}, {"pageid": 9, "missing": True}, {"title": "Z", "missing": True}],
    }
    pages = facts.Pages(answer)
    found = [pages.of(ref) for ref in (Ref(title="draft:x_y"), Ref(title="other", pageid=3), Ref(pageid=9), Ref(title="Z"))]
    assert [page and page.get("pageid") for page in found] == [3, 3, 9, None]
    assert pages.of(Ref(title="Z")) is not None
    assert pages.of(Ref(title="nowhere")) is None
