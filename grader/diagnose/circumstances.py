"""When a solution is right: where an input is 0, sizes are equal, at the first step of a sequence, in one output.

What the diagnostic cases show is told where no case refutes it: neither another of them, nor a witness, nor a public
one.
"""

from __future__ import annotations

from itertools import combinations, pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from grader.diagnose.conditions import all_so
from grader.diagnose.influence import is_never_zero, not_zero
from grader.diagnose.pairs import CLOSE
from grader.diagnose.rows import as_numbers
from grader.diagnose.steps import are_so, steps
from grader.records.finding import (
    Contrast,
    EqualSizes,
    Finding,
    FirstWrong,
    NotZero,
    OutputsRight,
    Share,
    Steps,
    When,
)
from grader.records.run import OF_MANY, NotRun, Returned, TimedOut

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from grader.records.assignment import Exercise
    from grader.records.bank import Condition
    from grader.records.verdict import Trial

LUCK = 0.05  # the chance that cases are right by luck, above which nothing is concluded from their being right
LEAST = 2  # cases that must show it
NAMED = 3  # conditions named in one finding


def circumstances(
    exercise: Exercise, generic: Sequence[Trial], simple: Sequence[Trial], graded: Sequence[Trial] = ()
) -> list[Finding]:
    """What all cases say about when the solution is right, and about which of its outputs; surest first.

    ``graded`` are witnesses and public cases, which refute.
    """
    seen = _seen(tried(generic), tried(simple), tried(graded))
    groups = _groups(seen)
    whole = [*steps(exercise, seen.generic, seen.others), *_equal_sizes(seen), *_conditions(groups, seen)]
    of_outputs = [] if whole else _conditions_of_outputs(groups, seen)
    zero = not_zero(exercise, seen.simple, [*seen.generic, *seen.graded], seen.so)
    return [*whole, *of_outputs, *zero, *_outputs(exercise, seen)]


def refuted(finding: Finding, exercise: Exercise, trials: Sequence[Trial]) -> bool:
    """Whether any of these trials contradicts what a finding says of circumstances."""
    came = tried(trials)
    match finding.fact:
        case When(conditions=conditions):
            given = [trial for trial in came if all_so(conditions, trial.case)]
            return not _is_so_when(finding.fact, given, finding.outputs)
        case EqualSizes(right=right, sizes=sizes):
            return any(trial.right != right for trial in came if all(_equal(p, trial) for p in pairwise(sizes)))
        case OutputsRight(right=names):
            return any(not _right(trial, output) for trial in came for output in names)
        case Steps() | FirstWrong():
            return not are_so(finding.fact, exercise, came)
        case NotZero(name=name):
            return not all(is_never_zero(name, output, came) for output in finding.outputs)
    return False


def _is_so_when(fact: When, given: Sequence[Trial], outputs: Sequence[str]) -> bool:
    if fact.unless:
        return all(_is_right_as_1(size, given) for size in fact.unless)
    return all(_right(trial, output) == fact.right for trial in given for output in outputs or (None,))


def tried(trials: Sequence[Trial]) -> list[Trial]:
    """Without cases for which no time was left: they are neither right nor wrong."""
    return [
        trial
        for trial in trials
        if not isinstance(trial.outcome, NotRun)
        and not (isinstance(trial.outcome, TimedOut) and trial.outcome.scope in OF_MANY)
    ]


class _Seen(NamedTuple):
    """All cases that were tried: ordinary diagnostic ones, those in which something is simple, and all others.

    ``so`` is what is simple in each, by the identity of its trial.
    """

    generic: list[Trial]
    simple: list[Trial]
    graded: list[Trial]
    so: Mapping[int, frozenset[Condition]]

    @property
    def others(self) -> list[Trial]:
        """All but the ordinary ones."""
        return [*self.simple, *self.graded]


def _seen(generic: list[Trial], simple: list[Trial], graded: list[Trial]) -> _Seen:
    conditions = _drawn_for(simple)
    so = {id(trial): all_so(conditions, trial.case) for trial in (*generic, *simple, *graded)}
    return _Seen(generic, simple, graded, so)


def _drawn_for(simple: Sequence[Trial]) -> dict[Condition, None]:
    return dict.fromkeys(trial.case.condition for trial in simple if trial.case.condition is not None)


class _Group(NamedTuple):
    """Cases by whether something is simple in them: diagnostic ones in which it is, ordinary ones in which it is not.

    ``graded`` are witnesses and public cases in which it is.
    """

    given: list[Trial]
    ordinary: list[Trial]
    graded: list[Trial]


