from __future__ import annotations

import pytest

from tests.playbook.loading import STEP, codes, load, problems


def playbook(variables: str) -> str:
    return f"{STEP}vars: {variables}\n"


@pytest.mark.parametrize(
    ("variables", "text", "value"),
    [
        ("{x: a}", "b", "b"),
        ("{x: 1}", "2", 2),
        ("{x: 1.5}", "2", 2),
        ("{x: true}", "false", False),
        ("{x: [a]}", "b|2", ["b", 2]),
        ("{x: {type: string}}", "5", "5"),
        ("{x: {type: string, default: 180}}", "", ""),
        ("{x: {type: integer}}", "-3", -3),
        ("{x: {type: number}}", "2.5", 2.5),
        ("{x: {type: boolean, default: true}}", "false", False),
        ("{x: {type: list}}", "one", ["one"]),
        ("{x: {description: What}}", "true", "true"),
        ("{x: {default: 3}}", "4", 4),
        ("{x: a}", "${vars.y}", "${vars.y}"),
    ],
)
def test_the_command_line_wins(variables: str, text: str, value: object) -> None:
    assert load(playbook(variables), x=text).variables == {"x": value}


@pytest.mark.parametrize(
    ("variables", "value"),
    [
        ("{x: 1984}", 1984),
        ("{x: {type: string, default: 007}}", "007"),
        ("{x: {type: number, default: 2}}", 2),
        ("{x: [a, 1, true]}", ["a", 1, True]),
        ("{x: {type: list, default: []}}", []),
    ],
)
def test_defaults(variables: str, value: object) -> None:
    assert load(playbook(variables)).variables == {"x": value}


@pytest.mark.parametrize(
    ("variables", "text"),
    [
        ("{x: 1}", "many"),
        ("{x: 1}", "1.5"),
        ("{x: true}", "yes"),
        ("{x: {type: integer}}", ""),
        ("{x: {type: boolean}}", "1"),
        ("{x: {type: number}}", "null"),
    ],
)
def test_a_value_that_does_not_fit(variables: str, text: str) -> None:
    (problem,) = problems(playbook(variables), x=text)
    assert (problem.file, problem.code, problem.path) == ("--var", "var-type", "vars.x")
    assert problem.excerpt == f"--var x={text}"


def test_an_unknown_name() -> None:
    (problem,) = problems(playbook("{reason: a}"), raeson="b")
    assert (problem.file, problem.code) == ("--var", "var-unknown")
    assert "`reason`" in problem.hint


def test_where_there_are_no_variables() -> None:
    (problem,) = problems(STEP, x="b")
    assert "under `vars:`" in problem.hint


@pytest.mark.parametrize("variables", ["{x: {type: integer}}", "{x: }", "{x: null}", "{x: {}}", "{x: {default: null}}"])
def test_without_a_value(variables: str) -> None:
    assert codes(playbook(variables)) == ["var-missing"]


@pytest.mark.parametrize(
    ("variables", "code"),
    [
        ("[a]", "type"),
        ("{x: [[a]]}", "type"),
        ("{x: [{a: b}]}", "type"),
        ("{x: {default: {a: b}}}", "type"),
        ("{x: {typ: string}}", "unknown-key"),
        ("{x: {type: text, default: a}}", "choice"),
        ("{x: {type: integer, default: 1.5}}", "var-type"),
        ("{x: {type: list, default: a}}", "var-type"),
        ("{x y: 1}", "name"),
    ],
)
def test_a_wrong_declaration_is_told_once(variables: str, code: str) -> None:
    expected = ["unknown-key", "var-missing"] if "typ:" in variables else [code]
    assert sorted(codes(playbook(variables))) == sorted(expected)


def test_a_broken_variable_is_not_told_again_where_it_is_used() -> None:
    text = playbook("{x: {type: integer}}").replace("titles: [Main Page]", "titles: [A], limit: '${vars.x}'")
    assert codes(text) == ["var-missing"]
