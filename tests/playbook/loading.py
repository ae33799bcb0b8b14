"""Playbooks for the tests of this folder."""

from __future__ import annotations

from runner.errors import InvalidInput, Problem
from runner.playbook.check import load_playbook
from runner.playbook.playbook import Playbook

GOOD = """\
playbook: 1
name: expired-drafts
description: Delete drafts untouched for half a year, then refresh what linked to them.
wiki: example
vars:
  reason: "Expired draft, see [[Project:Drafts]]"
  grace: {type: string, default: 180 days, description: How long a draft may rest}
  most: 50
request: {maxlag: 5, assert: user, errorlang: en}
limits: {items: 500, failures: 5%, rate: 60/min, concurrency: 2, duration: 1h 30m}
never_touch:
  titles: [Main Page]
  namespaces: [8, Help]
stop_page: User:Mop/Stop
stamp: {text: "[{run}]", place: start}
steps:
  - id: drafts
    name: Delete expired drafts
    pages:
      generator: categorymembers
      title: Category:Drafts
      namespace: 118
      except: {file: keep.txt}
      limit: ${vars.most}
    delete:
      reason: "${vars.reason}"
      watchlist: nochange
  - id: refresh
    fresh: true
    pages:
      generator: linkshere
      of: {step: drafts, outcome: done}
    when: steps.drafts.done > 0
    purge: {forcelinkupdate: true}
  - id: leaks
    revisions: {list: usercontribs, user: Vandal, start: 2026-01-31T00:00:00Z, end: 2026-01-01T00:00:00Z}
    revisiondelete: {hide: [content, comment], suppress: no, reason: "Private data"}
"""
HEAD = "playbook: 1\nname: x\n"
STEP = HEAD + "steps:\n  - id: a\n    pages: {titles: [Main Page]}\n    purge: {}\n"


def unread(path: str) -> str | None:
    """Every file beside the playbook is there, but for `missing.txt`; what no file system takes raises, as `open` does."""
    if "\0" in path or "\x1b" in path:
        raise ValueError(path)
    return f"`{path}` does not exist" if path == "missing.txt" or ".." in path else None


def load(text: str, **variables: str) -> Playbook:
    """The playbook."""
    return load_playbook(text.encode(), file="p.yaml", variables=variables, read_file=unread)


def problems(text: str, **variables: str) -> tuple[Problem, ...]:
    """Its problems; none if it is right."""
    try:
        load(text, **variables)
    except InvalidInput as error:
        return error.problems
    return ()


def codes(text: str, **variables: str) -> list[str]:
    """Their codes, in order."""
    return [problem.code for problem in problems(text, **variables)]


def with_options(source: str, action: str) -> str:
    """A playbook of one step."""
    return HEAD + f"steps:\n  - id: a\n    {source}\n    {action}\n"
