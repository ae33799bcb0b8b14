"""Debian's MediaWiki, PHP and nginx, unpacked into a private folder.

One way for root and for everybody else: apt only downloads, with its lists, its cache and its view of what is
installed in folders of ours, and ``dpkg -x`` unpacks.  The system is read, never altered.  PHP, nginx and MediaWiki are
always our own copies, whatever the machine has; the libraries they need come from the machine where it has them.
"""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

WANTED = ("mediawiki", "nginx")
PHP_WANTED = ("fpm", "cli", "sqlite3", "mbstring", "xml", "intl")
PRIVATE = re.compile(r"(php|mediawiki|nginx|libapache2-mod-php|libnginx-mod-)")
STATUS = Path("/var/lib/dpkg/status")
STATUS_FIELDS = ("Package", "Status", "Architecture", "Multi-Arch", "Source", "Version", "Provides")
APT_CONF = """
Dir::State::lists "{at}/lists";
Dir::State::status "{at}/status";
Dir::State::extended_states "{at}/extended_states";
Dir::Cache "{at}/cache";
Dir::Log "{at}/log";
Debug::NoLocking "1";
APT::Sandbox::User "root";
APT::Install-Recommends "0";
APT::Install-Suggests "0";
APT::Get::Assume-Yes "1";
Acquire::Languages "none";
Acquire::Retries "2";
#clear APT::Update::Pre-Invoke;
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
#clear DPkg::Pre-Invoke;
#clear DPkg::Post-Invoke;
"""


class SetupError(Exception):
    """The wiki cannot be set up here; the message says why in one sentence."""


def fetch(into: Path) -> None:
    """Download the packages and unpack them below ``into``, an empty folder."""
    for tool in ("apt-get", "apt-cache", "dpkg"):
        if shutil.which(tool) is None:
            raise SetupError(f"The test wiki is made of Debian's packages, and this machine has no {tool}.")
    work = into.with_name(into.name + ".apt")
    try:
        _configure(work)
        _apt(work, "apt-get", "update", check=False)
        php = _php_package(work)
        wanted = [*WANTED, *(f"{php}-{name}" for name in PHP_WANTED), _apcu(work, php)]
        _apt(work, "apt-get", "install", "--download-only", *wanted)
        unpack(sorted((work / "cache/archives").glob("*.deb")), into)
    finally:
        shutil.rmtree(work, ignore_errors=True)


def unpack(archives: Sequence[Path], into: Path) -> None:
    into.mkdir(parents=True, exist_ok=True)
    for archive in archives:
        _run("dpkg", "-x", str(archive), str(into))
    for name in ("usr/share/doc", "usr/share/man", "usr/share/mediawiki/LocalSettings.php"):
        _remove(into / name)
    for link in list(_links(into)):
        _make_relative(link, into)


def _configure(work: Path) -> None:
    for name in ("lists/partial", "cache/archives/partial", "log"):
        (work / name).mkdir(parents=True, exist_ok=True)
    (work / "apt.conf").write_text(APT_CONF.format(at=work))
    try:
        installed = STATUS.read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        raise SetupError(f"The list of installed packages cannot be read: {error}.") from error
    (work / "status").write_text("\n".join(_without_ours(installed)), encoding="utf-8")


def _without_ours(status: str) -> Iterator[str]:
    """The installed packages but for those we bring, without their dependencies, so that nothing looks broken."""
    for stanza in status.split("\n\n"):
        lines = (line for line in stanza.splitlines() if ":" in line and not line[0].isspace())
        fields = dict(line.split(": ", 1) for line in lines if ": " in line)
        if fields.get("Status", "").endswith(" installed") and not PRIVATE.match(fields["Package"]):
            yield "".join(f"{name}: {fields[name]}\n" for name in STATUS_FIELDS if name in fields)


def _php_package(work: Path) -> str:
    """The versioned name: asking for plain ``php-fpm`` would let ``php`` choose Apache."""
    found = re.search(r"Depends: (php[\d.]+)-fpm\b", _apt(work, "apt-cache", "depends", "php-fpm", check=False))
    if found is None:
        raise SetupError("apt offers no php-fpm: its package lists could not be fetched, or name no Debian or Ubuntu.")
    return found[1]


def _apcu(work: Path, php: str) -> str:
    versioned = f"{php}-apcu"
    return versioned if _apt(work, "apt-cache", "show", versioned, check=False).strip() else "php-apcu"


def _apt(work: Path, tool: str, *args: str, check: bool = True) -> str:
    return _run(tool, "-c", str(work / "apt.conf"), *args, check=check)


def _run(*command: str, check: bool = True) -> str:
    environment = {**os.environ, "LC_ALL": "C.UTF-8", "DEBIAN_FRONTEND": "noninteractive"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False)
    if check and done.returncode:
        errors = [line for line in done.stderr.splitlines() if line.startswith("E:")] or done.stderr.splitlines()[-1:]
        said = "; ".join(line.removeprefix("E: ") for line in errors[:2])
        raise SetupError(f"The test wiki's packages could not be fetched: {Path(command[0]).name} says: {said}")
    return done.stdout


def _links(root: Path) -> Iterator[Path]:
    for folder, folders, files in os.walk(root):
        yield from (path for name in (*folders, *files) if (path := Path(folder, name)).is_symlink())


def _make_relative(link: Path, root: Path) -> None:
    target = str(link.readlink())
    inside = root / target.lstrip("/")
    if target.startswith("/") and os.path.lexists(inside):
        link.unlink()
        link.symlink_to(os.path.relpath(inside, link.parent))


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
