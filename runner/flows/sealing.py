"""The end of making a plan: the seal over its header and its items."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from runner.errors import UsageError
from runner.planning.seal import digest, header_line
from runner.redaction import Secrets
from runner.store.plans import Plans, StoredPlan


def seal_plan(plan: str, header: Mapping[str, Any], plans: Plans, secrets: Secrets) -> StoredPlan:
    """Seal a plan whose items are in the store; raises `UsageError` for one that holds a secret."""
    said = without_secrets(header, secrets)
    sha256 = digest(_lines(plan, said, plans))
    plans.seal(plan, said, sha256)
    sealed = plans.get(plan)
    if sealed is None:
        raise UsageError(f"plan {plan} is gone from the state folder")
    return sealed


def without_secrets(header: Mapping[str, Any], secrets: Secrets) -> dict[str, Any]:
    """The header with secrets blotted out of what the wiki said and what is only to be read. What will be carried out
    cannot be changed: there a secret is refused."""
    told = {name: secrets.clean_value(header[name]) for name in ("guards", "warnings", "explain") if name in header}
    wiki = {**secrets.clean_value(header["wiki"]), "api": header["wiki"]["api"]}
    return {**header, **told, "wiki": wiki}


def _lines(plan: str, header: Mapping[str, Any], plans: Plans) -> Iterator[bytes]:
    yield header_line(header)
    yield from plans.lines(plan)
