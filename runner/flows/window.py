"""Windows of fresh facts: some pending items read again at once, what drifted taken out, the rest given as batches."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from itertools import takewhile
from typing import Any

from runner.actions.action import Result
from runner.errors import GuardStop, Unreachable
from runner.flows.batch import Batch, Sending
from runner.flows.context import Connected
from runner.flows.facts import UNREADABLE, read_again, see_it_answer
from runner.flows.steps import PlannedStep
from runner.flows.surveying import surveyed
from runner.model import Item, Outcome, State, after
from runner.planning.batches import GROWTH, first_window, form_batches
from runner.planning.guards import come_under, read_untouchable
from runner.retry import BROKEN_TRIES, GLANCES
from runner.store.journal import Entry, Journal
from runner.wiki.answer import understood
from runner.wiki.client import Broken
from runner.wiki.query import Read, ask

FRESH_SECONDS = 10.0
AIM_SECONDS = 5.0


class Windows:
    """The pending items of a step, from first to last; `restart` begins another pass."""

    def __init__(
        self,
        step: PlannedStep,
        sending: Sending,
        journal: Journal,
        connected: Connected,
        header: Mapping[str, Any],
    ) -> None:
        self._step = step
        self._sending = sending
        self._journal = journal
        self._connected = connected
        self._stop_page = header.get("stop_page")
        self._untouchable = read_untouchable(header.get("never_touch"))
        self._staged = header.get("after") is not None
        self._steps = {planned["id"] for planned in header["steps"]}
        self._ready: deque[Batch] = deque()
        self._after = 0
        self._ended = False
        self._request = connected.account.batch
        self._size = first_window(step.action, connected.account.batch)
        self._read_at = 0.0
        self._taken = 0
        self.items: dict[int, Item] = {}

    def restart(self) -> None:
        """Begin again at the first item: what was sent without effect is pending once more."""
        self._ready.clear()
        self._after = 0
        self._ended = False

    def exhausted(self) -> bool:
        """Whether `take` has nothing fresh to give, and there may be more to read."""
        if self._ready and self._connected.monotonic() >= self._ready[0].fresh_until:
            # Too old: these items are still pending, and are read again from the first of them.
            self._after = min(item.seq for batch in self._ready for item in batch.items) - 1
            self._ended = False
            if self._taken:
                self._size = self._taken
            else:
                # Nothing of a whole window could be sent in time: that must not go on for ever.
                self._connected.pace.hold(0.0, "the facts grow old before they can be used", silent=False, write=True)
            self._ready.clear()
        return not self._ready and not self._ended

    def take(self) -> Batch | None:
        """The next batch, or None."""
        if not self._ready:
            return None
        batch = self._ready.popleft()
        self._taken += len(batch.items)
        if not self._ready:
            self._adapt()
        return batch

    def shrink(self, items: int) -> None:
        """From now on no request holds more than this."""
        self._request = max(1, min(items, self._request))

    def _adapt(self) -> None:
        """As many items in the next window as can be sent in about five seconds."""
        seconds = max(self._connected.monotonic() - self._read_at, 0.01)
        aim = int(self._taken * AIM_SECONDS / seconds)
        self._size = max(1, min(aim, self._size * GROWTH, self._connected.account.batch))

    def read(self) -> list[Result]:
        """Read the next window's facts; the results are those of items that cannot be sent.

        Whatever holds the next write back is waited out first, so that the facts do not grow old meanwhile.
        """
        self._connected.pace.rest(self._connected.pace.write_in())
        entries = self._journal.entries(self._step.id, (State.PENDING,), after=self._after, count=self._size)
        self._ended = len(entries) < self._size
        if not entries:
            return []
        entries += self._rest_of_group(entries)
        self._after = entries[-1].item.seq
        check_stop_page(self._connected.wiki.read, self._stop_page)
        skipped, wanted = self._by_outcome(entries)
        if not wanted:
            return skipped
        settled = self._settled(wanted)
        wanted = [entry for entry in wanted if entry.item.seq not in settled]
        self.items = {entry.item.seq: entry.item for entry in as_changed(self._journal, [one for one in entries if one.tries])}
        return [*skipped, *settled.values(), *(self._read(wanted) if wanted else ())]

    def _rest_of_group(self, entries: list[Entry]) -> list[Entry]:
        """What belongs into one request with the last of a window, as far as the wiki's limit goes."""
        room = self._connected.account.batch - len(entries)
        if not self._step.action.together or self._ended or room <= 0:
            return []
        group = self._step.action.group
        more = self._journal.entries(self._step.id, (State.PENDING,), after=entries[-1].item.seq, count=room)
        return list(takewhile(lambda entry: group(entry.item) == group(entries[-1].item), more))

    def _read(self, wanted: list[Entry]) -> list[Result]:
        self._read_at = self._connected.monotonic()
        self._taken = 0
        holds = self._connected.pace.holds
        try:
            current, newest = self._current([entry.item for entry in wanted])
        except Broken as error:
            return self._unreadable(wanted, error)
        if holds == self._connected.pace.holds:
            self._slow_down(len(wanted))
        if reason := come_under(self._untouchable, current.values()):
            raise GuardStop(reason, hint="move it back and `wikimop resume`; or plan again what is left")
        return self._sift(wanted, current, newest)

    def _current(self, items: list[Item]) -> tuple[Mapping[str, Item], int]:
        tries = GLANCES if self._fewer(len(items)) else BROKEN_TRIES
        action, read = self._step.action, partial(self._connected.wiki.read, tries=tries)
        found, newest = read_again(read, items, action)
        planned = {item.key: item for item in items}
        asked = surveyed(read, self._connected.account, action, self._step.options, list(found.values()), planned)
        return {one.key: one for one in asked}, newest

    def _fewer(self, asked: int) -> int:
        """How many to ask about next where so many broke the wiki; 0 if there is no less."""
        return max(1, asked // 4) if min(asked, self._size) > 1 else 0

    def _unreadable(self, wanted: list[Entry], error: Broken) -> list[Result]:
        """The wiki breaks over one of these: the others are not kept waiting for it."""
        if fewer := self._fewer(len(wanted)):
            self._size, self._after, self._ended = fewer, wanted[0].item.seq - 1, False
            return []
        see_it_answer(self._connected.wiki.read)
        return [Outcome(seq=entry.item.seq, state=State.FAILED, code=UNREADABLE, detail=error.message) for entry in wanted]

    def _settled(self, entries: list[Entry]) -> dict[int, Outcome]:
        """What was sent before may have landed since it was looked up, and somebody may have taken it back: asked once
        more, or it would be done twice."""
        sent = [entry for entry in entries if entry.tries and self._step.action.traces]
        results = self._sending.look_up(as_changed(self._journal, sent), patient=False) if sent else []
        return {result.seq: result for result in results if isinstance(result, Outcome)}

    def _slow_down(self, asked: int) -> None:
        """Smaller windows where the wiki needs long to answer: facts that are old when they come are of no use."""
        took = self._connected.monotonic() - self._read_at
        if took >= FRESH_SECONDS and asked == 1:
            raise Unreachable(f"the wiki needs {took:.0f} seconds to tell of one item: too long to act on it safely")
        if took > FRESH_SECONDS / 2:
            self._size = max(1, asked // 4)

    def _sift(self, entries: list[Entry], current: Mapping[str, Item], newest: int) -> list[Result]:
        changed = self._journal.changed(entry.item.key for entry in entries)
        shared = self._shared(entries, current)
        good: list[Item] = []
        skipped: list[Outcome] = []
        drifted: list[tuple[Entry, str]] = []
        for entry in entries:
            planned = after(entry.item, {**shared.get(entry.item.title, {}), **changed.get(entry.item.key, {})})
            now = current.get(planned.key)
            reason = self._step.action.drift(self._step.options, planned, now)
            if reason or now is None:
                drifted.append((entry, reason or "gone"))
            elif settled := self._needless(planned, now):
                skipped.append(settled)
            else:
                good.append(self._ready_to_go(planned, now))
        fresh_until = self._read_at + FRESH_SECONDS
        for items in form_batches(self._step.action, good, self._request):
            self._ready.append(Batch(items=items, newest_logid=newest, fresh_until=fresh_until))
        # What was sent before may have landed in this very moment.
        known = self._settled([entry for entry, _ in drifted])
        return [*skipped, *(known.get(entry.item.seq) or _skip(entry.item, reason) for entry, reason in drifted)]

    def _ready_to_go(self, planned: Item, now: Item) -> Item:
        """As planned, with what has to be of this moment."""
        keeps = self._step.action.keeps
        facts = {name: fact for name, fact in planned.facts.items() if name not in keeps}
        facts |= {name: now.facts[name] for name in keeps if name in now.facts}
        return replace(planned, title=now.title, content=now.content, facts=facts)

    def _needless(self, planned: Item, now: Item) -> Outcome | None:
        """What must not be sent, whoever made the plan, and what need not be."""
        wrong = self._step.action.forbidden(self._step.options, now, self._connected.policy)
        if wrong:
            return replace(_skip(planned, "", code="blocked:" + wrong.code), detail=wrong.detail)
        # An earlier step of this run may have changed it since: then there is something to do after all.
        if planned.facts.get("unchanged") and now.facts.get("unchanged"):
            return Outcome(seq=planned.seq, state=State.UNCHANGED, code="no_change", detail="it already is as wanted")
        return None

    def _shared(self, entries: list[Entry], current: Mapping[str, Item]) -> Mapping[str, Mapping[str, Any]]:
        """What this step itself changed of the titles of its items; it is looked for only where something differs."""
        names = self._step.action.shared
        pairs = [(entry.item, current[entry.item.key]) for entry in entries if entry.item.key in current]
        if any(planned.facts.get(name) != now.facts.get(name) for planned, now in pairs for name in names):
            return self._journal.changed_of_titles(self._step.id, names)
        return {}

    def _by_outcome(self, entries: list[Entry]) -> tuple[list[Result], list[Entry]]:
        """`outcome:` an item none of whose parents got there is skipped."""
        wanted, skipped = [], []
        for entry in entries:
            if not self._reached(entry.item):
                skipped.append(_skip(entry.item, "", code="outcome"))
            else:
                wanted.append(entry)
        return list(skipped), wanted

    def _reached(self, item: Item) -> bool:
        if item.wants:
            return any(all(self._has(item, *one) for one in alternative) for alternative in item.wants)
        return not self._step.outcome or self._has(item, None, self._step.outcome)

    def _has(self, item: Item, step: str | None, outcomes: tuple[str, ...]) -> bool:
        """Whether a parent (in that step) ended so. Those of an earlier stage were chosen by their outcome already; an item
        that has none, or only such as this plan has lost, is not done."""
        parents = [parent for parent in item.parents if step in (None, parent[0])]
        if self._staged and any(parent[0] not in self._steps for parent in parents):
            return True
        return any(state in outcomes for state in self._journal.states(parents))


def check_stop_page(read: Read, title: str | None) -> None:
    """Raise `GuardStop` while the page is there and not empty."""
    if not title:
        return
    answer = ask(read, {"action": "query", "titles": title, "prop": "info"})
    with understood():
        (page,) = answer["query"]["pages"]
        empty = bool(page.get("missing")) or page["length"] == 0
    if not empty:
        raise GuardStop(f"stop_page: {title} is not empty")


def as_changed(journal: Journal, entries: Sequence[Entry]) -> list[Entry]:
    """The items as this run itself left them before it came to this step, with what was kept of them just before they were
    sent: what was lost came after that."""
    changed = journal.changed(entry.item.key for entry in entries)
    return [replace(entry, item=after(entry.item, {**changed.get(entry.item.key, {}), **entry.kept})) for entry in entries]


def _skip(item: Item, reason: str, *, code: str = "") -> Outcome:
    return Outcome(seq=item.seq, state=State.SKIPPED, code=code or f"drift:{reason}", detail=_DRIFT.get(reason, ""))


_DRIFT = {
    "gone": "it no longer exists",
    "moved": "the page was moved since the plan was made",
    "edited": "the page was edited since the plan was made",
    "visibility": "what is hidden of it was changed since the plan was made",
    "current": "it has become the page's current revision",
    "archive": "the archive holds other revisions of it than when the plan was made",
    "block": "the block on the user is another than when the plan was made",
    "renamed": "another account has this name now",
    "exists": "there is something of this title again",
    "protection": "its protection was changed since the plan was made, or has ended",
    "tags": "tags of it that the step names were changed since the plan was made",
    "language": "its language was changed since the plan was made",
    "contentmodel": "its content model was changed since the plan was made",
    "watched": "your watchlist was changed since the plan was made",
    "history": "its earlier revisions are others than when the plan was made",
    "target": "there is something at its new title, or it may not go there any more",
    "text": "what was to be written is made of something that was changed since the plan was made",
}
