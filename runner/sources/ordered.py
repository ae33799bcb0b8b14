"""The list form of query modules: with a limit it is read instead of the generator, which loses the module's order within
a batch. Pure.

Checked on MediaWiki 1.39: `random` has no order, and property modules are read as properties, page by page.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from runner.errors import PlanRefused
from runner.model import Ref
from runner.sources import users
from runner.sources.reading import Parameters, parameters_of
from runner.sources.source import Module

# What the pages of a wiki's links tables are called in the list form: the page that links is named by its id alone.
_LINKS = frozenset({"allfileusages", "alllinks", "allredirects", "alltransclusions"})

ORDERED = _LINKS | {
    "allcategories", "alldeletedrevisions", "allimages", "allpages", "allrevisions", "backlinks", "categorymembers",
    "embeddedin", "exturlusage", "imageusage", "iwbacklinks", "langbacklinks", "pageswithprop", "prefixsearch",
    "protectedtitles", "querypage", "recentchanges", "search", "watchlist", "watchlistraw",
}  # fmt: skip

# The pages that these modules mean are named by id alone, or rightly by id alone: for `watchlist` the generator goes by the
# page that was changed, whatever its title is now.
_BY_ID = _LINKS | {"watchlist"}
# What happened to a title: the page id beside it may be that of a page which was moved away since.
_BY_TITLE = frozenset({"recentchanges", "logevents"})
_IDS_ONLY = frozenset({"allrevisions", "alldeletedrevisions"})  # users and comments are of no use here
_PROPS = {"usercontribs": "ids|title", "logevents": "title", "blocks": "user|userid|flags"}
# Lists of users: the pages are those in the user namespace, by its name in every wiki.
_USERS = {"blocks": "user", "allusers": "name"}
_BY_NAME = frozenset({"allcategories", *_USERS})


def list_query(module: Module) -> Parameters:
    """`list=NAME`, for its order."""
    spec = module.spec
    wanted = "ids" if module.name in _IDS_ONLY or by_id(module) else _PROPS.get(module.name)
    prop = {f"{spec.prefix}prop": wanted} if wanted else {}  # else with titles
    return {
        "action": "query",
        "list": module.name,
        **parameters_of(spec, module, ""),
        **prop,
        **({f"{spec.prefix}limit": "max"} if spec.paged else {}),
    }


def by_title(module: Module) -> bool:
    """Whether the pages are to be looked up by the titles that the list names."""
    return module.name in _BY_NAME or module.own


def by_id(module: Module) -> bool:
    """Whether the pages are to be found by the ids that the list names."""
    return module.name in _BY_ID and "unique" not in module.params


def read_list(module: Module, answer: Mapping[str, Any]) -> Iterator[Ref]:
    """The pages of a list's answer, in its order; their existence is not known yet. Raises `PlanRefused` if a list that only
    the wiki has is none of pages."""
    if module.own:
        yield from _own_pages(module, answer)
        return
    for entry in _entries(module, answer):
        if by_id(module):
            yield from (Ref(pageid=entry[name]) for name in ("fromid", "pageid") if entry.get(name))
        elif module.name == "allcategories":
            yield Ref(title=f"Category:{entry['category']}")
        elif module.name in _USERS:
            yield from (users.page(entry, name) for name in [_USERS[module.name]] if entry.get(name))
        elif entry.get("actionhidden"):
            continue
        elif "title" in entry:  # it may be hidden
            pageid = None if module.name in _BY_TITLE else entry.get("pageid")
            yield Ref(title=entry["title"], ns=entry.get("ns"), pageid=pageid or None)


def _own_pages(module: Module, answer: Mapping[str, Any]) -> Iterator[Ref]:
    query = answer.get("query", {})
    entries = query.get(module.name, None if query else [])
    if not isinstance(entries, list) or not all(isinstance(entry, dict) and entry.get("title") for entry in entries):
        hint = f"write `generator: {module.name}`" if module.spec.generator else "a list is read by the titles of its entries"
        raise PlanRefused(f"what the wiki's module `{module.name}` lists are not pages by their titles", hint=hint)
    yield from (Ref(title=str(entry["title"])) for entry in entries)


def _entries(module: Module, answer: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    if module.name == "watchlistraw":  # beside `query`, not in it
        yield from answer.get("watchlistraw", ())
        return
    entries = answer.get("query", {}).get(module.name, ())
    for entry in entries.get("results", ()) if module.name == "querypage" else entries:
        yield entry
        yield from entry.get("redirlinks", ())  # `redirect: true`: what links to a redirect, below it
