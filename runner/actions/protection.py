"""Protection of a page, one kind of it at a time: as the API tells it, and as the text that a plan holds.

https://www.mediawiki.org/wiki/API:Info and https://www.mediawiki.org/wiki/API:Protect
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from runner.actions.expiry import FOREVER
from runner.model import Item

_TEXT = re.compile(
    r"(?P<type>[^=]+)=(?P<level>\S*)(?: until (?P<expiry>\S+))?(?P<cascading> cascading)?(?: \(from (?P<source>.*)\))?"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Protection:
    """Who may do one thing to a page: `type` is `edit`, `move`, `upload`, `create` or the wiki's own, `level` empty for
    everybody. `expiry` is empty where it has no end; `source` is the page that it comes from, where it is not its own."""

    type: str
    level: str
    expiry: str = ""
    cascading: bool = False
    source: str = ""

    def __str__(self) -> str:
        until = f" until {self.expiry}" if self.expiry else ""
        source = f" (from {self.source})" if self.source else ""
        return f"{self.type}={self.level}{until}{' cascading' if self.cascading else ''}{source}"


def told(entry: Mapping[str, Any]) -> Protection:
    """An entry of `inprop=protection`, or of the details of the protection log."""
    return Protection(
        type=str(entry["type"]),
        level=str(entry["level"]),
        expiry=ending(str(entry.get("expiry") or "")),
        cascading=bool(entry.get("cascade")),
        source=str(entry.get("source", "")),
    )


def ending(expiry: str) -> str:
    """Empty for each of the words that mean no end."""
    return "" if expiry in FOREVER else expiry


def texts(protections: Iterable[Protection]) -> list[str]:
    """As a plan holds them."""
    return sorted({str(one) for one in protections})


def own(item: Item) -> Sequence[Protection]:
    """The page's own protection, without what pages that include it give it."""
    return [one for one in map(_read, item.facts.get("protection", ())) if not one.source]


def _read(text: str) -> Protection:
    found = _TEXT.fullmatch(text)
    if found is None:
        raise ValueError(f"no protection of a page: {text}")
    return Protection(
        type=found["type"], level=found["level"], expiry=found["expiry"] or "", cascading=bool(found["cascading"]),
        source=found["source"] or "",
    )  # fmt: skip
