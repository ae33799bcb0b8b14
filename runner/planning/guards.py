"""Guards over a finished plan: what stops it from being applied."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from runner.model import Item, user_of
from runner.sources.source import Expect
from runner.sources.users import within


@dataclass(frozen=True, slots=True, kw_only=True)
class Untouchable:
    """`never_touch`, with titles as the wiki writes them and namespaces as numbers."""

    titles: frozenset[str] = frozenset()
    namespaces: frozenset[int] = frozenset()

    def matches(self, item: Item) -> bool:
        """Whether the plan must not be applied because of this item, where it goes, or what its request names. A range of
        addresses is every address in it."""
        targets = (item.facts.get("to", ""), item.facts.get("into", ""))
        named = {item.title, *targets, *item.facts.get("parameters", {}).values()}
        if self.namespaces & {item.ns, item.facts.get("to_ns"), item.facts.get("into_ns")} or self._covered(item):
            return True
        return any(title in self.titles for text in named for title in _titles(text))

    def told(self) -> dict[str, Any]:
        """As JSON values: `apply` holds it against what the items have become."""
        return {"titles": sorted(self.titles), "namespaces": sorted(self.namespaces)}

    def _covered(self, item: Item) -> bool:
        wide = user_of(item.title) if item.facts.get("address") == "range" else ""
        return any(within(user_of(title), wide) for title in self.titles) if wide else False


def _titles(text: str) -> list[str]:
    """What a text may name: one title or several, with underscores or without."""
    values = text[1:].split(UNIT) if text.startswith(UNIT) else text.split("|")
    return [value.replace("_", " ").strip() for value in (text, *values)]


UNIT = "\x1f"


def read_untouchable(value: Mapping[str, Any] | None) -> Untouchable:
    """From a plan's header; a plan of before this stood there guards nothing more."""
    told = value or {}
    return Untouchable(titles=frozenset(told.get("titles", ())), namespaces=frozenset(told.get("namespaces", ())))


def come_under(never: Untouchable, current: Iterable[Item]) -> str | None:
    """`never_touch` again, just before a write: somebody may have moved a page there since the plan was made."""
    found = next((item for item in current if never.matches(item)), None)
    return (
        None
        if found is None
        else f"never_touch: what the plan would act on has become {found.title}, which must not be touched"
    )


def over_limit(items: int, limit: int | None) -> str | None:
    """`limits.items`."""
    if limit is None or items <= limit:
        return None
    return f"limits.items: the plan holds {items} items, and {limit} are allowed"


def unexpected(step: str, items: int, expect: Expect | None) -> str | None:
    """`expect: {min, max}`."""
    if expect is None:
        return None
    if expect.min is not None and items < expect.min:
        return f"expect: step {step} has {items} items, and at least {expect.min} were expected"
    if expect.max is not None and items > expect.max:
        return f"expect: step {step} has {items} items, and at most {expect.max} were expected"
    return None


def untouchable(found: Mapping[str, str], count: int) -> str | None:
    """`never_touch`, from the first few keys with their titles and how many there are in all."""
    if not count:
        return None
    names = ", ".join(found.values())
    more = f" and {count - len(found)} more" if count > len(found) else ""
    return f"never_touch: the plan holds {names}{more}"


def too_many_failures(failed: int, attempted: int, *, count: int | None, share: float | None) -> str | None:
    """`limits.failures`: a number, or a share that counts once 20 items were attempted."""
    if count is not None and failed > count:
        return f"limits.failures: {failed} items failed, and {count} are allowed"
    if share is not None and attempted >= SHARE_COUNTS_FROM and failed > share * attempted:
        return f"limits.failures: {failed} of {attempted} items failed, and {share:.0%} are allowed"
    return None


SHARE_COUNTS_FROM = 20
