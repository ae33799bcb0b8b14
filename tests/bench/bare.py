"""The bare HTTP loops that Wikimop is held against: the same requests, and nothing else done with the answers.

`python -m tests.bench.bare plan API` or `python -m tests.bench.bare delete API USER PASSWORD`.
"""

from __future__ import annotations

import sys
from typing import Any

import requests

COMMON = {"action": "query", "format": "json", "formatversion": "2"}
BATCH = 500


class Bare:
    """A session and its calls."""

    def __init__(self, api: str) -> None:
        self.api = api
        self.session = requests.Session()
        self.session.trust_env = False

    def call(self, **parameters: str) -> Any:  # noqa: ANN401 - a JSON value
        return self.session.post(self.api, data={**COMMON, **parameters}, timeout=60).json()


def plan(bare: Bare) -> None:
    """Generate all pages, and read the facts of each."""
    position: dict[str, str] = {}
    while True:
        answer = bare.call(generator="allpages", gaplimit="max", **position)
        ids = [str(page["pageid"]) for page in answer["query"]["pages"]]
        for start in range(0, len(ids), BATCH):
            bare.call(prop="info", inprop="protection", pageids="|".join(ids[start : start + BATCH]))
        if "continue" not in answer:
            return
        position = answer["continue"]


def delete(bare: Bare, user: str, password: str) -> None:
    """Delete the bulk pages as a script would: one request each, nothing checked, nothing recorded."""
    token = bare.call(meta="tokens", type="login")["query"]["tokens"]["logintoken"]
    bare.call(action="login", lgname=user, lgpassword=password, lgtoken=token)
    csrf = bare.call(meta="tokens", type="csrf")["query"]["tokens"]["csrftoken"]
    for page in bare.call(list="allpages", apprefix="Bulk/", aplimit="500")["query"]["allpages"]:
        answer = bare.call(action="delete", pageid=str(page["pageid"]), reason="bench", token=csrf)
        assert answer["delete"]["logid"]


if __name__ == "__main__":
    if sys.argv[1] == "plan":
        plan(Bare(sys.argv[2]))
    else:
        delete(Bare(sys.argv[2]), *sys.argv[3:])
