"""`wikimop schema`: the JSON Schema of playbooks, for editors."""

from __future__ import annotations

import click


@click.command()
def command() -> int:
    """Print the JSON Schema of playbooks, for an editor's completion."""
    import sys  # noqa: PLC0415 - --help stays quick

    import orjson  # noqa: PLC0415

    from runner.playbook.schema import playbook_schema  # noqa: PLC0415

    options = orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE
    sys.stdout.buffer.write(orjson.dumps(playbook_schema(), option=options))
    return 0
