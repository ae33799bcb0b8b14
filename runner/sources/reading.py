"""What to ask the wiki for a source, and how to read the answers: pure pairs of parameters and readers.

The plain continuation and the batching are the caller's. Every answer is in `formatversion=2`.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from runner.model import Blocked, Item, Ref
from runner.multivalue import join
from runner.sources.catalogue import ModuleSpec
from runner.sources.source import Module

Parameters = dict[str, str]


def several(values: Iterable[object]) -> str:
    """A list of values, as one parameter takes it."""
    return join(values)


def parameters_of(spec: ModuleSpec, module: Module, prefix: str) -> Parameters:
    return {prefix + spec.prefix + name: value for name, value in module.params.items()}


def generator_query(module: Module) -> Parameters:
    """`generator=NAME` with the largest page size."""
    spec = module.spec
    return {
        "action": "query",
        "generator": module.name,
        **parameters_of(spec, module, "g"),
        **({"gadrgeneratetitles": "1"} if module.name == "alldeletedrevisions" else {}),
        **({f"g{spec.prefix}limit": "max"} if spec.paged else {}),
    }


def property_query(module: Module, targets: Sequence[Ref], *, pages: bool) -> Parameters:
    """`prop=NAME` on these pages: unlike the generator it tells which result came from which page.

    `pages` says that pages are wanted and not revisions: then one revision of a page is enough, and without any condition
    that is the last one, which needs no limit (with a limit the wiki takes one page a request).
    """
    spec = module.spec
    limit = {f"{spec.prefix}limit": "max"}
    if module.name == "revisions" and pages:
        limit = {"rvlimit": "1"} if module.params else {}
    return {
        "action": "query",
        "prop": module.name,
        **parameters_of(spec, module, ""),
        **limit,
        **_IDS.get(module.name, {}),
        **page_parameters(targets),
    }


_IDS: Mapping[str, Parameters] = {"revisions": {"rvprop": "ids"}, "deletedrevisions": {"drvprop": "ids"}}


def page_parameters(pages: Sequence[Ref | Item]) -> Parameters:
    """Name the pages, by id where all have one."""
    if all(page.pageid is not None for page in pages):
        return {"pageids": several(page.pageid for page in pages)}
    return {"titles": several(page.title for page in pages)}


def read_pages(query: Mapping[str, Any]) -> Iterator[Ref]:
    """The pages of a generator's batch, in a stable order: by the module's index, then by page id, then by title."""
    pages = sorted(
        query.get("pages", ()),
        key=lambda page: (page.get("index", 0), page.get("pageid", 1 << 60), page.get("title", "")),
    )
    # A log entry on the watchlist, of which there is no page, comes as a page with the id 0.
    yield from (page_ref(page) for page in pages if page.get("pageid") != 0)
    for entry in query.get("interwiki", ()):
        yield Ref(title=entry["title"], problem=Blocked(code="interwiki", detail="the title is on another wiki"))


def page_ref(page: Mapping[str, Any]) -> Ref:
    """A page as the API names it, with what makes it impossible to act on."""
    return Ref(
        title=str(page.get("title", "")),
        ns=page.get("ns"),
        pageid=page.get("pageid"),
        problem=page_problem(page),
    )


def page_problem(page: Mapping[str, Any]) -> Blocked | None:
    """Why nothing can be done with a page that the API lists."""
    if page.get("invalid"):
        reason = page.get("invalidreason", {})
        return Blocked(code="invalid", detail=reason.get("text", "") if isinstance(reason, Mapping) else str(reason))
    if page.get("special") or (page.get("ns") or 0) < 0:
        return Blocked(code="special", detail="a special page is no page that can be changed")
    if page.get("missing"):
        return Blocked(code="missing", detail="the page does not exist")
    return None


# Their entries are revisions of the page that was asked about, not other pages.
NESTED = frozenset({"revisions", "deletedrevisions"})


class Parents:
    """Finds the page that was asked about: by its id, which stays, or by its title."""

    def __init__(self, refs: Sequence[Ref]) -> None:
        self._by_id: dict[object, Ref] = {ref.pageid: ref for ref in refs if ref.pageid is not None}
        self._by_title = {ref.title: ref for ref in refs}
        self._places = {ref.title: place for place, ref in enumerate(refs)}

    def of(self, page: Mapping[str, Any]) -> Ref | None:
        """The ref that a page of the answer stands for."""
        return self._by_id.get(page.get("pageid")) or self._by_title.get(page.get("title", ""))

    def ordered(self, query: Mapping[str, Any]) -> list[Mapping[str, Any]]:
        """The answer's pages, in the order in which they were asked about."""
        return sorted(query.get("pages", ()), key=lambda page: self._places.get(page.get("title", ""), len(self._places)))


