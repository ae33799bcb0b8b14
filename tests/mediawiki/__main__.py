"""python -m tests.mediawiki prepare|up|down|reset|status|run-jobs"""

import argparse
import shlex
import sys

from . import demo, install
from .accounts import ACCOUNTS
from .packages import SetupError
from .server import MediaWiki


def main() -> int:
    chosen = _arguments()
    try:
        return _do(chosen)
    except SetupError as error:
        print(error, file=sys.stderr)
        return 1


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.mediawiki", description="A throw-away MediaWiki.")
    commands = parser.add_subparsers(dest="command", required=True)
    for name, text in {
        "prepare": "fetch and seed it, if that is not done yet",
        "up": "start it and leave it running",
        "down": "stop it and forget its changes",
        "reset": "put the running wiki back to its first state",
        "status": "say whether it runs, and where",
        "run-jobs": "run what waits in its job queue",
    }.items():
        command = commands.add_parser(name, help=text)
        if name == "up":
            command.add_argument("--port", type=int, default=0, help="on 127.0.0.1 (default: any free one)")
        if name in ("up", "status"):
            command.add_argument("--env", action="store_true", help="print lines that a shell can evaluate")
            command.add_argument("--account", choices=ACCOUNTS, default="sysop", help="whose (default: sysop)")
    return parser.parse_args()


def _do(chosen: argparse.Namespace) -> int:
    if chosen.command == "prepare":
        print(install.prepare(_say))
    elif chosen.command == "up":
        install.prepare(_say)
        _show(demo.up(chosen.port), chosen)
    elif chosen.command == "down":
        print("stopped" if demo.down() else "it was not running")
    else:
        return _with_running(chosen)
    return 0


def _with_running(chosen: argparse.Namespace) -> int:
    wiki = demo.find()
    if wiki is None:
        print("the wiki is not running", file=sys.stderr)
        return 1
    if chosen.command == "reset":
        wiki.reset()
    elif chosen.command == "run-jobs":
        wiki.run_jobs()
    else:
        _show(wiki, chosen)
    return 0


def _show(wiki: MediaWiki, chosen: argparse.Namespace) -> None:
    account = ACCOUNTS[chosen.account]
    values = {
        "WIKIMOP_API": wiki.api,
        "WIKIMOP_USERNAME": account.bot_username,
        "WIKIMOP_PASSWORD": account.bot_password,
        "WIKIMOP_CONTACT": "admin@example.org",
    }
    if chosen.env:
        print("\n".join(f"export {name}={shlex.quote(value)}" for name, value in values.items()))
    else:
        print(f"The wiki is at {wiki.api.removesuffix('api.php')} and its API at {wiki.api}")
        print(f"Log in as {account.bot_username} with the password {account.bot_password}")


def _say(line: str) -> None:
    print(f"{line} ...", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
