from __future__ import annotations

import random
import re
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from runner.actions.delete import Delete
from runner.errors import InvalidInput, Problem
from runner.playbook.check import load_playbook
from runner.playbook.playbook import Limits, NeverTouch, Request, Stamp
from runner.sources.source import File, FromStep, Module, Titles
from tests.playbook.loading import GOOD, HEAD, STEP, codes, load, problems, unread, with_options

WRONG = sorted((Path(__file__).parent / "wrong").glob("*.yaml"))
EXPECTED = re.compile(r"# expect (\d+):(\d+) ([a-z-]+) \| (.*)\n")


@pytest.mark.parametrize("file", WRONG, ids=lambda file: file.stem)
def test_every_wrong_playbook_is_told_once_with_its_place_and_a_hint(file: Path) -> None:
    text = file.read_text()
    expected = EXPECTED.match(text)
    assert expected is not None
    (problem,) = problems(text)
    assert (str(problem.line), str(problem.column), problem.code) == expected.groups()[:3]
    assert expected[4] in problem.hint
    assert problem.message.endswith((".", "?"))
    assert problem.excerpt == text.splitlines()[problem.line - 1]


def test_the_table_is_long() -> None:
    assert len(WRONG) >= 100


def test_the_playbook_of_the_manual() -> None:
    playbook = load(GOOD)
    assert (playbook.name, playbook.path, playbook.wiki) == ("expired-drafts", "p.yaml", "example")
    assert playbook.request == Request(maxlag=5, assertion="user", errorlang="en")
    assert playbook.limits == Limits(items=500, failure_share=0.05, rate=1.0, concurrency=2, duration=5400.0)
    assert playbook.never_touch == NeverTouch(titles=("Main Page",), namespaces=(8, "Help"))
    assert playbook.stop_page == "User:Mop/Stop"
    assert playbook.stamp == Stamp(text="[{run}]", place="start")
    assert playbook.variables == {
        "reason": "Expired draft, see [[Project:Drafts]]",
        "grace": "180 days",
        "most": 50,
    }


def test_its_steps() -> None:
    drafts, refresh, leaks = load(GOOD).steps
    assert (drafts.id, drafts.name, drafts.action, drafts.line) == ("drafts", "Delete expired drafts", "delete", 17)
    assert drafts.options == Delete(reason="Expired draft, see [[Project:Drafts]]")
    assert drafts.raw_options == {"reason": "Expired draft, see [[Project:Drafts]]", "watchlist": "nochange"}
    assert isinstance(drafts.source.head, Module)
    assert drafts.source.limit == 50
    assert drafts.source.excluded is not None
    assert drafts.source.excluded.head == File(path="keep.txt")
    assert (refresh.name, refresh.fresh, str(refresh.when)) == ("refresh", True, "steps.drafts.done > 0")
    assert refresh.source.of is not None
    assert refresh.source.of.head == FromStep(step="drafts")
    assert (leaks.source.kind, leaks.raw_options["suppress"]) == ("revisions", "no")


def test_the_rest_has_defaults() -> None:
    playbook = load(STEP)
    assert playbook.request == Request()
    assert playbook.limits == Limits()
    assert playbook.stamp == Stamp()
    assert playbook.wiki is None


def test_where_text_is_expected_a_scalar_counts_as_written() -> None:
    text = with_options("pages: {titles: [1984, null, 010, yes, true, 1.50, 2026-01-31]}", "delete: {reason: 007, tags: [1]}")
    (step,) = load(text).steps
    assert step.source.head == Titles(values=("1984", "null", "010", "yes", "true", "1.50", "2026-01-31"))
    assert step.raw_options == {"reason": "007", "tags": ["1"]}


def test_a_variable_counts_as_written_too() -> None:
    text = STEP.replace("[Main Page]", "['${vars.year}', 'In ${vars.year}']") + "vars: {year: 0079}\n"
    assert load(text).steps[0].source.head == Titles(values=("0079", "In 0079"))


def test_a_variable_may_be_a_whole_list() -> None:
    text = STEP.replace("[Main Page]", "'${vars.pages}'") + "vars: {pages: []}\n"
    assert load(text, pages="A|B").steps[0].source.head == Titles(values=("A", "B"))


@pytest.mark.parametrize("action", ["purge:", "purge: {}", "purge: null"])
def test_an_action_without_options(action: str) -> None:
    assert load(with_options("pages: {titles: [A]}", action)).steps[0].raw_options == {}


@pytest.mark.parametrize(
    ("line", "request_"),
    [("maxlag: null", Request(maxlag=None)), ("maxlag: false", Request(maxlag=None)), ("maxlag: 3", Request(maxlag=3))],
)
def test_maxlag_can_be_left_out(line: str, request_: Request) -> None:
    assert load(STEP + f"request: {{{line}}}\n").request == request_


def test_a_stamp_can_be_off_and_gives_its_room_to_the_reason() -> None:
    text = with_options("pages: {titles: [A]}", f"delete: {{reason: {'x' * 500}}}")
    assert codes(text) == ["too-long"]
    assert load(text + "stamp: false\n").stamp == Stamp(on=False)


