"""What would kill a version that the bank does not: it is run on further candidates, drawn as the bank's own were."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from grader.judge.margin import margin
from grader.judge.tolerance import RIGHT
from grader.mistakes.operators.checks import DROP_CHECK
from grader.records.advice import (
    Advice,
    CheckMore,
    DrawMore,
    Equivalent,
    TightenTolerance,
    WriteExamples,
)
from grader.records.record import Record
from grader.records.run import job_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from grader.audit.bench import Bench
    from grader.records.assignment import Exercise
    from grader.records.bank import Origin, WrongVersion


class Advised(Record, frozen=True):
    """What is kept of a version that was run on further candidates."""

    advice: Advice


def advice(bench: Bench, exercise: Exercise, wrong_versions: Sequence[WrongVersion]) -> dict[str, Advice]:
    """For each version, by its id, what would kill it."""
    sources = bench.sources(exercise)
    found: dict[str, Advice] = {}
    open_ones = []
    for wrong in wrong_versions:
        known = bench.recall(Advised, wrong.id, wrong.change, of=exercise)
        if known is not None:
            found[wrong.id] = known.advice
        elif wrong.killed_by and not bench.told_by_values(exercise, wrong):
            found[wrong.id] = _beside_values(exercise, wrong)
        else:
            open_ones.append(wrong)
    if not open_ones:
        return found
    cases = bench.further(exercise)
    job = job_of(exercise, cases)
    runs = bench.runner.run([sources[wrong.id] for wrong in open_ones], [job] * len(open_ones))
    for wrong, outcomes in zip(open_ones, runs, strict=True):
        killing = [margin(exercise, case, outcome).killed for case, outcome in zip(cases, outcomes, strict=True)]
        found[wrong.id] = what_helps(exercise, wrong, [case.origin for case in cases], killing)
        bench.keep(Advised(found[wrong.id]), wrong.id, wrong.change, of=exercise)
    return found


def what_helps(exercise: Exercise, wrong: WrongVersion, origins: Sequence[Origin], killing: Sequence[bool]) -> Advice:
    """What candidates of these origins, some of which kill a version, show about it."""
    if any(killing):
        return draw_more(origins, killing)
    if exercise.tolerance is not None and wrong.off is not None and wrong.off > RIGHT:
        return TightenTolerance(len(killing))
    if wrong.killed_by:
        return WriteExamples(len(killing))
    return Equivalent(len(killing), drops_check=wrong.kind == DROP_CHECK.name)


def draw_more(origins: Sequence[Origin], killing: Sequence[bool]) -> DrawMore:
    """Which of the candidates, by their origins, would kill a version. One at least does."""
    of = Counter(origins)
    killed = Counter(origin for origin, kills in zip(origins, killing, strict=True) if kills)
    best = max(killed, key=lambda origin: (killed[origin] / of[origin], killed[origin]))
    return DrawMore(best, killed[best], of[best], sum(killing), len(killing))


def _beside_values(exercise: Exercise, wrong: WrongVersion) -> CheckMore:
    laws = {kill.law for kill in wrong.killed_by}
    return CheckMore(next((check.check for check in exercise.properties if check.check in laws), ""))
