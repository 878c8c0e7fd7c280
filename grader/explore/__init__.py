"""Hunting for a false pass: Hypothesis live between the reference and a submission that passed its cases.

Inputs are drawn as long as there is time, and given to both. Where the submission is wrong all the same, the input is
made small, and its author can make it a case. Only values are hunted: properties and required exceptions have inputs of
their own.

Student code may answer as it likes, so nothing is believed that was seen once: a difference is asked for again in a
fresh process, and while its input is made small, each candidate is asked about once, in a fresh process as well.
"""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from grader.bank.author_functions import author_functions
from grader.bank.hunt import Hunt
from grader.bank.literals import LiteralError, example
from grader.bank.plans import canonical
from grader.bank.prove import Prover
from grader.bank.reference import Reference
from grader.course.additions import with_example
from grader.explore.hunter import Hunter
from grader.explore.sides import Renewed, Sides
from grader.files import write_whole
from grader.grading.grade import grade_path, handed_in, limits_of
from grader.mistakes.runner import VersionRunner
from grader.records.assignment import Example
from grader.records.bank import Origin
from grader.records.errors import UsageError
from grader.report.words.submission import problem
from grader.sandbox.host import ProcessSandbox

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from grader.course.find import AssignmentFiles
    from grader.explore.hunter import HuntProgress
    from grader.grading.grade import Demands
    from grader.records.assignment import Exercise
    from grader.records.bank import CaseBank
    from grader.records.hunt import Explored, FalsePass
    from grader.records.record import Value
    from grader.records.report import Report
    from grader.sandbox.api import WorkerPool

NOTE = "an input that is easily got wrong"  # what students read of a case that was added


class Bounds(NamedTuple):
    """When to stop: after so many seconds, shared by the exercises; after so many inputs of each. None: never.

    For one ``seed`` the same inputs come in the same order, however soon a hunt ends.
    """

    seconds: float | None = None
    inputs: int | None = None
    seed: int = 0


def passed(
    files: AssignmentFiles, bank: CaseBank, path: Path, pool: WorkerPool, demands: Demands, names: Sequence[str]
) -> list[Exercise]:
    """The exercises that what lies at ``path`` passes; if any are named, those.

    Raises UsageError for a name that is none of them, and where nothing is passed.
    """
    exercises = {exercise.id: exercise for exercise in bank.assignment.exercises}
    for name in names:
        if name not in exercises:
            raise UsageError(f"no exercise {name!r} in {files.name}; there are: {', '.join(exercises)}")
    return _chosen(grade_path(files, bank, path, pool, demands=demands), exercises, names)


def _chosen(report: Report, exercises: dict[str, Exercise], names: Sequence[str]) -> list[Exercise]:
    right = [result.id for result in report.exercises if result.status == "right"]
    if not right:
        why = problem(report.problem, report.module) or "`grade run` says what is wrong"
        raise UsageError(f"it passes no exercise, so that none is a false pass: {why}")
    for name in names:
        if name not in right:
            raise UsageError(f"it does not pass {name}, so that this is no false pass: `grade run` says what is wrong")
    return [exercises[name] for name in right if not names or name in names]


def explore(
    files: AssignmentFiles,
    bank: CaseBank,
    path: Path,
    pool: WorkerPool,
    exercises: Sequence[Exercise],
    bounds: Bounds,
    progress: Callable[[HuntProgress], None],
) -> Iterator[Explored]:
    """Hunt through one exercise after the other. ``progress`` is told how far it has come.

    An exercise that ends early leaves its time to those after it. Raises SandboxFault, and AssignmentError where a
    strategy of the author's fails.
    """
    assignment = bank.assignment
    submission = handed_in(path, assignment)
    properties = author_functions(files)
    reference = Reference(files, pool, assignment.preload)
    runner = VersionRunner(reference.submission, pool, reference.preload)
    prover = Prover(assignment, reference.source, runner, properties, str(files.reference), seed=bounds.seed)
    end = None if bounds.seconds is None else time.monotonic() + bounds.seconds
    for number, exercise in enumerate(exercises):
        now = time.monotonic()
        until = None if end is None else now + (end - now) / (len(exercises) - number)
        with (
            Renewed(lambda: Reference(files, pool, assignment.preload).sandbox) as right,
            Renewed(
                lambda: ProcessSandbox(
                    submission, limits_of(assignment), pool, assignment.preload, assignment.stand_ins
                )
            ) as tried,
        ):
            sides = Sides(exercise, right, tried, prover)
            hunter = Hunter(sides, Hunt(exercise, bounds.seed, properties), progress)
            yield hunter.explore(until, bounds.inputs)


def check_writable(path: Path) -> None:
    """Raise UsageError if a file may not be changed: better before a hunt than after it."""
    if not (os.access(path, os.W_OK) and path.stat().st_mode & 0o222):  # a read-only file is so for root as well
        raise UsageError(f"{path} may not be written, so that --add cannot add to it: make it writable")


def add(files: AssignmentFiles, found: FalsePass) -> None:
    """Write the input into the assignment file, as an example of its exercise.

    Raises UsageError where it cannot be written as one, and GraderError if the system refuses.
    """
    exercise, case = found.exercise, found.trial.case
    inputs = {name: _plain(value) for name, value in case.inputs.items()}
    try:
        same = example(exercise, inputs, Origin("example")).key() == canonical([case.sizes, case.inputs])
    except LiteralError:
        same = False
    if not same:
        raise UsageError(
            f"this input of {exercise.id} cannot be written as an example: there, inputs are numbers, text and lists, "
            "and the sizes follow from their shapes. Draw such inputs by a strategy of your own"
        )
    path = files.yaml.resolve()  # a link stays one
    text = with_example(
        path.read_bytes(), exercise.id, Example(inputs=inputs, note=NOTE), file=str(files.yaml), id=files.name
    )
    write_whole(path, text)


def _plain(value: Value) -> Any:
    """A value without arrays; what has no place in YAML stays as it is."""
    if isinstance(value, np.ndarray):
        return value.tolist()
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, list) else value
