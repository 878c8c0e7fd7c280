"""Which known mistakes answer as a solution does: misconceptions, mutants of the reference, inputs read wrongly."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from grader.judge.rows import places, right_row, row
from grader.model import Finding

if TYPE_CHECKING:
    from collections.abc import Sequence

    from grader.model import Array, Case, Clue, Clues, FindingKind, Outcome

LEAST = 3  # cases that must have given an output, for a match to mean anything
MOST = 2  # matches told
CLOSE = 1e-5  # what is stored of a mistake is rounded to float32; mistakes differ by far more

#: Operators whose sentence says least: another match is preferred.
_VAGUE = frozenset({"swap_names", "hard_coded_size", "off_by_one", "scale"})
#: A misconception of a function that the exercise only builds on speaks of that function: it must explain everything.
_WHOLE = frozenset({"inherited"})


def matches(cases: Sequence[Case], outcomes: Sequence[Outcome], clues: Clues) -> list[Finding]:
    """The mistakes that predict what the solution gives on the generic cases, for as many of its outputs as they can.

    One mistake that predicts everything is enough; otherwise one for each output that is wrong.
    """
    if not clues.suspects:
        return []
    known = _Answers(cases, outcomes, clues)
    findings: list[Finding] = []
    open_outputs = known.wrong
    while open_outputs and len(findings) < MOST:
        chosen = known.best(open_outputs)
        if chosen is None:
            break
        suspect, explained = chosen
        findings.append(_finding(suspect, explained, known))
        open_outputs = [output for output in open_outputs if output not in explained]
    return findings


class _Answers:
    """The solution's answers beside those of the suspects, output by output."""

    def __init__(self, cases: Sequence[Case], outcomes: Sequence[Outcome], clues: Clues) -> None:
        self.suspects = clues.suspects
        self.cases = len(cases)
        self._got = row(cases, outcomes)
        self._right = right_row(cases)
        self._answers = clues.answers
        self._where: dict[str, list[slice]] = {}
        for place in places(cases):
            self._where.setdefault(place.output, []).append(slice(place.start, place.stop))
        self._predicted = {output: self._predicts(output) for output in self._where}
        self.wrong = [output for output in self._where if self._is_wrong(output)]

    def count(self, output: str) -> int:
        """How many cases gave the output in its shape."""
        return sum(not np.isnan(self._got[where]).any() for where in self._where[output])

    def best(self, outputs: Sequence[str]) -> tuple[Clue, list[str]] | None:
        """The suspect that predicts most of these outputs, and which ones.

        What the solution has right, it must have right as well.
        """
        right = [output for output in self._where if output not in self.wrong]
        ranked = []
        for index, suspect in enumerate(self.suspects):
            explained = [output for output in outputs if self._predicted[output][index]]
            enough = len(explained) == len(self.wrong) if suspect.kind in _WHOLE else bool(explained)
            if enough and all(self._predicted[output][index] for output in right):
                ranked.append((-len(explained), _rank(suspect), index, explained))
        if not ranked:
            return None
        *_, index, explained = min(ranked)
        return self.suspects[index], explained

    def _columns(self, output: str) -> Array:
        """Indices of all numbers of an output that the solution gave."""
        indices = np.concatenate([np.arange(where.start, where.stop) for where in self._where[output]])
        return np.asarray(indices[~np.isnan(self._got[indices])])

    def _is_wrong(self, output: str) -> bool:
        columns = self._columns(output)
        return self.count(output) >= LEAST and not _close(self._got[columns], self._right[columns]).all()

    def _predicts(self, output: str) -> Array:
        """For each suspect, whether it gives this output just as the solution does, and not just as it should be."""
        columns = self._columns(output)
        if self.count(output) < LEAST or not columns.size:
            return np.zeros(len(self.suspects), bool)
        answers = self._answers[:, columns]
        same = _close(answers, self._got[columns]).all(axis=1)
        if _close(self._got[columns], self._right[columns]).all():
            return np.asarray(same)  # a right output, which a suspect leaves right
        return np.asarray(same & ~_close(answers, self._right[columns]).all(axis=1))


def _close(one: Array, other: Array) -> Array:
    with np.errstate(invalid="ignore", over="ignore"):
        return np.asarray(np.abs(one - other) <= CLOSE * np.maximum(1.0, np.abs(other)))


def _rank(suspect: Clue) -> int:
    order = {"misconception": 0, "inherited": 1, "probe": 2}
    return order.get(suspect.kind, 4 if suspect.kind in _VAGUE else 3)


def _finding(suspect: Clue, explained: Sequence[str], known: _Answers) -> Finding:
    kind: FindingKind = "mutant"
    name = suspect.kind
    if suspect.kind in ("misconception", "inherited"):
        kind, name = "misconception", suspect.id
    elif suspect.kind == "probe":
        kind, name = "probe", suspect.id.removeprefix("probe.")
    count = min(known.count(output) for output in explained)
    tried = f"all {count} cases tried" if count == known.cases else f"all {count} of {known.cases} cases that return"
    only = len(explained) < len(known.wrong)
    evidence = f"Explains {_listed(explained) + ' in ' if only else ''}{tried}."
    return Finding(kind=kind, name=name, sentence=suspect.sentence, evidence=evidence)


def _listed(names: Sequence[str]) -> str:
    quoted = [f"`{name}`" for name in names]
    return quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])} and {quoted[-1]}"
