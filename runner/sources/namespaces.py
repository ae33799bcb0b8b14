"""A namespace that was asked for is not left. Pure.

Core goes by the namespace that the text of a search begins with, or by `all:`, and not by `namespace`, without a word
(`SearchEngine::parseNamespacePrefixes`, 1.39); a search engine may have more such words. The watchlist, and recent changes
by revisions, name the page that was changed, which may have been moved away since.
"""

from __future__ import annotations

from runner.model import Ref
from runner.sources.params import split
from runner.sources.source import Module

SEARCHES = frozenset({"search", "prefixsearch"})
EVERYWHERE = "all"
"""A text for `search` that begins so is looked for in every namespace."""
# Without `unique` these give the pages that link; the namespace is that of what they link to.
_OF_TARGETS = frozenset({"alllinks", "allredirects", "alltransclusions"})


def asked_namespaces(module: Module) -> frozenset[int] | None:
    """Where all that the module gives has to be; None where that is not said. The namespaces must be numbers already."""
    text = module.params.get("namespace")
    elsewhere = module.name in _OF_TARGETS and "unique" not in module.params
    if text is None or module.own or elsewhere or "*" in split(text):
        return None
    return frozenset(map(int, split(text)))


def strays(ref: Ref, asked: frozenset[int]) -> bool:
    """Whether it is known to be elsewhere."""
    return ref.ns is not None and ref.ns not in asked
