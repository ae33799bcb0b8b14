"""`wikimop generators`: the generators and their parameters."""

from __future__ import annotations

from typing import Any

import click

from runner.cli.options import common, wiki_options


@click.command()
@click.argument("name", required=False)
@wiki_options
def command(name: str | None, **options: Any) -> int:  # noqa: ANN401 - click's options
    """List the generators; with NAME, its parameters and an example.

    With --wiki they are those of that wiki, by its own description. Without it nothing is asked of any wiki.
    """
    from runner.cli.offered import offered_by  # noqa: PLC0415 - --help stays quick
    from runner.cli.output import print_json, print_lines  # noqa: PLC0415
    from runner.errors import UsageError  # noqa: PLC0415
    from runner.harmless import harmless  # noqa: PLC0415
    from runner.sources.catalogue import CATALOGUE  # noqa: PLC0415
    from runner.sources.describe import describe_module, describe_modules, module_text  # noqa: PLC0415
    from runner.sources.nearest import did_you_mean, nearest  # noqa: PLC0415

    shared = common(**options)
    offered = offered_by(shared)
    modules = offered.modules if offered else CATALOGUE
    if name is None:
        for row in describe_modules(modules):
            if shared.json:
                print_json(row)
            else:
                print_lines([harmless(f"{row['name']:<20} {row['summary']}")])
        return 0
    if name not in modules:
        hint = did_you_mean(name, modules) if offered or nearest(name, modules) else "--wiki W looks for it on a wiki"
        raise UsageError(f"there is no generator {name}", hint=hint)
    if shared.json:
        print_json(describe_module(name, modules))
    else:
        print_lines(harmless(line) for line in module_text(name, modules).splitlines())
    return 0
