"""An item of an earlier step, taken up by the source of a later one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from runner.model import USER_NAMESPACE, Item, Kind, Ref, ref_of
from runner.sources.records import as_kind


def refs_from(item: Item, step: str, kind: Kind) -> Iterator[Ref]:
    """The item itself where the later step works on its kind, or else its page; either has the item as its parent."""
    parents = ((step, item.key),)
    # A user is named by a page that no item of users tells the namespace of.
    ns = USER_NAMESPACE if item.kind == "users" and item.title else item.ns
    hidden = ref_of(item).number if item.kind in ("pages", "users") else None
    page = Ref(title=item.title, ns=ns, pageid=item.pageid, number=hidden, parents=parents, problem=item.blocked)
    if kind == "pages":
        yield page
    elif kind != item.kind:
        yield as_kind(page, kind)
    else:
        own = replace(ref_of(item), parents=parents, problem=item.blocked)
        yield from (replace(own, revids=(revid,)) for revid in own.revids) if own.revids else (own,)
