import json
from typing import Annotated

import jsonschema
import pytest

from grader.records.record import Record
from grader.report.schemas import VALUES, AnyValue, Count, about, described


class Inner(Record, frozen=True):
    """What is within."""

    value: AnyValue
    note: str = ""


class Outer(Record, frozen=True):
    """What is written."""

    count: Annotated[Count, about("So many.")]
    inner: Inner | None = None
    told: str = ""


SCHEMA = json.loads(described(Outer, "grader/test/v1", "A test", unwritten=frozenset({"told"}), values=VALUES))


def test_a_schema_says_what_records_say():
    assert SCHEMA["$id"] == "urn:grader:test:v1"
    assert (SCHEMA["title"], SCHEMA["description"]) == ("A test", "What is written.")
    assert SCHEMA["properties"]["count"] == {"type": "integer", "minimum": 0, "description": "So many."}


def test_what_has_a_default_is_written_all_the_same():
    assert SCHEMA["required"] == ["count", "inner"]
    assert SCHEMA["$defs"]["Inner"]["required"] == ["value", "note"]
    assert "default" not in json.dumps(SCHEMA)


@pytest.mark.parametrize(
    ("value", "right"),
    [
        ("NaN", True),
        ({"tuple": [1, {"tuple": []}]}, True),
        ({"tuple": 1}, False),
        ({"tuple": [], "dict": []}, False),
        ({"complex": [0, "Infinity"]}, True),
        ({"complex": [0]}, False),
        ({"text": "plain"}, False),
        ({"dtype": "int64", "shape": [0], "array": []}, True),
        ({"dtype": "int64", "shape": [-1], "array": []}, False),
    ],
)
def test_values_have_the_forms_that_are_described(value, right):
    written = {"count": 1, "inner": {"value": value, "note": ""}}
    assert jsonschema.Draft202012Validator(SCHEMA).is_valid(written) is right
