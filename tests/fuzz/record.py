"""Records what a real wiki answers in the conversation that is fuzzed: `python -m tests.fuzz.record`, after a change of what is
asked. The tape may be older than the questions: whoever plays it takes the answer to the most similar one."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from runner.wiki.transport import Connection, Reply, Transport
from tests.fuzz import conversation
from tests.mediawiki import ACCOUNTS, Client, start

TAPE = Path(__file__).with_name("tape.json")
SECRET = ("lgpassword", "lgtoken", "token")
KEPT = ("mediawiki-api-error", "retry-after")


class Recorder:
    """Sends to a real wiki, as its administrator, and keeps what was said."""

    def __init__(self, api: str) -> None:
        self._transport = Transport(Connection(api=api, user_agent="wikimop/test (admin@example.org)"))
        self._account = ACCOUNTS["admin"]
        self.tape: list[dict[str, Any]] = []

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
        return reply

    def forget(self) -> None:
        self._transport.forget()


def without_tokens(body: Any) -> Any:  # noqa: ANN401 - a JSON value
    """The same with other tokens: those on the tape are nobody's."""
    for name in body.get("query", {}).get("tokens", {}):
        body["query"]["tokens"][name] = "0123456789abcdef0123456789abcdef01234567+\\"
    return body


def main() -> None:
    with start() as wiki, tempfile.TemporaryDirectory() as folder:
        wiki.reset()
        account = ACCOUNTS["sysop"]
        client = Client(wiki.api, account.bot_username, account.bot_password)
        for number in (51, 52, 53):
            client.delete(f"Article {number}")
        recorder = Recorder(wiki.api)
        with conversation.desk(Path(folder)) as around:
            print(*conversation.converse(recorder, around, conversation.playbook()), sep="\n")
            print(*conversation.looked_over(recorder), sep="\n")
    lines = ",\n".join(json.dumps(entry, ensure_ascii=False, separators=(",", ":")) for entry in recorder.tape)
    TAPE.write_text(f"[\n{lines}\n]\n", encoding="utf-8")
    print(f"{len(recorder.tape)} answers, {TAPE.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
