"""Playbooks and configurations that nobody should write: each is told with its mistakes, and nothing breaks."""

from __future__ import annotations

import json
import time
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runner.errors import InvalidInput, Problem
from runner.playbook.check import load_playbook
from runner.playbook.document import plain
from runner.playbook.load import read_document
from runner.playbook.render import problem_json, render_problems
from runner.playbook.wikis import load_wikis
from tests.fuzz import conversation, texts
from tests.playbook.loading import GOOD, unread

ROOT = Path(__file__).parents[2]
BOOKS = [GOOD, conversation.BOOK.read_text(), *(path.read_text() for path in sorted((ROOT / "playbooks").glob("*.yaml")))]
WIKIS = """\
wikis:
  example:
    api: https://wiki.example.org/w/api.php
    contact: alice@example.org
    auth: {username: Alice@mop, password: {env: MOP_PASSWORD}}
    http_auth: {username: stage, password: {command: [pass, show, "x"]}}
    headers: {X-Stage: beta, X-Gate: {file: ~/.secrets/gate}}
    client_cert: {cert: a.crt, key: a.key}
    ca_bundle: ca.pem
    proxy: http://proxy.example.org:3128
    patience: 10m
    limits: {items: 1000, rate: 60/min, concurrency: 2}
    allow: {suppress: true}
  other: {api: "https://other.example.org/api.php", auth: {oauth2_token: {file: t}}, allow_http: true}
  third:
    api: https://third.example.org/api.php
    auth: {oauth1: {consumer_token: {env: A}, consumer_secret: {env: B}, access_token: {env: C}, access_secret: {env: D}}}
"""
BESIDE = "wikis:\n  theirs: {api: 'https://wiki.example.org/api.php', contact: x@example.org}\n"
NONE = Problem(file="", line=0, column=0, path="", code="", message="")
LONGEST = 10.0
"""Seconds of CPU: a playbook takes milliseconds."""


def read(data: bytes, reader: Callable[[bytes], object]) -> None:
    """It is read, or every mistake is told in a way that can be printed."""
    started = time.process_time()
    for problem in problems(data, reader):
        told(problem)
    assert time.process_time() - started < LONGEST


def problems(data: bytes, reader: Callable[[bytes], object]) -> tuple[Problem, ...]:
    try:
        reader(data)
    except InvalidInput as error:
        return error.problems or (NONE,)
    return ()


def told(problem: Problem) -> None:
    assert problem.line >= 1
    assert problem.column >= 1
    assert problem.message
    shown = render_problems([problem]).replace("\n", "")
    assert not {unicodedata.category(char) for char in shown} & {"Cc", "Cf", "Cs", "Zl", "Zp"}
    json.dumps(problem_json(problem)).encode()


def playbook(data: bytes) -> None:
    read(data, lambda raw: load_playbook(raw, file="p.yaml", variables={"reason": "x", "most": "7"}, read_file=unread))


def wikis(data: bytes) -> None:
    read(data, lambda raw: load_wikis(raw, file="w.yaml"))
    read(data, lambda raw: load_wikis(raw, file="w.yaml", beside_playbook=True))


VALUES = [plain(read_document(text.encode(), "x").root) for text in (*BOOKS, WIKIS, BESIDE)]
SETTINGS = VALUES[len(BOOKS) :]
books = st.one_of(
    st.builds(texts.changed, st.sampled_from(BOOKS), texts.changes),
    st.sampled_from(VALUES[: len(BOOKS)]).flatmap(texts.values).map(texts.written),
    st.text(),
).map(lambda text: text.encode("utf-8", "surrogatepass"))
configurations = st.one_of(
    st.builds(texts.changed, st.sampled_from([WIKIS, BESIDE]), texts.changes),
    st.sampled_from(SETTINGS).flatmap(texts.values).map(texts.written),
    st.text(),
).map(lambda text: text.encode("utf-8", "surrogatepass"))


def test_what_is_right_is_read() -> None:
    """So that the others change something."""
    for book in BOOKS:
        load_playbook(book.encode(), file="p.yaml", variables={}, read_file=unread)
    assert set(load_wikis(WIKIS.encode(), file="w")) == {"example", "other", "third"}
    assert set(load_wikis(BESIDE.encode(), file="w", beside_playbook=True)) == {"theirs"}


@given(books | st.binary(max_size=200))
@settings(max_examples=1500)
def test_any_playbook(data: bytes) -> None:
    playbook(data)


@given(configurations | st.binary(max_size=200))
@settings(max_examples=700)
def test_any_configuration(data: bytes) -> None:
    wikis(data)


@pytest.mark.soak
@given(books)
@settings(max_examples=10_000)
def test_ten_thousand_playbooks(data: bytes) -> None:
    playbook(data)


@pytest.mark.soak
@given(configurations)
@settings(max_examples=10_000)
def test_ten_thousand_configurations(data: bytes) -> None:
    wikis(data)
