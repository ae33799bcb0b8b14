"""`when:` the condition of a step: counts of earlier steps, compared. Parsed by hand; nothing is evaluated as code.

condition  = all { "or" all }
all        = one { "and" one }
one        = "not" one | "(" condition ")" | operand OPERATOR operand
operand    = INTEGER | "steps." ID "." STATE
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from runner.model import COUNTED
from runner.playbook.wording import listed, suggest

Counts = Mapping[str, Mapping[str, int]]

STATES = (*(state.value for state in COUNTED), "items")
OPERATORS: Mapping[str, Callable[[int, int], bool]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<=": operator.le,
    ">=": operator.ge,
    "<": operator.lt,
    ">": operator.gt,
}
MAX_DEPTH = 20
MAX_LENGTH = 2000
_TOKEN = re.compile(
    r"\s*(?:(?P<count>steps\.[^\s()<>=!]*)|(?P<integer>[0-9]+)|(?P<operator>==|!=|<=|>=|<|>)|(?P<word>\w+)|(?P<other>&&|\|\||\S))"
)
_COUNT = re.compile(r"steps\.([A-Za-z0-9_-]+)\.([A-Za-z]+)")
_WRITTEN_ELSEWHERE = {"=": "==", "&&": "and", "||": "or", "!": "not", "AND": "and", "OR": "or", "NOT": "not"}
_LONGEST_INTEGER = 12
_LONGEST_WORD = 40


class WhenError(ValueError):
    """A text that is no condition: `column` counts from 1 inside it."""

    def __init__(self, column: int, message: str, hint: str) -> None:
        super().__init__(message)
        self.column = column
        self.message = message
        self.hint = hint


@dataclass(frozen=True, slots=True)
class Count:
    """`steps.ID.STATE`."""

    step: str
    state: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two numbers, compared."""

    left: Count | int
    sign: str
    right: Count | int


@dataclass(frozen=True, slots=True)
class Not:
    """The opposite."""

    inner: Condition


@dataclass(frozen=True, slots=True)
class Combined:
    """All parts hold (`every`), or at least one."""

    parts: tuple[Condition, ...]
    every: bool


Condition = Comparison | Not | Combined


@dataclass(frozen=True, slots=True, kw_only=True)
class When:
    """A parsed condition; `steps` are the ids that it names, in order; `str()` gives the text as written."""

    text: str
    condition: Condition
    steps: tuple[str, ...] = ()

    def evaluate(self, counts: Counts) -> bool:
        """Whether the step runs. `counts` holds items by step id and state; absent is 0, `items` is the sum."""
        return _holds(self.condition, counts)

    def __str__(self) -> str:
        return self.text


def parse_when(text: str) -> When:
    """A condition, or WhenError."""
    parser = _Parser(text=text, tokens=_tokens(text))
    condition = parser.either(0)
    if parser.tokens[parser.at][0] != "end":
        raise parser.unexpected()
    return When(text=text, condition=condition, steps=tuple(dict.fromkeys(parser.steps)))


def _holds(condition: Condition, counts: Counts) -> bool:
    if isinstance(condition, Not):
        return not _holds(condition.inner, counts)
    if isinstance(condition, Combined):
        return (all if condition.every else any)(_holds(part, counts) for part in condition.parts)
    return OPERATORS[condition.sign](_number(condition.left, counts), _number(condition.right, counts))


def _number(operand: Count | int, counts: Counts) -> int:
    if isinstance(operand, int):
        return operand
    states = counts.get(operand.step, {})
    return sum(states.values()) if operand.state == "items" else states.get(operand.state, 0)


def _tokens(text: str) -> list[tuple[str, str, int]]:
    found = [
        (match.lastgroup or "", match.group(match.lastgroup or 0), match.start(match.lastgroup or 0) + 1)
        for match in _TOKEN.finditer(text)
    ]
    return [*found, ("end", "", len(text.rstrip()) + 1)]


