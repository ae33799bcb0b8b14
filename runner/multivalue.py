"""Several values in one parameter, as the API takes them: https://www.mediawiki.org/wiki/API:Data_formats#Multivalue_parameters."""

from __future__ import annotations

from collections.abc import Iterable
from unicodedata import normalize

UNIT = "\x1f"  # separates values where one of them holds a `|`


def join(values: Iterable[object]) -> str:
    """The values in NFC, in the form with U+001F where one holds a bar: even a single one, for it must not become two."""
    texts = [normalize("NFC", str(value)) for value in values]
    return UNIT + UNIT.join(texts) if any("|" in text for text in texts) else "|".join(texts)
