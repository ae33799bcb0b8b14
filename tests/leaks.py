"""A search for every secret of the test wiki in every byte that Wikimop wrote: passwords, session cookies and tokens.

The forms are made here anew, and not by the code that blots them out.
"""

from __future__ import annotations

import base64
import html
import json
import urllib.parse
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path

from tests.mediawiki import ACCOUNTS
from tests.mediawiki.accounts import EXTRAS

OWN_NAME = "what the command printed"


@cache
def secrets() -> Mapping[str, frozenset[bytes]]:
    """Every password and bot password, by the account's name, in every form in which it could turn up."""
    accounts = (*ACCOUNTS.values(), *EXTRAS)
    named = {f"{account.bot_username} ({what})": text for account in accounts for what, text in _of(account).items()}
    return {name: forms(text) for name, text in named.items()}


def _of(account: object) -> Mapping[str, str]:
    return {name: str(getattr(account, name)) for name in ("password", "bot_password")}


def forms(secret: str) -> frozenset[bytes]:
    """The secret as it is, in a URL, in JSON, in HTML, and in base64 wherever it stands in what is coded."""
    plain = secret.encode()
    shifted = [base64.b64encode(b"?" * shift + plain).decode().rstrip("=") for shift in range(3)]
    # The first and the last characters depend on what stands beside it.
    coded = [text[4 if shift else 0 : -2] for shift, text in enumerate(shifted)]
    coded += [text.replace("+", "-").replace("/", "_") for text in coded]
    texts = {secret, urllib.parse.quote(secret, safe=""), urllib.parse.quote_plus(secret), html.escape(secret), *coded}
    return frozenset({text.encode() for text in texts} | {json.dumps(secret)[1:-1].encode(), plain[::-1], plain.hex().encode()})


def found(written: Iterable[tuple[str, bytes]], issued: Iterable[str] = ()) -> Iterator[str]:
    """Whose secret stands where; the secret itself is not said again. `issued` are those that the wiki made up meanwhile."""
    given = {f"cookie or token {number}": forms(text) for number, text in enumerate(issued)}
    for where, data in written:
        for name, known in {**secrets(), **given}.items():
            if any(form in data for form in known):
                yield f"{name} in {where}"


def files(folder: Path, besides: Mapping[Path, bytes]) -> Iterator[tuple[str, bytes]]:
    """Every file below a folder, but for those that still are as a test wrote them."""
    for path in folder.rglob("*"):
        if path.is_file() and not path.is_symlink():
            data = path.read_bytes()
            if besides.get(path.resolve()) != data:
                yield str(path), data
