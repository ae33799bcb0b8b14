"""Connections whose answers end: a server that sends a byte now and then keeps within every time-out of a single read."""

from __future__ import annotations

import http.client
import io
import time
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection

LONGEST_SECONDS = 300.0
"""From the request's end to the answer's; checked at each piece that arrives."""


class _Until(io.RawIOBase):
    def __init__(self, raw: io.RawIOBase, until: float) -> None:
        super().__init__()
        self._raw = raw
        self._until = until

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int | None:  # noqa: ANN401 - a buffer, as in the base class
        if time.monotonic() >= self._until:
            raise TimeoutError("the answer does not end")
        return self._raw.readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()


class _Answer(http.client.HTTPResponse):
    def __init__(self, *args: Any, **more: Any) -> None:  # noqa: ANN401 - of the base class
        super().__init__(*args, **more)
        self.fp = io.BufferedReader(_Until(self.fp.detach(), time.monotonic() + LONGEST_SECONDS))


class _Http(HTTPConnection):
    response_class = _Answer


class _Https(HTTPSConnection):
    response_class = _Answer


class _HttpPool(HTTPConnectionPool):
    ConnectionCls = _Http


class _HttpsPool(HTTPSConnectionPool):
    ConnectionCls = _Https


_POOLS = {"http": _HttpPool, "https": _HttpsPool}


class BoundedAdapter(HTTPAdapter):
    """What `requests` sends with."""

    def init_poolmanager(self, *args: Any, **more: Any) -> None:  # noqa: ANN401 - of the base class
        super().init_poolmanager(*args, **more)
        self.poolmanager.pool_classes_by_scheme = _POOLS

    def proxy_manager_for(self, proxy: Any, **more: Any) -> Any:  # noqa: ANN401 - of the base class
        manager = super().proxy_manager_for(proxy, **more)
        manager.pool_classes_by_scheme = _POOLS
        return manager
