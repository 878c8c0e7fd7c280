"""What is written, and its schema, which is made from the same records."""

import json
from pathlib import Path

import jsonschema
import numpy as np
import pytest
from msgspec.structs import replace

import grader.report
from grader.records.bank import Origin
from grader.records.finding import Factor, Finding, Share
from grader.records.record import Foreign
from grader.records.report import AllRight, Deviates, Ends, ExerciseResult, GraderFailed, Report, Timing
from grader.records.run import (
    BadReply,
    Crashed,
    Frame,
    Isolation,
    NotRun,
    OutOfMemory,
    Raised,
    ReadRemark,
    TimedOut,
)
from grader.records.schemas import REPORT
from grader.records.verdict import (
    Bound,
    Counterexample,
    Deviation,
    Fault,
    OutputDetail,
    Part,
    PartKey,
    Remark,
    ending,
)
from grader.report.document import NOT_IN_JSON
from grader.report.json import plain, render, schema
from grader.report.words.written import written

SHIPPED = Path(grader.report.__file__).with_name("report.schema.json")
SCHEMA = json.loads(SHIPPED.read_text(encoding="utf-8"))
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)

WRONG = Fault(kind="nonfinite", what="nan")
DEVIATION = Deviation(fault=WRONG, where=(0, 1), expected=0.5, got=float("nan"), wrong=1, total=2, nans=1)
RAISED = Raised("ValueError", "no", ("ValueError", "Exception"), (Frame("tiny.py", 3, "affine", "raise"),))


def example(outcome=None, **inputs):
    shown = OutputDetail(
        name="y",
        expected=np.array([[0.5, 1.0]]),
        got=None if outcome else np.array([[0.5, np.nan]]),
        shown=outcome is None,
        deviation=None if outcome else DEVIATION,
        bound=Bound(within=1e-9),
    )
    return Counterexample(
        case="affine/0",
        origin=Origin("example"),
        hidden=False,
        minimised=True,
        inputs=inputs,
        sizes={"N": 2},
        code="y = affine(W)",
        outputs=(shown,),
        outcome=outcome,
    )


def exercise(name, status="wrong", reason=None, **more):
    return ExerciseResult(
        id=name,
        title="",
        points=3.0,
        earned={"right": 3.0, "ungraded": None}.get(status, 0.0),
        status=status,
        reason=reason or Deviates("y", DEVIATION),
        **more,
    )


PART = Part(PartKey("output", "y"), 3.0, 0.0, right=False, public=4, public_failed=4, problem=WRONG)
VALUES = {
    "array": np.zeros((2, 1)),
    "scalar": np.float32(1),
    "pair": (1, None),
    "map": {"a": [1j]},
    "text": "NaN",
    "odd": Foreign("set"),
}
REPORT_OF_FACTS = Report(
    assignment="tiny",
    title="Tiny",
    module="tiny.py",
    score=None,
    max_score=9.0,
    exercises=(
        exercise("root", "right", AllRight()),
        exercise(
            "affine",
            diagnosis=(Finding(Factor("2"), Share(16, 16, 16), ("y",)),),
            parts=(PART,),
            counterexamples=(example(**VALUES),),
            remarks=(Remark("changes_input", "W"),),
            printed="hello",
        ),
        exercise("mean", "ungraded", GraderFailed("out of order")),
        exercise("raises", reason=Ends("raises", RAISED, "tiny.py"), counterexamples=(example(RAISED),)),
    ),
    isolation=Isolation(level=4, layers=("Landlock",)),
    problem=RAISED,
    remarks=(ReadRemark("cells", "week3.ipynb"),),
    timing=Timing(started="2026-03-02T09:30:00Z", total=1.5, exercises={"root": 0.25}),
)


def what_is_written():
    return json.loads(render(written(REPORT_OF_FACTS)))


def test_the_schema_that_is_shipped_is_made_from_what_is_written(golden):
    golden(SHIPPED, schema())


def test_what_is_written_is_what_the_schema_describes():
    VALIDATOR.validate(what_is_written())


