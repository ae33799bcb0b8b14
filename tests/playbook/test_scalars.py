from __future__ import annotations

import pytest

from runner.playbook.scalars import resolve


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", None), ("~", None), ("null", None), ("NULL", None), ("nULL", "nULL"),
        ("true", True), ("False", False), ("tRue", "tRue"), ("yes", "yes"), ("off", "off"),
        ("0", 0), ("-7", -7), ("+7", 7), ("010", 10), ("0o17", "0o17"), ("0x1F", "0x1F"), ("1_000", "1_000"),
        ("1:30", "1:30"), ("9" * 18, int("9" * 18)), ("9" * 19, "9" * 19), ("9" * 5000, "9" * 5000),
        ("1.5", 1.5), (".5", 0.5), ("1e3", 1000.0), ("1e999", "1e999"), (".inf", ".inf"), (".nan", ".nan"),
        (".", "."), ("-", "-"), ("\u0661", "\u0661"), ("2026-01-31T00:00:00Z", "2026-01-31T00:00:00Z"),
    ],
)  # fmt: skip
def test_resolve(text: str, value: object) -> None:
    found = resolve(text)
    assert found == value
    assert type(found) is type(value)
