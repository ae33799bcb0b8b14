from __future__ import annotations

from typing import Any

from runner.where.check import parse_where
from runner.where.judge import judge
from runner.where.tally import Tally

WHERE = parse_where([{"revisions": {"min": 2}}, {"namespace": 0}, {"watchers": 0}])


def counted(*items: dict[str, Any]) -> Tally:
    tally = Tally(condition=WHERE)
    for facts in items:
        tally.add(facts, judge(WHERE, facts))
    return tally


def test_each_item_counts_where_it_was_judged() -> None:
    tally = counted(
        {"namespace": 1},
        {"namespace": 0, "revisions": 1},
        {"namespace": 0, "revisions": 2, "watchers": 0},
        {"namespace": 0, "revisions": 2},
        {"namespace": 0, "revisions": 2, "watchers": 3},
    )
    assert [tuple(row.values()) for row in tally.rows()] == [
        ("revisions: min 2", 4, 3, 1, 0),
        ("namespace: 0", 5, 4, 1, 0),
        ("watchers: 0", 3, 1, 1, 1),
    ]
    assert (tally.whole.saw, tally.whole.kept, tally.whole.dropped, tally.whole.unknown) == (5, 1, 3, 1)


def test_an_item_that_two_conditions_drop_counts_at_one() -> None:
    tally = counted({"namespace": 1, "revisions": 1})
    assert sum(count.dropped for count in tally.counts) == 1
