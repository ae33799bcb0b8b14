"""Every fault of a write, each on a page of its own, in one run for each action: what became of it is exact."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.desk import Desk
from tests.faults.broken import AFTER, BEFORE, REFUSED, cause_of, once_carried_out
from tests.faults.conftest import impatient
from tests.faults.proxy import Proxy, proxied
from tests.mediawiki import MediaWiki

ROWS = {
    **{f"before-{name}": fault for name, fault in BEFORE.items()},
    **{f"after-{name}": fault for name, fault in AFTER.items()},
    **{f"refused-{name}": fault for name, fault in REFUSED.items()},
}
REFUSED_ROWS = {f"refused-{name}" for name in REFUSED}
REFUSALS = {
    **dict.fromkeys(REFUSED_ROWS, "http"),
    "refused-too-large-413": "too_large", "refused-too-large-414": "too_large",
    "refused-permission": "permissiondenied", "refused-hook": "hookaborted", "refused-partly-blocked": "blocked",
    "refused-unknown": "no-such-code-as-yet",
}  # fmt: skip
# The first row of each cause, before and after.
FIRST_ROWS = list({(name.partition("-")[0], cause_of(name.partition("-")[2])): name for name in reversed(ROWS)}.values())
BULK = "SELECT page_id, page_title FROM page WHERE page_title LIKE 'Bulk/%' ORDER BY page_title"
BROKEN = [name for name in ROWS if name not in REFUSED_ROWS]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """What became of each row's page: its items, its entries in the wiki's own log, the writes that the wiki carried out."""

    code: int
    counts: Mapping[str, int]
    items: Mapping[str, Sequence[Mapping[str, Any]]]
    logids: Mapping[str, Sequence[int]]
    forwarded: Mapping[str, int]

    def states(self, name: str) -> list[tuple[str, str | None]]:
        """The state and code of each item of a row."""
        return [(item["state"], item["code"]) for item in self.items[name]]


def strike(proxy: Proxy, row: str, **where: str) -> None:
    """A row's fault for the first request with these parameters."""
    if row.startswith("after"):
        proxy.rule(once_carried_out(ROWS[row]), **where)
    else:
        proxy.rule(ROWS[row], 1, **where)


Pages = Mapping[str, tuple[int, str]]  # page id and title by row


@contextmanager
def at_fault(wiki: MediaWiki, folder: Path) -> Iterator[tuple[Desk, Proxy]]:
    """A freshly seeded wiki, behind a proxy."""
    wiki.settings("")
    wiki.reset()
    with proxied(wiki) as proxy:
        yield impatient(Desk(folder, proxy.api), proxy, "180s"), proxy


def carry_out(desk: Desk, proxy: Proxy, wiki: MediaWiki, pages: Pages, steps: str, logged: str = "delete") -> Table:
    """Run the steps; the rules are in place. `logged` is the log that tells of them."""
    run = desk.wikimop("run", desk.playbook(steps, "limits: {concurrency: 8}"), "--yes", "--format", "json")
    items = desk.items(run.json["run"])
    entries = wiki.rows("SELECT log_page, log_id FROM logging WHERE log_type = ? ORDER BY log_id", logged)
    written = Counter(
        name
        for request in proxy.forwarded
        for name, (pageid, title) in pages.items()
        if request["action"] != "query"
        and {request.get(one) for one in ("pageid", "pageids", "fromid", "target")} & {str(pageid), title}
    )
    return Table(
        code=run.code,
        counts=run.json["counts"],
        items={name: [item for item in items if item["pageid"] == pageid] for name, (pageid, _) in pages.items()},
        logids={name: [logid for page, logid in entries if page == pageid] for name, (pageid, _) in pages.items()},
        forwarded=written,
    )


def test_every_fault_of_a_deletion(mediawiki: MediaWiki, tmp_path: Path) -> None:
    """200 pages, of which some are struck the first time that they are sent."""
    with at_fault(mediawiki, tmp_path) as (desk, proxy):
        every = mediawiki.rows(BULK)
        # Between the faults something goes well: patience would end if nothing did.
        pages = dict(zip(ROWS, every[::2], strict=False))
        for name, (pageid, _) in pages.items():
            strike(proxy, name, action="delete", pageid=str(pageid))
        titles = ", ".join(title for _, title in every)
        steps = f"- id: gone\n  pages: {{titles: [{titles}]}}\n  delete: {{reason: Broken}}"
        table = carry_out(desk, proxy, mediawiki, pages, steps)
    assert table.code == 1
    assert table.counts == _counts(done=200 - len(REFUSED), failed=len(REFUSED))
    # Each page was deleted by one request, its log entry is the one that the journal names, and its item is done.
    assert {name: table.states(name) for name in ROWS} == {name: [_end(name)] for name in ROWS}
    assert {name: table.logids[name] for name in BROKEN} == {name: [table.items[name][0]["logid"]] for name in BROKEN}
    assert table.forwarded == _once()