def read_property(module: Module, query: Mapping[str, Any], parents: Parents) -> Iterator[Ref]:
    """What a property module lists for each page."""
    for page in parents.ordered(query):
        parent = parents.of(page)
        if module.name in NESTED and page.get(module.name):
            yield page_ref(page).derived(parent)
            continue
        for entry in page.get(module.name, ()):
            yield _linked(module, entry, page).derived(parent)


def _linked(module: Module, entry: Mapping[str, Any], page: Mapping[str, Any]) -> Ref:
    if module.name == "duplicatefiles":
        # Its name lacks the namespace, which the page that it duplicates has in the wiki's own language.
        prefix = str(page["title"]).partition(":")[0]
        return Ref(title=f"{prefix}:{entry['name'].replace('_', ' ')}", ns=page.get("ns"))
    return Ref(title=entry.get("title", ""), ns=entry.get("ns"), pageid=entry.get("pageid"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Titles:
    """How the wiki understood titles that were asked for."""

    renamed: Mapping[str, str]
    redirects: frozenset[str]
    pages: Mapping[str, Mapping[str, Any]]
    interwiki: frozenset[str]

    def tells_of(self, title: str) -> bool:
        """Whether the answer says anything of a page of this wiki that goes by this title."""
        return self.final(unicodedata.normalize("NFC", title)) in self.pages

    def final(self, title: str) -> str:
        """Follow normalisation, conversion and redirects."""
        seen = {title}
        while (title := self.renamed.get(title, title)) not in seen:
            seen.add(title)
        return title

    def through(self, title: str) -> str:
        """The first redirect that was followed from a title, if any."""
        seen: set[str] = set()
        while title not in self.redirects and title in self.renamed and title not in seen:
            seen.add(title)
            title = self.renamed[title]
        return title if title in self.redirects else ""


def titles_query(titles: Sequence[str], *, redirects: bool, converttitles: bool) -> Parameters:
    """Ask how the wiki reads these titles."""
    parameters = {"action": "query", "titles": several(titles)}
    if redirects:
        parameters["redirects"] = "1"
    if converttitles:
        parameters["converttitles"] = "1"
    return parameters


def read_titles(query: Mapping[str, Any]) -> Titles:
    """The maps of one answer to `titles_query`."""
    renamed: dict[str, str] = {}
    for kind in ("normalized", "converted", "redirects"):
        for entry in query.get(kind, ()):
            renamed[entry["from"]] = entry["to"]
    return Titles(
        renamed=renamed,
        redirects=frozenset(entry["from"] for entry in query.get("redirects", ())),
        pages={page["title"]: page for page in query.get("pages", ()) if "title" in page},
        interwiki=frozenset(entry["title"] for entry in query.get("interwiki", ())),
    )


def resolve_titles(refs: Iterable[Ref], titles: Titles) -> Iterator[Ref]:
    """Each ref as the page that its title means, in the order given."""
    for ref in refs:
        if ref.problem or not ref.title:
            yield ref
            continue
        asked = unicodedata.normalize("NFC", ref.title)
        final = titles.final(asked)
        page = titles.pages.get(final)
        if page is not None:
            through = titles.through(asked) or ref.through
            yield replace(page_ref(page).derived(ref), through=through, origin=ref.origin, number=ref.number)
        elif final in titles.interwiki:
            problem = Blocked(code="interwiki", detail="the title is on another wiki")
            yield Ref(title=final, problem=problem).derived(ref)
        else:
            yield replace(ref, problem=Blocked(code="unknown", detail="the wiki said nothing about this title"))


def read_revision_ids(query: Mapping[str, Any], name: str, parents: Parents) -> Iterator[Ref]:
    """Revision ids of `prop=revisions`, `list=allrevisions` (both nested in pages) or `list=usercontribs`."""
    if name == "usercontribs":
        for entry in query.get(name, ()):
            yield Ref(
                kind="revisions", revid=entry["revid"], pageid=entry.get("pageid"), title=entry.get("title", ""),
                ns=entry.get("ns"),
            )  # fmt: skip
        return
    for page in query.get("allrevisions" if name == "allrevisions" else "pages", ()):
        for revision in page.get("revisions", ()):
            yield Ref(
                kind="revisions",
                revid=revision["revid"],
                pageid=page.get("pageid"),
                title=page.get("title", ""),
                ns=page.get("ns"),
            ).derived(parents.of(page))


def named(title: str) -> Ref:
    """A title as a user wrote it. One with a section would mean the whole page to the wiki, and be deleted whole."""
    if "#" in title:
        problem = Blocked(code="invalid", detail="a title with `#` means a part of a page; write the page alone")
        return Ref(title=title, problem=problem)
    return Ref(title=title)


def unknown_revision(revid: object) -> Ref:
    """A revision id that the wiki does not know, where a page was wanted."""
    return Ref(title=f"revision {revid}", problem=Blocked(code="missing", detail=f"there is no revision {revid}"))
