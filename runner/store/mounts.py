"""On what kind of file system a folder lies, by Linux's table of mounts.

SQLite's write-ahead log is shared memory between processes of one machine (https://www.sqlite.org/wal.html): on a network
file system two machines would each have a journal of their own, and locks that the other does not see.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

TABLE = Path("/proc/self/mounts")
NETWORK = frozenset(
    {
        "acfs", "afs", "beegfs", "ceph", "cifs", "coda", "davfs", "gfs", "gfs2", "glusterfs", "gpfs", "lustre", "ncpfs",
        "nfs", "nfs4", "ocfs2", "orangefs", "pvfs2", "smb3", "smbfs",
    }
)  # fmt: skip
# What is mounted by a program of the user's: `fuse.sshfs` and the like.
FUSE = frozenset(
    {
        "afpfs", "ceph", "cephfs", "cifs", "curlftpfs", "davfs", "gcsfuse", "glusterfs", "gvfsd-fuse", "juicefs", "mfs",
        "moosefs", "rclone", "s3fs", "s3ql", "smbnetfs", "sshfs", "webdavfs",
    }
)  # fmt: skip


def read_mounts() -> str:
    """The table of this machine, as it is now; empty where there is none to read."""
    with suppress(OSError):
        return TABLE.read_text(encoding="utf-8", errors="surrogateescape")
    return ""


def network_kind(path: Path, table: str) -> str | None:
    """The kind of network file system that a path without links lies on, None for any other; `table` has the lines of
    `/proc/self/mounts`."""
    found, depth = "", -1
    for folder, kind in _mounts(table):
        # What is mounted later on the same folder hides what was there.
        if path.is_relative_to(folder) and len(folder.parts) >= depth:
            found, depth = kind, len(folder.parts)
    mounted_by_user = found.startswith("fuse.") and found.removeprefix("fuse.") in FUSE
    return found if found in NETWORK or mounted_by_user else None


def _mounts(table: str) -> Iterator[tuple[Path, str]]:
    for line in table.splitlines():
        fields = line.split(" ")
        if len(fields) > 2:  # noqa: PLR2004 - device, folder, kind
            yield Path(re.sub(r"\\([0-7]{3})", lambda octal: chr(int(octal[1], 8)), fields[1])), fields[2]