def test_every_fault_of_a_hiding(mediawiki: MediaWiki, tmp_path: Path) -> None:
    """The first two revisions of some pages, each page in a request of its own. What is too large for two is not for one:
    that has a test of its own."""
    with at_fault(mediawiki, tmp_path) as (desk, proxy):
        every = mediawiki.rows(
            "SELECT page_id, page_namespace, page_title, min(rev_id), max(rev_id) FROM page JOIN (SELECT rev_page, rev_id,"
            " row_number() OVER (PARTITION BY rev_page ORDER BY rev_id) AS n FROM revision) ON rev_page = page_id AND n <= 2"
            " WHERE page_namespace IN (0, 118) GROUP BY page_id HAVING count(*) = 2"
        )
        titles = [(pageid, ("Draft:" if ns else "") + title.replace("_", " ")) for pageid, ns, title, _, _ in every]
        rows = [name for name in ROWS if REFUSALS.get(name) != "too_large"]
        pages = dict(zip(rows, titles, strict=False))
        for name, (_, title) in pages.items():
            strike(proxy, name, action="revisiondelete", target=title)
        revids = ", ".join(str(revid) for *_, first, second in every for revid in (first, second))
        steps = f"- id: hide\n  revisions: {{revids: [{revids}]}}\n  revisiondelete: {{hide: [comment], reason: Broken}}"
        table = carry_out(desk, proxy, mediawiki, pages, steps)
    refused = len(REFUSED_ROWS & set(rows))
    assert table.code == 1
    assert table.counts == _counts(done=2 * (len(every) - refused), failed=2 * refused)
    assert {name: table.states(name) for name in rows} == {name: [_end(name)] * 2 for name in rows}
    assert {name: len(table.logids[name]) for name in rows} == {name: int(name in BROKEN) for name in rows}
    assert table.forwarded == _once()


def test_every_fault_of_a_move(mediawiki: MediaWiki, tmp_path: Path) -> None:
    with at_fault(mediawiki, tmp_path) as (desk, proxy):
        every = mediawiki.rows(BULK)
        pages = dict(zip(ROWS, every[::2], strict=False))
        for name, (pageid, _) in pages.items():
            strike(proxy, name, action="move", fromid=str(pageid))
        titles = ", ".join(title for _, title in every)
        steps = f"- id: away\n  pages: {{titles: [{titles}]}}\n  move: {{to: 'Away/${{item.name}}', reason: Broken}}"
        table = carry_out(desk, proxy, mediawiki, pages, steps, logged="move")
        there = mediawiki.rows("SELECT page_id FROM page WHERE page_title GLOB 'Away/*'")
    assert table.code == 1
    assert table.counts == _counts(done=200 - len(REFUSED), failed=len(REFUSED))
    assert {name: table.states(name) for name in ROWS} == {name: [_end(name)] for name in ROWS}
    assert {name: len(table.logids[name]) for name in ROWS} == {name: int(name in BROKEN) for name in ROWS}
    assert table.forwarded == _once()
    refused = {pages[name][0] for name in REFUSED_ROWS}
    assert {pageid for (pageid,) in there} == {pageid for pageid, _ in every} - refused


def test_every_fault_of_an_edit(mediawiki: MediaWiki, tmp_path: Path) -> None:
    with at_fault(mediawiki, tmp_path) as (desk, proxy):
        every = mediawiki.rows(BULK)
        pages = dict(zip(ROWS, every[::2], strict=False))
        for name, (pageid, _) in pages.items():
            strike(proxy, name, action="edit", pageid=str(pageid))
        titles = ", ".join(title for _, title in every)
        steps = f"- id: more\n  pages: {{titles: [{titles}]}}\n  edit: {{append: ' More.', summary: Broken}}"
        table = carry_out(desk, proxy, mediawiki, pages, steps)
        made = Counter(pageid for (pageid,) in mediawiki.rows("SELECT rev_page FROM revision"))
    assert table.code == 1
    assert table.counts == _counts(done=200 - len(REFUSED), failed=len(REFUSED))
    assert {name: table.states(name) for name in ROWS} == {name: [_end(name)] for name in ROWS}
    assert table.forwarded == _once()
    # One revision more of each page, and none of those that somebody on the way refused.
    assert {name: made[pages[name][0]] for name in ROWS} == {name: 1 + (name in BROKEN) for name in ROWS}


def test_every_fault_of_a_purge(mediawiki: MediaWiki, tmp_path: Path) -> None:
    """One page in each step, so that each is a request of its own; one row of each cause. Sent again after any doubt: it
    does no harm."""
    with at_fault(mediawiki, tmp_path) as (desk, proxy):
        pages = dict(zip(FIRST_ROWS, mediawiki.rows(BULK), strict=False))
        for name, (pageid, _) in pages.items():
            strike(proxy, name, action="purge", pageids=str(pageid))
        steps = "\n".join(f"- id: {name}\n  pages: {{titles: [{page[1]}]}}\n  purge:" for name, page in pages.items())
        table = carry_out(desk, proxy, mediawiki, pages, steps)
    assert table.code == 1
    # No API stood behind some answers, and purging leaves no log to look into.
    unheard = {"after-redirect-302", "after-forbidden-403", "after-forbidden-404", "after-no-content-204"}
    refused = {
        **{name: REFUSALS[name] for name in REFUSED_ROWS},
        **dict.fromkeys(unheard, "http"),
        "after-too-large-413": "too_large",
    }
    expected = {name: [("failed", refused[name]) if name in refused else ("done", None)] for name in FIRST_ROWS}
    assert {name: table.states(name) for name in FIRST_ROWS} == expected
    assert set(table.forwarded.values()) == {1, 2}


def _end(name: str) -> tuple[str, str | None]:
    if name in REFUSED_ROWS:
        return "failed", REFUSALS[name]
    # What answered at last, or did not refuse, needed no look into the log.
    return "done", "looked_up" if name.startswith("after") and name != "after-late" else None


def _once() -> dict[str, int]:
    """The wiki carried one request out for each page."""
    return dict.fromkeys(BROKEN, 1)


def _counts(**given: int) -> dict[str, int]:
    states = ("done", "unchanged", "skipped", "failed", "scheduled", "unsure", "pending")
    return {state: given.get(state, 0) for state in states}
