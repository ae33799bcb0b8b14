"""Every failure of a read, between wikimop's own client and the real wiki, with a clock that is driven by hand: what it is
taken for, how long it is waited out, and that it ends."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise

import pytest

from runner.errors import Unreachable
from runner.failures import CAUSES
from runner.retry import BROKEN_TRIES, FIRST_PAUSE, LONGEST_PAUSE, RENEWALS, RULES, Failure, Kind, Tries
from runner.wiki.answer import Refused
from runner.wiki.client import Broken, Wiki
from runner.wiki.login import BotPassword
from runner.wiki.transport import Connection, Transport
from tests.faults.broken import AFTER, BEFORE, REFUSED, cause_of
from tests.faults.proxy import Fault, Proxy, proxied
from tests.mediawiki import ACCOUNTS, MediaWiki
from tests.wiki import test_transport as scripted
from tests.wiki.clockwork import Hands, pace

READ = {"action": "query", "meta": "userinfo"}
ROWS: Mapping[str, Fault] = {
    **{f"before-{name}": fault for name, fault in BEFORE.items()},
    # What tells of a write is an answer to no read.
    **{f"after-{name}": fault for name, fault in AFTER.items() if name not in ("late", "shape-other")},
    **{f"refused-{name}": fault for name, fault in REFUSED.items()},
}
KINDS = {cause.name: cause.kind for cause in CAUSES}
# What a proxy cannot do is done by a server of a few lines.
SCRIPTED = {
    "refused": scripted.test_nobody_listens,
    "no-connection": scripted.test_a_connection_that_nobody_accepts,
    "dns": scripted.test_a_name_that_nobody_knows,
    "no-tunnel": scripted.test_a_proxy_that_opens_no_tunnel,
    "certificate": scripted.test_a_certificate_that_nobody_vouches_for,
    "no-tls": scripted.test_https_to_a_server_without_it,
    "tls-lost": scripted.test_what_was_lost_inside_tls_is_lost,
    "time-out": scripted.test_an_answer_that_does_not_come,
    "no-http": scripted.test_what_was_sent_and_not_answered_whole_is_lost,
    "endless": scripted.test_an_answer_without_end_is_cut,
}
STOPPING = {"blocked", "unauthorised"}  # tests/faults/test_stops.py


@pytest.fixture(scope="module")
def way(mediawiki: MediaWiki) -> Iterator[Proxy]:
    mediawiki.settings("")
    mediawiki.reset()
    with proxied(mediawiki) as proxy:
        yield proxy


class Reader:
    """A client of its own at the proxy; `heard` is what it waited out, `hands` the clock."""

    def __init__(self, way: Proxy) -> None:
        way.heal()
        self.hands = Hands()
        self.heard: list[tuple[Failure, float]] = []
        account = ACCOUNTS["sysop"]
        self.transport = Transport(Connection(api=way.api, user_agent="wikimop/test"))
        self.wiki = Wiki(
            self.transport,
            pace=pace(self.hands),
            credentials=BotPassword(username=account.bot_username, password=account.bot_password),
            jitter=lambda: 0.0,
            heard=lambda failure, seconds: self.heard.append((failure, seconds)),
        )
        self.wiki.log_in()
        self.began = self.hands.time

    @property
    def waited(self) -> float:
        return self.hands.time - self.began


@pytest.fixture
def reader(way: Proxy) -> Iterator[Reader]:
    made = Reader(way)
    yield made
    made.transport._session.close()


def test_every_cause_has_a_row() -> None:
    rows = {cause_of(name.partition("-")[2]) for name in ROWS}
    assert rows | SCRIPTED.keys() | STOPPING == KINDS.keys()


@pytest.mark.parametrize("row", ROWS)
def test_a_failure_that_passes(way: Proxy, reader: Reader, row: str) -> None:
    """It strikes once."""
    kind = KINDS[cause_of(row.partition("-")[2])]
    way.rule(ROWS[row], 1, meta="userinfo")
    if kind is None:
        with pytest.raises(Refused):
            reader.wiki.read(READ)
    elif RULES[kind].tries is Tries.NONE:
        with pytest.raises(Unreachable):
            reader.wiki.read(READ)
    else:
        answer = reader.wiki.read(READ)
        assert answer["query"]["userinfo"]["name"] == "Sysop"
        ((failure, seconds),) = reader.heard
        assert failure.kind is kind
        asked = 1.0 if row.endswith(("-seconds", "-date")) or "maxlag" in row else None
        assert failure.retry_after == asked
        assert seconds == (0.0 if RULES[kind].tries is Tries.RENEWED else FIRST_PAUSE)
        assert reader.waited == pytest.approx(seconds)
        return
    assert reader.heard == []
    assert reader.waited == 0


@pytest.mark.parametrize(
    "kind", [kind for kind, rule in RULES.items() if rule.tries is not Tries.NONE and kind is not Kind.CONNECT]
)
def test_a_failure_that_stays_ends(way: Proxy, reader: Reader, kind: Kind) -> None:
    """Within patience, or after so many tries; by pauses that grow."""
    row = next(row for row in BEFORE if KINDS[cause_of(row)] is kind and "seconds" not in row and row != "session")
    way.rule(BEFORE[row], meta="userinfo")
    with pytest.raises(Unreachable) as caught:
        reader.wiki.read(READ)
    rule, pauses = RULES[kind], [seconds for _, seconds in reader.heard]
    if rule.tries is Tries.PATIENT:
        assert reader.waited == pytest.approx(60 if rule.silent else 300)
        assert all(earlier <= later <= LONGEST_PAUSE for earlier, later in pairwise(pauses))
    elif rule.tries is Tries.FEW:
        assert isinstance(caught.value, Broken)
        assert len(pauses) == BROKEN_TRIES - 1
        assert reader.waited == pytest.approx(sum(pauses))
    else:
        assert len(pauses) == RENEWALS
        assert reader.waited == 0
