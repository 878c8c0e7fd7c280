"""Whether anything tells a survivor from the reference: it is run on thousands of inputs from wider domains.

What such an input tells, the exercise's own range hides. What none tells is taken for as right as the reference.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from msgspec.structs import replace

from grader.bank.widened import Wider, reach
from grader.course.additions import literal
from grader.judge.case_size import weight
from grader.mistakes.trials import TrialRunner, VersionTrial
from grader.records.advice import HiddenByRange
from grader.records.bank import Case

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from grader.audit.bench import Bench
    from grader.bank.plans import Candidate
    from grader.bank.prove import VersionSource
    from grader.records.assignment import Exercise
    from grader.records.record import Value

INPUTS = 4000
FIRST = 1000  # of them, which are tried however long it takes
ENOUGH = 500  # to take a version for right that none of them tells, where there are so many
SECONDS = 60.0  # for an exercise: as many of the others are tried as fit, by how long the first took


class Search(NamedTuple):
    """For each version that an input tells, by its id, which does; and on how many inputs the others were tried.

    ``enough``: so many that none of these is likely to be told.
    """

    found: dict[str, HiddenByRange]
    tried: int
    enough: bool


def search(bench: Bench, exercise: Exercise, versions: Sequence[VersionSource]) -> Search:
    """Try the versions, as many of them as are not told yet."""
    began, first, tried, waiting = time.monotonic(), 0, 0, list(versions)
    wider = Wider(exercise, f"{bench.seed}/search", bench.properties)
    drawn = wider.first(min(FIRST, INPUTS))
    found: dict[str, HiddenByRange] = {}
    while first < len(drawn) and waiting:
        cases = list(_solved(bench, exercise, drawn[first:]))
        tried += len(cases)
        found |= _told(bench, exercise, cases, waiting)
        waiting = [version for version in waiting if version.id not in found]
        first = len(drawn)
        in_time = min(INPUTS, int(first * SECONDS / (time.monotonic() - began)))
        if waiting and in_time > first:
            drawn = wider.first(in_time)
    return Search(found, tried, tried >= min(ENOUGH, len(drawn)))


def _solved(bench: Bench, exercise: Exercise, asked: Sequence[Candidate]) -> Iterator[Case]:
    """Cases with what the reference gives, without those on which it gives nothing usable."""
    cases = [Case("", each.origin, False, each.sizes, each.inputs) for each in asked]
    with bench.reference() as reference:
        answers = zip(cases, reference.answers(exercise, cases), strict=True)
    solved = [replace(case, expected=found) for case, found in answers if found is not None]
    return (case for case in bench.prover.calibrated(exercise, solved) if case is not None)


def _told(
    bench: Bench, exercise: Exercise, cases: Sequence[Case], versions: Sequence[VersionSource]
) -> dict[str, HiddenByRange]:
    """Which of the versions a case tells."""
    trials = TrialRunner(bench.runner, bench.source, bench.files.reference.stem)
    found = {}
    for version, came_of in zip(versions, trials.try_all(VersionTrial(exercise, cases, ()), versions), strict=True):
        margins = zip(cases, came_of.margins, strict=True)
        killing = [case for case, margin in margins if margin is not None and margin.killed]
        if killing:
            found[version.id] = _shown(exercise, killing, len(cases))
    return found


def _shown(exercise: Exercise, killing: Sequence[Case], tried: int) -> HiddenByRange:
    """The case that is easiest to read: least of it lies beyond what the exercise draws."""
    reaching = [(reach(exercise, case.sizes, case.inputs), case) for case in killing]
    beyond, case = min(reaching, key=lambda each: (len(each[0]), weight(each[1].inputs)))
    inputs = {name: _plain(value) for name, value in case.inputs.items()}
    return HiddenByRange(beyond, f"{{inputs: {literal(inputs)}}}", len(killing), tried)


def _plain(value: Value) -> Value:
    if isinstance(value, np.ndarray | np.generic):
        return value.tolist()
    return [_plain(item) for item in value] if isinstance(value, list) else value
