"""The words of a source that are Wikimop's own, and the parameters of query modules that a source never takes."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from runner.model import Kind

_SETS = ("union", "intersect")
HEADS: Mapping[Kind, tuple[str, ...]] = MappingProxyType(
    {
        "pages": ("generator", "list", "titles", "pageids", "revids", "file", "step", *_SETS),
        "deleted_pages": ("generator", "titles", "file", "step", *_SETS),
        "revisions": ("generator", "list", "revids", "file", "step", *_SETS),
        "deleted_revisions": ("generator", "titles", "revids", "file", "step", *_SETS),
        "file_versions": ("of", "titles", "file", "step", *_SETS),
        "deleted_files": ("list", "titles", "file", "step", *_SETS),
        "log_entries": ("list", "logids", "file", "step", *_SETS),
        "users": ("list", "names", "file", "step", *_SETS),
    }
)
_EVERYWHERE = ("except", "where", "limit", "outcome", "expect")
WORDS: Mapping[Kind, tuple[str, ...]] = MappingProxyType(
    {
        "pages": ("of", "except", "where", "limit", "related", "redirects", "converttitles", "outcome", "expect"),
        "deleted_pages": _EVERYWHERE,
        "revisions": ("of", *_EVERYWHERE),
        "deleted_revisions": ("of", *_EVERYWHERE),
        "file_versions": _EVERYWHERE,
        "deleted_files": _EVERYWHERE,
        "log_entries": _EVERYWHERE,
        "users": _EVERYWHERE,
    }
)
FILE_KINDS: Mapping[Kind, tuple[str, ...]] = MappingProxyType(
    {
        "pages": ("titles", "pageids", "revids"),
        "deleted_pages": ("titles",),
        "revisions": ("revids",),
        "deleted_revisions": ("titles", "revids"),
        "file_versions": ("titles",),
        "deleted_files": ("titles",),
        "log_entries": ("logids",),
        "users": ("names",),
    }
)
"""What a file may list, what it lists unless said otherwise first."""
ALL_HEADS = frozenset(head for heads in HEADS.values() for head in heads) - {"of"}

# A parameter that is called like one of these is written with its module's prefix, in every kind of source, so that a
# playbook keeps its meaning when a kind learns a new word.
RESERVED = frozenset(
    {
        "generator", "list", "titles", "pageids", "revids", "logids", "names", "file", "step", "union", "intersect",
        "of", "except", "where", "limit", "related", "redirects", "converttitles", "outcome", "expect",
    }
)  # fmt: skip

SETS = _SETS
RELATED = ("talk", "subpages", "redirects")
OUTCOMES = ("done", "unchanged", "skipped", "failed", "unsure")

NEVER = frozenset({"limit", "continue", "prop", "token"})
"""What no module takes, those of extensions included. The others of `REFUSED` are so called by core alone."""
_SHAPE = "it shapes what the wiki answers, not which items are found; leave it out"
REFUSED: Mapping[str, str] = MappingProxyType(
    {
        "limit": "`limit` is Wikimop's own word: exactly the first N items, whatever the wiki's page size",
        "continue": "Wikimop follows the continuation itself; leave it out",
        "prop": "Wikimop asks for the properties that it needs; leave it out",
        "token": "a playbook holds no secrets; leave it out",
        "owner": "it needs a token, which is a secret, and without one the wiki reads your own list; leave it out",
        "expandtemplates": _SHAPE,
        "generatexml": _SHAPE,
        "parse": _SHAPE,
        "section": _SHAPE,
        "diffto": _SHAPE,
        "difftotext": _SHAPE,
        "difftotextpst": _SHAPE,
        "contentformat": _SHAPE,
        "slots": _SHAPE,
        "slot": _SHAPE,
        "info": _SHAPE,
        "interwiki": _SHAPE,
        "expandurl": _SHAPE,
    }
)
