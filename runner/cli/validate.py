"""`wikimop validate`: every problem of playbooks at once, offline."""

from __future__ import annotations

from pathlib import Path

import click

from runner.cli.options import format_option, var_option
from runner.errors import EXIT_INVALID


@click.command()
@click.argument("playbooks", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="PLAYBOOK...")
@var_option
@format_option
def command(playbooks: tuple[Path, ...], variables: dict[str, str], format_: str) -> int:
    """Check playbooks offline and tell every problem at once."""
    from runner.cli.app import say_error  # noqa: PLC0415
    from runner.cli.output import print_json, print_lines  # noqa: PLC0415 - --help stays quick
    from runner.cli.reading import read_playbook  # noqa: PLC0415
    from runner.errors import InvalidInput, UsageError  # noqa: PLC0415
    from runner.playbook.render import problem_json, render_problems  # noqa: PLC0415

    worst = 0
    for path in playbooks:
        try:
            book = read_playbook(path, variables)
        except UsageError as error:
            if not isinstance(error, InvalidInput):
                worst = say_error(error)
                continue
            worst = EXIT_INVALID
            if format_ == "json":
                for problem in error.problems:
                    print_json(problem_json(problem))
            else:
                print_lines([render_problems(error.problems)])
        else:
            if format_ == "text":
                steps = "1 step" if len(book.steps) == 1 else f"{len(book.steps)} steps"
                print_lines([f"{path}: valid, {steps}"])
    return worst
