"""On which file systems a state folder may lie, by tables of mounts as Linux writes them."""

from __future__ import annotations

from pathlib import Path

import pytest

from runner.errors import UsageError
from runner.store.folder import StateFolder
from runner.store.mounts import FUSE, NETWORK, TABLE, network_kind, read_mounts

LAPTOP = """\
sysfs /sys sysfs rw,nosuid,nodev,noexec,relatime 0 0
/dev/nvme0n1p2 / ext4 rw,relatime,errors=remount-ro 0 0
tmpfs /tmp tmpfs rw,nosuid,nodev 0 0
nas:/export/home /home nfs4 rw,relatime,vers=4.2,addr=192.0.2.7 0 0
/dev/nvme0n1p3 /home/ann/desk ext4 rw,relatime 0 0
//nas/team /mnt/team\\040share cifs rw,relatime,vers=3.1.1 0 0
ann@host.example.org: /home/ann/far fuse.sshfs rw,nosuid,nodev,relatime,user_id=1000 0 0
/dev/fuse /run/user/1000/doc fuse.portal rw,nosuid,nodev,relatime,user_id=1000 0 0
portable /media/crypt fuse.gocryptfs rw,nosuid,nodev 0 0
"""


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/", None), ("/var/mop", None), ("/tmp/.wikimop", None), ("/home", "nfs4"), ("/home/bob/.wikimop", "nfs4"),
        ("/home/ann/desk/mop", None), ("/home/ann/desks", "nfs4"), ("/home/ann/far/mop", "fuse.sshfs"),
        ("/mnt/team share/mop", "cifs"), ("/mnt/team", None), ("/run/user/1000/doc/x", None), ("/media/crypt/mop", None),
        ("/homes", None),
    ],
)  # fmt: skip
def test_the_nearest_mount_counts(path: str, kind: str | None) -> None:
    assert network_kind(Path(path), LAPTOP) == kind


def test_what_is_mounted_later_on_the_same_folder_counts() -> None:
    over = LAPTOP + "/dev/sdb1 /home xfs rw 0 0\n"
    assert network_kind(Path("/home/bob"), over) is None
    assert network_kind(Path("/home/bob"), over + "nas:/h /home nfs rw 0 0\n") == "nfs"


@pytest.mark.parametrize("kind", [*sorted(NETWORK), *(f"fuse.{name}" for name in sorted(FUSE))])
def test_every_network_file_system(kind: str) -> None:
    assert network_kind(Path("/data/mop"), f"x / ext4 rw 0 0\ny /data {kind} rw 0 0\n") == kind


@pytest.mark.parametrize("table", ["", "\n", "nonsense\n", "a b\n"])
def test_where_there_is_no_table_nothing_is_refused(table: str) -> None:
    assert network_kind(Path("/data/mop"), table) is None


@pytest.mark.skipif(not TABLE.exists(), reason="not Linux")
def test_this_machine_has_a_table() -> None:
    assert " / " in read_mounts()


def test_a_state_folder_there_is_refused_before_it_is_made(tmp_path: Path) -> None:
    table = f"x / ext4 rw 0 0\nnas:/export {tmp_path.resolve()} nfs4 rw 0 0\n"
    with pytest.raises(UsageError, match=r"network file system \(nfs4\)") as caught:
        StateFolder(tmp_path / ".wikimop", mounts=lambda: table).open()
    assert "--state-dir" in caught.value.hint
    assert list(tmp_path.iterdir()) == []


def test_a_link_leads_there(tmp_path: Path) -> None:
    """What counts is where it lies, not how it is called."""
    (tmp_path / "far").mkdir()
    (tmp_path / "near").symlink_to(tmp_path / "far")
    table = f"x / ext4 rw 0 0\nnas:/export {tmp_path.resolve()}/far cifs rw 0 0\n"
    with pytest.raises(UsageError, match="cifs"):
        StateFolder(tmp_path / "near" / ".wikimop", mounts=lambda: table).open()
    StateFolder(tmp_path / ".wikimop", mounts=lambda: table).open().close()
