"""A secret is found in whatever form it turns up, and nothing else is."""

from __future__ import annotations

import base64
import html
import json
import urllib.parse

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner.redaction import MOST_PASSING, SHORTEST, Secrets, forms

SECRET = 's3cr+t/\\ "quoted" é&<x>=%'


def knowing(*secrets: str) -> Secrets:
    known = Secrets()
    for secret in secrets:
        known.learn(secret)
    return known


FORMS = {
    "plain": SECRET,
    "percent": urllib.parse.quote(SECRET, safe=""),
    "form": urllib.parse.urlencode({"lgpassword": SECRET}),
    "path": urllib.parse.quote(SECRET),
    "lower": urllib.parse.quote(SECRET, safe="").lower(),
    "json": json.dumps({"password": SECRET}),
    "json-utf8": orjson.dumps({"password": SECRET}).decode(),
    "json-slashes": json.dumps(SECRET).replace("/", "\\/"),
    "html": html.escape(SECRET),
    "repr": repr({"password": SECRET}),
    "base64": base64.b64encode(SECRET.encode()).decode(),
    "basic": "Authorization: Basic " + base64.b64encode(f"Alice@mop:{SECRET}".encode()).decode(),
    "basic-1": "Basic " + base64.b64encode(f"A:{SECRET}".encode()).decode(),
    "basic-2": "Basic " + base64.b64encode(f"Al:{SECRET}".encode()).decode(),
    "urlsafe": base64.urlsafe_b64encode(f"x{SECRET}y".encode()).decode(),
}


@pytest.mark.parametrize("name", FORMS)
def test_it_is_blotted_out_in_every_form(name: str) -> None:
    text = f"before {FORMS[name]} after"
    cleaned = knowing(SECRET).clean(text)
    assert cleaned.startswith("before ")
    assert cleaned.endswith(" after")
    assert "***" in cleaned
    assert not [form for form in forms(SECRET) if form in cleaned]
    assert knowing(SECRET).holds(text)


@given(st.text(min_size=SHORTEST), st.binary(max_size=4), st.binary(max_size=4))
def test_no_form_of_any_text_is_left(secret: str, before: bytes, after: bytes) -> None:
    known = knowing(secret)
    coded = base64.b64encode(before + secret.encode("utf-8", "replace") + after).decode()
    for text in (f"x{secret}y", json.dumps(secret), urllib.parse.quote(secret, safe="", errors="replace")):
        assert secret not in known.clean(text) or secret in "***"
    if len(secret) > 12:
        assert known.clean(coded) != coded


def test_a_json_value_is_cleaned_through_and_through() -> None:
    value = {"a": [SECRET, {"b": f"x {SECRET}"}], "n": 7, "none": None}
    assert knowing(SECRET).clean_value(value) == {"a": ["***", {"b": "x ***"}], "n": 7, "none": None}


def test_a_secret_within_another() -> None:
    assert knowing("abcd", "abcdefgh").clean("abcdefgh") == "***"


def test_what_is_too_short_would_hit_every_word() -> None:
    assert knowing("", "a", "the").clean("the cat") == "the cat"


def test_tokens_are_remembered_but_not_for_ever() -> None:
    """A wiki makes them up as it likes: nothing grows without bound."""
    known = knowing("password")
    for number in range(1000):
        known.learn_passing(f"token-{number:04}")
    assert known.clean("token-0999 token-0951 password") == "*** *** ***"
    assert known.clean("token-0000") == "token-0000"
    assert len(known._passing) == MOST_PASSING
    known.learn_passing("x" * 20_000)
    assert not known.holds("token-0999")  # of the user's own only the password counts
