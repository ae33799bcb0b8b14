"""Every fault of a write, each on a page of its own, in one run for each action: what became of it is exact."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest

from tests.desk import Desk
from tests.faults.broken import AFTER, BEFORE, REFUSED
from tests.faults.conftest import impatient
from tests.faults.proxy import Proxy, proxied
from tests.mediawiki import MediaWiki

ROWS = {
    **{f"before-{name}": fault for name, fault in BEFORE.items()},
    **{f"after-{name}": fault for name, fault in AFTER.items()},
    **{f"refused-{name}": fault for name, fault in REFUSED.items()},
}
BROKEN = [name for name in ROWS if not name.startswith("refused")]
# No API stands behind these answers, and purging leaves no log to look into.
NO_API = {"after-403", "after-404", "after-204", *(f"refused-{name}" for name in REFUSED)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """What became of each row's page: its items, its entries in the wiki's own log, the writes that the wiki saw."""

    code: int
    counts: Mapping[str, int]
    items: Mapping[str, Sequence[Mapping[str, Any]]]
    logids: Mapping[str, Sequence[int]]
    forwarded: Mapping[str, int]


Pages = Mapping[str, tuple[int, str]]  # page id and title by row


@contextmanager
def at_fault(wiki: MediaWiki, factory: pytest.TempPathFactory) -> Iterator[tuple[Desk, Proxy]]:
    """A freshly seeded wiki, behind a proxy."""
    wiki.settings("")
    wiki.reset()
    with proxied(wiki) as proxy:
        yield impatient(Desk(factory.mktemp("desk"), proxy.api), proxy, "60s"), proxy


def carry_out(desk: Desk, proxy: Proxy, wiki: MediaWiki, pages: Pages, steps: str) -> Table:
    """Run the steps; the rules are in place."""
    run = desk.wikimop("run", desk.playbook(steps, "limits: {concurrency: 8}"), "--yes", "--format", "json")
    items = desk.items(run.json["run"])
    logged = wiki.rows("SELECT log_page, log_id FROM logging WHERE log_type = 'delete' ORDER BY log_id")
    written = Counter(
        name
        for request in proxy.forwarded
        for name, (pageid, title) in pages.items()
        if request["action"] != "query"
        and {request.get("pageid"), request.get("pageids"), request.get("target")} & {str(pageid), title}
    )
    return Table(
        code=run.code,
        counts=run.json["counts"],
        items={name: [item for item in items if item["pageid"] == pageid] for name, (pageid, _) in pages.items()},
        logids={name: [logid for page, logid in logged if page == pageid] for name, (pageid, _) in pages.items()},
        forwarded=written,
    )


@pytest.fixture(scope="module")
def deleted(mediawiki: MediaWiki, tmp_path_factory: pytest.TempPathFactory) -> Table:
    """A run of deletes, some struck by a fault the first time that they are sent."""
    every = mediawiki.rows("SELECT page_id, page_title FROM page WHERE page_title LIKE 'Bulk/%' ORDER BY page_title")
    # Between the faults something goes well: patience would end if nothing did.
    pages = dict(zip(ROWS, every[::3], strict=False))
    with at_fault(mediawiki, tmp_path_factory) as (desk, proxy):
        for name, (pageid, _) in pages.items():
            proxy.rule(ROWS[name], 1, action="delete", pageid=str(pageid))
        titles = ", ".join(title for _, title in every)
        steps = f"- id: gone\n  pages: {{titles: [{titles}]}}\n  delete: {{reason: Broken}}"
        return carry_out(desk, proxy, mediawiki, pages, steps)


@pytest.fixture(scope="module")
def hidden(mediawiki: MediaWiki, tmp_path_factory: pytest.TempPathFactory) -> Table:
    """A run that hides the first two revisions of some pages, each page in a request of its own."""
    with at_fault(mediawiki, tmp_path_factory) as (desk, proxy):
        every = mediawiki.rows(
            "SELECT page_id, page_title, min(rev_id), max(rev_id) FROM page JOIN (SELECT rev_page, rev_id, row_number() OVER"
            " (PARTITION BY rev_page ORDER BY rev_id) AS n FROM revision) ON rev_page = page_id AND n <= 2"
            " WHERE page_namespace IN (0, 118) GROUP BY page_id HAVING count(*) = 2"
        )
        names = {pageid: title.replace("_", " ") for pageid, title, _, _ in every}
        namespaces = dict(mediawiki.rows("SELECT page_id, page_namespace FROM page"))
        titles = {pageid: ("Draft:" if namespaces[pageid] else "") + name for pageid, name in names.items()}
        pages = dict(zip(ROWS, titles.items(), strict=False))
        assert len(pages) == len(ROWS)
        for name, (_, title) in pages.items():
            proxy.rule(ROWS[name], 1, action="revisiondelete", target=title)
        revids = ", ".join(str(revid) for _, _, *both in every for revid in both)
        steps = f"- id: hide\n  revisions: {{revids: [{revids}]}}\n  revisiondelete: {{hide: [comment], reason: Broken}}"
        return carry_out(desk, proxy, mediawiki, pages, steps)


@pytest.fixture(scope="module")
def purged(mediawiki: MediaWiki, tmp_path_factory: pytest.TempPathFactory) -> Table:
    """A run of purges, one page in each step, so that each is a request of its own."""
    every = mediawiki.rows("SELECT page_id, page_title FROM page WHERE page_title LIKE 'Bulk/%' ORDER BY page_title")
    pages = dict(zip(ROWS, every, strict=False))
    with at_fault(mediawiki, tmp_path_factory) as (desk, proxy):
        for name, (pageid, _) in pages.items():
            proxy.rule(ROWS[name], 1, action="purge", pageids=str(pageid))
        steps = "\n".join(f"- id: {name}\n  pages: {{titles: [{page[1]}]}}\n  purge:" for name, page in pages.items())
        return carry_out(desk, proxy, mediawiki, pages, steps)


def test_every_deletion_ends(deleted: Table) -> None:
    assert deleted.counts == _counts(done=200 - len(REFUSED), failed=len(REFUSED))
    assert deleted.code == 1


@pytest.mark.parametrize("name", BROKEN)
def test_a_page_is_deleted_exactly_once(deleted: Table, name: str) -> None:
    (item,) = deleted.items[name]
    assert (item["state"], deleted.logids[name]) == ("done", [item["logid"]]), item
    # Only what a lost session refused was asked of the wiki twice.
    assert deleted.forwarded[name] == 1 + (name == "before-session")


@pytest.mark.parametrize("name", [f"refused-{name}" for name in REFUSED])
def test_what_somebody_on_the_way_refuses_has_failed(deleted: Table, name: str) -> None:
    (item,) = deleted.items[name]
    assert (item["state"], item["code"]) == ("failed", "http")
    assert (deleted.logids[name], deleted.forwarded[name]) == ([], 0)


def test_every_hiding_ends(hidden: Table) -> None:
    failed = 2 * len(REFUSED)
    assert hidden.counts == _counts(done=sum(hidden.counts.values()) - failed, failed=failed)
    assert hidden.code == 1


@pytest.mark.parametrize("name", BROKEN)
def test_revisions_are_hidden_exactly_once(hidden: Table, name: str) -> None:
    assert [item["state"] for item in hidden.items[name]] == ["done", "done"], hidden.items[name]
    assert len(hidden.logids[name]) == 1
    assert hidden.forwarded[name] == 1 + (name == "before-session")


def test_every_purge_ends(purged: Table) -> None:
    assert purged.counts == _counts(done=len(ROWS) - len(NO_API), failed=len(NO_API))
    assert purged.code == 1


@pytest.mark.parametrize("name", [name for name in ROWS if name not in NO_API])
def test_a_page_is_purged_in_the_end(purged: Table, name: str) -> None:
    (item,) = purged.items[name]
    assert item["state"] == "done", item
    assert purged.forwarded[name] in (1, 2)


def _counts(**given: int) -> dict[str, int]:
    states = ("done", "unchanged", "skipped", "failed", "scheduled", "unsure", "pending")
    return {state: given.get(state, 0) for state in states}
