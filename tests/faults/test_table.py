"""Every fault of a write, each on a page of its own, in one run for each action: what became of it is exact."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.desk import Desk
from tests.faults.broken import AFTER, BEFORE, instead, status
from tests.faults.conftest import impatient
from tests.faults.proxy import Fault, Proxy, proxied
from tests.mediawiki import MediaWiki

REFUSED: Mapping[str, Fault] = {"403": instead(status(403)), "302": instead(status(302, {"Location": "http://192.0.2.1/"}))}
ROWS = {
    **{f"before-{name}": fault for name, fault in BEFORE.items()},
    **{f"after-{name}": fault for name, fault in AFTER.items()},
    **{f"refused-{name}": fault for name, fault in REFUSED.items()},
}
FINISHED = ("done", "unchanged", "skipped", "failed", "unsure")


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """What became of each row: its items, and what the wiki's own database says of it."""

    code: int
    counts: Mapping[str, int]
    items: Mapping[str, list[Mapping[str, Any]]]
    logged: Mapping[str, int]
    forwarded: Mapping[str, int]


@pytest.fixture(scope="module")
def deleted(mediawiki: MediaWiki, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Table]:
    """A run of deletes, each struck by another fault the first time it is sent."""
    pages = dict(zip(ROWS, _bulk(mediawiki), strict=False))
    with _broken(mediawiki, tmp_path_factory.mktemp("delete")) as (desk, proxy):
        for name, (pageid, _) in pages.items():
            proxy.rule(ROWS[name], 1, action="delete", pageid=str(pageid))
        titles = ", ".join(title for _, title in pages.values())
        top = "limits: {concurrency: 8}"
        book = desk.playbook(f"- id: gone\n  pages: {{titles: [{titles}]}}\n  delete: {{reason: Broken}}", top)
        run = desk.wikimop("run", book, "--yes", "--format", "json")
        items = desk.items(run.json["run"])
        logged = Counter(row[0] for row in mediawiki.rows("SELECT log_page FROM logging WHERE log_action = 'delete'"))
        yield Table(
            code=run.code,
            counts=run.json["counts"],
            items={name: [item for item in items if item["pageid"] == pageid] for name, (pageid, _) in pages.items()},
            logged={name: logged[pageid] for name, (pageid, _) in pages.items()},
            forwarded={name: proxy.asked(action="delete", pageid=str(pageid)) for name, (pageid, _) in pages.items()},
        )


def _bulk(wiki: MediaWiki) -> list[tuple[int, str]]:
    query = "SELECT page_id, page_title FROM page WHERE page_title LIKE 'Bulk/%' ORDER BY page_title"
    return [(int(pageid), str(title)) for pageid, title in wiki.rows(query)]


class _broken:  # noqa: N801 - used as a function
    def __init__(self, wiki: MediaWiki, folder: Path) -> None:
        wiki.settings("")
        wiki.reset()
        self._folder = folder
        self._proxied = proxied(wiki)

    def __enter__(self) -> tuple[Desk, Proxy]:
        proxy = self._proxied.__enter__()
        return impatient(Desk(self._folder, proxy.api), proxy, "60s"), proxy

    def __exit__(self, *about: object) -> None:
        self._proxied.__exit__(None, None, None)


def test_no_deletion_is_lost(deleted: Table) -> None:
    assert sum(deleted.counts[state] for state in FINISHED) == len(ROWS)
    assert deleted.counts["unsure"] == deleted.counts["skipped"] == 0
    assert deleted.code == 1  # some were refused for good


@pytest.mark.parametrize("name", [name for name in ROWS if not name.startswith("refused")])
def test_a_page_is_deleted_exactly_once(deleted: Table, name: str) -> None:
    (item,) = deleted.items[name]
    assert item["state"] == "done", item
    assert isinstance(item["logid"], int)
    assert deleted.logged[name] == 1
    assert deleted.forwarded[name] == 1 + (name == "before-session")
