"""When a solution is right: where an input is 0, sizes are equal, at the first step of a sequence, in one output.

What the clues show is told where no case refutes it: neither another clue, nor a case that counts.
"""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, NamedTuple

from grader.diagnose.conditions import is_so
from grader.diagnose.rows import as_numbers
from grader.diagnose.steps import steps
from grader.records.run import NotRun, Returned, TimedOut
from grader.records.verdict import Finding
from grader.report.words.language import quoted

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from grader.records.assignment import Exercise
    from grader.records.verdict import Trial

LUCK = 0.05  # the chance that cases are right by luck, above which nothing is concluded from their being right
LEAST = 2  # cases that must show it
NAMED = 3  # circumstances named in one sentence


def circumstances(
    exercise: Exercise, generic: Sequence[Trial], simple: Sequence[Trial], graded: Sequence[Trial] = ()
) -> list[Finding]:
    """What all cases say about when the solution is right, and about which of its outputs; surest first."""
    seen = _Seen(_tried(generic), _tried(simple), _tried(graded))
    whole = [*steps(exercise, seen.generic, seen.others), *_equal_sizes(seen), *_conditions(seen)]
    return [*whole, *([] if whole else _conditions_of_outputs(seen)), *_outputs(exercise, seen)]


def _tried(trials: Sequence[Trial]) -> list[Trial]:
    """Without cases for which no time was left: they are neither right nor wrong."""
    return [
        trial
        for trial in trials
        if not isinstance(trial.outcome, NotRun)
        and not (isinstance(trial.outcome, TimedOut) and trial.outcome.scope == "exercise")
    ]


class _Seen(NamedTuple):
    """All cases that were tried: ordinary clues, those in which something is simple, and cases that count."""

    generic: list[Trial]
    simple: list[Trial]
    graded: list[Trial]

    @property
    def others(self) -> list[Trial]:
        """All but the ordinary ones."""
        return [*self.simple, *self.graded]


class _Group(NamedTuple):
    """Clues in which something is simple, ordinary clues in which it is not, and cases that count in which it is."""

    clues: list[Trial]
    ordinary: list[Trial]
    graded: list[Trial]


def _group(origins: Collection[str], seen: _Seen) -> _Group:
    """Cases in which any of some things is simple, whatever they were drawn for."""

    def simple(trial: Trial) -> bool:
        return any(trial.case.origin == origin or is_so(origin, trial.case) for origin in origins)

    return _Group(
        clues=[trial for trial in (*seen.simple, *seen.generic) if simple(trial)],
        ordinary=[trial for trial in seen.generic if not simple(trial)],
        graded=[trial for trial in seen.graded if simple(trial)],
    )


def _conditions(seen: _Seen) -> Iterator[Finding]:
    """That it is right when an input is 0, say, and wrong otherwise; or the reverse."""
    groups = _groups(seen)
    if right_in := _right_in(groups, seen, None):
        yield _right_when("It is", right_in, seen, (None,))
        return
    wrong_in = [origin for origin, group in groups.items() if _is_wrong_in(group)][:NAMED]
    group = _group(wrong_in, seen)
    if wrong_in and group.ordinary and all(trial.right for trial in group.ordinary):
        evidence = f"Wrong in all {len(group.clues)} such cases, right in all {len(group.ordinary)} ordinary cases."
        yield Finding("circumstance", "wrong_when", f"It is wrong when {_either(wrong_in)}.", evidence)


def _conditions_of_outputs(seen: _Seen) -> list[Finding]:
    """What makes single outputs right, those first that most of them share."""
    groups = _groups(seen)
    alike: dict[tuple[str, ...], list[str]] = {}
    for output in sorted(_failing(seen.generic)):
        if right_in := _right_in(groups, seen, output):
            alike.setdefault(tuple(right_in), []).append(output)
    return [
        _right_when(_are(outputs), origins, seen, outputs)
        for origins, outputs in sorted(alike.items(), key=lambda each: -len(each[1]))
    ]


def _groups(seen: _Seen) -> dict[str, _Group]:
    """Cases by what is simple in them."""
    return {origin: _group([origin], seen) for origin in dict.fromkeys(trial.case.origin for trial in seen.simple)}


def _right_in(groups: Mapping[str, _Group], seen: _Seen, output: str | None) -> list[str]:
    """What makes a solution, or one of its outputs, right that is else wrong; nothing where everything does."""
    asked = _failing(seen.generic) if output is None else {output}
    right_in = [origin for origin, group in groups.items() if _is_right_in(group, output, asked)]
    return right_in[:NAMED] if len(right_in) < max(2, len(groups)) else []


def _is_right_in(group: _Group, output: str | None, asked: set[str]) -> bool:
    """Whether all is right in a group, though hardly by luck: then little of it would be right elsewhere as well."""
    if len(group.clues) < LEAST or not group.ordinary or all(_trivial(trial, asked) for trial in group.clues):
        return False
    lucky = sum(_right(trial, output) for trial in group.ordinary) / len(group.ordinary)
    return lucky ** len(group.clues) <= LUCK and all(_right(trial, output) for trial in (*group.clues, *group.graded))


def _is_wrong_in(group: _Group) -> bool:
    return len(group.clues) >= LEAST and not any(trial.right for trial in (*group.clues, *group.graded))


def _right_when(subject: str, origins: Sequence[str], seen: _Seen, outputs: Sequence[str | None]) -> Finding:
    """``outputs`` are those of which it is so; None is the solution as a whole."""
    clues, ordinary, _ = _group(origins, seen)
    wrong = min(sum(not _right(trial, output) for trial in ordinary) for output in outputs)
    share = f"{'' if len(outputs) == 1 else 'at least '}{wrong} of {len(ordinary)}"
    return Finding(
        "circumstance",
        "right_when",
        f"{subject} right whenever {_either(origins)}.",
        f"Right in all {len(clues)} such cases, wrong in {share} ordinary cases.",
        outputs=tuple(output for output in outputs if output is not None),
    )


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
    names = quoted(sorted({name for pair in pairs for name in pair}))
    equal = [trial for trial in seen.generic if _equal(pairs[0], trial)]
    verdict, opposite = ("right", "wrong") if equal[0].right else ("wrong", "right")
    evidence = (
        f"{verdict.capitalize()} in all {len(equal)} such cases, "
        f"{opposite} in all {len(seen.generic) - len(equal)} ordinary cases where they differ."
    )
    yield Finding("circumstance", "equal_sizes", f"It is {verdict} when {names} are equal.", evidence)


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
    count = sum(not trial.right for trial in seen.generic)
    refuted = any(not _right(trial, output) for trial in seen.others for output in right)
    if right and wrong and count >= LEAST and not refuted:
        sentence = f"{_are(right)} right; {_are(wrong)} not."
        evidence = f"Wrong in {count} of {len(seen.generic)} cases tried, and in nothing else."
        yield Finding("circumstance", "outputs", sentence, evidence, outputs=tuple(wrong))


def _are(names: Sequence[str]) -> str:
    return f"{quoted(names)} {'is' if len(names) == 1 else 'are'}"


def _trivial(trial: Trial, failing: set[str]) -> bool:
    """True if nothing but zeros is asked of the outputs that fail elsewhere: then hardly any mistake could show."""
    asked = [as_numbers(expected) for output, expected in trial.case.expected.items() if output in failing]
    return bool(asked) and all(array is not None and not array.any() for array in asked)


def _either(origins: Sequence[str]) -> str:
    return origins[0] if len(origins) == 1 else f"{', '.join(origins[:-1])} or {origins[-1]}"
