"""What is kept of a hand-in for the staff comes back as it was, whatever a submission put into it."""

from __future__ import annotations

import hashlib

import msgspec
import numpy as np
import pytest
from msgspec.structs import replace

from grader.records.bank import Origin
from grader.records.errors import ProtocolError
from grader.records.record import Foreign
from grader.records.report import Deviates, Ends, ExerciseResult, Report
from grader.records.run import CellFrame, Crashed, Frame, Isolation, Raised, TimedOut
from grader.records.schemas import RECORD
from grader.records.staff_record import StaffRecord, packed_record, unpacked_record
from grader.records.verdict import Counterexample, Deviation, Fault, OutputDetail, Part, PartKey

FRAMES = (CellFrame("cell 3", 2, "f", "1 / 0"), Frame("memory.py", 5, "cell 3"))
STOPS = Raised("Own", "no \u2028", ("Own", "Exception"), FRAMES, CellFrame("cell 12", 1, ""))
VALUES = {
    "array": np.arange(6.0).reshape(2, 3),
    "scalar": np.float32(0.5),
    "odd": [float("nan"), float("-inf"), (1, None, True), {"k": [1 + 2j], 3: "é"}, Foreign("numpy.matrix")],
    "half": "\ud800",
}
DEVIATION = Deviation(Fault("value", "numbers"), path=(0, "'k'"), where=(1, 2), expected=0.1, got=float("nan"))
EXAMPLE = Counterexample(
    case="f/7",
    origin=Origin("one_is_1", "T"),
    hidden=True,
    minimised=False,
    inputs=VALUES,
    sizes={"T": 2},
    code="f()",
    outputs=(OutputDetail("y", (1, [2]), VALUES["odd"], deviation=DEVIATION, wrong=np.array([True, False])),),
)
PART = Part(PartKey("output", "y"), 1.0, 0.0, right=False, problem=Fault("value", "numbers"))


def result(reason, **more):
    return ExerciseResult("f", "F", 1.0, 0.0, "wrong", reason, parts=(PART,), **more)


REPORT = Report(
    assignment="week",
    title="Week",
    module="memory.py",
    score=0.0,
    max_score=1.0,
    exercises=(
        result(Deviates("y", DEVIATION), counterexamples=(EXAMPLE,)),
        result(Ends("f", STOPS, "memory.py")),
        result(Ends("f", TimedOut(1.0, "cpu", "case"), "memory.py")),
    ),
    students=(result(Deviates("y", DEVIATION)),),
    isolation=Isolation(5, ("bubblewrap",)),
    problem=Crashed(signal="SIGSEGV"),
    defined={"f": FRAMES[0]},
)


def test_all_of_it_comes_back():
    found = unpacked_record(packed_record(StaffRecord(REPORT, 3)))
    assert found.draw == 3
    assert repr(found.report) == repr(REPORT), "to the types of tuples, scalars and lines of cells"
    array = found.report.exercises[0].counterexamples[0].inputs["array"]
    assert (array.dtype, array.shape) == (np.float64, (2, 3))


def test_text_that_is_none_is_written_out_and_costs_no_record():
    printed = replace(REPORT, exercises=(replace(REPORT.exercises[1], printed="a\ud800b"),), defined={"f": FRAMES[1]})
    found = unpacked_record(packed_record(StaffRecord(printed)))
    assert found.report.exercises[0].printed == r"a\ud800b"


def stored(body: bytes) -> bytes:
    return f"{RECORD} {hashlib.sha256(body).hexdigest()}\n".encode() + body


def with_input(value: object) -> bytes:
    body = msgspec.msgpack.decode(packed_record(StaffRecord(REPORT)).partition(b"\n")[2])
    body["report"]["exercises"][0]["counterexamples"][0]["inputs"]["array"] = value
    return stored(msgspec.msgpack.encode(body))


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "is no record of `grade class`"),
        (b'{"schema": "grader/report/v2"}', "is no record of `grade class`"),
        (b"grader/record/v9 00\n", r"another version of grader \(grader/record/v9\)"),
        (packed_record(StaffRecord(REPORT))[:-1], "is damaged"),
        (stored(b"\x80"), "another version of grader"),
        (stored(b"\xc1"), "another version of grader"),
        (with_input([1, 2]), "a value that is not packed"),
        (with_input(b"\xc1"), "another version of grader"),
        (with_input(msgspec.msgpack.encode(["a", "|O", [1], b"12345678", False])), "which is not allowed"),
    ],
)
def test_what_is_no_record_is_told(data, says):
    with pytest.raises(ProtocolError, match=says):
        unpacked_record(data)
