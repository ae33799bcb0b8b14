"""What `doctor` found out, as values."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One thing that was looked at. `warning`: it works, but not for everything."""

    name: str
    state: Literal["ok", "warning", "failed"]
    detail: str
    hint: str = ""

    def shape(self) -> dict[str, Any]:
        """As JSON."""
        return asdict(self)
