"""The right word for a misspelt one."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


def nearest(word: str, choices: Iterable[str], *, cutoff: float = 0.6) -> str | None:
    """The one of `choices` that `word` was probably meant to be, whatever its case; None if none is close.

    `cutoff` is how close, from 0 to 1 (the same), as difflib measures it.
    """
    folded = {choice.casefold(): choice for choice in choices}
    found = get_close_matches(word.casefold(), folded, n=1, cutoff=cutoff)
    return folded[found[0]] if found else None


def did_you_mean(word: str, choices: Iterable[str]) -> str:
    """A hint: the nearest choice, or all of them where they are few; may be empty."""
    choices = tuple(choices)
    found = nearest(word, choices)
    if found is not None:
        return f"did you mean `{found}`?"
    return f"one of: {', '.join(choices)}" if 0 < len(choices) <= 40 else ""  # noqa: PLR2004 - what still reads as a line
