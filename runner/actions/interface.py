"""Pages of the interface (namespace 8) and pages that hold code: whoever writes them acts in every reader's browser, so only
the user's own configuration allows it (`allow` in `wikis.yaml`)."""

from __future__ import annotations

from runner.model import Blocked, Policy

NAMESPACE = 8
CODE = frozenset({"javascript", "css", "sanitized-css", "vue"})


def not_allowed(ns: int | None, contentmodel: str, policy: Policy) -> Blocked | None:
    """Why a page must not be written, as far as its namespace and content model tell."""
    if ns == NAMESPACE and not policy.interface:
        detail = "pages of the interface need `allow: {namespaces: [MediaWiki]}` in your own wikis.yaml"
        return Blocked(code="not_allowed", detail=detail)
    if contentmodel in CODE and not policy.scripts:
        return Blocked(code="not_allowed", detail="JavaScript and CSS need `allow: {scripts: true}` in your own wikis.yaml")
    return None
