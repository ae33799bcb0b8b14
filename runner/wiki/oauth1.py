"""OAuth 1.0a, owner-only: requests signed with HMAC-SHA1 (https://www.mediawiki.org/wiki/OAuth/Owner-only_consumers).

The package that signs is an extra: OAuth 2 needs none, and is what a wiki of today offers.
"""

from __future__ import annotations

from typing import Any

from runner.errors import UsageError
from runner.wiki.login import OAuth1Keys


def signing(keys: OAuth1Keys) -> Any:  # noqa: ANN401 - requests-oauthlib has no types
    """What `requests` signs each request with; raises `UsageError` where the extra is not installed."""
    try:
        from requests_oauthlib import OAuth1  # noqa: PLC0415 - an extra
    except ImportError:
        raise UsageError(
            "OAuth 1.0a needs the package requests-oauthlib, which is not installed",
            hint="install wikimop with it: `pip install 'wikimop[oauth1]'`; or use an OAuth 2 token",
        ) from None
    return OAuth1(keys.consumer_token, keys.consumer_secret, keys.access_token, keys.access_secret)
