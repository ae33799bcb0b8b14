from __future__ import annotations

from typing import Any

import pytest

from runner.playbook.document import plain
from runner.playbook.load import read_document
from runner.playbook.template import Rendered, render
from runner.playbook.variables import settle


def rendered(text: str) -> Rendered:
    document = read_document(text.encode(), "f")
    return render(document, settle(document, {}).values)


def value(written: str, variables: str) -> object:
    found = rendered(f"vars: {variables}\nx: {written}\n")
    assert not found.problems
    return plain(found.root)["x"]


@pytest.mark.parametrize(
    ("written", "variables", "expected"),
    [
        ("'see ${vars.a}!'", "{a: b}", "see b!"),
        ("${vars.a}", "{a: 5}", 5),
        ("${vars.a}", "{a: true}", True),
        ("${vars.a}", "{a: [x, 2]}", ["x", 2]),
        ("' ${vars.a}'", "{a: 5}", " 5"),
        ("n ${vars.a}", "{a: 007}", "n 007"),
        ("n ${vars.a}", "{a: True}", "n True"),
        ("'${vars.a}${vars.b}'", "{a: x, b: y}", "xy"),
        ("'{{x}} {y} $ $5 {{{1|}}}'", "{}", "{{x}} {y} $ $5 {{{1|}}}"),
        ("'$${vars.a}'", "{a: b}", "${vars.a}"),
        ("'$$${vars.a}'", "{a: b}", "$${vars.a}"),
        ("'$${x'", "{}", "${x"),
        ("'${vars.a}'", "{a: '${vars.b}', b: c}", "${vars.b}"),
        ("'-${vars.a}-'", "{a: '${vars.b}', b: c}", "-${vars.b}-"),
        ("'${vars.a}'", "{a: '$${b}'}", "$${b}"),
        ("'${vars.a-b_C1}'", "{a-b_C1: x}", "x"),
        ("[{y: '${vars.a}'}]", "{a: b}", [{"y": "b"}]),
    ],
)
def test_rendering(written: str, variables: str, expected: object) -> None:
    found = value(written, variables)
    assert found == expected
    assert type(found) is type(expected)


def test_a_number_keeps_its_text_where_it_is_used() -> None:
    document = read_document(b"vars: {a: 007}\nx: ${vars.a}\n", "f")
    node = render(document, settle(document, {}).values).root.entries["x"].node
    assert getattr(node, "raw", None) == "007"
    assert (node.line, node.column) == (2, 4)


def test_keys_and_variables_themselves_are_not_rendered() -> None:
    found = rendered("vars: {a: b, c: '${vars.a}'}\n'${vars.a}': 1\n")
    assert plain(found.root) == {"vars": {"a": "b", "c": "${vars.a}"}, "${vars.a}": 1}


@pytest.mark.parametrize(
    ("written", "code", "hint"),
    [
        ("${vars.aplha}", "var-unknown", "${vars.alpha}"),
        ("${vars.zzz}", "var-unknown", "zzz: some text"),
        ("${alpha}", "var-syntax", "${vars.alpha}"),
        ("${env.HOME}", "var-syntax", "only names"),
        ("${vars.alpha.upper()}", "var-syntax", "only names"),
        ("${vars.alpha[0]}", "var-syntax", "only names"),
        ("${ vars.alpha }", "var-syntax", "${vars.alpha}"),
        ("${}", "var-syntax", "${vars.NAME}"),
        ("${vars.alpha", "var-syntax", "${vars.NAME}"),
        ("${{vars.alpha}}", "var-syntax", "${vars.NAME}"),
        ("all of ${vars.many}", "var-list", "whole value"),
    ],
)
def test_what_is_no_variable(written: str, code: str, hint: str) -> None:
    found = rendered(f"vars: {{alpha: b, many: [1]}}\nx:\n  - '{written}'\n")
    (problem,) = found.problems
    assert (problem.code, problem.line, problem.column, problem.path) == (code, 3, 5, "x.0")
    assert hint in problem.hint
    assert found.muted == {(3, 5)}


MOVE = "vars: {a: '${x} $', many: [1, '${y}']}\nsteps:\n- pages: {titles: [A]}\n  move: {to: %s, tags: %s}\n"


def moved(to: str, tags: str = "[]") -> Any:  # noqa: ANN401 - a JSON value
    found = rendered(MOVE % (to, tags))
    assert not found.problems
    return plain(found.root)["steps"][0]["move"]


@pytest.mark.parametrize(("written", "expected"), [
    ("'A/${item.title}'", "A/${item.title}"),
    ("'${item.title}'", "${item.title}"),
    ("'${item.namespace}:${item.name}'", "${item.namespace}:${item.name}"),
    ("'$${item.title}'", "$${item.title}"),
    ("'${vars.a}'", "$${x} $"),
    ("'${vars.a} ${item.title}'", "$${x} $ ${item.title}"),
    ("'$${x}${vars.a}${item.title}'", None),
    ("'{{x}} $ {y}'", "{{x}} $ {y}"),
])  # fmt: skip
def test_what_differs_from_item_to_item_stays_and_all_else_is_literal(written: str, expected: str | None) -> None:
    if expected is None:
        (problem,) = rendered(MOVE % (written, "[]")).problems
        assert (problem.code, "space" in problem.hint) == ("item-place", True)
    else:
        assert moved(written)["to"] == expected


def test_where_nothing_differs_a_literal_is_one_at_once() -> None:
    assert moved("B", "'${vars.many}'")["tags"] == [1, "${y}"]
    assert moved("B", "['$${x}']")["tags"] == ["${x}"]


def test_of_a_step_without_a_source_any_item_is_meant() -> None:
    text = "steps:\n- api: {action: x, parameters: {a: '${item.logid} ${item.revid} ${item.nothing}'}}\n"
    assert [problem.code for problem in rendered(text).problems] == ["item-unknown"]
