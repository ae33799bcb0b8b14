"""Running the unpacked PHP, nginx and MediaWiki, wherever the unpacked folder lies."""

import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from .packages import SetupError

EXTENSIONS = (
    *("calendar", "ctype", "exif", "fileinfo", "iconv", "posix", "sockets", "tokenizer"),
    *("pdo", "pdo_sqlite", "sqlite3", "mbstring", "intl"),
    *("xml", "dom", "simplexml", "xmlreader", "xmlwriter", "apcu"),
)
SETTINGS = {
    "date.timezone": "UTC",
    "memory_limit": "512M",
    "display_errors": "stderr",
    "log_errors": "0",
    "upload_max_filesize": "64M",
    "post_max_size": "64M",
    "realpath_cache_size": "4M",
    "apc.shm_size": "64M",
}


@dataclass(frozen=True)
class Software:
    """The unpacked packages."""

    root: Path

    @property
    def mediawiki(self) -> Path:
        return self.root / "usr/share/mediawiki"

    @property
    def nginx(self) -> Path:
        return self._one("usr/sbin/nginx")

    @property
    def fpm(self) -> Path:
        return self._one("usr/sbin/php-fpm[0-9]*")

    @property
    def cli(self) -> Path:
        return self._one("usr/bin/php[0-9]*")

    def flags(self, **settings: str) -> list[str]:
        """PHP's options: no php.ini of the machine's, our own extensions, our settings."""
        folder = self._one("usr/lib/php/*/pdo_sqlite.so").parent
        flags = ["-n", "-d", f"extension_dir={folder}"]
        for name in EXTENSIONS:
            if (folder / f"{name}.so").exists():
                flags += ["-d", f"extension={name}"]
        for name, value in {**SETTINGS, **settings}.items():
            flags += ["-d", f"{name}={value}"]
        return flags

    def opcache(self) -> list[str]:
        folder = self._one("usr/lib/php/*/pdo_sqlite.so").parent
        return ["-d", "zend_extension=opcache"] if (folder / "opcache.so").exists() else []

    def environment(self) -> dict[str, str]:
        folders = [*self.root.glob("usr/lib/*-linux-*"), *self.root.glob("lib/*-linux-*")]
        given = os.environ.get("LD_LIBRARY_PATH")
        path = ":".join([*map(str, folders), *([given] if given else [])])
        environment = {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C.UTF-8", "TZ": "UTC"}
        return {**environment, "LD_LIBRARY_PATH": path} if path else environment

    def maintenance(self, settings: Path, script: str, *args: str, given: str | None = None, **env: str) -> str:
        """Run a maintenance script of MediaWiki's for the wiki with these LocalSettings."""
        folder = self.mediawiki / "maintenance"
        run = folder / "run.php"
        start = [str(run), script] if run.exists() else [str(folder / f"{script}.php")]
        command = [str(self.cli), *self.flags(), *start, *args]
        return self._checked(command, {"MW_CONFIG_FILE": str(settings), **env}, given, script)

    def _checked(self, command: list[str], env: Mapping[str, str], given: str | None, what: str) -> str:
        environment = {**self.environment(), **env}
        done = subprocess.run(
            command,
            env=environment,
            input=given or "",  # never the terminal
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        if done.returncode:
            raise SetupError(f"MediaWiki's {what} failed with {done.returncode}: {done.stdout.strip()[-2000:]}")
        return done.stdout

    def _one(self, pattern: str) -> Path:
        found = sorted(path for path in self.root.glob(pattern) if path.suffix != ".phar")
        if not found:
            raise SetupError(f"The unpacked packages lack {pattern}.")
        return found[-1]
