"""What only the wiki can judge in a `where`, before anything is found: its namespaces, titles, tags, levels and models.

A name that the wiki lacks would hold of nothing, and its opposite of everything: the plan is refused. A category, template,
page or user may be missing for a while: that is a warning.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime

from runner.errors import PlanRefused
from runner.sources import reading
from runner.sources.nearest import did_you_mean
from runner.sources.source import Source, all_sources, with_where
from runner.where.conditions import Choice, Edit, Leaf, Members, Property, Protection, leaves
from runner.where.fix import fix_ages, fix_numbers, fix_titles
from runner.where.needs import MEMBERS
from runner.wiki.answer import told, understood
from runner.wiki.query import Read, answers, ask, chunks, first_batch

Number = Callable[[int | str], int | None]
PREFIXES = {"categories": (14, "Category:"), "templates": (0, "Template:")}


def fix_where(source: Source, now: datetime, number: Number) -> Source:
    """The source with the ages and namespaces of its conditions fixed; `number` gives a namespace's, None if the wiki lacks
    it, which raises `PlanRefused`."""

    def known(namespace: int | str) -> int:
        found = number(namespace)
        if found is None:
            raise PlanRefused(f"where: the wiki has no namespace `{namespace}`")
        return found

    return with_where(source, lambda condition: fix_numbers(fix_ages(condition, now), known))


def settle_where(
    source: Source, read: Read, batch: int, *, unnamed: bool
) -> tuple[Source, list[str]]:  # fmt: skip
    """The source with the titles of its conditions as the wiki writes them, and warnings, in which users may have to go
    `unnamed`; raises `PlanRefused`."""
    found = [leaf for one in all_sources(source) if one.where for leaf in leaves(one.where)]
    settling = _Settling(read=read, batch=batch, unnamed=unnamed)
    settling.check(found)
    titles = settling.titles(found)

    return with_where(source, lambda condition: fix_titles(condition, titles)), settling.warnings


@dataclass(frozen=True, slots=True, kw_only=True)
class _Settling:
    read: Read
    batch: int
    unnamed: bool
    warnings: list[str] = field(default_factory=list)

    def check(self, found: Sequence[Leaf]) -> None:
        """Every name that is not a title."""
        self._refuse("tag", _members(found, "tags"), self._known_tags)
        self._refuse("group of users", _members(found, "groups"), self._known_groups)
        self._refuse("content model", _values(found, "content_model"), self._known_models)
        self._refuse_log_types(_values(found, "log_type"))
        self._protections([leaf for leaf in found if isinstance(leaf, Protection)])
        self._users(sorted({*_values(found, "user"), *_editors(found)}))
        self._types(sorted({name for name in _values(found, "file_type") if not name.endswith("/*")}))
        self._properties(sorted({leaf.name for leaf in found if isinstance(leaf, Property)}))

    def titles(self, found: Sequence[Leaf]) -> dict[tuple[str, str], str]:
        """The wiki's own writing of each title, by the fact that it is about and as it was written."""
        settled: dict[tuple[str, str], str] = {}
        for fact in MEMBERS:
            names = sorted({name for leaf in found if isinstance(leaf, Members) and leaf.fact == fact for name in leaf.names})
            for part in chunks(names, self.batch):
                settled |= {(fact, name): title for name, title in self._titles(fact, part)}
        return settled

    def _titles(self, fact: str, names: Sequence[str]) -> Iterator[tuple[str, str]]:
        """A category may be written without its namespace; a template, too, as on a page that uses it."""
        prefixed = dict.fromkeys(names)
        pages = self._pages(names)
        namespace, prefix = PREFIXES.get(fact, (None, ""))
        bare = [name for name in prefixed if fact in PREFIXES and _is_bare(fact, name, pages[name], namespace)]
        pages |= dict(zip(bare, self._pages([prefix + name for name in bare]).values(), strict=True))
        for name, page in pages.items():
            if page.get("missing"):
                self.warnings.append(f"where: {fact}: there is no page {page['title']}")
            yield name, str(page["title"])

    def _pages(self, names: Sequence[str]) -> dict[str, Mapping[str, object]]:
        if not names:
            return {}
        query = first_batch(self.read, reading.titles_query(names, redirects=False, converttitles=False))
        with understood():
            titles = reading.read_titles(query)
        found = {name: titles.pages.get(titles.final(name), {"invalid": True}) for name in names}
        for name, page in found.items():
            if page.get("invalid"):
                raise PlanRefused(f"where: `{name}` can be no page of this wiki")
        return found

    def _refuse(self, what: str, names: Sequence[str], known: Callable[[], Iterable[str]]) -> None:
        there = set(known()) if names else set()
        for name in names:
            if name not in there:
                raise _lacking(what, name, there)

    def _known_tags(self) -> Iterator[str]:
        for answer in answers(self.read, {"action": "query", "list": "tags", "tglimit": "max"}):
            with understood():
                yield from (str(tag["name"]) for tag in answer["query"]["tags"])

    def _known_groups(self) -> Iterator[str]:
        answer = ask(self.read, {"action": "query", "meta": "siteinfo", "siprop": "usergroups"})
        with understood():
            yield from (str(group["name"]) for group in answer["query"]["usergroups"])

    def _known_models(self) -> Iterator[str]:
        answer = ask(self.read, {"action": "paraminfo", "modules": "edit"})
        with understood():
            for parameter in answer["paraminfo"]["modules"][0]["parameters"]:
                if parameter["name"] == "contentmodel":
                    yield from map(str, parameter["type"])

    def _protections(self, found: Sequence[Protection]) -> None:
        levels = [one for protection in found for one in protection.levels]
        if not levels:
            return
        answer = ask(self.read, {"action": "query", "meta": "siteinfo", "siprop": "restrictions"})
        with understood():
            known = answer["query"]["restrictions"]
            kinds, names = (list(filter(None, map(str, known[name]))) for name in ("types", "levels"))
        self._refuse("kind of protection", [kind for kind, _ in levels], lambda: kinds)
        named = [name for _, one in levels if not isinstance(one, bool) for name in one]
        self._refuse("level of protection", named, lambda: names)

    def _refuse_log_types(self, names: Sequence[str]) -> None:
        """What an extension logs may be told as `type/*` alone."""
        logs, actions = self._known_logs() if names else ((), ())
        for name in names:
            log, slash, action = name.partition("/")
            known = [log, f"{log}/*"] if log in logs else []
            free = bool(known) and f"{log}/*" in actions and action
            if name not in (*known, *actions) and not free:
                near = [*actions, *(f"{one}/*" for one in logs)] if slash else logs
                raise _lacking("log type", name, near)

    def _known_logs(self) -> tuple[Sequence[str], Sequence[str]]:
        """The logs, and the actions in them."""
        answer = ask(self.read, {"action": "paraminfo", "modules": "query+logevents"})
        told = {each["name"]: each.get("type") for each in answer["paraminfo"]["modules"][0]["parameters"]}
        return list(filter(None, told["type"])), list(told["action"])

    def _types(self, names: Sequence[str]) -> None:
        """A wiki that searches no files by their type does not tell."""
        for name in names:
            query = {"action": "query", "list": "allimages", "aimime": name, "ailimit": "1"}
            with suppress(PlanRefused):
                if not first_batch(self.read, query).get("allimages"):
                    self.warnings.append(f"where: no file of the wiki has the type {name}")

    def _users(self, names: Sequence[str]) -> None:
        for part in chunks(names, self.batch):
            query = first_batch(self.read, {"action": "query", "list": "users", "ususers": reading.several(part)})
            missing = told(entry["name"] for entry in query.get("users", ()) if entry.get("missing"))
            named = ("such user" if self.unnamed else f"user {name}" for name in missing)
            self.warnings.extend(f"where: there is no {one}" for one in named)

    def _properties(self, names: Sequence[str]) -> None:
        if not names:
            return
        query = {"action": "query", "list": "pagepropnames", "ppnlimit": "max"}
        found = answers(self.read, query)
        used = set(told(str(entry["propname"]) for answer in found for entry in answer["query"]["pagepropnames"]))
        self.warnings.extend(f"where: no page has the property {name}" for name in names if name not in used)


def _lacking(what: str, name: str, known: Iterable[str]) -> PlanRefused:
    return PlanRefused(f"where: the wiki has no {what} `{name}`", hint=did_you_mean(name, sorted(known)))


def _is_bare(fact: str, name: str, page: Mapping[str, object], namespace: int | None) -> bool:
    if fact == "categories":
        return page.get("ns") != namespace
    return page.get("ns") == namespace and not name.startswith(":")


def _members(found: Sequence[Leaf], fact: str) -> list[str]:
    return [name for leaf in found if isinstance(leaf, Members) and leaf.fact == fact for name in leaf.names]


def _values(found: Sequence[Leaf], fact: str) -> list[str]:
    return [value for leaf in found if isinstance(leaf, Choice) and leaf.fact == fact for value in leaf.values]


def _editors(found: Sequence[Leaf]) -> list[str]:
    return [name for leaf in found if isinstance(leaf, Edit) for name in (*leaf.by, *leaf.not_by)]
