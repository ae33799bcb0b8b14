"""`action=paraminfo` as the catalogue keeps it: one record for each parameter.

https://www.mediawiki.org/wiki/API:Parameter_information
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Record = dict[str, Any]


def parameter(one: Mapping[str, Any]) -> Record:
    """One parameter: its type, its values, its bounds."""
    kind = one["type"]
    record: Record = {"type": "enum", "values": enumeration(one)} if isinstance(kind, list) else {"type": kind}
    record |= {key: True for key in ("multi", "required", "deprecated") if one.get(key)}
    record |= {key: one[key] for key in ("min", "max", "allspecifier", "extranamespaces") if key in one}
    default = one.get("default")
    if default is not None and default is not False and default != "":  # namespace 0 is a default, too
        record["default"] = str(default)
    return record


def enumeration(one: Mapping[str, Any]) -> list[str]:
    """The values of a parameter that has a list of them."""
    return [value for value in one["type"] if value] if isinstance(one["type"], list) else []
