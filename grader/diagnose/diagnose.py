"""Naming the mistake of a solution that fails, from data alone: no code of the author's runs.

The solution has run on the *diagnostic cases* of its exercise, which count for nothing. What it gave is held against
what known mistakes give on them (:mod:`~grader.diagnose.known`), against the right outputs in simple relations
(:mod:`~grader.diagnose.relations`) or looser ones (:mod:`~grader.diagnose.resemblance`), and right cases against wrong
ones (:mod:`~grader.diagnose.circumstances`). Every fact is true of all the cases that it speaks of.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from grader.diagnose.circumstances import circumstances
from grader.diagnose.influence import no_effect
from grader.diagnose.items import shared_items
from grader.diagnose.known import VAGUE, matches
from grader.diagnose.relations import relations
from grader.diagnose.resemblance import resemblances
from grader.diagnose.slopes import slopes
from grader.judge.trials import try_cases
from grader.records.finding import Changed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from grader.records.assignment import Exercise
    from grader.records.bank import Diagnostics
    from grader.records.finding import Finding
    from grader.records.run import Outcome
    from grader.records.verdict import Trial

MOST = 3  # findings
MOST_WITHOUT = 2  # of when it is right, where nothing else is known

#: Operators whose sentence says less than which input has no influence.
_BROAD = VAGUE | {"drop_term", "drop_factor", "drop_result"}


@np.errstate(all="ignore")  # a student's numbers may be as large as they like
def diagnose(
    exercise: Exercise, diagnostics: Diagnostics, outcomes: Sequence[Outcome], graded: Sequence[Trial] = ()
) -> tuple[Finding, ...]:
    """What is known of the mistake, surest first, at most three findings; none where nothing is known.

    ``outcomes`` are those of the diagnostic cases, in their order. ``graded`` are public cases: what is said of when a
    solution is right is left out where one of them contradicts it. Hidden ones have no say in what a student reads.
    """
    trials = try_cases(exercise, diagnostics.cases, outcomes)
    generic = [trial for trial in trials if trial.case.condition is None]
    simple = [trial for trial in trials if trial.case.condition is not None]
    what = _mistakes(exercise, generic, simple, diagnostics)
    when = circumstances(exercise, generic, simple, graded)
    needed = _needed([*what, *when])
    mistakes = [finding for finding in needed if finding.kind != "circumstance"][:MOST]
    others = [finding for finding in needed if finding.kind == "circumstance"]
    return (*mistakes, *others[: min(1, MOST - len(mistakes)) if mistakes else MOST_WITHOUT])


def _mistakes(
    exercise: Exercise, generic: Sequence[Trial], simple: Sequence[Trial], diagnostics: Diagnostics
) -> list[Finding]:
    """What may be wrong, surest first.

    What the author wrote for this very mistake says more than a relation, and that more than a mutant's class.
    """
    cases, given = [trial.case for trial in generic], [trial.outcome for trial in generic]
    named = matches(cases, given, diagnostics, _failing(generic))
    related = relations(exercise, cases, given)
    never_set = [finding for finding in related if finding.fact == Changed("zero")]  # as where nothing is carried to it
    kinds = {kind: [each for each in named.exact if each.kind == kind] for kind in ("misconception", "probe", "mutant")}
    return [
        *kinds["misconception"],
        *(finding for finding in related if finding not in never_set),
        *slopes(exercise, cases, given),
        *shared_items(exercise, cases, given),
        *named.nearly,
        *kinds["probe"],
        *(finding for finding in kinds["mutant"] if finding.name not in _BROAD),
        *never_set,
        *no_effect(exercise, generic, simple),
        *(finding for finding in kinds["mutant"] if finding.name in _BROAD),
        *resemblances(exercise, cases, given),
    ]


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
