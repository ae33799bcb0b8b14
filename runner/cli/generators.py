"""`wikimop generators`: the generators and their parameters."""

from __future__ import annotations

import click

from runner.cli.options import format_option


@click.command()
@click.argument("name", required=False)
@format_option
def command(name: str | None, format_: str) -> int:
    """List the generators; with NAME, its parameters and an example."""
    from runner.cli.output import print_json, print_lines  # noqa: PLC0415 - --help stays quick
    from runner.errors import UsageError  # noqa: PLC0415
    from runner.sources.catalogue import CATALOGUE  # noqa: PLC0415
    from runner.sources.describe import describe_module, describe_modules, module_text  # noqa: PLC0415
    from runner.sources.nearest import did_you_mean  # noqa: PLC0415

    if name is None:
        for row in describe_modules():
            if format_ == "json":
                print_json(row)
            else:
                print_lines([f"{row['name']:<20} {row['summary']}"])
        return 0
    if name not in CATALOGUE:
        raise UsageError(f"there is no generator {name}", hint=did_you_mean(name, CATALOGUE))
    if format_ == "json":
        print_json(describe_module(name))
    else:
        print_lines([module_text(name)])
    return 0
