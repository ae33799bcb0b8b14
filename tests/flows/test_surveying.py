"""What an action asks about its items is answered whole, or with just the first few where it asks for no more."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest

from runner.actions.action import Account
from runner.actions.mergehistory import MERGEHISTORY
from runner.flows.surveying import surveyed
from runner.model import Item

ACCOUNT = Account(name="Sysop", rights=frozenset({"mergehistory", "edit"}))
HISTORY = 5


def wiki(asked: list[Mapping[str, str]], parameters: Mapping[str, str]) -> Mapping[str, Any]:
    """One page of five revisions, of which each answer tells one."""
    asked.append(parameters)
    number = int(parameters.get("rvcontinue", "1"))
    query = {"pages": [{"pageid": 7, "title": "Foo", "revisions": [{"revid": number}]}]}
    if number == HISTORY:
        return {"batchcomplete": True, "query": query}
    return {"query": query, "continue": {"rvcontinue": str(number + 1), "continue": "||"}}


@pytest.mark.parametrize(("limit", "requests"), [("1", 1), ("max", HISTORY)])
def test_who_asks_for_the_first_is_not_told_the_rest(limit: str, requests: int) -> None:
    def survey(
        _options: object, items: Sequence[Item], _planned: object
    ) -> Generator[Mapping[str, str], Mapping[str, Any], list[Item]]:
        answer = yield {"action": "query", "prop": "revisions", "rvlimit": limit, "titles": "Foo"}
        (page,) = answer["pages"]
        return [replace(item, facts={"part": [one["revid"] for one in page["revisions"]]}) for item in items]

    asked: list[Mapping[str, str]] = []
    action = replace(MERGEHISTORY, survey=survey)
    page = Item(seq=1, step="a", key="page:7", ns=0, title="Foo", pageid=7)
    (item,) = surveyed(lambda parameters: wiki(asked, parameters), ACCOUNT, action, None, [page])
    assert len(asked) == requests
    assert item.facts["part"] == list(range(1, requests + 1))
