"""Every condition: what it is about, how its value is written, and which group of facts it is judged by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from types import MappingProxyType

from runner.model import Kind
from runner.where.conditions import Condition, leaves
from runner.where.edits import EDIT, SINCE
from runner.where.shape import Shape
from runner.where.shapes import FLAG, NAMESPACE, PATTERN, PROPERTY, PROTECTION, check_mime, choice, members, span

NESTING = ("any", "all", "not")


class Group(IntEnum):
    """Facts that are read together, in the order in which they are: what costs little first."""

    NAME = 0  # known from the source; nothing is asked
    REVISION = 1  # of revisions and other records: one request for 50 (or 500), or as `docs/where.md` says
    PAGE = 2  # of pages: one request for 50 (or 500)
    PARENT = 3  # the revisions before, for the change in size: as REVISION
    MEMBERS = 4  # whether pages are in, use or link to what is named: one request for 50 (or 500), more where it is continued
    COUNT = 5  # links to pages: one request for 500 (or 5,000) of them
    TEXT = 6  # the text of revisions: one request for 50
    HISTORY = 7  # the first edit and the number of revisions: a request for each page


@dataclass(frozen=True, slots=True, kw_only=True)
class Spec:
    """One condition. `absent` says why the wiki may not tell the fact."""

    group: Group
    shape: Shape
    about: str
    absent: str = "the wiki does not tell it"


_HIDDEN = "it is hidden"
_NO_FILE = "the page has no file that the wiki knows"

_OF_PAGES: dict[str, Spec] = {
    "namespace": Spec(group=Group.NAME, shape=NAMESPACE, about="The page's namespace, by number or name."),
    "title": Spec(group=Group.NAME, shape=PATTERN, about="The page's title, namespace included."),
    "redirect": Spec(group=Group.PAGE, shape=FLAG, about="Whether the page is a redirect."),
    "last_edit": Spec(group=Group.PAGE, shape=EDIT, about="When and by whom the page was last edited.", absent=_HIDDEN),
    "protection": Spec(
        group=Group.PAGE,
        shape=PROTECTION,
        about="Whether the page is protected, or how: cascading protection counts.",
    ),
    "watchers": Spec(
        group=Group.PAGE,
        shape=span(),
        about="How many users watch the page.",
        absent="the wiki does not tell this account",
    ),
    "content_model": Spec(
        group=Group.PAGE, shape=choice(["wikitext", "css"], offered="content_models"), about="The page's content model."
    ),
    "page_property": Spec(
        group=Group.PAGE,
        shape=PROPERTY,
        about="A page property that the page has, with {name: value} that has this value.",
    ),
    "categories": Spec(
        group=Group.MEMBERS,
        shape=members("categories holds the page", "Category:Drafts", titles=True),
        about="The categories that the page is in.",
    ),
    "templates": Spec(
        group=Group.MEMBERS,
        shape=members("templates is used on the page", "Template:Delete", titles=True),
        about="The pages that the page transcludes.",
    ),
    "links_to": Spec(
        group=Group.MEMBERS,
        shape=members("pages is linked to", "Main Page", titles=True),
        about="The pages that the page links to.",
    ),
    "links_here": Spec(group=Group.COUNT, shape=span(), about="How many pages link to the page; 0 is an orphan."),
    "creation": Spec(
        group=Group.HISTORY,
        shape=EDIT,
        about="When and by whom the page was created; a request for each page.",
        absent=_HIDDEN,
    ),
    "revisions": Spec(
        group=Group.HISTORY,
        shape=span(),
        about="How many revisions the page has; a request for each page.",
    ),
}
_ONLY_PAGES: dict[str, Spec] = {
    "exists": Spec(group=Group.PAGE, shape=FLAG, about="Whether the page exists."),
    "size": Spec(group=Group.PAGE, shape=span(), about="The length of the page in bytes."),
    "file_size": Spec(group=Group.PAGE, shape=span(), about="The size of the page's file in bytes.", absent=_NO_FILE),
    "file_type": Spec(
        group=Group.PAGE,
        shape=choice(["image/png", "image/*"], check=check_mime),
        about="The type (MIME) of the page's file.",
        absent=_NO_FILE,
    ),
    "usage": Spec(group=Group.COUNT, shape=span(), about="How many pages use the file.", absent="the page is no file"),
}
_ONLY_REVISIONS: dict[str, Spec] = {
    "size": Spec(group=Group.REVISION, shape=span(), about="The length of the revision in bytes."),
    "user": Spec(
        group=Group.REVISION,
        shape=choice(["Alice"], names=True),
        about="Who made the revision.",
        absent=_HIDDEN,
    ),
    "tags": Spec(
        group=Group.REVISION,
        shape=members("tags is on the revision", "mw-rollback", titles=False, offered="tags"),
        about="The revision's change tags.",
    ),
    "minor": Spec(group=Group.REVISION, shape=FLAG, about="Whether it is marked as a minor edit."),
    "comment": Spec(group=Group.REVISION, shape=PATTERN, about="The edit's summary; never kept.", absent=_HIDDEN),
    "size_change": Spec(
        group=Group.PARENT,
        shape=span(minimum=None),
        about="By how many bytes it made the page longer; below 0 is shorter.",
        absent="the revision before it is not there",
    ),
    "text": Spec(group=Group.TEXT, shape=PATTERN, about="The revision's text; never kept.", absent=_HIDDEN),
}


def _made(what: str) -> Spec:
    return Spec(group=Group.REVISION, shape=EDIT, about=f"When and by whom {what}.", absent=_HIDDEN)


def _comment(what: str) -> Spec:
    return Spec(group=Group.REVISION, shape=PATTERN, about=f"{what}; never kept.", absent=_HIDDEN)


_NAMED = {name: _OF_PAGES[name] for name in ("namespace", "title")}
_ARCHIVED_REVISION = {name: _ONLY_REVISIONS[name] for name in ("size", "user", "tags", "minor", "comment")}
_MADE = _made("the revision was made")
_FILE: dict[str, Spec] = {
    "made": _made("the version was uploaded"),
    "comment": _comment("The summary of the upload"),
    "file_size": Spec(group=Group.REVISION, shape=span(), about="The size of the version in bytes.", absent=_HIDDEN),
    "file_type": Spec(
        group=Group.REVISION,
        shape=choice(["image/png", "image/*"], check=check_mime),
        about="The type (MIME) of the version.",
        absent=_HIDDEN,
    ),
    "archive_name": Spec(
        group=Group.REVISION,
        shape=PATTERN,
        about="The name of the version in the wiki's archive: 20260131000000!Example.png.",
        absent="the wiki tells none of a version that never was an old one, or whose content is hidden",
    ),
}
_DELETED_PAGE: dict[str, Spec] = {
    "exists": Spec(group=Group.REVISION, shape=FLAG, about="Whether there is a page of this title again."),
    "revisions": Spec(group=Group.REVISION, shape=span(), about="How many archived revisions the title has."),
}
_LOG_ENTRY: dict[str, Spec] = {
    "made": _made("the entry was made"),
    "comment": _comment("The entry's summary"),
    "tags": _ONLY_REVISIONS["tags"],
    "log_type": Spec(
        group=Group.REVISION,
        shape=choice(["delete/restore", "move"]),
        about="The log and the action of the entry; a log alone means all of its actions.",
    ),
}

_ADDRESS = "an address has none, and of old accounts the wiki does not know it"
_USER: dict[str, Spec] = {
    "name": Spec(group=Group.NAME, shape=PATTERN, about="The user's name, or the address."),
    "account": Spec(group=Group.REVISION, shape=FLAG, about="Whether it is an account, and not an address or a range."),
    "blocked": Spec(group=Group.REVISION, shape=FLAG, about="Whether this very user is blocked, in part at least."),
    "block": Spec(
        group=Group.REVISION,
        shape=EDIT,
        about="When and by whom the user was blocked.",
        absent="the user is not blocked",
    ),
    "registered": Spec(group=Group.REVISION, shape=SINCE, about="When the account was made.", absent=_ADDRESS),
    "edits": Spec(group=Group.REVISION, shape=span(), about="How many edits the wiki counts.", absent="an address has none"),
    "groups": Spec(
        group=Group.REVISION,
        shape=members("groups holds the user", "bot", titles=False),
        about="The groups that the user is in, those that the wiki gives by itself included.",
        absent="an address is in none",
    ),
}

CONDITIONS: Mapping[Kind, Mapping[str, Spec]] = MappingProxyType(
    {
        "pages": MappingProxyType({**_OF_PAGES, **_ONLY_PAGES}),
        "deleted_pages": MappingProxyType({**_NAMED, **_DELETED_PAGE}),
        "revisions": MappingProxyType({**_OF_PAGES, **_ONLY_REVISIONS, "made": _MADE}),
        "deleted_revisions": MappingProxyType({**_NAMED, **_ARCHIVED_REVISION, "made": _MADE}),
        "file_versions": MappingProxyType({**_NAMED, **_FILE}),
        "deleted_files": MappingProxyType({**_NAMED, **_FILE}),
        "log_entries": MappingProxyType({**_NAMED, **_LOG_ENTRY}),
        "users": MappingProxyType(_USER),
    }
)


def groups(kind: Kind, condition: Condition) -> tuple[Group, ...]:
    """The groups of facts that a condition needs, in the order in which they are to be read."""
    return tuple(sorted({CONDITIONS[kind][leaf.fact].group for leaf in leaves(condition)}))
