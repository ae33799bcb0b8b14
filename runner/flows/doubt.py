"""What becomes of items that cannot be judged: no item may be acted upon because of something that nobody knows.

In the plan they are told of, as blocked. What may stand in an exception is left out; so inside `except` they are kept, as if
they were in it, and inside an exception of that they are dropped.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import islice
from typing import Literal

from runner.model import Ref

Doubt = Literal["told", "kept", "dropped"]


def inside_except(doubt: Doubt) -> Doubt:
    """What becomes of them one `except` further in."""
    return "dropped" if doubt == "kept" else "kept"


def taken(found: Iterable[Ref], limit: int | None, doubt: Doubt) -> Iterator[Ref]:
    """The first so many. In doubt, those are kept that may be among them, and those dropped that may not."""
    if doubt == "kept":
        yield from _at_most(found, limit)
    else:
        yield from (ref for ref in islice(found, limit) if doubt == "told" or not ref.doubtful)


def _at_most(found: Iterable[Ref], limit: int | None) -> Iterator[Ref]:
    sure = 0
    for ref in found:
        # Without a title it can be looked up nowhere.
        yield replace(ref, problem=None) if ref.doubtful and ref.title else ref
        sure += not ref.doubtful
        if sure == limit:
            return
