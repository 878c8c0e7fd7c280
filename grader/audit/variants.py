"""Solutions whose marks are known beforehand: right variants, which must get all points, and the template, none."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np
from msgspec.structs import replace

from grader.grading.grade import Demands, grade_path
from grader.judge.margin import margin
from grader.judge.tolerance import RIGHT
from grader.mistakes.runner import LOAD_SECONDS
from grader.records.assignment import Limits
from grader.records.audit import Deviation, Loss, Named, Template, Variant
from grader.records.errors import SubmissionError
from grader.records.run import Returned, job_of
from grader.report.words.written import written
from grader.sandbox.host import ProcessSandbox
from grader.submission import read

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from grader.audit.bench import Bench
    from grader.records.assignment import Exercise
    from grader.records.bank import Case
    from grader.records.report import Report
    from grader.records.run import Outcome

TRUSTED = Demands(weak=True)  # they are the course's own, like the reference


def right_variants(bench: Bench) -> list[Path]:
    """Files and folders with right solutions."""
    root, name = bench.files.root, bench.files.name
    beside = sorted(root.glob(f"tests/submissions/{name}/100_*"))
    own = sorted(path for path in bench.files.yaml.parent.glob("right/*") if path.name[0] not in "._")
    return [*beside, *own]


def variant(bench: Bench, path: Path) -> Variant:
    """One of them, graded, and how far it is off."""
    key = [name_of(bench, path), content(bench, path)]
    known = bench.recall(Variant, *key)
    if known is not None:
        return known
    report = _graded(bench, path)
    found = Variant(name_of(bench, path), report.score, report.max_score, lost=tuple(_losses(report)))
    if found.accepted:
        found = replace(found, deviations=_deviations(bench, path))
    if found.score is not None:
        bench.keep(found, *key)
    return found


def template(bench: Bench) -> Template | None:
    """The starter template, graded; None if there is none."""
    path = bench.files.template
    if not path.is_dir():
        return None
    key = [name_of(bench, path), content(bench, path)]
    known = bench.recall(Template, *key)
    if known is not None:
        return known
    points = {exercise.id: exercise.earned for exercise in _graded(bench, path).exercises}
    found = Template(name_of(bench, path), points)
    if None not in points.values():
        bench.keep(found, *key)
    return found


def furthest(exercise: Exercise, variants: Iterable[Variant]) -> tuple[Named | None, tuple[Named, ...]]:
    """The one of full precision that is furthest off in an exercise, and those that have fewer digits."""
    there = [(each.deviations[exercise.id], each.name) for each in variants if exercise.id in each.deviations]
    precise = [Named(found.units, name) for found, name in there if not found.single and found.units <= RIGHT]
    others = [Named(found.units, name) for found, name in there if found.single or found.units > RIGHT]
    return max(precise, key=lambda each: each.units, default=None), tuple(others)


def name_of(bench: Bench, path: Path) -> str:
    """Where it lies in the course."""
    return path.relative_to(bench.files.root).as_posix()


def _graded(bench: Bench, path: Path) -> Report:
    return grade_path(bench.files, bench.bank, path, bench.pool, demands=TRUSTED)


def content(bench: Bench, path: Path) -> str:
    """A hash over all that is handed in with it."""
    try:
        submission = read(path, bench.assignment.module)
    except SubmissionError as problem:  # which its report tells
        return str(problem)
    return hashlib.sha256(msgspec.json.encode(submission)).hexdigest()


def _losses(graded: Report) -> Iterable[Loss]:
    report = written(graded)
    if report.problem or not report.exercises:
        yield Loss("", report.problem)
    for exercise in report.exercises:
        if exercise.earned is None or exercise.earned < exercise.points:
            why = " ".join(exercise.explanation) if exercise.earned is None else exercise.headline
            yield Loss(exercise.title or exercise.id, why)


def _deviations(bench: Bench, path: Path) -> dict[str, Deviation]:
    """How far it is off in each exercise."""
    submission = read(path, bench.assignment.module)
    exercises, preload = bench.assignment.exercises, bench.assignment.preload
    memory = max(exercise.limits.memory for exercise in exercises)
    limits = Limits(load_seconds=LOAD_SECONDS, memory=memory)
    found = {}
    with ProcessSandbox(submission, limits, bench.pool, preload) as sandbox:
        for exercise in exercises:
            cases = [case for case in bench.bank.cases[exercise.id] if case.raises is None]
            outcomes = sandbox.run(job_of(exercise, cases)).outcomes
            deviation = _deviation(exercise, cases, outcomes)
            if deviation is not None:
                found[exercise.id] = deviation
    return found


def _deviation(exercise: Exercise, cases: Sequence[Case], outcomes: Sequence[Outcome]) -> Deviation | None:
    """None where no case has numbers."""
    units = [margin(exercise, case, outcome).units for case, outcome in zip(cases, outcomes, strict=True)]
    known = [each for each in units if each is not None]
    single = any(_is_single(outcome.outputs) for outcome in outcomes if isinstance(outcome, Returned))
    return Deviation(max(known), single) if known else None


def _is_single(value: Any) -> bool:
    """Whether a number in it has fewer digits than float64."""
    if isinstance(value, dict):
        return any(map(_is_single, value.values()))
    if isinstance(value, list | tuple):
        return any(map(_is_single, value))
    return isinstance(value, np.ndarray | np.generic) and value.dtype in (np.float32, np.float16)