def test_many_mistakes_are_told_at_once_in_order() -> None:
    text = (
        "playbook: 1\nname: x\nmaxlag: 5\nlimits: {rate: fast}\nsteps:\n  - id: a\n    pages: {generator: allpagse}\n"
        "    delete: {raeson: '${vars.x}', reason: b, reason: c}\n  - id: b\n    when: steps.c.done > 0\n    purge: {}\n"
        "    pages: {titles: [!t A], step: z}\n"
    )
    found = [(problem.line, problem.code) for problem in problems(text)]
    assert found == [
        (3, "unknown-key"),
        (4, "format"),
        (7, "module"),
        (8, "unknown-key"),
        (8, "var-unknown"),
        (8, "yaml-duplicate"),
        (10, "unknown-step"),
        (12, "yaml-tag"),
        (12, "unknown-key"),
    ]


@pytest.mark.parametrize("path", ['"a\\0b"', '"\\e[31m"', '{path: "\\0"}'])
def test_a_path_that_no_file_has_is_not_looked_for(path: str) -> None:
    assert codes(with_options(f"pages: {{file: {path}}}", "purge: {}")) == ["yaml-control"]


def test_problems_of_the_command_line_come_first() -> None:
    assert [problem.file for problem in problems(STEP + "vras: 1\n", x="1")] == ["--var", "p.yaml"]


def test_ten_thousand_titles() -> None:
    text = STEP.replace("[Main Page]", "\n" + "".join(f"      - Page {n}\n" for n in range(10_000)))
    text = text.replace("{titles:", "\n     titles:").replace("}\n    purge", "\n    purge")
    started = time.process_time()
    head = load(text).steps[0].source.head
    assert isinstance(head, Titles)
    assert len(head.values) == 10_000
    assert time.process_time() - started < 3


def test_thousands_of_mistakes_end_soon_too() -> None:
    text = HEAD + "steps:\n" + "".join(f"  - {{id: a, step{n}: {{}}, when: x}}\n" for n in range(10_000))
    started = time.process_time()
    assert len(problems(text)) > 500
    assert time.process_time() - started < 20


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=300))
def test_any_text_is_a_playbook_or_its_problems(text: str) -> None:
    never_anything_else(text.encode())


@given(st.binary(max_size=300))
def test_any_bytes_are_too(data: bytes) -> None:
    never_anything_else(data)


PIECES = st.sampled_from(
    [
        "", "null", "[]", "{}", "{a: b}", "[1, [2]]", "-1", "1.5", "true", "x" * 600, "'${vars.reason}'", "${vars.most}",
        "'${vars.'", "*a", "&a", "!t", "<<", "- ", "steps:", "pages:", "step: drafts", "delete:", "\n", "\t", ": ", "# ", '"',
    ]
)  # fmt: skip


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(st.integers(0, len(GOOD)), st.integers(0, 12), PIECES), min_size=1, max_size=3))
def test_any_mutation_of_a_good_playbook_is_one_or_its_problems(changes: list[tuple[int, int, str]]) -> None:
    text = GOOD
    for start, length, piece in changes:
        text = text[:start] + piece + text[start + length :]
    never_anything_else(text.encode())


VALUE = re.compile(r"(?<=: )[^\n{}\[\],]+|\[[^\[\]\n]*\]|(?<=: )\{[^{}\n]*\}|[a-z_]+(?=:)")
SPANS = [match.span() for match in VALUE.finditer(GOOD)]


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(st.sampled_from(SPANS), PIECES), min_size=1, max_size=2, unique_by=lambda change: change[0]))
def test_any_other_value_or_key_is_one_or_its_problems(changes: list[tuple[tuple[int, int], str]]) -> None:
    text = GOOD
    for (start, end), piece in sorted(changes, reverse=True):
        text = text[:start] + piece + text[end:]
    never_anything_else(text.encode())


def never_anything_else(data: bytes) -> None:
    try:
        found: tuple[Problem, ...] = ()
        name = load_playbook(data, file="f", variables={}, read_file=unread).name
    except InvalidInput as error:
        found, name = error.problems, ""
    assert bool(found) != bool(name)
    lines = len(re.split(r"\r\n|\r|\n", data.decode("utf-8-sig", "replace")))
    assert all(1 <= problem.line <= lines and problem.column >= 1 and problem.message for problem in found)


def test_lines_shuffled() -> None:
    lines = GOOD.splitlines(keepends=True)
    generator = random.Random(7)
    for _ in range(200):
        generator.shuffle(lines)
        never_anything_else("".join(lines[: generator.randrange(len(lines))]).encode())


@pytest.mark.parametrize("source", [
    "{titles: [A], except: {titles: [B], redirects: true}}",
    "{titles: [A], except: {union: [{step: hide}]}}",
    "{generator: linkshere, of: {step: hide}}",
])  # fmt: skip
def test_a_delete_may_leave_out_and_go_by_what_it_does_not_delete(source: str) -> None:
    hide = "- {id: hide, revisions: {revids: [1]}, revisiondelete: {hide: [comment]}}"
    load(f"{HEAD}steps:\n  {hide}\n  - {{id: gone, pages: {source}, delete: {{}}}}\n")
