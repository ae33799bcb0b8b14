"""What the wiki of `--wiki` has for playbooks to name."""

from __future__ import annotations

from runner.cli.access import find_access
from runner.cli.connect import open_session
from runner.cli.options import Common
from runner.cli.stop import Stop
from runner.sources.offered import Offered
from runner.wiki.client import Manners
from runner.wiki.offered import read_offered


def offered_by(options: Common) -> Offered | None:
    """As the account sees it, or anybody where there are no credentials; None, without any request, if no wiki is named."""
    if options.wiki is None:
        return None
    access = find_access(options.wiki, options.wikis, None, by_hand=True)
    wiki, _ = open_session(access, manners=Manners(), stop=Stop())
    return read_offered(wiki.read)
