"""What is measured: whole processes of the real command, grading within a process, and the parts that it is made of.

A further submission was meant to cost a quarter of the bare script, and does not. It runs its own code on 1,042 inputs
where the script has 752, because some cases run again and properties ask for more: that alone is 0.14 of the script (in
plain loops 0.22). Its process takes 0.06 to start, to import it and to end; copies of the inputs, and answers sent one
by one so that a crash costs no other case, 0.25; and the grader 0.35, for comparing, properties and records. Some of
that overlaps, but a property has to wait for each of its answers.
"""

from __future__ import annotations

import ast
import json
import os
import pickle
import re
import subprocess
import sys
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from msgspec.structs import replace

from benchmarks.plain import write_plain
from benchmarks.timing import Pair
from grader.bank.build import bank_for
from grader.course.find import find_course
from grader.grading.bank_and_author import of_course
from grader.grading.carried_over import prepared
from grader.grading.grade import Demands, grade_again, grade_path, handed_in
from grader.records.assignment import Limits
from grader.records.run import Submission
from grader.records.values import pack, unpack
from grader.sandbox import protocol
from grader.sandbox.host import ProcessSandbox

if TYPE_CHECKING:
    from collections.abc import Callable

    from grader.course.find import AssignmentFiles
    from grader.records.bank import CaseBank
    from grader.sandbox.api import WorkerPool

ROOT = Path(__file__).parents[1]
SUBMISSIONS = ROOT / "tests" / "submissions" / "assignment3"
RIGHT = SUBMISSIONS / "100_preallocated_arrays.py"  # as most students write it: NumPy, and loops over time
LOOPS = SUBMISSIONS / "100_plain_loops.py"  # without NumPy, the slowest style
WRONG = SUBMISSIONS / "078_two_faults.py"
ONE_WRONG = SUBMISSIONS / "087_gradient_through_time_not_carried.py"  # in the exercise that takes longest
METHOD = SUBMISSIONS / "084_letters_of_einsum.py"  # one exercise earns its method though it writes formulas out again
CELLS = 30
GRADE = Path(sys.executable).with_name("grade")

#: As on any machine: Python keeps what it has compiled.
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def measurements(folder: Path, pool: WorkerPool) -> list[Pair]:
    """Everything to measure; ``folder`` is given the cases in the form that the bare script reads."""
    files = find_course(ROOT).assignment("assignment3")
    bank = bank_for(files, pool)
    write_plain(bank, folder)
    bare, bare_loops = (
        _process(sys.executable, ROOT / "benchmarks" / "bare.py", path, folder) for path in (RIGHT, LOOPS)
    )
    weak = Demands(weak=True)

    def one_more() -> object:
        return grade_path(files, bank, RIGHT, pool, demands=weak)

    notebook = _as_notebook(RIGHT, folder / "memory.ipynb")
    return [
        Pair("grade a right submission", _process(GRADE, "assignment3", RIGHT), "bare script", bare, promise=2.0),
        Pair(  # four gates are wrong, and a step that builds on them earns the marks of its method
            "grade a wrong one", _process(GRADE, "assignment3", WRONG, "--exit-zero"), "bare script", bare, promise=2.3
        ),
        Pair("grade one more", one_more, "bare script", bare, promise=0.85),
        Pair(
            f"the same in {CELLS} cells",
            lambda: grade_path(files, bank, notebook, pool, demands=weak),
            "grade one more",
            one_more,
            promise=1.15,
        ),
        Pair(
            "grade again, one function changed",
            _changed(files, bank, pool, weak),
            "grade one more",
            one_more,
            promise=0.4,
        ),
        Pair(
            "grade one more, in plain loops",
            lambda: grade_path(files, bank, LOOPS, pool, demands=weak),
            "its bare script",
            bare_loops,
        ),
        Pair(
            "show and name one mistake",  # what it takes beyond the ratio of 1 are counterexample and diagnosis
            lambda: grade_path(files, bank, ONE_WRONG, pool, demands=weak),
            "grade one that is right",
            one_more,
        ),
        Pair(
            "see that its method is right",  # the same, and what it takes to give marks for the method of one exercise
            lambda: grade_path(files, bank, METHOD, pool, demands=weak),
            "grade one that is right",
            one_more,
        ),
        Pair(
            "start a worker",
            partial(_start_worker, pool),
            "import numpy",
            _process(sys.executable, "-c", "import numpy"),
            promise=0.2,
        ),
        Pair("ten arrays through the codec", _through_codec, "pickle", _through_pickle, promise=1.0, calls=1000),
    ]


def _as_notebook(module: Path, notebook: Path) -> Path:
    """The module in cells: a part of its top level in each, as even as its statements are."""
    source = module.read_text()
    lines = source.splitlines(keepends=True)
    starts = [statement.lineno - 1 for statement in ast.parse(source).body][1:]
    cuts = sorted(set(starts[:: max(1, len(starts) // CELLS)][: CELLS - 1]))
    cells = ["".join(lines[start:end]) for start, end in pairwise([0, *cuts, len(lines)])]
    cells += ["# nothing\n"] * (CELLS - len(cells))
    stored = [{"cell_type": "code", "metadata": {}, "outputs": [], "source": cell} for cell in cells]
    notebook.write_text(json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": stored}))
    return notebook


def _changed(files: AssignmentFiles, bank: CaseBank, pool: WorkerPool, demands: Demands) -> Callable[[], object]:
    """Grade work of which the function that takes longest has changed since it was graded before."""
    before = handed_in(RIGHT, bank.assignment)
    text = re.sub(r"(?s)(def bptt\(.*?\):\n)", r"\1    pass\n", before.files[before.module])
    now = replace(before, files={before.module: text})
    earlier = prepared(grade_again(of_course(files, bank), before, pool, demands=demands), bank.assignment)
    return lambda: grade_again(of_course(files, bank), now, pool, earlier, demands=demands)


def _process(*command: str | Path) -> Callable[[], object]:
    """Run a command to its end; it must succeed."""
    words = [str(word) for word in command]
    return lambda: subprocess.run(words, check=True, capture_output=True, cwd=ROOT, env=ENVIRONMENT)


def _start_worker(pool: WorkerPool) -> None:
    with ProcessSandbox(Submission(module="memory.py", files={"memory.py": ""}), Limits(), pool) as sandbox:
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
