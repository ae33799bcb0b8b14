"""Lines of JSON that a schema describes, a readable form beside them, and no secret in either."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner.log import LOG_SCHEMA, Redactor, Sink, make_log, readable
from runner.redaction import Secrets

PASSWORD = "hunter2hunter2"
NOW = datetime(2026, 1, 31, 12, 0, 0, 123456, tzinfo=UTC)
VALID = jsonschema.Draft202012Validator(LOG_SCHEMA, format_checker=jsonschema.FormatChecker())


def known(*secrets: str) -> Secrets:
    found = Secrets()
    for secret in secrets:
        found.learn(secret)
    return found


def logged(path: Path, *, verbosity: int = 0, secrets: tuple[str, ...] = ()) -> tuple[list[dict[str, object]], str]:
    """Some events, as they stand in the file and on the screen."""
    stream = io.StringIO()
    sink = Sink(verbosity=verbosity, stream=stream)
    log = make_log(sink, known(*secrets), lambda: NOW).bind(run="r12345678")
    log.info("before_the_file")
    sink.open(path)
    step = log.bind(step="drafts")
    step.info("batch_finished", batch=3, items=50, done=50)
    step.warning("answer_lost", batch=4, detail=f"token={PASSWORD} was lost")
    step.warning("item_failed", seq=7, code="badtags")
    log.error("run_ended", nested={"a": [PASSWORD, {"b": PASSWORD}]}, path=Path("x"))
    sink.close()
    return [json.loads(line) for line in path.read_bytes().splitlines()], stream.getvalue()


def test_every_line_is_as_the_schema_says(tmp_path: Path) -> None:
    lines, _ = logged(tmp_path / "run.jsonl")
    assert [line["event"] for line in lines] == ["batch_finished", "answer_lost", "item_failed", "run_ended"]
    for line in lines:
        VALID.validate(line)
        assert line["at"] == "2026-01-31T12:00:00.123456Z"
        assert line["run"] == "r12345678"
    assert list(lines[0]) == ["at", "level", "event", "run", "step", "batch", "items", "done"]
    assert [line["level"] for line in lines] == ["info", "warning", "warning", "error"]


@pytest.mark.parametrize("broken", [{"level": "info", "event": "x"}, {"at": "y", "level": "loud", "event": "x"}])
def test_the_schema_refuses_something(broken: dict[str, str]) -> None:
    assert not VALID.is_valid(broken)


def test_the_file_is_private_and_grows(tmp_path: Path) -> None:
    path = tmp_path / "run.jsonl"
    logged(path)
    lines, _ = logged(path)
    assert len(lines) == 8
    assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(("verbosity", "shown"), [
    (-1, ["answer lost", "run ended"]),
    (0, ["answer lost", "run ended"]),
    (1, ["before the file", "batch finished", "answer lost", "item failed", "run ended"]),
])  # fmt: skip
def test_what_a_person_sees(tmp_path: Path, verbosity: int, shown: list[str]) -> None:
    _, screen = logged(tmp_path / "run.jsonl", verbosity=verbosity)
    assert [line.partition(": ")[2].partition("  ")[0] for line in screen.splitlines()] == shown


def test_a_line_for_people_stays_one_line() -> None:
    text = readable({"at": "x", "level": "warning", "event": "page_gone", "title": "A\nB\x1b[31m\u202eC##[error]D"})
    assert "\n" not in text
    assert "##[" not in text
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert text.startswith("warning: page gone  title=A")


def test_secrets_are_blotted_out_everywhere(tmp_path: Path) -> None:
    lines, screen = logged(tmp_path / "run.jsonl", verbosity=1, secrets=(PASSWORD,))
    assert PASSWORD not in json.dumps(lines) + screen
    assert lines[1]["detail"] == "token=*** was lost"
    assert lines[3]["nested"] == {"a": ["***", {"b": "***"}]}


def test_a_secret_that_is_read_later_is_blotted_out_from_then_on() -> None:
    secrets = Secrets()
    redactor = Redactor(secrets)
    assert redactor(None, "info", {"detail": PASSWORD}) == {"detail": PASSWORD}
    secrets.learn(PASSWORD)
    assert redactor(None, "info", {"detail": (PASSWORD, 7, None)}) == {"detail": ["***", 7, None]}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=10,
)


@given(value=JSON)
def test_what_holds_no_secret_is_left_alone(value: object) -> None:
    event = {"value": value}
    assert Redactor(known("a secret that is longer than any text here"))(None, "info", event) == event
