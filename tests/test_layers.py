"""A layer imports only layers below it, and each outside library has its one place."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent / "runner"
# From the ground up; packages beside one another on a line may not import each other unless they are in PEERS.
LAYERS = (
    ("model", "errors", "harmless", "marks", "addresses", "multivalue", "redaction"),
    ("actions", "sources", "where", "retry"),
    ("kinds", "failures"),
    ("playbook", "planning", "report"),
    ("wiki", "store"),
    ("flows",),
    ("cli", "log"),
)
# A source holds its conditions, which are written with the sources' own times and hints; an action's patterns and parameters
# are written like those of sources.
PEERS = {
    ("sources", "where"), ("where", "sources"), ("actions", "sources"), ("actions", "where"),
    ("cli", "log"), ("model", "errors"), ("errors", "model"),
}  # fmt: skip
HOMES = {
    "requests": "wiki",
    "requests_oauthlib": "wiki",
    "urllib3": "wiki",
    "sqlite3": "store",
    "yaml": "playbook.load",
    "structlog": "log",
    "rich": "cli",
}
IMPURE = {"time", "subprocess", "socket", "random", "threading", "tempfile", "urllib.request", "logging"}
FILES = sorted(ROOT.rglob("*.py"))


def module(path: Path) -> str:
    """`wiki.client` for runner/wiki/client.py."""
    return ".".join(path.relative_to(ROOT).with_suffix("").parts)


def imports(path: Path) -> Iterator[str]:
    """Every module that a file imports, also inside functions."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: a relative import"
            yield str(node.module)
            if node.module == "runner":
                yield from (f"runner.{name.name}" for name in node.names)


def height(package: str) -> int:
    """The number of its layer; the package itself and `__main__` stand above all."""
    return next((number for number, layer in enumerate(LAYERS) if package in layer), len(LAYERS))


@pytest.mark.parametrize("path", FILES, ids=module)
def test_imports_go_down(path: Path) -> None:
    package = module(path).split(".")[0]
    for name in imports(path):
        parts = name.split(".")
        if parts[0] != "runner" or len(parts) < 2 or parts[1] in (package, "__version__"):
            continue
        assert height(parts[1]) < height(package) or (package, parts[1]) in PEERS, f"{module(path)} imports {name}"


@pytest.mark.parametrize("path", FILES, ids=module)
def test_a_library_has_its_one_place(path: Path) -> None:
    for name in imports(path):
        home = HOMES.get(name.split(".")[0])
        assert home is None or f"{module(path)}.".startswith(f"{home}."), f"{module(path)} imports {name}"


@pytest.mark.parametrize("path", [path for path in FILES if height(module(path).split(".")[0]) < 4], ids=module)
def test_what_is_pure_has_no_means_to_be_otherwise(path: Path) -> None:
    assert not IMPURE & set(imports(path))


def test_every_package_has_its_layer() -> None:
    packages = {module(path).split(".")[0] for path in FILES} - {"__init__", "__main__"}
    assert packages == {name for layer in LAYERS for name in layer}


def test_the_test_finds_what_it_looks_for(tmp_path: Path) -> None:
    path = tmp_path / "some.py"
    path.write_text("def f():\n    import requests.adapters\n    from runner import log\n    from runner.flows import apply\n")
    assert {"requests.adapters", "runner.log", "runner.flows"} <= set(imports(path))
