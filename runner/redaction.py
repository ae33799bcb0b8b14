"""Secrets that are known, and texts without them: in every form in which one may turn up. Pure but for what it remembers."""

from __future__ import annotations

import base64
import html
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote, quote_plus

import orjson

SHORTEST = 8
"""What is shorter stands in too many words by chance; of such a secret is warned where it is read."""
MOST_PASSING = 50
LONGEST = 10_000
_MASK = "***"


class Secrets:
    """The secrets of one process. Threads may share it.

    The user's own are kept for good; tokens and cookies, which a wiki makes up as it likes, only the last ones.
    """

    def __init__(self) -> None:
        self._own: dict[str, tuple[str, ...]] = {}
        self._passing: dict[str, tuple[str, ...]] = {}
        self._version = 0
        self._sorted: tuple[int, tuple[str, ...]] = (0, ())

    def learn(self, secret: str) -> None:
        """Blot this out from now on; what is empty or too short for that is not remembered."""
        if len(secret) >= SHORTEST:
            self._own[secret] = tuple(forms(secret))
            self._version += 1

    def learn_passing(self, secret: str) -> None:
        """A token or a cookie: of these only the last 50 are remembered."""
        if SHORTEST <= len(secret) <= LONGEST and secret not in self._passing:
            self._passing[secret] = tuple(forms(secret))
            for oldest in list(self._passing)[:-MOST_PASSING]:
                self._passing.pop(oldest, None)
            self._version += 1

    def clean(self, text: str) -> str:
        """The text with `***` for every secret."""
        for form in self._all():
            if form in text:
                text = text.replace(form, _MASK)
        return text

    def clean_value(self, value: Any) -> Any:  # noqa: ANN401 - any JSON value
        """The same of every text in a JSON value."""
        if isinstance(value, str):
            return self.clean(value)
        if isinstance(value, Mapping):
            return {name: self.clean_value(inner) for name, inner in value.items()}
        return [self.clean_value(inner) for inner in value] if isinstance(value, (list, tuple)) else value

    def holds(self, text: str) -> bool:
        """Whether a secret of the user's own stands in the text."""
        return any(form in text for own in tuple(self._own.values()) for form in own)

    def _all(self) -> tuple[str, ...]:
        """Every form, the longest first: one secret may be a part of another."""
        version = self._version
        if self._sorted[0] != version:
            found = {form for known in (self._own, self._passing) for own in tuple(known.values()) for form in own}
            self._sorted = (version, tuple(sorted(found, key=len, reverse=True)))
        return self._sorted[1]


def forms(secret: str) -> set[str]:
    """A secret as it may stand in a text: as it is, in a URL, in JSON, in HTML, in Python's own quotes, and in base64
    (alone or as a part of something longer, as in a Basic header)."""
    found = {secret, secret.strip(), html.escape(secret), repr(secret)[1:-1], ascii(secret)[1:-1]}
    for safe in ("", "/", "~:@!$&'()*+,;="):
        quoted = quote(secret, safe=safe, errors="replace")
        found |= {quoted, quoted.lower() if quoted != secret else quoted}
    found |= {quote_plus(secret, errors="replace"), *_in_json(secret), *_in_base64(secret)}
    return {form for form in found if len(form) >= SHORTEST}


def _in_json(secret: str) -> Iterator[str]:
    plain = orjson.dumps(secret.encode("utf-8", "replace").decode()).decode()[1:-1]
    yield from (plain, plain.replace("/", "\\/"))
    escaped = "".join(char if char.isascii() else _escaped(char) for char in plain)
    yield from (escaped, escaped.replace("/", "\\/"))


def _escaped(char: str) -> str:
    units = char.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at]:02x}{units[at + 1]:02x}" for at in range(0, len(units), 2))


def _in_base64(secret: str) -> Iterator[str]:
    """What base64 makes of it, whatever stands before and after: without the characters that depend on the neighbours."""
    data = secret.encode("utf-8", "replace")
    for shift in range(3):
        coded = base64.b64encode(b"\0" * shift + data).decode()
        begin = (0, 2, 3)[shift]
        end = (len(data) + shift) * 8 // 6  # of the last characters one is only partly ours
        inner = coded[begin:end]
        if len(inner) >= SHORTEST:
            yield from (inner, inner.translate(str.maketrans("+/", "-_")))
