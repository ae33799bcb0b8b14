"""The questions that give the facts of a condition, and the reading of their answers. Pure.

https://www.mediawiki.org/wiki/API:Info, API:Revisions, API:Pageprops, API:Imageinfo, API:Categories, API:Templates,
API:Links, API:Linkshere and API:Fileusage.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from runner.model import FILE_NAMESPACE, Ref
from runner.sources.reading import Parameters, page_parameters, read_titles, several
from runner.where.catalogue import Group
from runner.where.needs import Needs

# The property module, its prefix, and the parameter that restricts it to what is named.
MODULES = {"categories": ("categories", "cl", "clcategories"), "templates": ("templates", "tl", "tltemplates")}
MODULES |= {"links_to": ("links", "pl", "pltitles")}
COUNTS = {"links_here": ("linkshere", "lh"), "usage": ("fileusage", "fu")}

MOST_PROPERTIES = 50
_REVISION_PROPS = {"made": "timestamp", "user": "user", "comment": "comment", "tags": "tags", "minor": "flags", "size": "size"}


def page_query(pages: Sequence[Ref], needs: Needs) -> Parameters:
    """Everything about pages that needs no continuation."""
    facts = needs.facts[Group.PAGE]
    query = {"action": "query", "prop": "info", **page_parameters(pages)}
    if told := facts & {"protection", "watchers"}:
        query["inprop"] = "|".join(sorted(told))
    if "last_edit" in facts:
        query["prop"] += "|revisions"
        query["rvprop"] = "ids|timestamp" + ("|user" if "last_edit" in needs.users else "")
    if "page_property" in facts:
        query["prop"] += "|pageprops"
        if len(needs.properties) <= MOST_PROPERTIES:
            query["ppprop"] = several(needs.properties)
    if facts & {"file_size", "file_type"}:
        query["prop"] += "|imageinfo"
        query["iiprop"] = "size|mime"
    return query


def page_facts(page: Mapping[str, Any]) -> dict[str, Any]:
    """The facts of one page of the answer; a page that does not exist has few."""
    facts: dict[str, Any] = {"exists": exists(page)}
    if "protection" in page:
        facts["protection"] = {(str(entry["type"]), str(entry["level"])) for entry in page["protection"]}
    if "watchers" in page:
        facts["watchers"] = page["watchers"]
    for image in page.get("imageinfo", ())[:1]:
        facts |= {"file_size": image["size"]} if "size" in image else {}
        facts |= {"file_type": image["mime"]} if "mime" in image else {}
    if not facts["exists"]:
        return facts
    facts["redirect"] = bool(page.get("redirect"))
    facts |= {"size": page["length"]} if "length" in page else {}
    facts |= {"content_model": page["contentmodel"]} if "contentmodel" in page else {}
    facts["page_property"] = page.get("pageprops", {})
    for revision in page.get("revisions", ())[:1]:
        facts["last_edit"] = edit(revision)
    return facts


def exists(page: Mapping[str, Any]) -> bool:
    """Whether there is such a page on this wiki."""
    return not (page.get("missing") or page.get("invalid") or page.get("special"))


def edit(revision: Mapping[str, Any]) -> dict[str, str]:
    """Time and user of a revision, as far as they are told."""
    return {name: str(revision[name]) for name in ("timestamp", "user") if name in revision}


def members_query(pages: Sequence[Ref], fact: str, names: Sequence[str]) -> Parameters:
    """Which of the names each page is in, uses or links to."""
    module, prefix, restrict = MODULES[fact]
    return {
        "action": "query",
        "prop": module,
        restrict: several(names),
        f"{prefix}limit": "max",
        **page_parameters(pages),
    }


def members_of(page: Mapping[str, Any], fact: str) -> set[str]:
    """The titles found."""
    return {str(entry["title"]) for entry in page.get(MODULES[fact][0], ())}


def count_query(pages: Sequence[Ref], fact: str) -> Parameters:
    """Every link to these pages, by ids alone."""
    module, prefix = COUNTS[fact]
    return {"action": "query", "prop": module, f"{prefix}prop": "pageid", f"{prefix}limit": "max", **page_parameters(pages)}


def countable(page: Mapping[str, Any], fact: str) -> bool:
    """Whether a page can have such links: only a file is used as one."""
    return fact != "usage" or page.get("ns") == FILE_NAMESPACE


def history_query(page: Ref, needs: Needs, most: int) -> Parameters:
    """The first revisions of one page, the oldest first; as many as the count needs. `most` is the wiki's limit."""
    facts = needs.facts[Group.HISTORY]
    wanted = needs.enough["revisions"] if "revisions" in facts else 1
    return {
        "action": "query",
        "prop": "revisions",
        "rvdir": "newer",
        "rvlimit": str(wanted) if wanted <= most else "max",
        "rvprop": "ids|timestamp" + ("|user" if "creation" in needs.users else ""),
        **page_parameters([page]),
    }


def revision_query(revids: Sequence[int], needs: Needs) -> Parameters:
    """Revisions by id, with the parts that conditions are about."""
    facts = needs.facts.get(Group.REVISION, frozenset())
    parts = {_REVISION_PROPS[fact] for fact in facts} | ({"user"} if "made" in needs.users else set())
    return _by_revids(revids, "|".join(["ids", *sorted(parts)]))


def size_query(revids: Sequence[int]) -> Parameters:
    """The sizes of revisions."""
    return _by_revids(revids, "ids|size")


def text_query(revids: Sequence[int]) -> Parameters:
    """The texts of revisions."""
    return {**_by_revids(revids, "ids|content"), "rvslots": "main"}


def _by_revids(revids: Sequence[int], props: str) -> Parameters:
    return {"action": "query", "prop": "revisions", "rvprop": props, "revids": several(revids)}


def revision_facts(page: Mapping[str, Any], revision: Mapping[str, Any]) -> dict[str, Any]:
    """The facts of one revision; what is hidden from us is absent."""
    facts: dict[str, Any] = {"title": page["title"], "namespace": page["ns"]}
    facts |= {"made": made} if (made := edit(revision)) else {}
    facts |= {name: revision[name] for name in ("user", "comment", "size") if name in revision}
    facts["minor"] = bool(revision.get("minor"))
    facts |= {"tags": set(revision["tags"])} if "tags" in revision else {}
    return facts


def text_of(revision: Mapping[str, Any]) -> str | None:
    """The main text of a revision; None if it is hidden or lost."""
    content = revision.get("slots", {}).get("main", {}).get("content")
    return content if isinstance(content, str) else None


class Pages:
    """The pages of an answer, found by what was asked."""

    def __init__(self, query: Mapping[str, Any]) -> None:
        self._titles = read_titles(query)
        self._ids = {page["pageid"]: page for page in query.get("pages", ()) if "pageid" in page}

    def of(self, ref: Ref) -> Mapping[str, Any] | None:
        """The page that a ref means."""
        by_id = self._ids.get(ref.pageid) if ref.pageid is not None else None
        return by_id or self._titles.pages.get(self._titles.final(ref.title))
