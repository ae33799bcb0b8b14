"""Writes `schemas/*.schema.json` from the fragments beside the code: `python -m tests.schemas.write`."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from runner.log import LOG_SCHEMA
from runner.planning.schema import plan_schema
from runner.playbook.schema import playbook_schema
from runner.playbook.wikis_schema import wikis_schema

FOLDER = Path(__file__).parents[2] / "schemas"
SCHEMAS: Mapping[str, Callable[[], dict[str, Any]]] = {
    "playbook": playbook_schema,
    "wikis": wikis_schema,
    "plan": plan_schema,
    "log": lambda: LOG_SCHEMA,
}


def assembled(name: str) -> bytes:
    """The bytes of one file."""
    return (json.dumps(SCHEMAS[name](), indent=1, ensure_ascii=False) + "\n").encode()


def path(name: str) -> Path:
    """Where it stands."""
    return FOLDER / f"{name}.schema.json"


if __name__ == "__main__":
    for name in SCHEMAS:
        path(name).write_bytes(assembled(name))
