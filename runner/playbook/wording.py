"""How messages and hints are put."""

from __future__ import annotations

import json
from collections.abc import Iterable

from runner.sources.nearest import nearest

_LONGEST_QUOTE = 60


def listed(names: Iterable[object], joint: str = "and") -> str:
    """`a`, `b` and `c`."""
    quoted = [quote(name) for name in names]
    return f" {joint} ".join([", ".join(quoted[:-1]), quoted[-1]]) if len(quoted) > 1 else "".join(quoted)


def quote(value: object) -> str:
    """A value as it stands in a sentence, shortened; booleans and null as YAML writes them."""
    text = json.dumps(value) if value is None or isinstance(value, bool) else str(value)
    return f"`{text[:_LONGEST_QUOTE]}…`" if len(text) > _LONGEST_QUOTE else f"`{text}`"


def suggest(word: str, known: Iterable[str], *, what: str = "What there is") -> str:
    """A hint for a wrong word: the nearest right one, or all of them."""
    names = list(known)
    # Nobody who wrote `undelete` is to be led to `delete`.
    near = nearest(word, [name for name in names if word != f"un{name}" and not word.startswith("deleted_")])
    if near is not None:
        return f"Did you mean `{near}`?"
    return f"{what}: {listed(names)}." if names else ""


def sentence(text: str) -> str:
    """With a capital and a full stop, as all messages and hints are shown."""
    text = text[:1].upper() + text[1:]
    return text if not text or text.endswith((".", "?", "!", ":", ")")) else text + "."
