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
from grader.records.audit import Distance, Loss, NamedDistance, Template, Variant
from grader.records.errors import SubmissionError
from grader.records.run import Returned, job_of
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
    return bench.files.right_variants()


def folders(bench: Bench) -> tuple[str, str]:
    """Where they lie in the course: beside its tests, under names that begin with 100_, and beside the assignment."""
    return f"tests/submissions/{bench.files.name}", f"{name_of(bench, bench.files.yaml.parent)}/right"


def variant(bench: Bench, path: Path) -> Variant:
    """One of them, graded, and how far it is off."""
    key = [name_of(bench, path), content(path, bench.assignment.module)]
    known = bench.recall(Variant, *key)
    if known is not None:
        return known
    report = _graded(bench, path)
    found = Variant(name_of(bench, path), report.score, report.max_score, lost=tuple(_losses(report)))
    if found.accepted:
        found = replace(found, distances=_distances(bench, path))
    if found.score is not None:
        bench.keep(found, *key)
    return found


def template(bench: Bench) -> Template | None:
    """The starter template, graded; None if there is none."""
    path = bench.files.template
    if not path.is_dir():
        return None
    key = [name_of(bench, path), content(path, bench.assignment.module)]
    known = bench.recall(Template, *key)
    if known is not None:
        return known
    points = {exercise.id: exercise.earned for exercise in _graded(bench, path).exercises}
    found = Template(name_of(bench, path), points)
    if None not in points.values():
        bench.keep(found, *key)
    return found


def furthest(exercise: Exercise, variants: Iterable[Variant]) -> tuple[NamedDistance | None, tuple[NamedDistance, ...]]:
    """The one of full precision that is furthest off in an exercise, and those that have fewer digits."""
    there = [(each.distances[exercise.id], each.name) for each in variants if exercise.id in each.distances]
    precise = [NamedDistance(found.units, name) for found, name in there if not found.single and found.units <= RIGHT]
    others = [NamedDistance(found.units, name) for found, name in there if found.single or found.units > RIGHT]
    return max(precise, key=lambda each: each.units, default=None), tuple(others)


def name_of(bench: Bench, path: Path) -> str:
    """Where it lies in the course."""
    return path.relative_to(bench.files.root).as_posix()


def _graded(bench: Bench, path: Path) -> Report:
    return grade_path(bench.files, bench.bank, path, bench.pool, demands=TRUSTED)


def content(path: Path, module: str) -> str:
    """A hash over all that is handed in with it."""
    try:
        submission = read(path, module)
    except SubmissionError as problem:  # which its report tells
        return str(problem)
    return hashlib.sha256(msgspec.json.encode(submission)).hexdigest()


def _losses(report: Report) -> Iterable[Loss]:
    if (report.problem is not None and not report.stopped) or not report.exercises:
        yield Loss("", problem=report.problem, module=report.module)
    for result in report.exercises:
        if result.earned is None or result.earned < result.points:
            yield Loss(result.title or result.id, result.reason)


def _distances(bench: Bench, path: Path) -> dict[str, Distance]:
    """How far it is off in each exercise."""
    submission = read(path, bench.assignment.module)
    assignment = bench.assignment
    exercises = assignment.exercises
    memory = max(exercise.limits.memory for exercise in exercises)
    limits = Limits(load_seconds=LOAD_SECONDS, memory=memory)
    found = {}
    with ProcessSandbox(submission, limits, bench.pool, assignment.preload, assignment.stand_ins) as sandbox:
        for exercise in exercises:
            cases = [case for case in bench.bank.cases[exercise.id] if case.raises is None]
            outcomes = sandbox.run(job_of(exercise, cases)).outcomes
            distance = _distance(exercise, cases, outcomes)
            if distance is not None:
                found[exercise.id] = distance
    return found


def _distance(exercise: Exercise, cases: Sequence[Case], outcomes: Sequence[Outcome]) -> Distance | None:
    """None where no case has numbers."""
    units = [margin(exercise, case, outcome).units for case, outcome in zip(cases, outcomes, strict=True)]
    known = [each for each in units if each is not None]
    single = any(_is_single(outcome.outputs) for outcome in outcomes if isinstance(outcome, Returned))
    return Distance(max(known), single) if known else None


def _is_single(value: Any) -> bool:
    """Whether a number in it has fewer digits than float64."""
    if isinstance(value, dict):
        return any(map(_is_single, value.values()))
    if isinstance(value, list | tuple):
        return any(map(_is_single, value))
    return isinstance(value, np.ndarray | np.generic) and value.dtype in (np.float32, np.float16)
