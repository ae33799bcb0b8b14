"""`purge`, by answers of MediaWiki 1.39: the order is lost, and a rate limit is only a warning."""

from __future__ import annotations

import pytest

from runner.actions.action import Again, Result
from runner.actions.purge import Purge, direct_request, parse, read, read_direct, request
from runner.model import Item, Outcome, State

PAGES = tuple(
    Item(step="s", key=f"page:{number}", pageid=number, ns=0, title=f"Sandbox/0000{number}", revid=number, seq=number)
    for number in range(1, 6)
)
LIMITED = {
    "code": "ratelimited", "text": "You've exceeded your rate limit. Please wait some time and try again.", "module": "purge",
}  # fmt: skip


def done(seq: int) -> Result:
    return Outcome(seq=seq, state=State.DONE)


def entry(number: int, **more: object) -> dict[str, object]:
    return {"ns": 0, "title": f"Sandbox/0000{number}", **more}


def test_entries_are_found_by_title_in_any_order() -> None:
    answer = {"batchcomplete": True, "purge": [entry(number, purged=True) for number in (3, 1, 5, 2, 4)]}
    assert read(Purge(), PAGES, answer) == tuple(done(number) for number in range(1, 6))


def test_a_page_that_is_gone_is_told_by_its_id() -> None:
    answer = {"purge": [entry(1, purged=True), {"pageid": 2, "missing": True}]}
    results = read(Purge(), PAGES[:2], answer)
    assert results[0] == done(1)
    assert isinstance(results[1], Outcome)
    assert (results[1].state, results[1].code) == (State.SKIPPED, "drift:gone")


def test_a_rate_limit_is_no_success() -> None:
    answer = {"warnings": [LIMITED], "purge": [entry(1, missing=True), entry(2, purged=True), entry(3)]}
    results = read(Purge(), PAGES[:3], answer)
    assert results[1:] == (done(2), Again(seq=3, code="ratelimited", wait=True))


@pytest.mark.parametrize("options", [Purge(forcelinkupdate=True), Purge(forcerecursivelinkupdate=True)])
def test_without_its_link_update_a_purge_is_not_done(options: Purge) -> None:
    """Under a limit 1.39 says `purged` without `linkupdate`, and `linkupdate` without `purged`."""
    entries = [entry(1, purged=True, linkupdate=True), entry(2, purged=True), entry(3, linkupdate=True), entry(4)]
    results = read(options, PAGES[:4], {"warnings": [LIMITED], "purge": entries})
    assert results == (done(1), *(Again(seq=seq, code="ratelimited", wait=True) for seq in (2, 3, 4)))


def test_what_is_not_mentioned_is_sent_again() -> None:
    assert read(Purge(), PAGES[:2], {"purge": [entry(1, purged=True)]}) == (done(1), Again(seq=2, code="no_entry"))
    assert read(Purge(), PAGES[:1], {"purge": [entry(1)]}) == (Again(seq=1, code="not_purged"),)


def test_a_request() -> None:
    assert request(parse({}), PAGES[:3], "unused") == {"action": "purge", "pageids": "1|2|3"}
    assert request(parse({"forcelinkupdate": True, "forcerecursivelinkupdate": False}), PAGES[:1], "") == {
        "action": "purge", "pageids": "1", "forcelinkupdate": "1",
    }  # fmt: skip
    assert parse(None) == Purge()  # type: ignore[arg-type]  # `purge:` with nothing after it


QUERY = Item(step="s", key="query:1", seq=7)


def test_a_direct_request_is_a_purge_whatever_else_it_says() -> None:
    """A `continue` comes from the wiki, a page set from a plan that somebody may have written."""
    hostile = {"action": "delete", "continue": "||"}
    sent = direct_request(Purge(direct=True, forcelinkupdate=True), {"titles": "A", "action": "edit"}, hostile)
    assert sent == {"titles": "A", "continue": "||", "action": "purge", "forcelinkupdate": "1"}


def test_what_a_direct_purge_found_is_told_of_each() -> None:
    entries = [
        entry(1, purged=True), entry(2), {"ns": 0, "title": "Nope", "missing": True}, {"title": "A[", "invalid": True},
        {"ns": -1, "title": "Special:Version", "special": True}, {"title": "wikipedia:X", "iw": "wikipedia"},
        {"pageid": 99, "missing": True}, {"revid": 98, "missing": True},
    ]  # fmt: skip
    answer = {"batchcomplete": True, "warnings": [LIMITED], "purge": entries}
    found = list(read_direct(Purge(direct=True), QUERY, answer))
    assert [item.key for item, _ in found] == [
        "title:Sandbox/00001", "title:Sandbox/00002", "title:Nope", "title:A[", "title:Special:Version", "title:wikipedia:X",
        "page:99", "title:revision 98",
    ]  # fmt: skip
    assert {(item.step, item.seq) for item, _ in found} == {("s", 7)}
    assert [result for _, result in found[:2]] == [done(7), Again(seq=7, code="ratelimited", wait=True)]
    codes = [result.code for _, result in found[2:]]
    assert codes == [f"blocked:{word}" for word in ("missing", "invalid", "special", "interwiki", "missing", "missing")]
    assert all(isinstance(result, Outcome) and result.state is State.SKIPPED for _, result in found[2:])


def test_a_direct_purge_without_its_link_update_is_not_done() -> None:
    answer = {"batchcomplete": True, "purge": [entry(1, purged=True), entry(2, purged=True, linkupdate=True)]}
    found = read_direct(Purge(direct=True, forcelinkupdate=True), QUERY, answer)
    assert [result for _, result in found] == [Again(seq=7, code="not_purged"), done(7)]


@pytest.mark.parametrize("answer", [{"purge": []}, {"batchcomplete": True}, {"batchcomplete": True, "purge": [{}]}])
def test_an_answer_that_does_not_say_where_it_ends_is_none(answer: dict[str, object]) -> None:
    with pytest.raises(KeyError):
        list(read_direct(Purge(), QUERY, answer))
