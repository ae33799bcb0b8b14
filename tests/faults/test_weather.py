"""A long run in bad weather: answers lost, servers overloaded, lag, sessions that end. It ends, and everything is exact."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from xml.sax.saxutils import escape

import pytest

from tests.desk import Desk
from tests.faults.broken import MAXLAG, cut_after, status, without_session
from tests.faults.conftest import impatient
from tests.faults.proxy import Exchange, Fault, Proxy, whole
from tests.mediawiki import MediaWiki

DUMP = '<mediawiki xmlns="http://www.mediawiki.org/xml/export-0.10/" version="0.10" xml:lang="en">{}</mediawiki>'
PAGE = """<page><title>{}</title><ns>0</ns><revision><timestamp>2024-01-01T00:00:00Z</timestamp>
<contributor><username>Alice</username></contributor><comment>Made</comment><model>wikitext</model>
<format>text/x-wiki</format><text xml:space="preserve">Nothing.</text></revision></page>"""


@dataclass(slots=True, kw_only=True)
class Weather:
    """A fault of every request: 20% of the answers to writes are lost after the wiki has carried them out, 10% of all requests
    meet an overloaded server, `lag` seconds after one another the databases lag, and every so many `requests` the session
    ends. `met` counts what came down."""

    chance: random.Random
    lag: float
    requests: int
    overloaded: Fault
    met: Counter[str] = field(default_factory=Counter)
    lock: threading.Lock = field(default_factory=threading.Lock)
    lagged: float = field(default_factory=time.monotonic)

    def __call__(self, exchange: Exchange) -> None:
        with self.lock:
            name = self._today(writing=exchange.parameters["action"] == "delete")
            self.met[name] += 1
        {"lag": lambda one: one.answer(MAXLAG), "session": without_session, "lost": cut_after, "503": self.overloaded}.get(
            name, whole
        )(exchange)

    def _today(self, *, writing: bool) -> str:
        if time.monotonic() - self.lagged >= self.lag:
            self.lagged = time.monotonic()
            return "lag"
        if not (self.met.total() + 1) % self.requests:
            return "session"
        drawn = self.chance.random()
        if writing and drawn < 0.2:
            return "lost"
        return "503" if drawn >= 0.9 else "fine"


def carried_out(desk: Desk, wiki: MediaWiki, prefix: str, count: int) -> None:
    """Delete them all; each was deleted once, by the wiki's log, and the journal names that entry."""
    steps = f"- id: all\n  pages: {{generator: allpages, prefix: {prefix}}}\n  delete: {{reason: Weather}}"
    book = desk.playbook(steps, "limits: {concurrency: 8}")
    run = desk.wikimop("run", book, "--yes", "--format", "json", code=0, timeout=7200).json
    assert run["counts"]["done"] == count
    logged = dict(wiki.rows("SELECT log_page, log_id FROM logging WHERE log_action = 'delete'"))
    assert wiki.rows("SELECT count(*) FROM logging WHERE log_action = 'delete'") == [(count,)]
    assert {item["pageid"]: item["logid"] for item in desk.items(run["run"])} == logged
    assert len(logged) == count
    assert wiki.rows("SELECT count(*) FROM page WHERE page_title GLOB ?", f"{prefix}*") == [(0,)]


def test_a_short_run_in_bad_weather(mop: Desk, proxy: Proxy, wiki: MediaWiki) -> None:
    soon = status(503, {"Retry-After": "0"})
    weather = Weather(chance=random.Random(1), lag=2.0, requests=60, overloaded=lambda exchange: exchange.answer(soon))
    proxy.rule(weather)
    carried_out(impatient(mop, proxy, "60s"), wiki, "Bulk/0", 99)
    assert min(weather.met[name] for name in ("lag", "session", "lost", "503")) >= 2, weather.met


@pytest.mark.soak
def test_2000_deletions_in_bad_weather(mop: Desk, proxy: Proxy, wiki: MediaWiki) -> None:
    pages = "".join(PAGE.format(escape(f"Weather/{number:04}")) for number in range(2000))
    wiki.maintenance("importDump", "--no-updates", input=DUMP.format(pages))
    busy = status(503)
    weather = Weather(chance=random.Random(2), lag=60.0, requests=200, overloaded=lambda exchange: exchange.answer(busy))
    proxy.rule(weather)
    begin = time.monotonic()
    carried_out(impatient(mop, proxy, "5min"), wiki, "Weather/", 2000)
    print(f"{time.monotonic() - begin:.0f} s, {weather.met}")
    assert min(weather.met[name] for name in ("lag", "session")) >= 2, weather.met
    assert weather.met["lost"] > 350
