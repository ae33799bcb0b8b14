"""What a schema cannot say of steps: one source and one action, what fits together, and what may be referred to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from runner.actions import ACTIONS
from runner.model import Kind
from runner.playbook.conform import sources_of
from runner.playbook.document import Path
from runner.playbook.messages import Mistake
from runner.playbook.wording import listed, quote
from runner.sources.nearest import nearest
from runner.sources.words import HEADS, SETS

SOURCES: tuple[Kind, ...] = tuple(HEADS)
_WORDS = ("id", "name", "when", "fresh")
_EXAMPLES = {"source": "pages: {titles: [Main Page]}", "action": "purge: {}"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """One step among all. `first` is where each id stands first."""

    index: int
    step: Mapping[str, Any]
    steps: Sequence[Mapping[str, Any]]
    first: Mapping[str, int]

    @property
    def path(self) -> Path:
        """Where it stands."""
        return ("steps", self.index)

    def sources(self) -> list[Kind]:
        """The kinds of source that it names."""
        return [kind for kind in SOURCES if kind in self.step]

    def earlier(self, step: object) -> Mapping[str, Any] | None:
        """The step of this id, if it stands before this one."""
        index = self.first.get(step, self.index) if isinstance(step, str) else self.index
        return self.steps[index] if index < self.index else None

    def actions(self) -> list[str]:
        """The actions that it names."""
        return [name for name in ACTIONS if name in self.step]


def contexts(steps: Any) -> Iterator[Context]:  # noqa: ANN401  # a JSON value, perhaps a wrong one
    """Every step that is a mapping."""
    found = [step if isinstance(step, dict) else {} for step in steps] if isinstance(steps, list) else []
    first: dict[str, int] = {}
    for index, step in enumerate(found):
        if isinstance(step.get("id"), str):
            first.setdefault(step["id"], index)
    return (Context(index=index, step=step, steps=found, first=first) for index, step in enumerate(found) if step)


def check_steps(steps: Any) -> Iterator[Mistake]:  # noqa: ANN401  # a JSON value, perhaps a wrong one
    """Every mistake of this kind, in a value that may be wrong in other ways, too."""
    for context in contexts(steps):
        yield from _identity(context)
        yield from _one(context, "source", context.sources(), SOURCES)
        yield from _one(context, "action", context.actions(), tuple(ACTIONS))
        yield from _fit(context)
        for kind in context.sources():
            for source, path in sources_of(context.step[kind], (*context.path, kind)):
                yield from _origin(context, kind_of(path), source, path)


def refer(context: Context, step: str) -> tuple[str, str] | None:
    """Why a step cannot be referred to from here, and what to write; None if it can."""
    if context.earlier(step) is not None:
        return None
    if step == context.step.get("id"):
        return "A step cannot refer to itself.", "Refer to an earlier step."
    if step in context.first:
        return f"The step {quote(step)} comes later.", "Steps run from top to bottom: move it above this one."
    earlier = [name for name, index in context.first.items() if index < context.index]
    near = nearest(step, earlier)
    known = f"Earlier steps: {listed(earlier)}." if earlier else "There is no step before this one."
    return f"There is no step {quote(step)}.", f"Did you mean `{near}`?" if near else known


def _identity(context: Context) -> Iterator[Mistake]:
    if context.earlier(context.step.get("id")) is not None:
        message = f"A step above is called {quote(context.step['id'])}, too."
        yield Mistake(path=(*context.path, "id"), code="duplicate-id", message=message, hint="Give each step its own id.")
    if context.step.get("fresh") is True and context.index == 0:
        message = "The first step cannot begin a new stage: nothing stands before it."
        yield Mistake(path=(*context.path, "fresh"), code="fresh-first", message=message, hint="Remove it.", key=True)


def _one(context: Context, what: str, found: Sequence[str], known: Sequence[str]) -> Iterator[Mistake]:
    if len(found) > 1:
        message = f"A step has one {what}; this one has {listed(found)}."
        hint = "Keep one, and make a step of its own of the other: it can take the same items with `step:`."
        last = max(found, key=list(context.step).index)
        yield Mistake(path=(*context.path, last), code=f"two-{what}s", message=message, hint=hint, key=True)
    if not found and not _perhaps_misspelt(context):
        message = f"This step has no {what}."
        hint = f"Add one of {listed(known, 'or')}, as in `{_EXAMPLES[what]}`."
        yield Mistake(path=context.path, code=f"no-{what}", message=message, hint=hint)


def _perhaps_misspelt(context: Context) -> bool:
    """An unknown key may be the source or the action that is missed: it is told of once, as an unknown key."""
    known = (*_WORDS, *SOURCES, *ACTIONS)
    return any(key not in known and nearest(key, known) not in _WORDS for key in context.step)


def _fit(context: Context) -> Iterator[Mistake]:
    if len(context.sources()) != 1 or len(context.actions()) != 1:
        return
    kind, action = context.sources()[0], ACTIONS[context.actions()[0]]
    path = (*context.path, action.name)
    if kind not in action.takes:
        able = [other.name for other in ACTIONS.values() if kind in other.takes]
        message = f"`{action.name}` works on {listed(sorted(action.takes))}, not on `{kind}`."
        yield Mistake(path=path, code="takes", message=message, hint=f"`{kind}` are for {listed(able, 'or')}.", key=True)
    source = context.step[kind]
    if action.name == "delete" and isinstance(source, dict):
        yield from _deletion(context, kind, source)


def _deletion(context: Context, kind: str, source: Mapping[str, Any]) -> Iterator[Mistake]:
    top = (*context.path, kind)
    for inner, path in sources_of(source, top):
        # What is left out may be found through redirects.
        if inner.get("redirects") is True and "except" not in path[len(top) :]:
            message = "A redirect is never followed for a delete: the wrong page would go."
            hint = "Remove it, or find the targets in a step of their own and look at them."
            yield Mistake(path=(*path, "redirects"), code="delete-redirects", message=message, hint=hint, key=True)
    for one, path in _its_pages(source, top):
        origin = context.earlier(one.get("step")) or {}
        records = [other for other in SOURCES if other in origin and other not in ("pages", "deleted_pages")]
        if kind == "pages" and records:
            what = records[0].replace("_", " ")
            message = f"The step {quote(one['step'])} works on {what}; this would delete their whole pages."
            hint = "Name the pages to delete with a generator or `titles:`."
            yield Mistake(path=(*path, "step"), code="delete-revisions", message=message, hint=hint)


def _its_pages(source: Any, path: Path) -> Iterator[tuple[Mapping[str, Any], Path]]:  # noqa: ANN401  # a JSON value
    """A source and those in it whose own pages it gives: the members of a set, and what revisions are asked of."""
    if not isinstance(source, dict):
        return
    yield source, path
    for key in SETS:
        inner = source.get(key)
        for number, one in enumerate(inner if isinstance(inner, list) else []):
            yield from _its_pages(one, (*path, key, number))
    if source.get("generator") in ("revisions", "deletedrevisions"):
        yield from _its_pages(source.get("of"), (*path, "of"))


def _origin(context: Context, kind: Kind, source: Mapping[str, Any], path: Path) -> Iterator[Mistake]:
    step = source.get("step")
    if not isinstance(step, str):
        return
    wrong = refer(context, step)
    if wrong:
        yield Mistake(path=(*path, "step"), code="unknown-step", message=wrong[0], hint=wrong[1])
        return
    origin = context.earlier(step) or {}
    found = next((one for one in SOURCES if one in origin), kind)
    if kind not in (found, "pages") and not (kind == "deleted_pages" and "delete" in origin and found == "pages"):
        message = f"The step {quote(step)} works on {found.replace('_', ' ')}; these are {kind.replace('_', ' ')}."
        hint = _OF_PAGES.get(kind, f"Name a step that works on {kind}, or find them otherwise.")
        yield Mistake(path=(*path, "step"), code="step-kind", message=message, hint=hint)
    elif kind == "deleted_pages" and found == "pages" and not _is_later_stage(context, step):
        message = f"What the step {quote(step)} deletes is not in the archive yet when this step is planned."
        hint = "Add `fresh: true` to this step: it is planned when the step above has been carried out."
        yield Mistake(path=(*path, "step"), code="step-stage", message=message, hint=hint)


_OF_PAGES = {
    "revisions": "Use `generator: revisions` with `of: {step: ...}`.",
    "deleted_revisions": "Use `generator: deletedrevisions` with `of: {step: ...}`.",
    "file_versions": "Use `of: {step: ...}`.",
}


def _is_later_stage(context: Context, step: str) -> bool:
    """Whether a stage begins between an earlier step and this one."""
    return any(one.get("fresh") is True for one in context.steps[context.first[step] + 1 : context.index + 1])


def kind_of(path: Path) -> Kind:
    """`of` is always a page source; `except` is of the kind of what it stands in."""
    kind = next(kind for kind in SOURCES if kind == path[2])
    return "pages" if "of" in path[3:] else kind
