"""Addresses of wikis: which are sound, and when two mean the same server. Pure.

Nothing here is clever on purpose: an address that two programs could read differently is refused, and what does not
plainly mean the same server is another one.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass

HOST = r"(?:\[[0-9A-Fa-f:.]+\]|[^\s\x00-\x1f\x7f/?#@\\:%\[\]<>\"'`{}|^]+)"
"""A name or an address: no user name, no escapes, no backslash, which some take for a slash."""
PATH = r"/[^\s\x00-\x1f\x7f?#\\]*"
API = rf"^https?://{HOST}(:[0-9]{{1,5}})?{PATH}$"
"""For a schema."""
_API = re.compile(rf"(https?)://({HOST})(?::([0-9]{{1,5}}))?({PATH})")
_PORTS = {"http": 80, "https": 443}
_LAST_PORT = 65535


@dataclass(frozen=True, slots=True)
class Origin:
    """What credentials belong to: scheme, host and port, as they are compared."""

    scheme: str
    host: str
    port: int


def origin_of(api: str) -> Origin | None:
    """The origin of an address, None of one that is not sound."""
    found = _API.fullmatch(api)
    if not found:
        return None
    scheme, host, port, _ = found.groups()
    number = int(port) if port else _PORTS[scheme]
    # Beyond ASCII two names may look or fold alike and lead elsewhere: they are compared as they are written.
    return Origin(scheme, host.lower() if host.isascii() else host, number) if 0 < number <= _LAST_PORT else None


def same_api(one: str, other: str) -> bool:
    """Whether two addresses mean the same api.php."""
    origins = origin_of(one), origin_of(other)
    return None not in origins and origins[0] == origins[1] and _path(one) == _path(other)


def is_loopback(url: str) -> bool:
    """Whether an address is this machine, as far as its name tells."""
    host = re.match(rf"[a-z]+://({HOST})(?::|/|$)", url)
    name = host.group(1).strip("[]").lower() if host and host.group(1).isascii() else ""
    try:
        return name == "localhost" or ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def _path(api: str) -> str:
    found = _API.fullmatch(api)
    return found.group(4) if found else ""
