"""At which steps of a sequence, or in which rows, an output is right."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np

from grader.diagnose.rows import as_numbers
from grader.judge.compare import compare
from grader.judge.steps import has_steps
from grader.judge.tolerance import rule_of
from grader.records.finding import Finding, Share, Steps
from grader.records.run import Returned

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from grader.records.assignment import Exercise
    from grader.records.record import Array
    from grader.records.verdict import Trial

LEAST = 2  # cases that must show it


class _Place(NamedTuple):
    right: bool
    end: Literal["first", "last"]


def steps(exercise: Exercise, generic: Sequence[Trial], others: Sequence[Trial]) -> Iterator[Finding]:
    """In which of its rows an output is right, as ordinary cases show it and no other one refutes it."""
    for output, declared in exercise.outputs.items():
        if not declared.shape or len(declared.shape) < 2 or not isinstance(declared.shape[0], str):
            continue
        wrong = _rows_right(exercise, generic, output)
        place = _place(wrong) if len(wrong) >= LEAST else None
        everything = [*wrong, *_rows_right(exercise, others, output)] if place else wrong
        if place and _place(everything) == place:
            along: Literal["steps", "rows"] = "steps" if has_steps(exercise, output) else "rows"
            fact = Steps(output=output, right=place.right, end=place.end, along=along)
            tried = len(generic) + len(others)
            yield Finding(fact, Share(shown=len(everything), asked=len(everything), tried=tried))


def _place(wrong: Sequence[Array]) -> _Place | None:
    """Where all are right, or wrong: the first of these that holds."""
    if all(rows[0] and not rows[1:].any() for rows in wrong):
        return _Place(right=True, end="first")
    if all(rows[-1] and not rows[:-1].any() for rows in wrong):
        return _Place(right=True, end="last")
    if all(not rows[0] and rows[1:].all() for rows in wrong):
        return _Place(right=False, end="first")
    if all(not rows[-1] and rows[:-1].all() for rows in wrong):
        return _Place(right=False, end="last")
    return None


def _rows_right(exercise: Exercise, trials: Sequence[Trial], output: str) -> list[Array]:
    """Which rows are right, for each case that has several of them and not all right."""
    found = [rows for trial in trials if (rows := _right_rows(exercise, trial, output)) is not None]
    return [rows for rows in found if len(rows) > 1 and not rows.all()]


def _right_rows(exercise: Exercise, trial: Trial, output: str) -> Array | None:
    """For each item along the first axis, whether all of it is right; None if the output is not there in its shape."""
    if not isinstance(trial.outcome, Returned) or output not in trial.case.expected:
        return None
    want, have = as_numbers(trial.case.expected[output]), as_numbers(trial.outcome.outputs.get(output))
    if want is None or have is None or want.shape != have.shape or not want.ndim:
        return None
    unit, rule = trial.case.units.get(output), rule_of(exercise, output)
    units = [None] * len(want) if unit is None else np.broadcast_to(unit, want.shape)
    verdicts = [compare(row, got, rule, each) for row, got, each in zip(want, have, units, strict=True)]
    return np.array([verdict.deviation is None for verdict in verdicts])
