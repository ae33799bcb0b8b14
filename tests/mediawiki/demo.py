"""A wiki that stays up after the command that started it, for trying things out."""

import json
import os
import shutil
import signal
import time
from collections.abc import Mapping
from pathlib import Path

from . import install, server
from .packages import SetupError
from .server import MediaWiki


def _folder() -> Path:
    return install.cache() / "demo"


def find() -> MediaWiki | None:
    """The running demo wiki."""
    state = _state()
    if state is None:
        return None
    return MediaWiki(int(state["port"]), _folder() / "data", Path(state["runtime"]))


def up(port: int = 0) -> MediaWiki:
    """The demo wiki, as it is if it runs already and has the pages it should have."""
    template = install.prepare()
    wiki, state = find(), _state()
    if wiki is not None and state is not None:
        if state["template"] == str(template) and port in (0, wiki.port) and wiki.answers():
            return wiki
        down()
    wiki = server.launch(_folder() / "data", port, detached=True)
    known = {"pid": wiki.pid, "port": wiki.port, "runtime": str(wiki.runtime), "template": str(template)}
    (_folder() / "state.json").write_text(json.dumps(known))
    return wiki


def down(patience: float = 15) -> bool:
    """Stop it; whether there was anything to stop."""
    state = _state()
    if state is not None:
        pid, end = int(state["pid"]), time.monotonic() + patience
        os.kill(pid, signal.SIGTERM)
        while _is_ours(pid, state["runtime"]):
            if time.monotonic() > end:
                raise SetupError(f"The demo wiki's supervisor, process {pid}, does not end.")
            time.sleep(0.02)
    shutil.rmtree(_folder(), ignore_errors=True)
    return state is not None


def _state() -> Mapping[str, str] | None:
    """What was written down about the running demo; nothing if it has ended."""
    try:
        state: dict[str, str] = json.loads((_folder() / "state.json").read_text())
    except (OSError, ValueError):
        return None
    return state if _is_ours(int(state["pid"]), state["runtime"]) else None


def _is_ours(pid: int, runtime: str) -> bool:
    """Whether the process is the supervisor, and not another one that got its number."""
    try:
        return os.fsencode(runtime) in Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return False
