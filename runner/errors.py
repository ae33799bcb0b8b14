"""What can end a command: each error is a sentence for the user, and a fixed exit code."""

from __future__ import annotations

from dataclasses import dataclass

EXIT_OK = 0
EXIT_INCOMPLETE = 1
EXIT_INVALID = 2
EXIT_GUARD = 3
EXIT_UNREACHABLE = 4
EXIT_CHANGES = 5
EXIT_INTERRUPTED = 130


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One mistake in a file a user wrote.

    `line` and `column` count from 1; `path` is where it stands in the document (`steps.0.pages.titel`);
    `code` is a constant word; `excerpt` is the offending line as it was written.
    """

    file: str
    line: int
    column: int
    path: str
    code: str
    message: str
    hint: str = ""
    excerpt: str = ""

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}: {self.message}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One mistake in a value, before its place in the file is known: `path` are keys and indexes from that value down."""

    path: tuple[str | int, ...]
    code: str
    message: str
    hint: str = ""


class WikimopError(Exception):
    """The base of every error that a user may meet; its text is the user's sentence."""

    exit_code = EXIT_INCOMPLETE

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class UsageError(WikimopError):
    """A wrong command line, configuration or plan: nothing was sent to the wiki."""

    exit_code = EXIT_INVALID


class InvalidInput(UsageError):
    """A file with mistakes, every one of them at once."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems


class PlanRefused(UsageError):
    """The wiki would not take the question as asked (an unknown namespace, parameter or value): no plan was made."""


class GuardStop(WikimopError):
    """A guard of the playbook or of the configuration stopped the work; resumable where something had begun."""

    exit_code = EXIT_GUARD


class Unreachable(WikimopError):
    """The wiki could not be reached, stayed unavailable, or refused the login."""

    exit_code = EXIT_UNREACHABLE


class Interrupted(WikimopError):
    """Ctrl-C or SIGTERM; the run can be resumed."""

    exit_code = EXIT_INTERRUPTED
