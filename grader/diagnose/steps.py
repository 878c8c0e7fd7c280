"""At which steps of a sequence, or in which rows, an output is right."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, NamedTuple

import numpy as np

from grader.diagnose.rows import as_numbers
from grader.judge.compare import compare
from grader.judge.steps import has_steps
from grader.judge.tolerance import allowed, rule_of
from grader.records.finding import Finding, FirstWrong, Share, Steps
from grader.records.run import Returned

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from grader.records.assignment import Exercise
    from grader.records.record import Array
    from grader.records.verdict import Trial

LEAST = 2  # cases that must show it
_ENDS: Final[tuple[Literal["first", "last"], ...]] = ("first", "last")
_RIGHT: Final[tuple[Literal[1, 2], ...]] = (1, 2)


class _Place(NamedTuple):
    right: bool
    end: Literal["first", "last"]


def steps(exercise: Exercise, generic: Sequence[Trial], others: Sequence[Trial]) -> Iterator[Finding]:
    """In which of its rows an output is right, as ordinary cases show it and no other one refutes it."""
    for output, declared in exercise.outputs.items():
        if not declared.shape or len(declared.shape) < 2 or not isinstance(declared.shape[0], str):
            continue
        wrong = _rows_right(exercise, generic, output)
        if len(wrong) < LEAST:
            continue
        everywhere = [*wrong, *_rows_right(exercise, others, output)]
        rests = Share(shown=len(wrong), asked=len(wrong), tried=len(generic))
        along: Literal["steps", "rows"] = "steps" if has_steps(exercise, output) else "rows"
        place = _place(everywhere)
        if place and place == _place(wrong):
            yield Finding(Steps(output=output, right=place.right, end=place.end, along=along), rests)
        elif along == "steps" and (begins := _begins(everywhere)):
            yield Finding(FirstWrong(output, *begins), rests)


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


def _begins(wrong: Sequence[Array]) -> tuple[Literal[1, 2], Literal["first", "last"]] | None:
    """How many steps are right before one is wrong in all cases, and from which end on."""
    for end in _ENDS:
        turned = [rows if end == "first" else rows[::-1] for rows in wrong]
        for right in _RIGHT:
            if all(len(rows) > right and rows[:right].all() and not rows[right] for rows in turned):
                return right, end
    return None


def _rows_right(exercise: Exercise, trials: Sequence[Trial], output: str) -> list[Array]:
    """Which rows are right, for each case that has several of them and not all right."""
    wrong = [trial for trial in trials if any(each.output == output and each.deviation for each in trial.comparisons)]
    found = [rows for trial in wrong if (rows := _right_rows(exercise, trial, output)) is not None]
    return [rows for rows in found if len(rows) > 1 and not rows.all()]


def _right_rows(exercise: Exercise, trial: Trial, output: str) -> Array | None:
    """For each item along the first axis, whether all of it is right; None if the output is not there in its shape."""
    if not isinstance(trial.outcome, Returned) or output not in trial.case.expected:
        return None
    want, have = as_numbers(trial.case.expected[output]), as_numbers(trial.outcome.outputs.get(output))
    if want is None or have is None or want.shape != have.shape or not want.ndim:
        return None
    unit, rule = trial.case.units.get(output), rule_of(exercise, output)
    if want.dtype.kind == have.dtype.kind == "f" and unit is not None and rule.tolerance is None:
        off = np.abs(have - want) > allowed(want, np.asarray(unit), 0.0, rule)  # NaN is greater than nothing
        return np.asarray(~(off | ~np.isfinite(have)).reshape(len(want), -1).any(axis=1))
    units = [None] * len(want) if unit is None else np.broadcast_to(unit, want.shape)
    verdicts = [compare(row, got, rule, each) for row, got, each in zip(want, have, units, strict=True)]
    return np.array([verdict.deviation is None for verdict in verdicts])
