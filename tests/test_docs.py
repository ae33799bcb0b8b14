"""The documentation, held to the code: what the code can say or take stands in it, and what stands in it is there."""

from __future__ import annotations

import ast
import importlib
import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from runner.actions import ACTIONS
from runner.cli.app import COMMANDS
from runner.model import State
from runner.playbook.load import read_document
from runner.playbook.schema import assembled_schema
from runner.playbook.when import STATES
from runner.playbook.wikis import load_wikis
from runner.playbook.wikis_schema import wikis_schema
from runner.sources.ordered import ORDERED
from runner.sources.words import HEADS, OUTCOMES, RESERVED, WORDS

ROOT = Path(__file__).parents[1]
RUNNER = ROOT / "runner"
PAGES = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").glob("*.md"))]
CODE = re.compile(r"[a-z]+([_-][a-z]+)*(:[a-z_]+)?")
LINK = re.compile(r"\[[^]]*\]\(([^)\s]+)\)")
# What makes an obstacle of a survey, which blocks its item; its first argument is the code.
OBSTACLES = {"Obstacle", "_obstacle", "obstacle"}
# Functions of the playbook's code that take a problem's code, and as which argument.
TAKES_CODE = {"_finding": (0, 1), "problem": (1,), "problem_at": (2,), "report": (2,), "fatal": (2,), "report_event": (1,)}


def page(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def words(name: str) -> set[str]:
    """Everything that stands in backquotes on a page, whole and word by word."""
    quoted = re.findall(r"`([^`\n]+)`", re.sub(r"```.*?```", "", page(name), flags=re.DOTALL))
    return {*quoted, *(word for text in quoted for word in re.findall(r"[\w:-]+", text))}


def trees(*folders: str) -> Iterator[tuple[Path, ast.Module]]:
    for folder in folders:
        for path in sorted((RUNNER / folder).glob("*.py")):
            yield path, ast.parse(path.read_text(encoding="utf-8"))


def calls(*folders: str) -> Iterator[tuple[str, ast.Call]]:
    """Every call, with the name of what is called."""
    for _, tree in trees(*folders):
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                yield getattr(node.func, "attr", getattr(node.func, "id", "")), node


def constants(node: ast.AST) -> Iterator[str]:
    """The texts that an expression may be: a constant, either of two, and `no-{what}` for sources and actions."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and CODE.fullmatch(node.value):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from (*constants(node.body), *constants(node.orelse))
    elif isinstance(node, ast.JoinedStr):
        text = "".join(part.value if isinstance(part, ast.Constant) else "{}" for part in node.values)  # type: ignore[misc]
        both = (text.replace("{}", what) for what in ("source", "action"))
        yield from (code for code in both if CODE.fullmatch(code))


def keyword_codes(called: str | None, *folders: str) -> set[str]:
    """The values of `code=` in calls of one function, or of all but `Blocked`."""
    return {
        code
        for name, call in calls(*folders)
        if (name == called if called else name != "Blocked")
        for keyword in call.keywords
        if keyword.arg == "code"
        for code in constants(keyword.value)
    }


def blocked_codes() -> set[str]:
    codes = keyword_codes("Blocked", "actions", "kinds", "sources", "planning", "flows")
    found = (call.args[0] for name, call in calls("actions") if name in OBSTACLES and call.args)
    return codes | {code for first in found for code in constants(first)}


def item_codes() -> set[str]:
    """Codes that stand beside an item of a run."""
    said = (call.args[1] for name, call in calls("actions") if name in ("failed", "unsure") and len(call.args) > 1)
    codes = keyword_codes(None, "actions", "flows") | {code for second in said for code in constants(second)}
    return codes - keyword_codes("Finding", "actions") - problem_codes()


def problem_codes() -> set[str]:
    codes = keyword_codes(None, "playbook", "sources") | keyword_codes("Finding", "actions")
    for name, call in calls("playbook", "sources", "actions"):
        for position in TAKES_CODE.get(name, ()):
            codes |= set(constants(call.args[position])) if position < len(call.args) else set()
    rules = ast.parse((RUNNER / "playbook" / "rules.py").read_text())
    triples = (node for node in ast.walk(rules) if isinstance(node, ast.Tuple) and len(node.elts) == 3)
    return codes | {code for triple in triples for code in constants(triple.elts[0])}


def drift_codes() -> set[str]:
    """What the actions' `drift` functions return."""
    found = set()
    for _, tree in trees("actions"):
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef) and node.name == "drift":
                returned = [inner.value for inner in ast.walk(node) if isinstance(inner, ast.Return) and inner.value]
                found |= {code for value in returned for code in constants(value)}
    return found


def events() -> set[str]:
    """The names of log events."""
    levels = {"debug", "info", "warning", "error"}
    named = (call.args[0] for name, call in calls("flows", "cli", "wiki", "store") if name in levels and call.args)
    return {event for first in named for event in constants(first)}


def fragments() -> Iterator[list[str]]:
    """For every error of the commands whose words are fixed: what of them stands between the values that are filled in."""
    errors = {"UsageError", "GuardStop", "Unreachable", "PlanRefused", "Interrupted"}
    for name, call in calls("cli", "flows", "planning", "store", "wiki"):
        if name in errors and call.args:
            first = call.args[0].left if isinstance(call.args[0], ast.BinOp) else call.args[0]
            parts = first.values if isinstance(first, ast.JoinedStr) else [first]
            texts = [part.value for part in parts if isinstance(part, ast.Constant) and isinstance(part.value, str)]
            pieces = [piece.strip(" ,`'.") for text in texts for piece in re.split(r"[():;,]", text)]
            if texts:
                yield [piece for piece in pieces if len(piece) > 7]


