"""The items that a plan is made of, and what becomes of each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any, Literal

Kind = Literal[
    "pages", "deleted_pages", "revisions", "deleted_revisions", "file_versions", "deleted_files", "log_entries", "users"
]  # fmt: skip
"""What the items of a source are."""


FILE_NAMESPACE = 6
USER_NAMESPACE = 2


class State(StrEnum):
    """What became of an item. `pending`, `sent` and `scheduled` are on the way; the others are terminal."""

    PENDING = "pending"
    SENT = "sent"
    SCHEDULED = "scheduled"
    DONE = "done"
    UNCHANGED = "unchanged"
    SKIPPED = "skipped"
    FAILED = "failed"
    UNSURE = "unsure"


OPEN = (State.PENDING, State.SENT, State.SCHEDULED)
COUNTED = (
    State.DONE, State.UNCHANGED, State.SKIPPED, State.FAILED, State.SCHEDULED, State.UNSURE, State.PENDING,
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Blocked:
    """Why an item cannot be done: a constant code (`missing`, `permission`, ...) and a sentence."""

    code: str
    detail: str = ""


SAME_SECOND = Blocked(code="same_second", detail="the file has several versions of this second")
UNKNOWN = "unknown_fact"
"""The code of what cannot be judged: nobody knows whether it is meant."""


def worst(problems: Iterable[Blocked | None]) -> Blocked | None:
    """What is wrong with an item of which all of these are said. That it does not exist says least: some actions make what
    does not exist."""
    found = [problem for problem in problems if problem is not None]
    return next((one for one in found if one.code != "missing"), found[0] if found else None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What the user's own configuration allows on a wiki beyond the usual: the write modules that `api` may call, pages of
    the interface (namespace 8), and pages that hold code (JavaScript, CSS)."""

    api: frozenset[str] = frozenset()
    interface: bool = False
    scripts: bool = False


Wants = tuple[tuple[tuple[str, tuple[str, ...]], ...], ...]
"""What has to become of an item's parents for it to be done: alternatives, each a list of (step, outcomes) that must all
hold of at least one parent in that step. Empty: nothing."""


def either(one: Wants, other: Wants) -> Wants:
    """What is wanted of an item that was found in two ways: either will do."""
    return tuple(dict.fromkeys((*one, *other))) if one and other else ()


def both(one: Wants, other: Wants) -> Wants:
    """What is wanted of an item that had to be found in both ways."""
    if not one or not other:
        return one or other
    return tuple(dict.fromkeys(tuple(dict.fromkeys((*left, *right))) for left in one for right in other))


