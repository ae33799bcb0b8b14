"""The accounts of the test wiki.  None of these passwords protects anything."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True)
class Account:
    username: str
    password: str
    bot_username: str
    bot_password: str
    groups: tuple[str, ...] = ()
    grants: tuple[str, ...] = ()  # none: all there are


def _account(username: str, *groups: str, app: str = "mop", grants: tuple[str, ...] = ()) -> Account:
    def secret(what: str) -> str:
        return hashlib.sha256(f"throw-away {what} of {username}".encode()).hexdigest()[:32]

    return Account(username, secret("password"), f"{username}@{app}", secret(app), groups, grants)


ACCOUNTS: Mapping[str, Account] = MappingProxyType(
    {
        "admin": _account("Admin", "sysop", "bureaucrat", "suppress"),
        "narrow": _account("Admin", app="narrow", grants=("basic", "editpage")),
        "sysop": _account("Sysop", "sysop"),
        "bob": _account("Bob"),
        "vandal": _account("Vandal"),
        "robot": _account("Robot", "bot"),
    }
)
# People who only appear in histories.
EXTRAS: tuple[Account, ...] = (_account("Alice"), _account("Carol"))
