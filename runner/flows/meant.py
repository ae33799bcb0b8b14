"""What a source finds held against what was meant by it: a name in `except` that leaves nothing out, and what is in another
namespace than was asked for. Either would let a page be acted on that was not meant."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from runner.errors import PlanRefused
from runner.kinds import KINDS
from runner.model import Ref
from runner.sources.namespaces import SEARCHES, strays
from runner.sources.source import File, LogIds, Module, Names, PageIds, RevIds, Titles

Listed = Titles | PageIds | RevIds | LogIds | Names | File
Warn = Callable[[str], None]


def useful(head: Listed, found: Iterator[Ref], warn: Warn) -> Iterator[Ref]:
    """What is named in an `except`. Raises `PlanRefused` for what can be none of this kind: whoever leaves something out means
    something that is there. What is merely missing is a warning, and so is a file that names nothing."""
    empty = True
    for ref in found:
        empty = False
        _check(ref, warn)
        yield ref
    if empty and isinstance(head, File):
        warn(f"except: {head.path} names nothing")


def _check(ref: Ref, warn: Warn) -> None:
    if ref.problem is None or ref.problem.code == "hidden_name":
        return
    if ref.problem.code != "missing":
        raise PlanRefused(f"except: `{ref.title}` leaves nothing out: {ref.problem.detail or ref.problem.code}")
    number = next(iter(ref.revids), ref.pageid or ref.revid or ref.number)
    warn(f"except: there is no {ref.title or f'{KINDS[ref.kind].noun} with the id {number}'}")


def within(module: Module, found: Iterator[Ref], asked: frozenset[int], warn: Warn) -> Iterator[Ref]:
    """What is in the namespaces that were asked for. Raises `PlanRefused` for a search that leaves them: something in its text
    overrules them. From any other module it is what was moved since, and told once."""
    told = False
    for ref in found:
        if not strays(ref, asked):
            yield ref
            continue
        if module.name in SEARCHES:
            message = f"{module.name} leaves the namespaces that were asked for, with `{ref.title}`: its text overrules them"
            raise PlanRefused(message, hint="write `namespace: '*'`, and beside it `where: [{namespace: ...}]`")
        if not told:
            warn(f"{module.name}: what is not in the namespaces that were asked for is left out, such as {ref.title}")
        told = True
