"""Options that several commands share, with one meaning everywhere."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True, kw_only=True)
class Common:
    """What every command that meets a wiki or the state folder is told."""

    wiki: str | None
    wikis: Path | None
    state_dir: Path
    format: str
    no_input: bool
    verbosity: int

    @property
    def json(self) -> bool:
        return self.format == "json"


def format_option(function: F) -> F:
    """`--format text|json`."""
    return click.option(
        "--format", "format_", type=click.Choice(["text", "json"]), default="text", show_default=True,
        help="How results are printed on stdout.",
    )(function)  # fmt: skip


def state_options(function: F) -> F:
    """Where state is kept, and how much is said."""
    options = (
        format_option,
        click.option(
            "--state-dir", type=click.Path(path_type=Path, file_okay=False), envvar="WIKIMOP_STATE_DIR",
            default=Path(".wikimop"), show_default=True, help="Where plans, runs and logs are kept.",
        ),
        click.option("-v", "--verbose", count=True, help="Say everything that is logged."),
        click.option("-q", "--quiet", is_flag=True, help="Say only warnings and errors."),
    )  # fmt: skip
    for option in reversed(options):
        function = option(function)
    return function


def wiki_options(function: F) -> F:
    """Which wiki, and with whose credentials."""
    options = (
        click.option("--wiki", metavar="NAME|URL", help="A name from the configuration, or an api.php URL."),
        click.option(
            "--wikis", type=click.Path(path_type=Path, exists=True, dir_okay=False),
            help="The configuration of wikis, instead of the user's own.",
        ),
        click.option("--no-input", is_flag=True, help="Never ask."),
        state_options,
    )  # fmt: skip
    for option in reversed(options):
        function = option(function)
    return function


var_option = click.option(
    "--var", "variables", multiple=True, metavar="NAME=VALUE", callback=lambda _c, _p, values: _variables(values),
    help="Set a variable of the playbook.",
)  # fmt: skip

allow_suppress_option = click.option("--allow-suppress", is_flag=True, help="Allow steps with `suppress: yes`.")


def _variables(values: tuple[str, ...]) -> dict[str, str]:
    pairs = [value.partition("=") for value in values]
    for name, sign, _ in pairs:
        if not sign or not name:
            raise click.BadParameter(f"'{name}' is not NAME=VALUE")
    return {name: value for name, _, value in pairs}


def common(
    *,
    state_dir: Path,
    format_: str,
    verbose: int,
    quiet: bool,
    wiki: str | None = None,
    wikis: Path | None = None,
    no_input: bool = True,
) -> Common:
    """The shared options as one value."""
    verbosity = -1 if quiet else verbose
    return Common(wiki=wiki, wikis=wikis, state_dir=state_dir, format=format_, no_input=no_input, verbosity=verbosity)
