"""What the seeded wiki lacks for some of its query modules: watched and protected titles, links to elsewhere, page
properties, deleted pages, files with the same content."""

from __future__ import annotations

import tempfile
from pathlib import Path

from tests.desk import someone
from tests.mediawiki import Client, MediaWiki, seeds
from tests.mediawiki.install import FILES, png

WATCHED = ("Article 20", "Article 21", "Café société", "Never written")
DELETED = ("Bulk/190", "Bulk/191", "Talk:Article 15", "Draft:Idea 35")
PROTECTED = ("No such page", "Draft:No such idea", "صفحة محمية")


def stock(wiki: MediaWiki) -> None:
    """Prepare the wiki; everything is done as the account `sysop`, whose watchlist this is."""
    sysop = someone(wiki, "sysop")
    wiki.maintenance("sql", "--query", _INTERWIKI)
    _watch(sysop)
    for number in range(1, 6):
        elsewhere = f"[[wikipedia:Sandbox|a]] [[wikipedia:Tea {number}]] [[de:Seite {number}]] https://www.example.org/{number}"
        sysop.edit(f"Elsewhere {number}", f"{elsewhere} https://en.example.org/ __NOINDEX__")
    for title in PROTECTED:
        sysop.protect(title, "create=sysop")
    for title in DELETED:
        sysop.delete(title)
    sysop.edit("Bulk/190", "Written anew.")  # so that one of them is there, too
    _duplicates(wiki)
    wiki.run_jobs()


_INTERWIKI = (
    "INSERT OR REPLACE INTO interwiki (iw_prefix, iw_url, iw_api, iw_wikiid, iw_local, iw_trans)"
    " VALUES ('de', 'https://de.example.org/$1', '', '', 0, 0)"
)


def _watch(sysop: Client) -> None:
    token = sysop.token("watch")
    sysop._send({"action": "watch", "titles": "|".join(WATCHED), "token": token})
    for title in WATCHED[:2]:
        sysop.edit(title, "Watched and changed.", watchlist="nochange")


def _duplicates(wiki: MediaWiki) -> None:
    """`Red square` once more under two names, and `Blue square` under one. No two come in the same second: ordered by time,
    the wiki's list of files repeats itself for ever at such a place (seen on 1.39)."""
    files = {"Same red": "Red square", "Again red": "Red square", "Same blue": "Blue square"}
    for month, (name, colour) in enumerate(files.items(), 5):
        with tempfile.TemporaryDirectory() as scratch:
            Path(scratch, f"{name}.png").write_bytes(png(FILES[colour], 16))
            wiki.maintenance("importImages", "--user", "Alice", "--timestamp", f"20230{month}01120000", scratch)


def awkward_links(wiki: MediaWiki) -> str:
    """A page that links to every awkward title; its title."""
    links = " ".join(f"[[:{title}]]" for title in seeds.AWKWARD)
    someone(wiki, "sysop").edit("Links to awkward titles", links)
    return "Links to awkward titles"


def define_tag(wiki: MediaWiki, name: str) -> None:
    """A change tag that users may set; no grant of a bot password lets one make it."""
    query = f"INSERT INTO change_tag_def (ctd_name, ctd_user_defined, ctd_count) VALUES ('{name}', 1, 0)"
    wiki.maintenance("sql", "--query", query)
