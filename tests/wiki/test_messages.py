"""Errors and warnings in every format that the wiki may be asked for; the shapes are those of a MediaWiki 1.39."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner.wiki.answer import Refused, read_answer
from runner.wiki.messages import write_out
from tests.wiki.test_answer import reply

PAGE = "The page you specified doesn't exist."


@pytest.mark.parametrize(
    ("errorformat", "message", "text"),
    [
        ("plaintext", {"text": PAGE}, PAGE),
        ("wikitext", {"text": "See ''[[Help]]''."}, "See ''[[Help]]''."),
        ("html", {"html": "The page <b>A &amp; B</b> doesn't exist."}, "The page A & B doesn't exist."),
        ("html", {"html": "a < b"}, "a < b"),
        ("raw", {"key": "apierror-missingtitle", "params": []}, "apierror-missingtitle"),
        ("raw", {"key": "apierror-x", "params": ["a", {"num": 5}, {"message": {"key": "m"}}]}, "apierror-x: a, 5, m"),
        ("none", {}, "missingtitle"),
    ],
)
def test_a_refusal_has_its_code_and_a_text_in_every_format(errorformat: str, message: dict[str, Any], text: str) -> None:
    body = {"errors": [{"code": "missingtitle", "module": "delete", **message}], "docref": "See the API."}
    with pytest.raises(Refused) as caught:
        read_answer(reply(body, mediawiki_api_error="missingtitle"), errorformat=errorformat)
    assert (caught.value.code, caught.value.text) == ("missingtitle", text)


def test_messages_are_found_wherever_they_stand() -> None:
    """Of one revision, of one page that may not be deleted, of an invalid title, of a refused login."""
    answer = {
        "revisiondelete": {"status": "Success", "items": [{"id": 1, "errors": [{"code": "revdelete-hide-current"}]}]},
        "query": {"pages": [{"title": "A", "actions": {"delete": [{"code": "protectedpage", "html": "<i>Protected</i>"}]}}]},
        "purge": [{"title": "A[", "invalidreason": {"code": "title-invalid-characters", "key": "t", "params": ["["]}}],
        "login": {"result": "Failed", "reason": {"code": "wrongpassword", "html": "Incorrect."}},
    }
    read = read_answer(reply(answer, mediawiki_api_error=""), errorformat="html")
    assert read["revisiondelete"]["items"][0]["errors"][0]["text"] == "revdelete-hide-current"
    assert read["query"]["pages"][0]["actions"]["delete"][0]["text"] == "Protected"
    assert read["purge"][0]["invalidreason"]["text"] == "t: ["
    assert read["login"]["reason"]["text"] == "Incorrect."


def test_where_texts_are_sent_nothing_is_added() -> None:
    body = {"warnings": [{"code": "x"}]}
    assert read_answer(reply(body)) == body


def test_an_answer_may_be_nested_as_deeply_as_it_can_be_read() -> None:
    depth = 1000
    answer = orjson.loads(b'{"a":' * depth + b'{"code":"x"}' + b"}" * depth)
    write_out(answer)
    for _ in range(depth):
        answer = answer["a"]
    assert answer == {"code": "x", "text": "x"}


JSON = st.recursive(
    st.none() | st.integers(-5, 5) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["code", "html", "key", "params", "text", "errors"]), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(JSON)
def test_any_json_keeps_what_it_says(value: object) -> None:
    before = orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    again = orjson.loads(before)
    write_out(again)
    assert orjson.dumps(_without_texts(again, value), option=orjson.OPT_SORT_KEYS) == before


def _without_texts(value: object, before: object) -> object:
    if isinstance(value, list) and isinstance(before, list):
        return [_without_texts(one, old) for one, old in zip(value, before, strict=True)]
    if isinstance(value, dict) and isinstance(before, dict):
        return {name: _without_texts(one, before[name]) for name, one in value.items() if name in before}
    return value
