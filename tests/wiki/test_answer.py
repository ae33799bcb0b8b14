"""HTTP replies read as the Action API's answers; the shapes are those of a MediaWiki 1.39."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner.errors import Unreachable
from runner.retry import Kind
from runner.wiki.answer import Refused, read_answer, retry_after, understood
from runner.wiki.transport import Reply, RequestFailed

DOCREF = "See http://127.0.0.1/api.php for API usage."


def reply(body: object, *, status: int = 200, raw: bytes | None = None, **headers: str) -> Reply:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Reply(status=status, headers=named, body=json.dumps(body).encode() if raw is None else raw)


def errors(*codes: str, module: str = "main") -> dict[str, Any]:
    return {"errors": [{"code": code, "text": f"It is {code}.", "module": module} for code in codes], "docref": DOCREF}


def failure(given: Reply, *, query: bool = False) -> Kind:
    with pytest.raises(RequestFailed) as caught:
        read_answer(given, query=query)
    return caught.value.failure.kind


def test_an_answer_is_its_body() -> None:
    body = {"delete": {"title": "Sandbox/00500", "reason": "recorded", "logid": 152}}
    assert read_answer(reply(body)) == body


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("maxlag", Kind.LAG),
        ("readonly", Kind.READONLY),
        ("ratelimited", Kind.RATELIMITED),
        ("badtoken", Kind.TOKEN),
        ("assertuserfailed", Kind.SESSION),
        ("assertnameduserfailed", Kind.SESSION),
        ("internal_api_error_DBQueryError", Kind.INTERNAL),
    ],
)
def test_errors_that_pass(code: str, kind: Kind) -> None:
    assert failure(reply(errors(code), mediawiki_api_error=code)) is kind
    assert failure(reply(errors(code))) is kind  # somebody on the way may have taken the header out


def test_lag_says_how_long_to_wait() -> None:
    with pytest.raises(RequestFailed) as caught:
        read_answer(reply(errors("maxlag"), retry_after="5", x_database_lag="7"))
    assert caught.value.failure.retry_after == 5


def test_a_refusal_has_every_code_and_text() -> None:
    with pytest.raises(Refused) as caught:
        read_answer(reply(errors("permissiondenied", "protectedpage", module="delete")))
    assert caught.value.code == "permissiondenied"
    assert caught.value.codes == ("permissiondenied", "protectedpage")
    assert caught.value.text == "It is permissiondenied.; It is protectedpage."


@pytest.mark.parametrize(
    ("codes", "header", "beside"),
    [
        ((), "permissiondenied", {}),
        ((), "permissiondenied, other", {"delete": {"logid": 7}}),
        ((), "<invalid-code>", {}),
        (("badtoken",), "permissiondenied", {}),
        (("permissiondenied",), "permissiondenied, protectedpage", {}),
        (("permissiondenied", "protectedpage"), "protectedpage", {}),
        (("permissiondenied",), "permissiondenied", {"delete": {"logid": 7}}),
        (("permissiondenied",), "", {"delete": {"logid": 7}}),
    ],
)
def test_a_header_and_a_body_that_disagree_are_both_not_believed(
    codes: tuple[str, ...], header: str, beside: Mapping[str, Any]
) -> None:
    body = {**(errors(*codes) if codes else {}), **beside}
    assert failure(reply(body, mediawiki_api_error=header)) is Kind.NOT_JSON


def test_an_error_whose_code_the_header_cannot_hold_is_one() -> None:
    given = errors("permissiondenied", "no code of core's")
    with pytest.raises(Refused) as caught:
        read_answer(reply({**given, "servedby": "db1"}, mediawiki_api_error="permissiondenied, <invalid-code>"))
    assert caught.value.codes == ("permissiondenied", "no code of core's")


def test_an_answer_to_another_request_is_not_believed() -> None:
    """A proxy that mixes connections up, or a cache that should not be there."""
    for body in ({"delete": {"logid": 7}}, errors("permissiondenied")):
        other = reply({**body, "requestid": "wikimop/r12345678/6"})
        with pytest.raises(RequestFailed) as caught:
            read_answer(other, requestid="wikimop/r12345678/7")
        assert caught.value.failure.kind is Kind.NOT_JSON
    mine = {"delete": {"logid": 7}, "requestid": "wikimop/r12345678/7"}
    assert read_answer(reply(mine), requestid="wikimop/r12345678/7") == mine


@pytest.mark.parametrize(
    "raw",
    [b"", b"<!DOCTYPE html>", b'{"a":1}<br>', b'{"a":', b"\xff", b"[" * 5000, b"[]", b"null", b"7", b'"text"'],
    ids=lambda raw: repr(raw[:10]),
)
def test_what_is_no_answer_of_an_api(raw: bytes) -> None:
    assert failure(reply(None, raw=raw)) is Kind.NOT_JSON


@pytest.mark.parametrize(
    "body",
    [
        {"errors": "yes"},
        {"errors": {"code": "x"}},
        {"errors": ["yes"]},
        {"warnings": {"main": {"warnings": "x"}}},
        {"warnings": ["x"]},
        {"query": []},
        {"continue": [1]},
        {"query": {"pages": {"12": {}}}},
        {"query": {"pages": ["x"]}},
    ],
    ids=str,
)
def test_json_that_is_not_the_apis(body: Mapping[str, Any]) -> None:
    assert failure(reply(body)) is Kind.NOT_JSON


def test_a_query_says_whether_there_is_more() -> None:
    assert failure(reply({}), query=True) is Kind.NOT_JSON
    assert failure(reply({"query": {"pages": []}}), query=True) is Kind.NOT_JSON
    for sound in ({"batchcomplete": True}, {"continue": {"continue": "-||"}}):
        assert read_answer(reply(sound), query=True) == sound


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (429, Kind.TOO_MANY), (500, Kind.INTERNAL), (502, Kind.SERVER), (503, Kind.SERVER), (504, Kind.SERVER),
        (408, Kind.SERVER), (204, Kind.HTTP), (301, Kind.HTTP), (401, Kind.HTTP), (403, Kind.HTTP), (404, Kind.HTTP),
        (413, Kind.TOO_LARGE), (414, Kind.TOO_LARGE), (431, Kind.TOO_LARGE), (418, Kind.HTTP), (507, Kind.SERVER),
    ],
)  # fmt: skip
def test_a_status_is_no_outcome(status: int, kind: Kind) -> None:
    body = {"delete": {"title": "x", "logid": 7}}
    assert failure(reply(body, status=status)) is kind


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        ({"code": "blocked"}, Kind.ACCOUNT),
        ({"code": "blocked", "data": {"blockinfo": {"blockpartial": False}}}, Kind.ACCOUNT),
        ({"code": "blocked", "data": {"blockinfo": {"blockpartial": True}}}, None),
        ({"code": "mwoauth-invalid-authorization-invalid-user"}, Kind.ACCOUNT),
        ({"code": "internal_api_error_DBQueryError"}, Kind.INTERNAL),
        ({"code": "internal_api_error"}, Kind.INTERNAL),
        ({"code": "readonlytext"}, None),
        ({"code": 7}, None),
        ({}, None),
    ],
    ids=str,
)
def test_what_an_error_of_the_wiki_is_about(error: Mapping[str, Any], kind: Kind | None) -> None:
    """A block from some pages is about these pages, one from all about the account."""
    body = {"errors": [{"text": "It is.", **error}]}
    if kind is None:
        with pytest.raises(Refused):
            read_answer(reply(body))
    else:
        assert failure(reply(body)) is kind


def test_a_redirect_says_where_to() -> None:
    with pytest.raises(RequestFailed, match="points to https://other"):
        read_answer(reply({}, status=301, location="https://other.example/w/api.php"))


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry-after": "5"}, 5.0),
        ({"retry-after": " 120 "}, 120.0),
        ({"retry-after": "-1"}, None),
        ({"retry-after": "1e3"}, None),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "Wed, 21 Oct 2026 07:28:00 GMT"}, None),
        ({"retry-after": "Wed, 21 Oct 2026 07:28:30 GMT", "date": "Wed, 21 Oct 2026 07:28:00 GMT"}, 30.0),
        ({"retry-after": "Wed, 21 Oct 2026 07:28:00 GMT", "date": "Wed, 21 Oct 2026 07:28:30 GMT"}, 0.0),
        ({"retry-after": "Wed, 21 Oct 2026 07:28:00 GMT", "date": "nonsense"}, None),
        ({"retry-after": "Wed, 21 Oct 2026 07:28:00", "date": "Wed, 21 Oct 2026 07:28:30 GMT"}, None),
    ],
    ids=str,
)
def test_retry_after(headers: Mapping[str, str], seconds: float | None) -> None:
    assert retry_after(headers) == seconds


@given(body=st.binary(max_size=200), status=st.integers(100, 599), header=st.text(max_size=20), query=st.booleans())
def test_any_reply_is_an_answer_a_failure_or_a_refusal(body: bytes, status: int, header: str, *, query: bool) -> None:
    try:
        answer = read_answer(Reply(status=status, headers={"mediawiki-api-error": header}, body=body), query=query)
    except (RequestFailed, Refused):
        return
    assert isinstance(answer, dict)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["errors", "code", "query", "pages", "x"]), inner)
    ),
    max_leaves=8,
)


@given(body=JSON, query=st.booleans())
def test_any_json_is_an_answer_a_failure_or_a_refusal(body: object, *, query: bool) -> None:
    try:
        answer = read_answer(reply(body), query=query)
    except (RequestFailed, Refused):
        return
    assert answer == body


def test_what_an_answer_lacks_is_told() -> None:
    with pytest.raises(Unreachable, match="KeyError: 'tokens'"), understood():
        dict[str, str]()["tokens"]
