"""A wiki of a few revisions in memory, as far as applying a plan can see one, and a clock that may jump."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping, Sequence
from typing import Any

from runner.retry import Failure, Kind
from runner.wiki.transport import Reply, RequestFailed


class Jumping:
    """Seconds that go on by a thousandth at each look, and by eleven at one of them: facts grow old in that moment."""

    def __init__(self, jump: int) -> None:
        self._lock = threading.Lock()
        self.time = 1000.0
        self._jump = jump
        self.looks = 0

    def now(self) -> float:
        with self._lock:
            self.looks += 1
            self.time += 11.0 if self.looks == self._jump else 0.001
            return self.time

    def sleep(self, seconds: float) -> bool:
        with self._lock:
            self.time += seconds
        return False


class SmallWiki:
    """`pages` maps page ids to their revisions; `sent` are the ids of each request that hid something, `oldest` is the
    greatest age of the facts that such a request rested on. Whoever asks about one of the `breaking` revisions, or of
    everything with `down`, gets an internal error; `loses` are those whose hiding is carried out and not answered."""

    def __init__(self, pages: Mapping[int, Sequence[int]], clock: Jumping) -> None:
        self._clock = clock
        self._told: dict[int, float] = {}
        self.oldest = 0.0
        self._page_of = {revid: page for page, revids in pages.items() for revid in revids}
        self._lock = threading.Lock()
        self._log: list[dict[str, Any]] = []
        self.hidden: set[int] = set()
        self.sent: list[list[int]] = []
        self.breaking: set[int] = set()
        self.loses: set[int] = set()
        self.break_after_loss: set[int] = set()
        self.down = False

    def send(self, parameters: Mapping[str, str], *, post: bool) -> Reply:
        with self._lock:
            asked = {int(revid) for revid in parameters.get("ids", parameters.get("revids", "")).split("|") if revid}
            if not post and (self.down or asked & self.breaking):
                error = {"code": "internal_api_error_DBQueryError", "text": "Caught exception"}
                return Reply(status=200, headers={}, body=json.dumps({"errors": [error]}).encode())
            if post and asked & self.loses:
                self._hide(parameters)
                self.loses -= asked
                self.breaking |= self.break_after_loss
                raise RequestFailed(Failure(kind=Kind.LOST, detail="lost"))
            body = self._hide(parameters) if post else {"batchcomplete": True, "query": self._query(parameters)}
        return Reply(status=200, headers={}, body=json.dumps(body).encode())

    def forget(self) -> None:
        """No cookies here."""

    def _hide(self, parameters: Mapping[str, str]) -> dict[str, Any]:
        revids = [int(revid) for revid in parameters["ids"].split("|")]
        self.sent.append(revids)
        self.oldest = max(self.oldest, *(self._clock.time - self._told[revid] for revid in revids))
        self.hidden.update(revids)
        ids = {"ids": revids}
        entry = {"logid": len(self._log) + 1, "logpage": self._page_of[revids[0]], "action": "revision", "user": "Sysop"}
        self._log.insert(0, {**entry, "comment": parameters["reason"], "params": ids})
        items = [{"status": "Success", "id": revid, "commenthidden": True} for revid in revids]
        return {"revisiondelete": {"status": "Success", "items": items}}

    def _query(self, parameters: Mapping[str, str]) -> dict[str, Any]:
        if parameters.get("meta") == "tokens":
            return {"tokens": {"csrftoken": "abc+\\"}}
        query: dict[str, Any] = {}
        if parameters.get("list") == "logevents":
            query["logevents"] = self._log[:1] if parameters["lelimit"] == "1" else list(self._log)
        if "revids" in parameters:
            asked = [int(revid) for revid in parameters["revids"].split("|")]
            self._told.update(dict.fromkeys(asked, self._clock.time))
            query["pages"] = [self._page(page, asked) for page in sorted({self._page_of[revid] for revid in asked})]
        return query

    def _page(self, page: int, asked: Sequence[int]) -> dict[str, Any]:
        revisions = [
            {"revid": revid, "timestamp": "2026-01-01T00:00:00Z", **({"commenthidden": True} if revid in self.hidden else {})}
            for revid in asked
            if self._page_of[revid] == page
        ]
        return {"pageid": page, "ns": 0, "title": f"P{page}", "lastrevid": 999, "revisions": revisions}
