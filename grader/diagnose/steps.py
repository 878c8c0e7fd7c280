"""At which steps of a sequence, or in which rows, an output is right."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

import numpy as np

from grader.diagnose.rows import as_numbers
from grader.judge.bulk import Sheet
from grader.judge.steps import has_steps
from grader.judge.tolerance import rule_of
from grader.records.finding import Finding, FirstWrong, Share, Steps
from grader.records.run import Returned

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from grader.records.assignment import Exercise
    from grader.records.record import Array, Value
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
        along: Literal["steps", "rows"] = "steps" if has_steps(exercise, output) else "rows"
        fact = next((each for each in _facts(output, along, wrong) if _holds(each, wrong)), None)
        everything = [*wrong, *_rows_right(exercise, others, output)] if fact else wrong
        fact = next((each for each in _facts(output, along, wrong) if _holds(each, everything)), None)
        if fact is not None:
            count, tried = len(everything), len(generic) + len(others)
            yield Finding(fact, Share(shown=count, asked=count, tried=tried))


def are_so(fact: Steps | FirstWrong, exercise: Exercise, trials: Sequence[Trial]) -> bool:
    """Whether these trials are as a fact says."""
    wrong = _rows_right(exercise, trials, fact.output)
    if isinstance(fact, FirstWrong):
        return all((rows if fact.end == "first" else rows[::-1])[: fact.right].all() for rows in wrong)
    return _holds(fact, wrong)


def _facts(output: str, along: Literal["steps", "rows"], wrong: Sequence[Array]) -> Iterator[Steps | FirstWrong]:
    """What may be told of such cases."""
    if place := _place(wrong):
        yield Steps(output=output, right=place.right, end=place.end, along=along)
    if along == "steps":
        yield from (FirstWrong(output, right, end) for end, right in product(_ENDS, _RIGHT))


def _holds(fact: Steps | FirstWrong, wrong: Sequence[Array]) -> bool:
    turned = [rows if fact.end == "first" else rows[::-1] for rows in wrong]
    if isinstance(fact, Steps):
        return all(rows[0] == fact.right and (rows[1:] != fact.right).all() for rows in turned)
    right = fact.right
    return all(len(rows) > right and rows[:right].all() and not rows[right] for rows in turned)


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
    given = [each for trial in trials if (each := _given(trial, output)) is not None]
    rows = [row for each in given for row in each.want]
    sheet = Sheet(rows, [unit for each in given for unit in each.units], [rule_of(exercise, output)] * len(rows))
    verdicts = sheet.verdicts([row for each in given for row in each.have], brief=True)
    right = np.array([verdict.deviation is None for verdict in verdicts], bool)
    ends = np.cumsum([len(each.want) for each in given])
    return [found for found in np.split(right, ends[:-1]) if not found.all()] if given else []


class _RowByRow(NamedTuple):
    """What an output should be, what it is, and the units of what it should be, row by row."""

    want: Array
    have: Array
    units: Sequence[Value]


def _given(trial: Trial, output: str) -> _RowByRow | None:
    """None if the output is right, or is not there in its shape, or has no more than one row."""
    if not isinstance(trial.outcome, Returned) or output not in trial.case.expected:
        return None
    if any(found.output == output and found.deviation is None for found in trial.comparisons):
        return None
    want, have = as_numbers(trial.case.expected[output]), as_numbers(trial.outcome.outputs.get(output))
    if want is None or have is None or want.shape != have.shape or not want.ndim or len(want) < 2:
        return None
    unit = trial.case.units.get(output)
    units = [None] * len(want) if unit is None else list(np.broadcast_to(unit, want.shape))
    return _RowByRow(want, have, units)
