"""`wikimop schema`: the JSON Schema of playbooks, for editors."""

from __future__ import annotations

from typing import Any

import click

from runner.cli.options import common, wiki_options


@click.command()
@wiki_options
def command(**options: Any) -> int:  # noqa: ANN401 - click's options
    """Print the JSON Schema of playbooks, for an editor's completion.

    With --wiki it is tailored to that wiki: its namespaces, change tags, content models, and modules with their parameters
    and values. Without it nothing is asked of any wiki.
    """
    import sys  # noqa: PLC0415 - --help stays quick

    import orjson  # noqa: PLC0415

    from runner.cli.offered import offered_by  # noqa: PLC0415
    from runner.playbook.schema import playbook_schema  # noqa: PLC0415

    schema = playbook_schema(offered_by(common(**options)))
    sys.stdout.buffer.write(orjson.dumps(schema, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))
    return 0
