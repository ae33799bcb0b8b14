"""A plan that comes as a file, and a plan that was kept: both are checked before anything is believed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from runner.errors import UsageError
from runner.model import Item
from runner.planning.check import check_header, check_item
from runner.planning.lines import read_item
from runner.planning.seal import digest, header_line, open_plan
from runner.playbook.when import WhenError, parse_when
from runner.store.database import Database
from runner.store.plans import Plans, StoredPlan

CHUNK = 500


def import_plan(lines: Iterable[bytes], path: str, database: Database) -> StoredPlan:
    """Read a plan file into the store, or find it there; raises `UsageError` for anything but one whole, sound plan."""
    plans = Plans(database)
    rows = open_plan(lines, path)
    _, _, header = next(rows, ("", b"", {}))
    if not header:
        raise UsageError(f"{path} is empty")
    check_header(header, path)
    _check_conditions(header, path)
    known = plans.get(header["id"])
    if known is None:
        plans.begin(header["id"], created=header["created"], origin="file")
    try:
        sha256 = _read(rows, header, plans, path, keep=known is None)
        _check_counts(header, plans.counts(header["id"]), path)
        if known is None:
            plans.seal(header["id"], header, sha256)
    except BaseException:
        plans.drop(header["id"])
        raise
    if known is not None:
        if known.sha256 != sha256:
            raise UsageError(f"{path} is not the plan {known.id} that was made here: it was altered")
        recheck(known, database)
        return known
    sealed = plans.get(header["id"])
    if sealed is None:
        raise UsageError(f"plan {header['id']} is gone from the state folder")
    return sealed


def _check_conditions(header: Mapping[str, Any], path: str) -> None:
    for step in header["steps"]:
        try:
            parse_when(step.get("when") or "1 > 0")
        except WhenError as error:
            raise UsageError(f"{path}:1: step {step['id']}: {error.message}") from None


def _read(
    rows: Iterator[tuple[str, bytes, Mapping[str, Any]]], header: Mapping[str, Any], plans: Plans, path: str, *, keep: bool
) -> str:
    """Keep the items, and give the digest of the seal that `open_plan` has checked."""
    steps = {step["id"]: step for step in header["steps"]}
    chunk: list[Item] = []
    sha256 = ""
    for seq, (kind, line, value) in enumerate(rows, 1):
        if kind == "seal":
            sha256 = value["sha256"]
            break
        check_item(value, steps, f"{path}:{seq + 1}")
        chunk.append(read_item(line, seq))
        if len(chunk) == CHUNK:
            _keep(plans, header["id"], chunk, keep=keep)
    # The generator's last act is to see that nothing follows the seal.
    for _ in rows:
        raise UsageError(f"{path}: something follows the plan's seal")
    _keep(plans, header["id"], chunk, keep=keep)
    return sha256


def _check_counts(header: Mapping[str, Any], counts: Mapping[str, tuple[int, int]], path: str) -> None:
    """What a reviewer reads at the top must be what follows."""
    for step in header["steps"]:
        if counts.get(step["id"], (0, 0)) != (step["items"], step["blocked"]):
            raise UsageError(f"{path}: step {step['id']} does not hold the items that the header counts")


def _keep(plans: Plans, plan: str, chunk: list[Item], *, keep: bool) -> None:
    if keep and chunk:
        plans.add(plan, chunk)
    chunk.clear()


def recheck(plan: StoredPlan, database: Database) -> None:
    """Hold a kept plan against its seal; raises `UsageError` if the state folder was altered."""

    def lines() -> Iterator[bytes]:
        yield header_line(plan.header)
        yield from Plans(database).lines(plan.id)

    if digest(lines()) != plan.sha256 or Plans(database).misfiled(plan.id):
        raise UsageError(f"plan {plan.id} was altered after it was sealed: it is not applied", hint="make it again")
