"""`purge: {direct: true}`: what the wiki itself can be handed. Everything that Wikimop does to a source is out of its reach."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from runner.playbook.conform import sources_of
from runner.playbook.document import Path
from runner.playbook.messages import Mistake
from runner.playbook.steps import Context, contexts
from runner.playbook.wording import listed, quote
from runner.sources.catalogue import Modules
from runner.sources.keys import parameters
from runner.sources.source import OPEN, telling
from runner.sources.words import HEADS, WORDS

NAMED = ("titles", "pageids", "revids")
ABLE = ("generator", *NAMED)
WITHOUT = "Remove it, or remove `direct`: then Wikimop finds the pages itself, and the plan shows them."
_FOLLOWED = ("of", "redirects", "converttitles")


def check_direct(value: Mapping[str, Any], modules: Modules) -> Iterator[Mistake]:
    """Every mistake of this kind, in a playbook that may be wrong in other ways, too."""
    direct: set[object] = set()
    discreet = any(kind not in OPEN for context in contexts(value.get("steps")) for kind in context.sources())
    for context in contexts(value.get("steps")):
        for source, path in _sources(context):
            if source.get("step") in direct and isinstance(source.get("step"), str):
                message = f"Which pages the step {quote(source['step'])} purges only the wiki knows: it is `direct`."
                hint = "Name the pages here as they are named there, or remove `direct` there."
                yield _mistake((*path, "step"), message, hint)
        if not _is_direct(context):
            continue
        direct.add(context.step.get("id"))
        yield from _step(context)
        if discreet:
            yield from _telling(context, modules)
        if value.get("never_touch"):
            message = "`never_touch` cannot be held against pages that only the wiki knows."
            hint = "Remove `direct`, or put the step into a playbook of its own."
            yield _mistake((*context.path, "purge", "direct"), message, hint)


def _is_direct(context: Context) -> bool:
    options = context.step.get("purge")
    return isinstance(options, dict) and options.get("direct") is True


def _sources(context: Context) -> Iterator[tuple[dict[str, Any], Path]]:
    for kind in context.sources():
        yield from sources_of(context.step[kind], (*context.path, kind))


def _step(context: Context) -> Iterator[Mistake]:
    source = context.step.get("pages")
    if not isinstance(source, dict):
        return
    path = (*context.path, "pages")
    heads = [head for head in HEADS["pages"] if head in source]
    if heads and heads[0] not in ABLE:
        message = f"`direct` hands the source to the wiki itself, which has no {quote(heads[0])}."
        yield _mistake((*path, heads[0]), message, f"Use {listed(ABLE, 'or')}, or remove `direct`.")
        return
    if source.get("generator") == "random":
        hint = "Remove `direct`: with a `limit` Wikimop takes so many."
        yield _mistake((*path, "generator"), "`random` has no end, and the wiki knows no `limit`.", hint)
        return
    for word in WORDS["pages"]:
        if word in source and word not in _FOLLOWED:
            message = f"`direct` hands the source to the wiki itself, which knows no {quote(word)}."
            yield _mistake((*path, word), message, WITHOUT)
    yield from _named(source, path, follows=source.get("redirects") is True)
    if isinstance(source.get("of"), dict):
        yield from _of(source["of"], (*path, "of"), follows=source.get("redirects") is True)


def _telling(context: Context, modules: Modules) -> Iterator[Mistake]:
    """What the query says, and so the plan, of something that another step may hide."""
    source = context.step.get("pages")
    for key, name in parameters("pages", source, modules) if isinstance(source, dict) else ():
        if name in telling("pages"):
            message = f"{quote(key)} may say what another step hides, and the plan holds the query of a `direct` step as it is."
            hint = "Remove `direct`: then the plan withholds it. Or put the step into a playbook of its own."
            yield _mistake((*context.path, "pages", key), message, hint)


def _of(source: Mapping[str, Any], path: Path, *, follows: bool) -> Iterator[Mistake]:
    """The pages that a property generator works on: the wiki takes them by name."""
    for key in source:
        if key not in NAMED:
            message = f"`direct` hands the source to the wiki itself, which knows no {quote(key)} in `of`."
            hint = f"`of` may hold {listed(NAMED, 'or')} here. Or remove `direct`."
            yield _mistake((*path, key), message, hint)
    yield from _named(source, path, follows=follows)


def _named(source: Mapping[str, Any], path: Path, *, follows: bool) -> Iterator[Mistake]:
    if follows and "revids" in source:
        message = "The wiki follows no redirects from revision ids."
        yield _mistake((*path, "revids"), message, "Name the pages, or remove `redirects`.")
    titles = source.get("titles")
    for index, title in enumerate(titles if isinstance(titles, list) else []):
        if isinstance(title, str) and "#" in title:
            message = f"{quote(title)} means a part of a page; the wiki would purge the page."
            yield _mistake((*path, "titles", index), message, "Write the page alone.")


def _mistake(path: Path, message: str, hint: str) -> Mistake:
    return Mistake(path=path, code="direct", message=message, hint=hint)
