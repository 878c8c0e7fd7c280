"""Which known mistakes answer as a solution does: misconceptions, mutants of the reference, inputs read wrongly."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from grader.diagnose.rows import as_numbers, is_empty, places, right_row, row, spread, sums
from grader.records.bank import MistakeKind
from grader.records.chance import Distribution
from grader.records.finding import Finding, Predicted, Share
from grader.records.run import NotRun

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from grader.diagnose.rows import RowPlace
    from grader.records.bank import Case, Diagnostics, KnownMistake
    from grader.records.record import Array
    from grader.records.run import Outcome

LEAST = 3  # cases that must have given an output, for a match to mean anything
#: Share of the cases of which as much is true: what nearly always fails is seldom of one mistake with the rest.
FEW = 1 / 8
MOST = 3  # matches told
MISSED = 1 / 8  # share of the cases that a misconception may leave unexplained: those where two rules meet
CLOSE = 1e-5  # of the largest number of an output, or of 1; mistakes differ by far more

#: Standard deviations of the difference of two samples, by which these may differ: all but 1 in 16,000 do by less.
CHANCE = 4.0

#: Mutation operators whose sentence says more than that an input was read wrongly: that z and 1 - z are exchanged is
#: the same as another sign of the weights of z.
SAY_MORE = frozenset({"coupled_gates"})
#: Those whose sentence says most where others answer alike: a carry that is lost is a term, too.
_TELLING = frozenset({"drop_carry"})
#: Those whose sentence says least: another match is preferred.
VAGUE = frozenset({"swap_names", "hard_coded_size", "off_by_one", "scale", "drop_result"})


class Matches(NamedTuple):
    """Mistakes that predict all cases, and the author's that predict nearly all."""

    exact: list[Finding]
    nearly: list[Finding]


def matches(
    cases: Sequence[Case],
    outcomes: Sequence[Outcome],
    diagnostics: Diagnostics,
    failing: Collection[str] = (),
    *,
    told: Collection[str] = (),
    right: Collection[str] = (),
) -> Matches:
    """The mistakes that predict what the solution gives on all cases, for as many of its outputs as they can.

    One mistake that predicts everything is enough; otherwise one for each output that is wrong. Of what the author
    wrote, one that predicts nearly all cases is taken where none predicts them all. ``failing`` are all outputs that
    are wrong, those that are no numbers or have another shape as well. Outputs that are ``told`` of choose none but the
    author's own; a change of a function that is ``right`` is no mistake of this solution.
    """
    found = Matches([], [])
    if not diagnostics.mistakes:
        return found
    known = _Answers(cases, outcomes, diagnostics, failing, told=frozenset(told), right=frozenset(right))
    open_outputs = known.wrong
    while open_outputs and len(found.exact) + len(found.nearly) < MOST:
        chosen = known.best(open_outputs) or known.best(open_outputs, nearly=True)
        if chosen is None and (apart := known.of_one(open_outputs)):
            found.exact.append(_finding(*apart, known, alone=False))
            open_outputs = [output for output in open_outputs if output not in apart[1]]
            continue
        if chosen is None:
            break
        index, explained = chosen
        if missed := known.missed(index, explained):
            found.nearly.append(_finding(index, explained, known, missed=missed))
        else:
            explained = [*explained, *known.alike(index, [each for each in open_outputs if each not in explained])]
            found.exact.append(_finding(index, explained, known))
        open_outputs = [output for output in open_outputs if output not in explained]
    return found


