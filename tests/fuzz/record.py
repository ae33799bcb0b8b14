"""Records what a real wiki answers in the conversation that is fuzzed: `python -m tests.fuzz.record`, after a change of what is
asked. The tape may be older than the questions: whoever plays it takes the answer to the most similar one."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from runner.retry import Failure, Kind
from runner.wiki.transport import Connection, Reply, RequestFailed, Transport
from tests.desk import someone
from tests.e2e.stock import define_tag
from tests.e2e.test_page_attributes import LANGUAGES
from tests.fuzz import conversation
from tests.mediawiki import ACCOUNTS, MediaWiki, start

TAPE = Path(__file__).with_name("tape.json")
SECRET = ("lgpassword", "lgtoken", "token")
KEPT = ("mediawiki-api-error", "retry-after")


class Recorder:
    """Sends to a real wiki, as its administrator, and keeps what was said. `losing`: the first answer to each kind of write
    is lost, so that it is looked up what became of it."""

    def __init__(self, api: str, tape: list[dict[str, Any]], *, losing: bool) -> None:
        self._lost: set[str] | None = set() if losing else None
        self._transport = Transport(Connection(api=api, user_agent="wikimop/test (admin@example.org)"))
        self._account = ACCOUNTS["admin"]
        self.tape = tape

    def send(self, parameters: Mapping[str, str], *, post: bool) -> Reply:
        full = dict(parameters)
        if "lgpassword" in full:
            full |= {"lgname": self._account.bot_username, "lgpassword": self._account.bot_password}
        reply = self._transport.send(full, post=post)
        asked = {name: value for name, value in parameters.items() if name not in SECRET}
        headers = {name: value for name, value in reply.headers.items() if name in KEPT}
        entry = {"asked": asked, "headers": headers, "body": without_tokens(json.loads(reply.body))}
        if entry not in self.tape:
            self.tape.append(entry)
        if self._lost is not None and "token" in parameters and parameters["action"] not in self._lost:
            self._lost.add(parameters["action"])
            raise RequestFailed(Failure(kind=Kind.LOST, detail="lost for the tape"))
        return reply

    def forget(self) -> None:
        self._transport.forget()


def without_tokens(body: Any) -> Any:  # noqa: ANN401 - a JSON value
    """The same with other tokens: those on the tape are nobody's."""
    for name in body.get("query", {}).get("tokens", {}):
        body["query"]["tokens"][name] = conversation.TOKEN
    return body


def main() -> None:
    tape: list[dict[str, Any]] = []
    with start() as wiki:
        for losing in (False, True):
            _record(wiki, Recorder(wiki.api, tape, losing=losing))
    lines = ",\n".join(json.dumps(entry, ensure_ascii=False, separators=(",", ":")) for entry in tape)
    TAPE.write_text(f"[\n{lines}\n]\n", encoding="utf-8")
    print(f"{len(tape)} answers, {TAPE.stat().st_size:,} bytes")


def _record(wiki: MediaWiki, recorder: Recorder) -> None:
    wiki.reset()
    _prepare(wiki)
    with tempfile.TemporaryDirectory() as folder, conversation.desk(Path(folder)) as around:
        print(*conversation.converse(recorder, around, conversation.playbook()), sep="\n")
        print(*conversation.looked_over(recorder), sep="\n")


def _prepare(wiki: MediaWiki) -> None:
    """What each of the steps wants to find."""
    wiki.settings(LANGUAGES + "$wgWatchlistExpiry = true;\n")
    define_tag(wiki, "checked")
    sysop, vandal, bob = (someone(wiki, name) for name in ("sysop", "vandal", "bob"))
    for number in (51, 52, 53):
        sysop.delete(f"Article {number}")
    vandal.edit("Article 20", "Spoilt.")
    for number in (25, 26):
        bob.edit(f"Article {number}", "New, and not looked at yet.")
    sysop.edit("Fresh", "Newer than every other page.")


if __name__ == "__main__":
    main()