def read_wants(value: Iterable[Any]) -> Wants:
    """From JSON."""
    return tuple(tuple((step, tuple(outcomes)) for step, outcomes in alternative) for alternative in value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ref:
    """Something that a source found, before its facts are known.

    A page has `title` and, where it exists, `pageid`; a revision has `revid`. What is archived is named by `title` and
    `timestamp` (ISO, its own), an archived revision by `revids` as well (one, or several of one second), an old version of
    a file by its `archivename`, where the wiki tells it. `number` is the id of a deleted file or of a log entry. A user is
    named by the `title` of their page, whether there is one or not; one whose name is hidden by `number` alone. So is, in a
    plan, the page of such a user; until then it has both, so that sets go by its title. `parents`
    are the items that it was derived from, as (step, key) of an earlier step; `problem` says why it can never be an item
    that is done. `related` says of what it was taken along: `talk of X`; `through` is the redirect that led to it, `origin`
    the member of a union that found it first: `union.1`.
    """

    kind: Kind = "pages"
    title: str = ""
    ns: int | None = None
    pageid: int | None = None
    revid: int | None = None
    timestamp: str = ""
    revids: tuple[int, ...] = ()
    archivename: str = ""
    number: int | None = None
    parents: tuple[tuple[str, str], ...] = ()
    wants: Wants = ()
    problem: Blocked | None = None
    related: str = ""
    through: str = ""
    origin: str = ""

    @property
    def key(self) -> str:
        """The stable key: `rev:345`, `page:12`, or `title:Foo` for what has no page id, and so for each kind."""
        return _KEYS[self.kind](self)

    @property
    def identity(self) -> str:
        """What makes two refs the same while sets are formed: the revision, or the page by its title (which every page
        has, whatever found it)."""
        if self.kind == "pages" and self.title:
            return f"page:{self.title}"
        if self.kind == "file_versions" and self.archivename:
            return f"{self.key}:{self.archivename}"  # a file may have several versions of a second
        return f"archived:{self.revids[0]}" if len(self.revids) == 1 else self.key

    @property
    def doubtful(self) -> bool:
        """Whether it could not be judged if the source means it."""
        return self.problem is not None and self.problem.code == UNKNOWN

    def derived(self, parent: Ref | None) -> Ref:
        """The same, with the parents of what it was found through."""
        return replace(self, parents=parent.parents, wants=parent.wants) if parent else self


def digits(timestamp: str) -> str:
    """A time as the database writes it: `20260131000000`."""
    return "".join(char for char in timestamp if char.isdecimal())


def user_of(title: str) -> str:
    """The user, by the title of their page: an account, an IP address, or a range of these."""
    return title.partition(":")[2]


def _dated(prefix: str) -> Callable[[Ref], str]:
    return lambda ref: f"{prefix}:{digits(ref.timestamp)}:{ref.title}"


def _numbered(ref: Ref) -> str:
    """No title holds `#`."""
    return "" if ref.number is None else f"#{ref.number}"


def _archived(ref: Ref) -> str:
    # The API acts on all archived revisions of one second together.
    return _dated("archive")(ref) if ref.title else f"archived:{ref.revids[0] if ref.revids else 0}"


_KEYS: Mapping[Kind, Callable[[Ref], str]] = {
    "pages": lambda ref: f"page:{ref.pageid}" if ref.pageid is not None else f"title:{ref.title or _numbered(ref)}",
    "deleted_pages": lambda ref: f"deleted:{ref.title}",
    "revisions": lambda ref: f"rev:{ref.revid}",
    "deleted_revisions": _archived,
    "file_versions": _dated("oldimage"),
    "deleted_files": lambda ref: f"filearchive:{ref.title if ref.number is None else ref.number}",
    "log_entries": lambda ref: f"logging:{ref.number}",
    "users": lambda ref: f"user:{user_of(ref.title)}" if ref.title else f"user:{_numbered(ref)}",
}
_PREFIXES: Mapping[str, Kind] = {
    "page": "pages", "title": "pages", "deleted": "deleted_pages", "rev": "revisions", "archive": "deleted_revisions",
    "archived": "deleted_revisions", "oldimage": "file_versions", "filearchive": "deleted_files", "logging": "log_entries",
    "query": "pages",
    "user": "users",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One line of a plan: what to act on, and the facts seen when it was planned.

    For a page `revid` is its last revision; for a revision it is the revision itself. `facts` holds the rest as JSON
    values, each kind its own (`runner/kinds`): `redirect`, `length`, `protection`, `timestamp`, `current`, `hidden` (a
    list of content, comment, user, suppressed), `block` (that of a user, or None), and what its action adds. Some mean the
    same for every action: `to` and `to_ns` are the title that the item gets, `reason` its own log summary, `unchanged` that
    there is nothing to do. `seq` counts from 1 in the order of execution and is not part of the plan file; neither is
    `content`, the text that was made for the write itself.
    `query` (the key is `query:1`) is no page but what the wiki itself is to find pages by.
    """

    step: str
    key: str
    pageid: int | None = None
    ns: int | None = None
    title: str = ""
    revid: int | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    parents: tuple[tuple[str, str], ...] = ()
    wants: Wants = ()
    blocked: Blocked | None = None
    seq: int = 0
    content: str | None = None

    @property
    def kind(self) -> Kind:
        """What it is, by its key."""
        return _PREFIXES[self.key.partition(":")[0]]


def is_made(item: Item) -> bool:
    """Whether the item is a page that its action makes."""
    return item.kind == "pages" and item.pageid is None and item.blocked is None


def ref_of(item: Item) -> Ref:
    """What to ask about to read the facts of an item again."""
    numbered = item.kind in ("deleted_files", "log_entries")
    # A hidden name has only the number of the account.
    number = item.key.partition(":")[2] if numbered else item.key.partition(":#")[2] if not item.title else ""
    return Ref(
        kind=item.kind,
        title=item.title,
        ns=item.ns,
        pageid=item.pageid,
        revid=item.revid if item.kind == "revisions" else None,
        timestamp=item.facts.get("timestamp", ""),
        revids=tuple(item.facts.get("revids", ())),
        archivename=item.facts.get("archivename", ""),
        number=int(number) if number.isdecimal() else None,
    )


def after(item: Item, changed: Mapping[str, Any]) -> Item:
    """The item with the facts that a run changed itself."""
    own = {name: changed[name] for name in ("pageid", "ns", "title", "revid") if name in changed}
    rest = {name: fact for name, fact in changed.items() if name not in own}
    return replace(item, **own, facts={**item.facts, **rest})


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of one item. `code` and `detail` tell why; `logid` is the wiki's log entry, where it named one; `facts` are
    those of the item as they are afterwards, where it changed them (`revid`, `title`, `pageid`, and any of `Item.facts`)."""

    seq: int
    state: State
    code: str = ""
    detail: str = ""
    logid: int | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One application of a plan. `state`: running, finished, interrupted (by a signal or a crash) or stopped (by a guard
    or by a wiki that stayed away); `reason` says what stopped it."""

    id: str
    plan: str
    state: str
    created: str
    ended: str | None
    user: str
    reason: str