def _group(conditions: Collection[Condition], seen: _Seen) -> _Group:
    """Cases in which any of some things is simple, whatever they were drawn for."""

    def those(trials: Sequence[Trial]) -> tuple[list[Trial], list[Trial]]:
        found: tuple[list[Trial], list[Trial]] = [], []
        for trial in trials:
            found[seen.so[id(trial)].isdisjoint(conditions)].append(trial)
        return found

    (simple, _), (among, ordinary), (graded, _) = those(seen.simple), those(seen.generic), those(seen.graded)
    return _Group(given=[*simple, *among], ordinary=ordinary, graded=graded)


def _conditions(groups: Mapping[Condition, _Group], seen: _Seen) -> Iterator[Finding]:
    """That it is right when an input is 0, say, and wrong otherwise; or the reverse."""
    if right_in := _right_in(groups, seen, None):
        yield _right_when(right_in, seen, ())
        return
    wrong_in = [condition for condition, group in groups.items() if _is_wrong_in(group)][:NAMED]
    group = _group(wrong_in, seen)
    if wrong_in and group.ordinary and all(trial.right for trial in group.ordinary):
        given = len(group.given) + len(group.graded)
        rests = Contrast(given=given, opposite=len(group.ordinary), ordinary=len(group.ordinary))
        yield Finding(When(right=False, conditions=tuple(wrong_in)), rests)
    elif not wrong_in:
        yield from _unless(groups)


def _unless(groups: Mapping[Condition, _Group]) -> Iterator[Finding]:
    """That it is wrong when a size is 1 and another is not."""
    for condition, group in groups.items():
        if condition.kind != "size_one" or not group.ordinary or not all(trial.right for trial in group.ordinary):
            continue
        given = [*group.given, *group.graded]
        named = [size for size in given[0].case.sizes if size != condition.name and _is_right_as_1(size, given)]
        shown = sum(not trial.right for trial in given)
        if named and sum(not trial.right for trial in group.given) >= LEAST:
            rests = Contrast(given=shown, opposite=len(group.ordinary), ordinary=len(group.ordinary))
            yield Finding(When(right=False, conditions=(condition,), unless=tuple(named)), rests)
            return


def _is_right_as_1(size: str, trials: Sequence[Trial]) -> bool:
    """Whether a size is 1 in those of the cases that are right, and in no other."""
    return all(trial.right == (trial.case.sizes.get(size) == 1) for trial in trials)


def _conditions_of_outputs(groups: Mapping[Condition, _Group], seen: _Seen) -> list[Finding]:
    """What makes single outputs right, those first that most of them share."""
    alike: dict[tuple[Condition, ...], list[str]] = {}
    for output in sorted(_failing(seen.generic)):
        if right_in := _right_in(groups, seen, output):
            alike.setdefault(tuple(right_in), []).append(output)
    ranked = sorted(alike.items(), key=lambda each: -len(each[1]))
    return [_right_when(conditions, seen, outputs) for conditions, outputs in ranked]


def _groups(seen: _Seen) -> dict[Condition, _Group]:
    """Cases by what is simple in them."""
    return {condition: _group([condition], seen) for condition in _drawn_for(seen.simple)}


def _right_in(groups: Mapping[Condition, _Group], seen: _Seen, output: str | None) -> list[Condition]:
    """What makes a solution, or one of its outputs, right that is else wrong; nothing where everything does."""
    asked = _failing(seen.generic) if output is None else {output}
    right_in = [
        condition
        for condition, group in groups.items()
        if _is_right_in(group, output)
        and (condition.kind == "size_one" or _is_met_where_it_goes_wrong(group, output))
        and not _is_trivial(group, seen, asked)
    ]
    return right_in[:NAMED] if len(right_in) < max(2, len(groups)) else []


def _is_right_in(group: _Group, output: str | None) -> bool:
    """Whether all is right in a group, though hardly by luck: then little of it would be right elsewhere as well."""
    if len(group.given) < LEAST or not group.ordinary:
        return False
    lucky = sum(_right(trial, output) for trial in group.ordinary) / len(group.ordinary)
    return lucky ** len(group.given) <= LUCK and all(_right(trial, output) for trial in (*group.given, *group.graded))


def _is_met_where_it_goes_wrong(group: _Group, output: str | None) -> bool:
    """Whether a case in which something is simple has sizes as one that goes wrong: else those may be what decides."""
    wrong = {_kind_of_sizes(trial) for trial in group.ordinary if not _right(trial, output)}
    return any(_kind_of_sizes(trial) in wrong for trial in group.given)


def _kind_of_sizes(trial: Trial) -> tuple[object, ...]:
    """Which sizes are 1, and which are equal."""
    sizes = trial.case.sizes
    return (*(sizes[name] == 1 for name in sizes), *(sizes[one] == sizes[two] for one, two in combinations(sizes, 2)))


