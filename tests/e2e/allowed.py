"""A user's own configuration that allows more than the usual, on the throw-away wiki."""

from __future__ import annotations

from tests.desk import Desk

WIKIS = """\
wikis:
  allowing:
    api: {api}
    contact: admin@example.org
    auth: {{username: {username}, password: {{env: MOP_PASSWORD}}}}
    allow: {{{allow}}}
"""


def allow(desk: Desk, api: str, allow: str, account: str = "sysop") -> None:
    """From now on this is what the desk's `wikis.yaml` says of the wiki."""
    desk.use(api, account)
    environment = desk.environment
    environment["MOP_PASSWORD"] = environment.pop("WIKIMOP_PASSWORD")
    username = environment.pop("WIKIMOP_USERNAME")
    environment.pop("WIKIMOP_API")
    desk.write(WIKIS.format(api=api, username=username, allow=allow), "config/wikimop/wikis.yaml")
