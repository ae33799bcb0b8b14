"""Names of users as the wiki writes them, and what a hidden name leaves."""

from __future__ import annotations

from typing import Any

import pytest

from runner.model import Ref
from runner.sources.users import address, names_query, read_allusers, read_blocks, read_names, within, written


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("192.0.2.7/24", "192.0.2.0/24"),
        ("192.0.2.7/32", "192.0.2.7/32"),
        ("2001:db8::a:0", "2001:DB8:0:0:0:0:A:0"),
        ("2001:db8:0:ffff::/33", "2001:DB8:0:0:0:0:0:0/33"),
        ("::1", "0:0:0:0:0:0:0:1"),
        ("192.0.2.256", None),
        ("192.0.2", None),
        ("192.0.2.7/33", None),
        ("192.0.2.0/255.255.255.0", None),
        ("192.0.02.7", None),
        ("2001:db8::/129", None),
        ("2001:db8::1%eth0", None),
        ("::ffff:192.0.2.1", None),
        ("1234", None),
        ("Beef", None),
        ("Vandal", None),
        ("Vandal/24", None),
    ],
)
def test_an_address_or_a_range_is_told_from_a_name(name: str, wanted: str | None) -> None:
    assert address(name) == wanted
    assert written(name) == (wanted or name)


@pytest.mark.parametrize(
    ("name", "wide", "inside"),
    [
        ("192.0.2.7", "192.0.2.0/24", True),
        ("192.0.2.128/25", "192.0.2.0/24", True),
        ("192.0.2.0/23", "192.0.2.0/24", False),
        ("192.0.3.7", "192.0.2.0/24", False),
        ("2001:db8::1", "2001:DB8:0:0:0:0:0:0/32", True),
        ("::c000:207", "192.0.2.0/24", False),
        ("Vandal", "192.0.2.0/24", False),
    ],
)
def test_what_lies_in_a_range(name: str, wide: str, inside: bool) -> None:  # noqa: FBT001 - the expected answer
    assert within(name, wide) is inside


def test_a_name_is_asked_about_as_it_is() -> None:
    assert written(" some_user ") == "some user"
    query = names_query(["some user", written("2001:db8::1")])
    assert query["titles"] == "User:some user|User:2001:DB8:0:0:0:0:0:1"
    assert query["ususers"] == "some user|2001:DB8:0:0:0:0:0:1"


def read(name: str, entry: dict[str, Any] | None, **page: object) -> Ref:
    title = f"User:{name[:1].upper()}{name[1:]}"
    query = {
        "normalized": [{"from": f"User:{name}", "to": title}] if title != f"User:{name}" else [],
        "pages": [{"ns": 2, "title": title, "missing": True, **page}],
        "users": [entry] if entry else [],
    }
    (ref,) = read_names(query, [name])
    return ref


@pytest.mark.parametrize(
    ("ref", "title", "code"),
    [
        (read("vandal", {"userid": 5, "name": "Vandal"}), "User:Vandal", None),
        (read("Nobody", {"name": "Nobody", "missing": True}), "User:Nobody", "missing"),
        (read("a/b", {"name": "a/b", "invalid": True}), "User:A/b", "invalid"),
        (read("Bob@wiki", {"name": "Bob@wiki", "interwiki": True}), "User:Bob@wiki", "invalid"),
        (read("a[b", None, invalid=True), "User:a[b", "invalid"),
        (read("Silent", None), "User:Silent", "unknown"),
        (read("192.0.2.7", {"name": "192.0.2.7", "invalid": True}), "User:192.0.2.7", None),
        (read("10.0.0.0/8", None), "User:10.0.0.0/8", None),
        (read("Vandal", {"userid": 5, "name": "Vandal", "hidden": True}), "", "hidden_name"),
    ],
)
def test_names_are_read(ref: Ref, title: str, code: str | None) -> None:
    assert (ref.title, ref.problem and ref.problem.code) == (title, code)


def test_what_stands_behind_a_hash_is_never_left_out() -> None:
    """The wiki cuts a section off a title, and `Vandal#2` would mean Vandal."""
    query = {
        "normalized": [{"from": "User:Vandal#2", "to": "User:Vandal"}],
        "pages": [{"ns": 2, "title": "User:Vandal"}],
        "users": [{"userid": 5, "name": "Vandal"}, {"name": "Vandal#2", "invalid": True}],
    }
    vandal, other = read_names(query, ["Vandal", "Vandal#2"])
    assert (vandal.key, vandal.problem) == ("user:Vandal", None)
    assert other.problem is not None
    assert (other.key, other.problem.code) == ("user:Vandal#2", "invalid")


def test_lists_of_users_name_nobody_who_is_hidden() -> None:
    found = [
        *read_allusers({"allusers": [{"userid": 1, "name": "Alice"}, {"userid": 2, "name": "Secret", "hidden": True}]}),
        *read_blocks(
            {
                "blocks": [
                    {"user": "Vandal", "userid": 3, "hidden": False},
                    {"user": "Secret", "userid": 2, "hidden": True},
                    {"automatic": True},
                ]
            }
        ),
    ]
    assert [ref.key for ref in found] == ["user:Alice", "user:#2", "user:Vandal", "user:#2"]
    assert "Secret" not in repr(found)
    assert [ref.problem and ref.problem.code for ref in found] == [None, "hidden_name", None, "hidden_name"]
