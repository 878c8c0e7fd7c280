"""What a worker says is taken by names that the grader knows, or not at all."""

from __future__ import annotations

from msgspec import Raw
from msgspec.msgpack import encode

from grader.records.assignment import Limits
from grader.records.run import Job, Returned
from grader.sandbox import protocol
from grader.sandbox.outcomes import answered
from grader.sandbox.room import GRADED, Room

JOB = Job(run="y = f(x)", outputs=("y",), sizes=({},), inputs=({"x": 1.0},), limits=Limits())


def test_observations_name_outputs_and_inputs_of_the_job_alone():
    """Student code may have written them, with a hidden input in place of a name."""
    said = protocol.Result(
        outputs={"y": Raw(encode(1.0)), "3.14": Raw(encode(2.0))},
        missing=["3.14"],
        changed=["3.14", "x"],
        aliased=[("y", "x"), ("y", "3.14"), ("3.14", "x"), ("y", "x"), ("x", "y")],
    )
    taken = answered(said, JOB, frozenset({"x"}), {}, Room(GRADED).read)
    assert taken == Returned(outputs={"y": 1.0}, changed=("x",), aliased=(("y", "x"),))
