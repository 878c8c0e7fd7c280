"""What a worker says is taken by names that the grader knows, or not at all."""

from __future__ import annotations

from msgspec import Raw
from msgspec.msgpack import encode

from grader.records.assignment import Limits
from grader.records.run import Job, Returned, texts_of
from grader.sandbox import protocol
from grader.sandbox.outcomes import answered, set_before
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
    taken = answered(said, JOB, frozenset({"x"}), texts_of({}), Room(GRADED).read)
    assert taken == Returned(outputs={"y": 1.0}, changed=("x",), aliased=(("y", "x"),))
    interrupted = protocol.Interrupted(protocol.Failure("ValueError", "", [], []), said)
    assert set_before(3, interrupted, JOB, frozenset({"x"}), Room(GRADED).read) == {3: taken}
    assert set_before(3, said, JOB, frozenset({"x"}), Room(GRADED).read) == {}


def test_a_cell_is_one_that_was_handed_in_and_not_what_is_called_like_one():
    lines = [protocol.FrameLine(file, 1, "f", "") for file in ("memory.py", "cell 1", "cell 2")]
    said = protocol.Failure(error="ValueError", message="", ancestors=[], frames=lines)

    for cells, known in (((), [False] * 3), (["x = 1"], [False, True, False])):
        taken = answered(said, JOB, frozenset(), texts_of({"memory.py": ""}, cells), Room(GRADED).read)
        assert [frame.in_cell for frame in taken.frames] == known
        assert [frame.file for frame in taken.frames] == [line.file for line in lines]