def _is_wrong_in(group: _Group) -> bool:
    return len(group.given) >= LEAST and not any(trial.right for trial in (*group.given, *group.graded))


def _right_when(conditions: Sequence[Condition], seen: _Seen, outputs: Sequence[str]) -> Finding:
    """``outputs`` are those of which it is so; none: it is so of the solution as a whole."""
    given, ordinary, graded = _group(conditions, seen)
    wrong = min(sum(not _right(trial, output) for trial in ordinary) for output in outputs or (None,))
    rests = Contrast(given=len(given) + len(graded), opposite=wrong, ordinary=len(ordinary))
    return Finding(When(right=True, conditions=tuple(conditions)), rests, tuple(outputs))


def _right(trial: Trial, output: str | None) -> bool:
    """Whether a case is right, or one of its outputs; one that asks for an exception has none."""
    if output is None or trial.case.raises is not None:
        return trial.right
    found = [each for each in trial.comparisons if each.output == output]
    return bool(found) and all(each.deviation is None for each in found)


def _failing(trials: Sequence[Trial]) -> set[str]:
    return {found.output for trial in trials for found in trial.comparisons if found.deviation is not None}


def _equal_sizes(seen: _Seen) -> Iterator[Finding]:
    """That equal sizes decide: whether the same shapes hide a mistake, or make one."""
    sizes = sorted(set().union(*(trial.case.sizes for trial in seen.generic))) if seen.generic else []
    pairs = [pair for pair in combinations(sizes, 2) if _decides(pair, seen)]
    if not pairs:
        return
    names = tuple(sorted({name for pair in pairs for name in pair}))
    equal = [trial for trial in (*seen.generic, *seen.others) if all(_equal(pair, trial) for pair in pairs)]
    others = sum(trial not in equal for trial in seen.generic)
    rests = Contrast(given=len(equal), opposite=others, ordinary=others)
    yield Finding(EqualSizes(right=equal[0].right, sizes=names), rests)


def _decides(pair: tuple[str, str], seen: _Seen) -> bool:
    """Whether all ordinary cases are right where two sizes are equal and wrong where not, or the other way round."""
    verdicts: dict[bool, list[bool]] = {True: [], False: []}
    for trial in seen.generic:
        verdicts[_equal(pair, trial)].append(trial.right)
    return (
        all(len(each) >= LEAST and len(set(each)) == 1 for each in verdicts.values())
        and verdicts[True][0] != verdicts[False][0]
        and all(trial.right == verdicts[True][0] for trial in seen.others if _equal(pair, trial))
    )


def _equal(pair: tuple[str, str], trial: Trial) -> bool:
    one, other = (trial.case.sizes.get(name) for name in pair)
    return one is not None and one == other


def _outputs(exercise: Exercise, seen: _Seen) -> Iterator[Finding]:
    """Which outputs are right, where not all are wrong."""
    if not all(isinstance(trial.outcome, Returned) for trial in seen.generic):
        return
    failing = _failing(seen.generic)
    right = [output for output in exercise.outputs if output not in failing]
    wrong = [output for output in exercise.outputs if output in failing]
    everything = [*seen.generic, *seen.others]
    refuted = any(not _right(trial, output) for trial in seen.others for output in right)
    if right and wrong and sum(not trial.right for trial in seen.generic) >= LEAST and not refuted:
        count = sum(not trial.right for trial in everything)
        rests = Share(shown=count, asked=len(everything), tried=len(everything))
        yield Finding(OutputsRight(tuple(right)), rests, tuple(wrong))


def _is_trivial(group: _Group, seen: _Seen, failing: set[str]) -> bool:
    """Whether hardly any mistake could show: nothing but zeros is asked for, or one number that is not always asked."""
    if all(_trivial(trial, failing) for trial in group.given):
        return True
    return bool(failing) and all(
        _is_one_number(group.given, output) and not _is_one_number(seen.generic, output) for output in failing
    )


def _trivial(trial: Trial, failing: set[str]) -> bool:
    """True if nothing but zeros is asked of the outputs that fail elsewhere."""
    asked = [as_numbers(expected) for output, expected in trial.case.expected.items() if output in failing]
    return bool(asked) and all(array is not None and not array.any() for array in asked)


def _is_one_number(trials: Sequence[Trial], output: str) -> bool:
    """Whether the output should be the same number everywhere, in all cases: a share of 1, where there is one class."""
    asked = [as_numbers(trial.case.expected[output]) for trial in trials if output in trial.case.expected]
    numbers = [array.ravel() for array in asked if array is not None and array.dtype.kind != "b"]
    if len(numbers) < len(trials) or not numbers:
        return False
    every = np.concatenate(numbers)
    return bool(every.size) and bool(np.ptp(every.astype(float)) <= CLOSE)
