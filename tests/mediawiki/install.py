"""Making the seeded wiki once, in a cache, for everybody to copy."""

import fcntl
import hashlib
import os
import shutil
import sqlite3
import struct
import tempfile
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from . import packages, seeds
from .accounts import ACCOUNTS, EXTRAS, Account
from .packages import SetupError
from .php import Software

DAY = 86400
HERE = Path(__file__).parent
SEEDING = ("accounts.py", "install.py", "php.py", "seeds.py", "site/LocalSettings.php")
LANGUAGES = "en,de,ar,he"
FILES = {"Red square": (200, 0, 0), "Blue square": (0, 0, 200), "Unused": (90, 90, 90)}


def cache() -> Path:
    given = os.environ.get("WIKIMOP_TEST_CACHE")
    return Path(given).absolute() if given else HERE.parents[1] / ".cache/mediawiki"


def software() -> Software:
    return Software(cache() / f"packages-{_digest('packages.py')}")


def template() -> Path:
    """The seeded wiki's folder: ``data`` to copy, ``l10n`` to share."""
    return cache() / f"wiki-{_digest('packages.py', *SEEDING)}"


def prepare(say: Callable[[str], None] = lambda _: None) -> Path:
    """The seeded wiki's folder, made now if the cache lacks it."""
    if not template().is_dir():
        with _locked():
            _once(software().root, packages.fetch, say, "fetching MediaWiki, PHP and nginx from Debian")
            _once(template(), _seed, say, "installing MediaWiki and filling it with pages")
    return template()


def _digest(*names: str) -> str:
    machine = Path("/etc/os-release")
    parts = [machine.read_bytes() if machine.exists() else b"", *((HERE / name).read_bytes() for name in names)]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()[:12]


@contextmanager
def _locked() -> Iterator[None]:
    try:
        cache().mkdir(parents=True, exist_ok=True)
        with (cache() / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
    except OSError as error:
        raise SetupError(f"The test wiki could not be put into {cache()}: {error}.") from error


def _once(folder: Path, make: Callable[[Path], None], say: Callable[[str], None], what: str) -> None:
    """Make ``folder`` whole or not at all; those of its kind that are older than a day go away then."""
    if folder.is_dir():
        return
    say(what)
    kind = folder.name.partition("-")[0]
    new = folder.with_name(f"new-{kind}")
    shutil.rmtree(new, ignore_errors=True)
    new.mkdir()
    make(new)
    os.utime(new)  # dpkg -x gives it a time from Debian
    new.rename(folder)
    for old in folder.parent.glob(f"{kind}-*"):
        if old != folder and time.time() - old.stat().st_mtime > DAY:
            shutil.rmtree(old, ignore_errors=True)


class _Seeder:
    def __init__(self, folder: Path) -> None:
        self.data, self.l10n = folder / "data", folder / "l10n"
        self.software = software()
        for made in (self.data, self.data / "images", self.l10n):
            made.mkdir(parents=True)

    def run(self, script: str, *args: str, input: str | None = None) -> str:  # noqa: A002
        settings = self.data / "LocalSettings.php"
        return self.software.maintenance(settings, script, *args, given=input, WIKI_L10N=str(self.l10n))

    def install(self) -> None:
        admin = ACCOUNTS["admin"]
        with tempfile.TemporaryDirectory() as scratch:
            options = {"dbtype": "sqlite", "dbname": "wiki", "dbpath": self.data, "confpath": scratch}
            urls = {"server": "http://127.0.0.1", "scriptpath": "/", "lang": "en", "pass": admin.password}
            args = [part for name, value in {**options, **urls}.items() for part in (f"--{name}", str(value))]
            self.run("install", *args, "Wikimop test wiki", admin.username)
        shutil.copyfile(HERE / "site/LocalSettings.php", self.data / "LocalSettings.php")
        self.sql("UPDATE revision SET rev_timestamp = '20190101000000'")  # so that our Main Page is the newer one
        self.run("rebuildLocalisationCache", "--lang", LANGUAGES, "--force")

    def account(self, account: Account) -> None:
        known = self.rows("SELECT 1 FROM user WHERE user_name = ?", account.username)
        flags = ["--force"] if known else []
        groups = ["--custom-groups", ",".join(account.groups)] if account.groups else []
        if not known or groups:
            self.run("createAndPromote", *flags, *groups, account.username, account.password)

    def bot_password(self, account: Account, grants: str) -> None:
        app = account.bot_username.partition("@")[2]
        chosen = ",".join(account.grants) or grants
        self.run("createBotPassword", "--appid", app, "--grants", chosen, account.username, account.bot_password)

    def accounts(self) -> None:
        for account in (*(account for key, account in ACCOUNTS.items() if key != "narrow"), *EXTRAS):
            self.account(account)
        listed = self.run("createBotPassword", "--showgrants").splitlines()
        grants = ",".join(line.split()[0] for line in listed if line and line[0].islower())
        for account in ACCOUNTS.values():
            self.bot_password(account, grants)

    def pages(self) -> None:
        self.run("importDump", "--no-updates", input=seeds.dump())
        self.files()
        self.run("refreshLinks")
        self.run("protect", "--user", "Admin", "--reason", "important", "Protected page")
        self.run("protect", "--user", "Admin", "--reason", "important", "--cascade", "Cascade page")
        self.run("rebuildtextindex")
        self.run("rebuildrecentchanges")
        self.run("initSiteStats", "--update")
        self.run("runJobs")
        self.run("updateSpecialPages")

    def files(self) -> None:
        for version, when in enumerate(("20230301120000", "20230401120000")):
            about = ("--user", "Alice", "--comment", f"version {version + 1}", "--timestamp", when)
            for name, colour in FILES.items():  # one by one: a folder would be read in any order
                with tempfile.TemporaryDirectory() as scratch:
                    Path(scratch, f"{name}.png").write_bytes(png(colour, 8 + 8 * version))
                    self.run("importImages", "--overwrite", *about, scratch)

    def finish(self) -> None:
        """Times that do not tell when the seeding ran, and a database in one file that copies well."""
        for name in ("wiki_l10n_cache.sqlite", "wiki_jobqueue.sqlite", ".htaccess"):  # the installer's, not used here
            (self.data / name).unlink(missing_ok=True)
        made = "(SELECT min(rev_timestamp) FROM revision WHERE rev_page = cl_from)"
        self.sql(f"UPDATE categorylinks SET cl_timestamp = coalesce({made}, cl_timestamp)")
        for database in self.data.glob("*.sqlite"):
            with _closing(database) as connection:
                connection.execute("PRAGMA journal_mode = WAL")
                connection.execute("VACUUM")
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def sql(self, statement: str) -> None:
        with _closing(self.data / "wiki.sqlite") as connection:
            connection.execute(statement)

    def rows(self, query: str, *args: str) -> list[tuple[object, ...]]:
        with _closing(self.data / "wiki.sqlite") as connection:
            return connection.execute(query, args).fetchall()


@contextmanager
def _closing(database: Path) -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(database, isolation_level=None, timeout=30)
    try:
        yield connection
    finally:
        connection.close()


def _seed(folder: Path) -> None:
    seeder = _Seeder(folder)
    for step in (seeder.install, seeder.accounts, seeder.pages, seeder.finish):
        step()


def png(colour: tuple[int, int, int], size: int) -> bytes:
    """A square of one colour."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", size, size, 8, 2, 0, 0, 0)
    rows = (b"\0" + bytes(colour) * size) * size
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
