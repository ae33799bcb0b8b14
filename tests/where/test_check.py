from __future__ import annotations

from typing import Any

import pytest
from jsonschema import Draft202012Validator

from runner.model import Kind
from runner.where.catalogue import CONDITIONS
from runner.where.check import check_where, parse_where
from runner.where.conditions import All, Choice, Edit, Either, Members, Not, Property, Protection, Span, leaves
from runner.where.schema import where_definitions, where_schema

EXAMPLES: dict[str, list[Any]] = {
    "namespace": [0, "Draft", [0, "User talk"]],
    "title": [{"glob": "A*"}, {"regex": "^A"}, {"contains": "A"}],
    "redirect": [True, False],
    "exists": [True],
    "last_edit": [{"older_than": "180 days", "by": "Bob"}, {"newer_than": "20260131000000", "not_by": ["Bob", "Alice"]}],
    "creation": [{"older_than": "2026-01-31T00:00:00Z"}],
    "protection": [True, False, {"edit": "sysop", "move": ["sysop", "autoconfirmed"], "upload": False}],
    "watchers": [0, {"min": 1}, {"max": 5}, {"min": 1, "max": 5}],
    "content_model": ["wikitext", ["css", "javascript"]],
    "page_property": ["noindex", {"displaytitle": "eBay"}],
    "categories": [{"any": ["A"]}, {"all": ["A", "B"], "none": "Category:C"}],
    "templates": [{"none": ["A"]}],
    "links_to": [{"any": ["Main Page"]}],
    "links_here": [0],
    "revisions": [{"min": 2}],
    "size": [{"max": 10}],
    "file_size": [{"min": 1000}],
    "file_type": ["image/png", ["image/*", "video/webm"]],
    "usage": [0],
    "user": ["Bob", ["Bob", "Alice"]],
    "tags": [{"any": ["mw-undo"]}],
    "minor": [True],
    "comment": [{"contains": "x"}],
    "text": [{"regex": "x"}],
    "size_change": [-5, {"max": -1}],
    "made": [{"older_than": "1 year", "by": "Alice"}, {"newer_than": "20260131000000", "not_by": ["Bob"]}],
    "archive_name": [{"glob": "2023*"}],
    "log_type": ["delete/restore", ["move/move", "move/move_redir"]],
    "name": [{"glob": "192.0.2.*"}, {"regex": "^Spam"}],
    "account": [True, False],
    "blocked": [True, False],
    "block": [{"older_than": "1 year", "by": "Sysop"}],
    "registered": [{"newer_than": "20260131000000"}],
    "edits": [0, {"max": 10}],
    "groups": [{"any": ["bot"], "none": "sysop"}],
}


def errors(kind: Kind, value: object) -> list[tuple[Any, ...]]:
    schema = {**where_schema(kind), "$defs": where_definitions()}
    return [(error.validator, *error.path) for error in Draft202012Validator(schema).iter_errors(value)]


@pytest.mark.parametrize("kind", list(CONDITIONS))
def test_every_condition_has_examples_that_are_right_in_every_way(kind: Kind) -> None:
    for name in CONDITIONS[kind]:
        for value in EXAMPLES[name]:
            where: list[dict[str, Any]] = [{name: value}, {"not": {"any": [{name: value}, {"all": [{name: value}]}]}}]
            assert errors(kind, where) == [], name
            assert check_where(kind, where) == [], name
            assert {leaf.fact for leaf in leaves(parse_where(where))} == {name}


def test_each_is_described() -> None:
    assert set(EXAMPLES) == {name for specs in CONDITIONS.values() for name in specs}
    for kind in CONDITIONS:
        properties = where_definitions()[f"{kind}_condition"]["properties"]
        assert all(fragment["description"].endswith(".") for fragment in properties.values())


@pytest.mark.parametrize(
    ("where", "told"),
    [
        ([{"titel": {"glob": "a"}}], [("additionalProperties", 0)]),
        ([{"redirect": "no"}], [("type", 0, "redirect")]),
        ([{"not": {"redirect": "no"}}], [("type", 0, "not", "redirect")]),
        ([{"any": [{"size": -1}]}], [("minimum", 0, "any", 0, "size")]),
        ([{"size": {"least": 1}}], [("additionalProperties", 0, "size")]),
        ([{"categories": ["A"]}], [("type", 0, "categories")]),
        ([{"title": {"glob": "a", "regex": "b"}}], [("maxProperties", 0, "title")]),
        ([{"protection": {"edit": 5}}], [("type", 0, "protection", "edit")]),
        ([{"namespace": []}], [("minItems", 0, "namespace")]),
        ([{}], [("minProperties", 0)]),
        ([], [("minItems",)]),
        ({"redirect": True}, [("type",)]),
    ],
)
def test_one_mistake_is_one_error_of_the_schema(where: object, told: list[tuple[Any, ...]]) -> None:
    assert errors("pages", where) == told