class _Answers:
    """The solution's answers beside those of the known mistakes, output by output."""

    def __init__(
        self,
        cases: Sequence[Case],
        outcomes: Sequence[Outcome],
        diagnostics: Diagnostics,
        failing: Collection[str],
        *,
        told: frozenset[str],
        right: frozenset[str],
    ) -> None:
        self.mistakes = diagnostics.mistakes
        self.cases = sum(not isinstance(outcome, NotRun) for outcome in outcomes)
        self._told = told
        self._right = right
        where, numbers, expected = places(cases), row(cases, outcomes), right_row(cases)
        self._got, wanted = sums(where, [numbers, expected])
        is_given, allowed = _given(cases, where, numbers)
        self._is_right = _close(wanted, self._got, allowed)
        self._is_answered = _close(diagnostics.answers[:, : len(allowed)], self._got, allowed)  # by each mistake
        self._where = _columns(cases, where, wanted)
        self._given = {output: is_given[those] for output, those in self._where.items()}
        self._alike = {
            output: self._is_answered[:, those] | ~self._given[output] for output, those in self._where.items()
        }
        self._tells = {output: _is_telling(output, cases) for output in self._where}
        self._may_miss = {
            output: int(self.count(output) * MISSED) if self._tells[output] else 0 for output in self._where
        }
        self._missed = {output: self._misses(output) for output in self._where}
        self.wrong = [output for output in self._where if self._is_wrong(output)]
        self._right_ones = [each for each in self._where if each not in self.wrong and self.count(each) >= LEAST]
        self.all_wrong = {*self.wrong, *failing}

    def count(self, *outputs: str) -> int:
        """How many cases gave these outputs in their shapes."""
        return int(np.logical_and.reduce([self._given[output] for output in outputs]).sum())

    def missed(self, index: int, outputs: Sequence[str]) -> int:
        """In how many of them a mistake does not predict all of these outputs."""
        given = np.logical_and.reduce([self._given[output] for output in outputs])
        return int((given & ~np.logical_and.reduce([self._alike[output][index] for output in outputs])).sum())

    def best(self, outputs: Sequence[str], *, nearly: bool = False) -> tuple[int, list[str]] | None:
        """The index of the mistake that predicts most of these outputs, and which ones.

        What the solution has right, it must have right as well. ``nearly``: the author's own, and not in all cases.
        """
        may_miss = self._may_miss if nearly else dict.fromkeys(self._where, 0)
        ranked = []
        for index, mistake in enumerate(self.mistakes):
            if (nearly and not mistake.kind.authors) or self._is_out(mistake):
                continue
            explained = [output for output in outputs if self._predicts(index, [output], may_miss)]
            telling = self._telling(mistake, explained)
            whole = mistake.kind is MistakeKind.INHERITED  # it speaks of another function: it must explain everything
            enough = len(explained) == len(self.all_wrong) if whole else bool(telling)
            if enough and self._predicts(index, self._right_ones, may_miss):
                ranked.append((-len(telling), _rank(mistake), -len(explained), index, explained))
        *_, index, explained = min(ranked, default=(-1, []))
        return None if index < 0 else (index, explained)

    def _telling(self, mistake: KnownMistake, explained: Sequence[str]) -> Sequence[str]:
        """Of what a mistake explains, the outputs that choose it."""
        return explained if mistake.kind.authors else [name for name in explained if name not in self._told]

    def _predicts(self, index: int, outputs: Sequence[str], may_miss: Mapping[str, int]) -> bool:
        return all(self._missed[output][index] <= may_miss[output] for output in outputs)

    def _is_out(self, mistake: KnownMistake) -> bool:
        return mistake.kind is MistakeKind.MUTANT and mistake.function in self._right

    def of_one(self, outputs: Sequence[str]) -> tuple[int, list[str]] | None:
        """A telling mistake that predicts one of these outputs, though it would change what the solution has right.

        A slip that the reference can make for several outputs only, a student may well make for one.
        """
        asked = [output for output in outputs if self._tells[output] and output not in self._told]
        for index, mistake in enumerate(self.mistakes):
            if mistake.kind.authors or mistake.name in VAGUE or self._is_out(mistake):
                continue
            for output in asked:
                if not self._missed[output][index]:
                    return index, [output]
        return None

    def alike(self, index: int, outputs: Sequence[str]) -> list[str]:
        """Those of these outputs that other mistakes of the same class predict: the slip was made once for each."""
        said = self.mistakes[index]
        same = [number for number, each in enumerate(self.mistakes) if each == said and number != index]
        fits = [each for each in same if not any(self._missed[output][each] for output in self._right_ones)]
        return [output for output in outputs if any(not self._missed[output][each] for each in fits)]

    def _is_wrong(self, output: str) -> bool:
        given = self._given[output]
        return self.count(output) >= LEAST and not self._is_right[self._where[output]][given].all()

    def _misses(self, output: str) -> Array:
        """For each mistake, in how many cases it does not give this output as the solution does.

        Infinite where too few cases could show it, or where it explains too few of those that are wrong.
        """
        telling = self._given[output] & ~self._is_right[self._where[output]]
        explained = self._alike[output][:, telling].sum(axis=1)
        few = self.count(output) < max(LEAST, self.cases * FEW)
        unknown = (explained < min(LEAST, telling.sum())) | few
        return np.where(unknown, np.inf, (~self._alike[output]).sum(axis=1))


