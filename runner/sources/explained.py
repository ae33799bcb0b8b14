"""What each parameter of a query module means, in a line: for editors and for `wikimop generators`."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from runner.sources.catalogue import ParamSpec

PARAMETERS: Mapping[str, str] = MappingProxyType(
    {
        "allrev": "Every change of a watched page, not only the latest.",
        "categories": "Only these categories, each with its `Category:`.",
        "dir": "The direction in which the wiki lists; it decides which of `start` and `end` is later.",
        "enablerewrites": "Let the search engine replace the query by one that it thinks better.",
        "end": "Where to stop, in the direction of `dir`: 2026-01-31T00:00:00Z, 20260131000000, now, or 7 days ago.",
        "endhexsortkey": "Sort key to stop before, in hexadecimal.",
        "endid": "Revision id to stop at.",
        "endsortkey": "Sort key to stop before.",
        "endsortkeyprefix": "Stop before this sort key prefix.",
        "excludeuser": "Leave out what this user did.",
        "filterbots": "By whether the uploader is a bot.",
        "filterlanglinks": "By whether the page has interlanguage links.",
        "filterredir": "Redirects, other pages, or both.",
        "from": "Begin with this title, written without its namespace.",
        "fromtitle": "Begin with this title, namespace included.",
        "generaterevisions": "Let the wiki name revisions rather than titles; the pages are the same.",
        "generatetitles": "Let the wiki name pages rather than revisions; the pages are the same.",
        "images": "Only these files, each with its `File:`.",
        "iprange": "Edits from this range of addresses: 192.0.2.0/24.",
        "lang": "The language code of the links: de.",
        "level": "Only titles protected at these levels.",
        "localonly": "Only files of this wiki, none of a shared repository.",
        "max": "At most this many members.",
        "maxsize": "At most this many bytes.",
        "mime": "MIME types: image/png.",
        "min": "At least this many members.",
        "minsize": "At least this many bytes.",
        "namespace": "Only pages in this namespace, by number or by name.",
        "offset": "Leave out the first so many results.",
        "page": "The special page whose list is read.",
        "pageid": "The page id, instead of `title`.",
        "prefix": "Only titles that begin with this, written without the namespace.",
        "prexpiry": "By whether the protection ends some day.",
        "prfiltercascade": "By whether the protection is cascading; with `prtype`.",
        "prlevel": "Only pages protected at these levels; with `prtype`.",
        "propname": "The page property that a page must have: disambiguation.",
        "protocol": "The protocol of the links: https.",
        "prtype": "Only pages with a protection of these kinds.",
        "query": "The address without its protocol, with `*` for subdomains: *.example.org.",
        "redirect": "Also pages that link through a redirect.",
        "search": "What to search for.",
        "sha1": "The file's SHA-1, in hexadecimal.",
        "sha1base36": "The file's SHA-1 in base 36, as the wiki's database has it.",
        "show": "Only entries with these marks; `!` in front means without.",
        "sort": "What the list is ordered by.",
        "start": "Where to begin, in the direction of `dir`: 2026-01-31T00:00:00Z, 20260131000000, now, or 7 days ago.",
        "starthexsortkey": "Sort key to begin with, in hexadecimal.",
        "startid": "Revision id to begin with.",
        "startsortkey": "Sort key to begin with.",
        "startsortkeyprefix": "Begin with this sort key prefix.",
        "tag": "Only revisions with this change tag.",
        "templates": "Only these templates, each with its namespace.",
        "title": "The page in question, namespace included.",
        "titles": "Only links to these titles.",
        "to": "Stop at this title, written without its namespace.",
        "toponly": "Only what is still the latest revision of its page.",
        "totitle": "Stop at this title, namespace included.",
        "type": "Only changes of these kinds.",
        "unique": "The titles that are used, each once; without it, the pages that use them.",
        "user": "Only what this user did.",
        "userids": "Only edits of the users with these ids.",
        "userprefix": "Only edits of users whose names begin with this.",
        "what": "What to search in; a wiki may offer less.",
    }
)
SPECIAL: Mapping[str, str] = MappingProxyType(
    {
        "allcategories.prefix": "Only categories that begin with this, written without `Category:`.",
        "allredirects.unique": "The targets of redirects, each once; without it, the redirects.",
        "categorymembers.title": "The category, with its `Category:`.",
        "categorymembers.type": "Pages, subcategories, files; only while sorted by `sortkey`.",
        "iwbacklinks.prefix": "The interwiki prefix of the links: wikipedia.",
        "iwbacklinks.title": "The title that is linked to on the other wiki; with `prefix`.",
        "langbacklinks.title": "The title that is linked to in the other language; with `lang`.",
        "prefixsearch.search": "What titles begin with, namespace included.",
        "protectedtitles.start": "Protected at this time at the latest, or earliest with `dir: newer`.",
        "random.redirect": "Redirects only; better write `filterredir: redirects`.",
        "recentchanges.title": "Only changes of this page.",
        "usercontribs.user": "Edits of these users, by name or address.",
    }
)


def explain(module: str, param: ParamSpec) -> str:
    """A sentence about one parameter: ours, or what the wiki says of one that only it has."""
    return param.about or SPECIAL.get(f"{module}.{param.name}") or PARAMETERS[param.name]
