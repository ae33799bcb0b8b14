"""Two old versions of a file that were uploaded in the same second: neither is taken for the other."""

from __future__ import annotations

import pytest

from tests.desk import Desk
from tests.e2e.reading import Line, planned
from tests.mediawiki import MediaWiki

FILE = "titles: ['File:Red square.png']"


@pytest.fixture
def twice(desk: Desk, wiki: MediaWiki) -> Desk:
    """Bob's version is of the same second as Alice's."""
    columns = [row[1] for row in wiki.rows("PRAGMA table_info(oldimage)")]
    other = {
        "oi_archive_name": "'20270101000000!Red_square.png'",
        "oi_actor": "(SELECT actor_id FROM actor WHERE actor_name = 'Bob')",
    }
    values = ", ".join(other.get(column, column) for column in columns)
    rows = f"SELECT {values} FROM oldimage WHERE oi_name = 'Red_square.png'"
    wiki.maintenance("sql", "--query", f"INSERT INTO oldimage ({', '.join(columns)}) {rows}")
    desk.use(wiki.api, "admin")
    return desk


def uploader(wiki: MediaWiki, item: Line) -> str:
    rows = wiki.rows(
        "SELECT actor_name FROM oldimage JOIN actor ON actor_id = oi_actor WHERE oi_archive_name = ?", item["archivename"]
    )
    return str(rows[0][0])


def found(desk: Desk, words: str) -> list[Line]:
    return planned(desk, f"- id: a\n  file_versions: {{{words}}}\n  revisiondelete: {{hide: [comment]}}")["a"]


@pytest.mark.parametrize("who", ["Alice", "Bob"])
def test_each_is_judged_by_its_own_facts(twice: Desk, wiki: MediaWiki, who: str) -> None:
    (item,) = found(twice, f"{FILE}, where: [{{made: {{by: {who}}}}}]")
    assert "blocked" not in item
    assert uploader(wiki, item) == who
    (item,) = found(twice, f"{FILE}, except: {{{FILE}, where: [{{not: {{made: {{by: {who}}}}}}}]}}")
    assert uploader(wiki, item) == who


def test_both_at_once_are_blocked(twice: Desk) -> None:
    (item,) = found(twice, FILE)
    assert item["blocked"]["code"] == "same_second"


def test_what_has_no_archive_name_cannot_be_told_apart(twice: Desk, wiki: MediaWiki) -> None:
    """The wiki tells none of a version whose content is hidden."""
    hidden = "oi_deleted = 1 WHERE oi_archive_name LIKE '2027%'"
    wiki.maintenance("sql", "--query", f"UPDATE oldimage SET {hidden}")
    (item,) = found(twice, f"{FILE}, where: [{{made: {{by: Alice}}}}]")
    assert item["blocked"]["code"] == "same_second"
