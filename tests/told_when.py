"""What a diagnosis says of when a solution is right, worked out anew from the clues and from the cases that count."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np

from grader.judge.trials import try_cases
from grader.records.run import Returned

if TYPE_CHECKING:
    from collections.abc import Sequence

    from grader.records.assignment import Exercise
    from grader.records.bank import Case
    from grader.records.run import Outcome
    from grader.records.verdict import Finding


def circumstance_holds(
    finding: Finding, exercise: Exercise, clues: Sequence[tuple[Case, Outcome]], graded: Sequence[tuple[Case, Outcome]]
) -> bool:
    """Nothing may contradict the sentence, neither a clue nor a case that counts; what it rests on are clues."""
    asked = set(finding.outputs) or set(exercise.outputs)
    clue, ordinary = len(clues), [not case.origin for case, _ in clues]
    everything = [*clues, *graded]
    cases = [case for case, _ in everything]
    trials = try_cases(exercise, cases, [outcome for _, outcome in everything])
    wrong_in = [{name for name in exercise.outputs if name not in _right_outputs(trial)} for trial in trials]
    right = [not (asked & names) for names in wrong_in]
    numbers = numbers_of(finding.evidence)
    generic = [index for index in range(clue) if ordinary[index]]
    match finding.name:
        case "right_when" | "wrong_when":
            expected = finding.name == "right_when"
            meant = re.split("right whenever |wrong when ", finding.sentence)[1].removesuffix(".")
            conditions = re.split(r", | or ", meant)
            stated = [index for index, case in enumerate(cases) if any(_is_so(each, case) for each in conditions)]
            apart = [index for index in generic if index not in stated]
            counts = [sum((name in wrong_in[index]) == expected for index in apart) for name in asked]
            whole = sum(right[index] != expected for index in apart)
            told = [sum(index < clue for index in stated), min(counts) if finding.outputs else whole, len(apart)]
            if not expected:
                told = [told[0], len(apart)]
            return (
                all(right[index] == expected for index in stated)
                and numbers == told
                and (expected or whole == len(apart))
            )
        case "equal_sizes":
            names = re.findall("`(.*?)`", finding.sentence)
            equal = [index for index, case in enumerate(cases) if len({case.sizes.get(name) for name in names}) == 1]
            apart = [index for index in generic if index not in equal]
            verdicts = {right[index] for index in equal}, {right[index] for index in apart}
            expected = "right when" in finding.sentence
            return verdicts == ({expected}, {not expected}) and numbers == [len(generic) - len(apart), len(apart)]
        case "outputs":
            first, _, second = finding.sentence.partition(";")
            said = set(re.findall("`(.*?)`", second))
            measured = set().union(*wrong_in)
            fine = set(re.findall("`(.*?)`", first))
            wrong = sum(not right[index] for index in generic)
            return said == measured and fine == set(exercise.outputs) - measured and numbers == [wrong, len(generic)]
        case "steps":
            shown = _rows_hold(finding, exercise, [clues[index] for index in generic])
            return shown == numbers[0] and _rows_hold(finding, exercise, everything) is not None
    raise ValueError(finding.name)


def _right_outputs(trial: Any) -> set[str]:
    return {found.output for found in trial.comparisons if found.deviation is None}


def _is_so(condition: str, case: Case) -> bool:
    """Whether what a circumstance says is so of a case: by its inputs alone."""
    found = re.fullmatch(r"`(\w+)` (is 0|is 1|is symmetric|has one item)", condition)
    assert found, condition
    name, what = found.groups()
    match what:
        case "is 0":
            return not np.any(case.inputs[name])
        case "is 1":
            return case.sizes[name] == 1
        case "is symmetric":
            value = case.inputs[name]
            return value.shape == value.T.shape and bool(np.array_equal(value, value.T))
    return len(case.inputs[name]) == 1


def _rows_hold(finding: Finding, exercise: Exercise, given: Sequence[tuple[Case, Outcome]]) -> int | None:
    """How many cases show it; None if any contradicts it."""
    (output,) = re.findall("`(.*?)`", finding.sentence)
    count = 0
    if "step" in finding.sentence and not is_read_in_steps(exercise, output):
        return None
    for case, outcome in given:
        want, have = case.expected[output], (outcome.outputs if isinstance(outcome, Returned) else {}).get(output)
        if np.shape(have) != np.shape(want):
            continue
        right = [bool(np.allclose(one, other, rtol=0, atol=1e-4)) for one, other in zip(want, have, strict=True)]
        if len(right) == 1 or all(right):
            continue
        count += 1
        first, last = (right[0], right[1:]), (right[-1], right[:-1])
        alone, others = first if "its first" in finding.sentence else last
        expected = "is right" in finding.sentence
        if alone != expected or set(others) != {not expected}:
            return None
    return count


def is_read_in_steps(exercise: Exercise, output: str) -> bool:
    """In the assignments that are tested here, T is the length of what is read in steps."""
    return (exercise.outputs[output].shape or ("",))[0] == "T"


def numbers_of(text: str) -> list[int]:
    """Whole numbers that are not part of a name."""
    return [int(number) for number in re.findall(r"\d+", re.sub("`.*?`", "", text))]
