"""What a validator finds, as sentences: what is wrong, and what to write instead."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from runner.errors import Finding
from runner.playbook.conform import Broken
from runner.playbook.document import Path
from runner.playbook.rules import example, examples, tell_value
from runner.playbook.wording import quote, sentence, suggest
from runner.sources.catalogue import CATALOGUE
from runner.sources.nearest import nearest

Homes = Mapping[str, tuple[str, ...]]
"""Where each key belongs, by key: `maxlag` → (`request`,)."""

_SURELY = 0.85
_ABOUT_KEYS = frozenset({"unknown-key", "twice", "together", "needs", "head", "required"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Mistake:
    """As a `Finding`, from the top of the document.

    `key` says that it is about the key itself, not its value; `offset` is how many characters into a text it stands.
    """

    path: Path
    code: str
    message: str
    hint: str = ""
    key: bool = False
    offset: int | None = None


def found_at(path: Path, found: Finding) -> Mistake:
    """The finding of a value that stands at a path."""
    return Mistake(
        path=(*path, *found.path),
        code=found.code,
        message=_told(found.message),
        hint=sentence(found.hint),
        key=found.code in _ABOUT_KEYS,
    )


def _told(message: str) -> str:
    first, _, rest = message.partition(" ")
    return f"`{first}` {rest}." if first in CATALOGUE else sentence(message)


@dataclass(frozen=True, slots=True, kw_only=True)
class Teller:
    """Turns broken rules of a schema into mistakes.

    `names` says how a place is called where its key is not enough. `discreet` never repeats what was written, which might
    be a secret: neither a value nor a key that is not known.
    """

    homes: Homes = field(default_factory=dict)
    names: Callable[[Path], str | None] = lambda _path: None
    discreet: bool = False

    def tell(self, errors: Iterable[Broken]) -> Iterator[Mistake]:
        """Every mistake once, whatever number of rules of the schema it breaks."""
        seen: set[tuple[Path, str]] = set()
        for error in errors:
            for mistake in self._mistakes(error):
                # a value is wrong once; missing and unknown keys are each a mistake of their own
                about = mistake.message if mistake.code in {"missing-key", "unknown-key"} else ""
                if (mistake.path, about) not in seen:
                    seen.add((mistake.path, about))
                    yield mistake

    def _mistakes(self, error: Broken) -> Iterator[Mistake]:
        path = error.path
        if error.in_names:
            yield self._bad_name(error, path)
        elif error.rule == "additionalProperties":
            yield from self._unknown_keys(error, path)
        elif error.rule == "required":
            yield from self._missing_keys(error, path)
        else:
            hidden = self.discreet and isinstance(error.value, str | int | float)
            code, message, hint = tell_value(replace(error, value="…") if hidden else error, self._name(path))
            yield Mistake(path=path, code=code, message=sentence(message), hint=sentence(hint))

    def _name(self, path: Path) -> str:
        known = self.names(path)
        if known is not None:
            return known
        last = path[-1]
        return f"entry {last + 1} of {self._name(path[:-1])}" if isinstance(last, int) else quote(last)

    def _bad_name(self, error: Broken, path: Path) -> Mistake:
        name = "This" if self.discreet else quote(error.value)
        message = f"{name} cannot be a name in {self._name(path)}."
        hint = f"Names are like {examples(error.schema)}."
        return Mistake(path=(*path, str(error.value)), code="name", message=message, hint=hint, key=True)

    def _unknown_keys(self, error: Broken, path: Path) -> Iterator[Mistake]:
        known = tuple(error.schema.get("properties", {}))
        for key in error.value:
            if key not in known:
                name = "such key" if self.discreet else quote(key)
                message = sentence(f"There is no {name} in {self._name(path)}")
                # What the API calls otherwise is known by name, in a keyword of our own.
                instead = error.schema.get("instead", {}).get(key)
                hint = sentence(instead) if instead else self._right_key(key, known, path)
                yield Mistake(path=(*path, key), code="unknown-key", message=message, hint=hint, key=True)

    def _right_key(self, key: str, known: tuple[str, ...], path: Path) -> str:
        surely = nearest(key, known, cutoff=_SURELY)
        if surely is not None:
            return f"Did you mean `{surely}`?"
        homes = self.homes.get(key, ())
        if homes:
            return f"It belongs in {' or '.join(homes)}."
        return suggest(key, known, what=f"What {self._name(path)} takes")

    def _missing_keys(self, error: Broken, path: Path) -> Iterator[Mistake]:
        properties = error.schema.get("properties", {})
        misspelt = {nearest(key, properties) for key in error.value if key not in properties}
        for key in error.wanted:
            if key not in error.value and key not in misspelt:
                shown = example(properties.get(key, {}))
                message = sentence(f"{self._name(path)} lacks {quote(key)}")
                yield Mistake(path=path, code="missing-key", message=message, hint=f"Add `{key}: {shown}`.", key=True)