@pytest.mark.parametrize(
    ("kind", "condition", "path", "code"),
    [
        ("pages", {"title": {"regex": "("}}, ("title", "regex"), "pattern"),
        ("pages", {"title": {"glob": "[z-a]"}}, ("title", "glob"), "pattern"),
        ("pages", {"size": {"min": 2, "max": 1}}, ("size", "min"), "order"),
        ("pages", {"last_edit": {"older_than": "soon"}}, ("last_edit", "older_than"), "timestamp"),
        ("pages", {"creation": {"newer_than": "5 days", "older_than": "9 days"}}, ("creation", "newer_than"), "order"),
        ("pages", {"last_edit": {"by": ["A", "b c"], "not_by": ["B_c"]}}, ("last_edit", "not_by", 0), "contradiction"),
        ("pages", {"categories": {"any": ["A", "A#b"]}}, ("categories", "any", 1), "title"),
        ("pages", {"templates": {"all": ["A"], "none": "A"}}, ("templates", "none"), "contradiction"),
        ("pages", {"page_property": {"a": "b", "c": "d"}}, ("page_property",), "together"),
        ("pages", {"file_type": "png"}, ("file_type",), "type"),
        ("pages", {"namespace": "1|2"}, ("namespace",), "namespace"),
        ("pages", {"redirect": True, "exists": True}, (), "together"),
        ("pages", {"comment": {"contains": "x"}}, ("comment",), "unknown-key"),
        ("revisions", {"usage": 0}, ("usage",), "unknown-key"),
        ("pages", {"edits": {"min": 3}}, ("edits",), "unknown-key"),
        ("pages", {"any": [{"not": {"size": {"min": 2, "max": 1}}}]}, ("any", 0, "not", "size", "min"), "order"),
    ],
)  # fmt: skip
def test_what_the_schema_cannot_see(kind: Kind, condition: dict[str, Any], path: tuple[Any, ...], code: str) -> None:
    (found,) = check_where(kind, [{"redirect": True} if kind == "pages" else {"minor": True}, condition])
    assert (found.path, found.code) == ((1, *path), code)
    assert found.hint


def test_between_two_ages() -> None:
    assert check_where("pages", [{"creation": {"newer_than": "9 days", "older_than": "5 days"}}]) == []


ANYTHING: tuple[Any, ...] = (None, True, 0, 1.5, "", "(", [], [[]], [None], {}, {"min": "x"}, {"any": 5}, {1: 2}, {"glob": []})


@pytest.mark.parametrize("kind", list(CONDITIONS))
@pytest.mark.parametrize("value", ANYTHING)
def test_no_value_breaks_the_check(kind: Kind, value: Any) -> None:  # noqa: ANN401 - anything that YAML holds
    for name in (*CONDITIONS[kind], "any", "all", "not", "x"):
        assert all(found.message for found in check_where(kind, [{name: value}]))
    assert check_where(kind, value) == []


def test_parse() -> None:
    where = parse_where(
        [
            {"last_edit": {"older_than": "180 days", "by": "some_user"}},
            {"any": [{"links_here": 0}, {"not": {"categories": {"none": " Category:A "}}}]},
            {"protection": {"edit": "sysop", "move": True}},
            {"page_property": {"displaytitle": " x"}},
        ]
    )
    assert where == All(
        conditions=(
            Edit(fact="last_edit", older_than="180 days ago", by=("Some user",)),
            Either(
                conditions=(
                    Span(fact="links_here", min=0, max=0),
                    Not(condition=Members(fact="categories", none=("Category:A",))),
                )
            ),
            Protection(levels=(("edit", ("sysop",)), ("move", True))),
            Property(name="displaytitle", value=" x"),
        )
    )


@pytest.mark.parametrize(
    ("written", "name"),
    [("some_user", "Some user"), ("élan", "Élan"), (" 192.0.2.7 ", "192.0.2.7"), ("2001:db8::a:0", "2001:DB8:0:0:0:0:A:0")],
)
def test_users_are_written_as_the_wiki_does(written: str, name: str) -> None:
    assert parse_where([{"user": written}]) == All(conditions=(Choice(fact="user", values=(name,)),))
