"""A throw-away, real MediaWiki for tests and for trying things out."""

from .accounts import ACCOUNTS, Account
from .client import ApiError, Client
from .install import prepare
from .packages import SetupError
from .server import MediaWiki, start

__all__ = ["ACCOUNTS", "Account", "ApiError", "Client", "MediaWiki", "SetupError", "prepare", "start"]
