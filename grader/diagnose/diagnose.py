"""Naming the mistake of a solution that fails, from data alone: no code of the author's runs.

The solution has run on the *diagnostic cases* of its exercise and on its *witness cases*, which count for nothing. What
it gave is held against what known mistakes give on them (:mod:`~grader.diagnose.known`), against the right outputs in
simple relations (:mod:`~grader.diagnose.relations`) or looser ones (:mod:`~grader.diagnose.resemblance`), and right
cases against wrong ones (:mod:`~grader.diagnose.circumstances`). Every fact is true of all cases that it speaks of:
diagnostic ones, witnesses and public ones. Hidden ones have no say in what a student reads.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from msgspec.structs import replace

from grader.diagnose.circumstances import circumstances, refuted, tried
from grader.diagnose.influence import no_effect
from grader.diagnose.items import shared_items
from grader.diagnose.known import VAGUE, matches
from grader.diagnose.relations import relations
from grader.diagnose.resemblance import resemblances
from grader.diagnose.sequences import is_vague, sequences
from grader.diagnose.slopes import slopes
from grader.records.finding import Changed

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from grader.records.assignment import Exercise
    from grader.records.bank import Case, Diagnostics
    from grader.records.finding import Finding
    from grader.records.run import Outcome
    from grader.records.verdict import Trial

MOST = 3  # findings
MOST_WITHOUT = 2  # of when it is right, where nothing else is known

#: Operators whose sentence says less than which input has no influence.
_BROAD = VAGUE | {"drop_term", "drop_factor", "drop_result"}


@np.errstate(all="ignore")  # a student's numbers may be as large as they like
def diagnose(
    exercise: Exercise,
    diagnostics: Diagnostics,
    trials: Sequence[Trial],
    graded: Sequence[Trial] = (),
    right: Collection[str] = (),
    named: Sequence[Finding] = (),
) -> tuple[Finding, ...]:
    """What is known of the mistake, surest first, at most three findings; none where nothing is known.

    ``trials`` are those of the diagnostic cases and the witnesses, in their order, ``graded`` are the public cases.
    ``right`` names functions that are right in this solution. ``named`` are mistakes of the instructor's naming, which
    are surest of all.
    """
    what = [*named, *_mistakes(exercise, [*trials, *graded], diagnostics, right)]
    needed = _needed([*what, *_circumstances(exercise, diagnostics, trials, graded)])
    mistakes = [finding for finding in needed if finding.kind != "circumstance"][:MOST]
    others = [finding for finding in needed if finding.kind == "circumstance"]
    return (*mistakes, *others[: min(1, MOST - len(mistakes)) if mistakes else MOST_WITHOUT])


@np.errstate(all="ignore")
def with_contradictions(
    exercise: Exercise,
    found: Sequence[Finding],
    trials: Sequence[Trial],
    graded: Sequence[Trial],
    hidden: Sequence[Trial],
) -> tuple[Finding, ...]:
    """Findings as the staff may know them: marked where a ``hidden`` case contradicts them.

    What a known mistake would answer to hidden cases is not kept, so that these contradict none.
    """
    still: list[Finding] = []
    if any(finding.kind == "relation" for finding in found):
        came = tried([*trials, *graded, *hidden])
        asked = ([trial.case for trial in came], [trial.outcome for trial in came])
        still = [each for found in _related(exercise, *asked) for each in found]
        still += [*no_effect(exercise, came), *resemblances(exercise, *asked)]

    def contradicted(finding: Finding) -> bool:
        if finding.kind == "relation":
            return not all(any(_same(finding, output, each) for each in still) for output in finding.outputs)
        return refuted(finding, exercise, hidden)

    return tuple(replace(finding, contradicted=contradicted(finding)) for finding in found)


def _same(finding: Finding, output: str, other: Finding) -> bool:
    return finding.fact == other.fact and output in other.outputs


def _circumstances(
    exercise: Exercise, diagnostics: Diagnostics, trials: Sequence[Trial], graded: Sequence[Trial]
) -> list[Finding]:
    count = len(diagnostics.cases)
    diagnostic, others = trials[:count], [*trials[count:], *graded]
    generic = [trial for trial in diagnostic if trial.case.condition is None]
    simple = [trial for trial in diagnostic if trial.case.condition is not None]
    return circumstances(exercise, generic, simple, others)


def _mistakes(
    exercise: Exercise, trials: Sequence[Trial], diagnostics: Diagnostics, right: Collection[str]
) -> list[Finding]:
    """What may be wrong, surest first.

    What the author wrote for this very mistake says more than a relation, and that more than a mutant's class. What
    says less of an output is not looked for once all outputs are accounted for: nobody would be told.
    """
    came = tried(trials)
    cases, given = [trial.case for trial in came], [trial.outcome for trial in came]
    surely, vaguely, never_set = _related(exercise, cases, given)
    named = matches(
        [each.case for each in trials],
        [each.outcome for each in trials],
        diagnostics,
        _failing(came),
        told={output for finding in surely for output in finding.outputs},
        right=right,
    )
    misconceptions, probes, mutants = (_of_kind(named.exact, kind) for kind in ("misconception", "probe", "mutant"))
    broad = [finding for finding in mutants if finding.name in _BROAD]
    narrow = [finding for finding in mutants if finding.name not in _BROAD]
    known = [*misconceptions, *surely, *named.nearly, *probes, *narrow, *never_set]
    if not _account_for_all(known, exercise):
        known += no_effect(exercise, came)
    known += [*broad, *vaguely]
    return known if _account_for_all(known, exercise) else [*known, *resemblances(exercise, cases, given)]


def _of_kind(findings: Sequence[Finding], kind: str) -> list[Finding]:
    return [finding for finding in findings if finding.kind == kind]


def _account_for_all(findings: Sequence[Finding], exercise: Exercise) -> bool:
    return {output for finding in findings for output in finding.outputs}.issuperset(exercise.outputs)


def _related(
    exercise: Exercise, cases: Sequence[Case], given: Sequence[Outcome]
) -> tuple[list[Finding], list[Finding], list[Finding]]:
    """What is exactly so of outputs; what says little; and that some are never set, which others may cause."""
    found = [each for told in (relations, slopes, shared_items, sequences) for each in told(exercise, cases, given)]
    never_set = [finding for finding in found if finding.fact == Changed("zero")]
    vaguely = [finding for finding in found if is_vague(finding.fact)]
    return [finding for finding in found if finding not in (*never_set, *vaguely)], vaguely, never_set


def _failing(trials: Sequence[Trial]) -> set[str]:
    """Outputs that are wrong anywhere."""
    return {found.output for trial in trials for found in trial.comparisons if found.deviation is not None}


def _needed(ranked: Sequence[Finding]) -> list[Finding]:
    """Those about the solution as a whole, and those that account for an output for which none before them does."""
    accounted: set[str] = set()
    found = []
    for finding in ranked:
        if not finding.outputs or not accounted.issuperset(finding.outputs):
            found.append(finding)
            accounted.update(finding.outputs)
    return found
