import json
import math
from pathlib import Path

import jsonschema
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

import grader.report
from grader.records.record import Foreign
from grader.records.report import Timing
from grader.report.json import MAX_ELEMENTS, plain, plain_value, render
from tests.report.samples import HOSTILE_ONE, MIXED, SAMPLES, UNGRADED_ONE

SCHEMA = json.loads(Path(grader.report.__file__).with_name("report.schema.json").read_text(encoding="utf-8"))
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)


def refuse(constant):
    raise AssertionError(f"{constant} is not JSON")


@pytest.mark.parametrize("name", SAMPLES)
def test_what_is_written_is_json_that_the_schema_describes(name):
    VALIDATOR.validate(json.loads(render(SAMPLES[name]), parse_constant=refuse))


def test_the_schema_is_one_and_describes_every_field():
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    assert all("description" in field or "$ref" in field for field in SCHEMA["properties"].values())


@pytest.mark.parametrize(
    "damage",
    [
        lambda report: report.pop("score"),
        lambda report: report.update(extra=1),
        lambda report: report["exercises"][1].update(earned=0),
        lambda report: report["exercises"][0].update(earned=None),
        lambda report: report["sandbox"].update(level="4"),
        lambda report: report.update(schema="grader/report/v1"),
    ],
)
def test_the_schema_refuses_what_is_wrong(damage):
    report = json.loads(render(UNGRADED_ONE))
    VALIDATOR.validate(report)
    damage(report)
    with pytest.raises(jsonschema.ValidationError):
        VALIDATOR.validate(report)


def test_only_timing_differs_between_two_runs():
    later = replace(MIXED, timing=Timing(total=9.5, started="2027-01-01T00:00:00Z", exercises={"bptt": 0.5}))
    first, second = plain(MIXED), plain(later)
    assert first.pop("timing") != second.pop("timing")
    assert json.dumps(first) == json.dumps(second)
    assert render(MIXED) == render(MIXED)


def test_ungraded_is_null_and_never_0():
    report = json.loads(render(UNGRADED_ONE))
    assert report["score"] is None
    assert report["exercises"][1]["earned"] is None


def test_indented_by_two():
    assert render(MIXED).startswith('{\n  "schema": "grader/report/v2",\n  "assignment": "assignment3",\n')
    assert render(MIXED).endswith("}\n")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, None),
        (True, True),
        (3, 3),
        (0.5, 0.5),
        (math.nan, "NaN"),
        (math.inf, "Infinity"),
        (-math.inf, "-Infinity"),
        ("text", "text"),
        ("NaN", {"text": "NaN"}),
        (1 - 2j, {"complex": [1.0, -2.0]}),
        ([1, (2,)], [1, {"tuple": [2]}]),
        ({"a": 1, 2: "b"}, {"dict": [["a", 1], [2, "b"]]}),
        (Foreign("numpy.matrix"), {"foreign": "numpy.matrix"}),
        (np.float32(0.5), {"dtype": "float32", "shape": [], "array": 0.5}),
        (np.array([[1.0, np.nan]]), {"dtype": "float64", "shape": [1, 2], "array": [[1.0, "NaN"]]}),
        (np.array([1j]), {"dtype": "complex128", "shape": [1], "array": [{"complex": [0.0, 1.0]}]}),
        (np.zeros((0, 2), int), {"dtype": "int64", "shape": [0, 2], "array": []}),
        (np.zeros(MAX_ELEMENTS + 1, bool), {"dtype": "bool", "shape": [MAX_ELEMENTS + 1], "array": None}),
    ],
)
def test_value(value, expected):
    assert plain_value(value) == expected
    jsonschema.Draft202012Validator({"$ref": "#/$defs/value", "$defs": SCHEMA["$defs"]}).validate(plain_value(value))


@given(
    st.recursive(
        st.one_of(
            st.none(), st.booleans(), st.integers(-(2**63), 2**63 - 1), st.floats(), st.complex_numbers(), st.text()
        ),
        lambda inner: st.one_of(
            st.lists(inner, max_size=3), st.tuples(inner), st.dictionaries(st.text(max_size=3), inner, max_size=3)
        ),
        max_leaves=8,
    )
)
@settings(deadline=None)
def test_every_value_can_be_written(value):
    (exercise, *rest) = HOSTILE_ONE.exercises
    (example,) = exercise.counterexamples
    changed = replace(exercise, counterexamples=(replace(example, inputs={"v": value}, outputs=()),))
    report = json.loads(render(replace(HOSTILE_ONE, exercises=(changed, *rest))), parse_constant=refuse)
    assert "v" in report["exercises"][0]["counterexamples"][0]["inputs"]