def _given(cases: Sequence[Case], where: Sequence[RowPlace], numbers: Array) -> tuple[Array, Array]:
    """Which outputs the solution gave, and by how much the sum of each may be off."""
    given = [numbers[each.start : each.stop] for each in where]
    allowed = [CLOSE * float(np.max(np.abs(each), initial=1.0)) for each in given]
    for number, (place, each) in enumerate(zip(where, given, strict=True)):
        if isinstance(cases[place.case].expected[place.output], Distribution):
            allowed[number] = CHANCE * 2**0.5 * spread(each)
    return np.array([not np.isnan(each).any() for each in given], bool), np.array(allowed)


def _columns(cases: Sequence[Case], where: Sequence[RowPlace], wanted: Array) -> dict[str, list[int]]:
    """Where each output stands; not of what tells no mistake: nothing but what is empty, one yes or no for all."""
    columns: dict[str, list[int]] = {}
    for number, place in enumerate(where):
        columns.setdefault(place.output, []).append(number)
    return {
        name: those
        for name, those in columns.items()
        if not (_all_empty(cases, name, wanted[those]) or _one_answer(cases, name))
    }


def _one_answer(cases: Sequence[Case], output: str) -> bool:
    """Whether it is always True, or always False, so that all who are wrong say the same."""
    wanted = [case.expected[output] for case in cases if output in case.expected]
    return all(isinstance(each, bool) for each in wanted) and len(set(wanted)) == 1


def _all_empty(cases: Sequence[Case], output: str, wanted: Array) -> bool:
    return bool(np.isnan(wanted).all()) or all(is_empty(case.expected[output]) for case in cases)


def _is_telling(output: str, cases: Sequence[Case]) -> bool:
    """Whether it is arrays of fractions: single or whole numbers may be met by chance."""
    wanted = [as_numbers(case.expected[output]) for case in cases if output in case.expected]
    return all(each is not None and each.ndim and each.dtype.kind == "f" for each in wanted)


def _close(one: Array, other: Array, allowed: Array) -> Array:
    with np.errstate(invalid="ignore", over="ignore"):
        return np.asarray((np.abs(one - other) <= allowed) & np.isfinite(other) | (one == other))


def _rank(mistake: KnownMistake) -> int:
    """The most telling come first; of those that say as much the one that is known first."""
    is_mutant = mistake.kind is MistakeKind.MUTANT
    if is_mutant and mistake.name not in SAY_MORE:
        return len(MistakeKind) + vagueness(mistake)
    return list(MistakeKind).index(MistakeKind.PROBE if is_mutant else mistake.kind)


def vagueness(mistake: KnownMistake) -> int:
    """How little a mutant's sentence says beside another's, from 0 on."""
    return 0 if mistake.name in _TELLING else 2 if mistake.name in VAGUE else 1


def _finding(index: int, explained: Sequence[str], known: _Answers, *, missed: int = 0, alone: bool = True) -> Finding:
    """``alone``: the mistake changes nothing else that the solution has right."""
    count = known.count(*explained)
    return Finding(
        fact=Predicted(known.mistakes[index], partly=not alone or known.all_wrong != set(explained)),
        rests=Share(shown=count - missed, asked=count, tried=known.cases),
        outputs=tuple(explained),
    )
