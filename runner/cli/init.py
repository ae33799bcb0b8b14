"""`wikimop init`: a commented playbook to start from."""

from __future__ import annotations

from pathlib import Path

import click

STARTER = """\
# yaml-language-server: $schema={schema}
# What this playbook is for, in a sentence: it is read by whoever reviews it.
playbook: 1
name: {name}
description: Purge the pages of a category.

# The wiki: a name from your wikis.yaml, or the address of its api.php. Without it, WIKIMOP_API or --wiki tells.
# wiki: https://wiki.example.org/w/api.php

# Values that change from time to time: wikimop plan {file} --var category="Category:Other"
vars:
  category: Category:Drafts

# A plan that would do more than you expect is made, shown, and refused.
limits: {{items: 100, failures: 5%}}
never_touch: {{titles: [Main Page]}}

steps:
  # Each step has one source (which pages, which revisions) and one action (what to do with them).
  # `wikimop generators` lists the 36 ways to find pages; `wikimop generators categorymembers` tells of one.
  - id: refresh
    pages:
      generator: categorymembers
      title: "${{vars.category}}"
    purge: {{forcelinkupdate: true}}

  # Deleting and hiding look like this. What a plan says is what happens: `wikimop plan {file}` shows every item first.
  # - id: drafts
  #   pages: {{titles: [Draft:One, Draft:Two]}}
  #   delete: {{reason: "Expired draft"}}
  # - id: leaks
  #   revisions: {{revids: [1234, 1235]}}
  #   revisiondelete: {{hide: [content, comment], reason: "Private data"}}
"""


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False), default="playbook.yaml")
def command(file: Path) -> int:
    """Write a commented playbook to FILE (playbook.yaml) to start from; an existing file is left alone."""
    from runner.cli.output import tell  # noqa: PLC0415 - --help stays quick
    from runner.errors import UsageError  # noqa: PLC0415

    name = "-".join(word for word in "".join(c if c.isalnum() else " " for c in file.stem.lower()).split()) or "playbook"
    name = name if name.isascii() and name[0].isalpha() else "playbook"
    try:
        with file.open("x", encoding="utf-8") as opened:
            opened.write(STARTER.format(name=name, file=file, schema="playbook.schema.json"))
    except FileExistsError:
        raise UsageError(f"{file} is there already; it was left as it is") from None
    except OSError as error:
        raise UsageError(f"{file} cannot be written: {error.strerror}") from None
    tell(f"Wrote {file}. Next: wikimop validate {file}; wikimop plan {file}")
    tell("For completion in an editor: wikimop schema > playbook.schema.json, beside it")
    return 0
