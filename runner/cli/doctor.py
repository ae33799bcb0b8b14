"""`wikimop doctor`: can it connect, log in, and do what playbooks need?"""

from __future__ import annotations

from typing import Any

import click

from runner.cli.options import common, wiki_options
from runner.errors import EXIT_UNREACHABLE


@click.command()
@wiki_options
def command(**options: Any) -> int:  # noqa: ANN401 - click's options
    """Check the way to a wiki step by step: configuration, connection, login, rights. Nothing is written to it."""
    from runner.cli.access import find_access  # noqa: PLC0415 - --help stays quick
    from runner.cli.checkup import checkup  # noqa: PLC0415
    from runner.cli.output import print_json, print_lines  # noqa: PLC0415
    from runner.report.text import check_line  # noqa: PLC0415

    shared = common(**options)
    access = find_access(shared.wiki, shared.wikis, None, by_hand=True)
    checks = []
    for check in checkup(access):
        checks.append(check)
        if not shared.json:
            print_lines([check_line(check)])
    if shared.json:
        print_json({"api": access.api, "checks": [check.shape() for check in checks]})
    return EXIT_UNREACHABLE if any(check.state == "failed" for check in checks) else 0
