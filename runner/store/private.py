"""Files that only their owner can read, whatever the umask is, from their first moment on."""

from __future__ import annotations

import os
from pathlib import Path

FILE, FOLDER = 0o600, 0o700


def private_file(path: Path, flags: int) -> int:
    """Open a file, making it if need be, and give its descriptor; a link in its place is refused. Raises OSError."""
    handle = os.open(path, flags | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, FILE)
    # It may be there already, from a time when nobody cared.
    os.fchmod(handle, FILE)
    return handle


def private_folder(path: Path) -> None:
    """Make a folder if need be. Raises OSError."""
    path.mkdir(mode=FOLDER, exist_ok=True)
    path.chmod(FOLDER)
