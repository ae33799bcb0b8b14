"""A scripted Action API with as many pages as asked for: `python -m tests.bench.server PAGES` prints its port."""

from __future__ import annotations

import json
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

GENERATED = 5000
RIGHTS = ["read", "purge", "delete", "deleterevision", "apihighlimits", "noratelimit"]
GENERAL = {"sitename": "Scripted", "generator": "MediaWiki 1.39.17"}
NAMESPACES = {"0": {"id": 0, "name": ""}, "1": {"id": 1, "name": "Talk", "canonical": "Talk"}}
MODULES = {
    "allpages": ("ap", [("from", "string"), ("prefix", "string"), ("namespace", "namespace"), ("continue", "string")]),
    "categorymembers": ("cm", [("title", "string"), ("namespace", "namespace"), ("continue", "string")]),
}


def module(name: str) -> dict[str, Any]:
    """What `action=paraminfo` tells of a query module."""
    prefix, parameters = MODULES[name]
    told = [{"name": name, "type": kind, "multi": False, "required": False} for name, kind in [*parameters, ("limit", "limit")]]
    return {"name": name, "path": f"query+{name}", "group": "list", "prefix": prefix, "generator": True, "parameters": told}


def page(number: int) -> dict[str, Any]:
    return {"pageid": number, "ns": 0, "title": f"Page {number:07}"}


def generated(parameters: dict[str, str], total: int) -> dict[str, Any]:
    first = int(parameters.get("gapcontinue", "1"))
    last = min(first + GENERATED, total + 1)
    answer: dict[str, Any] = {"batchcomplete": True, "query": {"pages": [page(number) for number in range(first, last)]}}
    if last <= total:
        answer["continue"] = {"gapcontinue": str(last), "continue": "gapcontinue||"}
    return answer


def members(parameters: dict[str, str], total: int) -> dict[str, Any]:
    """The category of all pages; or another as large, which has but the last 100 of them."""
    apart = 0 if parameters["gcmtitle"] == "Category:All" else total - 100
    first = int(parameters.get("gcmcontinue", "1"))
    last = min(first + GENERATED, total + 1)
    pages = [page(number + apart) for number in range(first, last)]
    more = {"continue": {"gcmcontinue": str(last), "continue": "gcmcontinue||"}} if last <= total else {}
    return {"batchcomplete": True, "query": {"pages": pages}, **more}


def facts(parameters: dict[str, str]) -> dict[str, Any]:
    numbers = [int(number) for number in parameters["pageids"].split("|")]
    pages = [{**page(number), "lastrevid": number + 1_000_000, "length": 1234, "protection": []} for number in numbers]
    return {"batchcomplete": True, "query": {"pages": pages, "logevents": [{"logid": 1}]}}


def answer(parameters: dict[str, str], total: int) -> dict[str, Any]:
    """The answer to one request."""
    if parameters.get("action") == "purge":
        numbers = parameters["pageids"].split("|")
        return {"batchcomplete": True, "purge": [{**page(int(number)), "purged": True} for number in numbers]}
    if parameters.get("generator") == "allpages":
        return generated(parameters, total)
    if parameters.get("generator") == "categorymembers":
        return members(parameters, total)
    if parameters.get("action") == "paraminfo":
        names = [path.removeprefix("query+") for path in parameters["modules"].split("|")]
        return {"batchcomplete": True, "paraminfo": {"modules": [module(name) for name in names if name in MODULES]}}
    if "titles" in parameters:
        return {"batchcomplete": True, "query": {"pages": [{**page(1), "title": parameters["titles"]}]}}
    if "pageids" in parameters:
        return facts(parameters)
    if parameters.get("list") == "logevents":
        return {"batchcomplete": True, "query": {"logevents": [{"logid": 1}]}}
    user = {"id": 0, "name": "127.0.0.1", "anon": True, "rights": RIGHTS, "ratelimits": {}}
    return {
        "batchcomplete": True,
        "query": {"general": GENERAL, "namespaces": NAMESPACES, "namespacealiases": [], "userinfo": user},
    }


class Handler(BaseHTTPRequestHandler):
    """Keeps connections open, and logs nothing."""

    protocol_version = "HTTP/1.1"
    total = 0

    def do_GET(self) -> None:
        self._answer(urlsplit(self.path).query)

    def do_POST(self) -> None:
        self._answer(self.rfile.read(int(self.headers["Content-Length"])).decode())

    def _answer(self, query: str) -> None:
        parameters = {name: values[0] for name, values in parse_qs(query).items()}
        body = json.dumps(answer(parameters, self.total)).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        pass


def main() -> None:
    Handler.total = int(sys.argv[1])
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    print(server.server_address[1], flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
