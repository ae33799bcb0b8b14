"""The first fault of each cause, before and after the wiki saw the request, for what is known by a title or a name:
undeletions, blocks, and calls of `api`, of which nothing can be looked up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from runner.failures import CAUSES
from runner.retry import RULES
from tests.desk import Desk, someone
from tests.faults.broken import cause_of
from tests.faults.proxy import Proxy
from tests.faults.recipes import with_tag_makers
from tests.faults.test_table import BROKEN, BULK, FIRST_ROWS, REFUSALS, REFUSED_ROWS, at_fault, strike
from tests.mediawiki import MediaWiki

KINDS = {cause.name: cause.kind for cause in CAUSES}
State = tuple[str, str | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """What became of each row's item, how often the wiki carried its request out, and how many states there are in all."""

    states: Mapping[str, State]
    forwarded: Mapping[str, int]
    counts: Mapping[str, int]


def carried_out(desk: Desk, proxy: Proxy, steps: str, action: str, parameter: str, values: Sequence[str]) -> Ended:
    """Every second of these values is struck when it is first sent: between the faults something goes well."""
    names = dict(zip(FIRST_ROWS, values[::2], strict=True))
    for name, value in names.items():
        strike(proxy, name, **{"action": action, parameter: value})
    result = desk.wikimop("run", desk.playbook(steps, "limits: {concurrency: 8}"), "--yes", "--format", "json", code=1)
    items = desk.items(result.json["run"])
    ended = dict(zip(values, ((item["state"], item["code"]) for item in items), strict=True))
    written = Counter(request.get(parameter) for request in proxy.forwarded if request["action"] == action)
    return Ended(
        states={name: ended[value] for name, value in names.items()},
        forwarded={name: written[value] for name, value in names.items()},
        counts={state: count for state, count in result.json["counts"].items() if count},
    )


def once(ended: Ended, items: int) -> None:
    """What somebody refused failed, all else is done, by one request each."""
    refused = REFUSED_ROWS & ended.states.keys()
    assert ended.states == {name: _end(name) for name in FIRST_ROWS}
    assert ended.forwarded == {name: int(name not in refused) for name in FIRST_ROWS}
    assert ended.counts == {"done": items - len(refused), "failed": len(refused)}


def _end(name: str) -> State:
    if name in REFUSED_ROWS:
        return "failed", REFUSALS[name]
    return "done", "looked_up" if name.startswith("after") and name != "after-late" else None


def logged(wiki: MediaWiki, log: str, action: str) -> int:
    ((count,),) = wiki.rows("SELECT count(*) FROM logging WHERE log_type = ? AND log_action = ?", log, action)
    return int(count)


def test_every_fault_of_an_undeletion(mediawiki: MediaWiki, tmp_path: Path) -> None:
    with at_fault(mediawiki, tmp_path) as (desk, proxy):
        titles = [title for _, title in mediawiki.rows(BULK)][: 2 * len(FIRST_ROWS)]
        other = someone(mediawiki)
        for title in titles:
            other.delete(title)
        steps = f"- id: back\n  deleted_pages: {{titles: [{', '.join(titles)}]}}\n  undelete: {{reason: Broken}}"
        once(carried_out(desk, proxy, steps, "undelete", "title", titles), len(titles))
        assert logged(mediawiki, "delete", "restore") == len(titles) - len(REFUSED_ROWS & set(FIRST_ROWS))


def test_every_fault_of_a_block(mediawiki: MediaWiki, tmp_path: Path) -> None:
    with at_fault(mediawiki, tmp_path) as (desk, proxy):
        addresses = [f"192.0.2.{number}" for number in range(2 * len(FIRST_ROWS))]
        steps = f"- id: out\n  users: {{names: [{', '.join(addresses)}]}}\n  block: {{expiry: 1 week, reason: Broken}}"
        once(carried_out(desk, proxy, steps, "block", "user", addresses), len(addresses))
        assert logged(mediawiki, "block", "block") == len(addresses) - len(REFUSED_ROWS & set(FIRST_ROWS))


def test_every_fault_of_a_call(mediawiki: MediaWiki, tmp_path: Path) -> None:
    """Whatever may have been carried out is unsure, and never sent again."""
    with at_fault(mediawiki, tmp_path) as (desk, proxy):
        with_tag_makers(mediawiki)
        pages = mediawiki.rows(BULK)[: 2 * len(FIRST_ROWS)]
        steps = (
            f"- id: call\n  pages: {{titles: [{', '.join(title for _, title in pages)}]}}\n"
            "  api: {action: managetags, parameters: {operation: create, tag: 'seen-${item.pageid}'}}"
        )
        ended = carried_out(desk, proxy, steps, "managetags", "tag", [f"seen-{pageid}" for pageid, _ in pages])
        assert {name: state for name, (state, _) in ended.states.items()} == {name: _called(name) for name in FIRST_ROWS}
        carried = {name for name in FIRST_ROWS if name.startswith("after") or _called(name) == "done"}
        assert ended.forwarded == {name: int(name in carried) for name in FIRST_ROWS}
        assert carried <= set(BROKEN)
        assert logged(mediawiki, "managetags", "create") == len(pages) - len(FIRST_ROWS) + len(carried)


def _called(name: str) -> str:
    kind = KINDS.get(cause_of(name.partition("-")[2]))
    if kind is None:
        return "done" if name == "after-late" else "failed"
    return "unsure" if RULES[kind].heard else "done"
