"""What a playbook says under `request`, on its way through a plan's header to the calls."""

from __future__ import annotations

import jsonschema
import pytest

from runner.flows.manners import manners_of
from runner.planning.schema import HEADER_SCHEMA
from runner.playbook.playbook import Request
from runner.playbook.request import request_header
from runner.wiki.client import Manners
from tests.playbook.loading import STEP, load

EVERYTHING = """
request:
  {maxlag: 7, assert: user, assertuser: Alice, uselang: de, variant: de-at, errorformat: raw, errorlang: uselang,
   errorsuselocal: true, servedby: true, curtimestamp: true, responselanginfo: true, smaxage: 0, maxage: 60, requestid: x}
"""


def test_a_plan_of_an_earlier_version_means_what_it_meant() -> None:
    assert manners_of({"maxlag": 5, "assert": None, "errorlang": "en"}) == Manners()
    assert manners_of({"maxlag": None, "assert": "bot", "errorlang": "de"}) == Manners(
        maxlag=None, assertion="bot", errorlang="de"
    )


def test_where_nothing_is_said_the_header_is_as_it_always_was() -> None:
    assert request_header(Request()) == {"maxlag": 5, "assert": None, "errorlang": "en"}
    assert request_header(load(STEP + "request: {servedby: false, errorformat: plaintext}\n").request) == request_header(
        Request()
    )


def test_all_of_it_goes_through() -> None:
    header = request_header(load(STEP + EVERYTHING).request)
    assert list(header)[:3] == ["maxlag", "assert", "errorlang"]
    jsonschema.validate(header, HEADER_SCHEMA["properties"]["request"])
    assert manners_of(header) == Manners(
        maxlag=7, assertion="user", assertuser="Alice", errorlang="uselang", errorformat="raw", requestid="x",
        always={"uselang": "de", "variant": "de-at", "errorsuselocal": "1", "servedby": "1", "curtimestamp": "1",
                "responselanginfo": "1"},
        planning={"smaxage": "0", "maxage": "60"},
    )  # fmt: skip


@pytest.mark.parametrize(
    "wrong", [{"errorformat": "bc"}, {"origin": "*"}, {"requestid": "a b"}, {"maxage": -1}, {"servedby": "yes"}, {"maxlag": 0}]
)
def test_a_forged_header_is_refused(wrong: dict[str, object]) -> None:
    header = {**request_header(Request()), **wrong}
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(header, HEADER_SCHEMA["properties"]["request"])