def test_the_codes_are_found() -> None:
    """So that the tests below do not pass because nothing is looked for."""
    assert problem_codes() >= {"yaml-tag", "unknown-key", "range", "var-type", "needs", "no-action", "two-sources", "type"}
    assert blocked_codes() >= {"permission", "special", "deleted_earlier", "target_exists", "hidden", "no_value", "same_target"}
    assert item_codes() >= {"looked_up", "not_effective", "merged", "no_change"}
    assert drift_codes() >= {"gone", "moved", "edited", "visibility", "current"}
    assert events() >= {"run_started", "batch_finished", "waiting", "plan_sealed"}


@pytest.mark.parametrize("code", sorted(problem_codes()))
def test_every_problem_code_is_explained(code: str) -> None:
    assert code in words("docs/errors.md")


def test_every_error_of_the_commands_is_explained() -> None:
    text = page("docs/errors.md")
    assert [pieces for pieces in fragments() if pieces and not any(piece in text for piece in pieces)] == []


@pytest.mark.parametrize("code", sorted(blocked_codes()))
def test_every_blocked_code_is_explained(code: str) -> None:
    assert re.search(rf"^\| `{code}` \|", page("docs/actions.md"), re.MULTILINE)


@pytest.mark.parametrize("code", sorted(drift_codes()))
def test_every_drift_code_is_explained(code: str) -> None:
    assert f"drift:{code}" in words("docs/actions.md")


@pytest.mark.parametrize("code", sorted(item_codes()))
def test_every_code_of_an_item_is_explained(code: str) -> None:
    assert code in words("docs/actions.md")


@pytest.mark.parametrize("event", sorted(events()))
def test_every_event_is_listed(event: str) -> None:
    assert re.search(rf"^\| `{event}` \|", page("docs/logs.md"), re.MULTILINE)


def test_no_event_is_listed_that_there_is_not() -> None:
    assert set(re.findall(r"^\| `([a-z_]+)` \| (?:info|warning)", page("docs/logs.md"), re.MULTILINE)) == events()


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_and_option_is_described(name: str) -> None:
    text = page("docs/commands.md")
    command = importlib.import_module(f"runner.cli.{name}").command
    assert f"\n## {name}\n" in text
    for option in (parameter for parameter in command.params if isinstance(parameter, click.Option)):
        assert all(spelling in words("docs/commands.md") for spelling in option.opts), option.opts


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_no_command_is_promised_that_there_is_not(path: Path) -> None:
    named = re.findall(r"(?:`|^|\n)\s*(?:\$ )?wikimop ([a-z]+)", path.read_text(encoding="utf-8"))
    assert set(named) <= set(COMMANDS)


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_every_link_leads_somewhere(path: Path) -> None:
    for target in LINK.findall(path.read_text(encoding="utf-8")):
        if not target.startswith(("http://", "https://")):
            file, _, anchor = target.partition("#")
            found = (path.parent / file).resolve() if file else path
            assert found.exists(), target
            assert not anchor or anchor in anchors(found), target


def anchors(path: Path) -> set[str]:
    """The headings of a page, as links name them."""
    headings = re.findall(r"^#+ (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_every_key_of_a_playbook_is_described() -> None:
    top = assembled_schema()
    owners = [top, top["$defs"]["step"], *(top["properties"][name] for name in ("request", "limits", "never_touch"))]
    keys = {key for owner in owners for key in owner["properties"]}
    keys |= {*HEADS["pages"], *HEADS["revisions"], *WORDS["pages"], *WORDS["revisions"]}
    keys |= {*OUTCOMES, *STATES, *RESERVED, *ORDERED}
    assert keys - words("docs/playbook.md") - words("docs/sources.md") - {"titles", "namespaces"} == set()


@pytest.mark.parametrize("name", ACTIONS)
def test_every_option_of_an_action_is_described(name: str) -> None:
    section = page("docs/actions.md").partition(f"\n## {name}\n")[2].partition("\n## ")[0]
    for option in ACTIONS[name].schema["properties"]:
        assert f"| `{option}` |" in section
    assert all(f"`{right}`" in section for right in ACTIONS[name].rights)


@pytest.mark.parametrize("state", State)
def test_every_state_is_described(state: str) -> None:
    assert f"| `{state}` |" in page("docs/actions.md")


def test_every_key_of_the_configuration_is_described() -> None:
    entry = wikis_schema()["properties"]["wikis"]["additionalProperties"]["properties"]
    for key in entry:
        assert f"| `{key}` |" in page("docs/configuration.md")


def test_every_variable_of_the_environment_is_described() -> None:
    source = "".join(path.read_text(encoding="utf-8") for path in RUNNER.rglob("*.py"))
    assert set(re.findall(r"\bWIKIMOP_[A-Z0-9_]+", source)) <= words("docs/configuration.md")


def test_the_examples_of_the_configuration_are_valid() -> None:
    examples = re.findall(r"```yaml\n(wikis:.*?)```", page("docs/configuration.md"), re.DOTALL)
    named = [set(load_wikis(example.encode(), file="wikis.yaml")) for example in examples]
    assert named == [{"example", "intern"}, {"old"}]


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_every_yaml_block_can_be_read(path: Path) -> None:
    for block in re.findall(r"```yaml\n(.*?)```", path.read_text(encoding="utf-8"), re.DOTALL):
        if not all(line.startswith("#") for line in block.splitlines()):
            read_document((f"block:\n{block}" if block.startswith(" ") else block).encode(), str(path))


def test_the_readme_shows_the_demo_as_it_is() -> None:
    (step,) = re.findall(r"```yaml\n(  - id: drafts.*?)```", page("README.md"), re.DOTALL)
    lines = [line for line in page("playbooks/demo.yaml").splitlines() if not line.strip().startswith("#")]
    assert step in "\n".join(lines) + "\n"
