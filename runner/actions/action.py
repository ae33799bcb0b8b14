"""What an action is: one frozen value, all pure functions. `ACTIONS` in this package lists them."""

from __future__ import annotations

from collections.abc import Callable, Generator, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from runner.errors import Finding
from runner.model import Blocked, Item, Kind, Outcome, Policy, Ref

Options = Any  # each action's own frozen dataclass; only its own functions look inside
Survey = Generator[Mapping[str, str], Mapping[str, Any], list[Item]]
"""Questions to the wiki one after the other (`action=query`, each answered by the `query` part of its answer), and at the end
the items with what was learned."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Who writes: what `meta=userinfo` said. `batch` is 50, or 500 with `apihighlimits`; `writes` tells whether it may write
    through the API at all (`writeapi`, where a wiki has such a right)."""

    name: str
    rights: frozenset[str]
    writes: bool = True

    @property
    def batch(self) -> int:
        """The most values that one request may list."""
        return 500 if "apihighlimits" in self.rights else 50


@dataclass(frozen=True, slots=True, kw_only=True)
class LogEntry:
    """One entry of `list=logevents` (https://www.mediawiki.org/wiki/API:Logevents): `pageid` is `logpage`, `type` what kind
    of thing was hidden and `ids` those that it names; `params` is all that the wiki keeps with it, each type its own."""

    logid: int
    pageid: int | None
    action: str
    user: str
    comment: str
    title: str = ""
    type: str = ""
    ids: frozenset[str] = frozenset()
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Contribution:
    """One revision of `list=usercontribs` (https://www.mediawiki.org/wiki/API:Usercontribs); `parentid` 0: it made the page."""

    revid: int
    parentid: int
    pageid: int
    title: str
    comment: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What the wiki says about a batch that was sent and not answered.

    `entries` are log entries newer than the mark taken before the send, by our user, that bear the run's mark (or, with the
    stamp off, all of ours); `contributions` are such revisions, newer than those that the batch rested on; `current` holds
    the facts read again, by item key (absent: it is gone). `rights` are the account's: what it may not see may be there.
    """

    entries: tuple[LogEntry, ...]
    current: Mapping[str, Item]
    contributions: tuple[Contribution, ...] = ()
    rights: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Again:
    """An item that the wiki has not done yet and that has to be sent again. `wait` asks for a pause first (a rate limit);
    `unsent` says that its request never left us, so that it does not count as a try."""

    seq: int
    code: str
    wait: bool = False
    unsent: bool = False


Result = Outcome | Again


@dataclass(frozen=True, slots=True, kw_only=True)
class Inverse:
    """What takes an item's outcome back: an action with its options (as a playbook would say them, without a reason) on
    items of a kind of source. `expect` are facts that an item must still have: whatever differs was changed since.
    `restores` are facts that it must have afterwards; a `pageid` among them means the page of its title. `chosen`: the
    refs are pages, and what is meant are those of this kind that belong to them and are chosen. `facts` are those that its
    items bring along, for options such as `to: ${item.origin}`. `signed`: its log summary says that it is an undo; without
    that, the items bring their own. `with_page`: what a deletion took with the page, and only where its undo restores the
    page itself; `only_unlike`: where that has the language anyway, nothing is to be done. `until` is the time (ISO 8601, UTC)
    at which what it gives back would have ended by itself; from then on `ended` takes its place.
    """

    action: str
    kind: Kind
    options: Mapping[str, Any]
    refs: tuple[Ref, ...]
    expect: Mapping[str, Any] = field(default_factory=dict)
    restores: Mapping[str, Any] = field(default_factory=dict)
    facts: Mapping[str, Any] = field(default_factory=dict)
    chosen: Callable[[Ref], bool] | None = None
    signed: bool = True
    with_page: bool = False
    only_unlike: bool = False
    until: str = ""
    ended: Inverse | Blocked | None = None

    def at(self, now: datetime) -> Inverse | Blocked:
        """What takes it back at this time."""
        if not self.until or datetime.fromisoformat(self.until) > now:
            return self
        return self.ended.at(now) if isinstance(self.ended, Inverse) else self.ended or OVER


OVER = Blocked(code="ended", detail="what this run took away would have ended by now")


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """Everything that Wikimop knows of one action.

    `schema`      JSON Schema of the step's value; `parse` turns a valid value into the options
    `takes`       the kinds of source that it works on
    `facts`       parameters for `prop=info` that its facts need, beside what is always read
    `rights`      what the account needs at the least
    `blocked`     why this item can never be done by this account, as far as the wiki told beforehand
    `drift`       why the item must not be done now: planned against current facts (`current` None: it is gone)
    `group`       items of one request agree in it; `single` means one item a request
    `request`     the parameters of one request; the last argument is the log summary: the reason and the run's mark
    `read`        one result for every item of the batch, from the wiki's answer
    `confirm`     what is read of a done item just after (None: it is not told of): the result, where the answer does not tell
                  what came of the write; `confirms` tells of which options that is so
    `refused`     one result for every item, from an API error (code, text) that answered the whole request; what is unchanged
                  by it is looked up all the same
    `replayable`  sending it twice does no harm, so an unanswered request is simply sent again
    `log`         the filters of `list=logevents` that find its entries; None: it leaves none
    `marked`      whether its log summaries bear the run's mark; those without are told apart by `probe`
    `probe`       what became of an unanswered item; `Again` when it surely did not happen
    `effect`      the facts of the item that its success changed, for later steps of the run and for undo; what only the
                  answer tells stands in `Outcome.facts`
    `inverse`     what takes a done item back, in this order, from the item as it was and the facts that were changed;
                  `Blocked` says why nothing does. None: nothing ever does
    `keeps`       facts that are kept with the result as they were just before the write: an undo rests on them, and no drift
    `shown`       the item as the plan may hold it: what the action hides is left out
    `together`    items of one group stand in one request as far as the wiki's limit goes
    `shared`      facts that are those of the title: what a done item changed of them holds for the others of its title
    `check`       what is wrong with a value that the schema lets through (it may also be wrong in ways the schema tells)
    `removes`     its items are gone afterwards (restored ones from the archive): later steps on deleted pages are blocked
    `summary`     the option that is its log summary, if any
    `per_item`    the options in which a text may hold `${item.title}` and its like (`texts`)
    `token`       the kind of token that its requests need; "" for none
    `describes`   the write module whose description by the wiki (`action=paraminfo`) the options are held against; `settle`
                  takes the description (None: the wiki has no such module) and gives the options, or what is wrong
    `forbidden`   what the user's own configuration does not allow: of the step as such (no item), or of an item
    `creates`     items that do not exist are no mistake: it makes them
    `survey`      what else must be known of the items: for the plan, or (with the items as planned, by key) just before the
                  write, when it also gives the `content` to be written. It leaves what keeps an item from being done as the
                  fact `obstacle`, which `blocked` and `drift` read and no plan holds, and each time as `unchanged` whether
                  there is nothing to do
    `adds`        the facts that it puts into the lines of a plan, as JSON Schema; `needs` are those without which an item
                  cannot be acted on
    `edits`       its success is a revision that bears the summary, and may be found among our contributions; what another
                  step makes of the same page's text cannot be planned beside it
    `revises`     its success leaves a new last revision that the answer does not name: it is asked for
    """

    name: str
    takes: frozenset[str]
    schema: Mapping[str, Any]
    parse: Callable[[Mapping[str, Any]], Options]
    request: Callable[[Options, Sequence[Item], str], Mapping[str, str]]
    read: Callable[[Options, Sequence[Item], Mapping[str, Any]], tuple[Result, ...]]
    refused: Callable[[Options, Sequence[Item], str, str], tuple[Result, ...]]
    drift: Callable[[Options, Item, Item | None], str | None]
    blocked: Callable[[Options, Item, Account], Blocked | None]
    rights: tuple[str, ...] = ()
    facts: Mapping[str, str] = field(default_factory=dict)
    group: Callable[[Item], Hashable] = lambda _item: None
    single: bool = False
    token: Callable[[Options], str] = lambda _options: "csrf"
    replayable: bool = False
    log: Callable[[Options], Mapping[str, str]] | None = None
    marked: Callable[[Options], bool] = lambda _options: True
    probe: Callable[[Options, Item, Evidence], Result] | None = None
    effect: Callable[[Options, Item], Mapping[str, Any]] = lambda _options, _item: {}
    inverse: Callable[[Options, Item, Mapping[str, Any]], tuple[Inverse, ...] | Blocked] | None = None
    keeps: frozenset[str] = frozenset()
    shown: Callable[[Options, Item], Item] = lambda _options, item: item
    together: bool = False
    shared: frozenset[str] = frozenset()
    removes: bool = False
    check: Callable[[Mapping[str, Any]], Sequence[Finding]] = lambda _value: ()
    confirm: Callable[[Options, Item, Item | None], Result] | None = None
    confirms: Callable[[Options], bool] = lambda _options: True
    summary: str = "reason"
    per_item: frozenset[str] = frozenset()
    describes: Callable[[Options], str | None] = lambda _options: None
    settle: Callable[[Options, Mapping[str, Any] | None], tuple[Options, Sequence[Finding]]] = lambda options, _module: (
        options,
        (),
    )
    forbidden: Callable[[Options, Item | None, Policy], Blocked | None] = lambda _options, _item, _policy: None
    creates: Callable[[Options], bool] = lambda _options: False
    survey: Callable[[Options, Sequence[Item], Mapping[str, Item]], Survey] | None = None
    adds: Mapping[str, Any] = field(default_factory=dict)
    needs: frozenset[str] = frozenset()
    edits: bool = False
    revises: bool = False

    @property
    def traces(self) -> bool:
        """Whether the wiki keeps a trace of its writes, so that one without an answer can be looked up."""
        return self.log is not None or self.edits