@pytest.mark.parametrize(
    "outcome",
    [
        RAISED,
        TimedOut(2.0, "cpu", "case"),
        Crashed(signal="SIGSEGV"),
        Crashed(exit_code=3),
        OutOfMemory(1 << 30),
        BadReply("?"),
        NotRun(),
    ],
)
def test_every_ending_is_described(outcome):
    ended = exercise(
        "affine",
        reason=Ends("affine", outcome, "tiny.py"),
        parts=(replace(PART, problem=ending(outcome)),),
        counterexamples=(example(outcome),),
    )
    report = json.loads(render(written(replace(REPORT_OF_FACTS, exercises=(ended,)))))
    VALIDATOR.validate(report)
    report["exercises"][0]["counterexamples"][0]["outcome"]["kind"] = "returned"
    with pytest.raises(jsonschema.ValidationError):
        VALIDATOR.validate(report)


def test_nothing_but_what_it_names_is_in_any_object_and_all_of_it_is():
    records = [SCHEMA, *(each for each in SCHEMA["$defs"].values() if "properties" in each)]
    assert len(records) > 15
    assert all(each["additionalProperties"] is False for each in records)
    assert all(each["required"] == list(each["properties"]) for each in records)
    assert not any(NOT_IN_JSON & each["properties"].keys() for each in records)


def test_every_field_of_the_whole_is_described():
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    assert SCHEMA["properties"]["schema"]["enum"] == [REPORT]
    assert all("description" in field or "$ref" in field for field in SCHEMA["properties"].values())


def counterexample(report):
    return report["exercises"][1]["counterexamples"][0]


@pytest.mark.parametrize(
    "damage",
    [
        lambda report: report.pop("score"),
        lambda report: report.update(extra=1),
        lambda report: report.update(schema="grader/report/v1"),
        lambda report: report.update(score=-1),
        lambda report: report.update(view="all"),
        lambda report: report["sandbox"].update(level="4"),
        lambda report: report["sandbox"].update(level=6),
        lambda report: report["timing"].update(total=-1),
        lambda report: report["traceback"][0].pop("text"),
        lambda report: report["exercises"][2].update(earned=0),  # ungraded is never a zero
        lambda report: report["exercises"][0].update(earned=None),  # and what is graded has points
        lambda report: report["exercises"][0].update(status="fine"),
        lambda report: report["exercises"][0].update(beyond=[]),  # it serves writers alone
        lambda report: report["exercises"][1].update(diagnosis=4 * report["exercises"][1]["diagnosis"]),
        lambda report: report["exercises"][1]["diagnosis"][0].update(kind="guess"),
        lambda report: report["exercises"][1]["parts"][0].update(public=-1),
        lambda report: report["exercises"][1]["parts"][0].update(kind="style"),
        lambda report: counterexample(report).update(ended=""),
        lambda report: counterexample(report)["outputs"][0]["deviation"].update(got="nan"),
        lambda report: counterexample(report)["outputs"][0]["deviation"].update(where=[-1]),
        lambda report: counterexample(report)["inputs"].update(odd={"foreign": 1}),
        lambda report: counterexample(report)["inputs"].update(odd={"set": []}),
        lambda report: counterexample(report)["inputs"]["array"].pop("shape"),
        lambda report: counterexample(report)["inputs"]["map"]["dict"][0].append(1),
    ],
)
def test_the_schema_refuses_what_is_wrong(damage):
    report = what_is_written()
    VALIDATOR.validate(report)
    damage(report)
    with pytest.raises(jsonschema.ValidationError):
        VALIDATOR.validate(report)


def test_every_form_of_a_value():
    assert plain(written(REPORT_OF_FACTS))["exercises"][1]["counterexamples"][0]["inputs"] == {
        "array": {"dtype": "float64", "shape": [2, 1], "array": [[0.0], [0.0]]},
        "scalar": {"dtype": "float32", "shape": [], "array": 1.0},
        "pair": {"tuple": [1, None]},
        "map": {"dict": [["a", [{"complex": [0.0, 1.0]}]]]},
        "text": {"text": "NaN"},
        "odd": {"foreign": "set"},
    }
