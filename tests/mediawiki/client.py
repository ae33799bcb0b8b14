"""A second opinion: the smallest client that can judge what the program did, and act as somebody else."""

import http.cookiejar
import json
import urllib.parse
import urllib.request
from typing import Any


class ApiError(Exception):
    """MediaWiki refused; ``code`` is its first reason."""

    def __init__(self, code: str, answer: dict[str, Any]) -> None:
        super().__init__(f"{code}: {answer.get('errors') or answer}")
        self.code = code
        self.answer = answer


class Client:
    """Logged in with a bot password, or anonymous without a name.  Booleans that are false are left out."""

    def __init__(self, api: str, username: str = "", password: str = "") -> None:
        self.api = api
        cookies = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), cookies)
        if username:
            self._login(username, password)

    def get(self, **params: object) -> dict[str, Any]:
        return self._ask("?" + _encoded(params), None)

    def post(self, **params: object) -> dict[str, Any]:
        return self._send({**params, "token": self.token()})

    def token(self, kind: str = "csrf") -> str:
        answer = self.get(action="query", meta="tokens", type=kind)
        return str(answer["query"]["tokens"][f"{kind}token"])

    def edit(self, title: str, text: str, **more: object) -> dict[str, Any]:
        return self._part("edit", title=title, text=text, **more)

    def delete(self, title: str, reason: str = "test", **more: object) -> dict[str, Any]:
        return self._part("delete", title=title, reason=reason, **more)

    def undelete(self, title: str, **more: object) -> dict[str, Any]:
        return self._part("undelete", title=title, **more)

    def move(self, old: str, new: str, **more: object) -> dict[str, Any]:
        return self._part("move", **{"from": old, "to": new, **more})

    def protect(self, title: str, protections: str, **more: object) -> dict[str, Any]:
        return self._part("protect", title=title, protections=protections, **more)

    def block(self, user: str, **more: object) -> dict[str, Any]:
        return self._part("block", user=user, **more)

    def unblock(self, user: str, **more: object) -> dict[str, Any]:
        return self._part("unblock", user=user, **more)

    def page(self, title: str, prop: str = "info|revisions", **more: object) -> dict[str, Any]:
        """What a query says about one page, ``missing`` included."""
        return dict(self.get(action="query", titles=title, prop=prop, **more)["query"]["pages"][0])

    def text(self, title: str) -> str | None:
        page = self.page(title, prop="revisions", rvprop="content", rvslots="main")
        return None if "missing" in page else str(page["revisions"][0]["slots"]["main"]["content"])

    def exists(self, title: str) -> bool:
        return "missing" not in self.page(title, prop="info")

    def query(self, **params: object) -> list[dict[str, Any]]:
        """All answers to a query, continued to its end."""
        answers = [self.get(action="query", **params)]
        while "continue" in answers[-1]:
            answers.append(self.get(action="query", **{**params, **answers[-1]["continue"]}))
        return answers

    def _login(self, username: str, password: str) -> None:
        given = {"lgname": username, "lgpassword": password, "lgtoken": self.token("login")}
        answer = self._send({"action": "login", **given})
        if answer["login"]["result"] != "Success":
            raise ApiError(str(answer["login"]["result"]), answer)

    def _part(self, action: str, **params: object) -> dict[str, Any]:
        return dict(self.post(action=action, **params)[action])

    def _send(self, params: dict[str, object]) -> dict[str, Any]:
        return self._ask("", _encoded(params).encode())

    def _ask(self, query: str, body: bytes | None) -> dict[str, Any]:
        with self._opener.open(urllib.request.Request(self.api + query, body), timeout=120) as response:
            answer: dict[str, Any] = json.load(response)
        if "errors" in answer:
            raise ApiError(str(answer["errors"][0]["code"]), answer)
        return answer


def _encoded(params: dict[str, object]) -> str:
    fixed = {"format": "json", "formatversion": "2", "errorformat": "plaintext", "errorlang": "en"}
    given = {name: value for name, value in params.items() if value is not None and value is not False}
    return urllib.parse.urlencode({**fixed, **given})