@dataclass(slots=True, kw_only=True)
class _Parser:
    text: str
    tokens: list[tuple[str, str, int]]
    at: int = 0
    steps: list[str] = field(default_factory=list)

    def take(self, word: str) -> bool:
        """Steps over the next token if it is this word."""
        here = self.tokens[self.at][1] == word
        self.at += here
        return here

    def either(self, depth: int) -> Condition:
        parts = [self.every(depth)]
        while self.take("or"):
            parts.append(self.every(depth))
        return parts[0] if len(parts) == 1 else Combined(tuple(parts), every=False)

    def every(self, depth: int) -> Condition:
        parts = [self.one(depth)]
        while self.take("and"):
            parts.append(self.one(depth))
        return parts[0] if len(parts) == 1 else Combined(tuple(parts), every=True)

    def one(self, depth: int) -> Condition:
        column = self.tokens[self.at][2]
        if depth > MAX_DEPTH:
            raise WhenError(column, f"The condition is nested more than {MAX_DEPTH} deep.", "Write it flatter.")
        if self.take("not"):
            return Not(self.one(depth + 1))
        if not self.take("("):
            return self.comparison()
        inner = self.either(depth + 1)
        if self.take(")"):
            return inner
        if self.tokens[self.at][0] == "end":
            raise WhenError(column, "This bracket is not closed.", "Add the `)`.")
        raise self.unexpected()

    def unexpected(self) -> WhenError:
        _, word, column = self.tokens[self.at]
        if word in _WRITTEN_ELSEWHERE:
            return WhenError(column, *_elsewhere(word))
        message = f"`{_short(word)}` is not expected here."
        return WhenError(column, message, "Join two comparisons with `and` or `or`; numbers are whole.")

    def comparison(self) -> Condition:
        left = self.operand()
        sign = self.sign()
        right = self.operand()
        kind, word, column = self.tokens[self.at]
        if kind == "operator":
            raise WhenError(column, f"`{word}` is one comparison too many.", "Join two comparisons with `and`.")
        return Comparison(left, sign, right)

    def sign(self) -> str:
        kind, word, column = self.tokens[self.at]
        if kind != "operator":
            raise WhenError(column, *_no_operator(word))
        self.at += 1
        return word

    def operand(self) -> Count | int:
        kind, word, column = self.tokens[self.at]
        if kind == "integer" and len(word) <= _LONGEST_INTEGER:
            self.at += 1
            return int(word)
        if kind != "count":
            raise WhenError(column, *_no_operand(word))
        self.at += 1
        return self.count(word, column)

    def count(self, word: str, column: int) -> Count:
        match = _COUNT.fullmatch(word)
        if match is None:
            message = f"`{_short(word)}` is not `steps.ID.STATE`."
            raise WhenError(column, message, f"STATE is one of {listed(STATES, 'or')}.")
        step, state = match.groups()
        if state not in STATES:
            hint = suggest(state, STATES)
            raise WhenError(column + match.start(2), f"`{_short(state)}` is not a state of items.", hint)
        self.steps.append(step)
        return Count(step, state)


def _short(word: str) -> str:
    return word if len(word) <= _LONGEST_WORD else word[:_LONGEST_WORD] + "…"


def _elsewhere(word: str) -> tuple[str, str]:
    return f"`{word}` is not known here.", f"Write `{_WRITTEN_ELSEWHERE[word]}`."


def _no_operator(word: str) -> tuple[str, str]:
    if word in _WRITTEN_ELSEWHERE:
        return _elsewhere(word)
    return "A comparison is expected here.", f"Compare with {listed(OPERATORS, 'or')}: `steps.drafts.done > 0`."


def _no_operand(word: str) -> tuple[str, str]:
    if word in _WRITTEN_ELSEWHERE:
        return _elsewhere(word)
    message = f"`{_short(word)}` is not a number or a count." if word else "Here the condition ends too early."
    return message, "Write whole numbers and `steps.ID.STATE`: `steps.drafts.done > 0`."
