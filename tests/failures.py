"""The tables of docs/failures.md, from the code: `python -m tests.failures` writes them anew."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from runner.cli.connect import PATIENCE, UNANSWERED
from runner.errors import EXIT_INCOMPLETE, EXIT_UNREACHABLE
from runner.failures import CAUSES, Cause
from runner.flows.batch import TRIES
from runner.retry import BROKEN_TRIES, FIRST_PAUSE, LONGEST_PAUSE, RENEWALS, RULES, Kind, Rule, Then, Tries

PAGE = Path(__file__).parents[1] / "docs" / "failures.md"
PAUSES = f"{FIRST_PAUSE:.0f} s, doubling up to {LONGEST_PAUSE:.0f} s"
OWN = "an item's own"
THEN = {
    Then.COUNTED: f"sent again, {TRIES} times in all, then `unsure`",
    Then.FREE: "sent again, however often",
    Then.SMALLER: "sent again with fewer items, alone `failed`",
    Then.FAILED: "`failed`",
}


def met() -> list[str]:
    """What goes wrong, and the kind that it is taken for."""
    return ["| failure | how it shows | kind |", "|---|---|---|", *map(_cause, CAUSES)]


def follows() -> list[str]:
    """What follows from each kind."""
    head = "| kind | a read | a write, after its intent | pauses | patience | at the end |"
    refusal = f"| {OWN} | the plan: exit 2 | `failed`, with the wiki's code | none | | exit 1 |"
    return [head, "|---|---|---|---|---|---|", *(_rule(kind, rule) for kind, rule in RULES.items()), refusal]


def _cause(cause: Cause) -> str:
    shown = ", ".join([*map(str, cause.statuses), *(f"`{code}`" for code in cause.codes)])
    kind = f"`{cause.kind}`" if cause.kind else OWN
    return f"| {cause.what} | {f'HTTP {shown}' if cause.statuses else shown} | {kind} |"


def _rule(kind: Kind, rule: Rule) -> str:
    reading = {
        Tries.PATIENT: "asked again",
        Tries.FEW: f"asked again, {BROKEN_TRIES} times in all",
        Tries.RENEWED: f"asked again with a new {'token' if kind is Kind.TOKEN else 'login'}, {RENEWALS} times",
        Tries.NONE: "given up",
    }[rule.tries]
    unheard = {"given up": "the run stops; the item stays `pending`"}.get(reading, reading.replace("asked", "sent"))
    writing = f"looked up; not done: {THEN[rule.heard]}" if rule.heard else unheard
    pauses = PAUSES if rule.tries in (Tries.PATIENT, Tries.FEW) else "none"
    patience = f"{UNANSWERED:.0f} s of silence" if rule.silent else f"{PATIENCE / 60:.0f} min without progress"
    return f"| `{kind}` | {reading} | {writing} | {pauses} | {patience if pauses != 'none' else ''} | {_end(rule)} |"


def _end(rule: Rule) -> str:
    stops = f"exit {EXIT_UNREACHABLE}"
    return f"{stops}; for items exit {EXIT_INCOMPLETE}" if rule.heard in (Then.COUNTED, Then.SMALLER, Then.FAILED) else stops


def written(page: str) -> str:
    """The page with its tables from the code."""
    tables: Iterator[list[str]] = iter((met(), follows()))
    return re.sub(r"(?:^\|.*\n)+", lambda _: "\n".join(next(tables)) + "\n", page, count=2, flags=re.MULTILINE)


if __name__ == "__main__":
    PAGE.write_text(written(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
