"""What goes with every call to the wiki: read from the `request` of a plan's header, so that planning and applying send the
same."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from runner.wiki.client import Manners

FLAGS = ("errorsuselocal", "servedby", "curtimestamp", "responselanginfo")
TEXTS = ("uselang", "variant")
AGES = ("smaxage", "maxage")


def manners_of(request: Mapping[str, Any]) -> Manners:
    """The manners of a header's `request`; what an older plan does not tell is at rest."""
    default = Manners()
    texts = {name: request[name] for name in TEXTS if request.get(name)}
    return Manners(
        maxlag=request["maxlag"],
        assertion=request["assert"],
        assertuser=request.get("assertuser"),
        errorlang=request["errorlang"],
        errorformat=request.get("errorformat", default.errorformat),
        always={**texts, **{name: "1" for name in FLAGS if request.get(name)}},
        planning={name: str(request[name]) for name in AGES if request.get(name) is not None},
        requestid=request.get("requestid", default.requestid),
    )
