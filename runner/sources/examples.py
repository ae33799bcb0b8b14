"""Each module in a sentence, with a source that works as it stands: what `wikimop generators` shows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from runner.model import Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """`summary` is a sentence; `source` the YAML of a source of this kind that uses the module."""

    summary: str
    source: str
    kind: Kind = "pages"


def _one(summary: str, *lines: str, kind: Kind = "pages") -> Example:
    return Example(summary=summary, source="\n".join(lines), kind=kind)


_OF_MEMBERS = "of: {generator: categorymembers, title: Category:Drafts}"

EXAMPLES: Mapping[str, Example] = MappingProxyType(
    {
        "allcategories": _one(
            "Categories that are used, whether or not they have a page.",
            "generator: allcategories", "prefix: Requests for", "max: 0",
        ),
        "alldeletedrevisions": _one(
            "Titles with deleted revisions.",
            "generator: alldeletedrevisions", "namespace: 0", "prefix: Old", "dir: newer",
        ),
        "allfileusages": _one(
            "Pages that use files; with `unique` the files.",
            "generator: allfileusages", "unique: true",
        ),
        "allimages": _one(
            "Files.", "generator: allimages", "sort: timestamp", "dir: older", "start: now", "end: 7 days ago"
        ),
        "alllinks": _one(
            "Pages with links into a namespace; with `unique` the titles that are linked to.",
            "generator: alllinks", "namespace: 10", "unique: true",
        ),
        "allpages": _one(
            "Every page of a namespace.",
            "generator: allpages", "namespace: 118", "filterredir: nonredirects",
        ),
        "allredirects": _one("Redirects into a namespace.", "generator: allredirects", "namespace: 0", "prefix: Old"),
        "allrevisions": _one(
            "Pages by their revisions, of a user or a time.",
            "generator: allrevisions", "user: Vandal", "start: now", "end: 2 days ago",
        ),
        "alltransclusions": _one(
            "Pages that include templates; with `unique` the templates.",
            "generator: alltransclusions", "prefix: Infobox",
        ),
        "allusers": _one(
            "Accounts; for `pages:` their user pages.", "list: allusers", "group: bot", kind="users"
        ),
        "blocks": _one(
            "Blocked users; for `pages:` their user pages.", "list: blocks", 'show: [account, "!temp"]', kind="users"
        ),
        "backlinks": _one(
            "Pages that link to a page.",
            "generator: backlinks", "title: Project:Drafts", "namespace: [0, 4]",
        ),
        "categories": _one(
            "The categories that pages are in.", "generator: categories", "show: ['!hidden']", _OF_MEMBERS
        ),
        "categorymembers": _one(
            "The members of a category, without those of its subcategories.",
            "generator: categorymembers", "title: Category:Drafts", "type: page",
        ),
        "deletedrevisions": _one(
            "Pages of a set that have deleted revisions.", "generator: deletedrevisions", "user: Vandal", _OF_MEMBERS
        ),
        "duplicatefiles": _one(
            "Files with the same content as those of a set.",
            "generator: duplicatefiles", "localonly: true", "of: {generator: allimages, prefix: Scan}",
        ),
        "embeddedin": _one("Pages that include a template.", "generator: embeddedin", "title: Template:Stub"),
        "exturlusage": _one(
            "Pages with links to an outside address.",
            "generator: exturlusage", "protocol: https", "query: '*.example.org'",
        ),
        "filearchive": _one("Deleted versions of files.", "list: filearchive", "prefix: Scan", kind="deleted_files"),
        "logevents": _one(
            "Entries of the wiki's log; for `pages:` the pages that they are about.",
            "list: logevents", "action: move/move", "user: Vandal", "end: 7 days ago",
            kind="log_entries",
        ),
        "fileusage": _one(
            "Pages that use the files of a set.",
            "generator: fileusage", "of: {titles: [File:Logo.png]}",
        ),
        "images": _one("The files that the pages of a set use.", "generator: images", _OF_MEMBERS),
        "imageusage": _one("Pages that use a file.", "generator: imageusage", "title: File:Logo.png"),
        "iwbacklinks": _one(
            "Pages with interwiki links.", "generator: iwbacklinks", "prefix: wikipedia", "title: Sandbox"
        ),
        "langbacklinks": _one("Pages with interlanguage links.", "generator: langbacklinks", "lang: de"),
        "links": _one("The pages that the pages of a set link to.", "generator: links", "namespace: 0", _OF_MEMBERS),
        "linkshere": _one(
            "Pages that link to the pages of a set.", "generator: linkshere", "show: ['!redirect']", _OF_MEMBERS
        ),
        "pageswithprop": _one("Pages with a page property.", "generator: pageswithprop", "propname: noindex"),
        "prefixsearch": _one(
            "Pages whose titles begin with a text, as the search box finds them.",
            "generator: prefixsearch", "search: 'Project:Draft'", "limit: 100",
        ),
        "protectedtitles": _one(
            "Titles that are protected against creation.",
            "generator: protectedtitles", "level: sysop",
        ),
        "querypage": _one("The list of a maintenance page.", "generator: querypage", "page: BrokenRedirects"),
        "random": _one("Random pages; wants a `limit`.", "generator: random", "namespace: 0", "limit: 20"),
        "recentchanges": _one(
            "Pages with recent changes.",
            "generator: recentchanges", "type: new", "show: ['!bot', '!redirect']", "end: 7 days ago",
        ),
        "redirects": _one("Redirects to the pages of a set.", "generator: redirects", "of: {titles: [Main Page]}"),
        "revisions": _one(
            "Revisions of the pages of a set.",
            "generator: revisions", "user: Vandal", "of: {titles: [Main Page]}",
        ),
        "search": _one(
            "What a search finds.",
            "generator: search", 'search: insource:"old name"', "namespace: [0, 10]",
        ),
        "templates": _one("The templates that the pages of a set include.", "generator: templates", _OF_MEMBERS),
        "transcludedin": _one(
            "Pages that include the pages of a set.", "generator: transcludedin", "of: {titles: [Template:Stub]}"
        ),
        "usercontribs": _one(
            "Edits of a user; for `pages:` the pages edited.",
            "list: usercontribs", "user: Vandal", "start: 2026-01-31T00:00:00Z", "end: 2026-01-01T00:00:00Z",
            kind="revisions",
        ),
        "watchlist": _one(
            "Changed pages of your watchlist.",
            "generator: watchlist", "type: [edit, new]", "end: 1 day ago",
        ),
        "watchlistraw": _one("Every page of your watchlist.", "generator: watchlistraw", "namespace: 0"),
    }
)  # fmt: skip
