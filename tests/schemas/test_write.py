from __future__ import annotations

import json

import pytest
from jsonschema import Draft202012Validator

from tests.schemas.write import FOLDER, SCHEMAS, assembled, path


@pytest.mark.parametrize("name", SCHEMAS)
def test_the_committed_file_is_what_the_fragments_make(name: str) -> None:
    assert path(name).read_bytes() == assembled(name), "run: python -m tests.schemas.write"


@pytest.mark.parametrize("name", SCHEMAS)
def test_it_is_a_schema_of_draft_2020_12(name: str) -> None:
    schema = json.loads(assembled(name))
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    Draft202012Validator.check_schema(schema)


def test_no_file_is_left_over() -> None:
    assert {file.name for file in FOLDER.glob("*.json")} == {path(name).name for name in SCHEMAS}
