"""What is measured: whole processes of the real command, grading within a process, and the parts that it is made of."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from functools import partial
from itertools import cycle
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.plain import write_plain
from benchmarks.timing import Pair
from grader.build import bank_for
from grader.course import find_course
from grader.grade import Demands, grade_path
from grader.model import Limits, Submission
from grader.sandbox import protocol
from grader.sandbox.host import ProcessSandbox
from grader.values import pack, unpack

if TYPE_CHECKING:
    from collections.abc import Callable

    from grader.sandbox import Nursery

ROOT = Path(__file__).parents[1]
SUBMISSIONS = ROOT / "tests" / "submissions" / "assignment3"
RIGHT = SUBMISSIONS / "100_plain_loops.py"
FURTHER = ("100_einsum.py", "100_classes_and_helpers.py", "100_stacked_batch_style.py")
WRONG = SUBMISSIONS / "074_two_faults.py"
GRADE = Path(sys.executable).with_name("grade")

#: As on any machine: Python keeps what it has compiled.
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def measurements(folder: Path, nursery: Nursery) -> list[Pair]:
    """Everything to measure; ``folder`` is given the cases in the form that the bare script reads."""
    files = find_course(ROOT).assignment("assignment3")
    bank = bank_for(files, nursery)
    write_plain(bank, folder)
    bare = _process(sys.executable, ROOT / "benchmarks" / "bare.py", RIGHT, folder)
    further, weak = cycle(FURTHER), Demands(weak=True)
    return [
        Pair("grade a right submission", _process(GRADE, "assignment3", RIGHT), "bare script", bare, promise=2.5),
        Pair("grade a wrong one", _process(GRADE, "assignment3", WRONG, "--exit-zero"), "bare script", bare),
        Pair(
            "grade one more",
            lambda: grade_path(files, bank, SUBMISSIONS / next(further), nursery, demands=weak),
            "bare script",
            bare,
        ),
        Pair(
            "start a worker",
            partial(_start_worker, nursery),
            "import numpy",
            _process(sys.executable, "-c", "import numpy"),
            promise=0.2,
        ),
        Pair("ten arrays through the codec", _through_codec, "pickle", _through_pickle, promise=1.0, calls=1000),
    ]


def _process(*command: str | Path) -> Callable[[], object]:
    """Run a command to its end; it must succeed."""
    words = [str(word) for word in command]
    return lambda: subprocess.run(words, check=True, capture_output=True, cwd=ROOT, env=ENVIRONMENT)


def _start_worker(nursery: Nursery) -> None:
    with ProcessSandbox(Submission(module="memory.py", files={"memory.py": ""}), Limits(), nursery) as sandbox:
        sandbox.load()


ARRAYS = {f"x{number}": np.random.default_rng(number).normal(size=128) for number in range(10)}  # 1 KiB each


def _through_codec() -> None:
    case = protocol.ExecuteCase(sizes={}, inputs={name: pack(array) for name, array in ARRAYS.items()})
    frame = protocol.encode(protocol.Execute(id=bytes(16), run="", outputs=[], cases=[case], salt=0))
    request = protocol.decode_request(frame[protocol.HEADER.size :])
    assert isinstance(request, protocol.Execute)
    for wire in request.cases[0].inputs.values():
        unpack(wire)


def _through_pickle() -> None:
    pickle.loads(pickle.dumps(ARRAYS, protocol=pickle.HIGHEST_PROTOCOL))  # noqa: S301 - our own bytes; the yardstick only
